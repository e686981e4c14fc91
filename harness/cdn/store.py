"""The store: files by the hash of their content, and for each package version what it contains.

blobs/ab/abcd...            a file; its name is the SHA-256 of its bytes
packages/NAME/VERSION.json  the paths of one published package ("/" in names written as "+")
packages/NAME/VERSION.modules.json  the ES modules that were built of it
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

VARIABLE = "PAIRPROOF_CDN"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What one published package contains. `files` maps paths to SHA-256, `dropped` are paths that
    it has and the store left out, `fields` the entry points of its package.json."""

    integrity: str
    files: Mapping[str, str]
    dropped: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_base(self) -> Mapping[str, tuple[str, ...]]:
        """Paths by lower-case base name, the shortest of `dist`, `build` and `lib` first."""
        found: dict[str, list[str]] = {}
        for path in self.files:
            found.setdefault(PurePosixPath(path).name.lower(), []).append(path)
        return {base: tuple(sorted(paths, key=_rank)) for base, paths in found.items()}


@dataclass(frozen=True, kw_only=True)
class Module:
    """An ES module built of a package. `outside` are the packages that it imports from the shelf,
    each as `name@range` or `name@range entry`; `error` says why there is no module, `builder`
    by which edition of our building it was made, `hollow` whether it imports modules of Node.js,
    which are empty."""

    sha256: str = ""
    default: bool = False
    outside: tuple[str, ...] = ()
    error: str = ""
    builder: int = 0
    hollow: bool = False

    def range_of(self, package: str) -> str:
        """The range in which the module wants a package from outside."""
        heads = (text.partition(" ")[0].rpartition("@") for text in self.outside)
        return next((spec for name, _, spec in heads if name == package), "latest")


def store_path(named: Path | None = None) -> Path:
    """The store's folder: `named`, else PAIRPROOF_CDN, else `pairproof/cdn` in the user's cache."""
    given = os.environ.get(VARIABLE)
    if named or given:
        return named or Path(given or "")
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "pairproof" / "cdn"


class Store:
    """One folder. Reading needs no more than read access; writing is atomic for each file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def blob(self, digest: str) -> Path:
        """Where the bytes of this SHA-256 stand."""
        return self.folder / "blobs" / digest[:2] / digest

    def put(self, body: bytes) -> str:
        """Keep `body`; its SHA-256."""
        digest = sha256(body).hexdigest()
        path = self.blob(digest)
        if not path.is_file():
            _write(path, body)
        return digest

    def read(self, digest: str) -> bytes | None:
        """The bytes of this SHA-256; None where they are absent or damaged."""
        try:
            body = self.blob(digest).read_bytes()
        except OSError:
            return None
        return body if sha256(body).hexdigest() == digest else None

    def manifest(self, package: str, version: str) -> Manifest | None:
        """What a package version contains; None where it was not unpacked here."""
        item = _json(self._index(package, f"{version}.json"))
        if item is None:
            return None
        return Manifest(
            integrity=item["integrity"],
            files=item["files"],
            dropped=frozenset(item["dropped"]),
            fields=item["fields"],
        )

    def write_manifest(self, package: str, version: str, manifest: Manifest) -> None:
        """Keep the manifest of a package version whose files are all in the store."""
        item = {
            "integrity": manifest.integrity,
            "fields": dict(manifest.fields),
            "files": dict(manifest.files),
            "dropped": sorted(manifest.dropped),
        }
        _write(self._index(package, f"{version}.json"), json.dumps(item).encode())

    def modules(self, package: str, version: str) -> dict[str, Module]:
        """The ES modules of a package version by entry."""
        item = _json(self._index(package, f"{version}.modules.json")) or {}
        return {
            entry: Module(
                sha256=built["sha256"],
                default=built["default"],
                outside=tuple(built["outside"]),
                error=built["error"],
                builder=built.get("builder", 0),
                hollow=built.get("hollow", False),
            )
            for entry, built in item.items()
        }

    def write_modules(self, package: str, version: str, modules: Mapping[str, Module]) -> None:
        """Keep the ES modules of a package version."""
        item = {entry: vars(module) for entry, module in sorted(modules.items())}
        _write(self._index(package, f"{version}.modules.json"), json.dumps(item).encode())

    def present(self, items: Iterable[tuple[str, str]]) -> list[str]:
        """Of these packages and versions those that are unpacked here, with what was built."""
        found: list[str] = []
        for package, version in items:
            for file in (f"{version}.json", f"{version}.modules.json"):
                path = self._index(package, file)
                if path.is_file():
                    built = sha256(path.read_bytes()).hexdigest() if "modules" in file else ""
                    found.append(f"{package}/{file} {built}".rstrip())
        return sorted(found)

    def size(self) -> tuple[int, int]:
        """Number and bytes of the files in the store."""
        sizes = [path.stat().st_size for path in self.blobs()]
        return len(sizes), sum(sizes)

    def blobs(self) -> list[Path]:
        """Every file."""
        return [path for path in (self.folder / "blobs").glob("??/*") if len(path.name) == 64]

    def versions(self) -> list[tuple[str, str]]:
        """Every package and version that is unpacked here."""
        return [
            (path.parent.name.replace("+", "/"), path.name.removesuffix(".json"))
            for path in sorted((self.folder / "packages").glob("*/*.json"))
            if not path.name.endswith(".modules.json")
        ]

    def forget(self, package: str, version: str) -> None:
        """Remove a package version's index; its files stay until they are pruned."""
        for file in (f"{version}.json", f"{version}.modules.json"):
            self._index(package, file).unlink(missing_ok=True)

    def _index(self, package: str, file: str) -> Path:
        return self.folder / "packages" / package.replace("/", "+") / file


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(body)
    Path(beside).replace(path)


def _rank(path: str) -> tuple[bool, int, str]:
    return not path.startswith(("dist/", "build/", "lib/")), len(path), path
