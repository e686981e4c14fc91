"""Whether a browser that runs is held as it must be: read from the kernel, not from our intent."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sandboxes.base import SandboxUnavailable
from sandboxes.chromium.usage import tree

_DEVICES = {"lo", "tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0"}
"""Devices that a fresh network namespace has by itself; none of them is up."""

_FILTERED = "2"
_AT_LEAST = 3
"""PID 1, the browser, and a process that it started."""


def check(pid: int, *, chromium_sandbox: bool) -> None:
    """Look at `pid` and all below it: filter, rights, namespaces, devices, Chromium's own start.

    What may not be read by us (an ordinary user sees less of other namespaces) is passed over.

    Raises:
        SandboxUnavailable: a process is held by less than the facts would say.
    """
    wrong = _faults(pid, chromium_sandbox)
    if wrong:
        raise SandboxUnavailable(
            f"the browser is not isolated: {'; '.join(wrong)}", hint="please report this"
        )


def _faults(pid: int, chromium_sandbox: bool) -> list[str]:
    wrong, depths, seen = [], set(), 0
    ours = {kind: _namespace("self", kind) for kind in ("net", "pid", "mnt")}
    for one in tree(pid):
        try:
            held = _status(one)
        except OSError:
            continue  # it has ended
        name = f"{held['Name']} {one}"
        seen += 1
        depths.add(len(held["NSpid"].split()))
        if held["Seccomp"] != _FILTERED:
            wrong.append(f"{name} has no system call filter")
        if held["NoNewPrivs"] != "1":
            wrong.append(f"{name} may gain privileges")
        if held["Uid"].split()[0] == "0":
            wrong.append(f"{name} is root's")
        if _namespace(one, "user") == _namespace(pid, "user") and int(held["CapEff"], 16):
            wrong.append(f"{name} has capabilities")
        wrong += [f"{name} shares our {kind} namespace" for kind, link in ours.items()
                  if _namespace(one, kind) == link]  # fmt: skip
    if foreign := _devices(pid) - _DEVICES:
        wrong.append(f"it sees network devices: {', '.join(sorted(foreign))}")
    if seen < _AT_LEAST:
        wrong.append("its processes cannot be listed (the kernel lacks /proc/PID/task/*/children)")
    elif chromium_sandbox and len(depths) < 2:
        wrong.append("Chromium made no namespace of its own")
    return wrong


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _namespace(pid: int | str, kind: str) -> str:
    """The name of a namespace; one that nobody has where it may not be read."""
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/ns/{kind}")
    return f"{kind} of {pid}"


def _devices(pid: int) -> set[str]:
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]
        return {line.partition(":")[0].strip() for line in lines}
    return set()
