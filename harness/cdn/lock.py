"""The lock: which packages the shelf is filled with, and what the registry listed on one day."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from harness.cdn.asks import Need, is_package, read_need
from harness.cdn.semver import best, is_prerelease, nearest, version_key
from harness.errors import Misuse

VARIABLE = "PAIRPROOF_CDN_LOCK"
FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One package as the registry listed it on the lock's date.

    `versions` in ascending order: every release, and those prereleases that a tag names or that are
    held; `whole` where no prerelease was left out. `held` maps a version to its npm integrity.
    """

    versions: tuple[str, ...]
    tags: Mapping[str, str]
    held: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False

    @cached_property
    def names(self) -> frozenset[str]:
        """The same versions, for membership."""
        return frozenset(self.versions)

    def resolve(self, spec: str) -> str | None:
        """The version that a CDN gave for `spec` on the lock's date; None where none fits."""
        spec = spec.strip()
        if spec in self.names:
            return spec
        if spec in self.tags:
            return self.tags[spec]
        if spec in ("", "*", "x") and "latest" in self.tags:
            return self.tags["latest"]
        latest = self.tags.get("latest")
        # npm and the CDNs prefer the release that `latest` names where the range takes it.
        if latest is not None and best(spec, (latest,)) is not None:
            return latest
        return best(spec, self.versions)

    def certain(self, spec: str) -> bool:
        """Whether a `spec` that resolves to nothing is known to stand for nothing."""
        return self.whole or not is_prerelease(spec)

    def nearest(self, spec: str) -> str | None:
        """The held version that comes closest to `spec`: of the same major."""
        return nearest(self.resolve(spec) or spec, self.held)


@dataclass(frozen=True, kw_only=True)
class Lock:
    """All of it. `absent` are names that the registry did not know on `date` (ISO 8601)."""

    date: str = ""
    wants: tuple[Need, ...] = ()
    packages: Mapping[str, Listed] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    def with_wants(self, needs: Iterable[Need]) -> Lock:
        """The same with more wanted."""
        order = {str(need): need for need in (*self.wants, *needs)}
        return replace(self, wants=tuple(order[key] for key in sorted(order)))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the lock says, as "sha256:<hex>"."""
        return "sha256:" + sha256(_text(self).encode()).hexdigest()


def lock_path(named: Path | None = None) -> Path:
    """The lock file: `named`, else PAIRPROOF_CDN_LOCK's, else the package's own."""
    given = os.environ.get(VARIABLE)
    return named or (Path(given) if given else Path(__file__).parent / "cdn.lock.json")


def read_lock(path: Path) -> Lock:
    """The lock at `path`; an empty one where there is no file.

    Raises Misuse where the file cannot be read, or is no lock.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return _lock(document)
    except FileNotFoundError:
        return Lock()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misuse(
            f"{path} is no lock of packages: {error}", hint=f"name another file by {VARIABLE}"
        ) from error


def write_lock(path: Path, lock: Lock) -> None:
    """Write the lock whole, in one step. Raises Misuse where the file cannot be written."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(_text(lock), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise Misuse(
            f"cannot write {path}: {error.strerror}", hint=f"name another file by {VARIABLE}"
        ) from error


def listed(
    versions: Iterable[str], tags: Mapping[str, str], held: Mapping[str, str] | None = None
) -> Listed:
    """A package from the registry's own list, with prereleases that nobody names left out."""
    everything = sorted((v for v in versions if version_key(v)), key=_order)
    named = {*tags.values(), *(held or {})}
    releases = [v for v in everything if not is_prerelease(v) or v in named]
    whole = len(releases) == len(everything)
    if all(is_prerelease(v) for v in everything):
        releases, whole = everything, True
    return Listed(versions=tuple(releases), tags=dict(tags), held=dict(held or {}), whole=whole)


def _order(version: str) -> Any:
    return version_key(version)


def _lock(document: dict[str, Any]) -> Lock:
    if document["format"] != FORMAT:
        raise ValueError(f"format {document['format']!r} is not {FORMAT}")
    wants = []
    for text in document["wants"]:
        need = read_need(text)
        if need is None:
            raise ValueError(f"{text!r} names no package")
        wants.append(need)
    packages = {}
    for name, item in document["packages"].items():
        if not is_package(name):
            raise ValueError(f"{name!r} is no package's name")
        for version, integrity in item["held"].items():
            if version_key(version) is None or not integrity.startswith("sha"):
                raise ValueError(f"{name} holds {version!r} without an integrity")
        packages[name] = Listed(
            versions=tuple(item["versions"].split()),
            tags=dict(item["tags"]),
            held=dict(item["held"]),
            whole=bool(item["whole"]),
        )
    return Lock(
        date=str(document["date"]),
        wants=tuple(wants),
        packages=packages,
        absent=frozenset(document["absent"]),
    )


def _text(lock: Lock) -> str:
    document = {
        "format": FORMAT,
        "date": lock.date,
        "wants": [str(need) for need in lock.wants],
        "absent": sorted(lock.absent),
        "packages": {
            name: {
                "held": dict(sorted(item.held.items(), key=lambda pair: _order(pair[0]))),
                "tags": dict(sorted(item.tags.items())),
                "versions": " ".join(item.versions),
                "whole": item.whole,
            }
            for name, item in sorted(lock.packages.items())
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
