"""npm's own client: it knows the user's registry, proxy, certificates and credentials."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import CannotJudge

VARIABLE = "PAIRPROOF_NPM_REGISTRY"
_TIMEOUT_S = 600
_ABSENT = frozenset({"E404", "ETARGET", "ENOVERSIONS"})
"""What npm says where there is no such name or version."""
_REFUSED = frozenset({"E401", "E403", "E451", "EINVALIDPACKAGENAME"})
"""What npm says where one package is not to be had, though it may exist."""


class Refused(CannotJudge):
    """The registry does not give out this package; others may be had."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """A package as the registry lists it."""

    versions: tuple[str, ...]
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Described:
    """One version: its npm integrity, and its peers by name with their ranges, without those that
    are optional."""

    integrity: str
    peers: Mapping[str, str]


class Npm:
    """Calls `npm` with a cache of its own. `registry` empty: the one that npm is set up with."""

    def __init__(self, cache: Path, registry: str = "") -> None:
        program = shutil.which("npm")
        if program is None:
            raise CannotJudge(
                "npm is not installed", hint="install Node.js, which brings it: apt install npm"
            )
        self._command = [program]
        self._options = [
            "--json", "--loglevel=error", "--ignore-scripts", "--no-audit", "--no-fund",
            "--no-update-notifier", f"--cache={cache}",
        ]  # fmt: skip
        registry = registry or os.environ.get(VARIABLE, "")
        if registry:
            self._options.append(f"--registry={registry}")

    def view(self, package: str) -> Published | None:
        """What the registry lists; None where it knows no such package."""
        found = self._call("view", package, "versions", "dist-tags")
        if not isinstance(found, dict):
            return None
        versions = found.get("versions") or []
        return Published(
            versions=tuple([versions] if isinstance(versions, str) else versions),
            tags=found.get("dist-tags") or {},
        )

    def describe(self, package: str, versions: Sequence[str]) -> dict[str, Described]:
        """Integrity and peers of exact versions; those that the registry has not are left out."""
        found = self._call(
            "view", f"{package}@{' || '.join(versions)}", "version", "dist.integrity",
            "dist.shasum", "peerDependencies", "peerDependenciesMeta",
        )  # fmt: skip
        items = found if isinstance(found, list) else [found] if isinstance(found, dict) else []
        described = {}
        for item in items:
            optional = item.get("peerDependenciesMeta") or {}
            peers = item.get("peerDependencies") or {}
            described[str(item["version"])] = Described(
                integrity=item.get("dist.integrity") or _old(item.get("dist.shasum", "")),
                peers={n: r for n, r in peers.items() if not optional.get(n, {}).get("optional")},
            )
        return described

    def pack(self, specs: Sequence[str], folder: Path) -> dict[str, Path]:
        """Fetch exact versions (`name@version`) into `folder`; the tarballs by spec.

        What cannot be fetched is left out; npm checks each against the registry's integrity.
        """
        try:
            found = self._call("pack", *specs, f"--pack-destination={folder}")
        except Refused:
            found = None
        if not isinstance(found, list):
            if len(specs) == 1:
                return {}
            return {s: path for spec in specs for s, path in self.pack([spec], folder).items()}
        packed = {}
        for item in found:
            name = item["filename"].replace("@", "").replace("/", "-")
            path = next((p for n in (item["filename"], name) if (p := folder / n).is_file()), None)
            if path is not None:
                packed[f"{item['name']}@{item['version']}"] = path
        return packed

    def install(self, folder: Path, specs: Sequence[str], *, before: str = "") -> bool:
        """Install packages without their peers or scripts into `folder`; whether that worked.

        `before` (ISO 8601): what they depend on is resolved as it stood on that day.
        """
        (folder / "package.json").write_text('{"private": true}')
        dated = [f"--before={before}"] if before else []
        found = self._call(
            "install", *specs, f"--prefix={folder}", "--legacy-peer-deps", "--omit=dev", *dated
        )
        return isinstance(found, dict)

    def _call(self, verb: str, *given: str) -> Any:
        """npm's document; None where the registry has nothing by that name."""
        with tempfile.TemporaryDirectory(prefix="pairproof-npm-") as empty:
            try:
                done = subprocess.run(
                    [*self._command, verb, *self._options, *given],
                    cwd=empty, capture_output=True, timeout=_TIMEOUT_S, check=False,
                    stdin=subprocess.DEVNULL,
                )  # fmt: skip
            except (OSError, subprocess.TimeoutExpired) as error:
                raise CannotJudge(f"npm {verb} did not end: {error}", hint=_HINT) from error
        try:
            document = json.loads(done.stdout or b"null")
        except ValueError:
            document = None
        if done.returncode == 0:
            return document
        said = document.get("error", {}) if isinstance(document, dict) else {}
        if said.get("code") in _ABSENT:
            return None
        words = said.get("summary") or done.stderr.decode("utf-8", "replace")[-300:]
        kind = Refused if said.get("code") in _REFUSED else CannotJudge
        raise kind(f"npm {verb} {given[0]} failed: {words.strip()}", hint=_HINT)


_HINT = f"try `npm ping`; {VARIABLE} names another registry"


def _old(shasum: str) -> str:
    """The integrity of packages from before npm had sha512 (2017): their SHA-1."""
    from base64 import b64encode

    return "sha1-" + b64encode(bytes.fromhex(shasum)).decode() if shasum else ""


@contextmanager
def npm_client(registry: str = "") -> Iterator[Npm]:
    """A client whose cache is removed with it: the store keeps what is worth keeping."""
    with tempfile.TemporaryDirectory(prefix="pairproof-npm-cache-") as cache:
        yield Npm(Path(cache), registry)
