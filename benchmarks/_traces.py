"""What a run may not leave behind: processes, mounts, control groups, files, containers."""

from __future__ import annotations

import os
import re
from contextlib import closing, suppress
from pathlib import Path

from benchmarks._private_engine import PREFIX
from sandboxes import container, engine, owners
from sandboxes.base import SandboxUnavailable

_GROUP = re.compile(r"pairproof-\d+-(\d+)-\d+$")


def traces(scratch: Path) -> dict[str, frozenset[str]]:
    """What is there now: descendants of this process, mounts, files in `scratch`, and the rest.

    Control groups and containers name the process that made them; while that one lives, they are
    in use, perhaps by another run on this machine, unless that process is this one.
    """
    return {
        "processes": frozenset(_descendants(os.getpid())),
        "mounts": frozenset(
            line
            for line in Path("/proc/self/mountinfo").read_text().splitlines()
            # Those of an engine's containers, which may be anybody's, are counted as containers.
            if "/docker/" not in line and PREFIX not in line
        ),
        "cgroups": frozenset(_orphaned_groups()),
        "files": frozenset(str(path) for path in scratch.rglob("*")),
        "containers": frozenset(containers()),
    }


def left_behind(before: dict[str, frozenset[str]], scratch: Path) -> dict[str, list[str]]:
    """What is there now and was not there before, by kind; kinds with nothing are left out."""
    now = traces(scratch)
    return {kind: sorted(now[kind] - before[kind]) for kind in now if now[kind] - before[kind]}


def containers() -> list[str]:
    """Names of the engine's containers that this process or a dead one made; none, no engine."""
    found = []
    with suppress(SandboxUnavailable), closing(engine.client()) as client:
        for each in client.containers.list(
            all=True, filters={"label": container.LABEL}, ignore_removed=True
        ):
            owner = each.labels.get(container.LABEL, "")
            if owner == owners.identity() or owners.is_dead(owner):
                found.append(f"{each.name} {each.status}")
    return sorted(found)


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
