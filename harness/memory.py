"""What this process does with memory that it no longer needs."""

from __future__ import annotations

import contextlib
import ctypes

_MMAP_THRESHOLD = -3
_ARENA_MAX = -8
_LARGE_BYTES = 1 << 20


def return_large_blocks() -> None:
    """Have blocks of 1 MiB and more go back to the system when they are freed.

    glibc otherwise raises its threshold to the largest block seen, an 8 MiB report say, and from
    then on keeps twice as much free in the arena of each thread. One arena is enough: threads of
    Python allocate one at a time. Without glibc nothing is done.
    """
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        libc.mallopt(_ARENA_MAX, 1)


def return_what_is_free() -> None:
    """Have every free page go back to the system: small blocks leave holes between them."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
