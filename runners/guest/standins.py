"""What the code holds in place of the tests' functions, objects, classes and iterators."""

from __future__ import annotations

from typing import Any


class Standins:
    """Makes stand-ins and knows them again, so that they go back as what they stand for."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.known: dict[int, tuple[Any, list[Any]]] = {}
        self.made: dict[tuple[str, int], Any] = {}

    def pack(self, value: Any) -> list[Any] | None:
        """The reference to the tests' own object, or None when it is none."""
        entry = self.known.get(id(value))
        return entry[1] if entry is not None and entry[0] is value else None

    def keep(self, key: tuple[str, int], standin: Any, reference: list[Any]) -> Any:
        """Register a stand-in under what it stands for."""
        self.made[key] = standin
        self.known[id(standin)] = (standin, reference)
        return standin

    def unpack(self, tag: str, data: list[Any], depth: int) -> Any:
        """The stand-in for one of the tests' objects."""
        key = (tag, data[1])
        if key in self.made:
            if tag == "ob":
                self._refresh(self.made[key], data[3], depth)
            return self.made[key]
        if tag == "cb":
            return self.keep(key, self._function(data[1], data[2]), ["cb", data[1]])
        if tag == "it":
            return self.keep(key, _Iterator(self.server, data[1]), ["cb", data[1]])
        if tag == "ob":
            return self._object(key, data, depth)
        if tag == "tc":
            return self._class(key, data)
        if tag == "te":
            return self._exception(key, data, depth)
        if tag == "e":
            return self._builtin_exception(data, depth)
        if tag == "std":
            import importlib

            found: Any = importlib.import_module(data[1])
            for part in data[2].split("."):
                found = getattr(found, part)
            return found
        if tag == "aw":
            return self.keep(key, self._awaitable(data[1]), ["cb", data[1]])
        if tag == "re":
            import re

            return re.compile(self.server.unpack(data[2]), data[3])
        raise ValueError(f"unknown tag {tag!r}")

    def _function(self, number: int, about: dict[str, Any]) -> Any:
        server = self.server

        def ask(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            return server.call_back(
                "call", number, [server.pack(a) for a in args],
                {k: server.pack(v) for k, v in kwargs.items()},
            )  # fmt: skip

        def plain(*args: Any, **kwargs: Any) -> Any:
            return ask(args, kwargs)

        async def waited(*args: Any, **kwargs: Any) -> Any:
            return ask(args, kwargs)

        standin: Any = waited if about["c"] else plain
        standin.__name__ = about["n"]
        standin.__qualname__ = about["q"]
        standin.__doc__ = about["d"]
        standin.__module__ = "tests"
        if about.get("p") is not None:
            standin.__signature__ = self._signature(about["p"])
            notes = {row[0]: self.server.unpack(row[4]) for row in about["p"] if row[4] is not None}
            standin.__annotations__ = notes
        return standin

    def _awaitable(self, number: int) -> Any:
        server = self.server

        async def wait() -> Any:
            return server.call_back("await", number)

        return wait()

    def member(self, data: list[Any]) -> Any:
        """A member of a class that the tests derive."""
        unpack = self.server.unpack
        if data[0] == "p":
            return property(unpack(data[1]), unpack(data[2]))
        if data[0] == "s":
            return staticmethod(unpack(data[1]))
        if data[0] == "c":
            return classmethod(unpack(data[1]))
        return unpack(data[1])

    def _signature(self, rows: list[list[Any]]) -> Any:
        import inspect

        empty = inspect.Parameter.empty
        out, returns = [], empty
        for name, kind, has, default, note in rows:
            annotation = empty if note is None else self.server.unpack(note)
            if kind < 0:
                returns = annotation
                continue
            value = self.server.unpack(default) if has else empty
            out.append(
                inspect.Parameter(name, inspect._ParameterKind(kind), default=value,
                                  annotation=annotation)
            )  # fmt: skip
        return inspect.Signature(out, return_annotation=returns)

    def _object(self, key: tuple[str, int], data: list[Any], depth: int) -> Any:
        """Attributes by value, public methods and operators by calling back."""
        _, number, name, attributes, methods, free = data
        server = self.server

        def method(member: str) -> Any:
            def call(self: Any, *args: Any, **kwargs: Any) -> Any:
                return server.call_back(
                    "method", number, member, [server.pack(a) for a in args],
                    {k: server.pack(v) for k, v in kwargs.items()},
                )  # fmt: skip

            call.__name__ = member
            return call

        space: dict[str, Any] = {member: method(member) for member in methods}
        if free:
            space["__getattr__"] = lambda self, member: _member(server, number, member)
        standin = type(name, (), space)()
        self._refresh(standin, attributes, depth)
        return self.keep(key, standin, ["cb", number])

    def _refresh(self, standin: Any, attributes: dict[str, Any], depth: int) -> None:
        for name, value in attributes.items():
            object.__setattr__(standin, name, self.server.unpack(value, depth + 1))

    def _class(self, key: tuple[str, int], data: list[Any]) -> Any:
        _, number, name, bases = data
        parents = tuple(self.server.unpack(base) for base in bases)
        if any(issubclass(parent, BaseException) for parent in parents):
            made: Any = type(name, parents, {"__module__": "tests"})
        else:
            server = self.server

            def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
                return server.call_back(
                    "call", number, [server.pack(a) for a in args],
                    {k: server.pack(v) for k, v in kwargs.items()},
                )  # fmt: skip

            made = type(name, (), {"__new__": new, "__module__": "tests"})
        return self.keep(key, made, ["cb", number])

    def _exception(self, key: tuple[str, int], data: list[Any], depth: int) -> Any:
        cls = self.server.unpack(data[2], depth + 1)
        arguments = [self.server.unpack(part, depth + 1) for part in data[3]]
        error = cls.__new__(cls, *arguments)
        error.args = tuple(arguments)
        return self.keep(key, error, ["cb", data[1]])

    def _builtin_exception(self, data: list[Any], depth: int) -> Any:
        cls = self.server.unpack(["T", data[1]])
        arguments = [self.server.unpack(part, depth + 1) for part in data[2]]
        try:
            return cls(*arguments)
        except TypeError:
            return RuntimeError(f"{data[1]}: {arguments}")

    def step(self, subject: Any) -> Any:
        """Run a coroutine inside a running loop: it must not really wait."""
        try:
            subject.send(None)
        except StopIteration as stop:
            return stop.value
        raise RuntimeError("a coroutine waits inside another one's callback")

    async def ensure(self, subject: Any) -> Any:
        """Await whatever is awaitable."""
        return await subject


def _member(server: Any, number: int, member: str) -> Any:
    """A child of a mock: called by name."""
    if member.startswith("_"):
        raise AttributeError(member)
    return server.call_back("child", number, member)


class _Iterator:
    """The tests' iterator, one item at a time."""

    def __init__(self, server: Any, number: int) -> None:
        self._server, self._number = server, number

    def __iter__(self) -> _Iterator:
        return self

    def __next__(self) -> Any:
        return self._server.call_back("next", self._number)
