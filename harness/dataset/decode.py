"""The bytes of one row as a JSON object, or the reason why they are none."""

from __future__ import annotations

import json
from typing import Any

from harness.repair.characters import escape_controls, half_pair

MAX_DEPTH = 100
"""Nesting that is read; deeper rows cannot be written out again by every JSON library."""


class Undecodable(Exception):
    """Not one JSON object: a quarantine reason and a sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class _NotJson:
    """NaN, Infinity and -Infinity, met in a row: writers of tables use them for missing values."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, name: str) -> None:
        self.names.append(name)


def decode_row(data: bytes, *, torn: bool = False) -> tuple[dict[str, Any], list[str]]:
    """(object, notes) of one row; raises Undecodable and nothing else.

    NaN and the infinities are read as null with a note. A key that is given twice with one value is
    noted; with two values the row is undecodable, as no one can say which was meant.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = data[error.start]
        raise Undecodable(
            "encoding", f"byte 0x{byte:02x} at offset {error.start} of the row is not UTF-8"
        ) from None
    notes: list[str] = []
    if text.startswith("\ufeff"):
        text = text.lstrip("\ufeff")
        notes.append("a byte order mark before the row was passed over")
    constants = _NotJson()
    doubles: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items):
            _doubled(items, made, doubles)
        return made

    try:
        value = json.loads(text, parse_constant=constants, object_pairs_hook=pairs)
    except RecursionError:
        raise Undecodable("too_deep", f"nested deeper than {MAX_DEPTH} levels") from None
    except json.JSONDecodeError as error:
        reason = "torn" if torn else "json"
        what = "the last line has no line end and is cut: " if torn else ""
        raise Undecodable(reason, f"{what}{error.msg} at character {error.pos}") from None
    except ValueError as error:
        raise Undecodable("json", f"a number is too long: {error}") from None
    if not isinstance(value, dict):
        hint = "; a file that is one JSON array must be named .json" if value == [] else ""
        hint = hint or ("; name the file .json" if isinstance(value, list) else "")
        raise Undecodable("not_an_object", f"the row is a JSON {_kind(value)}{hint}")
    if text.count("[") + text.count("{") > MAX_DEPTH and depth_exceeds(value, MAX_DEPTH):
        raise Undecodable("too_deep", f"nested deeper than {MAX_DEPTH} levels")
    if "\\u" in text and (place := _lone_surrogate(value)):
        raise Undecodable("encoding", f"half a surrogate pair in {place!r} is no character")
    if constants.names:
        notes.append(f"{', '.join(sorted(set(constants.names)))} is not JSON and was read as null")
    notes.extend(doubles)
    return value, notes


def depth_exceeds(value: Any, limit: int) -> bool:
    """Whether lists and objects nest deeper than `limit`; without recursion."""
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _doubled(items: list[tuple[str, Any]], made: dict[str, Any], doubles: list[str]) -> None:
    for key, value in items:
        if repr(value) != repr(made[key]):
            raise Undecodable("duplicate_key", f"{key!r} is given twice with two values")
    doubles.append("a key is given twice with the same value")


def _lone_surrogate(row: dict[str, Any]) -> str:
    """The top-level key that holds half a surrogate pair, or ""."""
    for key, value in row.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if half_pair(key) or half_pair(text):
            return escape_controls(key)
    return ""


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
    return names[type(value)]
