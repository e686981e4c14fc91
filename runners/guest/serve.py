"""The code's end of the split: answers requests, calls back only what it was given."""

from __future__ import annotations

import builtins
import io
import os
import sys
import threading
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runners.guest.describe import OPERATORS
    from runners.guest.expose import Exposer
    from runners.guest.pack import MUTABLE, SHARED, merge
    from runners.guest.wire import Channel, Malformed, PeerLost
else:
    from describe import OPERATORS
    from expose import Exposer
    from pack import MUTABLE, SHARED, merge
    from wire import Channel, Malformed, PeerLost

MAX_OUTPUT_CHARS = 1 << 18
MAX_SHARED_ITEMS = 1000
# A fresh result is held by a local variable and by the call that counts.
_UNSHARED_REFERENCES = 2
# An argument is held by the call's lists, by the row of what is watched, by a local variable and
# by the call that counts.
_UNKEPT_REFERENCES = 4


class Server(Exposer):
    """One module of code, served over a channel."""

    def __init__(self, channel: Channel, module: types.ModuleType) -> None:
        self.channel = channel
        super().__init__(module)
        self.notes: list[list[Any]] = []
        self.out = io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace", newline="",
                                    write_through=True)  # fmt: skip
        self.err = io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace", newline="",
                                    write_through=True)  # fmt: skip
        self.loop: Any = None
        self.pending = 0
        self.lock = threading.RLock()  # threads of the code may call back at the same time

    # Requests -----------------------------------------------------------------------------

    def capture(self) -> None:
        """Send what the code prints, warns and logs to the tests."""
        import warnings

        sys.stdout, sys.stderr = self.out, self.err

        def show(message: Any, category: Any, *rest: Any, **more: Any) -> None:
            self.notes.append(["warn", self.pack(category), str(message)[:4000]])

        warnings.simplefilter("always")
        warnings.showwarning = show

    def capture_logs(self) -> None:
        """Pass log records on, where the code logs at all."""
        logging = sys.modules.get("logging")
        if logging is None:
            return
        handle = logging.Logger.callHandlers

        def call_handlers(logger: Any, record: Any) -> None:
            text = record.getMessage()[:4000]
            self.notes.append(["log", str(record.name)[:200], int(record.levelno), text])
            handle(logger, record)

        logging.Logger.callHandlers = call_handlers
        if logging.root.level == logging.WARNING:
            logging.root.setLevel(1)  # the tests' own loggers decide what is recorded

    def serve(self) -> None:
        """Answer until the other side closes."""
        while True:
            self.answer(self.channel.receive())

    def answer(self, request: list[Any]) -> None:
        """Do one request and send its reply, whatever it raises."""
        number, live, name, *parts = request
        before, self.pending = self.pending, number
        updates: list[Any] = []
        states: list[Any] = []
        try:
            states = self._shared_states(live)
            result = getattr(self, "do_" + name)(updates, *parts)
            reply = ["r", number, True, result]
        except PeerLost:
            raise
        except BaseException as error:
            reply = ["r", number, False, self.exception(error)]
        with self.lock:  # not in the middle of another thread's callback
            self.pending = before
            for held, value, state in states:
                now = self._safe(value, 0)
                if now != state:
                    updates.append([["s", held], now])
            try:
                self.channel.send([*reply, self.taken_notes(), updates])
            except Malformed as error:
                refusal = self.exception(ValueError(f"cannot be passed on: {error}"))
                self.channel.send(["r", number, False, refusal, [], []])

    def _shared_states(self, live: list[list[Any]]) -> list[Any]:
        """Bring containers that the tests hold to their state there; what they are then."""
        states = []
        for number, change in live:
            value = self.objects[number]
            if change is not None:
                merge(value, self.unpack(change))
            states.append((number, value, self.pack(value)))
        return states

    def shared(self, value: Any) -> Any:
        """A container that lives on here: the tests' copy is kept in step with it."""
        if type(value) in SHARED and len(value) <= MAX_SHARED_ITEMS:
            return ["sh", self.put(value), self.pack(value)]
        return self.pack(value)

    def call_back(self, *request: Any) -> Any:
        """Ask the other side to run something that it passed over. Raises what that raises."""
        with self.lock:
            if not self.pending:
                raise RuntimeError("the tests are not waiting: a callback works only during a call")
            self.channel.send(["c", self.pending, *request, self.taken_notes()])
            while True:
                message = self.channel.receive()
                if message[0] == "a":
                    if message[1]:
                        return self.unpack(message[2])
                    raise self.unpack(message[2])
                self.answer(message)

    def taken_notes(self) -> list[Any]:
        """What was printed and warned since the last message."""
        notes, self.notes = self.notes, []
        for stream, name in ((self.out, "out"), (self.err, "err")):
            buffer = stream.buffer
            if buffer.tell():
                notes.append([name, buffer.getvalue().decode()[:MAX_OUTPUT_CHARS]])
                buffer.seek(0)
                buffer.truncate()
        return notes

    def do_call(
        self, updates: list[Any], target: int, args: list[Any], kwargs: dict[str, Any]
    ) -> Any:
        """Call an object."""
        return self._apply(self.objects[target], args, kwargs, updates)

    def do_method(
        self, updates: list[Any], target: int, name: str, args: list[Any], kwargs: dict[str, Any]
    ) -> Any:
        """Call a member of an object by name."""
        return self._apply(getattr(self.objects[target], name), args, kwargs, updates)

    def do_operate(self, updates: list[Any], target: int, name: str, args: list[Any]) -> Any:
        """Apply an operator to an object, as its type defines it."""
        subject = self.objects[target]
        if name == "__iter__":
            return self.pack(iter(subject))
        if name == "__exit__" or name == "__aexit__":
            error = self.unpack(args[0])
            trio = (
                (None, None, None) if error is None else (type(error), error, error.__traceback__)
            )
            return self.pack(getattr(type(subject), name)(subject, *trio))
        if name == "__getitem__" and isinstance(subject, type):
            return self.pack(subject[self.unpack(args[0])])  # type: ignore[index]
        if name not in OPERATORS and name not in _ASKED:
            raise TypeError(f"no operator {name}")
        if name in _ASKED:
            return self.pack(_ASKED[name](subject, *[self.unpack(part) for part in args]))
        return self._apply(
            lambda *rest: getattr(type(subject), name)(subject, *rest), args, {}, updates
        )

    def do_get(self, updates: list[Any], target: int, name: str) -> Any:
        """Read an attribute."""
        return self.shared(getattr(self.objects[target], name))

    def do_read(self, updates: list[Any], value: Any, name: str) -> Any:
        """Read an attribute of a value that the tests hold themselves: a named tuple."""
        return self.shared(getattr(self.unpack(value), name))

    def do_set(self, updates: list[Any], target: int, name: str, value: Any) -> None:
        """Set an attribute; what it was before can be put back."""
        subject = self.objects[target]
        held = getattr(subject, "__dict__", {})
        if name in held:
            self.originals.setdefault((id(subject), name), held[name])
        setattr(subject, name, self.unpack(value))

    def do_del(self, updates: list[Any], target: int, name: str) -> None:
        """Delete an attribute; one that the tests had replaced comes back."""
        subject = self.objects[target]
        delattr(subject, name)
        original = self.originals.pop((id(subject), name), None)
        if original is not None:
            setattr(subject, name, original)

    def do_names(self, updates: list[Any], target: int) -> list[str]:
        """What `dir` says of an object."""
        return [str(name) for name in dir(self.objects[target])]

    def do_signature(self, updates: list[Any], target: int) -> Any:
        """The parameters of a callable."""
        from describe import parameters  # type: ignore[import-not-found,unused-ignore]

        return [
            [
                name,
                kind,
                has,
                self._safe(default, 0),
                self._safe(note, 0) if type(note) is not str else note,
            ]
            for name, kind, has, default, note in parameters(self.objects[target])
        ]

    def do_instance(self, updates: list[Any], target: int, cls: int) -> bool:
        """Whether an object is an instance of a class."""
        return isinstance(self.objects[target], self.objects[cls])

    def do_subclass(self, updates: list[Any], target: int, cls: int) -> bool:
        """Whether a class is a subclass of another."""
        return issubclass(self.objects[target], self.objects[cls])

    def do_describe(self, updates: list[Any], target: int) -> Any:
        """A class or function with its description, once more."""
        self.described.discard(target)
        return self.other(self.objects[target], type(self.objects[target]), 0)

    def do_copy(self, updates: list[Any], target: int, deep: bool) -> Any:
        """A copy of an object."""
        import copy

        return self.pack((copy.deepcopy if deep else copy.copy)(self.objects[target]))

    def do_derive(self, updates: list[Any], name: str, bases: list[int], members: Any) -> Any:
        """A class that the tests derive from ours: its methods are theirs."""
        parts = {k: self.standins.member(v) for k, v in members.items()}
        derived = types.new_class(
            name, tuple(self.objects[b] for b in bases), {}, lambda space: space.update(parts)
        )
        number = self.put(derived)
        self.described.add(number)
        return number

    def do_await(self, updates: list[Any], target: int) -> Any:
        """Run a coroutine to its end."""
        import asyncio

        if self.loop is None:
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)
        subject = self.objects[target]
        if self.loop.is_running():
            return self.pack(self.standins.step(subject))
        return self.pack(self.loop.run_until_complete(self.standins.ensure(subject)))

    def do_patch(self, updates: list[Any], module: str, name: str, value: Any) -> None:
        """Replace a member of a module of the standard library, as the tests did on their side."""
        import importlib

        if (module, name) == ("os", "environ"):
            os.environ.clear()
            os.environ.update(self.unpack(value))
            return
        target = importlib.import_module(module)
        key = (id(target), name)
        self.originals.setdefault(key, getattr(target, name))
        setattr(target, name, self.originals[key] if value == ["undo"] else self.unpack(value))

    def _apply(
        self, function: Any, args: list[Any], kwargs: dict[str, Any], updates: list[Any]
    ) -> Any:
        values = [self.unpack(part) for part in args]
        named = {k: self.unpack(v) for k, v in kwargs.items()}
        watched = [
            (key, value, self.pack(value))
            for key, value in [*enumerate(values), *named.items()]
            if type(value) in MUTABLE
        ]
        try:
            result = function(*values, **named)
        finally:
            for key, value, before in watched:
                after = self.pack(value)
                if after != before:
                    updates.append([key, after])
        for key, value, _ in watched:
            if result is value and type(value) is not tuple:
                return ["arg", key]
        for key, value, _ in watched:
            if (
                type(value) in SHARED
                and len(value) <= MAX_SHARED_ITEMS
                and sys.getrefcount(value) > _UNKEPT_REFERENCES
            ):
                updates.append([["k", self.put(value), key], None])
        if sys.getrefcount(result) > _UNSHARED_REFERENCES:
            return self.shared(result)
        return self.pack(result)


_ASKED: dict[str, Any] = {
    "__str__": builtins.str,
    "__repr__": builtins.repr,
    "__format__": builtins.format,
    "__bool__": builtins.bool,
    "__hash__": builtins.hash,
    "__eq__": lambda a, b: a == b,
    "__ne__": lambda a, b: a != b,
}
