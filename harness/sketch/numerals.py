"""Number literals of eight languages: bases, underscores, suffixes."""

from __future__ import annotations

import re

from harness.sketch.spec import Expr
from harness.sketch.strings import UnparsedError
from harness.sketch.values import of_float, of_int

MAX_DIGITS = 3_000
_NUMBER = re.compile(
    r"(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+)(?:[ui](?:8|16|32|64|128|size)|[LlnuU]+)?(?!\w)"
    r"|((?:\d[\d_]*)?\.\d[\d_]*(?:[eE][+-]?\d+)?|\d[\d_]*\.(?![\w.])|\d[\d_]*(?:[eE][+-]?\d+)?)"
    r"(f32|f64|[ui](?:8|16|32|64|128|size)|[fFdDLlnuUj]|UL|ul|LL|ll)?(?![\w])"
)
_FLOATS = ("f32", "f64", "f", "F", "d", "D")


def read_number(text: str, at: int) -> tuple[Expr, int]:
    """The number that starts at `at`, and where the text goes on. Raises UnparsedError."""
    found = _NUMBER.match(text, at)
    if found is None:
        raise UnparsedError("a number that goes on")
    based, plain, suffix = found.groups()
    if based:
        return of_int(int(based.replace("_", ""), 0)), found.end()
    digits = plain.replace("_", "")
    if suffix == "j":
        return ["complex", (0.0).hex(), float(digits).hex()], found.end()
    if suffix in _FLOATS or not digits.isdigit():
        return of_float(float(digits)), found.end()
    if len(digits) > MAX_DIGITS:
        raise UnparsedError("too many digits")
    return of_int(int(digits)), found.end()
