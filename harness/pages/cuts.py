"""Whether a text was cut off: by the state in which the parser is left, never by three dots."""

from __future__ import annotations

from dataclasses import dataclass

from harness.pages.markup import Markup
from harness.pages.tree import MAY_STAY_OPEN, TextEnd


@dataclass(frozen=True, slots=True)
class Cut:
    """Proof that a text ends before its author meant it to.

    `kind`: script, style, title, textarea, comment, tag, attribute, cdata ... (the text ends inside
    one), or structure (elements that must be closed are open, and neither body nor html is closed).
    """

    kind: str
    offset: int
    """Byte at which the unclosed thing starts."""
    line: int
    detail: str = ""


def find_cut(markup: Markup, end: TextEnd) -> Cut | None:
    """The proof, or None. Open html and body alone prove nothing, since their end tags may be left
    out; nor does an element left open in a fragment or before a written `</body>`."""
    if end.inside:
        detail = f"the text ends inside of an unclosed {end.inside}"
        return Cut(end.inside, end.start, markup.line(end.start), detail)
    written = {tag.name for tag in markup.tags} & {"html", "body", "head"}
    ended = {name for name, _ in markup.ends} & {"html", "body"}
    unclosed = [name for name in end.open if name not in MAY_STAY_OPEN]
    if end.closed or ended or not written or not unclosed:
        return None
    opened = [tag.span[0] for tag in markup.tags if tag.name == unclosed[-1]]
    offset = opened[-1] if opened else -1
    detail = f"<{'>, <'.join(unclosed)}> not closed, nor body and html"
    return Cut("structure", offset, markup.line(offset), detail)
