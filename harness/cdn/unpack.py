"""A published package's tarball into the store."""

from __future__ import annotations

import base64
import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

from harness.cdn.mime import kept
from harness.cdn.store import Manifest, Store
from harness.errors import CannotJudge

_FIELDS = ("jsdelivr", "unpkg", "browser", "main", "module", "style")
_MOST_FILES = 80_000
_MOST_BYTES = 2 * 1024**3


def verify(path: Path, integrity: str) -> bool:
    """Whether the file at `path` has this npm integrity (`sha512-<base64>`)."""
    name, _, value = integrity.split()[0].partition("-")
    if name not in ("sha512", "sha384", "sha256", "sha1"):
        return False
    with path.open("rb") as file:
        found = hashlib.file_digest(file, name).digest()
    return base64.b64encode(found).decode() == value


def unpack(store: Store, path: Path, package: str, integrity: str) -> Manifest:
    """Put the servable files of a tarball into the store; what it contains.

    Raises CannotJudge for one that is damaged or beyond reason (80,000 files, 2 GB).
    """
    files: dict[str, str] = {}
    dropped: set[str] = set()
    fields: dict[str, str] = {}
    total = 0
    try:
        with tarfile.open(path) as tar:
            for member in tar:
                name = _inside(member.name)
                if not member.isfile() or not name:
                    continue
                total += member.size
                if len(files) + len(dropped) >= _MOST_FILES or total > _MOST_BYTES:
                    raise CannotJudge(f"{package} unpacks to more than is reasonable",
                                      hint="take it out of the lock's wants")  # fmt: skip
                if not kept(package, name, member.size):
                    dropped.add(name)
                    continue
                stream = tar.extractfile(member)
                body = stream.read() if stream else b""
                files[name] = store.put(body)
                if name == "package.json":
                    fields = _fields(body)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise CannotJudge(f"{path.name} is no whole tarball: {error}",
                          hint="run pairproof cdn sync again") from error  # fmt: skip
    return Manifest(integrity=integrity, files=files, dropped=frozenset(dropped), fields=fields)


def _inside(name: str) -> str:
    """The path inside the package: tarballs have one folder at their root, of any name."""
    parts = [part for part in name.split("/") if part not in ("", ".")][1:]
    return "" if ".." in parts or any(ord(c) < 32 for c in name) else "/".join(parts)


def _fields(body: bytes) -> dict[str, str]:
    try:
        document: Any = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(document, dict):
        return {}
    found = {name: document.get(name) for name in _FIELDS}
    return {k: v.removeprefix("./") for k, v in found.items() if isinstance(v, str) and v}
