"""What differs between two records, by path: `actions[3].effect.nodes: 2 -> 3`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from harness.record import Record

MOST = 200
"""Differences that are named; two pages that share nothing would name thousands."""
_GONE = "nothing"


class Difference(Record):
    """One value that is not the same on both sides; None stands for one that is not there."""

    path: str
    before: Any = None
    after: Any = None


def differences(before: Any, after: Any, *, most: int = MOST) -> tuple[Difference, ...]:
    """The leaves in which two values of plain data differ, in the order of the first one.

    Lists are compared place by place; where their lengths differ, that is named too. Tuples equal
    lists and enumerations their words, as they do in JSON.
    """
    found = []
    for difference in _walk("", plain(before), plain(after)):
        found.append(difference)
        if len(found) >= most:
            break
    return tuple(found)


def plain(value: Any) -> Any:
    """`value` as it would be read back from JSON."""
    return json.loads(json.dumps(value, default=str))


def _walk(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in (*before, *(key for key in after if key not in before)):
            name = f"{path}.{key}" if path else key
            yield from _walk(name, before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield Difference(path=f"{path}.length", before=len(before), after=len(after))
        for index, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from _walk(f"{path}[{index}]", one, other)
    elif before != after:
        yield Difference(path=path, before=before, after=after)


def told(difference: Difference, *, width: int = 60) -> str:
    """One line for people."""
    return f"{difference.path}: {_short(difference.before, width)} -> " \
           f"{_short(difference.after, width)}"  # fmt: skip


def _short(value: Any, width: int) -> str:
    text = _GONE if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= width else text[: width - 1] + "…"
