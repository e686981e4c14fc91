"""Control groups of a slot: memory, process count and processor time, on cgroup v1 and v2."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from sandboxes import linux
from sandboxes.owners import lives, started

_PREFIX = "pairproof-"
_REMOVE_WITHIN_S = 2.0
_CONTROLLERS_V1 = {"memory": "memory", "pids": "pids", "cpu": "cpuacct"}
_FILES = {
    # what is used: (flags, name in v1, name in v2)
    "memory_limit": (os.O_WRONLY, "memory.limit_in_bytes", "memory.max"),
    "memory_usage": (os.O_RDONLY, "memory.usage_in_bytes", "memory.current"),
    "memory_peak": (os.O_RDWR, "memory.max_usage_in_bytes", ""),
    "memory_events": (os.O_RDONLY, "memory.oom_control", "memory.events"),
    "pids_limit": (os.O_WRONLY, "pids.max", "pids.max"),
    "cpu": (os.O_RDONLY, "cpuacct.usage", "cpu.stat"),
}

_READ = {use: _FILES[use][1:] for use in ("memory_usage", "memory_events", "cpu")}


def oom_kills(text: bytes) -> int:
    """The count in memory.oom_control (v1) or memory.events (v2); 0 where it is not given."""
    for line in text.split(b"\n"):
        if line.startswith(b"oom_kill "):
            return int(line[9:])
    return 0


class Groups:
    """The groups of one slot, one folder for each controller found. Made by `create`."""

    def __init__(self, folders: dict[str, str], version: int) -> None:
        self.folders = folders
        self.version = version

    def join(self, pid: int) -> None:
        """Move a process, and thereby its later children, into every group. Raises OSError."""
        for folder in set(self.folders.values()):
            linux.write(f"{folder}/cgroup.procs", str(pid))

    def open_files(self) -> dict[str, int]:
        """Descriptors by use, for a supervisor that will no longer see the file system."""
        opened = {}
        for use, (flags, *names) in _FILES.items():
            folder = self.folders.get(use.split("_")[0])
            name = names[self.version - 1]
            if folder and name:
                with contextlib.suppress(OSError):
                    opened[use] = os.open(f"{folder}/{name}", flags | os.O_CLOEXEC)
        return opened

    def oom_kills(self) -> int:
        """How many processes the kernel killed here for memory."""
        folder = self.folders.get("memory")
        if not folder:
            return 0
        name = _FILES["memory_events"][self.version]
        with contextlib.suppress(OSError, ValueError), open(f"{folder}/{name}", "rb") as file:
            return oom_kills(file.read())
        return 0

    def remove(self) -> bool:
        """Kill whatever is inside and remove the folders; whether all are gone."""
        gone = [_remove(folder) for folder in set(self.folders.values())]
        return all(gone)

    def mechanisms(self) -> dict[str, str]:
        """Controller to the words for `Facts.enforced`."""
        return dict.fromkeys(self.folders, f"cgroup v{self.version}")


def create() -> Groups | None:
    """Groups for the slot of this process, below our own or beside it; None where not permitted.

    They carry this process's identity, so that `sweep` knows them once it is dead.
    """
    name = f"{_own_prefix()}{os.getpid()}-{started(os.getpid())}"
    for parents, version in ((_parents_v1(), 1), (_parents_v2(), 2)):
        made: dict[str, str] = {}
        for controller, parent in parents.items():
            folder = f"{parent}/{name}"
            try:
                if folder not in made.values():
                    os.mkdir(folder, 0o755)
                made[controller] = folder
            except OSError:
                continue
        if made:
            with contextlib.suppress(OSError):  # no swap file, no such file: nothing to forbid
                if version == 1 and "memory" in made:
                    linux.write(f"{made['memory']}/memory.swappiness", "0")
                elif "memory" in made:
                    linux.write(f"{made['memory']}/memory.swap.max", "0")
            return Groups(made, version)
    return None


def observe() -> tuple[dict[str, int], dict[str, str]]:
    """What may be read of the group that this process is in: descriptors by use, mechanisms.

    For a PID 1 whose limits an engine has set.
    """
    own = _own_paths()
    for kind, version in (("cgroup", 1), ("cgroup2", 2)):
        opened: dict[str, int] = {}
        for root, point, options in _mounts(kind):
            for use, names in _READ.items():
                controller = _CONTROLLERS_V1[use.split("_")[0]] if version == 1 else ""
                if version == 1 and controller not in options:
                    continue
                folder = _below(root, point, own.get(controller, "/"))
                with contextlib.suppress(OSError):
                    path = f"{folder}/{names[version - 1]}"
                    opened[use] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        if opened:
            words = {use.split("_")[0]: f"cgroup v{version}" for use in opened}
            return opened, {**words, "pids": f"cgroup v{version}"}
    return {}, {}


def groups_of(pid: int) -> tuple[dict[str, str], int]:
    """The folders of another process's groups by controller, and the version; none if not seen."""
    own = _own_paths(str(pid))
    found: dict[str, str] = {}
    for root, point, options in _mounts("cgroup"):
        for use, controller in _CONTROLLERS_V1.items():
            if controller in options and controller in own:
                found[use] = _below(root, point, own[controller])
    if found:
        return found, 1
    if "" in own:
        for root, point, _ in _mounts("cgroup2"):
            found = dict.fromkeys(_CONTROLLERS_V1, _below(root, point, own[""]))
    return found, 2


def sweep() -> int:
    """Remove the groups of slots whose launcher is dead, with all inside; how many there were."""
    removed = 0
    prefix = _own_prefix()
    for parent in {*_parents_v1().values(), *_parents_v2().values()}:
        with contextlib.suppress(OSError):
            for name in os.listdir(parent):
                if name.startswith(prefix) and _owner_is_dead(name.removeprefix(prefix)):
                    removed += _remove(f"{parent}/{name}")
    return removed


def _own_prefix() -> str:
    """Names of groups carry the PID namespace: the pid of another one's says nothing here."""
    return f"{_PREFIX}{os.stat('/proc/self/ns/pid').st_ino}-"


def _owner_is_dead(identity: str) -> bool:
    pid, _, began = identity.partition("-")
    return not lives(pid, began)


def _remove(folder: str) -> bool:
    deadline = time.monotonic() + _REMOVE_WITHIN_S
    while True:
        try:
            os.rmdir(folder)
            return True
        except FileNotFoundError:
            return True
        except OSError:
            with contextlib.suppress(OSError), open(f"{folder}/cgroup.procs") as file:
                for pid in map(int, file.read().split()):
                    if pid > 1 and pid != os.getpid():
                        os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)


def _mounts(kind: str) -> list[tuple[str, str, set[str]]]:
    """(root inside the hierarchy, mount point, options) of every cgroup mount of `kind`."""
    found = []
    with contextlib.suppress(OSError), open("/proc/self/mountinfo") as file:
        for line in file:
            left, _, right = line.partition(" - ")
            fields, tail = left.split(), right.split()
            if tail[0] == kind:
                found.append((fields[3], fields[4], set(tail[-1].split(","))))
    return found


def _own_paths(pid: str = "self") -> dict[str, str]:
    """Controller ("" for v2) to a process's path in its hierarchy, our own where none is named."""
    paths = {}
    with contextlib.suppress(OSError), open(f"/proc/{pid}/cgroup") as file:
        for line in file:
            _, controllers, path = line.rstrip("\n").split(":", 2)
            for controller in controllers.split(","):
                paths[controller] = path
    return paths


def _below(root: str, point: str, path: str) -> str:
    """Where `path` of a hierarchy appears below a mount that shows only `root` of it."""
    if root != "/" and (path == root or path.startswith(root + "/")):
        path = path[len(root) :]
    return (point + path).rstrip("/")


def _parents_v1() -> dict[str, str]:
    own, parents = _own_paths(), {}
    for root, point, options in _mounts("cgroup"):
        for use, controller in _CONTROLLERS_V1.items():
            if controller in options and controller in own:
                folder = _below(root, point, own[controller])
                if os.access(folder, os.W_OK):
                    parents[use] = folder
    return parents


def _parents_v2() -> dict[str, str]:
    """The nearest group, from our own upwards, that we may divide and that has controllers."""
    own = _own_paths().get("")
    if own is None:
        return {}
    for root, point, _ in _mounts("cgroup2"):
        folder = _below(root, point, own)
        while folder.startswith(point) and os.access(f"{folder}/cgroup.procs", os.W_OK):
            with contextlib.suppress(OSError), open(f"{folder}/cgroup.subtree_control") as file:
                held = set(file.read().split())
                if "memory" in held:
                    uses = {"memory", "cpu"} | ({"pids"} & held)
                    return dict.fromkeys(sorted(uses), folder)
            if folder == point:
                break
            folder = folder.rpartition("/")[0]
    return {}
