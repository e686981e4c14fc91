"""String literals of eight languages: prefixes, escapes, characters."""

from __future__ import annotations

import re

from harness.sketch.spec import Expr

_CHARS = frozenset({"cpp", "java", "go", "rust"})
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "v": "\v",
            "a": "\a", "\\": "\\", '"': '"', "'": "'", "`": "`", "\n": ""}  # fmt: skip
QUOTE = re.compile(r"""([rRbBuU]{0,2})('''|\"\"\"|"|'|`)""")
_CODE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|u\{([0-9a-fA-F]{1,6})\})"
)


class UnparsedError(ValueError):
    """The text is no expression that is understood."""


def read_string(text: str, quote: re.Match[str], language: str) -> tuple[Expr, int]:
    """The string that opens with `quote`, and where the text goes on. Raises UnparsedError."""
    prefix, mark = quote.group(1).lower(), quote.group(2)
    raw = "r" in prefix or (mark == "`" and language == "go")
    at, out = quote.end(), []
    while not text.startswith(mark, at):
        char = text[at : at + 1]
        if not char:
            raise UnparsedError("a string that does not end")
        if char == "\\" and not raw:
            piece, at = _escape(text, at, language)
            out.append(piece)
        elif mark == "`" and text.startswith("${", at):
            raise UnparsedError("a template with parts")
        else:
            out.append(char)
            at += 1
    value, at = "".join(out), at + len(mark)
    if "b" in prefix:
        try:
            return ["bytes", value.encode("latin-1").hex()], at
        except UnicodeEncodeError as error:
            raise UnparsedError("bytes above 255") from error
    char_like = mark == "'" and language in _CHARS and len(value) == 1
    return ["char" if char_like else "str", value], at


def _escape(text: str, at: int, language: str) -> tuple[str, int]:
    """The character that an escape stands for, and where the text goes on."""
    kind = text[at + 1 : at + 2]
    if kind in ("x", "u", "U"):
        found = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})"
                           r"|u\{([0-9a-fA-F]{1,6})\})").match(text, at)  # fmt: skip
        if found is None:
            raise UnparsedError("an escape that is cut")
        code = int(next(g for g in found.groups() if g), 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise UnparsedError("an escape for no character")
        return chr(code), found.end()
    if not kind:
        raise UnparsedError("a string that does not end")
    if kind in _ESCAPES:
        return _ESCAPES[kind], at + 2
    if kind.isdigit() or kind == "N":
        raise UnparsedError("an escape that is not understood")
    return (kind if language in ("javascript", "typescript") else "\\" + kind), at + 2
