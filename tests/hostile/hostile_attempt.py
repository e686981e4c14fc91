"""What an attempt is, the guest code that all of them share, and what is told of one."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hostile_numbers import NUMBERS
from hostile_world import World
from sandbox_places import FAST

from sandboxes.base import Job, Limits, Outcome, Process, SandboxUnavailable, Status

PRELUDE = """
import array, fcntl, mmap, resource, stat, struct, threading, traceback
libc.prctl(15, payload["mark"].encode(), 0, 0, 0)
HOST = payload["host"]
tried, won, notes = [], [], {}

def call(name, *arguments):
    "A raw system call; OSError where it fails."
    ctypes.set_errno(0)
    fixed = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(payload["numbers"][name]), *fixed)
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result

def attack(name, action):
    "Has to be refused: by an error, or by a result that is False."
    tried.append(name)
    try:
        result = action()
    except (OSError, ValueError, OverflowError, EOFError, ImportError) as error:
        notes[name] = f"{type(error).__name__} {error}"[:60]
        return
    if result is not False:
        won.append(name)

def harmless(name, action):
    "May succeed for the job itself; whether it reached others is seen from outside."
    tried.append(name)
    try:
        notes[name] = repr(action())[:60]
    except (OSError, ValueError, OverflowError, EOFError, ImportError) as error:
        notes[name] = f"{type(error).__name__} {error}"[:60]

def write(path, data):
    fd = os.open(path, os.O_WRONLY)
    try:
        return os.write(fd, data)
    finally:
        os.close(fd)

def fork(body):
    pid = os.fork()
    if pid == 0:
        try:
            body()
        finally:
            os._exit(0)
    return pid

def finish():
    tell({"tried": tried, "won": won, "notes": notes, "slot": os.readlink("/proc/self/ns/pid")})
"""

Check = Callable[["Scene"], None]


@dataclass(frozen=True, kw_only=True)
class Differs:
    """What the tier on gVisor's kernel may show otherwise, and why nobody is harmed by it.

    `won` are the attacks that may succeed there, each by its name; what is None is as elsewhere.
    """

    why: str
    won: frozenset[str] = frozenset()
    ends: tuple[Status, ...] | None = None
    reaches: bool | None = None
    keeps: bool | None = None
    check: Check | None = None


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One thing that hostile code tries, and what has to hold of the world afterwards.

    `code` runs in the guest behind `PRELUDE`; `peer` beside it in a second process; `look` in the
    next job, which tells whatever it finds to `check`. `reaches` says that the code comes to its
    end and reports what it tried; otherwise `ends` names how the job may end. `spends` names how it
    may end before, its processor time or its memory being up. `keeps` says that the slot has to
    serve the next job too; one whose memory ran out retires.
    What holds after every attempt is in `hostile_world` and `hostile_view`; `check` adds what is
    particular.
    """

    name: str
    category: str
    tries: str
    code: str = ""
    peer: str = ""
    look: str = ""
    check: Check | None = None
    reaches: bool = True
    spends: tuple[Status, ...] = ()
    ends: tuple[Status, ...] = (Status.OK,)
    keeps: bool = True
    limits: Mapping[str, Any] = field(default_factory=dict)
    collect: tuple[str, ...] = ()
    stdin: str = ""
    won: frozenset[str] = frozenset()
    gvisor: Differs | None = None

    def on(self, tier: str) -> Attempt:
        """The attempt with what is expected on `tier`."""
        if tier != "docker:runsc" or self.gvisor is None:
            return self
        told = {f.name: getattr(self.gvisor, f.name) for f in dataclasses.fields(self.gvisor)}
        del told["why"]
        changed = {name: value for name, value in told.items() if value is not None}
        return dataclasses.replace(self, **changed)


@dataclass
class Scene:
    """One attempt on one tier: what was seen from outside."""

    attempt: Attempt
    sandbox: Any
    world: World
    outcome: Outcome | None = None
    lost: SandboxUnavailable | None = None
    found: Any = None
    """What the job after the attempt told of `look`."""

    @property
    def done(self) -> Outcome:
        """The outcome, for attempts that have to leave one."""
        assert self.outcome is not None, f"the sandbox was lost: {self.lost}"
        return self.outcome

    @property
    def said(self) -> dict[str, Any]:
        """What the attacker told of itself: material for a message, or an admission."""
        told: dict[str, Any] = json.loads(self.done.report)
        return told


def job_of(attempt: Attempt, world: World) -> Job:
    """The attacker's job."""
    limits = dataclasses.replace(FAST, **attempt.limits)
    ending = "\nfinish()\n" if attempt.reaches else "\n"
    first = process(attempt.code + ending, world, stdin=attempt.stdin)
    processes = (first,)
    if attempt.peer:
        processes = (first, process(attempt.peer, world, reports=False))
    return Job(processes=processes, limits=limits, collect=attempt.collect)


def process(code: str, world: World, *, reports: bool = True, stdin: str = "") -> Process:
    """Guest code behind the prelude, with what it may know of the host."""
    payload = {
        "code": PRELUDE + code,
        "mark": world.mark,
        "host": world.told(),
        "numbers": NUMBERS,
    }
    name = "first" if reports else "second"
    return Process(name=name, entry="guest:main", payload=payload, stdin=stdin, reports=reports)


def plain(code: str, world: World, **limits: Any) -> Job:
    """A job that attacks nothing."""
    return Job(processes=(process(code, world),), limits=dataclasses.replace(FAST, **limits))


GENEROUS = Limits(cpu_s=10, wall_s=20, memory_mb=256, pids=32, disk_mb=16, inodes=512, file_mb=4)
