"""The backend without an engine: slots made of the kernel's own namespaces, by root or any user."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from sandboxes import linux, rootfs, seccomp, toolchain
from sandboxes.base import (
    Facts,
    Job,
    Limits,
    Outcome,
    Probe,
    Process,
    Profile,
    SandboxUnavailable,
)
from sandboxes.launched import Launched
from sandboxes.pool import Pool
from sandboxes.slots import AGAIN, ENV, Slot, SlotLostError, check_job, check_names

_Key = tuple[str, int]
_SHELL_S = 24 * 3600.0


class Embedded:
    """Runs jobs in slots of this machine. Starts nothing before the first job.

    `profiles` by the name that jobs use; `slots` is how many jobs may run at once (0: one for
    each core); `python` the interpreter, by default the one that runs this code.
    """

    name: ClassVar[str] = "embedded"

    def __init__(
        self, profiles: Mapping[str, Profile], *, slots: int = 0, python: str = ""
    ) -> None:
        self._profiles = dict(profiles)
        self._python = python or toolchain.base_python()
        self._lock = threading.Lock()
        self._contents: dict[str, toolchain.Contents] = {}
        self._pool: Pool[_Key] = Pool(self._start, slots=slots or len(os.sched_getaffinity(0)))

    @cached_property
    def _interpreter(self) -> toolchain.Interpreter:
        return toolchain.interpreter(self._python)

    def _content(self, name: str) -> toolchain.Contents:
        """Read once, so that every slot of a profile shows the same bytes."""
        with self._lock:
            if name not in self._contents:
                self._contents[name] = toolchain.contents(self._profiles[name], rootfs.SITE)
            return self._contents[name]

    def _usable(self) -> dict[str, toolchain.Contents]:
        """The profiles that this machine can have; jobs of the others raise, each time."""
        usable = {}
        for name in self._profiles:
            with contextlib.suppress(SandboxUnavailable):
                usable[name] = self._content(name)
        return usable

    def _start(self, key: _Key, terminal: tuple[int, ...] = ()) -> Slot:
        name, hash_seed = key
        content = self._content(name)
        python = self._interpreter
        limits = Limits()
        binds = [(prefix, prefix) for prefix in python.prefixes]
        setup: dict[str, Any] = {
            "many_uids": os.geteuid() == 0,
            "binds": binds + list(content.binds),
            "masks": list(python.masks),
            "guest": list(content.guest),
            "preload": list(self._profiles[name].preload),
            "disk_mb": limits.disk_mb,
            "inodes": limits.inodes,
        }
        own = os.path.dirname(python.path)
        path = ENV["PATH"] if own in ENV["PATH"].split(":") else f"{own}:{ENV['PATH']}"
        env = {**ENV, "PATH": path, "PYTHONHASHSEED": str(hash_seed)}
        line = Launched(python.path, env, terminal)
        setup["terminal"] = list(terminal)
        slot = Slot(line, setup, list(content.guest.values()))
        wrong = _unsound(slot.ready, setup["many_uids"])
        if wrong:
            slot.close()
            raise SandboxUnavailable(f"a slot is not isolated: {wrong}", hint="please report this")
        return slot

    def run(self, job: Job) -> Outcome:
        """See `Sandbox.run`. Raises ValueError for a job that no plan may contain."""
        check_job(job, self._profiles)
        program_reports = any(process.argv and process.reports for process in job.processes)
        if len(job.processes) == 2 and program_reports and os.geteuid() != 0:
            # exec makes a process readable again, and its peer has the same user id
            raise SandboxUnavailable(
                "with one user id a program's report cannot be kept from the job's other process",
                hint="run as root",
            )
        return self._pool.run((job.profile, job.hash_seed), job)

    def shell(self, files: Mapping[str, str], *, profile: str) -> int:
        """A shell on the caller's terminal in a slot of its own, `files` in its work folder.

        The isolation is that of every job; time is not limited. Returns the shell's exit status.

        Raises:
            SandboxUnavailable: no slot, or it was lost.
        """
        check_names(files)
        terminal = tuple(os.dup(fd) for fd in (0, 1, 2))
        try:
            slot = self._start((profile, 0), terminal=terminal)
        finally:
            for fd in terminal:
                os.close(fd)
        try:
            return slot.run(_shell_job(files)).exit_code or 0
        except SlotLostError as error:
            raise SandboxUnavailable(str(error), hint=AGAIN) from error
        finally:
            slot.close()

    def facts(self) -> Facts:
        """See `Sandbox.facts`."""
        return self._facts

    @cached_property
    def _facts(self) -> Facts:
        usable = self._usable()
        first = next(iter(usable or self._profiles))
        ready = self._pool.peek((first, 0))
        versions: dict[str, str] = {"python": self._interpreter.version}
        for content in usable.values():
            versions.update(content.versions)
        system = os.uname()
        return Facts(
            backend=self.name,
            tier="root" if os.geteuid() == 0 else "user",
            image=toolchain.image_digest(self._interpreter, usable),
            toolchain=versions,
            enforced=_enforced(ready),
            code=toolchain.code_digest({n: dict(c.guest) for n, c in usable.items()}),
            modules=tuple(ready["site"]),
            kernel=system.release,
            machine=linux.machine(),
        )

    def close(self) -> None:
        """See `Sandbox.close`."""
        self._pool.close()

    @classmethod
    def probe(cls) -> Probe:
        """Start a slot and look from inside whether network, files and processes are apart."""
        machine = linux.machine()
        if not seccomp.supported(machine):
            return Probe(
                available=False,
                reason=f"no system call table for {machine}",
                remedy="run on x86_64 or aarch64",
            )
        with tempfile.TemporaryDirectory() as folder:
            sandbox = cls({"bare": Profile(guest=folder)}, slots=1)
            try:
                facts = sandbox.facts()
            except SandboxUnavailable as error:
                return Probe(available=False, reason=str(error), remedy=error.hint)
            finally:
                sandbox.close()
        return Probe(available=True, enforced=facts.enforced, missing=_missing(facts.enforced))


def _shell_job(files: Mapping[str, str]) -> Job:
    process = Process(argv=("/bin/sh", "-i"), reports=False)
    env = {
        "PS1": "sandbox$ ",
        "PYTHONPATH": rootfs.SITE,
        "TERM": os.environ.get("TERM", "dumb"),
    }
    limits = Limits(cpu_s=_SHELL_S, wall_s=_SHELL_S)
    return Job(processes=(process,), files=files, env=env, limits=limits)


def _unsound(ready: Mapping[str, Any], many_uids: bool) -> str:
    """What the first job saw that it must not see; nothing where the slot is sound."""
    seen = ready["ready"]
    foreign = set(seen["root"]) - _ROOT - {"root", "home", "opt", "work", "srv", "mnt", "var"}
    faults = {
        "it has capabilities": seen["capabilities"] or seen["bounding"],
        "its user is root": seen["uid"] == 0,
        "new privileges are possible": not seen["no_new_privs"],
        "no system call filter": not seen["seccomp"],
        "it sees network devices": set(seen["devices"]) - _DEVICES,
        "it sees other processes": seen["processes"] > 2,
        "it sees folders of the host": foreign,
        "its root can be written": not seen["read_only"],
        "it holds descriptors": set(seen["fds"]) - {0, 1, 2, 3, 4},
        "its user id is shared": many_uids and seen["uid"] < 1000,
    }
    return "; ".join(f"{name} ({value})" for name, value in faults.items() if value)


_ROOT = {
    ".empty", "bin", "dev", "etc", "guest", "job", "lib", "lib32", "lib64", "libx32", "proc",
    "sbin", "site", "tmp", "usr",
}  # fmt: skip
_DEVICES = {"lo", "tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0"}


def _enforced(ready: Mapping[str, Any]) -> dict[str, str]:
    held = ready["mechanisms"]
    uses = set(ready["uses"])
    root = os.geteuid() == 0
    memory = "memory_limit" in uses and "memory_events" in uses
    return {
        "network": "network namespace, seccomp",
        "files": "mount namespace, read-only root",
        "processes": "PID namespace, kill of all",
        "users": "a fresh user id for each process" if root else "one user id, not dumpable",
        "system calls": "seccomp",
        "proc": "hidepid=2" if ready["hidepid"] else "PID namespace",
        "memory": held["memory"] if memory else "resident memory, polled; RLIMIT_AS at 4 times",
        "pids": f"{held['pids']}, RLIMIT_NPROC" if "pids_limit" in uses else "RLIMIT_NPROC",
        "cpu": f"{held['cpu']}, RLIMIT_CPU" if "cpu" in uses else "/proc, RLIMIT_CPU",
        "wall": "supervisor's clock, less the wait for a processor",
        "disk": "tmpfs size",
        "inodes": "tmpfs nr_inodes",
        "file": "RLIMIT_FSIZE",
        "output": "drained and counted",
    }


def _missing(enforced: Mapping[str, str]) -> tuple[str, ...]:
    weaker = []
    if not enforced["memory"].startswith("cgroup"):
        weaker.append("memory is polled: no memory control group may be made here")
    if not enforced["pids"].startswith("cgroup"):
        weaker.append("processes are counted for each user only: no pids control group")
    if enforced["users"].startswith("one"):
        weaker.append("one user id for all processes of a job: run as root for two")
    if enforced["proc"] != "hidepid=2":
        weaker.append("/proc lists the supervisor: the kernel refused hidepid")
    return tuple(weaker)
