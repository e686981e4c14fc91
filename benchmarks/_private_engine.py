"""An engine of one's own, which may be stopped, killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandboxes import engine, images
from sandboxes.base import SandboxUnavailable

PREFIX = "pp-engine-"
"""How the folders of these engines are named: what is mounted there is the engine's own."""
_WITHIN_S = 60


class NoEngineError(Exception):
    """No engine of one's own can be started here; the text says what to install."""


class PrivateEngine:
    """A dockerd with its own socket, store and containerd, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.host = f"unix://{folder}/engine.sock"
        self._folder = folder
        (folder / "engine.json").write_text("{}")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers at DOCKER_HOST, which must be `host`."""
        (self._folder / "engine.pid").unlink(missing_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    "dockerd", "--bridge=none", "--iptables=false",
                    "--config-file", f"{self._folder}/engine.json",
                    "--data-root", f"{self._folder}/data", "--exec-root", f"{self._folder}/exec",
                    "--pidfile", f"{self._folder}/engine.pid", "-H", self.host,
                ],
                stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + _WITHIN_S
        while True:
            try:
                engine.client(5).close()
                return
            except SandboxUnavailable:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    log_end = (self._folder / "log").read_text()[-2000:]
                    raise RuntimeError(f"the engine did not start: {log_end}") from None
                time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it by a signal and wait. SIGKILL ends its containerd too, as a dying host does."""
        if self._process is None or self._process.poll() is not None:
            return
        if number is signal.SIGKILL:
            file = self._folder / "exec/containerd/containerd.pid"
            os.kill(int(file.read_text()), signal.SIGKILL)
            file.unlink()  # else the next engine waits for a process that nobody has reaped
        self._process.send_signal(number)
        self._process.wait(_WITHIN_S)


@contextmanager
def private_engine(toolchain: str = "python") -> Iterator[PrivateEngine]:
    """A running engine that holds the image of `toolchain`, as DOCKER_HOST for the block.

    Raises:
        NoEngineError: no root, no dockerd, or no engine that has the image.
    """
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        raise NoEngineError("needs root and an engine of its own: apt-get install docker.io")
    try:
        image = images.locked(toolchain).id
    except SandboxUnavailable as error:
        raise NoEngineError(f"{error}: {error.hint}") from error
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        archive = folder / "image.tar"
        client = engine.client()
        with archive.open("wb") as file:
            for chunk in client.images.get(image).save():
                file.write(chunk)
        client.close()
        made = PrivateEngine(folder)
        earlier = os.environ.get("DOCKER_HOST")
        os.environ["DOCKER_HOST"] = made.host
        try:
            made.start()
            own = engine.client()
            with archive.open("rb") as file:
                own.images.load(file)
            own.close()
            archive.unlink()
            yield made
        finally:
            made.stop()
            if earlier is None:
                del os.environ["DOCKER_HOST"]
            else:
                os.environ["DOCKER_HOST"] = earlier
            for place in ("data", "exec"):
                subprocess.run(["umount", "-R", f"{folder}/{place}"], capture_output=True)
