"""Text of candidates on its way to a screen: nothing in it may steer a terminal."""

from __future__ import annotations

import json
from typing import Any

_KEPT = "\n\t"


def visible(text: str) -> str:
    """`text` with a replacement character for each one that a terminal might obey or hide.

    Control codes of both ranges, overrides of direction and lone surrogates are such; ends of
    lines and tabs stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _KEPT else "\ufffd" for c in text)


def json_text(value: Any, *, indent: int | None = None) -> str:
    """`value` as JSON that any screen can show: the same document, such characters escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(
        c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] if c != "\x7f" else "\\u007f"
        for c in text
    )
