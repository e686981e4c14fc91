"""Tagged values as plain Python objects of exact builtin types, and as text for people.

Nothing here calls into a class that a candidate wrote: an answer is data by the time it arrives.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

Expr = list[Any]

_MAX_DEPTH = 120


class Malformed(ValueError):
    """Not a tagged value: a broken or hostile answer."""


@dataclass(frozen=True, eq=False, slots=True)
class Opaque:
    """A value that cannot be carried; equals nothing, not even itself."""

    what: str
    large: bool = False
    """It is too large for the wire: our limit, not the candidate's fault."""


@dataclass(frozen=True, slots=True)
class Lazy:
    """What an iterator gave, in order."""

    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """A numpy array or a pandas column, as nested lists."""

    items: Any


@dataclass(frozen=True, slots=True)
class Symbol:
    """A member of an enumeration, a path, a class: equal by kind and text."""

    kind: str
    text: str
    inner: Any = None


@dataclass(frozen=True, slots=True)
class Braces:
    """`{1, 2}` before its type is known."""

    items: tuple[Any, ...]


def decode(expr: Any, depth: int = 0) -> Any:
    """The object that a tagged value stands for.

    Raises:
        Malformed: an unknown tag, a wrong part, or deeper than the wire carries.
    """
    if depth > _MAX_DEPTH:
        raise Malformed("nested too deeply")
    try:
        reader = _READ.get(expr[0])
        if reader is None:
            raise Malformed(f"not a value: tag {str(expr[0])[:40]!r}")
        return reader(expr, depth + 1)
    except Malformed:
        raise
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, ArithmeticError) as error:
        raise Malformed(f"broken value: {str(error)[:80]}") from None


def _float(text: str) -> float:
    return float(text) if text in ("nan", "inf", "-inf") else float.fromhex(text)


def _int(text: str) -> int:
    return int(text, 16) if "x" in text else int(text)


def _typed(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise Malformed(f"not a {kind.__name__}")
    return value


def _items(parts: Any, depth: int) -> list[Any]:
    return [decode(part, depth) for part in _typed(list, parts)]


def hashable(value: Any) -> Any:
    """A stand-in that can be a key or a set's member, equal where the values are equal."""
    if isinstance(value, list):
        return ("list", tuple(hashable(v) for v in value))
    if isinstance(value, tuple):
        return tuple(hashable(v) for v in value)
    if isinstance(value, set | frozenset):
        return frozenset(hashable(v) for v in value)
    if isinstance(value, dict):
        return ("map", frozenset((k, hashable(v)) for k, v in value.items()))
    return value


def _map(parts: Any, depth: int) -> dict[Any, Any]:
    return {hashable(decode(k, depth)): decode(v, depth) for k, v in parts}


def _record(expr: Expr, depth: int) -> Any:
    parts = [(str(name), decode(value, depth)) for name, value in expr[2]]
    if expr[3] == "tuple":
        return tuple(value for _, value in parts)
    return Symbol("record", str(expr[1]), tuple((n, hashable(v)) for n, v in parts))


_READ: dict[str, Any] = {
    "null": lambda e, d: None,
    "bool": lambda e, d: _typed(bool, e[1]),
    "int": lambda e, d: _int(e[1]),
    "float": lambda e, d: _float(e[1]),
    "str": lambda e, d: _typed(str, e[1]),
    "char": lambda e, d: _typed(str, e[1]),
    "bytes": lambda e, d: bytes.fromhex(e[1]),
    "complex": lambda e, d: complex(_float(e[1]), _float(e[2])),
    "list": lambda e, d: _items(e[1], d),
    "tuple": lambda e, d: tuple(_items(e[1], d)),
    "set": lambda e, d: {hashable(v) for v in _items(e[1], d)},
    "map": lambda e, d: _map(e[1], d),
    "iter": lambda e, d: Lazy(tuple(_items(e[1], d))),
    "braces": lambda e, d: Braces(tuple(_items(e[1], d))),
    "some": lambda e, d: decode(e[1], d),
    "ok": lambda e, d: decode(e[1], d),
    "range": lambda e, d: range(_int(e[1]), _int(e[2]), _int(e[3])),
    "decimal": lambda e, d: Decimal(e[1]),
    "fraction": lambda e, d: Fraction(_int(e[1]), _int(e[2])),
    "date": lambda e, d: datetime.date.fromisoformat(e[1]),
    "datetime": lambda e, d: datetime.datetime.fromisoformat(e[1]),
    "time": lambda e, d: datetime.time.fromisoformat(e[1]),
    "timedelta": lambda e, d: datetime.timedelta(int(e[1]), int(e[2]), int(e[3])),
    "path": lambda e, d: Symbol("path", _typed(str, e[1])),
    "type": lambda e, d: Symbol("type", _typed(str, e[1])),
    "enum": lambda e, d: Symbol("enum", f"{e[1]}.{e[2]}", hashable(decode(e[3], d))),
    "record": _record,
    "array": lambda e, d: Array(decode(e[2], d)),
    "scalar": lambda e, d: decode(e[2], d),
    "series": lambda e, d: Array(decode(e[1], d)),
    "frame": lambda e, d: Array(decode(e[1], d)),
    "opaque": lambda e, d: Opaque(str(e[1])[:200]),
    "large": lambda e, d: Opaque(str(e[1])[:200], large=True),
}


def show(value: Any, limit: int = 200) -> str:
    """A tagged value as a person would write it, cut to `limit` characters."""
    try:
        decoded = decode(value)
        text = f"<{decoded.what}>" if isinstance(decoded, Opaque) else repr(decoded)
    except (Malformed, RecursionError, ValueError):
        text = str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
