"""Builds the mirror of a class from its description; the description is hostile input."""

from __future__ import annotations

import operator
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runners.guest.describe import MAX_NAMES, OPERATORS
    from runners.guest.mirror import Member, MirrorMeta, Remote, refuse_machinery, remote_operator
    from runners.guest.wire import Malformed
else:
    from describe import MAX_NAMES, OPERATORS
    from mirror import Member, MirrorMeta, Remote, refuse_machinery, remote_operator
    from wire import Malformed


def text(value: Any, limit: int = 4000) -> str:
    """Text from the other side. Raises Malformed."""
    if type(value) is not str or len(value) > limit:
        raise Malformed("not text, or too long")
    return value


def field_names(value: Any) -> list[str]:
    """Names of fields: identifiers that begin with a letter. Raises Malformed."""
    if type(value) is not list or len(value) > MAX_NAMES:
        raise Malformed("not a list of names")
    return [n for n in value if type(n) is str and n.isidentifier() and n[:1] != "_"]


def build_class(link: Any, number: int, about: Any, bases: list[type]) -> type:
    """The mirror of one class. Raises Malformed."""
    if type(about) is not dict:
        raise Malformed("a class without a description")
    kind = about["k"]
    if kind == "record":
        return _record_class(link, number, about)
    space = _space(link, number, about)
    exceptions = [b for b in bases if issubclass(b, BaseException)]
    if kind == "exception" or exceptions:
        return _made(about, tuple(exceptions) or (Exception,), {**space, **_EXCEPTION})
    under = {"int": int, "str": str}.get(about.get("u", "")) if kind == "enum" else None
    if under is not None:
        return _made(about, (under,), {**space, **_MEMBER})
    space["__slots__"] = ()
    for name in about["o"]:
        if name in OPERATORS:
            space[name] = remote_operator(name, ())
    if "__len__" in space or about.get("t"):
        space["_pp_truth"] = "asked"
    space["_pp_own_eq"] = about["e"] is True
    if about["h"] == 0:
        space["__hash__"] = None
    elif about["h"] == 2:
        space["__hash__"] = _remote_hash
    if about["a"] is True:
        space["_pp_abstract"] = True
    if kind == "generator":
        space["__class__"] = property(lambda self: types.GeneratorType)
    if about["f"]:
        space["__dataclass_fields__"] = _fields(field_names(about["f"]))
    mirrored = tuple(b for b in bases if isinstance(b, MirrorMeta) and issubclass(b, Remote))
    return _made(about, mirrored or (Remote,), space)


def _made(about: dict[str, Any], bases: tuple[type, ...], space: dict[str, Any]) -> type:
    name = text(about["n"])
    try:
        return MirrorMeta(name, bases, dict(space), mirror=True)
    except TypeError:
        # Bases in an order that Python cannot linearise once ours are left out.
        return MirrorMeta(name, bases[:1], dict(space), mirror=True)


def _space(link: Any, number: int, about: dict[str, Any]) -> dict[str, Any]:
    members = about["m"]
    if type(members) is not dict or len(members) > MAX_NAMES:
        raise Malformed("members that are none")
    space: dict[str, Any] = {
        name: Member(link, number, name, kind)
        for name, kind in members.items()
        if name.isidentifier()
        and name[:2] != "__"
        and name[:4] != "_pp_"
        and kind in ("m", "s", "c")
    }
    space["_pp_link"] = link
    space["_pp_number"] = number
    space["__doc__"] = None if about["d"] is None else text(about["d"])
    space["__module__"] = "solution"
    space["__qualname__"] = text(about["q"])
    space["__init__"] = Member(link, number, "__init__", "m")
    return space


def _remote_hash(self: Any) -> int:
    link = type(self)._pp_link
    value = link.operate(object.__getattribute__(self, "_pp_handle"), "__hash__", ())
    if type(value) is not int:
        raise TypeError("a hash that is no integer")
    return hash(value)


def _attached_get(self: Any, name: str) -> Any:
    refuse_machinery(name)
    number = self.__dict__.get("_pp_handle")
    if number is None:
        raise AttributeError(name)
    return type(self)._pp_link.get(number, name)


def _exception_text(self: Any) -> str:
    shown = self.__dict__.get("_pp_text")
    return shown if type(shown) is str else BaseException.__str__(self)


_EXCEPTION: dict[str, Any] = {"__getattr__": _attached_get, "__str__": _exception_text}
_MEMBER: dict[str, Any] = {
    "__getattr__": _attached_get,
    "__repr__": lambda self: str(
        type(self)._pp_link.operate(self.__dict__["_pp_handle"], "__repr__", ())
    ),
    "__deepcopy__": lambda self, memo: self,
    "__copy__": lambda self: self,
}


def _record_get(self: Any, name: str) -> Any:
    """A property that the code gave its named tuple."""
    refuse_machinery(name)
    link = type(self)._pp_link
    return link.take(link.ask("read", link.pack(self), name))


def _record_class(link: Any, number: int, about: dict[str, Any]) -> type:
    """A tuple with named fields; its values live here, not there."""
    names = field_names(about["f"])
    space = _space(link, number, about)
    del space["__init__"]
    space = {k: v for k, v in space.items() if k not in ("_replace", "_asdict", "_make")}
    for index, name in enumerate(names):
        space[name] = property(operator.itemgetter(index))
    space["_fields"] = tuple(names)
    space["__getattr__"] = _record_get
    space["_asdict"] = lambda self: dict(zip(names, tuple(self), strict=False))
    space["__repr__"] = lambda self: "{}({})".format(
        about["n"], ", ".join(f"{n}={v!r}" for n, v in zip(names, tuple(self), strict=False))
    )
    space["_replace"] = lambda self, **changes: type(self)(
        **{**dict(zip(names, tuple(self), strict=False)), **changes}
    )
    return _made(about, (tuple,), space)


def _fields(names: list[str]) -> dict[str, Any]:
    import dataclasses

    made: dict[str, Any] = {}
    for name in names:
        field: Any = dataclasses.field()
        field.name, field.type = name, object
        field._field_type = dataclasses._FIELD  # type: ignore[attr-defined]
        made[name] = field
    return made
