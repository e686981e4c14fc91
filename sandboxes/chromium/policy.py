"""The system calls of a browser: what its own sandbox needs stays, the rest of our denials hold.

Chromium's renderers live in user, PID and network namespaces of their own and in an empty root,
which Chromium makes without any right on the host: clone or unshare with these flags, and chroot.
"""

from __future__ import annotations

from sandboxes import linux, seccomp

_NEEDED = {"unshare", "chroot"}
DENIED = (*(name for name in seccomp.DENIED if name not in _NEEDED), "mount")
"""Denied whatever the arguments. No signal is checked: PID 1 of a namespace inside is Chromium's.
"""

OTHER_NAMESPACES = (
    linux.CLONE_NEWNS | linux.CLONE_NEWCGROUP | linux.CLONE_NEWUTS | linux.CLONE_NEWIPC | 0x80
)
"""Namespaces that no sandbox of Chromium's asks for; 0x80 is that of clocks."""

NEWEST_CALL = 462
"""mseal(2), of Linux 6.10. What comes later was not looked at, and does not exist inside."""

_AF_UNIX = 1
_ENOSYS, _EAFNOSUPPORT = 38, 97


def program(machine: str) -> bytes:
    """The filter for prctl(2). Raises KeyError where there is no table for `machine`."""
    return seccomp.program(machine, denied=DENIED, namespaces=OTHER_NAMESPACES, newest=NEWEST_CALL)


def engine_profile() -> dict[str, object]:
    """The same policy as an engine takes it, but for `NEWEST_CALL`, which it cannot say."""
    flags = [
        {"names": ["clone", "unshare"], "action": "SCMP_ACT_ERRNO",
         "args": [{"index": 0, "value": bit, "valueTwo": bit, "op": "SCMP_CMP_MASKED_EQ"}]}
        for bit in (1 << shift for shift in range(32)) if OTHER_NAMESPACES & bit
    ]  # fmt: skip
    return {
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [
            {"names": list(DENIED), "action": "SCMP_ACT_ERRNO"},
            {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": _ENOSYS},
            *flags,
            {
                "names": ["socket"],
                "action": "SCMP_ACT_ERRNO",
                "errnoRet": _EAFNOSUPPORT,
                "args": [{"index": 0, "value": _AF_UNIX, "op": "SCMP_CMP_NE"}],
            },
        ],
    }
