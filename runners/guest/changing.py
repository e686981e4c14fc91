"""Another value of the same kind: what an answer becomes when it is made wrong."""

from __future__ import annotations

import types
from typing import Any


class Opaque:
    """Equal to nothing but itself."""


class Depth:
    """How deep in the code's own calls we are, and the module's public containers."""

    now = 0
    state: list[Any] = []  # noqa: RUF012


def changed(value: Any) -> Any:
    """A value of the same kind that is another one."""
    kind = type(value)
    if kind is bool:
        return not value
    if kind is int:
        return value + 1
    if kind is float:
        return 0.0 if value != value else value + 1.0 if value + 1.0 != value else -value
    if kind is str:
        return f"~{value[::-1]}~"
    if kind is bytes:
        return b"~" + value[::-1] + b"~"
    if value is None:
        return "~"
    if kind is list or kind is tuple:
        return kind([*[changed(item) for item in value], "~"])
    if kind is set or kind is frozenset:
        return kind([*value, "~"])
    if isinstance(value, dict):
        return {**{k: changed(v) for k, v in value.items()}, "~": "~"}
    if kind is types.GeneratorType or hasattr(kind, "__next__"):
        return _altered(value)
    return Opaque()


def _altered(items: Any) -> Any:
    """An iterator of the same length with every item changed; one item where there was none."""
    empty, sent = True, None
    while True:
        Depth.now += 1
        try:
            item = next(items) if sent is None else items.send(sent)
        except StopIteration:
            break
        finally:
            Depth.now -= 1
        empty = False
        sent = yield changed(item)
    if empty:
        yield "~"
