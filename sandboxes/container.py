"""What the engine is asked for: the body of the call that creates a slot's container."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from sandboxes import contained, owners, rootfs, seccomp
from sandboxes.base import Limits
from sandboxes.slots import ENV

LABEL = "pairproof.slot"
"""The label of every container; its value is the identity of the process that made it."""

CGROUP_PARENT = "PAIRPROOF_CGROUP_PARENT"
"""The variable that names a control group for all slots, so that an operator can bound them."""

TIERS = {
    "uid": "a fresh user id for each process",
    "uidns": "a fresh user id, and user, mount and IPC namespaces, for each process",
    "runsc": "a fresh user id for each process, on a kernel of its own (gVisor)",
    "container": "a container for each job",
}
"""Tier to what keeps jobs apart in it."""

CAPABILITIES = ("KILL", "SETGID", "SETUID")
_START_MB = 256
_SENTRY_MB = 512
"""What gVisor's own kernel needs: it lives in the container's memory group."""
_SENTRY_THREADS = 256
"""Its threads count as the container's processes."""
_KEPT_INODES = 8
_PLACES = {place: "exec" if place == rootfs.WORK else "noexec" for place in rootfs.WRITABLE}
MASKED = (
    "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
    "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/block",
    "/sys/bus", "/sys/class", "/sys/dev", "/sys/devices", "/sys/firmware", "/sys/hypervisor",
    "/sys/kernel", "/sys/module", "/sys/power",
)  # fmt: skip
READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")
"""What of /proc is shown to no container, and what may not be written there."""


@dataclass(frozen=True, slots=True)
class Size:
    """What an engine fixes when it makes a container: slots are kept for each size apart."""

    memory_mb: int
    pids: int
    disk_mb: int
    inodes: int

    @classmethod
    def of(cls, limits: Limits) -> Size:
        """The part of a job's limits that is the container's."""
        return cls(limits.memory_mb, limits.pids, limits.disk_mb, limits.inodes)


def config(image: str, tier: str, size: Size, *, hash_seed: int) -> dict[str, Any]:
    """The body: no network, a read-only root, three capabilities, and a bound for everything.

    Memory is given with room to start; `Attached.limit_memory` then sets it exactly, but for
    gVisor, which takes no change: there the supervisor's own count is the job's limit.
    """
    env = {**ENV, "PYTHONHASHSEED": str(hash_seed)}
    memory = (size.memory_mb + (_SENTRY_MB if tier == "runsc" else _START_MB)) << 20
    # env -i: the engine's own variables (HOSTNAME) stay out of what jobs inherit.
    python = ["python3", "-s", "-S", "-P", "-B", "-X", "utf8", "-c", contained.BOOT]
    host: dict[str, Any] = {
        "CapAdd": list(CAPABILITIES),
        "SecurityOpt": ["no-new-privileges:true"],
        "Memory": memory,
        "MemorySwap": memory,
        "PidsLimit": size.pids + 1,
        "Tmpfs": _file_systems(size),
    }
    if tier == "runsc":
        host["Runtime"] = "runsc"
        host["PidsLimit"] += _SENTRY_THREADS
    if tier == "uidns":
        host["SecurityOpt"].append(f"seccomp={json.dumps(seccomp.engine_profile())}")
    entry = ["/usr/bin/env", "-i"]
    command = [*(f"{name}={value}" for name, value in env.items()), *python]
    return piped(
        {"Image": image, "Entrypoint": entry, "Cmd": command, "User": "0:0", "WorkingDir": "/"},
        host,
    )


def piped(what: dict[str, Any], host: dict[str, Any]) -> dict[str, Any]:
    """The body of a container that talks over its standard streams alone, and is ours."""
    return {
        **what,
        "Hostname": "sandbox",
        "NetworkDisabled": True,
        "OpenStdin": True,
        "StdinOnce": True,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "Tty": False,
        "StopSignal": "SIGKILL",
        "Labels": {LABEL: owners.identity()},
        "HostConfig": {**host, **shut()},
    }


def shut() -> dict[str, Any]:
    """The part of `HostConfig` that closes every container of ours: no network, no shared memory
    of others, a read-only root, no capability beside those added, no log, no restart."""
    return {
        "NetworkMode": "none",
        "IpcMode": "none",
        "ReadonlyRootfs": True,
        "CapDrop": ["ALL"],
        "LogConfig": {"Type": "none", "Config": {}},
        "MaskedPaths": list(MASKED),
        "ReadonlyPaths": list(READ_ONLY),
        "RestartPolicy": {"Name": "no"},
        "Init": False,
        "CgroupParent": os.environ.get(CGROUP_PARENT, ""),
    }


def _file_systems(size: Size) -> dict[str, str]:
    bound = f"size={size.disk_mb}m,nr_inodes={size.inodes + _KEPT_INODES},mode=1777"
    places = {place: f"rw,nosuid,nodev,{how},{bound}" for place, how in _PLACES.items()}
    return {**places, rootfs.GUEST: "rw,nosuid,nodev,noexec,size=16m,nr_inodes=4096,mode=0755"}
