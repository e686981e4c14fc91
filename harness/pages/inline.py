"""The inline scripts and styles of a page: which a browser would take, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from harness.pages.markup import Markup
from harness.pages.scripts import NO_FACTS, ScriptFacts, read_script
from harness.pages.tree import Element

_CLASSIC = re.compile(r"(?:(?:text|application)/(?:x-)?(?:java|ecma)script)?", re.IGNORECASE)
_COMPILED = re.compile(r"text/(?:babel|jsx|typescript|tsx|coffeescript)", re.IGNORECASE)
_MAX_LOST = 32
"""Texts that the source holds differently (escaped, in SVG) before the search is given up."""


@dataclass(frozen=True, slots=True)
class ScriptText:
    """One inline script. `kind`: classic, module, compiled (text/babel ...), data."""

    kind: str
    line: int
    """1-based line of the page at which its text starts; 0 where it could not be found again."""
    text: str
    hints: tuple[tuple[int, str], ...] = ()
    """(line of the page, text) of tree-sitter's error nodes: it also misreads valid scripts."""
    valid: bool | None = None
    """What V8 says; None until it was asked. Only this decides."""
    message: str = ""

    def judged(self, valid: bool, message: str = "") -> ScriptText:
        """The script with V8's word added."""
        return replace(self, valid=valid, message=message)


@dataclass(frozen=True, slots=True)
class Inline:
    """One inline script or style: its byte offset in the page (-1: not found) and its text."""

    kind: str
    offset: int
    text: str
    facts: ScriptFacts = NO_FACTS

    def told(self, markup: Markup) -> ScriptText:
        """The script as the record keeps it."""
        if self.kind == "data":
            return ScriptText("data", markup.line(self.offset), self.text)
        hints = tuple((self.line(markup, at), text) for at, text in self.facts.errors)
        return ScriptText(self.kind, markup.line(self.offset), self.text, hints)

    def line(self, markup: Markup, at: int) -> int:
        """The page's line of a byte of this text."""
        return markup.line(self.offset + at) if self.offset >= 0 else 0


def kind_of(element: Element) -> str:
    """What a browser makes of a script element without `src`."""
    told = (element.attributes.get("type") or "").strip()
    if told.lower() == "module":
        return "module"
    if _CLASSIC.fullmatch(told):
        return "classic"
    return "compiled" if _COMPILED.fullmatch(told) else "data"


def inline_scripts(markup: Markup, tree: list[Element]) -> list[Inline]:
    """The inline scripts in document order."""
    out: list[Inline] = []
    for offset, element in located(markup, tree, "script"):
        if "src" in element.attributes or not element.text.strip():
            continue
        kind = kind_of(element)
        facts = read_script(element.text.encode()) if kind != "data" else NO_FACTS
        out.append(Inline(kind, offset, element.text, facts))
    return out


def located(markup: Markup, tree: list[Element], name: str) -> Iterator[tuple[int, Element]]:
    """Scripts or styles with the offset of their text, -1 where the source holds it differently."""
    at = lost = 0
    for element in tree:
        if element.name != name or not element.text:
            continue
        text = element.text.encode()
        offset = markup.source.find(text, at) if lost < _MAX_LOST else -1
        lost += offset < 0
        if offset >= 0:
            at = offset + len(text)
        yield offset, element
