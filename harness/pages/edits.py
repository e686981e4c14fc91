"""A page opened for edits: its positions, its scripts, and replacements applied by byte span."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.pages.inline import Inline, inline_scripts
from harness.pages.markup import Markup, Span, Tag, read_markup, utf8
from harness.pages.tree import Element, elements, tree_depth

Edit = tuple[int, int, str]
"""(start, end, text): the bytes from start to end are replaced by the text."""


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A page with what an edit needs to know."""

    markup: Markup
    tree: list[Element]
    scripts: tuple[Inline, ...]
    """Inline scripts that are code and whose place in the source is known."""

    @property
    def native(self) -> tuple[Inline, ...]:
        """Scripts that the browser itself compiles, the longest first."""
        found = [s for s in self.scripts if s.kind in ("classic", "module")]
        return tuple(sorted(found, key=lambda s: -len(s.text)))

    def element_span(self, tag: Tag) -> Span:
        """From a script's or style's start tag to behind its end tag."""
        start = tag.raw[1] if tag.raw is not None else tag.span[1]
        end = next((s for n, s in self.markup.ends if n == tag.name and s[0] >= start), None)
        return tag.span[0], end[1] if end is not None else start

    def applied(self, edits: Iterable[Edit]) -> str:
        """The page with the edits made; of edits that overlap the outer, else the first is made."""
        source = self.markup.source
        out: list[bytes] = []
        at = 0
        for start, end, text in sorted(edits, key=lambda e: (e[0], -e[1])):
            if start < at:
                continue
            out += [source[at:start], text.encode()]
            at = end
        return b"".join([*out, source[at:]]).decode("utf-8", "replace")


def open_page(html: str | bytes) -> OpenPage:
    """The page, opened. Never raises."""
    source = utf8(html)
    markup, tree = read_markup(source, tree_depth(source)), elements(source)
    scripts = (s for s in inline_scripts(markup, tree) if s.kind != "data" and s.offset >= 0)
    return OpenPage(markup, tree, tuple(scripts))
