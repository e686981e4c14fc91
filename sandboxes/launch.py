"""The outer process of a slot: gives up its view of the host, and becomes the parent of PID 1.

With a range of ids (see `descent`) every job gets a fresh user id.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, NoReturn

from sandboxes import cgroups, rootfs, wire
from sandboxes.descent import Below, descend, wait_for_word
from sandboxes.serve import serve
from sandboxes.steps import EXIT_LOST, StepError, fail, step
from sandboxes.storage import OneDisk

EXIT_MEMORY = 77
"""PID 1 ended and the kernel had killed for memory in its group."""

_SINGLE_ID = 1000


def main() -> None:
    """Read the setup frame from stdin, start PID 1, wait for its end, clean up; never returns."""
    sys.path.pop(0)
    sys.argv[:] = [""]
    os.chdir("/")
    os.umask(0o022)
    reader = wire.Reader(0)
    frame = reader.frame()
    if frame is None:
        os._exit(0)
    setup, blobs = frame
    guest = dict(zip(setup["guest"], blobs, strict=True))
    code = EXIT_LOST
    try:
        code = _launch(setup, guest)
    except StepError as error:
        fail(error)
    os._exit(code)


def _launch(setup: dict[str, Any], guest: dict[str, bytes]) -> int:
    """Groups and a range of ids need our rights; the rest is done by a child that gives them up."""
    cgroups.sweep()
    groups = cgroups.create()
    below = Below(
        many_uids=setup["many_uids"],
        own_id=_SINGLE_ID,
        stage=lambda: rootfs.stage(binds=setup["binds"], masks=setup["masks"], guest=guest),
        pid_one=lambda files, mechanisms, go: _pid_one(setup, files, mechanisms, go),
    )
    try:
        pid, go = descend(below, groups)
        return _guard(pid, groups, go) if pid else EXIT_LOST
    finally:
        if groups:
            groups.remove()


def _guard(pid: int, groups: cgroups.Groups | None, tell: int) -> int:
    """Wait for the end of PID 1; our own end is its end too."""
    signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGKILL))
    os.write(tell, b"g")
    os.close(tell)
    for fd in (0, 1):
        os.close(fd)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return 0
    return EXIT_MEMORY if groups and groups.oom_kills() else EXIT_LOST


def _pid_one(
    setup: dict[str, Any], files: dict[str, int], mechanisms: dict[str, str], go: int
) -> NoReturn:
    """PID 1: the last steps of isolation, the imports, then jobs until the client is gone."""
    try:
        wait_for_word(go)
        disk_mb, inodes = setup["disk_mb"], setup["inodes"]
        with step("enter the file system"):
            hidden = rootfs.enter(disk_mb=disk_mb, inodes=inodes)
        serve(
            setup,
            files=files,
            told={"mechanisms": mechanisms, "hidepid": hidden},
            places=lambda: (OneDisk(disk_mb, inodes), None),
            bounding=True,
        )
    except StepError as error:
        fail(error)
    except BaseException as error:
        import traceback

        traceback.print_exception(error)
        os._exit(EXIT_LOST)
    os._exit(0)
