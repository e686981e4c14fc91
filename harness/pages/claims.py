"""The clauses of prose that claim something of a page, as patterns, each with what reads it."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.pages.expectations import (
    COUNTS,
    Expectation,
    read_attribute,
    read_class,
    read_count,
    read_count_of,
    read_errors,
    read_hash,
    read_items,
    read_request,
    read_shown_text,
    read_state,
    read_storage,
    read_style,
    read_text,
    read_title,
    read_value,
)
from harness.pages.phrases import MARK, Phrase

_N = rf"(?:exactly |only )?(\d+|{'|'.join(sorted(COUNTS, key=len, reverse=True))})"
_V = rf"({MARK}|[-+]?[$€£]?\d[\d.,:/]*\s?%?)"
_IS = r"(?:is|are|was|be|equals?|is equal to|should be|must be|becomes?|to be|==?=?|:|of|reads?)"
_SAID = (
    r"(?:is|equals?|reads|has (?:the )?text|text (?:is|equals)|text|becomes?|is equal to|"
    r"==?=?|changes to|is set to|updates to|is updated to|content is)"
)
_ITEM = (
    r"(?:items?|elements?|children|entries|rows?|todos?|tasks?|cards?|options?|buttons?|"
    r"links?|matches|nodes?|results?)"
)
_MODAL = re.compile(
    r"^(?:expect(?:s|ed)?(?: that)?:?|verify(?: that)?|assert(?: that)?|check that|"
    r"ensure(?: that)?|"
    r"confirm(?: that)?|see(?: that)?|that|then|and|the result is that|it should be that)\s+",
    re.IGNORECASE,
)
_SHOULD = re.compile(
    r"\b(?:should|must|will|shall|would|to) (now |still |then )?(?=[a-z])", re.IGNORECASE
)
_VERBS = {
    "show": "shows", "display": "displays", "contain": "contains", "include": "includes",
    "have": "has", "be": "is", "equal": "equals", "read": "reads", "say": "says",
    "appear": "appears", "disappear": "disappears", "become": "becomes", "change": "changes",
    "exist": "exists", "update": "updates", "receive": "receives", "match": "equals",
    "increase": "increases", "remain": "is", "stay": "is",
}  # fmt: skip
_NEGATED = re.compile(r"\b(?:does|do|did|will|should|must) ?(?:not|n't) (\w+)", re.IGNORECASE)

Reader = Callable[[Phrase, re.Match[str]], "Expectation | None"]


_T = r"(?P<target>.+?)"
_STATES = (
    r"visible on the page|visible|shown|displayed|hidden|invisible|gone|removed|present|rendered|"
    r"in the document|disabled|enabled|checked|unchecked|selected|focused|empty|cleared|blank|"
    r"open|closed"
)
_OP = (
    rf"(?P<op>(?:not )?(?:{_SAID}|text contains|contains|includes|shows|displays|says|contains "
    rf"(?:the )?text|shows (?:the )?text|displays (?:the )?text))(?: (?:the )?(?:text|value|"
    rf"message|number))?"
)


def expectation_of(phrase: Phrase) -> Expectation | None:
    """What a clause claims; None where it is not read in full."""
    text = _plain_verbs(phrase.text.strip(" ,.;:"))
    for pattern, reader in _READERS:
        found = pattern.fullmatch(text)
        told = reader(phrase, found) if found else None
        if told is not None:
            return told
    return None


def _plain_verbs(text: str) -> str:
    """Modals taken away: "should have" is "has", "should not show" is "not shows"."""
    while (shorter := _MODAL.sub("", text)) != text:
        text = shorter
    text = _NEGATED.sub(lambda m: f"not {_VERBS.get(m[1].lower(), m[1])}", text)
    text = _SHOULD.sub("", text)
    text = re.sub(
        r"\b(?:now|still|then|also|correctly|immediately|only|initially|by default|"
        r"on (?:page )?load|at first|at the start)\b ?",
        "",
        text,
    ).strip(" ,")
    words = text.split(" ")
    told = [_VERBS.get(word.lower(), word) if i else word for i, word in enumerate(words)]
    return re.sub(
        r"\bis not\b|\bare not\b|\bisn't\b|\bhas no\b(?= class)", "not is", " ".join(told)
    )


_READERS: list[tuple[re.Pattern[str], Reader]] = [
    (re.compile(pattern, re.IGNORECASE), reader)
    for pattern, reader in (
        (
            rf"(?:the )?(?:value of )?(?P<store>localStorage|sessionStorage|local storage|"
            rf"session storage)(?:\.getItem)?(?P<key>\({MARK}\)|\[{MARK}\]|\.\w+| (?:key |"
            rf"item |entry )?{MARK})(?P<op> (?:not )?(?:is |has been )?(?:=+|is|equals?|"
            rf"contains?|includes?|has(?: value)?|set to|set|saved|stored|exists|null|not "
            rf"null|removed|empty|not is null|not is set))?(?: ?(?P<value>{MARK}|"
            rf"[\[{{].*[\]}}]|-?\d[\d.]*|true|false|null))?",
            read_storage,
        ),
        (
            rf"(?P<store>localStorage|sessionStorage|local storage|session storage) "
            rf"(?P<op>(?:not )?(?:has|contains)) (?:a |an |the )?(?:key |item |entry )"
            rf"(?P<key>{MARK})(?P<value>)",
            read_storage,
        ),
        (
            rf"(?:the )?(?:page|document|browser|tab)(?:'s)?(?: |\.)title (?P<op>(?:not )"
            rf"?(?:{_IS}|contains|includes|shows)) ?(?P<value>{_V})",
            read_title,
        ),
        (
            rf"(?:the )?(?:url|location)(?:'s)?(?: |\.)?hash (?P<op>{_IS}|contains|"
            rf"includes) ?(?P<value>{MARK})",
            read_hash,
        ),
        (
            rf"(?:the )?(?:url|address|location) (?P<op>contains|includes|ends with) "
            rf"(?P<value>{MARK})",
            read_hash,
        ),
        (
            r"(?:there (?:is|are) )?(?:no|without|not is any|zero) (?:(?:console|"
            r"javascript|js|uncaught|runtime|script) )*(?:errors?|exceptions?)(?: (?:is|"
            r"are) (?:thrown|logged|shown)| occurs?| in (?:the )?console| (?:thrown|"
            r"logged)(?: (?:in|to) the console)?)?",
            read_errors,
        ),
        (
            rf"(?P<no>no |not )?(?:a |an |one )?(?:(?:GET|POST|PUT|DELETE|network|http|api|"
            rf"fetch) )?(?:requests?|call|fetch)(?: (?:is|are|was|has been))?(?: (?:made|"
            rf"sent|called|issued|fired))?(?: (?:to|for|with) (?P<url>{MARK}))?(?: (?:is|"
            rf"are|was) (?:made|sent|issued))?",
            read_request,
        ),
        (
            rf"{_T} (?P<no>not )?(?:has|is|contains|gets|gains|receives|with)?(?: the| a)? "
            rf"?class(?:list)?(?: name)?(?: contains| includes| of)? (?P<value>{MARK}|"
            rf"[\w-]+)",
            read_class,
        ),
        (
            rf"{_T}(?: has)?(?: a)? (?:count|length)(?: {_IS})? ?(?P<n>\d+)",
            read_count,
        ),
        (
            rf"(?:the )?(?:count|number) of {_T} {_IS} ?(?P<n>\d+)",
            read_count,
        ),
        (
            rf"there (?:is|are) (?P<n>{_N}) (?P<target>.+?)(?: (?:in|on) the (?:page|list|"
            rf"document))?",
            read_count_of,
        ),
        (
            rf"(?P<n>{_N}) (?P<target>(?:{MARK}|.+? {MARK}|{MARK} .+?))(?: (?:is|are))?(?: "
            rf"(?:shown|visible|displayed|present|rendered|exist|exists|appear))?",
            read_count_of,
        ),
        (
            rf"{_T} (?:has|contains|shows|displays) (?P<n>{_N}) (?P<item>{_ITEM})",
            read_items,
        ),
        (
            rf"(?:the )?(?P<name>aria-[\w-]+|data-[\w-]+|href|src|alt|placeholder|type|"
            rf"role|lang)(?: attribute)? of {_T} {_IS} ?(?P<value>{_V}|true|false)",
            read_attribute,
        ),
        (
            rf"{_T}(?:'s)? (?P<name>aria-[\w-]+|data-[\w-]+|href|src|alt|placeholder|lang|"
            rf"dir)(?: attribute)? {_IS} ?(?P<value>{_V}|true|false)",
            read_attribute,
        ),
        (
            rf"{_T} has(?: the| an?)?(?: attribute)? (?P<name>{MARK}|aria-[\w-]+|"
            rf"data-[\w-]+|href|src|alt|lang|dir)(?: attribute)?(?:(?: ?==?=?| {_IS}| set "
            rf"to| with value) ?(?P<value>{_V}|true|false)|(?P<none>))",
            read_attribute,
        ),
        (
            rf"(?:the )?(?:input |current )?value of {_T} (?P<op>(?:not )?(?:{_IS}|"
            rf"contains|includes)) ?(?P<value>{_V})",
            read_value,
        ),
        (
            rf"{_T}(?:'s)? (?:has (?:the )?)?value (?P<op>(?:not )?(?:{_IS}|contains|"
            rf"includes)?) ?(?P<value>{_V})",
            read_value,
        ),
        (
            rf"(?:the )?(?:computed )?(?:style )?(?P<name>background(?:[ -]color)?|text "
            rf"color|color|display|visibility|opacity|font-size|font-weight|"
            rf"text-decoration(?:-line)?|width|height|transform) of {_T} {_IS} "
            rf"(?P<value>.+)",
            read_style,
        ),
        (
            rf"{_T}(?:'s)? (?:has (?:a |the )?)?(?:computed )?(?:style )"
            rf"?(?P<name>background(?:[ -]color)?|text color|color|display|visibility|"
            rf"opacity|font-size|font-weight|text-decoration(?:-line)?|transform) "
            rf"?(?:{_IS}) ?(?P<value>.+)",
            read_style,
        ),
        (
            rf"{_T} (?P<no>not )?(?:is|are|becomes?) (?P<state>{_STATES})(?: (?:on|in|from)"
            rf" the (?:page|document|dom|list))?",
            read_state,
        ),
        (
            rf"{_T} (?P<no>not )?(?P<state>appears|disappears|exists|opens|closes|has "
            rf"(?:the )?focus|receives focus|shows up)(?: (?:on|in) the (?:page|document|"
            rf"list))?",
            read_state,
        ),
        (
            rf"(?:the )?(?:page|document|body) (?P<no>not )?(?:shows|displays|contains|"
            rf"includes|has)(?: the)?(?: text| message| word)? (?P<value>{MARK})",
            read_shown_text,
        ),
        (
            rf"(?:the )?(?:text|message|word|error message) (?P<value>{MARK}) (?P<no>not )"
            rf"?(?:is |are )?(?:shown|visible|displayed|appears|exists|present)(?: (?:on|"
            rf"in) the page)?",
            read_shown_text,
        ),
        (
            rf"(?P<op>(?:not )?(?:shows?|displays?|see)) ?(?P<value>{_V}) (?:in|on|inside) "
            rf"(?P<target>.+)",
            read_text,
        ),
        (
            rf"(?P<no>not )?(?:shows?|displays?|see)(?: the)?(?: text| message)? "
            rf"(?P<value>{MARK})",
            read_shown_text,
        ),
        (
            rf"(?:the )?(?:text(?: content)?|textContent|innerText|content) of {_T} {_OP} "
            rf"?(?P<value>{_V})",
            read_text,
        ),
        (
            rf"{_T}(?:'s)? (?:text(?: content)?|textContent|content) {_OP} ?(?P<value>{_V})",
            read_text,
        ),
        (
            rf"{_T} {_OP} ?(?P<value>{_V})",
            read_text,
        ),
    )
]
