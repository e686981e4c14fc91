"""Processor time of everything that a containerised run costs: client, engine, shims, containers.

An engine works in processes that are nobody's children, so that time has to be read from control
groups: client and engine are moved into one of our own for the time of the benchmark, and all
containers of the benchmark are made below it.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sandboxes.container import CGROUP_PARENT

_ENGINE = ("dockerd", "containerd")
_NAME = "benchmark-of-pairproof"
PARENT = {"cgroup_parent": f"/{_NAME}"}
"""For containers that are made without us."""


class Clock:
    """Reads the CPU seconds of the benchmark's group so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def cpu_s(self) -> float:
        """Of all that is or was in the group, and in those below it."""
        return _used_s(self._folder)

    def measure(self, system: str, n: int, jobs: int, work: Callable[[], None]) -> dict[str, Any]:
        """One row: `work` does `n` things, `jobs` of them at once."""
        cpu, wall = self.cpu_s(), time.monotonic()
        work()
        cpu, wall = self.cpu_s() - cpu, time.monotonic() - wall
        return {
            "system": system,
            "concurrency": jobs,
            "cpu_ms": round(cpu / n * 1000, 2),
            "wall_ms": round(wall / n * 1000, 2),
            "runs_per_s": round(n / wall, 1),
            "n": n,
        }


@contextlib.contextmanager
def accounted() -> Iterator[Clock]:
    """A clock for as long as the block lasts. Needs root.

    Raises:
        SystemExit: no CPU accounting, or no right to it; says what to do.
    """
    root = Path("/sys/fs/cgroup/cpuacct")
    if not root.is_dir():
        root = Path("/sys/fs/cgroup")
    own = root / _NAME
    try:
        own.mkdir(exist_ok=True)
        moved = {pid: _group(pid, root) for pid in (os.getpid(), *_engine())}
        for pid in moved:
            (own / "cgroup.procs").write_text(str(pid))
    except OSError as error:
        raise SystemExit(f"no control group for the benchmark: {error}; run as root") from error
    kept = os.environ.get(CGROUP_PARENT)
    os.environ[CGROUP_PARENT] = f"/{_NAME}"
    try:
        yield Clock(own)
    finally:
        os.environ.pop(CGROUP_PARENT)
        if kept is not None:
            os.environ[CGROUP_PARENT] = kept
        for pid, group in moved.items():
            with contextlib.suppress(OSError):
                (group / "cgroup.procs").write_text(str(pid))
        with contextlib.suppress(OSError):
            own.rmdir()


def _engine() -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and (entry / "comm").read_text().strip() in _ENGINE:
                found.append(int(entry.name))
    return found


def _group(pid: int, root: Path) -> Path:
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "cpuacct" in controllers.split(",") or (not controllers and root.name != "cpuacct"):
            return root / path.lstrip("/")
    return root


def _used_s(folder: Path) -> float:
    with contextlib.suppress(OSError):
        return int((folder / "cpuacct.usage").read_text()) / 1e9
    with contextlib.suppress(OSError):
        return int((folder / "cpu.stat").read_text().split()[1]) / 1e6
    return 0.0
