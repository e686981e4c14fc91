"""Builtin values to JSON and back, by exact type, for both ends of the split.

Only the tags below exist; whatever else a value is, the ends say themselves (`other`, `tagged`).
Nothing is looked up by a name that the other side chose, but in tables that are fixed here.
"""

from __future__ import annotations

import builtins
import collections
import datetime
import decimal
import fractions
import io
import pathlib
import sys
from collections import Counter, OrderedDict, deque
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runners.guest.wire import Malformed
else:
    from wire import Malformed

MAX_DEPTH = 150
_SMALL = 1 << 62
_MAX_INT_TEXT = 1 << 20

_TEXT: dict[str, tuple[type, Any, Any]] = {
    "decimal": (decimal.Decimal, str, decimal.Decimal),
    "fraction": (fractions.Fraction, str, fractions.Fraction),
    "datetime": (datetime.datetime, datetime.datetime.isoformat, datetime.datetime.fromisoformat),
    "date": (datetime.date, datetime.date.isoformat, datetime.date.fromisoformat),
    "time": (datetime.time, datetime.time.isoformat, datetime.time.fromisoformat),
    "path": (pathlib.PosixPath, str, pathlib.PosixPath),
    "purepath": (pathlib.PurePosixPath, str, pathlib.PurePosixPath),
}
_TEXT_BY_TYPE = {row[0]: (tag, row[1]) for tag, row in _TEXT.items()}
_SINGLETONS = {"Ellipsis": ..., "NotImplemented": NotImplemented}

TYPES: dict[str, type] = {k: v for k, v in vars(builtins).items() if isinstance(v, type)}
TYPES |= {
    "NoneType": type(None),
    "function": type(lambda: None),
    "generator": type(_ for _ in ()),
    **{f"{t.__module__}.{t.__qualname__}": t for t in (row[0] for row in _TEXT.values())},
    **{f"collections.{n}": getattr(collections, n)
       for n in ("OrderedDict", "Counter", "defaultdict", "deque")},
    "datetime.timedelta": datetime.timedelta,
    "datetime.timezone": datetime.timezone,
}  # fmt: skip
TYPE_NAMES = {t: n for n, t in TYPES.items()}
FUNCTIONS: dict[str, Any] = {
    n: getattr(builtins, n)
    for n in ("abs", "all", "any", "ascii", "bin", "callable", "chr", "divmod", "hash", "hex",
              "len", "max", "min", "oct", "ord", "pow", "print", "repr", "round", "sorted", "sum")
}  # fmt: skip
FUNCTION_NAMES = {id(f): n for n, f in FUNCTIONS.items()}
_EMPTY: dict[str, str] = {}
_KEYS, _VALUES, _ITEMS = type(_EMPTY.keys()), type(_EMPTY.values()), type(_EMPTY.items())
_SEQUENCES: dict[type, tuple[str, Any]] = {
    list: ("l", list.__iter__),
    tuple: ("t", tuple.__iter__),
    set: ("s", set.__iter__),
    frozenset: ("z", frozenset.__iter__),
    _KEYS: ("dk", iter),
    _VALUES: ("dv", iter),
}
_MAPS: dict[type, str] = {
    dict: "d",
    OrderedDict: "od",
    Counter: "cn",
    _ITEMS: "di",
    MappingProxyType: "d",
    collections.defaultdict: "d",
}


def add_alias(moved: type, real: type) -> None:
    """Let `moved`, which stands in for `real` here, travel as `real` and arrive as itself."""
    tag, text = _TEXT_BY_TYPE[real]
    _TEXT_BY_TYPE[moved] = (tag, text)
    _TEXT[tag] = (moved, text, moved.fromisoformat)  # type: ignore[attr-defined]
    name = TYPE_NAMES[moved] = TYPE_NAMES[real]
    TYPES[name] = moved


class Packer:
    """Packs and unpacks; each end of the split adds its own tags."""

    def pack(self, value: Any, depth: int = 0) -> Any:
        """The JSON of a value. Raises Malformed where it is nested too deeply."""
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return value if -_SMALL < value < _SMALL else ["i", hex(value)]
        if kind is float:
            return ["f", value.hex()]
        if depth > MAX_DEPTH:
            raise Malformed("nested too deeply")
        sequence = _SEQUENCES.get(kind)
        if sequence is not None:
            tag, items = sequence
            out = [tag]
            out.extend([self.pack(item, depth + 1) for item in items(value)])
            return out
        if kind in _MAPS:
            pairs: list[Any] = [_MAPS[kind]]
            for key, item in value if kind is _ITEMS else value.items():
                pairs.append(self.pack(key, depth + 1))
                pairs.append(self.pack(item, depth + 1))
            return pairs
        scalar = _SCALARS.get(kind)
        if scalar is not None:
            return scalar(value)
        if kind in _TEXT_BY_TYPE:
            tag, text = _TEXT_BY_TYPE[kind]
            return ["v", tag, text(value)]
        if kind is deque:
            return ["dq", value.maxlen, *[self.pack(item, depth + 1) for item in value]]
        if kind is slice:
            parts = (value.start, value.stop, value.step)
            return ["sl", *[self.pack(part, depth + 1) for part in parts]]
        if kind is type and value in TYPE_NAMES:
            return ["T", TYPE_NAMES[value]]
        if id(value) in FUNCTION_NAMES:
            return ["bf", FUNCTION_NAMES[id(value)]]
        return self.other(value, kind, depth)

    def unpack(self, data: Any, depth: int = 0) -> Any:
        """The value that JSON from the other side stands for. Raises Malformed."""
        kind = type(data)
        if data is None or kind is bool or kind is str or kind is int:
            return data
        if kind is not list or not data or depth > MAX_DEPTH + 1:
            raise Malformed("not a value")
        tag = data[0]
        if type(tag) is not str:
            raise Malformed("a value without a tag")
        unpack = self.unpack
        if tag == "f":
            return float.fromhex(_text(data[1]))
        if tag == "l":
            return [unpack(part, depth + 1) for part in data[1:]]
        if tag in _GATHER:
            return _GATHER[tag]([unpack(part, depth + 1) for part in data[1:]])
        if tag in _SPREAD:
            return _SPREAD[tag](data)
        if tag == "dq":
            limit = data[1]
            if limit is not None and (type(limit) is not int or not 0 <= limit < _SMALL):
                raise Malformed("a length that is none")
            return deque([unpack(part, depth + 1) for part in data[2:]], limit)
        return self.tagged(tag, data, depth)

    def other(self, value: Any, kind: type, depth: int) -> Any:
        """The JSON of what is no builtin value."""
        raise NotImplementedError

    def tagged(self, tag: str, data: list[Any], depth: int) -> Any:
        """The value of a tag that only this end knows. Raises Malformed."""
        raise NotImplementedError


def _text(value: Any) -> str:
    if type(value) is not str:
        raise Malformed("not text")
    return value


def _int(data: list[Any]) -> int:
    text = _text(data[1])
    if len(text) > _MAX_INT_TEXT:
        raise Malformed("an integer too long")
    return int(text, 16)


def _pairs(parts: list[Any]) -> Any:
    if len(parts) % 2:
        raise Malformed("a key without a value")
    return zip(parts[::2], parts[1::2], strict=True)


def _value(data: list[Any]) -> Any:
    row = _TEXT.get(_text(data[1]))
    if row is None:
        raise Malformed("an unknown kind of value")
    return row[2](_text(data[2]))


def _looked_up(table: dict[str, Any]) -> Any:
    def look_up(data: list[Any]) -> Any:
        name = _text(data[1])
        if name not in table:
            raise Malformed(f"unknown name {name[:40]!r}")
        return table[name]

    return look_up


def _float(value: Any) -> float:
    return float.fromhex(_text(value))


def _stream(data: list[Any]) -> Any:
    position = data[2]
    if type(position) is not int or not 0 <= position < 1 << 31:
        raise Malformed("a position that is none")
    text = _text(data[1])
    stream: Any = io.StringIO(text) if data[0] == "so" else io.BytesIO(bytes.fromhex(text))
    stream.seek(position)
    return stream


_SCALARS: dict[type, Any] = {
    bytes: lambda v: ["b", v.hex()],
    bytearray: lambda v: ["B", v.hex()],
    memoryview: lambda v: ["mv", v.tobytes().hex(), v.readonly],
    complex: lambda v: ["c", v.real.hex(), v.imag.hex()],
    range: lambda v: ["r", hex(v.start), hex(v.stop), hex(v.step)],
    datetime.timedelta: lambda v: ["td", v.days, v.seconds, v.microseconds],
    datetime.timezone: lambda v: ["tz", *_SCALARS[datetime.timedelta](v.utcoffset(None))[1:]],
    type(...): lambda v: ["k", "Ellipsis"],
    type(NotImplemented): lambda v: ["k", "NotImplemented"],
    io.StringIO: lambda v: ["so", v.getvalue(), v.tell()] if not v.closed else ["so", "", 0],
    io.BytesIO: lambda v: ["bo", v.getvalue().hex(), v.tell()] if not v.closed else ["bo", "", 0],
}
_GATHER: dict[str, Any] = {
    "t": tuple,
    "s": set,
    "z": frozenset,
    "d": lambda parts: dict(_pairs(parts)),
    "od": lambda parts: OrderedDict(_pairs(parts)),
    "cn": lambda parts: Counter(dict(_pairs(parts))),
    "dk": lambda parts: dict.fromkeys(parts).keys(),
    "dv": lambda parts: dict(enumerate(parts)).values(),
    "di": lambda parts: dict(_pairs(parts)).items(),
    "sl": lambda parts: slice(*parts),
}
_SPREAD: dict[str, Any] = {
    "i": _int,
    "b": lambda data: bytes.fromhex(_text(data[1])),
    "B": lambda data: bytearray.fromhex(_text(data[1])),
    "mv": lambda data: memoryview(
        (bytes if data[2] is True else bytearray).fromhex(_text(data[1]))
    ),
    "c": lambda data: complex(_float(data[1]), _float(data[2])),
    "r": lambda data: range(*[int(_text(part)[:100], 16) for part in data[1:4]]),
    "td": lambda data: datetime.timedelta(*[int(part) for part in data[1:4]]),
    "tz": lambda data: datetime.timezone(datetime.timedelta(*[int(p) for p in data[1:4]])),
    "k": _looked_up(_SINGLETONS),
    "v": _value,
    "T": _looked_up(TYPES),
    "bf": _looked_up(FUNCTIONS),
    "so": _stream,
    "bo": _stream,
}


def pack_array(value: Any, kind: type) -> Any:
    """An array or scalar of numpy by its bytes; None for what holds no plain numbers."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if kind is numpy.ndarray and value.dtype.kind in "biufc":
        return ["np", value.dtype.str, value.tobytes().hex(), list(value.shape)]
    if issubclass(kind, numpy.generic) and value.dtype.kind in "biufc":
        return ["ns", value.dtype.str, value.tobytes().hex()]
    return None


def unpack_array(data: list[Any]) -> Any:
    """The array or scalar that `pack_array` described. Raises Malformed and ValueError."""
    import numpy

    kind = numpy.dtype(_text(data[1])[:20])
    if kind.kind not in "biufc":
        raise Malformed("not numbers")
    flat = numpy.frombuffer(bytes.fromhex(_text(data[2])), dtype=kind)
    return flat[0] if data[0] == "ns" else flat.reshape([int(n) for n in data[3]]).copy()


def merge(old: Any, new: Any) -> bool:
    """Bring `old` to the state of `new` in place, inner ones too; false if they differ in kind."""
    kind = type(old)
    if kind is not type(new):
        return False
    if kind is list or kind is tuple:
        if len(old) == len(new):
            for index, (a, b) in enumerate(zip(old, new, strict=True)):
                if not merge(a, b) and kind is list:
                    old[index] = b
        elif kind is list:
            old[:] = new
        return True
    if kind in (dict, OrderedDict, Counter, collections.defaultdict):
        kept = {k: v for k, v in old.items() if k in new and merge(v, new[k])}
        old.clear()
        old.update({k: kept.get(k, v) for k, v in new.items()})
        return True
    if kind is set:
        old.clear()
        old.update(new)
        return True
    if kind is bytearray:
        old[:] = new
        return True
    if kind is deque:
        old.clear()
        old.extend(new)
        return True
    if kind is io.StringIO or kind is io.BytesIO:
        old.seek(0)
        old.truncate()
        old.write(new.getvalue())
        old.seek(new.tell())
        return True
    return False


MUTABLE = frozenset(
    {list, dict, set, bytearray, deque, tuple, OrderedDict, Counter, collections.defaultdict,
     io.StringIO, io.BytesIO}
)  # fmt: skip
SHARED = MUTABLE - {tuple, io.StringIO, io.BytesIO, collections.defaultdict}
