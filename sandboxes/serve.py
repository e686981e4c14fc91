"""The last steps of every PID 1, wherever it was started: rights, imports, then jobs to the end."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from typing import Any

from sandboxes import linux, rootfs, seccomp, wire
from sandboxes.steps import step
from sandboxes.storage import Storage
from sandboxes.supervisor import Supervisor


def serve(
    setup: dict[str, Any],
    *,
    files: dict[str, int],
    told: dict[str, Any],
    places: Callable[[], tuple[Storage, Callable[[], None] | None]],
    bounding: bool,
) -> None:
    """Give up rights, import what jobs need, and serve the client on descriptors 0 and 1.

    `files` are descriptors of control groups by use, `told` what the ready frame says besides.
    `places` makes the storage, and the enclosure where there is one: then the jobs' processes put
    on the filter themselves, since they need calls that it forbids. `bounding` says that we may
    empty the capability bounding set.

    Raises:
        StepError: the kernel refused to take our rights.
    """
    control, answers = (linux.high_copy(fd) for fd in (0, 1))
    kept = {use: linux.high_copy(fd) for use, fd in files.items()}
    terminal = [linux.high_copy(fd) for fd in setup.get("terminal", ())]
    _close_others({2, control, answers, *kept.values(), *terminal})
    storage, enclosure = places()
    null = linux.high_copy(os.open("/dev/null", os.O_RDWR))
    sys.path[:0] = [rootfs.GUEST]
    sys.path.append(rootfs.SITE)
    with step("give up rights"):
        if bounding:
            linux.drop_bounding_set()
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        if enclosure is None:
            seccomp.install(seccomp.assemble(linux.machine(), memfd="memory_events" in kept))
    for name in setup["preload"]:
        __import__(name)
    for name in [name for name in sys.modules if name.split(".")[0] == "sandboxes"]:
        del sys.modules[name]
    supervisor = Supervisor(
        control=control,
        answers=answers,
        null=null,
        terminal=terminal,
        many_uids=setup["many_uids"],
        files=kept,
        storage=storage,
        enclosure=enclosure,
    )
    seen = supervisor.prepare(disk_mb=setup["disk_mb"], inodes=setup["inodes"])
    ready = {
        "ready": seen,
        "uses": sorted(kept),
        "site": sorted(os.listdir(rootfs.SITE)),
        "base_bytes": supervisor.base_bytes,
        **told,
    }
    wire.send(answers, wire.pack(ready))
    with contextlib.suppress(BrokenPipeError):
        supervisor.serve()


def _close_others(kept: set[int]) -> None:
    below = 0
    for fd in sorted(kept):
        os.closerange(below, fd)
        below = fd + 1
    os.closerange(below, 65536)
