"""One JSON object inside a model's answer, with what stood around it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from harness.formats.base import Unreadable
from harness.repair.characters import half_pair

MAX_STARTS = 64
"""Opening braces that are tried: prose before the object rarely holds one."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """The object and the rules of "return only this JSON object" that the answer broke."""

    value: dict[str, Any]
    notes: tuple[str, ...]


def extract_object(text: str) -> Found | None:
    """The first JSON object in `text` that is whole; None where there is none.

    Raises Unreadable where the object holds what no file can hold.
    """
    start = text.find("{")
    for _ in range(MAX_STARTS):
        if start < 0:
            return None
        for strict in (True, False):
            try:
                value, end = json.JSONDecoder(strict=strict).raw_decode(text, start)
            except (ValueError, RecursionError):
                continue
            if half_pair(json.dumps(value, ensure_ascii=False)):
                raise Unreadable("encoding", "half a surrogate pair in the answer is no character")
            notes = list(_around(text[:start], text[end:]))
            if not strict:
                notes.append("raw line ends or control characters inside a JSON string")
            return Found(value=value, notes=tuple(notes))
        start = text.find("{", start + 1)
    return None


def _around(before: str, after: str) -> list[str]:
    notes = []
    if before.strip() or after.strip():
        notes.append(
            f"text outside the JSON object: {len(before.strip())} characters before it and"
            f" {len(after.strip())} after it"
        )
    if "{" in after:
        another = extract_object(after)
        if another is not None:
            notes.append("more than one JSON object; the first one counts")
    return notes
