"""What a run may not leave behind: processes, mounts, control groups, files."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

_GROUP = re.compile(r"pairproof-\d+-(\d+)-\d+$")


def traces(scratch: Path) -> dict[str, frozenset[str]]:
    """Descendants of this process, its mounts, control groups without an owner, files in `scratch`.

    A control group is named after the process that owns it; while that one lives, the group is in
    use, by us or by another run on this machine.
    """
    return {
        "processes": frozenset(_descendants(os.getpid())),
        "mounts": frozenset(
            line
            for line in Path("/proc/self/mountinfo").read_text().splitlines()
            if "/docker/" not in line  # of an engine's containers, which may be anybody's
        ),
        "cgroups": frozenset(_orphaned_groups()),
        "files": frozenset(str(path) for path in scratch.rglob("*")),
    }


def left_behind(before: dict[str, frozenset[str]], scratch: Path) -> dict[str, list[str]]:
    """What is there now and was not there before, by kind; kinds with nothing are left out."""
    now = traces(scratch)
    return {kind: sorted(now[kind] - before[kind]) for kind in now if now[kind] - before[kind]}


def _descendants(ancestor: int) -> list[str]:
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                name, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
                parents[int(entry.name)] = int(rest.split()[1])
                names[int(entry.name)] = name
    found = []
    for pid in parents:
        above = parents[pid]
        while above > 1 and above != ancestor:
            above = parents.get(above, 0)
        if above == ancestor:
            found.append(f"{pid} {names[pid]}")
    return found


def _orphaned_groups() -> list[str]:
    found = []
    for folder, names, _ in os.walk("/sys/fs/cgroup"):
        for name in names:
            match = _GROUP.match(name)
            if match and not Path("/proc", match[1]).exists():
                found.append(str(Path(folder, name)))
    return found
