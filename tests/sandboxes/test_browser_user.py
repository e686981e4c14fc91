"""An isolated browser of an ordinary user, and one that cannot keep Chromium's own sandbox."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sandbox_places import HERE, NOBODY, SYSTEM_PYTHON

from sandboxes.base import SandboxUnavailable
from sandboxes.chromium import binary, open_browser


@pytest.fixture(scope="module")
def as_user(public: Path) -> Any:
    """Runs browser_user.py as an ordinary user; skips where this machine has none, or no browser."""
    try:
        binary.find()
    except SandboxUnavailable as error:
        pytest.skip(f"{error}: {error.hint}")
    command = [SYSTEM_PYTHON, "-B", "browser_user.py"]
    if not Path(SYSTEM_PYTHON).exists():
        pytest.skip("needs a Python that every user can read: apt-get install python3")
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("needs setpriv: apt-get install util-linux")
        ids = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        command = ["setpriv", *ids, *command]
    for name in ("browser_user.py", "browser_talk.py"):
        shutil.copy(HERE / name, public / "code" / name)
    (public / "code" / "tests").mkdir()
    shutil.copy(HERE.parent / "waiting.py", public / "code" / "tests" / "waiting.py")

    def run(*words: str) -> Any:
        done = subprocess.run(
            [*command, *words], capture_output=True, text=True, check=False, timeout=300,
            cwd=public / "code", env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_an_ordinary_user_has_all_of_it(as_user: Any) -> None:
    """Without any right of root: Chromium's sandbox stays on, use is counted, memory is bounded."""
    told = as_user()
    assert (told["two"], told["tier"], told["isolation"]) == (2, "user", "chromium-sandbox")
    assert told["filters"] == 2
    assert told["depth"] >= 3
    assert told["cpu"] > 0.05
    assert told["memory"] > 20
    assert told["hoard"]
    assert told["kills"] >= 1 or "crashed" in told["hoard"]
    assert told["alive"] == []


def test_less_isolation_is_refused_unless_asked_for(as_user: Any) -> None:
    """Where namespaces inside ours are forbidden, the default raises; asked for, it says so."""
    told = as_user("nested")
    assert "Chromium's own sandbox cannot be kept" in told["strict"]["refused"]
    assert "max_user_namespaces" in told["strict"]["hint"]
    assert told["loose"].get("isolation") == "container-only", told["loose"]
    assert told["loose"]["filters"] == 1
    assert "--no-sandbox" in told["loose"]["flags"]
    assert told["loose"]["two"] == 2


def test_a_script_is_no_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrapper, which may add flags of its own, is refused by name."""
    script = tmp_path / "chromium"
    script.write_text("#!/bin/sh\nexec chromium --no-sandbox\n")
    script.chmod(0o755)
    monkeypatch.setenv(binary.VARIABLE, str(script))
    with pytest.raises(SandboxUnavailable, match="no program") as refused:
        open_browser()
    assert "the binary itself" in refused.value.hint


def test_no_place_is_made_up() -> None:
    """An unknown place, and a window where there is no display, are refused with what to type."""
    with pytest.raises(SandboxUnavailable) as unknown:
        open_browser("nowhere")
    assert "embedded" in unknown.value.hint
    with pytest.raises(SandboxUnavailable) as headed:
        open_browser(headed=True)
    assert headed.value.hint
