"""Run as an ordinary user: opens a browser, tells on stdout what it saw, as one line of JSON.

`python browser_user.py [nested]`: with `nested`, namespaces inside ours are forbidden first.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path.cwd()))

from browser_talk import BUSY, line, processes, status

from sandboxes import linux
from sandboxes.base import SandboxUnavailable
from sandboxes.chromium.embedded import EmbeddedBrowser


def forbid() -> None:
    """Leave room for one more namespace: that of the browser's isolation, none for Chromium's."""
    ids = os.getuid(), os.getgid()
    linux.unshare(linux.CLONE_NEWUSER)
    linux.write("/proc/self/setgroups", "deny")
    linux.write("/proc/self/uid_map", f"{ids[0]} {ids[0]} 1")
    linux.write("/proc/self/gid_map", f"{ids[1]} {ids[1]} 1")
    linux.write("/proc/sys/user/max_user_namespaces", "1")


def look(*, required: bool) -> dict[str, Any]:
    try:
        browser = EmbeddedBrowser(require_chromium_sandbox=required)
    except SandboxUnavailable as error:
        return {"refused": str(error), "hint": error.hint}
    said = line(browser)
    page = said.page()
    before = browser.cpu_s()
    answer = {"two": said.value(page, "1+1"), "busy": said.value(page, BUSY)}
    seen = [status(pid) for pid in processes(browser.pid)]
    renderer = next(s for s in seen if "--type=renderer" in s["command"])
    told = {
        **answer,
        "cpu": browser.cpu_s() - before,
        "memory": browser.memory_mb(),
        "isolation": browser.facts.isolation,
        "tier": browser.facts.tier,
        "enforced": dict(browser.facts.enforced),
        "filters": int(renderer["Seccomp_filters"]),
        "depth": len(renderer["NSpid"].split()),
        "flags": list(browser.facts.flags),
    }
    if required:
        hoard = "for (self.a = [];;) a.push(new Uint8Array(32e6).fill(1))"
        try:
            said.value(page, hoard)
        except (RuntimeError, EOFError) as error:
            told["hoard"] = str(error)
        told["kills"] = browser.oom_kills()
    browser.close()
    told["kills"] = browser.oom_kills()
    told["alive"] = [pid for pid in processes(browser.pid) if pid != browser.pid]
    return told


def look_when_there_is_room() -> dict[str, Any]:
    """The kernel frees a namespace some time after its last process: ask for a minute at most."""
    end_s = time.monotonic() + 120
    while True:
        told = look(required=False)
        full = os.strerror(errno.ENOSPC) in told.get("refused", "")
        if not full or time.monotonic() > end_s:
            return told
        time.sleep(0.2)


if __name__ == "__main__":
    if "nested" in sys.argv:
        forbid()
        told = {"strict": look(required=True)}
        told["loose"] = look_when_there_is_room()
    else:
        told = look(required=True)
    print(json.dumps(told))
