"""A line of prose with its literals taken out, so that a small grammar can read what is left.

Quoted texts and selectors become `⟦n⟧`; the grammar then never looks inside of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from runners.pages.steps import PageTarget

_TAGS = (
    "a|article|aside|body|button|canvas|details|dialog|div|footer|form|h[1-6]|header|img|input|label|"
    "li|main|nav|ol|option|output|p|section|select|span|summary|svg|table|tbody|td|textarea|th|tr|ul"
)
_LITERAL = re.compile(
    r"`([^`\n]+)`"
    r'|"((?:[^"\\\n]|\\.)*)"'
    r"|(?<![\w])'((?:[^'\\\n]|\\.)*?)'(?![\w])"
    rf"|((?<![\w.#/)\]])(?:(?:{_TAGS})(?=[.#\[]))?(?:[#.][A-Za-z_][\w-]*|\[[a-z][\w-]*[^\]\n]*\])"
    r"(?:[#.][A-Za-z_][\w-]*|\[[^\]\n]*\]|:[a-z-]+(?:\([^)\n]*\))?)*"
    rf"(?:\s*>\s*(?:{_TAGS})(?![\w-])[\w.#-]*)*)"
)
_CSS = re.compile(
    rf"(?:(?:{_TAGS})(?![\w-])|[#.][A-Za-z_]|\[[a-z][\w-]*)[\w.#:>+~\[\]='\"()*^$ -]*",
    re.IGNORECASE,
)
_PLAIN_TAG = re.compile(rf"(?:{_TAGS})")
MARK = r"⟦\d+⟧"


@dataclass(frozen=True, slots=True)
class Literal:
    """One literal. `kind`: text (quoted), code (in backticks), css (a bare selector)."""

    kind: str
    value: str

    @property
    def is_css(self) -> bool:
        """Whether it names elements by selector: bare, or quoted in a selector's form."""
        if self.kind == "css":
            return True
        value = self.value.strip()
        if self.kind == "code" and _PLAIN_TAG.fullmatch(value):
            return True
        marked = value[:1] in "#.[" or re.search(r"[.#\[>]", value) is not None
        return marked and _CSS.fullmatch(value) is not None and not value.endswith((".", " "))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text with `⟦n⟧` for its n-th literal."""

    text: str
    literals: tuple[Literal, ...]
    ids: tuple[str, ...] = ()
    """Element ids of the page, by which "the counter" may be `#counter`."""

    def literal(self, mark: str) -> Literal:
        """The literal of a mark."""
        return self.literals[int(mark.strip("⟦⟧"))]

    def part(self, text: str) -> Phrase:
        """A part of this text with the same literals."""
        return Phrase(text.strip(), self.literals, self.ids)

    def plain(self, text: str) -> str:
        """A text of marks and words with the marks put back."""
        return re.sub(MARK, lambda m: self.literal(m[0]).value, text)

    def value(self, text: str) -> str | None:
        """The value that a text stands for: a quoted text, else a bare number or word."""
        text = text.strip().rstrip(".")
        if re.fullmatch(MARK, text):
            return unescaped(self.literal(text).value)
        if re.fullmatch(r"[-+]?[$€£]?\d[\d.,:/]*\s?%?", text):
            return text
        return None


def unescaped(text: str) -> str:
    """A quoted text with its simple escapes read."""
    plain = {"n": "\n", "t": "\t"}
    return re.sub(r"\\(.)", lambda m: plain.get(m[1], m[1]), text)


def phrase_of(text: str, ids: tuple[str, ...] = ()) -> Phrase:
    """The phrase of a line. Marks of our own form in the line are dropped."""
    literals: list[Literal] = []

    def taken(match: re.Match[str]) -> str:
        code, double, single, css = match.groups()
        if css is not None:
            literals.append(Literal("css", css))
        elif code is not None:
            literals.append(Literal("code", code.strip().strip("'\"") or code))
        else:
            literals.append(Literal("text", double if double is not None else single))
        return f"⟦{len(literals) - 1}⟧"

    bare = text.replace("⟦", "").replace("⟧", "")
    return Phrase(" ".join(_LITERAL.sub(taken, bare).split()), tuple(literals), ids)


_ROLES = {
    "button": "button", "btn": "button", "link": "link", "tab": "tab", "checkbox": "checkbox",
    "check box": "checkbox", "radio": "radio", "radio button": "radio", "heading": "heading",
    "menu item": "menuitem", "switch": "switch", "dialog": "dialog", "modal": "dialog",
    "slider": "slider", "option": "option", "icon": "button",
}  # fmt: skip
_FIELDS = (
    r"input(?: field| box)?|(?:text ?)?field|text ?box|textarea|text area|search box|dropdown|"
    r"select(?: box)?|combobox|box"
)
_NOUNS = (
    r"element|elements|div|span|container|area|section|panel|items?|button|link|list|message|text|"
    r"label|output|display|counter|paragraph|table|cell|row|rows|input|field|checkbox|toggle|select|"
    r"class|form|modal|dialog|heading|tabs?|cards?|image|canvas|elements with class|switch|icon|box"
)
_THE = r"(?:(?:the|a|an|that|this|its|each|all|any) )?"
_ROLE_NAMES = "|".join(sorted(_ROLES, key=len, reverse=True))
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_NTH = re.compile(rf"(?:the )?({'|'.join(_ORDINALS)}) (.+)", re.IGNORECASE)
_TARGETS = [
    (re.compile(rf"{_THE}({MARK}) ({_ROLE_NAMES})s?", re.I), "named"),
    (re.compile(rf"{_THE}({_ROLE_NAMES})s? (?:named |labell?ed |with (?:the )?(?:text|label|name) "
                rf"|that says |saying |called )?({MARK})", re.I), "role"),
    (re.compile(rf"{_THE}({MARK}) (?:{_FIELDS})", re.I), "field"),
    (re.compile(rf"{_THE}(?:{_FIELDS}) (?:named |labell?ed |with (?:the )?(?:label|name) |called "
                rf"|for )?({MARK})", re.I), "field"),
    (re.compile(rf"{_THE}(?:(?:{_NOUNS}) )?({MARK})(?: (?:{_NOUNS}))?", re.I), "literal"),
    (re.compile(rf"{_THE}(?:{_FIELDS}) with (?:the )?placeholder ({MARK})", re.I), "placeholder"),
    (re.compile(rf"{_THE}((?!⟦)[\w+\-×÷=/*%]+(?: [\w-]+)?) ({_ROLE_NAMES})", re.I), "named-bare"),
    (re.compile(rf"{_THE}((?!⟦)(?!text\b)[\w-]+(?: [\w-]+)?) (?:{_FIELDS})", re.I), "field-bare"),
    (re.compile(rf"{_THE}(?:page |main |top )?(heading|h[1-6]|body|page|document|dialog|modal|form"
                r"|list|table|button|link|canvas|checkbox|textarea)", re.I), "plain"),
]  # fmt: skip
_PLAIN = {
    "body": PageTarget("page"), "page": PageTarget("page"), "document": PageTarget("page"),
    "heading": PageTarget("role", "heading"), "dialog": PageTarget("role", "dialog"),
    "modal": PageTarget("role", "dialog"), "button": PageTarget("role", "button"),
    "link": PageTarget("role", "link"), "list": PageTarget("role", "list"),
    "checkbox": PageTarget("role", "checkbox"), "table": PageTarget("css", "table"),
    "form": PageTarget("css", "form"), "canvas": PageTarget("css", "canvas"),
    "textarea": PageTarget("css", "textarea"),
}  # fmt: skip


def target_of(phrase: Phrase, text: str, *, field: bool = False) -> PageTarget | None:
    """What a noun phrase names; None where it is not read in full. `field`: a form field is meant,
    so that a bare quoted text is its label or placeholder."""
    text = " ".join(text.split()).strip(" ,.:")
    nth = _NTH.fullmatch(text)
    if nth:
        inner = target_of(phrase, nth[2], field=field)
        if inner is None:
            return None
        return PageTarget(inner.by, inner.value, inner.name, _ORDINALS[nth[1].lower()])
    for pattern, kind in _TARGETS:
        found = pattern.fullmatch(text)
        made = _made(phrase, kind, found.groups(), field) if found else None
        if made is not None:
            return made
    return _by_id(phrase, text)


def _by_id(phrase: Phrase, text: str) -> PageTarget | None:
    """`the total price` as the one id that is those words, or all but a general noun of them."""
    found = re.fullmatch(rf"{_THE}([A-Za-z][\w -]*?)(?: (?:{_NOUNS}))?", text, re.IGNORECASE)
    if found is None or not phrase.ids:
        return None
    for words in (found[1], re.sub(rf"^{_THE}", "", text, flags=re.IGNORECASE)):
        name = _letters(words)
        same = [each for each in phrase.ids if _letters(each) == name]
        if len(same) == 1 and len(name) > 2:
            return PageTarget("css", f"#{same[0]}")
    return None


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _made(phrase: Phrase, kind: str, groups: tuple[str, ...], field: bool) -> PageTarget | None:
    if kind == "plain":
        word = groups[0].lower()
        return _PLAIN.get(word, PageTarget("css", word))
    if kind == "named-bare":
        return _bare(groups[0], PageTarget("role", _ROLES[groups[1].lower()], groups[0]))
    if kind == "field-bare":
        return _bare(groups[0], PageTarget("field", groups[0]))
    mark = groups[1] if kind == "role" else groups[0]
    literal = phrase.literal(mark)
    if literal.is_css:
        return PageTarget("css", literal.value.strip())
    if kind == "named":
        return PageTarget("role", _ROLES[groups[1].lower()], literal.value)
    if kind == "role":
        return PageTarget("role", _ROLES[groups[0].lower()], literal.value)
    if kind in ("field", "placeholder"):
        return PageTarget(kind, literal.value)
    return PageTarget("field" if field else "name", literal.value)


_VAGUE_WORDS = """
the a an any each every some all same other another that this it its page main input and
second correct wrong valid invalid form text
"""
_VAGUE = frozenset(_VAGUE_WORDS.split())


def _bare(words: str, target: PageTarget) -> PageTarget | None:
    """The target unless its words name nothing of their own."""
    return None if set(words.lower().split()) & _VAGUE else target
