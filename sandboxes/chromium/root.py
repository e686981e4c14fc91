"""The browser's file system: itself, its libraries, fonts, and three writable places. No program
besides, no shell, nothing else of the host."""

from __future__ import annotations

import os
from collections.abc import Sequence

from sandboxes import linux, rootfs
from sandboxes.chromium import fonts
from sandboxes.chromium.bounds import INODES, SHM_MB, TMP_MB, UID

_ETC = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d")
_MERGED = ("/lib", "/lib64", "/lib32")
_PASSWD = f"root:x:0:0::/:/bin/false\nbrowser:x:{UID}:{UID}::/tmp:/bin/false\n"
_STAGE_OPTIONS = "size=4m,mode=0755"


def stage(shown: Sequence[str]) -> None:
    """Build the tree on `rootfs.STAGE` with the host's folders and files `shown`, read-only.

    Raises OSError.
    """
    stage = rootfs.STAGE
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    opened = [
        (os.open(path, os.O_PATH | os.O_CLOEXEC), os.path.isdir(path), path)
        for path in (*shown, *_ETC)
        if os.path.exists(path)
    ]
    links = [(os.readlink(path), path) for path in _MERGED if os.path.islink(path)]
    devices = [(os.open(f"/dev/{name}", os.O_PATH | os.O_CLOEXEC), name) for name in rootfs.DEVICES]
    linux.mount("tmpfs", stage, "tmpfs", linux.MS_NOSUID, _STAGE_OPTIONS)
    for folder in ("/dev/shm", "/proc", "/tmp", "/etc"):
        os.makedirs(stage + folder, exist_ok=True)
    for destination, target in links:
        os.symlink(destination, stage + target)
    for fd, is_folder, target in opened:
        rootfs.bind(fd, stage + target, is_folder=is_folder)
    os.makedirs(stage + os.path.dirname(fonts.CONFIG_PATH), exist_ok=True)
    for name, text in (
        ("/etc/passwd", _PASSWD),
        ("/etc/group", f"root:x:0:\nbrowser:x:{UID}:\n"),
        (fonts.CONFIG_PATH, fonts.config()),
    ):
        with open(stage + name, "w") as file:
            file.write(text)
    for _, name in devices:
        with open(f"{stage}/dev/{name}", "wb"):
            pass
    for name, destination in rootfs.LINKS.items():
        os.symlink(destination, f"{stage}/dev/{name}")
    linux.make_read_only(stage)
    for fd, name in devices:
        rootfs.bind_device(fd, name)


def enter() -> None:
    """Make the tree the root of this mount namespace; see `rootfs.enter`. Raises OSError."""
    linux.mount(rootfs.STAGE, rootfs.STAGE, None, linux.MS_BIND | linux.MS_REC)
    os.chdir(rootfs.STAGE)
    quiet = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount("proc", "proc", "proc", quiet)
    for place, size_mb in (("tmp", TMP_MB), ("dev/shm", SHM_MB)):
        linux.mount("tmpfs", place, "tmpfs", quiet, f"size={size_mb}m,nr_inodes={INODES},mode=1777")
    linux.pivot_root_here()
    linux.sethostname("sandbox")
    os.chdir("/tmp")
