"""What the tests pass over to the code: callables and objects, by number, with the calls allowed.

The code can call what it was given, as it was given, during a call. It cannot read attributes,
reach frames or globals, or name anything that was not passed.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runners.guest.describe import OPERATORS, describe_function, parameters
    from runners.guest.mirror import Member, RemoteMethod
    from runners.guest.pack import TYPE_NAMES, pack_array
    from runners.guest.wire import Malformed, PeerLost
else:
    from describe import OPERATORS, describe_function, parameters
    from mirror import Member, RemoteMethod
    from pack import TYPE_NAMES, pack_array
    from wire import Malformed, PeerLost

_FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
_DESCRIPTORS = (types.MethodDescriptorType, types.WrapperDescriptorType)
_NATIVE = {
    "sqlite3": frozenset(
        ("execute", "executemany", "executescript", "commit", "rollback", "close", "cursor",
         "fetchone", "fetchmany", "fetchall", "keys", "create_function", "__iter__", "__next__",
         "__enter__", "__exit__")
    ),
    "_io": frozenset(
        ("read", "readline", "readlines", "write", "writelines", "seek", "tell", "close", "flush",
         "truncate", "readable", "writable", "seekable", "__iter__", "__next__", "__enter__",
         "__exit__")
    ),
    "_random": frozenset(("random", "getrandbits", "seed")),
    "_thread": frozenset(("acquire", "release", "locked", "__enter__", "__exit__")),
    "_csv": frozenset(("writerow", "writerows", "__iter__", "__next__")),
    "_queue": frozenset(("put", "get", "put_nowait", "get_nowait", "empty", "qsize")),
}  # fmt: skip
_DATA = (types.GetSetDescriptorType, types.MemberDescriptorType)
_SHOWN = OPERATORS | {"__eq__", "__str__", "__repr__", "__hash__", "__bool__"}

_CALL = "__call__"


class Given:
    """The register of passed objects."""

    def __init__(self, link: Any) -> None:
        self.link = link
        self.objects: list[Any] = []
        self.allowed: list[frozenset[str]] = []
        self.numbers: dict[int, int] = {}

    def put(self, value: Any, allowed: frozenset[str]) -> tuple[int, bool]:
        """The number of a passed object, and whether it is new."""
        number = self.numbers.get(id(value))
        if number is not None:
            return number, False
        number = len(self.objects)
        self.objects.append(value)
        self.allowed.append(allowed)
        self.numbers[id(value)] = number
        return number, True

    def own(self, number: Any) -> Any:
        """The object that was passed under a number. Raises Malformed."""
        if type(number) is not int or not 0 <= number < len(self.objects):
            raise Malformed("nothing was passed under that number")
        return self.objects[number]

    def pack(self, value: Any, kind: type, depth: int) -> Any:
        """A stand-in's description."""
        if kind is RemoteMethod:
            return self._method(value)
        if kind is Member:
            return ["orig", value.owner, value.name]
        if isinstance(value, BaseException):
            return self.exception(value, depth)
        standard = _standard(value, kind)
        if standard is not None:
            return standard
        if isinstance(value, type):
            return self._class(value)
        if kind in _FUNCTIONS or (kind in _DESCRIPTORS) or _is_callable(value, kind):
            return self._function(value)
        if kind is types.CoroutineType:
            number, _ = self.put(value, frozenset(("await",)))
            return ["aw", number]
        if kind.__module__ == "re" and kind.__name__ == "Pattern":
            return ["re", id(value), self.link.pack(value.pattern), int(value.flags)]
        if hasattr(kind, "__next__") and not _is_mock(kind) and not _offers_more(kind):
            number, _ = self.put(value, frozenset(("next",)))
            return ["it", number]
        if kind is types.ModuleType:
            raise TypeError("a module cannot be passed to the code under test")
        array = pack_array(value, kind)
        if array is not None:
            return array
        return self._object(value, kind, depth)

    def _method(self, value: RemoteMethod) -> Any:
        if value._pp_bound:
            return self._function(value)
        return ["bm", value._pp_target, value.__name__]

    def _function(self, value: Any) -> Any:
        number, new = self.put(value, frozenset(("call",)))
        about = describe_function(value)
        if new and isinstance(value, types.FunctionType):
            about["p"] = self._parameters(value)
        return ["cb", number, about]

    def _parameters(self, value: Any) -> Any:
        try:
            return [
                [name, kind, has, self.link.pack(default), _annotation(note)]
                for name, kind, has, default, note in parameters(value)
            ]
        except PeerLost:
            raise
        except Exception:
            return None

    def _class(self, value: type) -> Any:
        number, _ = self.put(value, frozenset(("call",)))
        bases = [self.link.pack(b) for b in value.__bases__ if issubclass(b, BaseException)]
        return ["tc", number, value.__name__, bases]

    def _object(self, value: Any, kind: type, depth: int) -> Any:
        """Public attributes by value, public methods by name; a mock's children by name."""
        mock = _is_mock(kind)
        names = {"__call__"} if mock and callable(value) else set()
        for base in kind.__mro__[:-1] if not mock else ():
            names |= {
                name for name, member in vars(base).items()
                if (name[:1] != "_" or name in _SHOWN)
                and (isinstance(member, (types.FunctionType, staticmethod, classmethod))
                     or (type(member) in _DESCRIPTORS and name in _native_names(base)))
            }  # fmt: skip
        if mock and "Magic" in kind.__name__:
            names |= {"__enter__", "__exit__"}
        allowed = names | ({"child"} if mock else set())
        number, new = self.put(value, frozenset(allowed))
        if not new and depth > 20:
            return ["ob", number, kind.__name__, {}, sorted(names), mock]
        attributes = {}
        for name, held in {} if mock else _attributes(value):
            attributes[name] = self.link.pack(held, depth + 1)
        return ["ob", number, kind.__name__, attributes, sorted(names), mock]

    def exception(self, error: BaseException, depth: int = 0) -> Any:
        """An exception, which keeps its identity when it comes back."""
        kind = type(error)
        if "_pp_handle" in getattr(error, "__dict__", {}):
            return ["o", error.__dict__["_pp_handle"]]
        try:
            arguments = [self.link.pack(part, depth + 1) for part in error.args]
        except PeerLost:
            raise
        except Exception:
            arguments = []
        number, _ = self.put(error, frozenset())
        reference = ["T", TYPE_NAMES[kind]] if kind in TYPE_NAMES else self.link.pack(kind)
        return ["te", number, reference, arguments]

    def member(self, value: Any) -> Any:
        """A member of a class that the tests derive: kind and value."""
        if isinstance(value, property):
            return ["p", self.link.pack(value.fget), self.link.pack(value.fset)]
        if isinstance(value, staticmethod):
            return ["s", self.link.pack(value.__func__)]
        if isinstance(value, classmethod):
            return ["c", self.link.pack(value.__func__)]
        return ["v", self.link.pack(value)]

    def action(self, request: list[Any]) -> Callable[[], Any]:
        """What a callback asks for, ready to be run. Raises Malformed and errors of reading."""
        name, number = request[0], request[1]
        subject = self.own(number)
        allowed = self.allowed[number]
        if name == "method":
            member = request[2]
            if type(member) is not str or member not in allowed:
                raise Malformed("a method that was not passed")
            args, kwargs = self._arguments(request[3], request[4])
            return lambda: run(getattr(subject, member)(*args, **kwargs), self.link)
        if type(name) is not str or name not in allowed:
            raise Malformed("a use for which it was not passed")
        if name == "call":
            args, kwargs = self._arguments(request[2], request[3])
            return lambda: run(subject(*args, **kwargs), self.link)
        if name == "next":
            return lambda: next(subject)
        if name == "await":
            return lambda: run(subject, self.link)
        if name == "child":
            member = request[2]
            if type(member) is not str or member[:1] == "_" or _is_mock_api(member):
                raise Malformed("a part of a mock that is none")
            return lambda: getattr(subject, member)
        raise Malformed("an unknown use")

    def _arguments(self, args: Any, kwargs: Any) -> tuple[list[Any], dict[str, Any]]:
        if type(args) is not list or type(kwargs) is not dict:
            raise Malformed("arguments that are none")
        unpack = self.link.unpack
        return [unpack(part) for part in args], {k: unpack(v) for k, v in kwargs.items()}


def run(result: Any, link: Any) -> Any:
    """What a coroutine of the tests comes to, even when a loop is running; else the value."""
    if type(result) is not types.CoroutineType:
        return result
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(result)
    import threading

    box: list[Any] = []

    def work() -> None:
        try:
            box.append((True, asyncio.run(result)))
        except BaseException as error:
            box.append((False, error))

    # This thread holds the link's lock while it waits for the other one, which may need the link.
    held, link.lock = link.lock, threading.RLock()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    link.lock = held
    fine, value = box[0]
    if fine:
        return value
    raise value


def _native_attributes(value: Any) -> Any:
    """Data that an object of a compiled module shows: a cursor's `lastrowid`."""
    for base in type(value).__mro__[:-1]:
        if base.__module__ not in _NATIVE:
            continue
        for name, member in vars(base).items():
            if name[:1] != "_" and type(member) in _DATA:
                try:
                    held = getattr(value, name)
                except Exception:
                    continue
                if held is None or type(held) in (bool, int, float, str):
                    yield name, held


def _attributes(value: Any) -> Any:
    held = getattr(value, "__dict__", None) or {
        name: getattr(value, name)
        for base in type(value).__mro__
        for name in getattr(base, "__slots__", ())
        if type(name) is str and hasattr(value, name)
    }
    shown = [(k, v) for k, v in held.items() if type(k) is str and k[:1] != "_"]
    return shown or list(_native_attributes(value))


def _is_callable(value: Any, kind: type) -> bool:
    """Whether a value is there to be called: `partial`, `itemgetter`, what `lru_cache` makes."""
    return (
        callable(value)
        and not isinstance(value, type)
        and type(getattr(kind, _CALL, None)) is types.WrapperDescriptorType
        and not _is_mock(kind)
        and not _offers_more(kind)
    )


def _native_names(base: type) -> frozenset[str]:
    """What may be called of a compiled class: what it is for, nothing that loads or reaches."""
    return _NATIVE.get(base.__module__, frozenset())


def _offers_more(kind: type) -> bool:
    """Whether an object is also used otherwise than by calling or iterating: a file, a cursor."""
    return any(base.__module__ in _NATIVE for base in kind.__mro__)


def _annotation(note: Any) -> Any:
    return ["T", TYPE_NAMES[note]] if isinstance(note, type) and note in TYPE_NAMES else None


def _standard(value: Any, kind: type) -> Any:
    """A function or class of the standard library, by its name: the code has its own copy."""
    if kind is types.MethodDescriptorType and TYPE_NAMES.get(value.__objclass__):
        return ["std", "builtins", value.__qualname__]
    module = getattr(value, "__module__", None)
    if not (
        isinstance(value, type) or kind is types.BuiltinFunctionType or kind is types.FunctionType
    ):
        return None
    if type(module) is not str or module.split(".")[0] not in sys.stdlib_module_names:
        return None
    name = getattr(value, "__qualname__", "")
    if getattr(sys.modules.get(module), name, None) is not value:
        return None
    return ["std", module, name]


def _is_mock(kind: type) -> bool:
    mock = sys.modules.get("unittest.mock")
    return mock is not None and issubclass(kind, mock.NonCallableMock)


def _is_mock_api(name: str) -> bool:
    mock = sys.modules["unittest.mock"]
    return hasattr(mock.MagicMock, name) or name.startswith("assert") or name in _MOCK_STATE


_MOCK_STATE = frozenset(
    ("called", "call_count", "call_args", "call_args_list", "mock_calls", "method_calls",
     "return_value", "side_effect")
)  # fmt: skip
