"""A file of a package: what nearly every CDN serves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import PurePosixPath

from harness.cdn.answers import Answer
from harness.cdn.asks import Need
from harness.cdn.commonjs import for_node
from harness.cdn.mime import PAGE
from harness.cdn.stock import Stock, served
from harness.cdn.store import Manifest

_ENTRIES = {
    "jsdelivr": ("jsdelivr", "browser", "main"),
    "unpkg": ("unpkg", "browser", "main"),
}
_COMMON = frozenset({"index", "main", "style", "styles", "bundle", "all", "core", "plugin"})
"""Base names that say nothing of what a file is."""
_NOT_SERVED = frozenset({"bin", "src", "test", "tests", "scripts", "cypress"})
_LATEST = frozenset({"", "*", "x", "latest"})
_MINIFIED = re.compile(r"[.-]min(?=\.(?:js|css|mjs)$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The version that answers for what was asked. `exact`: it is the one that was asked for."""

    version: str
    manifest: Manifest
    exact: bool
    note: str = ""


def choose(stock: Stock, package: str, spec: str, *, origin: bool) -> Choice | Answer:
    """The held version for `spec`, or the answer that says why there is none.

    `origin`: the CDN serves npm's packages as they are, so that what npm does not list does not
    exist there; elsewhere the same is no more than a miss.
    """

    def refused(outcome: str, note: str, version: str = "") -> Answer:
        return Answer(outcome=outcome, package=package, version=version, note=note)

    listed = stock.listed(package)
    if listed is None:
        if package in stock.lock.absent and origin:
            return refused("no_such_package", f"no package {package} on {stock.lock.date}")
        return refused("miss", f"not vendored: {package}@{spec}")
    asked = listed.resolve(spec)
    if asked is None and origin and listed.certain(spec):
        return refused("no_such_version", f"no version {spec} of {package} on {stock.lock.date}")
    if asked is not None and (manifest := stock.manifest(package, asked)) is not None:
        return Choice(version=asked, manifest=manifest, exact=True)
    near = listed.nearest(spec)
    if near is not None and (manifest := stock.manifest(package, near)) is not None:
        note = f"{near} stands in for {asked or spec}"
        return Choice(version=near, manifest=manifest, exact=False, note=note)
    if asked in listed.held:
        return refused("miss", f"locked and not in the store: {package}@{asked}", asked or "")
    return refused("miss", f"not vendored: {package}@{asked or spec}", asked or "")


@dataclass(frozen=True, slots=True)
class _Match:
    """A file or folder. `same`: these are the bytes that the CDN has; `sure`: it is the file."""

    path: str
    note: str = ""
    same: bool = True
    sure: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageFile:
    """`paths` are tried in order; "" is the package's entry as `entry` ("jsdelivr", "unpkg") picks
    it. `origin` as in `choose`. `search`: a file of the same base name elsewhere in the package
    will do. `substitute` says what stands for what, and makes every hit approximate."""

    package: str
    spec: str
    paths: tuple[str, ...]
    origin: bool = False
    entry: str = "jsdelivr"
    search: bool = False
    substitute: str = ""

    def needs(self) -> tuple[Need, ...]:
        """The package itself."""
        return (Need(package=self.package, spec=self.spec),)

    def answer(self, stock: Stock) -> Answer:
        """The file's bytes, or which of the package, the version and the file is not there."""
        chosen = choose(stock, self.package, self.spec, origin=self.origin)
        if isinstance(chosen, Answer):
            return chosen
        found = self._find(stock, chosen.manifest)
        if found is None:
            chosen = self._earlier(stock, chosen) or chosen
            found = self._find(stock, chosen.manifest)
        if found is None:
            return self._absent(chosen)
        return self._served(stock, chosen, found)

    def _served(self, stock: Stock, chosen: Choice, match: _Match) -> Answer:
        manifest, found = chosen.manifest, match.path
        note = "; ".join(part for part in (self.substitute, chosen.note, match.note) if part)
        if found.endswith("/") or not found:
            body, digest, kind = _listing(manifest, found), "", PAGE
        else:
            digest, kind = manifest.files[found], ""
            read = stock.body(digest)
            if read is None:
                return Answer(
                    outcome="miss", package=self.package, version=chosen.version, path=found,
                    note=f"damaged in the store: {self.package}@{chosen.version}/{found}",
                )  # fmt: skip
            body = read
        return served(
            body,
            kind=kind,
            outcome="hit" if chosen.exact and match.sure and not self.substitute else "approximate",
            package=self.package,
            version=chosen.version,
            path=found,
            note=note,
            digest=digest,
            exact=self.origin and match.same,
        )

    def _earlier(self, stock: Stock, chosen: Choice) -> Choice | None:
        """The newest held version that has the file, where no version was asked for: a package
        moved it since the page was written, and "the latest" was another one then."""
        if self.spec not in _LATEST or not any(self.paths):
            return None
        listed = stock.listed(self.package)
        order = {version: at for at, version in enumerate(listed.versions)} if listed else {}
        for version in sorted(listed.held if listed else (), key=lambda v: -order.get(v, -1)):
            manifest = stock.manifest(self.package, version)
            if manifest is not None and self._find(stock, manifest) is not None:
                note = f"{version} stands in: {chosen.version} has no such file any more"
                return Choice(version=version, manifest=manifest, exact=False, note=note)
        return None

    def _absent(self, chosen: Choice) -> Answer:
        path = self.paths[0]
        kept_out = [p for p in self._candidates(chosen.manifest) if p in chosen.manifest.dropped]
        fact = self.origin and chosen.exact and not kept_out
        where = f"{self.package}@{chosen.version}"
        note = f"no file {path or 'to start from'} in {where}"
        return Answer(
            outcome="no_such_file" if fact else "miss",
            package=self.package,
            version=chosen.version,
            path=path,
            note=f"left out of the store: {where}/{kept_out[0]}" if kept_out else note,
        )

    def _find(self, stock: Stock, manifest: Manifest) -> _Match | None:
        """The first match; where a CDN builds what it serves, the first that a browser can run."""
        first = None
        for match in self._matches(manifest):
            digest = manifest.files.get(match.path, "")
            if self.origin or not for_node(match.path, (digest and stock.body(digest)) or b""):
                return match
            note = f"{match.path} is made for Node"
            first = first or replace(match, note=note, same=False, sure=False)
        return first

    def _matches(self, manifest: Manifest) -> Iterator[_Match]:
        starts = self._starts(manifest)
        named = "" in self.paths and len(starts) > 1
        for path in self._candidates(manifest):
            if path in manifest.files:
                if named and path not in _forms(starts[0]):
                    # What the package names is not in it: nobody says what the CDN does then.
                    yield _Match(path, f"{starts[0]} is missing", same=False, sure=False)
                    continue
                exact = path in self.paths
                plain = not exact and any(_MINIFIED.search(asked) for asked in self.paths)
                yield _Match(path, f"{path}, not minified" if plain else "", same=not plain)
        for path in self.paths:
            folder = path.rstrip("/") + "/" if path else ""
            if path and any(name.startswith(folder) for name in manifest.files):
                yield _Match(folder, "a folder's listing", same=False)
        for path in self.paths if self.search else ():
            base = PurePosixPath(path).name.lower()
            for name in dict.fromkeys((base, _MINIFIED.sub("", base))):
                found = sorted(manifest.by_base.get(name, ()), key=_aside)
                if name and found:
                    sure = len(found) == 1 and base.partition(".")[0] not in _COMMON
                    sure = sure and not _aside(found[0])
                    yield _Match(found[0], f"found as {found[0]}", same=False, sure=sure)

    def _candidates(self, manifest: Manifest) -> list[str]:
        found: list[str] = []
        for path in self.paths:
            if not path:
                for start in self._starts(manifest):
                    found += _forms(start)
                found += [style] if (style := manifest.fields.get("style", "")) else []
                continue
            found.append(path)
            if _MINIFIED.search(path):
                found.append(_MINIFIED.sub("", path))
            if "." not in PurePosixPath(path).name:
                found += _forms(path)[1:]
        return found

    def _starts(self, manifest: Manifest) -> list[str]:
        """What the package says that it starts from, the CDN's own field first."""
        fields = (manifest.fields.get(name, "") for name in _ENTRIES[self.entry])
        return [*(f.removeprefix("./").lstrip("/") for f in fields if f), "index.js"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Combined:
    """Several files one after the other."""

    files: tuple[PackageFile, ...]

    def needs(self) -> tuple[Need, ...]:
        """What each of them needs."""
        return tuple(dict.fromkeys(need for file in self.files for need in file.needs()))

    def answer(self, stock: Stock) -> Answer:
        """All of them, or the answer to the first that cannot be served."""
        found = [file.answer(stock) for file in self.files]
        for answer in found:
            if not answer.served:
                return answer
        near = next((a for a in found if a.outcome == "approximate"), found[0])
        return served(
            b"\n".join(answer.body for answer in found),
            kind=found[0].content_type,
            outcome=near.outcome,
            package=" ".join(f"{a.package}@{a.version}" for a in found),
            path=found[0].path,
            note="; ".join(dict.fromkeys(a.note for a in found if a.note)),
        )


def _aside(path: str) -> bool:
    """Whether a file lies where packages keep what is not for browsers."""
    return path.partition("/")[0] in _NOT_SERVED


def _forms(path: str) -> list[str]:
    """How a file may be meant that is named without its ending."""
    return [path, f"{path}.js", f"{path.rstrip('/')}/index.js"]


def _listing(manifest: Manifest, folder: str) -> bytes:
    below = {
        name[len(folder) :].split("/")[0] for name in manifest.files if name.startswith(folder)
    }
    items = "".join(f'<li><a href="{escape(n)}">{escape(n)}</a></li>' for n in sorted(below))
    return f"<!doctype html><title>{escape(folder)}</title><ul>{items}</ul>".encode()
