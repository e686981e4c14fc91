"""The engine's stream of a container as two descriptors, as if the browser were a child of ours."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import socket
import threading

from sandboxes.attached import Demultiplexer

_PIPE_BYTES = 1 << 20


class Carrier:
    """Carries an attached container's stdout to a pipe; what is written goes straight
    to the engine.

    `carried` is the connection of the attach call, owned by the caller, who shuts it down to end
    this. `read_fd` does not block; its end is that of the container.
    """

    def __init__(self, carried: socket.socket) -> None:
        self._carried = carried
        self._mux = Demultiplexer(carried)
        self.write_fd = os.dup(carried.fileno())
        self.read_fd, self._to = os.pipe()
        with contextlib.suppress(OSError):  # a user may have used up what pipes may hold
            fcntl.fcntl(self._to, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        os.set_blocking(self.read_fd, False)
        self._thread = threading.Thread(target=self._carry, name="browser", daemon=True)
        self._thread.start()

    def _carry(self) -> None:
        # Whoever writes may have made the connection non-blocking: both ways are one open file.
        poll = select.poll()
        poll.register(self._carried, select.POLLIN)
        try:
            while True:
                try:
                    piece = self._mux.take(0, _PIPE_BYTES)
                except BlockingIOError:
                    poll.poll()
                    continue
                if piece == b"":
                    return
                rest = memoryview(piece or b"")
                while rest:
                    rest = rest[os.write(self._to, rest) :]
        except OSError:
            pass  # one of the two ends is gone, and with it the other
        finally:
            os.close(self._to)

    @property
    def carrying(self) -> bool:
        """Whether the container's end has not come yet."""
        return self._thread.is_alive()

    @property
    def words(self) -> str:
        """The end of what the browser wrote to its stderr."""
        return self._mux.words.decode("utf-8", "replace")

    def join(self, timeout_s: float) -> None:
        """Wait until all that came was carried."""
        self._thread.join(timeout_s)

    def close(self) -> None:
        """Close the caller's two ends; the connection must be shut down. Idempotent."""
        for fd in (self.write_fd, self.read_fd):
            with contextlib.suppress(OSError):
                os.close(fd)
        self.write_fd = self.read_fd = -1
        self._thread.join()
