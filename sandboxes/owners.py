"""Who made something that outlives its maker, and whether that process still lives."""

from __future__ import annotations

import os
from pathlib import Path

_PARTS = 3


def here() -> str:
    """This boot of this machine, and the PID namespace in which pids mean anything."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}-{os.stat('/proc/self/ns/pid').st_ino}"


def identity() -> str:
    """This process: its place, its pid, and when it started."""
    pid = os.getpid()
    return f"{here()}-{pid}-{started(pid)}"


def is_dead(owner: str) -> bool:
    """Whether `owner` is of this place and no longer runs; of another place nothing is known."""
    parts = owner.rsplit("-", 2)
    return len(parts) == _PARTS and parts[0] == here() and not lives(*parts[1:])


def lives(pid: str, begun: str) -> bool:
    """Whether the process `pid` runs and is the one that began then (see `started`)."""
    return pid.isdigit() and started(int(pid)) == begun


def started(pid: int) -> str:
    """When a process began, in ticks since boot: with the pid, an identity. Empty if dead."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in (b"Z", b"X") else fields[19].decode()
