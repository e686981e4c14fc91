"""The only memory of a supervisor that holds a job's data: children do not inherit it.

A child is a copy of its supervisor. Were the tests of one process, or the output of the job
before, on the supervisor's heap, the code under test could find them in its own memory. So every
byte of a job is read into this region, which `fork` leaves out, and is written from it.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
from collections.abc import Sequence
from typing import Any

_SIZE_BYTES = 256 << 20
_FIRST_READ_BYTES = 1 << 16
_CLEAR_ABOVE_BYTES = 1 << 20
_MAP_NORESERVE = 0x4000  # the same on x86_64 and aarch64
_PREFIX = struct.Struct("!I")


class Arena:
    """A region handed out from its start for one job, and taken back as a whole."""

    __slots__ = ("_map", "_used", "_view", "touched")

    def __init__(self) -> None:
        # Private and not reserved: only what is touched exists.
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_NORESERVE
        self._map = mmap.mmap(-1, _SIZE_BYTES, flags=flags)
        self._map.madvise(mmap.MADV_DONTFORK)
        self._view = memoryview(self._map)
        self._used = 0
        self.touched = 0
        """Roughly how many bytes of the region were written since `clear`."""

    def take(self, size: int) -> memoryview:
        """`size` bytes, not cleared. Raises MemoryError where the job has used up the region."""
        start, end = self._used, self._used + size
        if end > _SIZE_BYTES:
            raise MemoryError(f"a job needs more than {_SIZE_BYTES} bytes of the supervisor")
        self._used = end
        return self._view[start:end]

    def clear(self) -> None:
        """Take everything back; large amounts go back to the kernel too."""
        if self.touched > _CLEAR_ABOVE_BYTES:
            self._map.madvise(mmap.MADV_DONTNEED)
        self._used = self.touched = 0

    def receive(self, fd: int) -> tuple[dict[str, Any], list[memoryview]] | None:
        """The next frame of `wire`, its blobs in place; None where the client has ended.

        A client sends one frame and waits, so that nothing can lie behind a frame.

        Raises:
            MemoryError: the frame is larger than the region.
            ValueError: it is not a frame.
        """
        self.clear()
        held = self._fill(fd, 0, _PREFIX.size, _FIRST_READ_BYTES)
        if held == 0:
            return None
        (size,) = _PREFIX.unpack(self._view[: _PREFIX.size])
        start = _PREFIX.size + size
        held = self._fill(fd, held, start, start)
        header = json.loads(bytes(self._view[_PREFIX.size : start]))
        blobs = []
        for length in header["blobs"]:
            blobs.append(self._view[start : start + length])
            start += length
        if self._fill(fd, held, start, start) != start:
            raise ValueError("a frame that ended early")
        self._used = self.touched = start
        return header, blobs

    def _fill(self, fd: int, held: int, needed: int, wanted: int) -> int:
        if needed > _SIZE_BYTES:
            raise MemoryError(f"a frame of {needed} bytes")
        while held < needed:
            count = os.readv(fd, [self._view[held : max(needed, wanted)]])
            if count == 0:
                return held if held == 0 else -1
            held += count
        return held


def reply(fd: int, header: dict[str, Any], blobs: Sequence[memoryview | bytes]) -> None:
    """Write one frame of `wire` without a copy. Raises OSError where the client is gone."""
    header["blobs"] = [len(blob) for blob in blobs]
    text = json.dumps(header).encode()
    parts = [memoryview(_PREFIX.pack(len(text)) + text), *(memoryview(b) for b in blobs if b)]
    while parts:
        done = os.writev(fd, parts)
        while parts and done >= len(parts[0]):
            done -= len(parts.pop(0))
        if parts:
            parts[0] = parts[0][done:]
