"""Constant Python expressions to their values on the host: nothing of the suite is executed."""

from __future__ import annotations

import ast
import json
import math
import operator
from collections.abc import Callable
from typing import Any

from harness.sketch.spec import Expr

MAX_STEPS = 100_000
MAX_ITEMS = 20_000
MAX_TEXT = 200_000
MAX_BITS = 20_000


class NotLifted(Exception):
    """The suite says something that plain data cannot; it runs natively instead."""


class NotConstant(NotLifted):
    """The expression is not a constant."""


Resolve = Callable[[ast.expr], Any]
"""Value of a name or attribute; raises NotConstant."""

_SCALARS = (type(None), bool, int, float, complex, str, bytes)
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Pow: operator.pow, ast.LShift: operator.lshift, ast.RShift: operator.rshift,
    ast.BitOr: operator.or_, ast.BitAnd: operator.and_, ast.BitXor: operator.xor,
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert,
    ast.Not: operator.not_,
}  # fmt: skip
_CALLS: dict[str, Callable[..., Any]] = {
    "set": set, "frozenset": frozenset, "list": list, "tuple": tuple, "dict": dict, "float": float,
    "int": int, "bool": bool, "str": str, "complex": complex, "len": len, "abs": abs, "min": min,
    "max": max, "sum": sum, "sorted": sorted, "round": round, "range": range,
    "math.sqrt": math.sqrt, "math.gcd": math.gcd, "math.log": math.log, "math.exp": math.exp,
}  # fmt: skip
_ATTRIBUTES: dict[str, float] = {
    "math.pi": math.pi, "math.e": math.e, "math.tau": math.tau, "math.inf": math.inf,
    "math.nan": math.nan,
}  # fmt: skip
_TEXT_METHODS = frozenset({"join", "upper", "lower", "strip", "split", "encode"})


def immutable(value: Any) -> bool:
    """Whether nothing that is handed `value` can change it."""
    if isinstance(value, tuple | frozenset):
        return all(immutable(item) for item in value)
    return type(value) in _SCALARS


class Folder:
    """Folds within a budget, so that `[0] * 10**9` or nested loops end in NotConstant."""

    def __init__(self, resolve: Resolve, dotted: Callable[[ast.expr], str]) -> None:
        self.resolve = resolve
        self.dotted = dotted
        self.steps = MAX_STEPS

    def fold(self, node: ast.expr) -> Any:
        """The value of a constant expression.

        Raises:
            NotConstant: it is not constant, would raise, or is too large.
        """
        self.steps -= 1
        if self.steps < 0:
            raise NotConstant("too large to fold")
        method = getattr(self, "_" + type(node).__name__.lower(), None)
        if method is None:
            raise NotConstant(type(node).__name__)
        try:
            value = method(node)
        except NotLifted:
            raise
        except Exception as error:
            raise NotConstant(f"would raise {type(error).__name__}") from None
        _check_size(value)
        if isinstance(value, str | bytes | list | tuple | set | frozenset | dict):
            self.steps -= len(value) // 10
        return value

    def _constant(self, node: ast.Constant) -> Any:
        if type(node.value) not in _SCALARS:
            raise NotConstant("ellipsis")
        return node.value

    def _items(self, nodes: list[ast.expr]) -> list[Any]:
        out: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                out.extend(self.fold(node.value))
            else:
                out.append(self.fold(node))
        return out

    def _list(self, node: ast.List) -> Any:
        return self._items(node.elts)

    def _tuple(self, node: ast.Tuple) -> Any:
        return tuple(self._items(node.elts))

    def _set(self, node: ast.Set) -> Any:
        return set(self._items(node.elts))

    def _dict(self, node: ast.Dict) -> Any:
        out: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                out.update(self.fold(value))
            else:
                out[self.fold(key)] = self.fold(value)
        return out

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        return _UNARY[type(node.op)](self.fold(node.operand))

    def _binop(self, node: ast.BinOp) -> Any:
        left, right = self.fold(node.left), self.fold(node.right)
        if isinstance(node.op, ast.Mod) and isinstance(left, str | bytes):
            raise NotConstant("formatting")
        _check_operands(node.op, left, right)
        return _BINARY[type(node.op)](left, right)

    def _subscript(self, node: ast.Subscript) -> Any:
        return self.fold(node.value)[self.fold(node.slice)]

    def _slice(self, node: ast.Slice) -> Any:
        parts = [node.lower, node.upper, node.step]
        return slice(*[None if part is None else self.fold(part) for part in parts])

    def _name(self, node: ast.Name) -> Any:
        return self._known(node)

    def _attribute(self, node: ast.Attribute) -> Any:
        return self._known(node)

    def _known(self, node: ast.expr) -> Any:
        try:
            return self.resolve(node)
        except NotConstant:
            name = self.dotted(node)
            if name in _ATTRIBUTES:
                return _ATTRIBUTES[name]
            raise

    def _call(self, node: ast.Call) -> Any:
        name = self.dotted(node.func)
        if name in ("copy.deepcopy", "copy.copy") and len(node.args) == 1 and not node.keywords:
            import copy

            return copy.deepcopy(self.fold(node.args[0]))
        args = self._items(node.args)
        kwargs = {k.arg: self.fold(k.value) for k in node.keywords if k.arg is not None}
        if len(kwargs) != len(node.keywords):
            raise NotConstant("keywords")
        if name in _CALLS:
            if name == "range" and len(range(*args)) > MAX_ITEMS:
                raise NotConstant("too long")
            return _CALLS[name](*args, **kwargs)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _TEXT_METHODS:
            owner = self.fold(node.func.value)
            if (
                node.func.attr == "join"
                and sum(len(owner) + len(part) for part in args[0]) > MAX_TEXT
            ):
                raise NotConstant("too long")
            if isinstance(owner, str):
                return getattr(owner, node.func.attr)(*args, **kwargs)
        raise NotConstant("call")


def _check_operands(op: ast.operator, left: Any, right: Any) -> None:
    numbers = isinstance(left, int) and isinstance(right, int)
    if isinstance(op, ast.Pow) and numbers and left.bit_length() * abs(right) > MAX_BITS:
        raise NotConstant("too large")
    if isinstance(op, ast.LShift) and numbers and right > MAX_BITS:
        raise NotConstant("too large")
    if isinstance(op, ast.Mult) and not numbers:
        for part, times in ((left, right), (right, left)):
            sized = isinstance(part, str | bytes | list | tuple)
            if sized and isinstance(times, int) and len(part) * times > MAX_TEXT:
                raise NotConstant("too large")


def _check_size(value: Any) -> None:
    if type(value) is int and value.bit_length() > MAX_BITS:
        raise NotConstant("too large")
    if isinstance(value, str | bytes) and len(value) > MAX_TEXT:
        raise NotConstant("too large")
    if isinstance(value, list | tuple | set | frozenset | dict) and len(value) > MAX_ITEMS:
        raise NotConstant("too large")


def tagged(value: Any, *, as_input: bool = False) -> Expr:
    """The tagged list of a folded value; sets in a fixed order, so that digests are stable.

    An input keeps what a case's answer need not: a frozenset and a range are built by a call.

    Raises:
        NotConstant: the value has no tag.
    """
    kind = type(value)
    if value is None:
        return ["null"]
    if kind is bool:
        return ["bool", value]
    if kind is int:
        return ["int", str(value) if value.bit_length() < 10_000 else hex(value)]
    if kind is float:
        return ["float", value.hex()]
    if kind is complex:
        return ["complex", value.real.hex(), value.imag.hex()]
    if kind is str:
        return ["str", value]
    if kind is bytes:
        return ["bytes", value.hex()]
    if kind in (list, tuple):
        return [kind.__name__, [tagged(item, as_input=as_input) for item in value]]
    if kind is dict:
        return ["map", [[tagged(k, as_input=as_input), tagged(v, as_input=as_input)]
                        for k, v in value.items()]]  # fmt: skip
    if kind in (set, frozenset):
        items = sorted((tagged(item, as_input=as_input) for item in value), key=json.dumps)
        if as_input and kind is frozenset:
            return ["call", None, "frozenset", [["list", items]], {}]
        return ["set", items]
    if kind is range and as_input:
        ends = [value.start, value.stop, value.step]
        return ["call", None, "range", [tagged(end) for end in ends], {}]
    raise NotConstant(f"a {kind.__name__} has no tag")
