"""The file system of a slot: a read-only tree of the host's toolchain and small writable places.

`stage` runs with the caller's own rights, before they are given up: it may reach a Python below
/root. `enter` runs in PID 1 and leaves nothing else of the host behind.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from sandboxes import linux

STAGE = "/tmp"  # exists everywhere, and is covered in our own mount namespace only
GUEST = "/guest"
SITE = "/site"
WORK = "/job"
WRITABLE = (WORK, "/tmp", "/dev/shm")
WRITABLE_MODE = 0o1777
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32")
_ETC = ("alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d")
DEVICES = ("null", "zero", "full", "random", "urandom")
LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
_PASSWD = "root:x:0:0::/:/bin/false\njob:x:1000:1000::/job:/bin/false\n"
_EMPTY = "/.empty"
_STAGE_OPTIONS = "size=64m,mode=0755"
_KEPT_INODES = 8  # the root of the writable tmpfs and its folders


def stage(
    *, binds: Sequence[tuple[str, str]], masks: Sequence[str], guest: Mapping[str, bytes]
) -> None:
    """Build the tree on STAGE in the mount namespace of the caller, and make it read-only.

    `binds` are (host path, path inside), `masks` folders shown empty, `guest` the guest code.
    Raises OSError.
    """
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    shown = [(path, path) for path in _SYSTEM]
    shown += [(f"/etc/{name}", f"/etc/{name}") for name in _ETC]
    shown += binds
    # Opened before STAGE is covered: a bound folder may lie below it.
    opened = []
    links = []
    for source, target in shown:
        if os.path.islink(source) and target in _SYSTEM:
            links.append((os.readlink(source), target))
        elif os.path.exists(source):
            opened.append(
                (os.open(source, os.O_PATH | os.O_CLOEXEC), os.path.isdir(source), target)
            )
    devices = [(os.open(f"/dev/{name}", os.O_PATH | os.O_CLOEXEC), name) for name in DEVICES]
    linux.mount("tmpfs", STAGE, "tmpfs", linux.MS_NOSUID, _STAGE_OPTIONS)
    for folder in ("/dev/shm", "/proc", "/tmp", "/etc", WORK, GUEST, SITE, _EMPTY):
        os.makedirs(STAGE + folder, exist_ok=True)
    for destination, target in links:
        os.symlink(destination, STAGE + target)
    for fd, is_folder, target in opened:
        bind(fd, STAGE + target, is_folder=is_folder)
    for mask in masks:
        if os.path.isdir(STAGE + mask):
            linux.mount(STAGE + _EMPTY, STAGE + mask, None, linux.MS_BIND)
    for name, data in {**guest_files(guest), "/etc/passwd": _PASSWD.encode()}.items():
        os.makedirs(os.path.dirname(STAGE + name), exist_ok=True)
        with open(STAGE + name, "wb") as file:
            file.write(data)
    with open(f"{STAGE}/etc/group", "w") as file:
        file.write("root:x:0:\njob:x:1000:\n")
    for _, name in devices:
        with open(f"{STAGE}/dev/{name}", "wb"):
            pass
    for name, destination in LINKS.items():
        os.symlink(destination, f"{STAGE}/dev/{name}")
    linux.make_read_only(STAGE)
    for fd, name in devices:
        bind_device(fd, name)


def guest_files(guest: Mapping[str, bytes]) -> dict[str, bytes]:
    """Guest files by their place in the tree."""
    return {f"{GUEST}/{name}": data for name, data in guest.items()}


def bind(fd: int, target: str, *, is_folder: bool) -> None:
    """Show what `fd` (O_PATH, closed here) is open on at `target`, made here. Raises OSError."""
    if is_folder:
        os.makedirs(target, exist_ok=True)
    elif not os.path.exists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb"):
            pass
    linux.mount(f"/proc/self/fd/{fd}", target, None, linux.MS_BIND | linux.MS_REC)
    os.close(fd)


def bind_device(fd: int, name: str) -> None:
    """Show a device of the host's (`fd` as for `bind`) in STAGE's /dev. Raises OSError."""
    target = f"{STAGE}/dev/{name}"
    linux.mount(f"/proc/self/fd/{fd}", target, None, linux.MS_BIND)
    # Its mode and owner are the host's: where our user owns it, a job could shut it for all.
    linux.make_read_only(target, devices=True)
    os.close(fd)


def enter(*, disk_mb: int, inodes: int) -> bool:
    """Make STAGE the root of this mount namespace; whether /proc hides other users' processes.

    The caller is PID 1 with every capability of its own user namespace. Raises OSError.
    """
    # Mounts that were inherited are locked to their place: a copy of the tree is not.
    linux.mount(STAGE, STAGE, None, linux.MS_BIND | linux.MS_REC)
    os.chdir(STAGE)
    quiet = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    hidden = True
    try:
        linux.mount("proc", "proc", "proc", quiet, "hidepid=2")
    except OSError:
        hidden = False
        linux.mount("proc", "proc", "proc", quiet)
    plain = linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("tmpfs", "job", "tmpfs", plain, _work_options(disk_mb, inodes))
    # One file system for all writable places: one size, one count of inodes, one wipe.
    for inner, outer in (("tmp", "tmp"), ("shm", "dev/shm"), ("work", "job")):
        os.mkdir(f"job/{inner}")
        os.chmod(f"job/{inner}", WRITABLE_MODE)
        linux.mount(f"job/{inner}", outer, None, linux.MS_BIND)
    linux.pivot_root_here()
    linux.sethostname("sandbox")
    os.chdir(WORK)
    return hidden


def resize(*, disk_mb: int, inodes: int) -> None:
    """Change what jobs may write. The writable places must hold less. Raises OSError."""
    flags = linux.MS_REMOUNT | linux.MS_NOSUID | linux.MS_NODEV
    linux.mount(None, WORK, None, flags, _work_options(disk_mb, inodes))


def _work_options(disk_mb: int, inodes: int) -> str:
    return f"size={disk_mb}m,nr_inodes={inodes + _KEPT_INODES},mode=0755"
