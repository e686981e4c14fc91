"""The host as a witness: what no job may change or reach, and a look at whether one did."""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

_SYSCTLS = (
    "kernel/core_pattern", "kernel/core_uses_pid", "kernel/core_pipe_limit", "kernel/hostname",
    "kernel/domainname", "kernel/modprobe", "kernel/sysrq", "kernel/panic", "kernel/hotplug",
    "kernel/poweroff_cmd", "kernel/randomize_va_space", "kernel/pid_max", "kernel/threads-max",
    "kernel/shmmax", "kernel/msgmax", "kernel/sem", "kernel/dmesg_restrict",
    "kernel/yama/ptrace_scope", "kernel/perf_event_paranoid", "kernel/unprivileged_bpf_disabled",
    "kernel/keys/maxkeys", "vm/overcommit_memory", "vm/swappiness", "vm/nr_hugepages",
    "vm/mmap_min_addr", "vm/max_map_count", "fs/file-max", "fs/suid_dumpable",
    "fs/protected_symlinks", "fs/protected_hardlinks", "fs/mqueue/queues_max",
    "fs/inotify/max_user_watches", "net/ipv4/ip_forward", "user/max_user_namespaces",
    "fs/binfmt_misc/status",
)  # fmt: skip
_OTHER_FILES = (
    "/sys/kernel/uevent_helper",
    "/sys/power/state",
    "/sys/kernel/mm/transparent_hugepage/enabled",
    "/proc/swaps",
)
IPC_KEY = 0x70617069
_CLOCK_TOLERANCE_S = 1.0


class World:
    """Bait on the host: a folder and a file that all may write, sockets that listen, a process.

    `uid` is the user of the bait process: the one as whom the sandbox itself runs. `mark` is the
    name that every hostile process carries from its start.
    """

    def __init__(self, uid: int) -> None:
        self.token = secrets.token_hex(8)
        self.mark = f"hst{self.token[:10]}"
        self._home = tempfile.TemporaryDirectory(prefix="pairproof-bait-")
        self.folder = Path(self._home.name)
        self.folder.chmod(0o777)
        self.file = self.folder / "bait"
        self.file.write_text(self.token)
        self.file.chmod(0o666)
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0{self.token}")
        self.abstract.listen()
        self.named = socket.socket(socket.AF_UNIX)
        self.named.bind(str(self.folder / "socket"))
        self.named.listen()
        (self.folder / "socket").chmod(0o777)
        for bait in (self.tcp, self.udp, self.abstract, self.named):
            bait.setblocking(False)
        same = {"user": uid, "group": uid, "extra_groups": []} if uid != os.geteuid() else {}
        self.process = subprocess.Popen(["/bin/sleep", "3600"], cwd="/", **same)  # type: ignore[call-overload]
        time.sleep(0.05)
        self._clock = time.time() - time.monotonic()
        self._before = self._facts()

    def told(self) -> dict[str, Any]:
        """What an attacker may know of the host."""
        return {
            "folder": str(self.folder),
            "file": str(self.file),
            "token": self.token,
            "tcp": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "pid": self.process.pid,
            "key": IPC_KEY,
        }

    def close(self) -> None:
        """End the bait."""
        self.process.kill()
        self.process.wait()
        for bait in (self.tcp, self.udp, self.abstract, self.named):
            bait.close()
        self._home.cleanup()

    def changes(self) -> list[str]:
        """Everything that a job has changed or reached, in words. Empty is what should be."""
        now = self._facts()
        names = now.keys() | self._before.keys()
        found = [
            f"{name}: {self._before.get(name)!r} became {now.get(name)!r}"
            for name in sorted(names)
            if now.get(name) != self._before.get(name)
        ]
        if abs(time.time() - time.monotonic() - self._clock) > _CLOCK_TOLERANCE_S:
            found.append("the clock was set")
        return found + self._reached() + self._made() + self._running()

    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {f"sysctl {n}": _text(f"/proc/sys/{n}") for n in _SYSCTLS}
        facts.update({name: _text(name) for name in _OTHER_FILES})
        for agent in Path("/sys/fs/cgroup").glob("*/release_agent"):
            facts[str(agent)] = agent.read_text()
            facts[f"{agent.parent} notify"] = _text(str(agent.parent / "notify_on_release"))
        at = self.folder.stat()
        facts["bait folder"] = (
            sorted(p.name for p in self.folder.iterdir()),
            at.st_mode,
            at.st_uid,
        )
        at = self.file.stat()
        facts["bait file"] = (self.file.read_text(), at.st_mode, at.st_uid, at.st_nlink)
        facts["bait process"] = self._process()
        facts["devices"] = [
            Path("/dev", n).stat().st_mode for n in ("null", "zero", "full", "random")
        ]
        facts["uname"] = tuple(os.uname())
        return facts

    def _process(self) -> Any:
        pid = self.process.pid
        if self.process.poll() is not None:
            return f"ended: {self.process.returncode}"
        status = dict(
            line.split(":\t", 1)
            for line in _text(f"/proc/{pid}/status").splitlines()
            if ":\t" in line
        )
        kept = ("Name", "TracerPid", "Uid", "CapEff", "Cpus_allowed", "ShdPnd", "SigPnd", "VmLck")
        return (
            status["State"][:1] in "SR",
            tuple(status.get(name, "") for name in kept),
            os.getpriority(os.PRIO_PROCESS, pid),
            _text(f"/proc/{pid}/limits"),
            _text(f"/proc/{pid}/oom_score_adj"),
        )

    def _reached(self) -> list[str]:
        found = []
        for name in ("tcp", "abstract", "named"):
            with contextlib.suppress(BlockingIOError):
                getattr(self, name).accept()[0].close()
                found.append(f"a connection came to the {name} listener")
        with contextlib.suppress(BlockingIOError):
            self.udp.recv(100)
            found.append("a datagram came")
        return found

    def _made(self) -> list[str]:
        found = []
        for kind in ("shm", "sem", "msg"):
            for line in _text(f"/proc/sysvipc/{kind}").splitlines()[1:]:
                if line.split()[0] == str(IPC_KEY):
                    found.append(f"System V {kind} was made")
        if self.token in _text("/proc/keys"):
            found.append("a key was added")
        if self.token in _text("/proc/self/mountinfo").replace(str(self.folder), ""):
            found.append("something was mounted")
        if _queue_exists(f"/{self.token}"):
            found.append("a message queue was made")
        for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/"):
            with contextlib.suppress(OSError):
                found += [f"{p} was made" for p in Path(folder).iterdir() if self.token in p.name]
        for top in ("/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/unified"):
            with contextlib.suppress(OSError):
                found += [f"{p} was made" for p in Path(top).iterdir() if self.token in p.name]
        return found

    def _running(self, within_s: float = 0.5) -> list[str]:
        deadline = time.monotonic() + within_s
        while True:
            found = [f"process {pid} still runs" for pid in marked(self.mark)]
            if not found or time.monotonic() > deadline:
                return found
            time.sleep(0.01)


def marked(mark: str) -> list[int]:
    """The host's processes whose name is `mark`; the dead that nobody has collected count too."""
    numbers = (path.name for path in Path("/proc").iterdir() if path.name.isdigit())
    return [int(pid) for pid in numbers if _text(f"/proc/{pid}/comm") == mark]


def leftovers(pid: int) -> list[int]:
    """Descendants of `pid` that belong to a slot but are neither its launcher nor its PID 1."""
    found, todo = [], [pid] if pid else []
    while todo:
        pid = todo.pop()
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
            for line in _text(f"/proc/{pid}/status").splitlines():
                numbers = line.split()[1:] if line.startswith("NSpid:") else []
                if len(numbers) > 1 and numbers[-1] != "1":
                    found.append(pid)
    return found


def device_nodes(folder: Path) -> list[Path]:
    """Device files below a folder of the host."""
    return [p for p in folder.rglob("*") if stat.S_IFMT(p.lstat().st_mode) & 0o060000 == 0o060000]


def _text(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace").rstrip("\n")
    except (OSError, ValueError):
        return "unreadable"


def _queue_exists(name: str) -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    handle: int = libc.mq_open(name.encode(), os.O_RDONLY)
    if handle >= 0:
        libc.mq_close(handle)
    return handle >= 0
