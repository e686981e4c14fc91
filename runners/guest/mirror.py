"""Classes, functions and modules of the code's process, as the tests' process sees them.

A mirror asks the other side for what was asked of it by the test, and for nothing else: hooks of
libraries (`__array__`, `__torch_function__` ...) are never passed on.
"""

from __future__ import annotations

import types
from typing import Any

# Machinery that a test may read on purpose; any other dunder of a mirror is an AttributeError.
READABLE = frozenset(
    ("__dict__", "__name__", "__qualname__", "__wrapped__", "__self__", "__func__", "__version__",
     "__annotations__", "__all__", "__members__", "__defaults__", "__kwdefaults__", "__author__",
     "__abstractmethods__", "__slots__", "__match_args__", "__notes__")
)  # fmt: skip
_new = object.__new__
_get = object.__getattribute__


def number_of(value: Any) -> int:
    """The number by which the code's process knows a mirrored object."""
    number: int = _get(value, "_pp_handle")
    return number


def refuse_machinery(name: str) -> None:
    """Raise AttributeError for a dunder that no test reads on purpose."""
    if name[:2] == "__" and name not in READABLE:
        raise AttributeError(name)


class MirrorMeta(type):
    """Metaclass of mirrored classes, and of the classes that tests derive from them."""

    _pp_link: Any
    _pp_number: int

    def __new__(
        mcls, name: str, bases: tuple[type, ...], space: dict[str, Any], mirror: bool = False
    ) -> MirrorMeta:
        """A mirror, or a class of the tests with a counterpart on the other side."""
        made = super().__new__(mcls, name, bases, space)
        if not mirror:
            link = made._pp_link
            type.__setattr__(made, "_pp_number", link.derive(made, space))
        return made

    def __init__(cls, name: str, bases: Any, space: Any, mirror: bool = False) -> None:
        super().__init__(name, bases, space)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """An instance, made on the other side."""
        return cls._pp_link.call(cls._pp_number, args, kwargs)

    def __getattr__(cls, name: str) -> Any:
        refuse_machinery(name)
        return cls._pp_link.get(cls._pp_number, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        if name[:2] == "__" or name[:5] == "_abc_":
            type.__setattr__(cls, name, value)
            return
        cls._pp_link.set(cls._pp_number, name, value)
        if isinstance(value, Member):
            type.__setattr__(cls, name, value)
        elif name in cls.__dict__:
            type.__delattr__(cls, name)

    def __delattr__(cls, name: str) -> None:
        cls._pp_link.delete(cls._pp_number, name)
        if name in cls.__dict__:
            type.__delattr__(cls, name)

    def __instancecheck__(cls, value: Any) -> bool:
        if type.__instancecheck__(cls, value):
            return True
        if cls.__dict__.get("_pp_abstract") and type(type(value)) is MirrorMeta:
            link = cls._pp_link
            link.weak = True
            return bool(link.ask("instance", number_of(value), cls._pp_number))
        return False

    def __subclasscheck__(cls, other: Any) -> bool:
        if type.__subclasscheck__(cls, other):
            return True
        if cls.__dict__.get("_pp_abstract") and type(other) is MirrorMeta:
            link = cls._pp_link
            link.weak = True
            return bool(link.ask("subclass", other._pp_number, cls._pp_number))
        return False

    def __dir__(cls) -> list[str]:
        return list(cls._pp_link.names(cls._pp_number))

    def __iter__(cls) -> Any:
        return cls._pp_link.operate(cls._pp_number, "__iter__", ())

    def __len__(cls) -> int:
        return int(cls._pp_link.operate(cls._pp_number, "__len__", ()))

    def __bool__(cls) -> bool:
        return True

    def __getitem__(cls, key: Any) -> Any:
        return cls._pp_link.operate(cls._pp_number, "__getitem__", (key,))

    def __contains__(cls, item: Any) -> bool:
        return any(member is item or member == item for member in cls)


class Member:
    """A method in a mirror's namespace; `kind` is m, s (static) or c (class method)."""

    def __init__(self, link: Any, owner: int, name: str, kind: str) -> None:
        self.link, self.owner, self.name, self.kind = link, owner, name, kind

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None or self.kind != "m":
            target = cls._pp_number if self.kind == "c" and cls is not None else self.owner
            return RemoteMethod(self.link, target, self.name, (), self.kind != "m")
        for base in type(instance).__mro__:
            if self.name in base.__dict__:
                if base.__dict__[self.name] is self:
                    return RemoteMethod(self.link, number_of(instance), self.name, (), True)
                break
        return RemoteMethod(self.link, self.owner, self.name, (instance,), True)


class _Callable:
    """What functions and methods have in common."""

    def _pp_about(self) -> tuple[Any, int]:
        raise NotImplementedError

    @property
    def __signature__(self) -> Any:
        link, number = self._pp_about()
        return link.signature(number)

    def __getattr__(self, name: str) -> Any:
        refuse_machinery(name)
        link, number = self._pp_about()
        return link.get(number, name)

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __copy__(self) -> Any:
        return self


class RemoteMethod(_Callable):
    """A method that is called by name on the other side."""

    def __init__(self, link: Any, target: int, name: str, bound: tuple[Any, ...], method: bool):
        self._pp_link, self._pp_target, self._pp_bound = link, target, bound
        self._pp_class = types.MethodType if method else types.FunctionType
        self.__name__ = self.__qualname__ = name

    def _pp_about(self) -> tuple[Any, int]:
        return self._pp_link, number_of(self._pp_link.get(self._pp_target, self.__name__))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Whatever the call on the other side returns or raises."""
        return self._pp_link.method(
            self._pp_target, self.__name__, (*self._pp_bound, *args), kwargs
        )

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        return self

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return self._pp_link.get(self._pp_target, self.__name__).__doc__

    @property
    def __code__(self) -> Any:
        return self._pp_link.get(self._pp_target, self.__name__).__code__


class RemoteFunction(_Callable):
    """A function of the other side. Looks like a function to `inspect` and `isinstance`."""

    def __init__(self, link: Any, number: int, about: dict[str, Any]) -> None:
        put = object.__setattr__
        put(self, "_pp_link", link)
        put(self, "_pp_handle", number)
        put(self, "_pp_flags", about["c"])
        put(self, "__name__", about["n"])
        put(self, "__qualname__", about["q"])
        put(self, "__doc__", about["d"])
        put(self, "__module__", "solution")

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return types.FunctionType

    @property
    def __code__(self) -> Any:
        try:
            parameters = self.__signature__.parameters.values()
            names = tuple(p.name for p in parameters if int(p.kind) < 2)
        except (ValueError, TypeError):
            names = ()
        return types.SimpleNamespace(
            co_flags=self._pp_flags, co_argcount=len(names), co_varnames=names,
            co_name=self.__name__, co_filename="solution.py", co_firstlineno=1,
        )  # fmt: skip

    @property
    def __defaults__(self) -> Any:
        return self._pp_link.get(self._pp_handle, "__defaults__")

    def _pp_about(self) -> tuple[Any, int]:
        return self._pp_link, self._pp_handle

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Whatever the call on the other side returns or raises."""
        return self._pp_link.call(self._pp_handle, args, kwargs)

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __setattr__(self, name: str, value: Any) -> None:
        self._pp_link.set(self._pp_handle, name, value)


class RemoteModule(types.ModuleType):
    """A module of the other side."""

    def __init__(self, link: Any, number: int, name: str) -> None:
        super().__init__(name)
        self.__dict__.update(_pp_link=link, _pp_handle=number)

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return self._pp_link.public(self._pp_handle)
        refuse_machinery(name)
        return self._pp_link.get(self._pp_handle, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name[:2] == "__":
            types.ModuleType.__setattr__(self, name, value)
        else:
            self._pp_link.set(self._pp_handle, name, value)

    def __delattr__(self, name: str) -> None:
        self._pp_link.delete(self._pp_handle, name)

    def __dir__(self) -> list[str]:
        return list(self._pp_link.names(self._pp_handle))


class Remote:
    """Base of mirrored instances. Attributes and operators are asked for on the other side."""

    __slots__ = ("__weakref__", "_pp_handle")
    _pp_link: Any
    _pp_own_eq = False
    _pp_truth = ""

    def __getattr__(self, name: str) -> Any:
        refuse_machinery(name)
        return type(self)._pp_link.get(number_of(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        type(self)._pp_link.set(number_of(self), name, value)

    def __delattr__(self, name: str) -> None:
        type(self)._pp_link.delete(number_of(self), name)

    def __dir__(self) -> list[str]:
        return list(type(self)._pp_link.names(number_of(self)))

    def __str__(self) -> str:
        return str(type(self)._pp_link.operate(number_of(self), "__str__", ()))

    def __repr__(self) -> str:
        return str(type(self)._pp_link.operate(number_of(self), "__repr__", ()))

    def __format__(self, spec: str) -> str:
        return str(type(self)._pp_link.operate(number_of(self), "__format__", (spec,)))

    def __eq__(self, other: Any) -> Any:
        # Never asked about a plain value: that would hand the expectation to the code.
        if not type(self)._pp_own_eq or not isinstance(other, Remote):
            return self is other or (NotImplemented if isinstance(other, Remote) else False)
        link = type(self)._pp_link
        link.weak = True
        answer = link.operate(number_of(self), "__eq__", (other,))
        return answer is True

    def __ne__(self, other: Any) -> Any:
        same = self.__eq__(other)
        return same if same is NotImplemented else not same

    def __hash__(self) -> int:
        return hash(("pp", number_of(self)))

    def __bool__(self) -> bool:
        link = type(self)._pp_link
        link.weak = True
        if type(self)._pp_truth:
            return link.operate(number_of(self), "__bool__", ()) is True
        return True

    def __copy__(self) -> Any:
        return type(self)._pp_link.copied(number_of(self), False)

    def __deepcopy__(self, memo: Any) -> Any:
        return type(self)._pp_link.copied(number_of(self), True)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("an object of the code under test cannot be pickled by its tests")


def remote_operator(name: str, plain: tuple[type, ...]) -> Any:
    """The function that forwards one operator; comparisons are never made with a plain value."""
    comparison = name in ("__lt__", "__le__", "__gt__", "__ge__")
    arithmetic = not comparison and name not in _NAVIGATION

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        link = type(self)._pp_link
        if comparison and not isinstance(args[0], Remote):
            return NotImplemented
        if comparison or name == "__contains__" or (arithmetic and args):
            link.weak = True
        if name == "__call__":
            return link.call(number_of(self), args, kwargs)
        answer = link.operate(number_of(self), name, args)
        return answer is True if name == "__contains__" else answer

    forward.__name__ = name
    return forward


_NAVIGATION_NAMES = """
    getitem setitem delitem iter next len call enter exit reversed await aiter anext aenter aexit
    length_hint missing fspath
"""
_NAVIGATION = frozenset(f"__{name}__" for name in _NAVIGATION_NAMES.split())
