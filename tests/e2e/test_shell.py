"""`repro --shell`: a person's shell inside the sandbox, on a real pseudo-terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import sys
import time
from pathlib import Path

from harness import api

PAIR = {"id": "add", "language": "python", "code": "def add(a, b):\n    return a + b\n",
        "test_sketch": "add(1, 2) == 3\nadd(0, 0) == 0"}  # fmt: skip
COMMANDS = (
    b"echo start; id -u; ls; python3 -m pytest -q -p no:cacheprovider test_sketch.py;"
    b" ls /root /home 2>&1; echo 'en''d'; exit 7\n"
)


def converse(arguments: list[str]) -> tuple[str, int]:
    """What the command showed after it was typed to, and its exit status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-m", "harness", *arguments])
    shown, typed = b"", False
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 1)
        if ready:
            try:
                shown += os.read(terminal, 65_536)
            except OSError:
                break
        if not typed and b"sandbox$" in shown:
            os.write(terminal, COMMANDS)
            typed = True
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return shown.decode(), os.waitstatus_to_exitcode(status)


def test_the_shell_has_the_files_and_none_of_the_host(tmp_path: Path) -> None:
    """The pair's tests run there, the host's folders are not there, the exit status comes back."""
    (tmp_path / "pairs.jsonl").write_text(json.dumps(PAIR) + "\n")
    api.verify(tmp_path / "pairs.jsonl", out=tmp_path / "run")
    shown, status = converse(["repro", str(tmp_path / "run"), "add", "--shell"])
    assert status == 7, shown
    said = shown.partition("start\r\n")[2].partition("end\r\n")[0]
    assert said.splitlines()[0] != str(os.getuid()) or os.getuid() != 0
    assert "solution.py" in said and "test_sketch.py" in said
    assert "2 passed" in said
    assert "No such file" in said
