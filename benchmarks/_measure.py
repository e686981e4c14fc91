"""CPU and wall time of a block of work, with everything that it starts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")


def corpus(name: str) -> Path:
    """A corpus of the shared data folder, beside the project or at PAIRPROOF_SHARED."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    return Path(os.environ.get("PAIRPROOF_SHARED", beside)) / "data" / name


def tree_cpu_s() -> float:
    """CPU seconds of this process, of its living descendants, and of all that they waited for.

    Not of processes that nobody waits for (a browser's, an engine's): `_engine` counts those.
    """
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            pid = int(entry.name)
            parents[pid] = int(fields[1])
            used[pid] = sum(int(x) for x in fields[11:15]) / _TICKS
    me = os.getpid()
    return sum(seconds for pid, seconds in used.items() if _descends(pid, me, parents))


def _descends(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        pid = parents.get(pid, 0)
    return False


def measure(system: str, n: int, work: Callable[[], None]) -> dict[str, Any]:
    """One row of a benchmark: `work` does `n` things.

    cpu_ms and wall_ms are per thing; runs_per_s is things per second of wall time.
    """
    cpu, wall = tree_cpu_s(), time.monotonic()
    work()
    cpu, wall = tree_cpu_s() - cpu, time.monotonic() - wall
    return {
        "system": system,
        "cpu_ms": round(cpu / n * 1000, 3),
        "wall_ms": round(wall / n * 1000, 3),
        "runs_per_s": round(n / wall, 1),
        "n": n,
    }


def median(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The row with the median CPU of several rounds of one system, with the number of rounds."""
    ordered = sorted(rows, key=lambda row: float(row["cpu_ms"]))
    return {**ordered[len(ordered) // 2], "rounds": len(rows)}
