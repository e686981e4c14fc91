"""Namespaces of its own for each job's process, inside a container that permits them."""

from __future__ import annotations

import os

from sandboxes import linux, seccomp

_PLACES = ("/tmp", "/dev/shm")
_FLAGS = linux.CLONE_NEWUSER | linux.CLONE_NEWNS | linux.CLONE_NEWIPC


class Enclosure:
    """Shuts the calling process into a user, a mount and an IPC namespace; made before the fork.

    Temporary files then live on memory file systems that end with the job. The process puts on
    the system call filter itself, last, since the filter forbids all that was done here.
    """

    def __init__(self, machine: str, *, disk_mb: int, inodes: int, memfd: bool) -> None:
        self._options = f"size={disk_mb}m,nr_inodes={inodes},mode=1777"
        self._drop = linux.CapabilityDrop()
        self._filter = seccomp.Filter(seccomp.assemble(machine, memfd=memfd))

    def __call__(self) -> None:
        """Raises OSError where the engine's filter or the system forbids a step."""
        uid, gid = os.getuid(), os.getgid()
        linux.unshare(_FLAGS)
        _write("/proc/self/setgroups", b"deny")
        _write("/proc/self/gid_map", b"%d %d 1" % (gid, gid))
        _write("/proc/self/uid_map", b"%d %d 1" % (uid, uid))
        for place in _PLACES:
            linux.mount("tmpfs", place, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, self._options)
        linux.drop_bounding_set()
        self._drop()
        self._filter.install()


def _write(path: str, text: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text)
    finally:
        os.close(fd)
