"""Where the sandbox tests run: a public folder, a guest, both tiers, and short ways to a job."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sandbox_serve import Remote

from sandboxes.base import Job, Limits, Outcome, Process, Profile, SandboxUnavailable
from sandboxes.embedded import Embedded

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NOBODY = 65534
SYSTEM_PYTHON = "/usr/bin/python3"
GUEST = '''
import ctypes, errno, json, os, select, signal, socket, sys, time
LIBC = ctypes.CDLL(None, use_errno=True)

def main(payload, report, peer):
    """Run the payload's code with the descriptors in reach."""
    space = {"report": report, "peer": peer, "payload": payload, "libc": LIBC}
    space.update({k: v for k, v in globals().items() if not k.startswith("_")})
    exec(payload["code"], space)

def tell(value):
    os.write(3, json.dumps(value).encode())

def nothing(payload, report, peer):
    pass
'''


@contextmanager
def public_folder() -> Iterator[Path]:
    """A folder that every user can read, with guest code and a copy of the package."""
    with tempfile.TemporaryDirectory(prefix="pairproof-test-") as name:
        folder = Path(name)
        (folder / "guest").mkdir()
        (folder / "guest" / "guest.py").write_text(GUEST)
        shutil.copytree(ROOT / "sandboxes", folder / "code" / "sandboxes")
        shutil.copy(HERE / "sandbox_serve.py", folder / "code" / "sandbox_serve.py")
        subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
        yield folder


def profiles(public: Path) -> dict[str, Profile]:
    return {"bare": Profile(guest=str(public / "guest"), preload=("guest",))}


def as_user(public: Path) -> Remote:
    """A sandbox of an ordinary user. Skips where this machine has no Python for one."""
    found = subprocess.run(
        [SYSTEM_PYTHON, "-c", "import sys; print(sys.version_info >= (3, 11))"],
        capture_output=True,
        text=True,
        check=False,
    ) if Path(SYSTEM_PYTHON).exists() else None  # fmt: skip
    if found is None or found.stdout.strip() != "True":
        pytest.skip("needs a Python 3.11 that every user can read: apt-get install python3")
    command = [SYSTEM_PYTHON, "sandbox_serve.py", str(public / "guest")]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("needs setpriv: apt-get install util-linux")
        ids = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        command = ["setpriv", *ids, *command]
    env = {"PYTHONDONTWRITEBYTECODE": "1", "HOST_SECRET": "x", "PATH": os.environ["PATH"]}
    return Remote(command, env, str(public / "code"))


def as_root(public: Path, **options: Any) -> Embedded:
    if os.geteuid() != 0:
        pytest.skip("needs root: sudo -E python -m pytest tests/sandboxes")
    return Embedded(profiles(public), **{"slots": 2, **options})


TIERS = ("root", "user", "docker:uid", "docker:uidns", "docker:container", "docker:runsc")
"""Every place in which the conformance and the hostile suite run."""


def place(name: str, public: Path) -> Any:
    """A sandbox of one of TIERS; skips, with the line to type, where this machine has none."""
    if name == "root":
        made: Any = as_root(public)
    elif name == "user":
        made = as_user(public)
    else:
        made = as_docker(public, name.partition(":")[2])
    made.tier = name
    return made


def engine_has(tier: str) -> str:
    """What keeps this machine from a tier of Docker, with the line to type; nothing if it has it."""
    from sandboxes import engine, images

    try:
        client = engine.client()
        runtimes = client.info()["Runtimes"]
        client.close()
        images.locked("python")
    except SandboxUnavailable as error:
        return f"{error}: {error.hint}"
    if tier.endswith("runsc") and "runsc" not in runtimes:
        return "needs gVisor: apt-get install runsc, then add it to the engine's runtimes"
    return ""


def as_docker(public: Path, tier: str, **options: Any) -> Any:
    """A sandbox of the engine. Skips where no engine answers, no image is built, or no runsc is."""
    from sandboxes.docker import Docker

    missing = engine_has(tier)
    if missing:
        pytest.skip(missing)
    return Docker(profiles(public), **{"slots": 2, "tier": tier, **options})


FAST = Limits(cpu_s=5, wall_s=5, memory_mb=128, pids=32, disk_mb=16, inodes=512, file_mb=4)


def job(code: str = "", *, limits: Limits = FAST, stdin: str = "", **more: Any) -> Job:
    """A job of one process that runs `code` in the guest."""
    process = Process(entry="guest:main", payload={"code": code}, stdin=stdin)
    return Job(processes=(process,), limits=limits, **more)


def pair(first: str, second: str, *, limits: Limits = FAST) -> Job:
    """A job of a reporter and its peer."""
    return Job(
        processes=(
            Process(name="first", entry="guest:main", payload={"code": first}),
            Process(name="second", entry="guest:main", payload={"code": second}, reports=False),
        ),
        limits=limits,
    )


def shown(outcome: Outcome) -> str:
    """For the message of an assertion."""
    return f"{outcome.status} {outcome.detail} {outcome.report!r} {outcome.stderr.text}"
