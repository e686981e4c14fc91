"""The backend of production: slots are locked-down containers of a Docker engine."""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from sandboxes import container, engine, images, leftovers, selftest, toolchain
from sandboxes.attached import Attached
from sandboxes.base import Facts, Job, Limits, Outcome, Probe, Profile, SandboxUnavailable
from sandboxes.container import CAPABILITIES, TIERS, Size
from sandboxes.pool import Pool
from sandboxes.slots import Slot, check_job

_CAPABILITY_BITS = {"KILL": 5, "SETGID": 6, "SETUID": 7}
_BACK_WITHIN_S = 45.0
_Key = tuple[str, int, Size]


class Docker:
    """Runs jobs in containers. Starts nothing before the first job.

    `profiles` by the name that jobs use; `slots` is how many jobs may run at once (0: one for
    each core); `tier` one of `container.TIERS`.
    """

    name: ClassVar[str] = "docker"
    tiers: ClassVar[tuple[str, ...]] = tuple(TIERS)

    def __init__(
        self,
        profiles: Mapping[str, Profile],
        *,
        slots: int = 0,
        tier: str = "uid",
    ) -> None:
        """Raises SandboxUnavailable for a tier that there is not."""
        if tier not in TIERS:
            raise SandboxUnavailable(
                f"docker has no tier {tier!r}", hint=f"use one of: {', '.join(TIERS)}"
            )
        self._profiles = dict(profiles)
        self._tier = tier
        self._lock = threading.Lock()
        self._images: dict[str, images.Image] = {}
        self._guests: dict[str, dict[str, bytes]] = {}
        self._owed: list[str] = []
        self._wrong: dict[str, list[str]] = {}
        self._pool: Pool[_Key] = Pool(self._start, slots=slots or len(os.sched_getaffinity(0)))

    def run(self, job: Job) -> Outcome:
        """See `Sandbox.run`. Raises ValueError for a job that no plan may contain."""
        check_job(job, self._profiles)
        return self._pool.run((job.profile, job.hash_seed, Size.of(job.limits)), job)

    def _held(self, name: str) -> images.Image:
        """The tested image of a toolchain; raises SandboxUnavailable where there is none."""
        with self._lock:
            if name not in self._images:
                self._sweep()
                self._images[name] = images.locked(name)
            found = self._images[name]
            if name not in self._wrong:
                self._wrong[name] = self._faults(name, found)
        if self._wrong[name]:
            raise SandboxUnavailable(
                f"the image {found.name} failed its self-test: {'; '.join(self._wrong[name])}",
                hint=f"pairproof images verify {found.name}",
            )
        return found

    @classmethod
    def self_test(cls, name: str) -> list[str]:
        """Which promises a slot of a toolchain's image does not keep; none where it is sound.

        Raises:
            SandboxUnavailable: no engine, no image, or no slot of it starts.
        """
        sandbox = cls({name: Profile(guest="", toolchain=name)}, slots=1)
        try:
            return sandbox._faults(name, images.locked(name))
        finally:
            sandbox.close()

    def _faults(self, name: str, found: images.Image) -> list[str]:
        """Which promises a slot of the image does not keep."""
        size = Size.of(selftest.LIMITS)
        bare = next(p for p in self._profiles.values() if p.toolchain == name)
        slot = self._made(found, Profile(guest=bare.guest), {}, size, 0, lives=100)
        return selftest.faults(slot)

    def _guest(self, name: str) -> dict[str, bytes]:
        """Read once, so that every slot of a profile shows the bytes that its digest is of."""
        with self._lock:
            if name not in self._guests:
                self._guests[name] = toolchain.guest_code(self._profiles[name])
            return self._guests[name]

    def _start(self, key: _Key) -> Slot:
        name, hash_seed, size = key
        profile = self._profiles[name]
        found = self._held(profile.toolchain)
        guest = self._guest(name)
        return engine.patiently(
            lambda: self._made(found, profile, guest, size, hash_seed), _BACK_WITHIN_S
        )

    def _made(
        self,
        found: images.Image,
        profile: Profile,
        guest: Mapping[str, bytes],
        size: Size,
        hash_seed: int,
        *,
        lives: int = 0,
    ) -> Slot:
        setup = {
            "many_uids": True,
            "enclosed": self._tier == "uidns",
            "guest": list(guest),
            "preload": list(profile.preload),
            "disk_mb": size.disk_mb,
            "inodes": size.inodes,
        }
        body = container.config(found.id, self._tier, size, hash_seed=hash_seed)
        name = f"pairproof-{uuid.uuid4().hex[:12]}"
        line = Attached(engine.client().api, body, name, owed=self._owed)
        lives = lives or (self._tier == "container")
        try:
            slot = Slot(line, setup, list(guest.values()), lives=lives)
        except SandboxUnavailable:
            engine.client().close()  # one that went away meanwhile is the cause, and says so
            raise
        try:
            wrong = _unsound(slot.ready, enclosed=self._tier == "uidns")
            if wrong:
                raise SandboxUnavailable(
                    f"a slot is not isolated: {wrong}", hint="please report this"
                )
            if self._tier != "runsc":
                line.limit_memory(slot.ready["base_bytes"] + (size.memory_mb << 20))
        except BaseException:
            slot.close()
            raise
        return slot

    @staticmethod
    def _sweep() -> None:
        """Remove what processes of ours left that did not live to do it themselves."""
        with contextlib.closing(engine.client()) as client, engine.failing("nothing was swept"):
            leftovers.sweep(client)

    def facts(self) -> Facts:
        """See `Sandbox.facts`."""
        return self._facts

    @cached_property
    def _facts(self) -> Facts:
        first = next(iter(self._profiles))
        ready = self._pool.peek((first, 0, Size.of(Limits())))
        held = self._images[self._profiles[first].toolchain]
        system = os.uname()
        guests = {name: self._guest(name) for name in self._profiles}
        return Facts(
            backend=self.name,
            tier=self._tier,
            image=held.id,
            code=toolchain.code_digest(guests),
            toolchain=dict(held.toolchain),
            enforced=_enforced(ready, self._tier),
            modules=tuple(ready["site"]),
            kernel=system.release,
            machine=system.machine,
        )

    def close(self) -> None:
        """See `Sandbox.close`."""
        self._pool.close()
        with contextlib.suppress(SandboxUnavailable):
            engine.remove(self._owed)

    @classmethod
    def probe(cls) -> Probe:
        """Start a slot of the first image in the lock and look from inside."""
        sandbox = cls({"bare": Profile(guest=os.path.dirname(__file__))}, slots=1)
        try:
            facts = sandbox.facts()
        except SandboxUnavailable as error:
            return Probe(available=False, reason=str(error), remedy=error.hint)
        finally:
            sandbox.close()
        return Probe(available=True, enforced=facts.enforced)


def _unsound(ready: Mapping[str, Any], *, enclosed: bool) -> str:
    """What the first job saw that it must not see; nothing where the slot is sound."""
    seen = ready["ready"]
    allowed = 0 if enclosed else sum(1 << _CAPABILITY_BITS[name] for name in CAPABILITIES)
    faults = {
        "it has capabilities": seen["capabilities"] or seen["bounding"] & ~allowed,
        "its user is root or shared": seen["uid"] < 1000,
        "new privileges are possible": not seen["no_new_privs"],
        "no system call filter": not seen["seccomp"],
        "it sees network devices": [d for d in seen["devices"] if d.startswith(("eth", "en"))],
        "it sees other processes": seen["processes"] > 2,
        "its root can be written": not seen["read_only"],
        "it holds descriptors": set(seen["fds"]) - {0, 1, 2, 3, 4},
    }
    return "; ".join(f"{name} ({value})" for name, value in faults.items() if value)


def _enforced(ready: Mapping[str, Any], tier: str) -> dict[str, str]:
    held = ready["mechanisms"]
    counted = "memory_events" in ready["uses"]
    kernel = "gVisor" if tier == "runsc" else "container"
    words = {
        "network": f"{kernel}: network none, seccomp",
        "files": f"{kernel}: read-only root of the image",
        "processes": f"{kernel}: PID namespace, kill of all",
        "users": TIERS[tier],
        "system calls": "seccomp of the engine and of the supervisor",
        "proc": "the supervisor is not dumpable and another user's",
        "memory": f"container: {held['memory']}" if counted else "container's limit",
        "pids": "container's limit, RLIMIT_NPROC",
        "cpu": f"{held['cpu']}, RLIMIT_CPU" if "cpu" in ready["uses"] else "/proc, RLIMIT_CPU",
        "wall": "supervisor's clock, less the wait for a processor",
        "disk": "tmpfs size, counted together after the job",
        "inodes": "tmpfs nr_inodes",
        "file": "RLIMIT_FSIZE",
        "output": "drained and counted",
    }
    if tier == "runsc":
        words |= {
            "memory": "polled of the sandbox; container's limit, 512 MB above",
            "inodes": "container's memory limit: gVisor counts none",
            "proc": "memory and pipes of others are closed; maps and environment are not",
        }
    return words
