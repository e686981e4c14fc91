"""The way down: from a client's process to PID 1 of control groups and namespaces of its own.

As root a user namespace of 65536 ids is made, as an ordinary user one with its own id alone.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from sandboxes import cgroups, linux
from sandboxes.steps import EXIT_LOST, StepError, fail, step

MAPPED_IDS = 65536
_FIRST_HOST_ID = 0x7000_0000
_SLOTS_APART = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Below:
    """What happens down there.

    `many_uids`: root of the machine gives a range of ids; else the caller's own id is all there
    is, shown as `own_id`. `stage` builds the file system with the rights of whoever may reach the
    host's files. `pid_one` is called in PID 1 with descriptors of control groups by use, their
    mechanisms, and a descriptor that brings b"g" once its parent watches it; it never returns.
    """

    many_uids: bool
    own_id: int
    stage: Callable[[], None]
    pid_one: Callable[[dict[str, int], dict[str, str], int], NoReturn]


def wait_for_word(go: int) -> None:
    """In PID 1: go on when the parent watches, and die with it; end where it is gone already."""
    if os.read(go, 1) != b"g":
        os._exit(EXIT_LOST)
    os.close(go)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getpid() != 1:
        os._exit(EXIT_LOST)


def descend(below: Below, groups: cgroups.Groups | None) -> tuple[int, int]:
    """Make PID 1, a child of the caller: its pid, and a descriptor that takes b"g" to let it go on.

    The pid is 0 where it could not be made; the client has then been told why.
    """
    to_child, to_us = os.pipe(), os.pipe()
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    inner = os.fork()
    if inner == 0:
        os.close(to_child[1])
        os.close(to_us[0])
        _leave(below, groups, go=to_child[0], tell=to_us[1])
    os.close(to_child[0])
    os.close(to_us[1])
    if os.read(to_us[0], 1):
        if below.many_uids:
            with step("map user ids"):
                _map_range(inner)
        os.write(to_child[1], b"m")
    pid_text = os.read(to_us[0], 32)
    os.close(to_us[0])
    os.waitpid(inner, 0)
    return int(pid_text or 0), to_child[1]


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


def _leave(below: Below, groups: cgroups.Groups | None, *, go: int, tell: int) -> NoReturn:
    """Enter groups and namespaces, build the file system, fork PID 1, end."""
    try:
        files, mechanisms = _enter_groups(groups)
        if below.many_uids:
            # With all rights, while we have them: a toolchain may lie below /root.
            with step("leave the mount namespace"):
                linux.unshare(linux.CLONE_NEWNS)
            with step("build the file system"):
                below.stage()
        ids = os.getuid(), os.getgid()
        with step("leave the namespaces"):
            linux.unshare(linux.NAMESPACES)
        os.write(tell, b"u")
        if os.read(go, 1) != b"m":
            os._exit(EXIT_LOST)
        if below.many_uids:
            with step("become root of the user namespace"):
                os.setgroups([])
                os.setresgid(0, 0, 0)
                os.setresuid(0, 0, 0)
        else:
            with step("map user ids"):
                _map_self(*ids, below.own_id)
            with step("build the file system"):
                below.stage()
        with step("start PID 1"):
            pid = os.fork()
        if pid == 0:
            os.close(tell)
            below.pid_one(files, mechanisms, go)
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


def _map_self(uid: int, gid: int, inside: int) -> None:
    for name, text in (
        ("setgroups", "deny"),
        ("gid_map", f"{inside} {gid} 1"),
        ("uid_map", f"{inside} {uid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    _map_projects("self")
