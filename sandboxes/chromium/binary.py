"""The browser on this machine: its file, the folders that it loads from, and its digest."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import struct
import subprocess
from collections.abc import Iterator
from functools import lru_cache

from sandboxes.base import SandboxUnavailable
from sandboxes.chromium.fonts import PACKAGES

VARIABLE = "PAIRPROOF_CHROMIUM"
"""The variable that names another browser's file: an ELF binary, never a script around it."""

INSTALL = f"apt-get install chromium-headless-shell {' '.join(PACKAGES)}"

_SHELLS = (
    "/usr/lib/chromium/chromium-headless-shell",
    "/usr/lib/chromium-browser/headless_shell",
    "/usr/lib64/chromium-browser/headless_shell",
    "~/.cache/ms-playwright/chromium_headless_shell-*/chrome-linux*/*headless*shell",
)
_FULL = (
    "/usr/lib/chromium/chromium",
    "/usr/lib64/chromium-browser/chromium-browser",
    "~/.cache/ms-playwright/chromium-*/chrome-linux*/chrome",
)
_ELF = b"\x7fELF"
_LIBRARY = re.compile(r"(?:=> |^\s*)(/\S+) \(0x", re.MULTILINE)
_BUILD_ID = b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0"
_HEAD_BYTES = 1 << 16


def find() -> str:
    """The browser's file: the one that VARIABLE names, a headless shell, or else full Chromium.

    Raises:
        SandboxUnavailable: there is none, or the named one is not a program itself.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not _is_program(named):
            raise SandboxUnavailable(
                f"{VARIABLE} names {named}, which is no program that the kernel can start",
                hint="name the binary itself, not the script that starts it",
            )
        return os.path.realpath(named)
    for path in _installed():
        return os.path.realpath(path)
    raise SandboxUnavailable("no Chromium is installed", hint=INSTALL)


def installed() -> str:
    """The browser's file, or "" where there is none."""
    try:
        return find()
    except SandboxUnavailable:
        return ""


def find_full() -> str:
    """A full Chromium, which can open windows; the one that VARIABLE names where it is no shell.

    Raises:
        SandboxUnavailable: there is none.
    """
    named = os.environ.get(VARIABLE)
    if named and _is_program(named) and "shell" not in os.path.basename(named):
        return os.path.realpath(named)
    for path in _installed(_FULL):
        return os.path.realpath(path)
    raise SandboxUnavailable("no full Chromium is installed", hint="apt-get install chromium")


def _installed(patterns: tuple[str, ...] = (*_SHELLS, *_FULL)) -> Iterator[str]:
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.expanduser(pattern)), reverse=True):
            if _is_program(path):
                yield path


def _is_program(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(4) == _ELF and os.access(path, os.X_OK)
    except OSError:
        return False


@lru_cache(maxsize=4)
def folders(path: str) -> tuple[str, ...]:
    """The folders of the browser's own files and of every library that the loader finds for it.

    Real paths, sorted, none below another.

    Raises:
        SandboxUnavailable: a library is missing.
    """
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            ["ldd", path], capture_output=True, text=True, env=env, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SandboxUnavailable(
            f"the libraries of {path} cannot be listed: {error}", hint="apt-get install libc-bin"
        ) from error
    missing = [line.split()[0] for line in done.stdout.splitlines() if "not found" in line]
    if missing:
        raise SandboxUnavailable(f"{path} lacks {', '.join(missing)}", hint=INSTALL)
    found = {os.path.dirname(path)}
    for library in _LIBRARY.findall(done.stdout):
        found |= {os.path.realpath(os.path.dirname(library)),
                  os.path.dirname(os.path.realpath(library))}  # fmt: skip
    return tuple(
        sorted(one for one in found if not any(one.startswith(f"{other}/") for other in found))
    )


@lru_cache(maxsize=4)
def digest(path: str) -> str:
    """ "build-id:..." as its linker wrote it, a hash of all that it contains, else "sha256:...".

    Reading 220 MB for each start of ours would cost more than the start of the browser.
    """
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES)
        at = head.find(_BUILD_ID)
        if at >= 0:
            (size,) = struct.unpack_from("<I", head, at + 4)
            at += len(_BUILD_ID)
            return f"build-id:{head[at : at + size].hex()}"
        file.seek(0)
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
