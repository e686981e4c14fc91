"""Where the machine forbids isolation and no engine answers: exit code 3, and the line to type."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import ExitCode

PAIR = {"id": "a", "language": "python", "code": "def f(x):\n    return x\n",
        "test_sketch": "f(1) == 1"}  # fmt: skip
FORBID = "echo 0 > /proc/sys/user/max_user_namespaces && exec "


def without_namespaces(arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("unshare") is None:
        pytest.skip("no unshare: apt-get install util-linux")
    nowhere = {**os.environ, "DOCKER_HOST": f"unix://{cwd}/no-engine.sock"}
    command = FORBID + f"{sys.executable} -m harness {arguments}"
    return subprocess.run(["unshare", "-Ur", "sh", "-c", command], cwd=cwd, check=False, env=nowhere,
                          capture_output=True, text=True, timeout=300)  # fmt: skip


def test_verify_refuses_and_says_what_to_do(tmp_path: Path) -> None:
    """No verdict is written, no weaker sandbox is used."""
    (tmp_path / "pairs.jsonl").write_text(json.dumps(PAIR) + "\n")
    done = without_namespaces("verify pairs.jsonl -o run", tmp_path)
    assert done.returncode == ExitCode.CANNOT_JUDGE
    assert "namespaces" in done.stderr and "sysctl" in done.stderr
    assert "Traceback" not in done.stderr
    verdicts = tmp_path / "run" / "verdicts.jsonl"
    assert not verdicts.exists() or verdicts.read_text() == ""


def test_doctor_says_why(tmp_path: Path) -> None:
    """The same reason and remedy, as JSON, and exit code 3."""
    done = without_namespaces("doctor --json", tmp_path)
    assert done.returncode == ExitCode.CANNOT_JUDGE
    box = json.loads(done.stdout)["sandboxes"]["embedded"]
    assert box["available"] is False and box["reason"] and box["remedy"]
