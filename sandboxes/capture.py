"""Pipes that are drained while they are written, into memory that no child inherits."""

from __future__ import annotations

import importlib
import os
import select
from typing import Any

from sandboxes.arena import Arena

KEPT_BYTES = 32 << 10
_WHOLE_BYTES = 2 * KEPT_BYTES
_CHUNK_BYTES = 1 << 16
_KILL_AT = 8
_IN_FLIGHT_MS = 1000


def _readable(fd: int) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(_IN_FLIGHT_MS))


def _find_sha256() -> Any:
    # hashlib loads OpenSSL, which every later fork would carry.
    for name in ("_sha256", "_sha2", "hashlib"):
        try:
            return importlib.import_module(name).sha256
        except ImportError:
            continue
    raise ImportError("no sha256")


# Before the first job: a module that one job made us load would be seen by the next.
_sha256 = _find_sha256()


class Pipe:
    """What captures and reports share: a reading end, a limit in bytes, a count."""

    __slots__ = ("_arena", "_cap", "_chunk", "_region", "fd", "length")

    def __init__(self, fd: int, cap: int, arena: Arena, kept: int) -> None:
        self.fd = fd
        self.length = 0
        self._arena = arena
        self._cap = cap
        self._region = arena.take(kept)
        self._chunk = arena.take(_CHUNK_BYTES)

    @property
    def over(self) -> bool:
        """More was written than the limit allows."""
        return self.length > self._cap

    @property
    def flooded(self) -> bool:
        """So much was written that waiting for the end makes no sense."""
        return self.length > _KILL_AT * self._cap

    def pump(self) -> bool:
        """Take what is there; false at the end of the stream."""
        room = len(self._region) - self.length
        if room > 0:
            count = os.readv(self.fd, [self._region[self.length :]])
        else:
            count = os.readv(self.fd, [self._chunk])
            if count:
                self._beyond(self._chunk[:count])
        self.length += count
        return count > 0

    def drain(self) -> bool:
        """Take the rest and close; false where every writer is dead, but not its descriptor.

        One in flight on a socket that nobody holds is closed a little later, by a kernel that looks
        for such. gVisor does not: who waited for the end of the stream would wait for good.
        """
        os.set_blocking(self.fd, False)
        ended = True
        while not self.flooded:
            try:
                if not self.pump():
                    break
            except BlockingIOError:
                ended = _readable(self.fd)
                if not ended:
                    break
        self._arena.touched += min(self.length, len(self._region))
        os.close(self.fd)
        return ended

    def _beyond(self, data: memoryview) -> None:
        """`data` came after the region was full."""


class Capture(Pipe):
    """A stream of which the first and the last 32 KiB are kept, and all is counted and hashed."""

    __slots__ = ("_hash",)

    def __init__(self, fd: int, cap: int, arena: Arena) -> None:
        super().__init__(fd, cap, arena, _WHOLE_BYTES)
        self._hash: Any = None

    def _beyond(self, data: memoryview) -> None:
        if self._hash is None:
            self._hash = _sha256(self._region)
        self._hash.update(data)
        tail, count = self._region[KEPT_BYTES:], min(len(data), KEPT_BYTES)
        tail[: KEPT_BYTES - count] = tail[count:]
        tail[KEPT_BYTES - count :] = data[len(data) - count :]

    def finish(self) -> tuple[list[Any], memoryview, memoryview]:
        """([length, cut, hash], head, tail). An uncut stream is all head; its reader hashes it."""
        if self._hash is None:
            return [self.length, False, ""], self._region[: self.length], self._region[:0]
        told = [self.length, True, self._hash.hexdigest()]
        return told, self._region[:KEPT_BYTES], self._region[KEPT_BYTES:]


class Report(Pipe):
    """The private descriptor: the first `cap` bytes are kept, the rest is thrown away."""

    __slots__ = ()

    def __init__(self, fd: int, cap: int, arena: Arena) -> None:
        super().__init__(fd, cap, arena, cap)

    def finish(self) -> memoryview:
        """What was kept."""
        return self._region[: min(self.length, self._cap)]
