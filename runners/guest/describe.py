"""What the code's process tells of its classes and functions, for the tests to mirror them."""

from __future__ import annotations

import sys
import types
from typing import Any

MAX_NAMES = 400
# The operators that a mirror forwards: nothing else of a class's machinery is ever asked for.
_OPERATOR_NAMES = """
    add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift
    radd rsub rmul rtruediv rfloordiv rmod rdivmod rpow rmatmul rand ror rxor rlshift rrshift
    iadd isub imul itruediv ifloordiv imod ipow imatmul iand ior ixor ilshift irshift
    neg pos abs invert int float complex index round trunc floor ceil
    lt le gt ge len getitem setitem delitem contains iter next reversed length_hint
    call enter exit await aiter anext aenter aexit missing fspath bytes
"""
OPERATORS = frozenset(f"__{name}__" for name in _OPERATOR_NAMES.split())
_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200
FLAGS = _GENERATOR | _COROUTINE | _ASYNC_GENERATOR
_HIDDEN = ("typing", "abc", "builtins", "_collections_abc", "enum", "types")


def class_kind(cls: type) -> str:
    """One of enum, record (a named tuple), exception, generator, or empty."""
    if cls is types.GeneratorType:
        return "generator"
    enum = sys.modules.get("enum")
    if enum is not None and issubclass(cls, enum.Enum):
        return "enum"
    if issubclass(cls, tuple) and type(getattr(cls, "_fields", None)) is tuple:
        return "record"
    return "exception" if issubclass(cls, BaseException) else ""


def parents(cls: type) -> list[type]:
    """The bases that a mirror needs: exceptions and classes of the code's own."""
    return [
        base
        for base in cls.__bases__
        if base is not object
        and (issubclass(base, BaseException) or base.__module__ not in _HIDDEN)
    ]


def describe_class(cls: type) -> dict[str, Any]:
    """Names and kinds of the members of a class; the packer adds bases and values.

    `m` maps names to m (method), s (static), c (class method); `o` lists operators.
    """
    members: dict[str, str] = {}
    operators: set[str] = set()
    own_eq = own_hash = False
    hashable = True
    for base in reversed(cls.__mro__):
        if base is object or base is BaseException or base is Exception:
            continue
        for name, member in list(vars(base).items()):
            if type(name) is not str:
                continue
            if name == "__eq__":
                own_eq = True
            elif name == "__hash__":
                own_hash, hashable = member is not None, member is not None
            elif name in OPERATORS:
                operators.add(name) if member is not None else operators.discard(name)
            elif not name.startswith("__"):
                kind = _member_kind(member)
                if kind:
                    members[name] = kind
                else:
                    members.pop(name, None)
    fields = cls.__dict__.get("__dataclass_fields__") or getattr(cls, "__dataclass_fields__", None)
    names = getattr(cls, "_fields", None) if class_kind(cls) == "record" else fields
    return {
        "n": str(cls.__name__)[:200],
        "q": str(cls.__qualname__)[:400],
        "k": class_kind(cls),
        "d": str(cls.__doc__)[:4000] if cls.__doc__ else None,
        "m": dict(list(members.items())[:MAX_NAMES]),
        "o": sorted(operators),
        "e": own_eq,
        "h": 0 if not hashable else 2 if own_hash or own_eq else 1,
        "f": [str(name) for name in names][:MAX_NAMES] if names else [],
        "a": "__subclasshook__" in vars(cls) or bool(getattr(cls, "_is_protocol", False)),
    }


def _member_kind(member: Any) -> str:
    kind = type(member).__name__
    if kind in ("function", "method_descriptor", "wrapper_descriptor"):
        return "m"
    if kind == "staticmethod":
        return "s"
    if kind in ("classmethod", "classmethod_descriptor"):
        return "c"
    return ""


def describe_function(function: Any) -> dict[str, Any]:
    """Name, documentation and code flags of a function."""
    code = getattr(function, "__code__", None)
    return {
        "n": str(getattr(function, "__name__", "function"))[:200],
        "q": str(getattr(function, "__qualname__", "function"))[:400],
        "d": _documentation(function),
        "c": getattr(code, "co_flags", 0) & FLAGS,
    }


def _documentation(function: Any) -> str | None:
    text = getattr(function, "__doc__", None)
    return text[:4000] if type(text) is str else None


def parameters(function: Any) -> list[tuple[str, int, bool, Any, Any]]:
    """(name, kind, has a default, default, annotation) of each parameter.

    Raises TypeError, ValueError where there is no signature.
    """
    import inspect

    signature = inspect.signature(function)
    rows = []
    for p in signature.parameters.values():
        has = p.default is not p.empty
        note = None if p.annotation is p.empty else p.annotation
        rows.append((p.name, int(p.kind), has, p.default if has else None, note))
    note = signature.return_annotation
    rows.append(("return", -1, False, None, None if note is signature.empty else note))
    return rows
