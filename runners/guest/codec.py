"""Python values to tagged lists and back, by exact type: no hook of a user's class is ever called.

The tags are those of `docs/reference/values.md`. What has no tag is ["opaque", type name] and
equals nothing. Every builtin that is used is bound at import, before any candidate code runs.
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

MAX_DEPTH = 100
MAX_ITEMS = 200_000
MAX_ITERATED = 10_000

_type = type
_len = len
_float_hex = float.hex
_list_iter = list.__iter__
_tuple_iter = tuple.__iter__
_dict_items = dict.items
_getattribute = object.__getattribute__
_NUMPY_SCALARS = "biufc"


class TooLarge(ValueError):
    """The value has more parts or levels than the wire carries."""


class Encoder:
    """One value's way to the wire; counts parts so that a bomb ends in `TooLarge`."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_ITEMS

    def encode(self, value: Any, depth: int = 0) -> list[Any]:
        """The tagged list of `value`. Raises TooLarge."""
        kind = _type(value)
        if value is None:
            return ["null"]
        if kind is bool:
            return ["bool", value]
        if kind is int:
            return ["int", _int_text(value)]
        if kind is str:
            return ["str", value]
        if kind is float:
            return ["float", _float_hex(value)]
        if depth > MAX_DEPTH:
            raise TooLarge("nested too deeply")
        plain = _PLAIN.get(kind)
        if plain is not None:
            tag, items = plain
            return [tag, self._all(items(value), depth)]
        if kind in _MAPS:
            return [_MAPS[kind], self._pairs(_dict_items(value), depth)]
        if kind in _LAZY:
            return ["iter", self._lazy(value, depth)]
        adapter = _ADAPTERS.get(kind)
        if adapter is not None:
            return list(adapter(value))
        return self._special(value, kind, depth)

    def _all(self, items: Any, depth: int) -> list[Any]:
        out: list[Any] = []
        for item in items:
            self.left -= 1
            if self.left < 0:
                raise TooLarge("too many parts")
            out.append(self.encode(item, depth + 1))
        return out

    def _pairs(self, items: Any, depth: int) -> list[Any]:
        return [[k, v] for k, v in (self._all(pair, depth) for pair in items)]

    def _lazy(self, value: Any, depth: int) -> list[Any]:
        out: list[Any] = []
        for item in value:
            if _len(out) >= MAX_ITERATED:
                raise TooLarge("iterator does not end")
            out.append(self.encode(item, depth + 1))
        return out

    def _special(self, value: Any, kind: type, depth: int) -> list[Any]:
        """Enum members, named tuples, dataclasses, numpy and pandas values, else opaque."""
        bases = kind.__mro__
        enum = sys.modules.get("enum")
        if enum is not None and enum.Enum in bases:
            inner = _getattribute(value, "_value_")
            return ["enum", kind.__name__, _getattribute(value, "_name_"),
                    self.encode(inner, depth + 1)]  # fmt: skip
        if tuple in bases and "_fields" in kind.__dict__:
            names = kind.__dict__["_fields"]
            items = self._all(_tuple_iter(value), depth)
            return [
                "record",
                kind.__name__,
                [[str(n), v] for n, v in zip(names, items, strict=False)],
                "tuple",
            ]
        fields = kind.__dict__.get("__dataclass_fields__")
        if _type(fields) is dict:
            parts = [[str(n), self.encode(_getattribute(value, n), depth + 1)] for n in fields]
            return ["record", kind.__name__, parts, "dataclass"]
        module = kind.__module__
        if module == "numpy" or module.startswith("numpy."):
            return self._numpy(value, kind, depth)
        if module.startswith("pandas."):
            return self._pandas(value, kind, depth)
        return ["opaque", f"{module}.{kind.__qualname__}"]

    def _numpy(self, value: Any, kind: type, depth: int) -> list[Any]:
        numpy = sys.modules["numpy"]
        if kind is numpy.ndarray and value.dtype.kind in "biufcUS":
            return ["array", str(value.dtype), self.encode(value.tolist(), depth + 1)]
        if numpy.generic in kind.__mro__ and value.dtype.kind in "biufcUS":
            return ["scalar", str(value.dtype), self.encode(value.item(), depth + 1)]
        return ["opaque", f"numpy.{kind.__qualname__}"]

    def _pandas(self, value: Any, kind: type, depth: int) -> list[Any]:
        if kind.__name__ == "Series":
            return ["series", self.encode(value.tolist(), depth + 1)]
        if kind.__name__ == "DataFrame":
            return ["frame", self.encode(value.to_dict("list"), depth + 1)]
        return ["opaque", f"pandas.{kind.__qualname__}"]


def _int_text(value: int) -> str:
    """Decimal text; hex for integers that Python refuses to print in decimal."""
    return str(value) if value.bit_length() < 10_000 else hex(value)


def encode(value: Any) -> list[Any]:
    """The tagged list of a value; ["large", ...] where the wire does not carry it."""
    try:
        return Encoder().encode(value)
    except (TooLarge, RecursionError) as error:
        return ["large", f"{_type(value).__name__}: {error}"]


def _date_adapters() -> dict[type, Any]:
    """Adapters of the standard library's value types. Imported here: forks inherit them."""
    import datetime
    import decimal
    import fractions
    import pathlib

    return {
        bytes: lambda v: ["bytes", v.hex()],
        bytearray: lambda v: ["bytes", bytes(v).hex()],
        complex: lambda v: ["complex", _float_hex(v.real), _float_hex(v.imag)],
        range: lambda v: ["range", str(v.start), str(v.stop), str(v.step)],
        decimal.Decimal: lambda v: ["decimal", str(v)],
        fractions.Fraction: lambda v: ["fraction", str(v.numerator), str(v.denominator)],
        datetime.datetime: lambda v: ["datetime", v.isoformat()],
        datetime.date: lambda v: ["date", v.isoformat()],
        datetime.time: lambda v: ["time", v.isoformat()],
        datetime.timedelta: lambda v: [
            "timedelta",
            str(v.days),
            str(v.seconds),
            str(v.microseconds),
        ],
        pathlib.PosixPath: lambda v: ["path", str(v)],
        pathlib.PurePosixPath: lambda v: ["path", str(v)],
        type: lambda v: ["type", f"{v.__module__}.{v.__qualname__}"],
    }


_PLAIN: dict[type, tuple[str, Any]] = {
    list: ("list", _list_iter),
    tuple: ("tuple", _tuple_iter),
    set: ("set", set.__iter__),
    frozenset: ("set", frozenset.__iter__),
    deque: ("list", deque.__iter__),
}
_MAPS: dict[type, str] = {dict: "map", OrderedDict: "map", defaultdict: "map", Counter: "map"}
_EMPTY: dict[str, str] = {}
_LAZY: tuple[type, ...] = (
    _type(x for x in ""), map, filter, zip, enumerate, reversed, _type(_EMPTY.keys()),
    _type(_EMPTY.values()), _type(_EMPTY.items()), _type(iter([""])), _type(iter(("",))),
    _type(iter("")), _type(iter(_EMPTY)), _type(iter({""})), _type(iter(range(0))),
)  # fmt: skip
_ADAPTERS = _date_adapters()


def add_alias(alias: type, original: type) -> None:
    """Encode exact instances of `alias` as those of `original` (the moved clock's classes)."""
    _ADAPTERS[alias] = _ADAPTERS[original]


class Unknown(ValueError):
    """The expression cannot be evaluated: an unknown tag, name or operator."""


_BUILTINS: dict[str, Any] = {
    f.__name__: f
    for f in (len, sorted, list, set, frozenset, tuple, dict, str, int, float, bool, bytes, sum,
              abs, round, min, max, isinstance, any, all, repr, type, next, iter, range, reversed,
              enumerate, zip, map, filter, hash, callable, hasattr, getattr, divmod, pow, complex,
              bytearray)
}  # fmt: skip
_OPERATORS: dict[str, Any] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    "/": lambda a, b: a / b, "//": lambda a, b: a // b, "%": lambda a, b: a % b,
    "**": lambda a, b: a**b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b, "in": lambda a, b: a in b, "not in": lambda a, b: a not in b,
    "is": lambda a, b: a is b, "is not": lambda a, b: a is not b,
    "and": lambda a, b: a and b, "or": lambda a, b: a or b,
}  # fmt: skip


class Evaluator:
    """Evaluates tagged expressions against the loaded code and the case's variables."""

    __slots__ = ("globals", "variables")

    def __init__(self, module_globals: dict[str, Any]) -> None:
        self.globals = module_globals
        self.variables: dict[str, Any] = {}

    def value(self, expr: list[Any]) -> Any:
        """The object that `expr` stands for. Raises Unknown, and whatever the code raises."""
        method = _EVALUATE.get(expr[0])
        if method is None:
            raise Unknown(f"unknown tag {expr[0]!r}")
        return method(self, expr)

    def lookup(self, name: str) -> Any:
        """A variable of the case, a name of the code, or an allowed builtin."""
        if name in self.variables:
            return self.variables[name]
        if name in self.globals:
            return self.globals[name]
        if name in _BUILTINS:
            return _BUILTINS[name]
        raise NameError(f"name {name!r} is not defined")

    def call(self, expr: list[Any]) -> Any:
        """A function of the code, or a method of the receiver; coroutines are awaited."""
        _, receiver, name, args, kwargs = expr
        function = self.lookup(name) if receiver is None else getattr(self.value(receiver), name)
        result = function(*[self.value(a) for a in args],
                          **{k: self.value(v) for k, v in kwargs.items()})  # fmt: skip
        return settle(result)


def settle(result: Any) -> Any:
    """What a coroutine comes to; anything else as it is."""
    if _type(result).__name__ == "coroutine":
        import asyncio

        return asyncio.run(result)
    return result


def _float(text: str) -> float:
    return float(text) if text in ("nan", "inf", "-inf") else float.fromhex(text)


def _int(text: str) -> int:
    return int(text, 16) if "x" in text else int(text)


def _dict(ev: Evaluator, e: list[Any]) -> dict[Any, Any]:
    return {ev.value(k): ev.value(v) for k, v in e[1]}


_EVALUATE: dict[str, Any] = {
    "null": lambda ev, e: None,
    "bool": lambda ev, e: bool(e[1]),
    "int": lambda ev, e: _int(e[1]),
    "float": lambda ev, e: _float(e[1]),
    "str": lambda ev, e: e[1],
    "char": lambda ev, e: e[1],
    "bytes": lambda ev, e: bytes.fromhex(e[1]),
    "complex": lambda ev, e: complex(_float(e[1]), _float(e[2])),
    "list": lambda ev, e: [ev.value(x) for x in e[1]],
    "tuple": lambda ev, e: tuple([ev.value(x) for x in e[1]]),
    "set": lambda ev, e: {ev.value(x) for x in e[1]},
    "braces": lambda ev, e: {ev.value(x) for x in e[1]},
    "map": _dict,
    "some": lambda ev, e: ev.value(e[1]),
    "ok": lambda ev, e: ev.value(e[1]),
    "code": lambda ev, e: eval(e[1], {**ev.globals, **ev.variables}),
    "name": lambda ev, e: ev.lookup(e[1]),
    "attr": lambda ev, e: getattr(ev.value(e[1]), e[2]),
    "index": lambda ev, e: ev.value(e[1])[ev.value(e[2])],
    "bin": lambda ev, e: _OPERATORS[e[1]](ev.value(e[2]), ev.value(e[3])),
    "neg": lambda ev, e: -ev.value(e[1]),
    "not": lambda ev, e: not ev.value(e[1]),
    "call": lambda ev, e: ev.call(e),
}
