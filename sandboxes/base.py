"""The contract between those who plan an execution and those who isolate it.

Standard library only. What a candidate does, dying included, is an `Outcome`; what we fail to do is
`SandboxUnavailable`, from which nothing may be concluded about the candidate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol


class SandboxUnavailable(Exception):
    """We could not isolate, or lost the sandbox: our fault, never the candidate's.

    `hint` says what to type or change next.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Status(StrEnum):
    """How one job ended. A closed set."""

    OK = "ok"
    NONZERO = "nonzero"
    SIGNALLED = "signalled"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output"
    DISK = "disk"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one job may use. Units are in the names.

    `wall_s` does not count the time that the job waited for a busy processor; `output_kb` is per
    stream; `report_kb` bounds the private result descriptor.
    """

    cpu_s: float = 5.0
    wall_s: float = 10.0
    memory_mb: int = 512
    pids: int = 64
    disk_mb: int = 64
    inodes: int = 8192
    file_mb: int = 16
    output_kb: int = 1024
    report_kb: int = 8192


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """One process of a job.

    `entry` names guest code, "module:function", called in a fork as
    `function(payload, report_fd, peer_fd)` (a descriptor that the process does not hold is -1);
    else `argv` is executed. Only a process with `reports` holds the private result descriptor.
    """

    name: str = "main"
    entry: str = ""
    argv: tuple[str, ...] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)
    stdin: str = ""
    reports: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One or two processes that start together in a fresh place and end together.

    The first process is the job: when it ends, everything else is killed. A second one runs under
    another user id where the sandbox has more than one, and is joined to the first by a socket.
    `files` are written below the work folder before the start, readable by all; `collect` names
    files to bring back. `hash_seed` and `profile` choose the interpreter that the job forks from.
    """

    processes: tuple[Process, ...]
    profile: str = "bare"
    hash_seed: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    collect: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Everything that will be run for one question about a pair. Pure data."""

    language: str
    jobs: tuple[Job, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """What a process wrote: the first and last bytes kept, the true length and hash.

    `cut` says that bytes between `head` and `tail` were dropped. Where the job was killed for the
    amount of its output, `length` and `sha256` cover what was read until then.
    """

    head: bytes = b""
    tail: bytes = b""
    length: int = 0
    sha256: str = ""
    cut: bool = False

    @property
    def text(self) -> str:
        """Head and tail as text, with a line that names what is missing between them."""
        head = self.head.decode("utf-8", "replace")
        if not self.cut:
            return head
        missing = self.length - len(self.head) - len(self.tail)
        return f"{head}\n[... {missing} bytes left out ...]\n{self.tail.decode('utf-8', 'replace')}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What happened to one job.

    `report` is what came over the private descriptor: bytes of an untrusted process.
    `leftover` counts processes that had to be killed after the first one ended.
    `files` holds the collected files. `detail` is a sentence for people.
    """

    status: Status
    exit_code: int | None = None
    signal: int | None = None
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_memory_mb: float = 0.0
    stdout: Stream = field(default_factory=Stream)
    stderr: Stream = field(default_factory=Stream)
    report: bytes = b""
    report_cut: bool = False
    oom_kills: int = 0
    leftover: int = 0
    files: Mapping[str, bytes] = field(default_factory=dict)
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Where jobs ran: part of every verdict's provenance.

    `image` is the digest of what holds the toolchain, `code` one of what we put beside it: the
    supervisor and the guest code. `modules` are the importable names of the packages that jobs
    find. `enforced` names, for each limit and each kind of isolation, the mechanism that holds it
    ("memory": "cgroup v1").
    """

    backend: str
    tier: str
    image: str
    toolchain: Mapping[str, str]
    enforced: Mapping[str, str]
    code: str = ""
    modules: tuple[str, ...] = ()
    kernel: str = ""
    machine: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Execution:
    """The outcomes of a plan, job by job, and the facts of the sandbox."""

    outcomes: tuple[Outcome, ...]
    facts: Facts


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """What a backend can do on this machine.

    `available` is false where network, files or processes cannot be isolated; `reason` then says
    why and `remedy` what to type. `missing` lists weaker points that do not forbid its use.
    """

    available: bool
    reason: str = ""
    remedy: str = ""
    enforced: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Toolchain:
    """What an image of a language holds beside the base system.

    `system` are Debian packages, `python` distributions that are installed for jobs in /site,
    `facts` commands whose output names what was installed ("python": ("python3", "--version")),
    `finish` lines of shell that are run by root when all is installed.
    """

    name: str
    system: tuple[str, ...] = ()
    python: tuple[str, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    finish: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What an interpreter holds before it forks jobs.

    `guest` is the folder of guest code, `preload` the modules imported before the first fork,
    `distributions` the installed packages that jobs may import besides the standard library,
    `toolchain` the name of the `Toolchain` whose image a container backend runs it in.
    """

    guest: str
    preload: tuple[str, ...] = ()
    distributions: tuple[str, ...] = ()
    toolchain: str = "python"


class Sandbox(Protocol):
    """A backend. Safe to call from many threads; each call holds one slot while it runs."""

    name: ClassVar[str]

    def facts(self) -> Facts:
        """Start what is needed and say where jobs run.

        Raises:
            SandboxUnavailable: this machine cannot isolate.
        """

    def run(self, job: Job) -> Outcome:
        """Run a job in a fresh place, then destroy all that it left.

        Raises:
            SandboxUnavailable: we failed; nothing may be concluded about the candidate.
        """

    def close(self) -> None:
        """End every slot and remove everything that was created."""
