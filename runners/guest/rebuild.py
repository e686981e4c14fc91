"""Values of the code's process, rebuilt for the tests. Every description is hostile input."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runners.guest.classes import build_class, text
    from runners.guest.given import Given
    from runners.guest.mirror import MirrorMeta, Remote, RemoteFunction, RemoteModule, number_of
    from runners.guest.pack import SHARED, TYPES, Packer, merge, unpack_array
    from runners.guest.wire import Malformed
else:
    from classes import build_class, text
    from mirror import MirrorMeta, Remote, RemoteFunction, RemoteModule, number_of
    from pack import SHARED, TYPES, Packer, merge, unpack_array
    from wire import Malformed

MAX_OBJECTS = 200_000
MAX_SHARED = 64
_STDLIB_ERRORS = frozenset(
    ("json.decoder", "decimal", "binascii", "struct", "zipfile", "zlib", "queue", "argparse", "csv",
     "configparser", "re", "dataclasses", "asyncio.exceptions", "asyncio.queues", "subprocess",
     "concurrent.futures._base", "shutil", "socket", "statistics", "string", "uuid", "sqlite3",
     "http.client", "urllib.error", "xml.etree.ElementTree", "graphlib", "copy", "pickle",
     "_pickle", "copyreg", "signal", "ssl", "tarfile", "tomllib", "locale", "getopt", "ast")
)  # fmt: skip


class Rebuilder(Packer):
    """Turns tagged JSON into plain values and mirrors; knows each object of the code by number."""

    given: Given

    def __init__(self) -> None:
        self.mirrors: dict[int, Any] = {}
        self.shared: dict[int, list[Any]] = {}

    def ask(self, name: str, *parts: Any) -> Any:
        """The JSON of an answer."""
        raise NotImplementedError

    def take(self, result: Any) -> Any:
        """The value of an answer."""
        raise NotImplementedError

    def other(self, value: Any, kind: type, depth: int) -> Any:
        """Ours go back by number; the tests' own are given as stand-ins."""
        if isinstance(kind, MirrorMeta) or kind in (RemoteFunction, RemoteModule):
            if issubclass(kind, tuple):
                return ["nt", value._pp_number, [self.pack(v, depth + 1) for v in tuple(value)]]
            return ["o", number_of(value)]
        if isinstance(value, MirrorMeta):
            return ["o", value._pp_number]
        return self.given.pack(value, kind, depth)

    def tagged(self, tag: str, data: list[Any], depth: int) -> Any:
        """Objects of the code become mirrors, each with one identity."""
        if tag == "cb":
            return self.given.own(data[1])
        if tag == "e":
            return self._builtin_error(data, depth)
        if tag in ("np", "ns"):
            return unpack_array(data)
        if tag == "sh":
            return self._share(data, depth)
        if tag == "nt":
            return self._record(data, depth)
        number = data[1]
        if type(number) is not int or len(self.mirrors) > MAX_OBJECTS:
            raise Malformed("an object without a number")
        if tag == "co":
            return self._coroutine(number)
        known = self.mirrors.get(number)
        if known is not None:
            return known
        if tag in ("C", "fn") and len(data) == 2:
            # Described in a message that never came this far: ask again, once.
            data = self.ask("describe", number)
            if type(data) is not list or len(data) != 3 or data[:2] != [tag, number]:
                raise Malformed("an object without a description")
        made = self._mirror(tag, number, data, depth)
        return self.mirrors.setdefault(number, made)

    def _record(self, data: list[Any], depth: int) -> Any:
        cls = self._class(data[1], depth)
        if not issubclass(cls, tuple) or type(data[2]) is not list:
            raise Malformed("not a record")
        return tuple.__new__(cls, [self.unpack(part, depth + 1) for part in data[2]])

    def _mirror(self, tag: str, number: int, data: list[Any], depth: int) -> Any:
        if tag == "fn":
            about = data[2]
            for key in ("n", "q"):
                text(about[key])
            if type(about["c"]) is not int or (about["d"] is not None and text(about["d"]) is None):
                raise Malformed("not a function")
            return RemoteFunction(self, number, about)
        if tag == "mo":
            return RemoteModule(self, number, text(data[2]))
        if tag == "C":
            bases = [self._class(base, depth + 1) for base in data[2]["b"][:50]]
            error = self._known_error(data[2].get("s"))
            return error or build_class(self, number, data[2], bases)
        cls = self._class(data[2], depth)
        if tag == "h":
            if not issubclass(cls, Remote):
                raise Malformed("not an object's class")
            made = object.__new__(cls)
            object.__setattr__(made, "_pp_handle", number)
            return made
        if tag == "en":
            return self._member(cls, number, data, depth)
        if tag == "E":
            return self._error(cls, number, data, depth)
        raise Malformed("unknown tag")

    def _class(self, data: Any, depth: int) -> type:
        cls = self.unpack(data, depth + 1)
        if not isinstance(cls, type):
            raise Malformed("not a class")
        return cls

    def _member(self, cls: type, number: int, data: list[Any], depth: int) -> Any:
        base = self.unpack(data[5], depth + 1)
        if issubclass(cls, (int, str)):
            made: Any = int.__new__(cls, base) if issubclass(cls, int) else str.__new__(cls, base)
            made.__dict__.update(_pp_handle=number, _name_=text(data[3]), name=text(data[3]),
                                 value=self.unpack(data[4], depth + 1))  # fmt: skip
            return made
        if not issubclass(cls, Remote):
            raise Malformed("not a member's class")
        made = object.__new__(cls)
        object.__setattr__(made, "_pp_handle", number)
        return made

    def _error(self, cls: type, number: int, data: list[Any], depth: int) -> BaseException:
        if not issubclass(cls, BaseException):
            raise Malformed("not an exception's class")
        arguments = tuple([self.unpack(part, depth + 1) for part in data[3]])
        error = cls.__new__(cls, *arguments)
        error.args = arguments
        plain = {
            k: self.unpack(v, depth + 1)
            for k, v in list(data[5].items())[:50]
            if k.isidentifier() and k[:1] != "_"
        }
        error.__dict__.update(plain)
        error.__dict__.update(_pp_handle=number, _pp_text=text(data[4]))
        if data[6] is not None:
            error.__cause__ = self._cause(data[6], depth)
        return error

    def _builtin_error(self, data: list[Any], depth: int) -> BaseException:
        cls = TYPES.get(text(data[1]))
        if cls is None or not issubclass(cls, BaseException):
            raise Malformed("not an exception")
        arguments = [self.unpack(part, depth + 1) for part in data[2]]
        try:
            error: BaseException = cls(*arguments)
        except TypeError:
            error = RuntimeError(text(data[1]))
        if data[3] is not None:
            error.__cause__ = self._cause(data[3], depth)
        return error

    def _cause(self, data: Any, depth: int) -> BaseException:
        cause = self.unpack(data, depth + 1)
        if not isinstance(cause, BaseException):
            raise Malformed("a cause that is no exception")
        return cause

    def _known_error(self, name: Any) -> type | None:
        """The same exception of our own standard library, where the tests have loaded it."""
        if name is None:
            return None
        module, _, last = text(name).rpartition(".")
        if module not in _STDLIB_ERRORS or module not in sys.modules:
            return None
        found = vars(sys.modules[module]).get(last)
        return found if isinstance(found, type) and issubclass(found, BaseException) else None

    def _coroutine(self, number: int) -> Any:
        async def wait() -> Any:
            return self.take(self.ask("await", number))

        return wait()

    def _share(self, data: list[Any], depth: int) -> Any:
        new = self.unpack(data[2], depth + 1)
        if type(data[1]) is not int or type(new) not in SHARED:
            raise Malformed("not a container")
        entry = self.shared.get(data[1])
        if entry is not None and merge(entry[0], new):
            new = entry[0]
        if entry is not None or len(self.shared) < MAX_SHARED:
            self.shared[data[1]] = [new, self.pack(new)]
        return new
