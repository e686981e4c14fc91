"""Runs guest entries in plain forks: two processes, one socket, one private pipe."""

from __future__ import annotations

import gzip
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUEST = str(ROOT / "runners" / "guest")


@pytest.fixture(scope="session", autouse=True)
def guest_path() -> None:
    """Guest modules are top-level modules, as inside a sandbox; warm as there."""
    if GUEST not in sys.path:
        sys.path.insert(0, GUEST)
    import native  # noqa: F401
    import split  # noqa: F401
    import warm_pytest  # noqa: F401


@pytest.fixture(autouse=True)
def own_temporary_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Here no sandbox wipes what a suite leaves behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def shared(name: str) -> Path:
    """A data file that nobody here wrote; skips the test where it is absent."""
    folder = Path(os.environ.get("PAIRPROOF_SHARED", ROOT.parent / "shared"))
    path = folder / "data" / name
    if not path.exists():
        pytest.skip(f"{path} is absent: set PAIRPROOF_SHARED to the shared folder")
    return path


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a data file."""
    path = shared(name)
    opened = gzip.open if name.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def _child(work: Callable[[], None], keep: tuple[int, ...]) -> int:
    """Fork a process that runs `work` in a folder of its own and holds only some descriptors."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        quiet = os.open("/dev/null", os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(quiet, fd)
        for fd in range(3, 256):
            if fd not in keep:
                try:
                    os.close(fd)
                except OSError:
                    continue
        sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115
        sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8")  # noqa: SIM115
        sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8")  # noqa: SIM115
        for name in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
            signal.signal(name, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, 0)
        warnings.resetwarnings()
        work()
    finally:
        os._exit(0)


def _drain(fd: int, wall_s: float) -> bytes:
    data, end = b"", time.monotonic() + wall_s
    while time.monotonic() < end:
        if not select.select([fd], [], [], 0.2)[0]:
            continue
        part = os.read(fd, 1 << 16)
        if not part:
            break
        data += part
    return data


def _kill(pid: int) -> None:
    for target in (-pid, pid):
        try:
            os.kill(target, signal.SIGKILL)
        except OSError:
            continue
    os.waitpid(pid, 0)


def report_of(
    suite: str, code: str = "", *, kind: str = "pytest", entry_point: str = "", order_seed: int = 0,
    mode: str = "split", hostile: Callable[[int], None] | None = None, wall_s: float = 60.0,
    reply_s: float = 10.0, folder: Path | None = None,
) -> bytes:  # fmt: skip
    """The bytes that the tests' process wrote to its private pipe.

    `hostile` replaces the code's process: it gets the socket and may write what it likes.
    """
    import native
    import split

    ours, theirs = socket.socketpair()
    reader, writer = os.pipe()
    payload = {"suite": suite, "kind": kind, "entry_point": entry_point, "roster": [],
               "order_seed": order_seed, "code": code, "reply_s": reply_s}  # fmt: skip
    if folder is not None:
        os.chdir(folder)
    children = []
    if mode == "split":
        fd = theirs.fileno()
        served = {"code": code, "module": "solution"}
        work = (lambda: hostile(fd)) if hostile else (lambda: split.serve_code(served, -1, fd))
        children.append(_child(work, (fd,)))
        del payload["code"]
    mine = ours.fileno()
    entry = split.run_tests if mode == "split" else native.run_tests
    children.insert(0, _child(lambda: entry(payload, writer, mine), (writer, mine)))
    ours.close()
    theirs.close()
    os.close(writer)
    data = _drain(reader, wall_s)
    os.close(reader)
    for pid in children:
        _kill(pid)
    return data


def outcomes(suite: str, code: str = "", **options: Any) -> dict[str, str]:
    """Outcome by test name."""
    lines = [json.loads(line) for line in report_of(suite, code, **options).splitlines()]
    return {line["test"]: line["outcome"] for line in lines if "test" in line}
