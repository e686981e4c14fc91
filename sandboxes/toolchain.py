"""Which interpreter and which installed packages a slot shows to jobs, and their digest."""

from __future__ import annotations

import hashlib
import importlib.metadata as metadata
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from sandboxes.base import Profile, SandboxUnavailable

_ASK = """
import json, sys, sysconfig
print(json.dumps({"version": sys.version, "prefix": sys.base_prefix, "exec": sys.base_exec_prefix,
    "short": "%d.%d" % sys.version_info[:2], "plain": "%d.%d.%d" % sys.version_info[:3],
    "site": sysconfig.get_path("purelib"), "plat": sysconfig.get_path("platlib")}))
"""
SLOT_MODULES = (
    "arena", "base", "capture", "cgroups", "child", "contained", "descent", "enclosure",
    "launch", "linux", "meter", "owners", "rootfs", "seccomp", "serve", "steps", "storage",
    "supervisor", "waits", "watch", "wipe", "wire",
)  # fmt: skip
_EXTRA = re.compile(r"extra\s*==")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python that slots start: its file, versions and the folders it needs or must not show."""

    path: str
    version: str
    build: str
    prefixes: tuple[str, ...]
    masks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a slot of one profile shows besides the system: ready to send to its launcher."""

    guest: Mapping[str, bytes]
    binds: tuple[tuple[str, str], ...]
    versions: Mapping[str, str]


def base_python() -> str:
    """The real file of the interpreter that runs this code, outside any virtual environment."""
    base = getattr(sys, "_base_executable", "") or sys.executable
    return os.path.realpath(base)


@lru_cache(maxsize=8)
def interpreter(python: str) -> Interpreter:
    """Ask `python` what it is.

    Raises:
        SandboxUnavailable: it does not run, or is older than 3.11.
    """
    path = os.path.realpath(python)
    try:
        done = subprocess.run(
            [path, "-I", "-S", "-c", _ASK], capture_output=True, timeout=60, check=True, env={}
        )
        told = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise SandboxUnavailable(
            f"the interpreter {path} does not run: {error}", hint="name another Python"
        ) from error
    short = told["short"]
    if tuple(map(int, short.split("."))) < (3, 11):
        raise SandboxUnavailable(
            f"{path} is Python {short}", hint="sandboxes need Python 3.11 or later"
        )
    prefixes = dict.fromkeys(p for p in (told["prefix"], told["exec"]) if not _under_usr(p))
    masks = dict.fromkeys(
        (
            told["site"],
            told["plat"],
            "/usr/lib/python3/dist-packages",
            f"/usr/local/lib/python{short}/dist-packages",
            f"/usr/local/lib/python{short}/site-packages",
        )
    )
    return Interpreter(
        path=path,
        version=told["plain"],
        build=f"{told['version']} {_digest_of_file(path)}",
        prefixes=tuple(prefixes),
        masks=tuple(masks),
    )


def _under_usr(path: str) -> bool:
    return PurePosixPath(path).is_relative_to("/usr")


def _digest_of_file(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def contents(profile: Profile, site: str) -> Contents:
    """Read the guest folder and find the closure of the profile's distributions.

    `site` is the folder inside the slot in which packages appear.

    Raises:
        SandboxUnavailable: the guest folder or a distribution is not there.
    """
    binds: dict[str, str] = {}
    versions: dict[str, str] = {}
    for found in _closure(profile.distributions):
        versions[found.metadata["Name"]] = found.version
        for top in _top_levels(found):
            binds.setdefault(f"{site}/{top.name}", str(top))
    return Contents(
        guest=guest_code(profile),
        binds=tuple((source, target) for target, source in sorted(binds.items())),
        versions=dict(sorted(versions.items())),
    )


def guest_code(profile: Profile) -> dict[str, bytes]:
    """The guest folder's files by their path in it.

    Raises:
        SandboxUnavailable: the folder is not there.
    """
    folder = Path(profile.guest)
    if not folder.is_dir():
        raise SandboxUnavailable(
            f"the guest folder {folder} is not there", hint="reinstall pairproof"
        )
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def _closure(names: Iterable[str]) -> list[metadata.Distribution]:
    todo, found = list(names), dict[str, metadata.Distribution]()
    while todo:
        name = todo.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            found[key] = metadata.distribution(name)
        except metadata.PackageNotFoundError as error:
            if name in names:
                raise SandboxUnavailable(
                    f"the distribution {name} is not installed", hint=f"pip install {name}"
                ) from error
            continue  # a requirement of another platform or Python: its marker said so
        for line in found[key].requires or ():
            match = _NAME.match(line)
            if match and not _EXTRA.search(line):
                todo.append(match.group())
    return list(found.values())


def _top_levels(found: metadata.Distribution) -> list[Path]:
    """The files and folders next to which a distribution was installed, each once."""
    tops: dict[str, Path] = {}
    for file in found.files or ():
        first = file.parts[0]
        if first in ("..", "__pycache__") or first.endswith(".pth"):
            continue
        path = Path(str(found.locate_file(first)))
        if path.exists():
            tops[first] = path
    if not any(not name.endswith(".dist-info") for name in tops):
        name = found.metadata["Name"]
        raise SandboxUnavailable(
            f"the files of {name} are not where it was installed (an editable install?)",
            hint=f"pip install --force-reinstall --no-deps {name}",
        )
    return list(tops.values())


def code_digest(guests: Mapping[str, Mapping[str, bytes]]) -> str:
    """A digest over the supervisor and the guest code of each profile."""
    total = hashlib.sha256()
    here = Path(__file__).parent
    for module in SLOT_MODULES:
        total.update((here / f"{module}.py").read_bytes())
    for name, guest in sorted(guests.items()):
        for path, data in sorted(guest.items()):
            total.update(json.dumps([name, path, hashlib.sha256(data).hexdigest()]).encode())
    return f"sha256:{total.hexdigest()}"


def image_digest(python: Interpreter, shown: Mapping[str, Contents]) -> str:
    """A digest over the interpreter, the guest code, the supervisor and the packages."""
    total = hashlib.sha256(python.build.encode())
    here = Path(__file__).parent
    for module in SLOT_MODULES:
        total.update((here / f"{module}.py").read_bytes())
    for name, content in sorted(shown.items()):
        total.update(json.dumps([name, content.versions]).encode())
        for path, data in sorted(content.guest.items()):
            total.update(json.dumps([path, hashlib.sha256(data).hexdigest()]).encode())
    return f"sha256:{total.hexdigest()}"
