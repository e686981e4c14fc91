"""DevTools messages over two pipes: calls, replies, events. One thread, no policy of its own."""

from __future__ import annotations

import json
import os
import select
from collections.abc import Callable, Mapping
from typing import Any, Protocol

Handler = Callable[[str, dict[str, Any]], None]
_CHUNK = 1 << 20
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode
_DECODE = json.JSONDecoder().decode


class BrowserFault(Exception):
    """The browser or our way to it failed: our fault, and nothing is known about the page."""


class CallFailed(Exception):
    """The browser refused a call; the message is its own."""


class Pipes(Protocol):
    """What the driver needs of a started browser; see `sandboxes.chromium`."""

    write_fd: int
    read_fd: int

    def cpu_s(self) -> float:
        """Processor seconds of all of its processes since the start."""

    def memory_mb(self) -> float:
        """What they hold now."""

    def oom_kills(self) -> int:
        """How many of them the kernel killed for memory."""

    def alive(self) -> bool:
        """Whether its first process runs."""


class Call:
    """One call on its way."""

    __slots__ = ("done", "error", "method", "result")

    def __init__(self, method: str) -> None:
        self.method = method
        self.done = False
        self.result: dict[str, Any] = {}
        self.error = ""

    def value(self) -> dict[str, Any]:
        """The reply. Raises CallFailed with the browser's words."""
        if self.error:
            raise CallFailed(f"{self.method}: {self.error}")
        return self.result


class Line(Protocol):
    """A connection to one browser, whoever carries the messages. Used by one thread at a time."""

    closed: bool
    """Either end is gone."""

    def on(self, session: str, handler: Handler | None) -> None:
        """Events of a session go to `handler`; "" is the browser itself, None forgets."""

    def post(self, method: str, params: Mapping[str, Any] | None = None, session: str = "") -> Call:
        """Send a call without waiting for its reply."""

    def pump(self, timeout_s: float) -> bool:
        """Handle what has arrived, waiting for it that long; False where nothing came."""

    def forget(self) -> None:
        """Drop the handlers of all sessions but the browser's own, and calls without a reply."""

    def close(self) -> None:
        """Let go of the connection, after the browser's end or before it. Idempotent."""


class Wire:
    """The line of the pipe driver; see `Line`."""

    def __init__(self, pipes: Pipes) -> None:
        self._write_fd, self._read_fd = pipes.write_fd, pipes.read_fd
        os.set_blocking(self._write_fd, False)
        os.set_blocking(self._read_fd, False)
        self._calls: dict[int, Call] = {}
        self._last = 0
        self._rest: list[bytes] = []
        self._arrived: list[bytes] = []
        self._handlers: dict[str, Handler] = {}
        self.closed = False

    def on(self, session: str, handler: Handler | None) -> None:
        """See `Line.on`."""
        if handler is None:
            self._handlers.pop(session, None)
        else:
            self._handlers[session] = handler

    def post(self, method: str, params: Mapping[str, Any] | None = None, session: str = "") -> Call:
        """See `Line.post`."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method}
        if params:
            message["params"] = params
        if session:
            message["sessionId"] = session
        call = self._calls[self._last] = Call(method)
        self._send(_ENCODE(message).encode() + b"\0")
        return call

    def pump(self, timeout_s: float) -> bool:
        """See `Line.pump`."""
        if not self._arrived and not self.closed:
            select.select([self._read_fd], [], [], timeout_s)
            self._receive()
        arrived, self._arrived = self._arrived, []
        for message in arrived:
            self._handle(_DECODE(message.decode("utf-8", "surrogatepass")))
        return bool(arrived)

    def forget(self) -> None:
        """See `Line.forget`."""
        self._handlers = {key: kept for key, kept in self._handlers.items() if not key}
        self._calls.clear()

    def close(self) -> None:
        """See `Line.close`: the descriptors are the browser's, which closes them."""
        self._close()

    def _handle(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        if number is None:
            handler = self._handlers.get(message.get("sessionId", ""))
            if handler is not None:
                handler(message["method"], message.get("params", {}))
            return
        call = self._calls.pop(number, None)
        if call is None:
            return
        call.done = True
        call.result = message.get("result", {})
        if "error" in message:
            error = message["error"]
            call.error = f"{error.get('message', '')} {error.get('data', '')}".strip() or "refused"

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view and not self.closed:
            try:
                view = view[os.write(self._write_fd, view) :]
            except BlockingIOError:
                # The browser may itself be waiting for us to read: both ways stay open.
                ready, _, _ = select.select([self._read_fd], [self._write_fd], [], 1.0)
                if ready:
                    self._receive()
            except OSError:
                self._close()

    def _receive(self) -> None:
        while not self.closed:
            try:
                data = os.read(self._read_fd, _CHUNK)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._close()
                return
            first, *others = data.split(b"\0")
            self._rest.append(first)
            for part in others:
                self._arrived.append(b"".join(self._rest))
                self._rest = [part]
            if len(data) < _CHUNK:  # that was all: asking again would only say so
                return

    def _close(self) -> None:
        self.closed = True
        for call in self._calls.values():
            call.done, call.error = True, "the browser is gone"
        self._calls.clear()
