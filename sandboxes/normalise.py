"""A root file system as one tar that depends on its contents alone, and the image around it.

What two builds of the same packages differ in is left out or made equal: order, times, owners,
caches, logs, keys of this machine, and what the engine itself puts into a container.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

_EMPTIED = (
    "boot", "dev", "proc", "run", "sys", "tmp", "root", "home", "media", "mnt", "srv",
    "var/log", "var/cache", "var/tmp", "var/backups", "var/mail", "var/spool",
    "var/lib/apt", "var/lib/dpkg", "var/lib/pam", "var/lib/systemd",
    "etc/apt", "etc/dpkg", "etc/ssl/certs", "etc/ssl/private",
    "usr/local/share/ca-certificates", "usr/share/ca-certificates",
    "usr/share/doc", "usr/share/info", "usr/share/lintian", "usr/share/locale", "usr/share/man",
    "usr/share/bug", "usr/share/python-wheels",
)  # fmt: skip
"""Folders kept without their contents: state of a machine, or nothing that a job can use."""

_DROPPED = re.compile(
    r"\.dockerenv|pairproof-build(/.*)?|etc/(hostname|hosts|resolv\.conf|mtab|machine-id|\.pwd\.lock"
    r"|shadow|gshadow|subuid|subgid|ca-certificates(\.conf|/.*)?)|etc/[^/]+-|etc/ca-certificates"
)
"""Files of the engine, of this machine, or with a date inside."""

_STATUS = "var/lib/dpkg/status"
"""The one file of the package manager that stays: it is what scanners of images read."""

_OWNED = re.compile(r"var/lib/dpkg/info/[^/]+\.list")
"""Files that name what each installed package owns."""

_WRITTEN: Mapping[str, bytes] = {
    "etc/passwd": b"root:x:0:0:root:/:/usr/sbin/nologin\n"
    b"job:x:1000:1000:job:/job:/usr/sbin/nologin\n"
    b"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "etc/group": b"root:x:0:\njob:x:1000:\nnogroup:x:65534:\n",
    "etc/hostname": b"",
    "etc/hosts": b"",
    "etc/resolv.conf": b"",
}
"""Files whose bytes are ours. The last three are places on which the engine mounts its own."""

_FOLDERS = ("dev", "guest", "job", "proc", "run", "site", "sys", "tmp", "var/lib/dpkg")

TIME = 1735689600
"""Time of every file and of the image, in seconds since 1970: the first of January 2025, UTC."""

ENV = ("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8")


def normalise(exported: Path, layer: Path) -> str:
    """Write to `layer` what `exported` (a `docker export` tar) comes to; its sha256 in hex.

    Entries are sorted, owned by root, dated `TIME`, without set-id bits, extended attributes and
    devices; hard links point at the first name of their file.
    """
    with tarfile.open(exported) as source:
        members = _kept(source)
        first = _first_names(members)
        with tarfile.open(layer, mode="w", format=tarfile.GNU_FORMAT) as target:
            for name in sorted(members, key=lambda n: n.split("/")):
                entry, data = _entry(source, members, first, name)
                target.addfile(entry, data)
    with layer.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def config(layer: str, architecture: str, labels: Mapping[str, str]) -> bytes:
    """The image's configuration as the bytes whose sha256 is its id. `layer` is a sha256 in hex."""
    created = "2025-01-01T00:00:00Z"
    document = {
        "architecture": architecture,
        "config": {"Cmd": ["/bin/sh"], "Env": list(ENV), "Labels": dict(labels), "WorkingDir": "/"},
        "created": created,
        "history": [{"created": created, "created_by": "pairproof images build"}],
        "os": "linux",
        "rootfs": {"diff_ids": [f"sha256:{layer}"], "type": "layers"},
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def write_archive(out: IO[bytes], layer: Path, about: bytes, tags: tuple[str, ...]) -> str:
    """Write what `docker load` reads: one layer and its configuration. The image's id in hex."""
    identity = hashlib.sha256(about).hexdigest()
    listing = [
        {"Config": f"{identity}.json", "Layers": ["layer/layer.tar"], "RepoTags": list(tags)}
    ]
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.GNU_FORMAT) as archive:
        for name, data in (
            (f"{identity}.json", about),
            ("manifest.json", json.dumps(listing).encode()),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        with layer.open("rb") as file:
            entry = tarfile.TarInfo("layer/layer.tar")
            entry.size = layer.stat().st_size
            archive.addfile(entry, file)
    return identity


def _kept(source: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    kept = {}
    for member in source:
        name = member.name.strip("/").removeprefix("./")
        plain = member.isreg() or member.isdir() or member.issym() or member.islnk()
        if name in ("", ".") or not plain or _left_out(name):
            continue
        # Whether a page of a manual has its alternatives depends on whether the base had manuals.
        if member.issym() and member.linkname.startswith("/") and _left_out(member.linkname[1:]):
            continue
        kept[name] = member
    _drop_forgotten(source, kept)
    for name in (*_WRITTEN, *_FOLDERS):
        for parent in _parents(name):
            kept.setdefault(parent, _folder(parent))
        kept[name] = tarfile.TarInfo(name) if name in _WRITTEN else kept.get(name, _folder(name))
    return kept


def _drop_forgotten(source: tarfile.TarFile, kept: dict[str, tarfile.TarInfo]) -> None:
    """Drop empty folders that belong to no package: what packages of the base left behind."""
    needed = {parent for name, member in kept.items() if not member.isdir()
              for parent in _parents(name)}  # fmt: skip
    for member in source.getmembers():
        if _OWNED.fullmatch(member.name.strip("/")) and (file := source.extractfile(member)):
            needed.update(line.strip("/") for line in file.read().decode().splitlines())
    for name in [name for name, member in kept.items() if member.isdir() and name not in needed]:
        del kept[name]


def _left_out(name: str) -> bool:
    if name == _STATUS or name in _WRITTEN:
        return False
    return _DROPPED.fullmatch(name) is not None or any(name.startswith(f"{x}/") for x in _EMPTIED)


def _parents(name: str) -> Iterator[str]:
    parts = name.split("/")[:-1]
    for length in range(1, len(parts) + 1):
        yield "/".join(parts[:length])


def _folder(name: str) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.mode = tarfile.DIRTYPE, 0o755
    return made


def _first_names(members: Mapping[str, tarfile.TarInfo]) -> dict[str, str]:
    """Of each file, by the name under which the export holds its bytes: the first name kept."""
    first: dict[str, str] = {}
    for name, member in members.items():
        if member.isreg() or member.islnk():
            held = (member.linkname if member.islnk() else member.name).strip("/")
            if held not in first or name.split("/") < first[held].split("/"):
                first[held] = name
    return first


def _entry(
    source: tarfile.TarFile,
    members: Mapping[str, tarfile.TarInfo],
    first: Mapping[str, str],
    name: str,
) -> tuple[tarfile.TarInfo, IO[bytes] | None]:
    member = members[name]
    made = tarfile.TarInfo(name)
    made.mtime, made.mode, made.type = TIME, member.mode & 0o1777, member.type
    if name in _WRITTEN or name == _STATUS:
        data = _WRITTEN[name] if name in _WRITTEN else _sorted_status(source, member)
        made.type, made.mode, made.size = tarfile.REGTYPE, 0o644, len(data)
        return made, io.BytesIO(data)
    if member.issym():
        made.linkname = member.linkname
    elif member.isdir():
        made.mode = 0o1777 if name == "tmp" else 0o755
    else:
        held = (member.linkname if member.islnk() else member.name).strip("/")
        if first[held] != name:
            made.type, made.linkname = tarfile.LNKTYPE, first[held]
        else:
            bytes_of = source.getmember(member.linkname) if member.islnk() else member
            made.type, made.size = tarfile.REGTYPE, bytes_of.size
            return made, source.extractfile(bytes_of)
    return made, None


def _sorted_status(source: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = source.extractfile(member)
    stanzas = file.read().decode().strip().split("\n\n") if file else []
    return ("\n\n".join(sorted(stanzas)) + "\n").encode()
