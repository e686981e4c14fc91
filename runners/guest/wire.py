"""Frames between the tests' process and the code's process: length and JSON, bounded both ways."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

MAX_FRAME_BYTES = 4 << 20
_CHUNK_BYTES = 1 << 16
_HEADER = struct.Struct(">I")


class PeerLost(Exception):
    """The other process ended, was silent for too long, or broke the protocol."""


class Malformed(ValueError):
    """A message that the protocol does not allow."""


def _refuse(text: str) -> Any:
    raise Malformed(f"a bare number {text[:20]!r}")


# Floats travel as hex text: a number with a point or an exponent is not ours.
_decode = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse).decode
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False, allow_nan=False).encode


class Channel:
    """One end of the stream socket between the two processes. Not safe for threads."""

    __slots__ = ("_sock",)

    def __init__(self, fd: int, *, wait_s: float = 0.0) -> None:
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=fd)
        self._sock.setblocking(True)
        if wait_s:
            # The kernel's own time limits: no extra system call for each frame.
            limit = struct.pack("ll", int(wait_s), int(wait_s % 1 * 1e6))
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)

    def send(self, message: Any) -> None:
        """Send one message. Raises PeerLost, Malformed (too large or too deep to be sent)."""
        try:
            body = _encode(message).encode()
        except (RecursionError, ValueError) as error:
            raise Malformed(f"not sendable: {error}") from None
        if len(body) > MAX_FRAME_BYTES:
            raise Malformed(f"a message of {len(body)} bytes; {MAX_FRAME_BYTES} are allowed")
        try:
            self._sock.sendall(_HEADER.pack(len(body)) + body)
        except OSError as error:
            raise PeerLost(f"cannot send: {error}") from None

    def receive(self) -> Any:
        """The next message as plain JSON. Raises PeerLost, Malformed."""
        (length,) = _HEADER.unpack(self._exactly(_HEADER.size))
        if length > MAX_FRAME_BYTES:
            raise Malformed(f"a frame of {length} bytes; {MAX_FRAME_BYTES} are allowed")
        body = self._exactly(length)
        try:
            return _decode(body.decode())
        except Malformed:
            raise
        except (RecursionError, ValueError) as error:
            raise Malformed(f"not JSON: {error}") from None

    def waiting(self) -> str:
        """ "" when nothing waits to be read, "data" when something does, "end" after the end."""
        try:
            seen = self._sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return ""
        except OSError:
            return "end"
        return "data" if seen else "end"

    def close(self) -> None:
        """Close this end; the other one reads the end of the stream."""
        self._sock.close()

    def _exactly(self, count: int) -> bytes:
        parts: list[bytes] = []
        while count:
            try:
                part = self._sock.recv(min(count, _CHUNK_BYTES))
            except BlockingIOError:
                raise PeerLost("no reply in time") from None
            except OSError as error:
                raise PeerLost(f"cannot receive: {error}") from None
            if not part:
                raise PeerLost("the process ended")
            parts.append(part)
            count -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)
