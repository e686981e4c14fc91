"""Namespaces of its own for each job's process, inside a container that permits them."""

from __future__ import annotations

import array
import contextlib
import os
import socket

from sandboxes import linux, rootfs, seccomp
from sandboxes.storage import ApartDisks, used_up

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
        ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._ours, self._theirs = (
            socket.socket(fileno=linux.high_copy(end.fileno())) for end in ends
        )
        self._ours.setblocking(False)
        self._filter = seccomp.Filter(seccomp.assemble(machine, memfd=memfd))

    def __call__(self) -> None:
        """Raises OSError where the engine's filter or the system forbids a step."""
        uid, gid = os.getuid(), os.getgid()
        linux.unshare(_FLAGS)
        linux.write("/proc/self/setgroups", "deny")
        linux.write("/proc/self/gid_map", f"{gid} {gid} 1")
        linux.write("/proc/self/uid_map", f"{uid} {uid} 1")
        for place in _PLACES:
            linux.mount("tmpfs", place, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, self._options)
        # The supervisor looks at them when the process is dead, and its namespace with it.
        handles = [os.open(place, os.O_PATH | os.O_DIRECTORY) for place in _PLACES]
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", handles))
        self._theirs.sendmsg([b"p"], [rights])
        for handle in handles:  # a number below those that are closed for every job
            os.close(handle)
        linux.drop_bounding_set()
        self._drop()
        self._filter.install()

    def disks(self) -> list[os.statvfs_result]:
        """The state of the file systems of all processes that shut themselves in since last."""
        found = []
        with contextlib.suppress(BlockingIOError):
            while True:
                _, handles, _, _ = socket.recv_fds(self._ours, 1, len(_PLACES))
                for handle in handles:
                    found.append(os.fstatvfs(handle))
                    os.close(handle)
        return found


class EnclosedDisks(ApartDisks):
    """The shared work folder, and the enclosures' own file systems, which need no wiping."""

    def __init__(self, enclosure: Enclosure) -> None:
        super().__init__()
        self._enclosure = enclosure

    def full(self, disk_mb: int, inodes: int) -> bool:
        """See `Storage.full`."""
        disks = [*self._enclosure.disks(), os.statvfs(rootfs.WORK)]
        return used_up(disks, disk_mb, inodes)
