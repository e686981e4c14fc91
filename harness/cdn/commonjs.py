"""Scripts that only run in Node, told by their text."""

from __future__ import annotations

import re

_EXPORTS = re.compile(rb"exports(?:\.[\w$]|\s*=[^=])")
_BEFORE = re.compile(rb"(?:^|[^\w$.])(?:module\.)?$")
_PROVIDED = re.compile(
    rb"typeof\s*\(?\s*(?:exports|module)\b"
    rb"|\([^()]*\b(?:exports|module)\b[^()]*\)\s*(?:=>|\{)"
    rb"|\b(?:var|let|const)\s+(?:exports|module)\b"
    rb"|(?<![\w$.])(?:exports|module)\s*=\s*\{"
)
"""Asked for first, a parameter, or the script's own."""


def for_node(name: str, body: bytes) -> bool:
    """Whether a script exports as CommonJS does and never asks whether it can: in a browser it
    throws. What is no script is none."""
    if not name.endswith(".js"):
        return False
    bare = any(
        _BEFORE.search(body[max(0, found.start() - 8) : found.start()])
        for found in _EXPORTS.finditer(body)
    )
    return bare and _PROVIDED.search(body) is None
