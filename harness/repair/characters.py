"""Line ends, byte order marks, and characters that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

BOM = "\ufeff"
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_HALF = re.compile("[\ud800-\udfff]")
_ODD_SPACES = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def lf_only(text: str) -> tuple[str, str]:
    """(text with CRLF and CR as LF, what was changed or "")."""
    if "\r" not in text:
        return text, ""
    pairs = text.count("\r\n")
    singles = text.count("\r") - pairs
    said = [f"{n} {name}" for n, name in ((pairs, "CRLF"), (singles, "CR")) if n]
    return text.replace("\r\n", "\n").replace("\r", "\n"), " and ".join(said) + " became LF"


def without_bom(text: str) -> tuple[str, str]:
    """(text without the byte order marks at its start, what was changed or "")."""
    clean = text.lstrip(BOM)
    count = len(text) - len(clean)
    return clean, f"{count} removed from the start" if count else ""


def invisible(text: str) -> str:
    """The invisible characters in `text` with their counts, "2 x U+200B", or ""."""
    if text.isascii() and text.isprintable():
        return ""
    counts = Counter(_INVISIBLE.findall(text))
    return ", ".join(f"{n} x {_name(c)}" for c, n in sorted(counts.items()))


def visible_only(text: str) -> tuple[str, str]:
    """(text without invisible characters and with plain spaces, what was changed or "").

    Meaning may change where a string holds such a character, so callers prove that it is needed.
    """
    gone = invisible(text)
    spaces = len(_ODD_SPACES.findall(text))
    said = [f"removed {gone}"] if gone else []
    if spaces:
        said.append(f"{spaces} odd spaces became plain ones")
    return _ODD_SPACES.sub(" ", _INVISIBLE.sub("", text)), "; ".join(said)


def half_pair(text: str) -> bool:
    """True where `text` holds half a surrogate pair, which no UTF-8 file can hold."""
    return not text.isascii() and _HALF.search(text) is not None


def escape_controls(text: str) -> str:
    r"""`text` on one line: every control, format, separator and surrogate character as `\x..`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c.encode("unicode_escape").decode()
        if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        else c
        for c in text
    )


def _name(c: str) -> str:
    return f"U+{ord(c):04X}"
