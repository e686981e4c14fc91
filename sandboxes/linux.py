"""The system calls that isolation needs and that Python does not offer, by ctypes."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
NAMESPACES = (
    CLONE_NEWNS
    | CLONE_NEWCGROUP
    | CLONE_NEWUTS
    | CLONE_NEWIPC
    | CLONE_NEWUSER
    | CLONE_NEWPID
    | CLONE_NEWNET
)

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_NOATIME = 1 << 10
MS_NODIRATIME = 1 << 11
MS_BIND = 1 << 12
MS_REC = 1 << 14
MS_PRIVATE = 1 << 18
MS_RELATIME = 1 << 21
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39
SECCOMP_MODE_FILTER = 2

_CAPABILITY_VERSION_3 = 0x20080522
_FIRST_HIGH_FD = 64
_LAST_CAPABILITY = 63
_SYS_MOUNT_SETATTR = 442
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_ATTR_RDONLY = 1
_ATTR_NOSUID = 2
_ATTR_NODEV = 4
_ST_TO_MS = {2: MS_NOSUID, 4: MS_NODEV, 8: MS_NOEXEC, 1024: MS_NOATIME, 2048: MS_NODIRATIME}
_ST_RELATIME = 4096

_libc = ctypes.CDLL(None, use_errno=True)
_ulong = ctypes.c_ulong
_ZERO = _ulong(0)
_DUMPABLE = (_ulong(0), _ulong(1))


class _CapHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapData(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


class _MountAttr(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


def machine() -> str:
    """ "x86_64" or "aarch64", else whatever the kernel calls itself."""
    name = os.uname().machine
    return {"arm64": "aarch64", "amd64": "x86_64"}.get(name.lower(), name)


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags`. Raises OSError."""
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """mount(2). Raises OSError that names the target."""
    result = _libc.mount(
        source.encode() if source else None,
        os.fsencode(target),
        kind.encode() if kind else None,
        _ulong(flags),
        data.encode() if data else None,
    )
    _check(result, f"mount {target}")


def umount(target: str) -> None:
    """Detach a mount and all below it. Raises OSError."""
    _check(_libc.umount2(os.fsencode(target), ctypes.c_int(MNT_DETACH)), f"umount {target}")


def pivot_root_here() -> None:
    """Make the current folder, a mount, the root, and detach the old root. Raises OSError."""
    number = _SYS_PIVOT_ROOT[machine()]
    _check(_libc.syscall(ctypes.c_long(number), b".", b"."), "pivot_root")
    umount(".")
    os.chdir("/")


def high_copy(fd: int) -> int:
    """The same file at a number above those that jobs use, closed on exec."""
    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _FIRST_HIGH_FD)


def has_process_handles() -> bool:
    """Whether the kernel knows pidfd_open(2); gVisor does not."""
    try:
        os.close(os.pidfd_open(0))  # nobody's number: a kernel that knows the call says EINVAL
    except OSError as error:
        return error.errno != errno.ENOSYS
    return True


def write(path: str, text: str) -> None:
    """Write to a file of the kernel's in one call, as some of them demand. Raises OSError."""
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def prctl(option: int, value: int = 0, pointer: object = None) -> int:
    """prctl(2) with up to two arguments. Raises OSError."""
    second = pointer if pointer is not None else _ulong(0)
    return _check(
        _libc.prctl(ctypes.c_int(option), _ulong(value), second, _ulong(0), _ulong(0)),
        f"prctl {option}",
    )


def set_dumpable(value: bool) -> None:
    """Whether others of the same user may look into the caller. Raises OSError."""
    _check(_libc.prctl(PR_SET_DUMPABLE, _DUMPABLE[value], _ZERO, _ZERO, _ZERO), "prctl dumpable")


def drop_bounding_set() -> None:
    """No later exec can gain a capability. Raises OSError where one could not be dropped."""
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            if capability == 0:
                raise
            return  # past the last capability that this kernel knows


class CapabilityDrop:
    """Gives up every capability of the caller; all memory is prepared before the fork."""

    __slots__ = ("_data", "_header")

    def __init__(self) -> None:
        self._header = _CapHeader(_CAPABILITY_VERSION_3, 0)
        self._data = (_CapData * 2)()

    def __call__(self) -> None:
        """Raises OSError."""
        _check(_libc.capset(ctypes.byref(self._header), ctypes.byref(self._data)), "capset")


def sethostname(name: str) -> None:
    """Raises OSError."""
    raw = name.encode()
    _check(_libc.sethostname(raw, ctypes.c_size_t(len(raw))), "sethostname")


def mount_flags(path: str) -> int:
    """The flags of the mount at `path` that a remount in a user namespace has to keep."""
    found = os.statvfs(path).f_flag
    flags = sum(ms for st, ms in _ST_TO_MS.items() if found & st)
    return flags | (MS_RELATIME if found & _ST_RELATIME else 0)


def make_read_only(target: str, *, devices: bool = False) -> None:
    """Make the mount at `target` and all below it read-only, without set-uid.

    Device files stop working too unless `devices`. Raises OSError.
    """
    wanted = _ATTR_RDONLY | _ATTR_NOSUID | (0 if devices else _ATTR_NODEV)
    attr = _MountAttr(wanted, 0, 0, 0)
    size = ctypes.c_size_t(ctypes.sizeof(attr))
    result = _libc.syscall(
        ctypes.c_long(_SYS_MOUNT_SETATTR),
        ctypes.c_int(_AT_FDCWD),
        os.fsencode(target),
        ctypes.c_uint(_AT_RECURSIVE),
        ctypes.byref(attr),
        size,
    )
    if result == 0:
        return
    flags = MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | (0 if devices else MS_NODEV)
    for point in _mounts_at_or_below(target):
        mount(None, point, None, flags | mount_flags(point))


def _mounts_at_or_below(target: str) -> list[str]:
    top = os.path.realpath(target)
    with open("/proc/self/mountinfo", "rb") as table:
        points = {os.fsdecode(line.split()[4].decode("unicode_escape").encode("latin-1"))
                  for line in table}  # fmt: skip
    return sorted(p for p in points if p == top or p.startswith(top.rstrip("/") + "/"))
