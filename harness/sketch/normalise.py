"""Sketch text to numbered lines: fences, typographic quotes, bullets and numbering taken away."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.sketch.scan import outside_quotes

_CURLY_DOUBLE = re.compile('[“„]([^“”„"\n]*)”')
_CURLY_SINGLE = re.compile("[‘‚]([^‘’‚'\n]*)’")
_FENCE = re.compile(r"\s*(?:```|~~~)[\w+-]*\s*")
_BULLET = re.compile(
    r"(?:[-*•–●▪✅✓✔☑]\s+|\(?\d{1,3}[.)]\s+|\(?[a-z]\)\s+|\[[ xX]?\]\s+|#{1,6}\s+)+"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its 1-based number, the sketch's own text, and the text that is read."""

    number: int
    raw: str
    text: str
    """With straight quotes; indentation kept."""

    @property
    def body(self) -> str:
        """Without indentation, bullet and numbering."""
        return unbulleted(self.text)

    @property
    def indent(self) -> int:
        """White space before the text."""
        return len(self.text) - len(self.text.lstrip())

    @property
    def blank(self) -> bool:
        """Whether nothing stands on it."""
        return not self.text.strip()


def straightened(text: str) -> str:
    """`text` with spaces for tabs before it, and straight quotes and minus signs as delimiters.

    Curly quotes on a line with straight ones are content, and stay.
    """
    body = text.lstrip()
    text = text[: len(text) - len(body)].expandtabs(4) + body
    if text.isascii():
        return text
    if '"' not in text and "'" not in text:
        text = _CURLY_DOUBLE.sub(r'"\1"', text)
        text = _CURLY_SINGLE.sub(r"'\1'", text) if '"' not in text else text
    return outside_quotes(outside_quotes(text, "−", "-"), "\u200b", "")


def unbulleted(text: str) -> str:
    """`text` without white space around it, bullets, numbering and emphasis before it."""
    text = text.strip()
    found = _BULLET.match(text)
    return text[found.end() :] if found else text


def lines_of(sketch: str) -> list[Line]:
    """The lines of a sketch; fence lines are blank."""
    out = []
    for i, text in enumerate(sketch.split("\n"), start=1):
        text = text.rstrip("\r")
        clean = "" if _FENCE.fullmatch(text) else straightened(text)
        out.append(Line(i, text, clean))
    return out
