"""An engine of a test's own, which may be stopped, killed and started again."""

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

import pytest

from sandboxes import engine, images
from sandboxes.base import SandboxUnavailable


class PrivateEngine:
    """A dockerd with its own socket, store and containerd."""

    def __init__(self, folder: Path) -> None:
        self.host = f"unix://{folder}/engine.sock"
        self._folder = folder
        (folder / "engine.json").write_text("{}")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        (self._folder / "engine.pid").unlink(missing_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    "dockerd", "--bridge=none", "--iptables=false", "--config-file", f"{self._folder}/engine.json",
                    "--data-root", f"{self._folder}/data", "--exec-root", f"{self._folder}/exec",
                    "--pidfile", f"{self._folder}/engine.pid", "-H", self.host,
                ],
                stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            try:
                engine.client(5).close()
                return
            except SandboxUnavailable:
                assert time.monotonic() < deadline, (self._folder / "log").read_text()[-2000:]
                assert self._process.poll() is None, (self._folder / "log").read_text()[-2000:]
                time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it by a signal and wait."""
        assert self._process is not None
        if number is signal.SIGKILL:  # its containerd goes with it, as it does when a host dies
            file = self._folder / "exec/containerd/containerd.pid"
            os.kill(int(file.read_text()), signal.SIGKILL)
            file.unlink()  # else the next engine waits for a process that nobody has reaped
        self._process.send_signal(number)
        self._process.wait(60)


@contextmanager
def private_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateEngine]:
    """An engine that holds the Python image, as DOCKER_HOST. Skips where none can be started."""
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip("needs root and an engine of its own: apt-get install docker.io")
    try:
        image = images.locked("python").id
    except SandboxUnavailable as error:
        pytest.skip(f"{error}: {error.hint}")
    with tempfile.TemporaryDirectory(prefix="pp-engine-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        client = engine.client()
        archive = folder / "image.tar"
        with archive.open("wb") as file:
            for chunk in client.images.get(image).save():
                file.write(chunk)
        client.close()
        made = PrivateEngine(folder)
        monkeypatch.setenv("DOCKER_HOST", made.host)
        made.start()
        try:
            own = engine.client()
            with archive.open("rb") as file:
                own.images.load(file)
            own.close()
            archive.unlink()
            yield made
        finally:
            made.stop()
            for place in ("data", "exec"):
                subprocess.run(["umount", "-R", f"{folder}/{place}"], capture_output=True)
