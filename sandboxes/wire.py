"""Frames between a client and a slot: a length, a JSON header, then raw bytes that it announces."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

_LENGTH = struct.Struct("!I")
HEADER_MAX_BYTES = 16 << 20
FRAME_MAX_BYTES = 256 << 20
_CHUNK_BYTES = 1 << 16
_LONGEST_MS = 2**31 - 1


class WireError(Exception):
    """The other side ended, stayed silent too long, or does not speak the protocol."""


def pack(header: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """One frame. `header` must be JSON; its key "blobs" is set here."""
    header["blobs"] = [len(blob) for blob in blobs]
    text = json.dumps(header).encode()
    return b"".join((_LENGTH.pack(len(text)), text, *blobs))


def dumps(value: Any) -> bytes:
    """A payload as JSON."""
    return json.dumps(value).encode()


def send(fd: int, frame: bytes) -> None:
    """Write all of `frame`.

    Raises:
        WireError: the other side is gone.
    """
    try:
        done = os.write(fd, frame)
        if done == len(frame):
            return
        rest = memoryview(frame)[done:]
        while rest:
            rest = rest[os.write(fd, rest) :]
    except OSError as error:
        raise WireError(f"the other side is gone: {error.strerror}") from error


class Reader:
    """Reads frames from one descriptor; a frame may arrive in any number of pieces.

    `take(fd, size)` reads up to `size` bytes or a little more: os.read, or a decoder of what an
    engine wraps around a stream. None is "nothing yet", no bytes are the end.
    """

    __slots__ = ("_fd", "_held", "_poll", "_take_from")

    def __init__(self, fd: int, take: Callable[[int, int], bytes | None] = os.read) -> None:
        self._fd = fd
        self._take_from = take
        self._held = b""
        self._poll: select.poll | None = None

    def frame(self, timeout_s: float | None = None) -> tuple[dict[str, Any], list[bytes]] | None:
        """The next header and its blobs, or None where the other side ended between frames.

        Raises:
            WireError: it ended within a frame, sent nonsense, or took longer than `timeout_s`.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        prefix = self._take(_LENGTH.size, deadline, may_end=True)
        if prefix is None:
            return None
        (size,) = _LENGTH.unpack(prefix)
        if size > HEADER_MAX_BYTES:
            raise WireError(f"a header of {size} bytes")
        text = self._take(size, deadline) or b""
        try:
            header = json.loads(text)
            sizes = [int(size) for size in header["blobs"]]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise WireError(f"not a header: {text[:80]!r}") from error
        if min(sizes, default=0) < 0 or sum(sizes) > FRAME_MAX_BYTES:
            raise WireError(f"a frame of {sum(sizes)} bytes")
        return header, [(self._take(size, deadline) or b"") if size else b"" for size in sizes]

    def _take(self, size: int, deadline: float | None, *, may_end: bool = False) -> bytes | None:
        held = self._held
        if len(held) < size:
            pieces = [held]
            missing = size - len(held)
            while missing > 0:
                if deadline is not None:
                    self._wait(deadline)
                try:
                    piece = self._take_from(self._fd, max(_CHUNK_BYTES, min(missing, 1 << 20)))
                except OSError as error:
                    raise WireError(f"the other side is gone: {error.strerror}") from error
                if piece is None:
                    continue
                if not piece:
                    if may_end and missing == size:
                        return None
                    raise WireError("the other side ended within a frame")
                pieces.append(piece)
                missing -= len(piece)
            held = b"".join(pieces)
        self._held = held[size:]
        return held[:size]

    def _wait(self, deadline: float) -> None:
        if self._poll is None:
            self._poll = select.poll()
            self._poll.register(self._fd, select.POLLIN)
        left = deadline - time.monotonic()
        if left <= 0 or not self._poll.poll(min(left * 1000, _LONGEST_MS)):
            raise WireError("no answer in time")
