"""Emptying and reading folders that hostile code filled: no recursion, no long path, no link."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def wipe(folders: tuple[str, ...]) -> int:
    """Empty `folders`; the count of entries that could not be removed.

    A tree is flattened while it is removed: what lies in a folder is renamed up to the top, so
    depth costs neither stack nor path length, and a rename takes no inode.
    """
    left = 0
    for top in folders:
        names = os.listdir(os.fsencode(top))
        if names:
            left += _flatten(os.fsencode(top), names)
    return left


def _flatten(top: bytes, names: list[bytes]) -> int:
    serial = 0
    while names:
        stuck = 0
        for name in names:
            path = top + b"/" + name
            if _remove(path):
                continue
            moved = 0
            with contextlib.suppress(OSError):
                os.chmod(path, 0o700, follow_symlinks=True)
                for inner in os.listdir(path):
                    below = path + b"/" + inner
                    with contextlib.suppress(OSError):
                        if not _remove(below):
                            serial += 1
                            os.rename(below, top + b"/.wipe%d" % serial)
                        moved += 1
            stuck += not (_remove(path) or moved)
        names = os.listdir(top)
        if stuck and stuck >= len(names):
            return stuck
    return 0


def _remove(path: bytes) -> bool:
    try:
        os.unlink(path)
    except IsADirectoryError:
        pass
    except FileNotFoundError:
        return True
    except OSError:
        return False
    else:
        return True
    try:
        os.rmdir(path)
    except OSError:
        return False
    return True


def read_file(
    top: str, name: str, limit: int, take: Callable[[int], memoryview]
) -> memoryview | None:
    """Up to `limit` bytes of a regular file below `top`, in memory from `take`, else None.

    Follows no link at any step, and never waits for a pipe.
    """
    fd = os.open(top, _DIRECTORY)
    try:
        *folders, last = name.split("/")
        for folder in folders:
            # Not every kernel refuses a link for O_DIRECTORY with O_NOFOLLOW; nobody is left alive
            # who could put one in between.
            if not stat.S_ISDIR(os.stat(folder, dir_fd=fd, follow_symlinks=False).st_mode):
                return None
            inner = os.open(folder, _DIRECTORY, dir_fd=fd)
            os.close(fd)
            fd = inner
        inner = os.open(last, _FILE, dir_fd=fd)
        os.close(fd)
        fd = inner
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            return None
        data = take(min(found.st_size, limit))
        held = 0
        while held < len(data) and (count := os.readv(fd, [data[held:]])):
            held += count
        return data[:held]
    except OSError:
        return None
    finally:
        os.close(fd)
