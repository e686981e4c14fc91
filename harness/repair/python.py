"""Whether a text is Python, without a warning, a crash or an unbounded parse."""

from __future__ import annotations

import ast
import warnings

from runners.guest import parsing

MAX_PARSE_CHARS = 1 << 20
"""Longer texts are not parsed here: no pair's code is this long, and a parse would cost seconds."""


def parse(source: str) -> ast.Module | None:
    """The tree of `source`, or None where it is not Python or longer than `MAX_PARSE_CHARS`."""
    tree, _ = parse_or_error(source)
    return tree


def parse_or_error(source: str) -> tuple[ast.Module | None, str]:
    """(tree, "") or (None, name of the error, "IndentationError"); never raises, never warns."""
    if len(source) > MAX_PARSE_CHARS:
        return None, "TooLong"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return parsing.parse(source), ""
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return None, type(error).__name__
