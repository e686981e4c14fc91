"""The writable places of a slot: how much fits, whether they are full, how they are emptied."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from sandboxes import rootfs, wipe

_SLOW_WIPE_S = 0.2
_IN_FLIGHT_S = 0.5
_LOOK_AGAIN_S = 0.005


class Storage(Protocol):
    """What a supervisor asks of the places that jobs may write to."""

    def fit(self, disk_mb: int, inodes: int) -> None:
        """Make room for the next job; the places are empty. Raises OSError."""

    def full(self, disk_mb: int, inodes: int) -> bool:
        """Whether the job has used up what it was given."""

    def read(
        self, name: str, limit: int, take: Callable[[int], memoryview], uids: Sequence[int]
    ) -> memoryview | None:
        """Up to `limit` bytes of a regular file of the job, None where it is none."""

    def clean(self, uids: Sequence[int]) -> str:
        """Remove what the users `uids` left; why the slot must retire, or nothing."""


class OneDisk:
    """All places on one file system that the supervisor may resize, with rights over all files."""

    def __init__(self, disk_mb: int, inodes: int) -> None:
        self._held = (disk_mb, inodes)
        self._empty = _inodes_used(rootfs.WORK)

    def fit(self, disk_mb: int, inodes: int) -> None:
        """See `Storage.fit`."""
        if self._held != (disk_mb, inodes):
            rootfs.resize(disk_mb=disk_mb, inodes=inodes)
            self._held = (disk_mb, inodes)

    def full(self, disk_mb: int, inodes: int) -> bool:
        """See `Storage.full`."""
        disk = os.statvfs(rootfs.WORK)
        return disk.f_bavail == 0 or disk.f_favail == 0

    def read(
        self, name: str, limit: int, take: Callable[[int], memoryview], uids: Sequence[int]
    ) -> memoryview | None:
        """See `Storage.read`."""
        return wipe.read_file(rootfs.WORK, name, limit, take)

    def clean(self, uids: Sequence[int]) -> str:
        """See `Storage.clean`."""
        for place in rootfs.WRITABLE:
            _open_again(place)
        if _inodes_used(rootfs.WORK) == self._empty:
            return ""
        begun = time.monotonic()
        if wipe.wipe(rootfs.WRITABLE):
            return "something could not be wiped"
        return "the wipe was slow" if time.monotonic() - begun > _SLOW_WIPE_S else ""


class ApartDisks:
    """A file system for each place, of a size that was fixed when the container was made.

    The supervisor has no right over other users' files: it reads and removes them as their owner,
    once all of the job's processes are dead. The sizes are counted together after the job.
    """

    def __init__(self) -> None:
        # gVisor counts no inodes: there the folders have to be looked into, and the blocks tell of
        # files without a name.
        self._counted = all(os.statvfs(place).f_files for place in rootfs.WRITABLE)
        self._used = _inodes_used if self._counted else _blocks_used
        self._empty = [self._used(place) for place in rootfs.WRITABLE]

    def fit(self, disk_mb: int, inodes: int) -> None:
        """See `Storage.fit`: a slot gets jobs of its own size only."""

    def full(self, disk_mb: int, inodes: int) -> bool:
        """See `Storage.full`."""
        return used_up(map(os.statvfs, rootfs.WRITABLE), disk_mb, inodes)

    def read(
        self, name: str, limit: int, take: Callable[[int], memoryview], uids: Sequence[int]
    ) -> memoryview | None:
        """See `Storage.read`."""
        for uid in uids:
            with _as_user(uid):
                data = wipe.read_file(rootfs.WORK, name, limit, take)
            if data is not None:
                return data
        return None

    def clean(self, uids: Sequence[int]) -> str:
        """See `Storage.clean`. What one user locked into another one's folder retires the slot."""
        if not self._dirty():
            return ""
        begun = time.monotonic()
        for uid in (*uids, *uids):
            with _as_user(uid):
                wipe.wipe(rootfs.WRITABLE)
        wipe.wipe(rootfs.WRITABLE)
        wiped = time.monotonic()
        while self._dirty():  # a file in flight on a socket that nobody holds is let go a bit later
            if time.monotonic() - wiped > _IN_FLIGHT_S:
                return "something could not be wiped"
            time.sleep(_LOOK_AGAIN_S)
        return "the wipe was slow" if wiped - begun > _SLOW_WIPE_S else ""

    def _dirty(self) -> bool:
        if not self._counted and any(os.listdir(place) for place in rootfs.WRITABLE):
            return True
        return [self._used(place) for place in rootfs.WRITABLE] != self._empty


def used_up(disks: Iterable[os.statvfs_result], disk_mb: int, inodes: int) -> bool:
    """Whether one of them is full, or all together hold as much as a job may write."""
    blocks = files = 0
    for disk in disks:
        if disk.f_bavail == 0 or (disk.f_files and disk.f_favail == 0):
            return True
        blocks += (disk.f_blocks - disk.f_bfree) * disk.f_frsize
        files += max(0, disk.f_files - disk.f_ffree - 1)
    return blocks >= disk_mb << 20 or files >= inodes


@contextlib.contextmanager
def _as_user(uid: int) -> Iterator[None]:
    """Act as a user of whom no process lives; the saved id brings us back."""
    os.setresgid(-1, uid, -1)
    os.setresuid(-1, uid, -1)
    try:
        yield
    finally:
        os.setresuid(-1, 0, -1)
        os.setresgid(-1, 0, -1)


def _open_again(place: str) -> None:
    """A job with the supervisor's own user id may have shut the folder itself, or marked it."""
    if os.stat(place).st_mode & 0o7777 != rootfs.WRITABLE_MODE:
        os.chmod(place, rootfs.WRITABLE_MODE)
    for name in os.listxattr(place):  # lists of access rights, which new files would inherit
        os.removexattr(place, name)


def _inodes_used(place: str) -> int:
    disk = os.statvfs(place)
    return disk.f_files - disk.f_ffree


def _blocks_used(place: str) -> int:
    disk = os.statvfs(place)
    return disk.f_blocks - disk.f_bfree
