"""A package as an ES module: built when the store is filled, put together by address."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from harness.cdn.answers import Answer
from harness.cdn.asks import Need
from harness.cdn.files import Choice, choose
from harness.cdn.mime import SCRIPT
from harness.cdn.stock import Stock, served
from harness.cdn.store import Module

BUILD_HOST = "esm.sh"
BUILD_PATH = "+build/"
"""Under BUILD_HOST/PACKAGE@VERSION/: where a built module stands, one address for each, so that a
page which names a package in two ways has one instance of it."""

OUTSIDE = "pairproof:"
"""In a build, the scheme of the packages that it imports from the shelf."""

_IMPORT = re.compile(re.escape(OUTSIDE.encode()) + rb"((?:@[\w.~-]+/)?[\w.~-]+)((?:/[^\"'\s]*)?)")
Pinned = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """The module at an entry of a package; "" is its own. `pinned` are the versions that the page
    wants of what the module imports, `external` what its import map brings."""

    package: str
    spec: str
    entry: str = ""
    pinned: Pinned = ()
    external: tuple[str, ...] = ()

    def needs(self) -> tuple[Need, ...]:
        """The module."""
        return (Need(package=self.package, spec=self.spec, module=self.entry),)


@dataclass(frozen=True, kw_only=True, slots=True)
class ModuleFile(_Wanted):
    """Answered by a line that passes on the build's exports, as esm.sh does."""

    def answer(self, stock: Stock) -> Answer:
        """A module that exports what the build exports; a miss where none was built."""
        chosen = choose(stock, self.package, self.spec, origin=True)
        if isinstance(chosen, Answer):
            return chosen
        module = _module(stock, self.package, chosen, self.entry)
        if isinstance(module, Answer):
            return module
        query = "&".join(
            [f"deps={','.join(f'{n}@{v}' for n, v in self.pinned)}"] * bool(self.pinned)
            + [f"external={','.join(self.external)}"] * bool(self.external)
        )
        url = _address(self.package, chosen.version, self.entry, query)
        text = f"export * from {json.dumps(url)};\n"
        if module.default:
            text += f"export {{ default }} from {json.dumps(url)};\n"
        return _served(self.package, chosen, self.entry, text.encode(), module)


@dataclass(frozen=True, kw_only=True, slots=True)
class ModuleBuild(_Wanted):
    """The build itself, its imports turned into addresses."""

    def answer(self, stock: Stock) -> Answer:
        """The module's text; a miss where none was built."""
        chosen = choose(stock, self.package, self.spec, origin=False)
        if isinstance(chosen, Answer):
            return chosen
        module = _module(stock, self.package, chosen, self.entry)
        if isinstance(module, Answer):
            return module
        body = stock.body(module.sha256)
        if body is None:
            return Answer(outcome="miss", package=self.package, version=chosen.version,
                          path=self.entry, note="its build is not in the store")  # fmt: skip
        if module.outside:
            body = _IMPORT.sub(lambda match: self._outside(stock, chosen, module, match), body)
        return _served(self.package, chosen, self.entry, body, module)

    def _outside(
        self, stock: Stock, chosen: Choice, module: Module, match: re.Match[bytes]
    ) -> bytes:
        name, sub = match[1].decode(), match[2].decode().lstrip("/")
        if name in self.external or "*" in self.external:
            return match[0].removeprefix(OUTSIDE.encode())
        version = self._version(stock, chosen, module, name)
        query = f"deps={','.join(f'{n}@{v}' for n, v in self.pinned)}" if self.pinned else ""
        return _address(name, version, sub, query).encode()

    def _version(self, stock: Stock, chosen: Choice, module: Module, name: str) -> str:
        spec = dict(self.pinned).get(name, "")
        if not spec and (name == self.package or is_pair(name, self.package)):
            spec = chosen.version
        spec = spec or module.range_of(name)
        found = choose(stock, name, spec, origin=False)
        return found.version if isinstance(found, Choice) else spec


def is_pair(one: str, other: str) -> bool:
    """Whether two packages are released together and only work in the same version."""
    return {one, other} == {"react", "react-dom"}


def _module(stock: Stock, package: str, chosen: Choice, entry: str) -> Module | Answer:
    module = stock.module(package, chosen.version, entry)
    if module is not None and not module.error:
        return module
    why = module.error if module is not None else "not built"
    where = f"{package}@{chosen.version}" + (f"/{entry}" if entry else "")
    return Answer(
        outcome="miss", package=package, version=chosen.version, path=entry,
        note=f"no ES module of {where}: {why}",
    )  # fmt: skip


def _served(package: str, chosen: Choice, entry: str, body: bytes, module: Module) -> Answer:
    notes = [chosen.note, "a build of ours", "without modules of Node.js" * module.hollow]
    return served(
        body,
        kind=SCRIPT,
        outcome="hit" if chosen.exact and not module.hollow else "approximate",
        package=package,
        version=chosen.version,
        path=entry or "+esm",
        note="; ".join(note for note in notes if note),
    )


def _address(package: str, version: str, entry: str, query: str) -> str:
    tail = f"?{query}" if query else ""
    return f"https://{BUILD_HOST}/{package}@{version}/{BUILD_PATH}{entry or 'index'}.mjs{tail}"
