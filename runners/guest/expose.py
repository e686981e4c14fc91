"""Values of the code's process on their way to the tests: plain data, or described numbers."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from runners.guest.describe import describe_class, describe_function, parents
    from runners.guest.pack import TYPE_NAMES, Packer, pack_array, unpack_array
    from runners.guest.standins import Standins
else:
    from describe import describe_class, describe_function, parents
    from pack import TYPE_NAMES, Packer, pack_array, unpack_array
    from standins import Standins

_PLAIN_BASES = (int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset)
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)


def plain_base(value: Any, base: type) -> Any:
    """The builtin value inside an instance of a subclass; no hook of the subclass is called."""
    if base is tuple or base is list or base is set or base is frozenset:
        return base(base.__iter__(value))
    if base is dict:
        return {k: dict.__getitem__(value, k) for k in dict.__iter__(value)}
    if base is int:
        return int.__add__(value, 0)
    if base is float:
        return float.__add__(value, 0.0)
    if base is complex:
        return complex.__add__(value, 0)
    if base is str:
        return "".join(str.__iter__(value))
    return base(bytes.__getitem__(value, slice(None)) if base is bytes else value)


class Exposer(Packer):
    """Packs what the code has, and finds again what the tests refer to."""

    def __init__(self, module: types.ModuleType) -> None:
        self.objects: dict[int, Any] = {0: module}
        self.ids: dict[int, int] = {id(module): 0}
        self.described: set[int] = set()
        self.originals: dict[tuple[int, str], Any] = {}
        self.standins = Standins(self)

    def put(self, value: Any) -> int:
        """The number by which the other side knows an object; the object lives on."""
        number = self.ids.get(id(value))
        if number is None:
            number = len(self.objects)
            self.ids[id(value)] = number
            self.objects[number] = value
        return number

    def other(self, value: Any, kind: type, depth: int) -> Any:
        """Classes, functions, exceptions, instances: as numbers with a description."""
        known = self.standins.pack(value)
        if known is not None:
            return known
        if kind.__module__ == "numpy":
            array = pack_array(value, kind)
            if array is not None:
                return array
        if isinstance(value, type):
            return self.class_reference(value)
        if isinstance(value, BaseException):
            return self.exception(value, depth)
        if kind in _FUNCTIONS:
            number = self.put(value)
            if number in self.described:
                return ["fn", number]
            self.described.add(number)
            return ["fn", number, describe_function(value)]
        if kind is types.ModuleType:
            return ["mo", self.put(value), str(value.__name__)]
        if kind is types.CoroutineType:
            return ["co", self.put(value)]
        enum = sys.modules.get("enum")
        if enum is not None and isinstance(value, enum.Enum):
            inner = object.__getattribute__(value, "_value_")
            base = [self.pack(plain_base(value, b)) for b in (int, str) if isinstance(value, b)]
            name = object.__getattribute__(value, "_name_")
            return ["en", self.put(value), self.class_reference(kind), str(name),
                    self.pack(inner, depth + 1), base[0] if base else None]  # fmt: skip
        if isinstance(value, tuple) and type(getattr(kind, "_fields", None)) is tuple:
            items = [self.pack(item, depth + 1) for item in tuple.__iter__(value)]
            return ["nt", self.class_reference(kind), items]
        for base_type in _PLAIN_BASES:
            if isinstance(value, base_type):
                return self.pack(plain_base(value, base_type), depth + 1)
        return ["h", self.put(value), self.class_reference(kind, mirrored=True)]

    def class_reference(self, cls: type, *, mirrored: bool = False) -> Any:
        """A class by number, described the first time; a builtin one by name unless `mirrored`."""
        if cls in TYPE_NAMES and not mirrored:
            return ["T", TYPE_NAMES[cls]]
        number = self.put(cls)
        if number in self.described:
            return ["C", number]
        self.described.add(number)
        described = describe_class(cls)
        described["b"] = [self.class_reference(base) for base in parents(cls)]
        if issubclass(cls, BaseException):
            described["s"] = f"{cls.__module__}.{cls.__qualname__}"
        enum = sys.modules.get("enum")
        if enum is not None and issubclass(cls, enum.Enum):
            described["u"] = (
                "int" if issubclass(cls, int) else "str" if issubclass(cls, str) else ""
            )
        return ["C", number, described]

    def exception(self, error: BaseException, depth: int = 0) -> Any:
        """An exception with its arguments, plain attributes and cause."""
        known = self.standins.pack(error)
        if known is not None:
            return known
        kind = type(error)
        reduced = error.__reduce__()[1] if isinstance(error, OSError) else error.args
        arguments = [self._safe(part, depth) for part in cast("tuple[Any, ...]", reduced)]
        cause = error.__cause__
        packed = self.exception(cause, depth + 1) if cause is not None and depth < 4 else None
        if kind in TYPE_NAMES:
            return ["e", TYPE_NAMES[kind], arguments, packed]
        try:
            text = str(error)[:4000]
        except Exception:
            text = ""
        plain = {
            k: self._safe(v, depth)
            for k, v in list(vars(error).items())[:50]
            if type(k) is str and not k.startswith("__")
        }
        return ["E", self.put(error), self.class_reference(kind), arguments, text, plain, packed]

    def _safe(self, value: Any, depth: int) -> Any:
        try:
            return self.pack(value, depth + 1)
        except Exception:
            return None

    def tagged(self, tag: str, data: list[Any], depth: int) -> Any:
        """What the other side sends back of ours, and stand-ins for what is its own."""
        if tag == "o":
            return self.objects[data[1]]
        if tag == "nt":
            items = [self.unpack(part, depth + 1) for part in data[2]]
            return tuple.__new__(self.objects[data[1]], items)
        if tag == "np" or tag == "ns":
            return unpack_array(data)
        if tag == "bm":
            return getattr(self.objects[data[1]], data[2])
        if tag == "orig":
            cls = self.objects[data[1]]
            key = (id(cls), data[2])
            return self.originals[key] if key in self.originals else vars(cls)[data[2]]
        return self.standins.unpack(tag, data, depth)
