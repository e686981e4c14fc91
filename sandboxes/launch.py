"""The outer process of a slot: gives up its view of the host, and becomes the parent of PID 1.

As root it makes control groups and a user namespace of 65536 ids, so that every job gets a fresh
user id; as an ordinary user a namespace with its own id alone.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from typing import Any

from sandboxes import cgroups, linux, rootfs, wire
from sandboxes.serve import EXIT_LOST, StepError, fail, serve, step
from sandboxes.storage import OneDisk

EXIT_MEMORY = 77
"""PID 1 ended and the kernel had killed for memory in its group."""

MAPPED_IDS = 65536
_FIRST_HOST_ID = 0x7000_0000
_SINGLE_ID = 1000
_SLOTS_APART = 4096


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
    try:
        to_child, to_us = os.pipe(), os.pipe()
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        inner = os.fork()
        if inner == 0:
            os.close(to_child[1])
            os.close(to_us[0])
            _leave(setup, guest, groups, go=to_child[0], tell=to_us[1])
        os.close(to_child[0])
        os.close(to_us[1])
        if os.read(to_us[0], 1):
            if setup["many_uids"]:
                with step("map user ids"):
                    _map_range(inner)
            os.write(to_child[1], b"m")
        pid_text = os.read(to_us[0], 32)
        os.waitpid(inner, 0)
        return _guard(int(pid_text), groups, to_child[1]) if pid_text else EXIT_LOST
    finally:
        if groups:
            groups.remove()


def _map_range(pid: int) -> None:
    for name in ("gid_map", "uid_map"):
        first = _first_free_id(name)
        with open(f"/proc/{pid}/{name}", "w") as file:
            file.write(f"0 {first} {MAPPED_IDS}")
    _map_projects(str(pid))


def _map_projects(pid: str) -> None:
    """Any process of the namespace may write this map, but only once: no job, then."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/projid_map", "w") as file:
        file.write("0 0 1")


def _first_free_id(name: str) -> int:
    """Where a range of MAPPED_IDS begins that this namespace has and nobody is likely to use."""
    wanted = _FIRST_HOST_ID + (os.getpid() % _SLOTS_APART) * MAPPED_IDS
    with open(f"/proc/self/{name}") as file:
        extents = [tuple(map(int, line.split())) for line in file]
    for start, _, length in extents:
        if start <= wanted and wanted + MAPPED_IDS <= start + length:
            return wanted
    for start, _, length in extents:
        if length > MAPPED_IDS:
            return start + length - MAPPED_IDS
    raise OSError(errno.EPERM, f"this root has fewer than {MAPPED_IDS} ids to give")


def _leave(
    setup: dict[str, Any],
    guest: dict[str, bytes],
    groups: cgroups.Groups | None,
    *,
    go: int,
    tell: int,
) -> None:
    """Enter groups and namespaces, build the file system, fork PID 1, end. Never returns."""
    try:
        files, mechanisms = _enter_groups(groups)
        many_uids = setup["many_uids"]
        binds, masks = setup["binds"], setup["masks"]
        if many_uids:
            # With all rights, while we have them: a Python may lie below /root.
            with step("leave the mount namespace"):
                linux.unshare(linux.CLONE_NEWNS)
            with step("build the file system"):
                rootfs.stage(binds=binds, masks=masks, guest=guest)
        ids = os.getuid(), os.getgid()
        with step("leave the namespaces"):
            linux.unshare(linux.NAMESPACES)
        os.write(tell, b"u")
        if os.read(go, 1) != b"m":
            os._exit(EXIT_LOST)
        if many_uids:
            with step("become root of the user namespace"):
                os.setgroups([])
                os.setresgid(0, 0, 0)
                os.setresuid(0, 0, 0)
        else:
            with step("map user ids"):
                _map_self(*ids)
            with step("build the file system"):
                rootfs.stage(binds=binds, masks=masks, guest=guest)
        with step("start PID 1"):
            pid = os.fork()
        if pid == 0:
            os.close(tell)
            _pid_one(setup, files, mechanisms, go)
        os.write(tell, b"%d" % pid)
    except StepError as error:
        fail(error)
    os._exit(EXIT_LOST)


def _enter_groups(groups: cgroups.Groups | None) -> tuple[dict[str, int], dict[str, str]]:
    """Descriptors and mechanisms; nothing where a group may be made but not entered."""
    if groups is None:
        return {}, {}
    files = groups.open_files()
    try:
        groups.join(os.getpid())
    except OSError:
        return {}, {}
    return files, groups.mechanisms()


def _map_self(uid: int, gid: int) -> None:
    for name, text in (
        ("setgroups", "deny"),
        ("gid_map", f"{_SINGLE_ID} {gid} 1"),
        ("uid_map", f"{_SINGLE_ID} {uid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    _map_projects("self")


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
) -> None:
    """PID 1: the last steps of isolation, the imports, then jobs until the client is gone."""
    try:
        if os.read(go, 1) != b"g":
            os._exit(EXIT_LOST)
        os.close(go)
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getpid() != 1:
            os._exit(EXIT_LOST)
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
