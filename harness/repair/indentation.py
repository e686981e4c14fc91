"""Indentation that was lost on the way: flagged, never guessed."""

from __future__ import annotations

import re

_INDENT = re.compile(r"^( +|\t+)(?=\S)", re.M)


def collapsed(code: str) -> bool:
    """True where every indented line is indented by exactly one space, and there are two or more.

    That is what is left of code whose runs of spaces a web page collapsed to one.
    """
    indents = _INDENT.findall(code)
    return len(indents) > 1 and all(indent == " " for indent in indents)
