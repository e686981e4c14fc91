"""Finds what stands at depth 0 of a line: outside quotes and outside brackets."""

from __future__ import annotations

import re
from functools import lru_cache

QUOTED = "\x01"
NESTED = "\x02"
_STRING = (
    r'"""(?:\\.|[^\\])*?"""'
    r"|'''(?:\\.|[^\\])*?'''"
    r'|"(?:\\.|[^"\\])*"'
    r"|(?:(?<![\w)\]])|(?<=\b[rbuRBU]))'(?:\\.|[^'\\])*'"
    r"|`[^`]*`"
)
_PIECE = re.compile(rf"({_STRING})|([(\[{{])|([)\]}}])", re.DOTALL)


@lru_cache(maxsize=4096)
def mask(text: str) -> str:
    """`text` with quoted parts and bracketed parts blanked; the same length.

    A quote that never closes is an apostrophe; a bracket that never closes hides the rest.
    """
    out: list[str] = []
    depth = done = 0
    for piece in _PIECE.finditer(text):
        start, end = piece.span()
        between = text[done:start]
        out.append(NESTED * len(between) if depth else between)
        if piece.group(1) is not None:
            out.append((NESTED if depth else QUOTED) * (end - start))
        elif piece.group(2) is not None:
            depth += 1
            out.append(NESTED)
        else:
            out.append(NESTED if depth else text[start:end])
            depth = max(0, depth - 1)
        done = end
    rest = text[done:]
    out.append(NESTED * len(rest) if depth else rest)
    return "".join(out)


_STRINGS = re.compile(_STRING, re.DOTALL)


def outside_quotes(text: str, old: str, new: str) -> str:
    """`text` with `old` replaced by `new` where it stands in no quoted part."""
    if old not in text:
        return text
    out, done = [], 0
    for piece in _STRINGS.finditer(text):
        out += [text[done : piece.start()].replace(old, new), piece.group()]
        done = piece.end()
    return "".join([*out, text[done:].replace(old, new)])


def split_top(text: str, separator: str) -> list[str]:
    """The parts of `text` between separators at depth 0, stripped, empty ones left out."""
    if separator not in text:
        return [text.strip()] if text.strip() else []
    hidden = mask(text)
    parts, start = [], 0
    while (at := hidden.find(separator, start)) >= 0:
        parts.append(text[start:at].strip())
        start = at + len(separator)
    parts.append(text[start:].strip())
    return [p for p in parts if p]


def depth_change(text: str) -> int:
    """Opening minus closing brackets outside quotes."""
    change = 0
    for piece in _PIECE.finditer(text):
        change += 1 if piece.group(2) else -1 if piece.group(3) else 0
    return change
