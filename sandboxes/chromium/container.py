"""What the engine is asked for: the body of the call that creates a browser's container."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sandboxes.chromium import policy
from sandboxes.chromium.bounds import ENV, INODES, MEMORY_MB, PIDS, SHM_MB, TMP_MB, UID
from sandboxes.chromium.image import SHELL
from sandboxes.container import piped

_START = '"$0" "$@" 3<&0 4>&1 0</dev/null 1>&2'
"""Descriptors 3 and 4 are the line to the driver. The shell stays as PID 1: its end, which is that
of the browser, ends all."""


def config(image: str, flags: Sequence[str]) -> dict[str, Any]:
    """The body: no network, a read-only root, no capability, and a bound for everything."""
    memory = MEMORY_MB << 20
    quiet = "rw,nosuid,nodev,noexec"
    own = f"nr_inodes={INODES},uid={UID},gid={UID},mode=700"
    environment = [f"{name}={value}" for name, value in ENV.items()]
    what = {
        "Image": image,
        "Entrypoint": ["/usr/bin/env", "-i", *environment],
        "Cmd": ["/bin/sh", "-c", _START, SHELL, *flags],
        "User": f"{UID}:{UID}",
        "WorkingDir": "/tmp",
    }
    seccomp = f"seccomp={json.dumps(policy.engine_profile())}"
    host = {
        "AutoRemove": True,
        "SecurityOpt": ["no-new-privileges:true", seccomp],
        "Memory": memory,
        "MemorySwap": memory,
        "PidsLimit": PIDS,
        "Tmpfs": {
            "/tmp": f"{quiet},size={TMP_MB}m,{own}",
            "/dev/shm": f"{quiet},size={SHM_MB}m,{own}",
        },
        "Ulimits": [
            {"Name": "core", "Soft": 0, "Hard": 0},
            {"Name": "nofile", "Soft": 4096, "Hard": 4096},
        ],
    }
    return piped(what, host)
