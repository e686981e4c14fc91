"""The parent of a browser's PID 1: makes groups and namespaces, bounds them, and cleans up.

It lives outside of what it made, and ends it when its client ends, however that happens.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import sys
from typing import Any

from sandboxes import cgroups, wire
from sandboxes.chromium import inside, root
from sandboxes.chromium.bounds import UID
from sandboxes.chromium.usage import TreeUsage
from sandboxes.descent import Below, descend
from sandboxes.steps import EXIT_LOST, StepError, fail, step

EXIT_MEMORY = 77
"""The browser was ended because it held more memory than it may."""

_POLL_MS = 200


def main() -> None:
    """Read the setup frame from stdin; live as long as the browser and its client; never returns.

    Frames on stdout: where to read usage, then `inside`'s, or what failed.
    """
    sys.path.pop(0)
    sys.argv[:] = [""]
    os.chdir("/")
    os.umask(0o022)
    code = EXIT_LOST
    try:
        frame = wire.Reader(0).frame()
        code = _launch(frame[0]) if frame else 0
    except StepError as error:
        fail(error)
    except wire.WireError:
        pass  # the client is gone
    os._exit(code)


def _launch(setup: dict[str, Any]) -> int:
    cgroups.sweep()
    groups = cgroups.create()
    try:
        if groups:
            with step("set the limits"):
                _limit(groups, setup)
        below = Below(
            many_uids=setup["many_uids"],
            own_id=UID,
            stage=lambda: root.stage(setup["shown"]),
            pid_one=lambda _, mechanisms, go: inside.pid_one(setup, mechanisms, go),
        )
        pid, go = descend(below, groups)
        if not pid:
            return EXIT_LOST
        for fd in setup["pipe"]:
            os.close(fd)
        counted = groups is not None and _holds(groups, pid)
        folders = groups.folders if groups and counted else {}
        read = groups and {"cpu", "memory"} <= folders.keys()
        where = {"folders": folders, "version": groups.version} if groups and read else {}
        wire.send(1, wire.pack({"pid": pid, "groups": where}))
        os.write(go, b"g")
        os.close(go)
        polled = None if "memory" in folders else TreeUsage(pid)
        return _guard(pid, polled, setup["memory_mb"])
    finally:
        if groups:
            groups.remove()


def _limit(groups: cgroups.Groups, setup: dict[str, Any]) -> None:
    files = groups.open_files()
    for use, value in (("memory_limit", setup["memory_mb"] << 20), ("pids_limit", setup["pids"])):
        if use in files:
            os.write(files[use], b"%d" % value)
        elif use.split("_")[0] in groups.folders:
            raise OSError(errno.EACCES, f"a control group has no {use} that may be set")
    for fd in files.values():
        os.close(fd)


def _holds(groups: cgroups.Groups, pid: int) -> bool:
    """Whether a process is in every group: one may be made that may not be entered."""
    for folder in set(groups.folders.values()):
        with open(f"{folder}/cgroup.procs") as file:
            if str(pid) not in file.read().split():
                return False
    return True


def _guard(pid: int, polled: TreeUsage | None, memory_mb: int) -> int:
    """Wait until PID 1 or the client ends; then nothing below lives any more."""
    handle = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.register(0, select.POLLIN)
    code = 0
    while not poll.poll(_POLL_MS if polled else None):
        if polled and polled.memory_mb() * 1e6 > memory_mb << 20:
            code = EXIT_MEMORY
            break
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    os.waitpid(pid, 0)
    return code
