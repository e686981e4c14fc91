"""A line to a supervisor in a container: the engine carries its stdin, stdout and stderr."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandboxes import engine, toolchain, wire
from sandboxes.slots import End, last_line

if TYPE_CHECKING:
    from docker import APIClient

_MUX = struct.Struct("!BxxxI")
_STDERR = 2
_WORDS_BYTES = 4096
_STOP_WITHIN_S = 5


class Attached:
    """Creates a container of `config`, attaches to it, starts it; see `Line`.

    `config` is the body of the engine's create call. The line owns `api` and closes it. `owed`
    takes the name of a container that could not be removed.
    """

    def __init__(
        self, api: APIClient, config: dict[str, Any], name: str, *, owed: list[str]
    ) -> None:
        """Raises SandboxUnavailable where the engine refuses."""
        from docker.errors import DockerException
        from requests.exceptions import RequestException

        self._api = api
        self._name = name
        self._owed = owed
        self._faults = (DockerException, RequestException, OSError)
        self._end: End | None = None
        self._socket: socket.socket | None = None
        self.id = ""
        try:
            self.id = api.create_container_from_config(config, name)["Id"]
            streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            self._hijacked = api.attach_socket(self.id, params=streams)
            self._socket = getattr(self._hijacked, "_sock", self._hijacked)
            self._socket.settimeout(None)
            self._mux = Demultiplexer(self._socket)
            self._reader = wire.Reader(self._socket.fileno(), self._mux.take)
            api.start(self.id)
            sources = json.dumps(_sources()).encode()
            self.send(len(sources).to_bytes(4, "big") + sources)
        except (*self._faults, wire.WireError) as error:
            self.end()
            raise engine.lost(error, "the engine made no container") from error

    def send(self, frame: bytes) -> None:
        """See `Line.send`."""
        assert self._socket is not None
        try:
            self._socket.sendall(frame)
        except OSError as error:
            raise wire.WireError(f"the engine hung up: {error.strerror}") from error

    def frame(self, timeout_s: float) -> tuple[dict[str, Any], list[bytes]] | None:
        """See `Line.frame`."""
        return self._reader.frame(timeout_s)

    def limit_memory(self, total_bytes: int) -> None:
        """Bound what the container may hold, swap included.

        Raises:
            SandboxUnavailable: the engine refuses.
        """
        try:
            self._api.update_container(self.id, mem_limit=total_bytes, memswap_limit=total_bytes)
        except self._faults as error:
            raise engine.lost(error, "the engine set no memory limit") from error

    def abort(self) -> None:
        """See `Line.abort`."""
        if self._socket is not None:
            with contextlib.suppress(OSError):  # the supervisor then ends, and with it all
                self._socket.shutdown(socket.SHUT_RDWR)

    def _hang_up(self, carrier: socket.socket) -> None:
        """Close the answer to the attach call before what it reads from.

        The client hides the answer in the stream that it hands out. One whose stream is closed
        already cannot close itself, and the interpreter says so on stderr when it collects it.
        """
        answer = getattr(self._hijacked, "_response", None)
        for held in (answer, self._hijacked, carrier):
            if held is not None:
                with contextlib.suppress(OSError):
                    held.close()

    def _remove(self) -> None:
        """By its name: a create call that failed may have made it all the same."""
        from docker.errors import NotFound

        try:
            self._api.remove_container(self._name, force=True, v=True)
        except NotFound:
            pass
        except self._faults:  # the engine is away
            self._owed.append(self._name)

    def end(self) -> End:
        """See `Line.end`."""
        if self._end is not None:
            return self._end
        memory = False
        self.abort()
        if self._socket is not None:
            self._hang_up(self._socket)
        if self.id:
            # A kill that meets a supervisor's own end keeps the engine waiting for ten seconds, and
            # whether the kernel killed for memory is certain only afterwards.
            with contextlib.suppress(*self._faults):
                self._api.wait(self.id, timeout=_STOP_WITHIN_S)
            with contextlib.suppress(*self._faults):
                memory = bool(self._api.inspect_container(self.id)["State"]["OOMKilled"])
        self._remove()
        self._api.close()
        words = self._mux.words if self._socket is not None else b""
        self._end = End(memory=memory, words=last_line(words))
        return self._end


class Demultiplexer:
    """Takes an engine's stream apart: stdout is handed on, the end of stderr is kept."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._head = b""
        self._kind = 0
        self._left = 0
        self.words = b""

    def take(self, _fd: int, size: int) -> bytes | None:
        """What one read brings of stdout: None where it brought none of it, empty at the end."""
        data = self._source.recv(size + _MUX.size)
        if not data:
            return b""
        if self._head:
            data, self._head = self._head + data, b""
        pieces = []
        at = 0
        while at < len(data):
            if not self._left:
                if len(data) - at < _MUX.size:
                    self._head = data[at:]
                    break
                self._kind, self._left = _MUX.unpack_from(data, at)
                at += _MUX.size
                continue
            piece = data[at : at + self._left]
            at += len(piece)
            self._left -= len(piece)
            if self._kind == _STDERR:
                self.words = (self.words + piece)[-_WORDS_BYTES:]
            else:
                pieces.append(piece)
        return b"".join(pieces) if pieces else None


def _sources() -> dict[str, str]:
    here = Path(__file__).parent
    names = [*toolchain.SLOT_MODULES, "__init__"]
    return {name: (here / f"{name}.py").read_text() for name in names}
