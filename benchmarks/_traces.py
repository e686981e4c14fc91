"""What a run may not leave behind: processes, mounts, control groups, files."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def traces() -> dict[str, frozenset[str]]:
    """The machine's processes by start time, our mounts, control groups and temporary files."""
    processes = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                stat = (entry / "stat").read_text()
                name, _, rest = stat.partition("(")[2].rpartition(")")
                fields = rest.split()
                if fields[0] != "Z" and int(fields[1]) != 2:
                    processes.add(f"{entry.name}@{fields[19]} {name}")
    groups = {
        str(folder)
        for root in ("memory", "pids", "cpuacct", "unified", "")
        for folder in Path("/sys/fs/cgroup", root).rglob("*pairproof*")
        if folder.is_dir()
    }
    return {
        "processes": frozenset(processes),
        "mounts": frozenset(Path("/proc/self/mountinfo").read_text().splitlines()),
        "cgroups": frozenset(groups),
        "files": frozenset(os.listdir(tempfile.gettempdir()) + os.listdir("/dev/shm")),
    }


def left_behind(before: dict[str, frozenset[str]]) -> dict[str, list[str]]:
    """What is there now and was not there before, by kind; empty lists where nothing is.

    Other programs of the machine start processes too: only Python's and shells' are listed.
    """
    now = traces()
    left = {kind: sorted(now[kind] - before[kind]) for kind in now}
    left["processes"] = [p for p in left["processes"] if "python" in p or p.endswith(" sh")]
    return left
