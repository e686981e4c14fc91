"""A line to a supervisor that is a child of ours: two pipes and a process to wait for."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from pathlib import Path
from typing import IO, Any

from sandboxes import wire
from sandboxes.base import SandboxUnavailable
from sandboxes.slots import End, last_line

_STOP_WITHIN_S = 5.0
_BOOT = "import os, sys; sys.path.insert(0, os.getcwd()); from sandboxes.launch import main; main()"
_EXIT_MEMORY = 77


class Launched:
    """Starts `sandboxes.launch` with `python`; see `Line`.

    `terminal`: three descriptors that the first process of every job gets as its streams.
    """

    def __init__(self, python: str, env: dict[str, str], terminal: tuple[int, ...] = ()) -> None:
        """Raises SandboxUnavailable where the interpreter does not start."""
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._ended: End | None = None
        try:
            self._process = subprocess.Popen(
                [python, "-s", "-S", "-P", "-B", "-X", "utf8", "-c", _BOOT],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
                env=env,
                cwd=Path(__file__).parent.parent,
                start_new_session=True,
                pass_fds=terminal,
            )
        except OSError as error:
            self._errors.close()
            raise SandboxUnavailable(
                f"{python} did not start: {error.strerror}", hint="name another Python"
            ) from error
        assert self._process.stdin is not None and self._process.stdout is not None
        self._to = self._process.stdin.fileno()
        self._reader = wire.Reader(self._process.stdout.fileno())

    def send(self, frame: bytes) -> None:
        """See `Line.send`."""
        wire.send(self._to, frame)

    def frame(self, timeout_s: float) -> tuple[dict[str, Any], list[bytes]] | None:
        """See `Line.frame`."""
        return self._reader.frame(timeout_s)

    def abort(self) -> None:
        """See `Line.abort`."""
        self._process.terminate()  # the launcher then kills PID 1, and with it everything

    def end(self) -> End:
        """See `Line.end`."""
        if self._ended is not None:
            return self._ended
        process = self._process
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            code = process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.abort()
            try:
                code = process.wait(_STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                code = process.wait()
        self._errors.seek(0)
        self._ended = End(memory=code == _EXIT_MEMORY, words=last_line(self._errors.read()))
        self._errors.close()
        return self._ended
