"""One clause of prose to what is read of the page and what is expected."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.pages.cases import PageComparator, colour
from harness.pages.phrases import MARK, Phrase, target_of, unescaped
from runners.pages.steps import PageProbe, PageTarget


@dataclass(frozen=True, slots=True)
class Expectation:
    """A probe with what is expected of it."""

    probe: PageProbe
    expect: Any = None
    comparator: PageComparator = PageComparator()
    confidence: float = 1.0


def expectation(
    read: str, expect: Any = None, op: str = "eq", *, target: PageTarget | None = None, name: str = "",
    store: str = "", sure: float = 1.0, exact: bool = False,
) -> Expectation:  # fmt: skip
    """An expectation in one line."""
    probe = PageProbe(read, target, name, store)
    return Expectation(probe, expect, PageComparator(op, exact), sure)


_NUMBERS = {
    "no": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "a": 1, "an": 1, "a single": 1,
}  # fmt: skip
_N = rf"(?:exactly |only )?(\d+|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_V = rf"({MARK}|[-+]?[$€£]?\d[\d.,:/]*\s?%?)"
_IS = r"(?:is|are|was|be|equals?|is equal to|should be|must be|becomes?|to be|==?=?|:|of|reads?)"
_NOT = re.compile(
    r"\b(?:(?:does|do|is|are|should|must|has|have|will|did|was)(?: not|n't)|no longer|not)\b"
)
_SAID = r"(?:is|equals?|reads|has (?:the )?text|text (?:is|equals)|text|becomes?|is equal to|==?=?|changes to|is set to|updates to|is updated to|content is)"
_ITEM = r"(?:items?|elements?|children|entries|rows?|todos?|tasks?|cards?|options?|buttons?|links?|matches|nodes?|results?)"
_MODAL = re.compile(
    r"^(?:expect(?:s|ed)?(?: that)?:?|verify(?: that)?|assert(?: that)?|check that|ensure(?: that)?|"
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
        r"\b(?:now|still|then|also|correctly|immediately|only|initially|by default|on (?:page )?load|at first|at the start)\b ?",
        "",
        text,
    ).strip(" ,")
    words = text.split(" ")
    told = [_VERBS.get(word.lower(), word) if i else word for i, word in enumerate(words)]
    return re.sub(
        r"\bis not\b|\bare not\b|\bisn't\b|\bhas no\b(?= class)", "not is", " ".join(told)
    )


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text.lower()]


def _storage(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    kind, told = found["store"].lower(), found["key"]
    key = phrase.plain(told).strip("()[].'\"")
    store = "session" if kind.startswith("session") else "local"
    return _stored(phrase, store, key, found["op"] or "", found["value"] or "")


def _stored(phrase: Phrase, store: str, key: str, op: str, value: str) -> Expectation | None:
    op = op.lower().strip()
    if not value:
        absent = bool(_NOT.search(op)) or "null" in op or "removed" in op or "empty" in op
        return expectation("storage", None, "none" if absent else "some", name=key, store=store)
    wanted = phrase.value(value)
    if wanted is None:
        wanted = phrase.plain(value) if value[:1] in "[{" or value in ("true", "false") else None
    if wanted is None:
        return (
            expectation("storage", None, "none", name=key, store=store) if value == "null" else None
        )
    if any(word in op for word in ("contain", "includ")):
        kind = "notcontains" if op.startswith("not") else "contains"
        return expectation("storage", wanted, kind, name=key, store=store)
    return json_or_text(wanted, "storage", name=key, store=store)


def json_or_text(wanted: str, read: str, **more: Any) -> Expectation:
    """An array or object is compared as JSON, another text as it stands."""
    if wanted[:1] in "[{":
        try:
            return expectation(read, json.loads(wanted), "json", **more)
        except ValueError:
            pass
    return expectation(read, wanted, exact=True, **more)


def _title(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    value = phrase.value(found["value"])
    op = found["op"].lower()
    return _worded("title", op, value, None)


def _worded(
    read: str, op: str, value: str | None, target: PageTarget | None, **more: Any
) -> Expectation | None:
    if value is None:
        return None
    negated = op.startswith("not ")
    op = op.removeprefix("not ")
    if any(word in op for word in ("contain", "includ")):
        kind = "contains"
    elif any(word in op for word in ("show", "display", "say")):
        kind = "shows"
    else:
        kind = "eq"
    if negated:
        kind = {"eq": "ne"}.get(kind, "not" + kind)
    return expectation(read, value, kind, target=target, **more)


def _hash(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    value = phrase.literal(found["value"]).value
    if "contain" in found["op"].lower() or "includ" in found["op"].lower():
        return expectation("url", value, "contains")
    return expectation("hash", value if value.startswith("#") else "#" + value)


def _errors(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    return expectation("errors", None, "none")


def _request(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    where = found["url"]
    value = phrase.literal(where).value if where else ""
    if found["no"]:
        return expectation("requests", value or None, "notanycontains" if value else "none")
    return expectation("requests", value or None, "anycontains" if value else "some")


def _class(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    target = target_of(phrase, found["target"])
    told = found["value"]
    name = phrase.plain(told).strip(".")
    if target is None or " " in name:
        return None
    op = "notcontains" if found["no"] else "contains"
    return expectation("class", name, op, target=target)


def _count(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    target = target_of(phrase, found["target"])
    if target is None or target.by == "page":
        return None
    return expectation("count", _number(found["n"]), target=target)


def _count_of(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    mark = re.fullmatch(MARK, found["target"].strip())
    literal = phrase.literal(found["target"].strip()) if mark else None
    if literal is not None and not literal.is_css:
        return None
    return _count(phrase, found)


def _items(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """`#list has 3 items`: its list items or rows, else its children."""
    target = target_of(phrase, found["target"])
    word, n = found["item"].lower(), _number(found["n"])
    if target is None:
        return None
    parts = "tbody tr, tr:not(thead tr)" if word.startswith("row") else "li"
    if word.startswith(("child", "element", "node")):
        parts = "*"
    if target.by == "css":
        inner = ", ".join(f"{target.value} > {part.strip()}" for part in parts.split(","))
        sure = 1.0 if word.startswith("child") else 0.7
        return expectation("count", n, target=PageTarget("css", inner), sure=sure)
    if target == PageTarget("role", "list"):
        inner = "main li, li" if parts == "li" else parts
        return expectation("count", n, target=PageTarget("css", "li"), sure=0.6)
    return None


def _attribute(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    target = target_of(phrase, found["target"])
    if target is None:
        return None
    name = phrase.plain(found["name"]).strip("[]")
    told = found["value"]
    value = phrase.value(told) if told else None
    if told and value is None:
        value = told if told in ("true", "false") else None
        if value is None:
            return None
    if name in ("value", "checked", "disabled"):
        return expectation("property", value, target=target, name=name) if value else None
    if value is None:
        return expectation("attribute", "", "contains", target=target, name=name)
    return expectation("attribute", value, target=target, name=name)


def _value(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    target = target_of(phrase, found["target"], field=True)
    value = phrase.value(found["value"])
    if target is None:
        return None
    return _worded("property", found["op"].lower(), value, target, name="value")


def _style(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    target = target_of(phrase, found["target"])
    if target is None:
        return None
    name = phrase.plain(found["name"]).strip().lower().replace(" ", "-")
    told = found["value"].strip()
    value = phrase.value(told) or told.rstrip(".")
    if name in ("background", "background-color", "color", "text-color", "border-color"):
        name = {"background": "background-color", "text-color": "color"}.get(name, name)
        return (
            expectation("style", value, "colour", target=target, name=name)
            if colour(value)
            else None
        )
    if not re.fullmatch(MARK, told) and not re.fullmatch(r"[\w.%-]+", told):
        return None
    return expectation("style", value, target=target, name=name)


def _state(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    target = target_of(phrase, found["target"])
    state = found["state"].lower()
    negated = bool(found["no"])
    if target is None:
        return None
    quoted = target.by == "name"
    if state in ("visible", "shown", "displayed", "appears", "present", "exists", "in the document",
                 "rendered", "visible on the page", "open", "opens", "shows up"):  # fmt: skip
        # a quoted text that appears is a text, not a control
        where = PageTarget("text", target.value, nth=target.nth) if quoted else target
        return expectation("visible", not negated, target=where)
    if state in ("hidden", "gone", "removed", "disappears", "invisible", "closed", "closes"):
        where = PageTarget("text", target.value, nth=target.nth) if quoted else target
        return expectation("visible", negated, target=where)
    if state in ("focused", "has focus", "receives focus", "has the focus"):
        return expectation("focused", not negated, target=target)
    if state in ("enabled", "disabled", "checked", "unchecked", "selected"):
        name = "checked" if state in ("checked", "unchecked", "selected") else "disabled"
        wanted = (state not in ("enabled", "unchecked")) != negated
        return expectation("property", wanted, target=target, name=name)
    if state in ("empty", "cleared", "blank"):
        if target.by in ("field", "label", "placeholder"):
            return expectation(
                "property", "", "ne" if negated else "eq", target=target, name="value"
            )
        sure = 0.7 if target.by == "css" else 0.5
        return expectation("text", "", "ne" if negated else "eq", target=target, sure=sure)
    return None


def _text(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    value = phrase.value(found["value"])
    target = target_of(phrase, found["target"])
    if target is None or value is None:
        return None
    op = found["op"].lower()
    if target.by in ("field", "label", "placeholder"):
        return _worded("property", op, value, target, name="value")
    if target.by == "page" and not op.startswith("not"):
        op = "contains" if "contain" in op else "shows"
    quoted = target.by == "name"
    return None if quoted else _worded("text", op, value, target)


def _shown_text(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    literal = phrase.literal(found["value"])
    where = (
        PageTarget("css", literal.value)
        if literal.is_css
        else PageTarget("text", unescaped(literal.value))
    )
    return expectation("visible", not found["no"], target=where)


_T = r"(?P<target>.+?)"
_STATES = (
    r"visible on the page|visible|shown|displayed|hidden|invisible|gone|removed|present|rendered|"
    r"in the document|disabled|enabled|checked|unchecked|selected|focused|empty|cleared|blank|open|closed"
)
_OP = rf"(?P<op>(?:not )?(?:{_SAID}|text contains|contains|includes|shows|displays|says|contains (?:the )?text|shows (?:the )?text|displays (?:the )?text))(?: (?:the )?(?:text|value|message|number))?"
_READERS: list[tuple[re.Pattern[str], Reader]] = [
    (re.compile(pattern, re.IGNORECASE), reader)
    for pattern, reader in (
        (rf"(?:the )?(?:value of )?(?P<store>localStorage|sessionStorage|local storage|session storage)"
         rf"(?:\.getItem)?(?P<key>\({MARK}\)|\[{MARK}\]|\.\w+| (?:key |item |entry )?{MARK})"
         rf"(?P<op> (?:not )?(?:is |has been )?(?:=+|is|equals?|contains?|includes?|has(?: value)?|set to"
         rf"|set|saved|stored|exists|null|not null|removed|empty|not is null|not is set))?"
         rf"(?: ?(?P<value>{MARK}|[\[{{].*[\]}}]|-?\d[\d.]*|true|false|null))?", _storage),
        (rf"(?P<store>localStorage|sessionStorage|local storage|session storage) (?P<op>(?:not )?(?:has|contains))"
         rf" (?:a |an |the )?(?:key |item |entry )(?P<key>{MARK})(?P<value>)", _storage),
        (rf"(?:the )?(?:page|document|browser|tab)(?:'s)?(?: |\.)title (?P<op>(?:not )?(?:{_IS}|contains|includes|shows))"
         rf" ?(?P<value>{_V})", _title),
        (rf"(?:the )?(?:url|location)(?:'s)?(?: |\.)?hash (?P<op>{_IS}|contains|includes) ?(?P<value>{MARK})", _hash),
        (rf"(?:the )?(?:url|address|location) (?P<op>contains|includes|ends with) (?P<value>{MARK})", _hash),
        (r"(?:there (?:is|are) )?(?:no|without|not is any|zero) (?:(?:console|javascript|js|uncaught|runtime|script) )*"
         r"(?:errors?|exceptions?)(?: (?:is|are) (?:thrown|logged|shown)| occurs?| in (?:the )?console"
         r"| (?:thrown|logged)(?: (?:in|to) the console)?)?", _errors),
        (rf"(?P<no>no |not )?(?:a |an |one )?(?:(?:GET|POST|PUT|DELETE|network|http|api|fetch) )?(?:requests?|call|fetch)"
         rf"(?: (?:is|are|was|has been))?(?: (?:made|sent|called|issued|fired))?(?: (?:to|for|with) (?P<url>{MARK}))?(?: (?:is|are|was) (?:made|sent|issued))?", _request),
        (rf"{_T} (?P<no>not )?(?:has|is|contains|gets|gains|receives|with)?(?: the| a)? ?class(?:list)?"
         rf"(?: name)?(?: contains| includes| of)? (?P<value>{MARK}|[\w-]+)", _class),
        (rf"{_T}(?: has)?(?: a)? (?:count|length)(?: {_IS})? ?(?P<n>\d+)", _count),
        (rf"(?:the )?(?:count|number) of {_T} {_IS} ?(?P<n>\d+)", _count),
        (rf"there (?:is|are) (?P<n>{_N}) (?P<target>.+?)(?: (?:in|on) the (?:page|list|document))?", _count_of),
        (rf"(?P<n>{_N}) (?P<target>(?:{MARK}|.+? {MARK}|{MARK} .+?))(?: (?:is|are))?(?: (?:shown|visible|displayed|present|rendered|exist|exists|appear))?", _count_of),
        (rf"{_T} (?:has|contains|shows|displays) (?P<n>{_N}) (?P<item>{_ITEM})", _items),
        (rf"(?:the )?(?P<name>aria-[\w-]+|data-[\w-]+|href|src|alt|placeholder|type|role|lang)(?: attribute)? of {_T} {_IS} ?(?P<value>{_V}|true|false)", _attribute),
        (rf"{_T}(?:'s)? (?P<name>aria-[\w-]+|data-[\w-]+|href|src|alt|placeholder|lang|dir)(?: attribute)? {_IS} ?(?P<value>{_V}|true|false)", _attribute),
        (rf"{_T} has(?: the| an?)?(?: attribute)? (?P<name>{MARK}|aria-[\w-]+|data-[\w-]+|href|src|alt|lang|dir)(?: attribute)?(?:(?: ?==?=?| {_IS}| set to| with value) ?(?P<value>{_V}|true|false)|(?P<none>))", _attribute),
        (rf"(?:the )?(?:input |current )?value of {_T} (?P<op>(?:not )?(?:{_IS}|contains|includes)) ?(?P<value>{_V})", _value),
        (rf"{_T}(?:'s)? (?:has (?:the )?)?value (?P<op>(?:not )?(?:{_IS}|contains|includes)?) ?(?P<value>{_V})", _value),
        (rf"(?:the )?(?:computed )?(?:style )?(?P<name>background(?:[ -]color)?|text color|color|display|visibility|opacity|font-size|font-weight|text-decoration(?:-line)?|width|height|transform) of {_T} {_IS} (?P<value>.+)", _style),
        (rf"{_T}(?:'s)? (?:has (?:a |the )?)?(?:computed )?(?:style )?(?P<name>background(?:[ -]color)?|text color|color|display|visibility|opacity|font-size|font-weight|text-decoration(?:-line)?|transform) ?(?:{_IS}) ?(?P<value>.+)", _style),
        (rf"{_T} (?P<no>not )?(?:is|are|becomes?) (?P<state>{_STATES})(?: (?:on|in|from) the (?:page|document|dom|list))?", _state),
        (rf"{_T} (?P<no>not )?(?P<state>appears|disappears|exists|opens|closes|has (?:the )?focus|receives focus|shows up)(?: (?:on|in) the (?:page|document|list))?", _state),
        (rf"(?:the )?(?:page|document|body) (?P<no>not )?(?:shows|displays|contains|includes|has)(?: the)?(?: text| message| word)? (?P<value>{MARK})", _shown_text),
        (rf"(?:the )?(?:text|message|word|error message) (?P<value>{MARK}) (?P<no>not )?(?:is |are )?(?:shown|visible|displayed|appears|exists|present)(?: (?:on|in) the page)?", _shown_text),
        (rf"(?P<op>(?:not )?(?:shows?|displays?|see)) ?(?P<value>{_V}) (?:in|on|inside) (?P<target>.+)", _text),
        (rf"(?P<no>not )?(?:shows?|displays?|see)(?: the)?(?: text| message)? (?P<value>{MARK})", _shown_text),
        (rf"(?:the )?(?:text(?: content)?|textContent|innerText|content) of {_T} {_OP} ?(?P<value>{_V})", _text),
        (rf"{_T}(?:'s)? (?:text(?: content)?|textContent|content) {_OP} ?(?P<value>{_V})", _text),
        (rf"{_T} {_OP} ?(?P<value>{_V})", _text),
    )
]  # fmt: skip
