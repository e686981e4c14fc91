"""The first question to a browser: which it is. Its answer proves that it has started."""

from __future__ import annotations

import json
import os
import select
import time

_MESSAGE = b'{"id":1,"method":"Browser.getVersion"}\0'
_CHUNK_BYTES = 1 << 16


class SilentError(Exception):
    """The browser ended, or said nothing that can be understood, before it answered."""


def version(write_fd: int, read_fd: int, timeout_s: float) -> str:
    """Ask, and read the answer whole, so that the line is at its beginning again.

    Raises:
        SilentError: no answer within `timeout_s`, or none at all.
    """
    deadline = time.monotonic() + timeout_s
    poll = select.poll()
    poll.register(read_fd, select.POLLIN)
    held = b""
    try:
        os.write(write_fd, _MESSAGE)
        while not held.endswith(b"\0"):
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise SilentError(f"no answer in {timeout_s:.0f} s")
            piece = os.read(read_fd, _CHUNK_BYTES)
            if not piece:
                raise SilentError("it ended")
            held += piece
        return str(json.loads(held[:-1])["result"]["product"])
    except OSError as error:
        raise SilentError(f"it ended: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SilentError(f"it answered {held[:80]!r}") from error
