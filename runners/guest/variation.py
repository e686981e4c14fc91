"""Moves what honest code must not depend on: the clock, the random generator, the time zone.

Called once in the fork, before candidate code is loaded. Python's own doors to the clock are moved,
not the kernel's; a program that reads the clock by other means is seen by the source checks.
"""

from __future__ import annotations

import contextlib
import datetime as _datetime
import os
import random as _random
import sys
import time as _time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runners.guest import codec
else:
    import codec

_SHORT_DRAW_BYTES = 7
"""What a float or a small number takes; a UUID or a token takes more."""
_ENDS = (0.0, None, 1.0 - 2.0**-53, None)


def apply(variation: dict[str, Any]) -> None:
    """Set time zone, random generators and clock as `variation` says (see `runners.base`)."""
    zone = variation.get("tz", "UTC0")
    if os.environ.get("TZ") != zone:
        os.environ["TZ"] = zone
        _time.tzset()
    _seed(int(variation.get("random_seed", 1)), variation.get("random", "seeded") == "extreme")
    offset = int(variation.get("clock_offset_s", 0))
    if offset:
        _move_clock(offset)


def _seed(seed: int, extreme: bool) -> None:
    _random.seed(seed)
    numbers = sys.modules.get("numpy.random")
    if numbers is not None:
        numbers.seed(seed)
    else:
        _around_import("numpy.random", lambda: _seeding(seed))
    if extreme:
        _install_extremes(seed)


@contextlib.contextmanager
def _seeding(seed: int) -> Iterator[None]:
    yield
    sys.modules["numpy.random"].seed(seed)


def _around_import(name: str, around: Callable[[], AbstractContextManager[None]]) -> None:
    """Enter `around` while the module of this name is first executed."""
    sys.meta_path.insert(0, _Around(name, around))


class _Around:
    """A finder that asks the others, and wraps what executes one module."""

    def __init__(self, name: str, around: Callable[[], AbstractContextManager[None]]) -> None:
        self._name = name
        self._around = around

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """What the other finders say; nothing for any name but one."""
        if name != self._name:
            return None
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]
        found = (finder.find_spec(name, path, target) for finder in sys.meta_path)
        spec = next((spec for spec in found if spec is not None), None)
        loader: Any = spec.loader if spec is not None else None
        if loader is not None:
            execute = loader.exec_module

            def exec_module(module: Any) -> None:
                with self._around():
                    execute(module)

            loader.exec_module = exec_module
        return spec


class _Extremes(_random.Random):
    """A generator that mixes the ends of its range into its numbers.

    A branch that is taken with probability 0.001 is taken here at once, and an algorithm that is
    right for every draw stays right. Code that seeds the generator itself gets the ordinary one.
    """

    _step = 0
    _plain = False

    def __init__(self, x: Any = None) -> None:
        super().__init__(x)
        self._plain = x is not None
        self._ready = True

    def seed(self, a: Any = None, version: int = 2) -> None:
        """Seed; an explicit seed ends the mixing in."""
        super().seed(a, version)
        self._plain = getattr(self, "_ready", False) and a is not None

    def _end(self) -> float | None:
        if self._plain:
            return None
        self._step += 1
        return _ENDS[self._step % 4 - 1]

    def random(self) -> float:
        """A number in [0, 1), every second one an end of that range."""
        end = self._end()
        return super().random() if end is None else end

    def getrandbits(self, k: int, /) -> int:
        """`k` random bits, every second time all zeros or all ones."""
        end = self._end()
        if end is None:
            return super().getrandbits(k)
        return 0 if end == 0.0 else (1 << k) - 1


def _install_extremes(seed: int) -> None:
    generator = _Extremes(seed)
    generator._plain = False
    _random.Random = _Extremes  # type: ignore[misc]
    _install_system_extremes()
    for name in dir(_random):
        bound = getattr(_random, name)
        if getattr(bound, "__self__", None) is _random._inst:
            setattr(_random, name, getattr(generator, name))
    _random._inst = generator


def _install_system_extremes() -> None:
    """The kernel's randomness too, where a draw is short: identifiers and keys stay unique."""
    real, step = os.urandom, [0]

    def urandom(size: int, /) -> bytes:
        step[0] += 1
        end = _ENDS[step[0] % 4 - 1] if 0 < size <= _SHORT_DRAW_BYTES else None
        return real(size) if end is None else (b"\0" if end == 0.0 else b"\xff") * size

    os.urandom = urandom
    _random._urandom = urandom  # type: ignore[attr-defined]


def _move_clock(offset: int) -> None:
    """Shift every door of `time` and `datetime` to the wall clock by `offset` seconds."""
    t = _time
    real = {n: getattr(t, n) for n in ("time", "time_ns", "localtime", "gmtime", "ctime",
                                       "asctime", "strftime", "clock_gettime",
                                       "clock_gettime_ns")}  # fmt: skip

    still = {t.CLOCK_PROCESS_CPUTIME_ID, t.CLOCK_THREAD_CPUTIME_ID}

    def now() -> float:
        return float(real["time"]()) + offset

    def clock_gettime(clock: int) -> float:
        return float(real["clock_gettime"](clock)) + (0 if clock in still else offset)

    def clock_gettime_ns(clock: int) -> int:
        shift = 0 if clock in still else offset * 10**9
        return int(real["clock_gettime_ns"](clock)) + shift

    # The ticking clocks start elsewhere too: what counts is how far apart two readings are.
    for name in ("monotonic", "perf_counter"):
        setattr(t, name, _later(getattr(t, name), offset))
        setattr(t, f"{name}_ns", _later(getattr(t, f"{name}_ns"), offset * 10**9))
    t.time = now
    t.time_ns = lambda: int(real["time_ns"]()) + offset * 10**9
    t.localtime = lambda secs=None: real["localtime"](now() if secs is None else secs)
    t.gmtime = lambda secs=None: real["gmtime"](now() if secs is None else secs)
    t.ctime = lambda secs=None: real["ctime"](now() if secs is None else secs)
    t.asctime = lambda tup=None: real["asctime"](t.localtime() if tup is None else tup)
    t.strftime = lambda fmt, tup=None: real["strftime"](fmt, t.localtime() if tup is None else tup)
    t.clock_gettime = clock_gettime
    t.clock_gettime_ns = clock_gettime_ns
    _move_dates(now)


def _later(clock: Any, offset: int) -> Any:
    return lambda: clock() + offset


def _move_dates(now: Any) -> None:
    real_date: Any = _datetime.date
    real_datetime: Any = _datetime.datetime

    class _Looks(type):
        """Instances of the real classes pass isinstance() of the moved ones."""

        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, cls.__mro__[1])

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, cls.__mro__[1])

    class date(real_date, metaclass=_Looks):  # type: ignore[misc]  # noqa: N801
        """Stands in for datetime.date."""

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(now())

    class datetime(real_datetime, metaclass=_Looks):  # type: ignore[misc]  # noqa: N801
        """Stands in for datetime.datetime."""

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return cls.fromtimestamp(now(), tz)

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(now())

        @classmethod
        def utcnow(cls) -> Any:
            return cls.fromtimestamp(now(), _datetime.UTC).replace(tzinfo=None)

    # The ends of the range are doors to the class that they belong to.
    date.min, date.max = date(1, 1, 1), date(9999, 12, 31)
    datetime.min, datetime.max = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)
    classes = ((date, real_date), (datetime, real_datetime))
    for moved, real in classes:
        moved.__module__ = "datetime"
        moved.__qualname__ = real.__name__
        codec.add_alias(moved, real)
        if "pack" in sys.modules:  # the split's own tables, where there is a split
            sys.modules["pack"].add_alias(moved, real)
        setattr(_datetime, real.__name__, moved)

    @contextlib.contextmanager
    def unmoved() -> Iterator[None]:
        for _, real in classes:
            setattr(_datetime, real.__name__, real)
        try:
            yield
        finally:
            for moved, real in classes:
                setattr(_datetime, real.__name__, moved)

    if "pandas" not in sys.modules:  # its compiled half crashes on classes that are not the real
        _around_import("pandas", unmoved)
