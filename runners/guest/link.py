"""The tests' end of the split: asks, rebuilds plain values, and believes nothing else.

Every byte that arrives is hostile. Anything but the expected reply ends the link for good, and a
link that has ended fails the current test and all later ones.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from runners.guest.classes import text
    from runners.guest.given import Given
    from runners.guest.mirror import MirrorMeta, RemoteModule
    from runners.guest.pack import SHARED, merge
    from runners.guest.rebuild import MAX_SHARED, Rebuilder
    from runners.guest.watch import Watch
    from runners.guest.wire import Channel, Malformed, PeerLost
else:
    from classes import text
    from given import Given
    from mirror import MirrorMeta, RemoteModule
    from pack import SHARED, merge
    from rebuild import MAX_SHARED, Rebuilder
    from watch import Watch
    from wire import Channel, Malformed, PeerLost

MAX_NESTED_CALLS = 60
MAX_PRINTED_CHARS = 4 << 20
# The register's own list and the call that counts.
_UNHELD_REFERENCES = 2
_BAD = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError,
        MemoryError)  # fmt: skip
# Names by which a test asks a builtin value a yes-or-no question: an object that answers them is
# the judge in its own case.
_PREDICATES = frozenset(
    n for t in (str, bytes, set, frozenset, int, float) for n in dir(t)
    if n.startswith("is") or n in ("startswith", "endswith")
)  # fmt: skip


class Link(Rebuilder):
    """The connection of the tests to the code. `weak`: the code was judge of itself somewhere."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.weak = False
        self.lost = ""
        super().__init__()
        self.given = Given(self)
        self.count = 0
        self.nested = 0
        self.printed = 0
        self.lock = threading.RLock()
        self.listed: list[str] = []
        self.stdlib = Watch()

    # Protocol -----------------------------------------------------------------------------

    def lose(self, why: str) -> NoReturn:
        """End the link for good. Raises PeerLost."""
        if not self.lost:
            self.lost = why
            self.channel.close()
        raise PeerLost(f"code process ended: {self.lost}")

    def check(self) -> None:
        """Raise PeerLost if the other side has ended or said something that nobody asked for."""
        with self.lock:
            if self.lost:
                self.lose(self.lost)
            state = self.channel.waiting()
            if state:
                self.lose("it sent what nobody asked for" if state == "data" else "it ended")

    def greet(self) -> dict[str, Any] | None:
        """Wait for the code to be loaded: None, or why it was not. Raises PeerLost."""
        try:
            message = self.channel.receive()
            if type(message) is not list or len(message) != 4 or message[0] != "ready":
                raise Malformed("not a greeting")
            names, error, notes = message[1:]
            self.hear(notes)
            if error is not None:
                mro = [text(name, 400) for name in error["mro"][:50]]
                return {"type": text(error["type"], 400), "mro": mro,
                        "message": text(error["message"])}  # fmt: skip
            self.listed = [text(name, 400) for name in names[:10_000]]
            return None
        except (PeerLost, *_BAD) as error:
            self.lose(str(error) or type(error).__name__)

    def ask(self, name: str, *parts: Any) -> Any:
        """The JSON of an answer. Raises what the code raised, and PeerLost."""
        return self._ask(name, parts)[0]

    def _ask(self, name: str, parts: tuple[Any, ...]) -> tuple[Any, Any]:
        with self.lock:
            self.check()
            self.count += 1
            number = self.count
            try:
                self.channel.send([number, self._live(), name, *parts])
            except PeerLost as error:
                self.lose(str(error))
            while True:
                message = self._receive()
                if message[0] == "c":
                    self._reverse(number, message)
                    continue
                try:
                    if message[0] != "r" or len(message) != 6 or message[1] != number:
                        raise Malformed("an answer to another question")
                    _, _, fine, result, notes, updates = message
                    self.hear(notes)
                    if fine is True:
                        if name not in ("call", "method"):
                            self._update(updates, (), {})
                        return result, updates
                    raised = self.unpack(result)
                    if not isinstance(raised, BaseException):
                        raise Malformed("raised what is no exception")
                except PeerLost:
                    raise
                except _BAD as broken:
                    self.lose(f"malformed reply: {broken}"[:300])
                self._update(updates, (), {})
                raise raised

    def _live(self) -> list[Any]:
        """The containers of the code that the tests still hold, each with its change from here."""
        if not self.shared:
            return []
        live = []
        for number, entry in list(self.shared.items()):
            now = self.pack(entry[0])
            change = None if now == entry[1] else now
            if sys.getrefcount(entry[0]) <= _UNHELD_REFERENCES:
                del self.shared[number]
                if change is None:
                    continue
            live.append([number, change])
            entry[1] = now
        return live

    def _receive(self) -> list[Any]:
        try:
            message = self.channel.receive()
        except (PeerLost, Malformed) as error:
            self.lose(str(error))
        if type(message) is not list or len(message) < 3:
            self.lose("malformed message")
        return message

    def _reverse(self, number: int, message: list[Any]) -> None:
        """Run something that the tests passed over, during the call that is being waited for."""
        if message[1] != number or self.nested >= MAX_NESTED_CALLS:
            self.lose("a callback outside its call")
        self.nested += 1
        try:
            try:
                notes = message[-1]
                action = self.given.action(message[2:-1])
                self.hear(notes)
            except PeerLost:
                raise
            except _BAD as broken:
                self.lose(f"malformed callback: {broken}"[:300])
            try:
                answer = ["a", True, self.pack(action())]
            except PeerLost:
                raise
            except BaseException as error:
                answer = ["a", False, self.given.exception(error)]
            try:
                self.channel.send(answer)
            except Malformed as error:
                self.channel.send(["a", False, self.given.exception(ValueError(str(error)))])
        finally:
            self.nested -= 1

    def hear(self, notes: Any) -> None:
        """Repeat here what the code printed and warned there."""
        if type(notes) is not list:
            raise Malformed("notes that are none")
        for note in notes[:1000]:
            kind = note[0]
            if kind == "out" or kind == "err":
                written = text(note[1], 1 << 20)
                self.printed += len(written)
                if self.printed < MAX_PRINTED_CHARS:
                    (sys.stdout if kind == "out" else sys.stderr).write(written)
            elif kind == "warn":
                import warnings

                category = self.unpack(note[1])
                if isinstance(category, type) and issubclass(category, Warning):
                    warnings.warn(text(note[2]), category, stacklevel=2)
            elif kind == "log":
                import logging

                if type(note[2]) is int:
                    logging.getLogger(text(note[1], 200)).log(note[2], "%s", text(note[3]))

    def take(self, result: Any) -> Any:
        """The value of an answer. Raises PeerLost when it is none."""
        try:
            return self.unpack(result)
        except PeerLost:
            raise
        except _BAD as broken:
            self.lose(f"malformed value: {broken}"[:300])

    # What mirrors ask for -----------------------------------------------------------------

    def call(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call an object of the code."""
        return self._call("call", (number,), args, kwargs)

    def method(self, number: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a member of an object of the code."""
        result = self._call("method", (number, name), args, kwargs)
        if name in _PREDICATES and type(result) is bool:
            self.weak = True
        return result

    def _call(
        self, kind: str, target: tuple[Any, ...], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        packed = [self.pack(a) for a in args]
        named = {k: self.pack(v) for k, v in kwargs.items()}
        self.sync()
        result, updates = self._ask(kind, (*target, packed, named))
        self._update(updates, args, kwargs)
        if type(result) is list and result and result[0] == "arg":
            try:
                return args[result[1]] if type(result[1]) is int else kwargs[result[1]]
            except _BAD:
                self.lose("returned an argument that was none")
        return self.take(result)

    def _update(self, updates: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Bring changed arguments to their new state."""
        try:
            for key, packed in updates:
                if type(key) is int and 0 <= key < len(args):
                    merge(args[key], self.unpack(packed))
                elif type(key) is str and key in kwargs:
                    merge(kwargs[key], self.unpack(packed))
                elif type(key) is list and key[0] == "k":
                    self._keep(key[1], args[key[2]] if type(key[2]) is int else kwargs[key[2]])
                elif type(key) is list and key[1] in self.shared:
                    entry = self.shared[key[1]]
                    merge(entry[0], self.unpack(packed))
                    entry[1] = self.pack(entry[0])
        except PeerLost:
            raise
        except _BAD as broken:
            self.lose(f"malformed update: {broken}"[:300])

    def _keep(self, number: Any, held: Any) -> None:
        """Keep an argument that the code holds on to in step with the code's copy of it."""
        if type(number) is not int or type(held) not in SHARED:
            raise Malformed("not a container")
        if number not in self.shared and len(self.shared) < MAX_SHARED:
            self.shared[number] = [held, self.pack(held)]

    def sync(self) -> None:
        """Bring the code's standard library in line with what the tests patched here."""
        for module, name, value in self.stdlib.changes():
            packed = ["undo"] if value is self.stdlib else self.pack(value)
            self.ask("patch", module, name, packed)

    def get(self, number: int, name: str) -> Any:
        """An attribute."""
        if name in _PREDICATES:
            self.weak = True
        return self.take(self.ask("get", number, name))

    def set(self, number: int, name: str, value: Any) -> None:
        """Set an attribute."""
        self.ask("set", number, name, self.pack(value))

    def delete(self, number: int, name: str) -> None:
        """Delete an attribute."""
        self.ask("del", number, name)

    def operate(self, number: int, name: str, args: tuple[Any, ...]) -> Any:
        """Apply an operator."""
        if name in ("__exit__", "__aexit__"):
            args = args[1:2]
        return self.take(self.ask("operate", number, name, [self.pack(a) for a in args]))

    def names(self, number: int) -> list[str]:
        """What `dir` says there."""
        found = self.ask("names", number)
        if type(found) is not list or not all(type(name) is str for name in found):
            self.lose("names that are none")
        return found

    def public(self, number: int) -> list[str]:
        """The names that a star import takes."""
        names = self.names(number)
        if "__all__" in names:
            chosen = self.get(number, "__all__")
            return [name for name in chosen if type(name) is str]
        # Modules stay behind: a test that reads `math` means the real one, not the code's.
        return [
            name
            for name in names
            if name[:1] != "_" and type(self.get(number, name)) is not RemoteModule
        ]

    def copied(self, number: int, deep: bool) -> Any:
        """A copy."""
        return self.take(self.ask("copy", number, deep))

    def signature(self, number: int) -> Any:
        """The signature of a function there."""
        import inspect

        rows = self.ask("signature", number)
        try:
            out, empty, returns = [], inspect.Parameter.empty, inspect.Parameter.empty
            for name, kind, has, default, note in rows:
                annotation = empty if note is None else self.unpack(note)
                if kind == -1:
                    returns = annotation
                    continue
                value = self.unpack(default) if has is True else empty
                out.append(
                    inspect.Parameter(text(name, 400), inspect._ParameterKind(kind),
                                      default=value, annotation=annotation)
                )  # fmt: skip
            return inspect.Signature(out, return_annotation=returns)
        except PeerLost:
            raise
        except _BAD as broken:
            self.lose(f"malformed signature: {broken}"[:300])

    def derive(self, made: type, space: dict[str, Any]) -> int:
        """The number of the counterpart of a class that the tests derive from ours."""
        members = {
            name: self.given.member(value)
            for name, value in space.items()
            if name[:2] != "__" or callable(value)
        }
        bases = [base._pp_number for base in made.__bases__ if isinstance(base, MirrorMeta)]
        number = self.ask("derive", made.__name__, bases, members)
        if type(number) is not int or number in self.mirrors:
            self.lose("a class without a number")
        self.mirrors[number] = made
        return number
