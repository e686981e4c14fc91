"""Wraps the public functions and classes of a module so that their answers are wrong in a known way.

A suite that accepts a wrong answer proves nothing. Only the outermost call is changed: what the
code asks of itself stays right, so that one answer is wrong in kind and nothing else.
"""

from __future__ import annotations

import functools
import sys
import types
from typing import Any

_SKIPPED = frozenset(
    ("__init__", "__new__", "__del__", "__post_init__", "__init_subclass__", "__class_getitem__",
     "__getattribute__", "__getattr__", "__setattr__", "__delattr__", "__hash__", "__enter__",
     "__exit__", "__aenter__", "__aexit__", "__set_name__", "__get__", "__set__", "__reduce__",
     "__reduce_ex__", "__getstate__", "__setstate__", "__subclasshook__", "__repr__", "__dir__",
     "__await__", "__aiter__", "__anext__", "__iter__", "__next__", "__sizeof__", "__format__")
)  # fmt: skip
_STUBS: dict[str, Any] = {
    "none": lambda args: None,
    "identity": lambda args: args[0] if args else None,
    "zero": lambda args: 0,
    "empty_str": lambda args: "",
    "empty_list": lambda args: [],
    "true": lambda args: True,
    "false": lambda args: False,
}


class OtherError(Exception):
    """Raised in place of whatever the code raised."""


class Opaque:
    """Equal to nothing but itself."""


class _Depth:
    now = 0


class _Watched:
    """Standard output that remembers whether anything was written."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.used = inner, False

    def write(self, text: str) -> Any:
        self.used = True
        return self.inner.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


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
        return value + "~"
    if kind is bytes:
        return value + b"~"
    if value is None:
        return "~"
    if kind is list or kind is tuple:
        extra = changed(value[-1]) if value and type(value[-1]) in (bool, int, float, str) else "~"
        return kind([*value, extra])
    if kind is set or kind is frozenset:
        return kind([*value, "~"])
    if isinstance(value, dict):
        return {**value, "~": "~"}
    if kind is types.GeneratorType or hasattr(kind, "__next__"):
        return _longer(value)
    return Opaque()


def _longer(items: Any) -> Any:
    yield from items
    yield "~"


def wrap(space: dict[str, Any], names: list[str], kind: str) -> None:
    """Replace public functions and methods in a module's namespace.

    `kind` is perturb, first (the first answer for ever), raise, or a stub's name.
    """
    for name in names:
        value = space.get(name)
        if isinstance(value, type):
            if not issubclass(value, BaseException) and "Enum" not in type(value).__name__:
                _wrap_class(value, kind)
        elif isinstance(value, types.FunctionType | types.BuiltinFunctionType) or (
            callable(value) and hasattr(value, "__wrapped__")
        ):
            space[name] = _wrapped(value, kind, method=False)


def _wrap_class(cls: type, kind: str) -> None:
    for name, member in list(vars(cls).items()):
        if name in _SKIPPED or (name[:1] == "_" and name[:2] != "__"):
            continue
        made: Any = None
        if isinstance(member, types.FunctionType):
            made = _wrapped(member, kind, method=True)
        elif isinstance(member, staticmethod):
            made = staticmethod(_wrapped(member.__func__, kind, method=False))
        elif isinstance(member, classmethod):
            made = classmethod(_wrapped(member.__func__, kind, method=True))
        elif isinstance(member, property) and member.fget is not None:
            getter = _wrapped(member.fget, kind, method=True)
            made = property(getter, member.fset, member.fdel, member.__doc__)
        if made is not None:
            try:
                setattr(cls, name, made)
            except (AttributeError, TypeError):
                continue
    if kind == "perturb":
        _wrap_attributes(cls)


def _wrap_attributes(cls: Any) -> None:
    """Data that is read from outside is changed too: state is an answer."""
    plain = cls.__getattribute__

    def read(self: Any, name: str) -> Any:
        value = plain(self, name)
        if _Depth.now or name[:1] == "_" or callable(value):
            return value
        return changed(value) if name in plain(self, "__dict__") else value

    if cls.__dictoffset__:
        try:
            cls.__getattribute__ = read
        except (AttributeError, TypeError):
            return
        for name in (
            "__init__",
            "__post_init__",
            "__setattr__",
            "__repr__",
            "__hash__",
            "__iter__",
        ):
            inner = cls.__dict__.get(name)
            if isinstance(inner, types.FunctionType):
                setattr(cls, name, _inside(inner))


def _inside(function: Any) -> Any:
    """The function, with everything that it reads seen from inside."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        _Depth.now += 1
        try:
            return function(*args, **kwargs)
        finally:
            _Depth.now -= 1

    return call


def _wrapped(function: Any, kind: str, *, method: bool) -> Any:
    answer = _ANSWERS.get(kind, _stub_answer)
    box: list[Any] = []
    if getattr(getattr(function, "__code__", None), "co_flags", 0) & 0x80:

        @functools.wraps(function)
        async def call(*args: Any, **kwargs: Any) -> Any:
            pending: Any = function(*args, **kwargs)
            try:
                value = await pending
            except Exception as error:
                return answer(_raising(error), args[1:] if method else args, kind, box)
            return answer(lambda: value, args[1:] if method else args, kind, box)
    else:

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if _Depth.now:
                return function(*args, **kwargs)
            _Depth.now += 1
            try:
                given = (*(args[1:] if method else args), *kwargs.values())
                return answer(lambda: function(*args, **kwargs), given, kind, box)
            finally:
                _Depth.now -= 1

    for name in dir(function):
        if name[:1] != "_" and not hasattr(call, name):
            setattr(call, name, getattr(function, name))
    return call


def _raising(error: Exception) -> Any:
    def work() -> Any:
        raise error

    return work


def _stub_answer(work: Any, given: tuple[Any, ...], kind: str, box: list[Any]) -> Any:
    if kind == "raise":
        raise OtherError("stub")
    return _STUBS[kind](given)


def _first_answer(work: Any, given: tuple[Any, ...], kind: str, box: list[Any]) -> Any:
    if not box:
        try:
            value = work()
            if hasattr(type(value), "__next__"):
                value = list(value)
                box.append((True, value, True))
            else:
                box.append((True, value, False))
        except Exception as error:
            box.append((False, error, False))
    fine, value, lazy = box[0]
    if not fine:
        raise value
    return iter(value) if lazy else value


def _perturbed_answer(work: Any, given: tuple[Any, ...], kind: str, box: list[Any]) -> Any:
    before = [_snapshot(value) for value in given]
    out = sys.stdout
    watched = _Watched(out)
    sys.stdout = watched  # type: ignore[assignment]
    try:
        value = work()
    except Exception as error:
        raise OtherError(f"~{error}") from None
    finally:
        if sys.stdout is watched:
            sys.stdout = out
    if watched.used:
        out.write("~\n")
    for held, old in zip(given, before, strict=True):
        if old is not None and held != old:
            _spoil(held)
            if value is held:
                return value
    return changed(value)


def _snapshot(value: Any) -> Any:
    return type(value)(value) if type(value) in (list, dict, set, bytearray) else None


def _spoil(value: Any) -> None:
    if type(value) is list:
        value.append("~")
    elif type(value) is dict:
        value["~"] = "~"
    elif type(value) is set:
        value.add("~")
    else:
        value.append(126)


_ANSWERS: dict[str, Any] = {"perturb": _perturbed_answer, "first": _first_answer}
