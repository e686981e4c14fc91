"""A stream that is drained while it is written: both ends kept, all of it counted and hashed."""

from __future__ import annotations

import os
from typing import Any

KEPT_BYTES = 32 << 10
_READ_BYTES = 1 << 16
_KILL_AT = 8


def _sha256(data: bytes) -> Any:
    import hashlib  # only where a stream is longer than what is kept: it is costly to carry

    return hashlib.sha256(data)


class Capture:
    """One pipe's reading end. `cap` is the limit in bytes, at `_KILL_AT` times it we stop."""

    __slots__ = ("_cap", "_hash", "_pieces", "fd", "head", "length", "tail")

    def __init__(self, fd: int, cap: int) -> None:
        self.fd = fd
        self.length = 0
        self.head = b""
        self.tail = b""
        self._cap = cap
        self._pieces: list[bytes] = []
        self._hash: Any = None

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
        data = os.read(self.fd, _READ_BYTES)
        if not data:
            return False
        self.length += len(data)
        if self._hash is None:
            self._pieces.append(data)
            if self.length > 2 * KEPT_BYTES:
                whole = b"".join(self._pieces)
                self._pieces.clear()
                self._hash = _sha256(whole)
                self.head, self.tail = whole[:KEPT_BYTES], whole[-KEPT_BYTES:]
        else:
            self._hash.update(data)
            self.tail = (self.tail + data)[-KEPT_BYTES:]
        return True

    def drain(self) -> None:
        """Take the rest; every writer is dead, so that there is an end."""
        while self.pump():
            if self.flooded:
                break
        os.close(self.fd)

    def finish(self) -> tuple[list[Any], bytes, bytes]:
        """([length, cut, hash or ""], head, tail). The hash of an uncut stream is its reader's."""
        if self._hash is None:
            return [self.length, False, ""], b"".join(self._pieces), b""
        return [self.length, True, self._hash.hexdigest()], self.head, self.tail


class Report:
    """The private descriptor: the first `cap` bytes are kept, the rest is thrown away."""

    __slots__ = ("_cap", "_pieces", "fd", "length")

    def __init__(self, fd: int, cap: int) -> None:
        self.fd = fd
        self.length = 0
        self._cap = cap
        self._pieces: list[bytes] = []

    @property
    def over(self) -> bool:
        """Something was thrown away."""
        return self.length > self._cap

    @property
    def flooded(self) -> bool:
        """So much was written that waiting for the end makes no sense."""
        return self.length > _KILL_AT * self._cap

    def pump(self) -> bool:
        """Take what is there; false at the end of the stream."""
        data = os.read(self.fd, _READ_BYTES)
        if not data:
            return False
        if self.length < self._cap:
            self._pieces.append(data[: self._cap - self.length])
        self.length += len(data)
        return True

    def drain(self) -> None:
        """Take the rest; every writer is dead, so that there is an end."""
        while self.pump():
            if self.flooded:
                break
        os.close(self.fd)

    def finish(self) -> bytes:
        """What was kept."""
        return b"".join(self._pieces)
