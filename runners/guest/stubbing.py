"""Wraps a module's public functions and classes so that their answers are wrong in a known way.

A suite that accepts a wrong answer proves nothing. Only the outermost call is changed: what the
code asks of itself stays right, so that one answer is wrong in kind and nothing else.
"""

from __future__ import annotations

import copy
import functools
import io
import sys
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runners.guest import universal
    from runners.guest.changing import Depth, Opaque, changed
else:
    import universal
    from changing import Depth, Opaque, changed

_SKIPPED = frozenset(
    ("__init__", "__new__", "__del__", "__post_init__", "__init_subclass__", "__class_getitem__",
     "__getattribute__", "__getattr__", "__setattr__", "__delattr__", "__hash__", "__enter__",
     "__exit__", "__aenter__", "__aexit__", "__set_name__", "__get__", "__set__", "__reduce__",
     "__reduce_ex__", "__getstate__", "__setstate__", "__subclasshook__", "__repr__", "__dir__",
     "__await__", "__aiter__", "__anext__", "__next__", "__sizeof__", "__format__")
)  # fmt: skip
# Wrapped where a class has nothing else: a context manager, a descriptor, an iterator.
_LAST = frozenset(
    ("__enter__", "__exit__", "__aenter__", "__aexit__", "__get__", "__set__", "__next__",
     "__anext__", "__getattr__")
)  # fmt: skip
_COMPARISONS = frozenset(
    ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__contains__")
)
_STUBS: dict[str, Any] = {
    "none": lambda args: None,
    "identity": lambda args: args[0] if args else None,
    "zero": lambda args: 0,
    "empty_str": lambda args: "",
    "empty_list": lambda args: [],
    "true": lambda args: True,
    "false": lambda args: False,
}


_MAX_WRITES = 10_000


class OtherError(Exception):
    """Raised in place of whatever the code raised."""


class _Watched(io.TextIOBase):
    """A standard stream that remembers what was written."""

    def __init__(self, inner: Any, *, turned: bool = False) -> None:
        self.inner, self.used, self.turned = inner, False, turned
        self.texts: list[str] = []

    def write(self, text: str) -> Any:
        self.used = True
        if len(self.texts) < _MAX_WRITES:
            self.texts.append(text)
        return self.inner.write(text[::-1] if self.turned else text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def wrap(space: dict[str, Any], names: list[str], kind: str, *, comparisons: bool = True) -> None:
    """Replace public functions and methods in a module's namespace.

    `kind` is perturb, first (the first answer for ever), universal, raise, or a stub's name;
    perturb_effect is perturb for a function that answers nothing: where it has changed nothing that
    can be seen from here, a file or a register, it fails instead.
    Without `comparisons` those of the code's classes stay right: a wrong object that is held to be
    equal by a wrong comparison says nothing about the tests.
    """
    kept = _SKIPPED if comparisons else _SKIPPED | _COMPARISONS
    Depth.state = [space[n] for n in names if type(space.get(n)) in _MUTABLE]
    for name in names:
        value = space.get(name)
        if kind == "universal":
            if isinstance(value, type) and not issubclass(value, BaseException):
                space[name] = type(name, (universal.Universal,), {})
            elif callable(value):
                space[name] = universal.itself
        elif isinstance(value, type):
            if issubclass(value, BaseException):
                _wrap_error(value, kind)
            elif "Enum" in type(value).__name__:
                _wrap_enum(value, kind)
            else:
                _wrap_class(value, kind, kept)
        elif callable(value) and type(value).__module__ not in ("typing", "types"):
            # By its type alone: an object that is asked for an attribute learns that it is tried.
            space[name] = _wrapped(value, kind, method=False)
    if kind != "first" and not any(callable(space.get(name)) for name in names):
        # The code is nothing but data.
        space.update({n: _other(space[n], kind) for n in names if type(space.get(n)) in _DATA})


def _other(value: Any, kind: str) -> Any:
    """What stands in place of data."""
    if kind in ("perturb", "perturb_effect"):
        return changed(value)
    if kind == "raise":
        return Opaque()
    return value if kind == "first" else _STUBS[kind](())


def _wrap_error(cls: Any, kind: str) -> None:
    """An exception's message and attributes are its answers."""
    plain = cls.__init__
    box: dict[Any, Any] = {}

    def other(name: Any, value: Any) -> Any:
        return box.setdefault(name, value) if kind == "first" else _other(value, kind)

    @functools.wraps(plain)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        Depth.now += 1
        try:
            plain(self, *args, **kwargs)
        finally:
            Depth.now -= 1
        if not Depth.now:
            self.__dict__.update({k: other(k, v) for k, v in vars(self).items()})
            self.args = tuple([other(n, part) for n, part in enumerate(self.args)])

    cls.__init__ = init


def _wrap_enum(cls: Any, kind: str) -> None:
    """An enumeration answers with its members' values and with its methods."""
    for name, member in list(vars(cls).items()):
        if name[:1] == "_":
            continue
        if isinstance(member, types.FunctionType):
            setattr(cls, name, _wrapped(member, kind, method=True))
        elif isinstance(member, staticmethod):
            setattr(cls, name, staticmethod(_wrapped(member.__func__, kind, method=False)))
        elif isinstance(member, classmethod):
            setattr(cls, name, classmethod(_wrapped(member.__func__, kind, method=True)))
    for member in cls:
        member._value_ = _other(member._value_, kind)


_MEMBERS = (types.FunctionType, staticmethod, classmethod, property)


def _wrap_class(cls: type, kind: str, kept: frozenset[str]) -> None:
    members = {
        name: member
        for name, member in vars(cls).items()
        if name not in kept and (name[:1] != "_" or name[:2] == "__")
    }
    if not any(isinstance(member, _MEMBERS) for member in members.values()):
        members = {name: member for name, member in vars(cls).items() if name in _LAST}
    for name, member in members.items():
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
    _wrap_attributes(cls, kind)


def _wrap_attributes(cls: Any, kind: str) -> None:
    """Data that is read from outside is changed too: state is an answer."""
    plain = cls.__getattribute__
    box: dict[str, Any] = {}

    def read(self: Any, name: str) -> Any:
        value = plain(self, name)
        if Depth.now or name[:1] == "_" or callable(value):
            return value
        if name not in plain(self, "__dict__"):
            return value
        if kind != "first":
            return _other(value, kind)
        # Only data: a list's `next` that never changes would have no end.
        return box.setdefault(name, value) if type(value) in _DATA else value

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
        ):
            inner = cls.__dict__.get(name)
            if isinstance(inner, types.FunctionType):
                setattr(cls, name, _inside(inner))


def _inside(function: Any) -> Any:
    """The function, with everything that it reads seen from inside."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        Depth.now += 1
        try:
            return function(*args, **kwargs)
        finally:
            Depth.now -= 1

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
            if Depth.now:
                return function(*args, **kwargs)
            Depth.now += 1
            try:
                given = (*(args[1:] if method else args), *kwargs.values())
                return answer(lambda: function(*args, **kwargs), given, kind, box)
            finally:
                Depth.now -= 1

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
        real = sys.stdout, sys.stderr
        streams = _Watched(real[0]), _Watched(real[1])
        sys.stdout, sys.stderr = streams
        try:
            value = work()
            if hasattr(type(value), "__next__"):
                value = list(value)
                box.append((True, value, True))
            else:
                if isinstance(value, types.FunctionType):
                    value = _wrapped(value, kind, method=False)
                box.append((True, value, False))
        except Exception as error:
            box.append((False, error, False))
        finally:
            sys.stdout, sys.stderr = real
        box.append(tuple("".join(stream.texts) for stream in streams))
    else:
        for stream, text in zip((sys.stdout, sys.stderr), box[1], strict=True):
            stream.write(text)
    fine, value, lazy = box[0]
    if not fine:
        raise value
    return iter(value) if lazy else value


def _perturbed_answer(work: Any, given: tuple[Any, ...], kind: str, box: list[Any]) -> Any:
    watched = [*given, *Depth.state]
    before = [_snapshot(value) for value in watched]
    real = sys.stdout, sys.stderr
    streams = _Watched(real[0], turned=True), _Watched(real[1], turned=True)
    sys.stdout, sys.stderr = streams
    try:
        value = work()
    except SystemExit as error:
        raise SystemExit(changed(error.code)) from None
    except Exception as error:
        raise OtherError(f"~{error}") from None
    finally:
        sys.stdout, sys.stderr = real
    for stream in streams:
        if stream.used:
            stream.inner.write("~\n")
    same, seen = False, any(stream.used for stream in streams)
    for held, old in zip(watched, before, strict=True):
        if old is not None and _snapshot(held) != old:
            _spoil(held)
            same, seen = same or value is held, True
    if value is None and kind == "perturb_effect" and not seen:
        raise OtherError("~")
    return value if same else changed(value)


def _snapshot(value: Any) -> Any:
    """A copy to compare with; None for what cannot change or cannot be copied."""
    if type(value) in _STREAMS:
        return value.getvalue() if not value.closed else ""
    if type(value) not in _MUTABLE:
        return None
    try:
        return copy.deepcopy(value)
    except Exception:
        return type(value)(value)


def _spoil(value: Any) -> None:
    """Change a container in place, inner ones too."""
    if type(value) is list:
        for index, item in enumerate(value):
            if type(item) in _MUTABLE:
                _spoil(item)
            else:
                value[index] = changed(item)
        value.append("~")
    elif type(value) is dict:
        value.update({k: changed(v) for k, v in value.items()})
        value["~"] = "~"
    elif type(value) is set:
        value.add("~")
    elif type(value) is bytearray:
        value.append(126)
    elif not value.closed:
        value.write("~" if type(value) is io.StringIO else b"~")


_DATA = frozenset((bool, int, float, str, bytes, list, tuple, dict, set, frozenset))
_MUTABLE = frozenset((list, dict, set, bytearray))
_STREAMS = frozenset((io.StringIO, io.BytesIO))


_ANSWERS: dict[str, Any] = {
    "perturb": _perturbed_answer,
    "perturb_effect": _perturbed_answer,
    "first": _first_answer,
}
