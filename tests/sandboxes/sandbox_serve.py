"""A sandbox in another process, under another user: jobs in, outcomes out, by pickle.

Runs with any Python, for the user that may not read the test runner's own environment.
"""

from __future__ import annotations

import pickle
import struct
import subprocess
import sys
import threading
from concurrent.futures import Future
from typing import Any, BinaryIO

_SIZE = struct.Struct("!I")


def _write(stream: BinaryIO, lock: threading.Lock, value: Any) -> None:
    data = pickle.dumps(value)
    with lock:
        stream.write(_SIZE.pack(len(data)) + data)
        stream.flush()


def _read(stream: BinaryIO) -> Any:
    prefix = stream.read(_SIZE.size)
    if len(prefix) < _SIZE.size:
        raise EOFError
    return pickle.loads(stream.read(_SIZE.unpack(prefix)[0]))


class Remote:
    """The methods of a sandbox, answered by `main` in a process that `command` starts."""

    def __init__(self, command: list[str], env: dict[str, str], cwd: str) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=cwd
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self._in, self._out = self.process.stdin, self.process.stdout
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self._serial = 0
        self._thread = threading.Thread(target=self._collect)
        self._thread.start()

    def _collect(self) -> None:
        try:
            while True:
                serial, good, value = _read(self._out)
                future = self._waiting.pop(serial)
                future.set_result(value) if good else future.set_exception(value)
        except EOFError:
            for future in self._waiting.values():
                future.set_exception(EOFError("the other process ended"))

    def _ask(self, method: str, *arguments: Any) -> Any:
        future: Future[Any] = Future()
        with self._lock:
            self._serial += 1
            serial = self._serial
            self._waiting[serial] = future
        _write(self._in, self._lock, (serial, method, arguments))
        return future.result(90)

    def run(self, job: Any) -> Any:
        """See `Sandbox.run`."""
        return self._ask("run", job)

    def facts(self) -> Any:
        """See `Sandbox.facts`."""
        return self._ask("facts")

    def probe(self) -> Any:
        """See `Embedded.probe`."""
        return self._ask("probe")

    def close(self) -> None:
        """See `Sandbox.close`."""
        self._in.close()
        self.process.wait(20)
        self._thread.join(20)
        self._out.close()


def main() -> None:
    """Serve one sandbox made of the guest folder in argv until stdin ends."""
    from sandboxes.base import Profile
    from sandboxes.embedded import Embedded

    sandbox = Embedded({"bare": Profile(guest=sys.argv[1], preload=("guest",))}, slots=2)
    lock = threading.Lock()
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer

    def answer(serial: int, method: str, arguments: Any) -> None:
        try:
            _write(stdout, lock, (serial, True, getattr(sandbox, method)(*arguments)))
        except Exception as error:
            _write(stdout, lock, (serial, False, error))

    try:
        while True:
            threading.Thread(target=answer, args=_read(stdin)).start()
    except EOFError:
        sandbox.close()


if __name__ == "__main__":
    main()
