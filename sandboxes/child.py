"""A forked process of a job: it becomes harmless, then runs guest code or a program."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # signal's own turns numbers into enum members
import contextlib
import gc
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any

from sandboxes import linux

REPORT_FD = 3
PEER_FD = 4
SELFCHECK = ":selfcheck"
_FIRST_FREE_FD = 5
_CANNOT_EXECUTE = 127
_SIGINT = int(signal.SIGINT)
UNSOUND = 121
"""Exit code of a process that failed before it was harmless; a word on `fault` proves it."""


class Child:
    """All that a forked process needs, made before the fork. A descriptor of -1 is none.

    `payload` holds `size` bytes. `gate` ends when the first process of the job is out of the
    second one's reach. `fault` takes a word where the process could not become harmless. `uid` -1
    keeps the supervisor's only id. `enclose` gives up what rights are left.
    """

    __slots__ = (
        "argv", "dumpable", "enclose", "entry", "env", "fault", "gate", "limits", "payload", "peer",
        "report", "size", "stderr", "stdin", "stdout", "uid",
    )  # fmt: skip

    entry: str
    argv: list[str]
    payload: int
    size: int
    stdin: int
    stdout: int
    stderr: int
    report: int
    peer: int
    gate: int
    fault: int
    uid: int
    dumpable: bool
    limits: tuple[tuple[int, tuple[int, int]], ...]
    env: dict[str, str] | None
    enclose: Callable[[], None] | None

    def __init__(self, **given: Any) -> None:
        for name, value in given.items():
            setattr(self, name, value)


def live(child: Child) -> None:
    """Everything that happens between the fork and the end of the process. Never returns."""
    try:
        function = _guest_function(child.entry) if child.entry else None
        payload = _become(child)
    except BaseException as error:
        with contextlib.suppress(BaseException):
            os.write(child.fault, f"{type(error).__name__}: {error}".encode()[:500])
        os._exit(UNSOUND)
    code = 1
    try:
        if function is None:
            os.execvpe(child.argv[0], child.argv, dict(os.environ))
        _call(child, function, payload)
        code = 0
    except SystemExit as error:
        code = _exit_code(error.code)
    except BaseException as error:
        code = _CANNOT_EXECUTE if function is None else 1
        with contextlib.suppress(BaseException):
            _print_exception(error)
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(BaseException):
                stream.flush()
        os._exit(code)


def _guest_function(entry: str) -> Callable[..., Any]:
    if entry == SELFCHECK:
        return _selfcheck
    module, _, name = entry.partition(":")
    __import__(module)
    found: Callable[..., Any] = getattr(sys.modules[module], name)
    return found


def _print_exception(error: BaseException) -> None:
    import traceback

    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next  # our own frames say nothing about the candidate
    traceback.print_exception(type(error), error, trace)


def _become(child: Child) -> bytes:
    # A file of its own: locks on a shared one would outlive the job.
    os.dup2(child.stdin if child.stdin >= 0 else os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(child.stdout, 1)
    os.dup2(child.stderr, 2)
    _place(child.report, REPORT_FD)
    _place(child.peer, PEER_FD)
    payload = b""
    if child.payload >= 0:
        # Not up to its end: this process still holds a writing end itself.
        while len(payload) < child.size:
            payload += os.read(child.payload, child.size - len(payload))
    if child.gate >= 0:
        os.read(child.gate, 1)
    os.setsid()
    if child.uid >= 0:
        os.setresgid(child.uid, child.uid, child.uid)
        os.setresuid(child.uid, child.uid, child.uid)
    linux.set_dumpable(True)  # else /proc/self belongs to nobody
    fd = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    os.write(fd, b"1000")
    os.close(fd)
    if child.enclose is not None:
        child.enclose()
    if not child.dumpable:
        linux.set_dumpable(False)
    for kind, values in child.limits:
        resource.setrlimit(kind, values)
    if child.env:
        os.environ.update(child.env)
    if child.entry:
        _signal.signal(_SIGINT, _signal.default_int_handler)
    else:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    # Last: it opens the gate of a second process.
    os.closerange(_FIRST_FREE_FD, 65536)
    return payload


def _place(fd: int, at: int) -> None:
    if fd >= 0:
        os.dup2(fd, at)
    else:
        os.close(at)


def _call(child: Child, function: Callable[..., Any], payload: bytes) -> None:
    report = REPORT_FD if child.report >= 0 else -1
    peer = PEER_FD if child.peer >= 0 else -1
    given = json.loads(payload) if payload else {}
    gc.enable()
    function(given, report, peer)


def _exit_code(code: Any) -> int:
    if code is None:
        return 0
    if type(code) is int:
        return code & 0xFF
    with contextlib.suppress(BaseException):
        print(code, file=sys.stderr)
    return 1


def _selfcheck(payload: object, report: int, peer: int) -> None:
    """From inside: who am I, what can I do, what do I see."""
    with open("/proc/self/status") as file:
        lines = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    with open("/proc/net/dev") as file:
        devices = [line.split(":")[0].strip() for line in file if ":" in line]
    fds = []
    for fd in range(1024):
        with contextlib.suppress(OSError):
            os.fstat(fd)
            fds.append(fd)
    seen = {
        "uid": os.getuid(),
        "capabilities": int(lines["CapEff"], 16) | int(lines["CapPrm"], 16),
        "bounding": int(lines["CapBnd"], 16),
        "no_new_privs": linux.prctl(linux.PR_GET_NO_NEW_PRIVS) == 1,
        "seccomp": lines.get("Seccomp", "0") == "2",
        "devices": devices,
        "root": sorted(os.listdir("/")),
        "processes": sum(name.isdigit() for name in os.listdir("/proc")),
        "read_only": _read_only_root(),
        "fds": fds,
    }
    os.write(report, json.dumps(seen).encode())


def _read_only_root() -> bool:
    with open("/proc/self/mounts") as file:
        mounts = [line.split() for line in file]
    return [fields[3].split(",")[0] for fields in mounts if fields[1] == "/"][-1] == "ro"
