"""ES modules of packages, built when the store is filled."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.cdn.asks import Need, compact
from harness.cdn.esbuild import COMMONJS, ENTRY, VARIABLE, Bundler, find_esbuild
from harness.cdn.lock import Lock
from harness.cdn.modules import is_pair
from harness.cdn.npm import Npm
from harness.cdn.resolve import held_version
from harness.cdn.store import Module, Store
from harness.errors import CannotJudge

BUILDER = 2
"""Counts up when the same package may give another module: then it is built anew."""
_Item = tuple[str, str, str]
"""Package, version, entry."""

_NAME = re.compile(
    r"(?:\bexports\.([A-Za-z_$][\w$]*)\s*=[^=])"
    r"|(?:defineProperty\(exports,\s*[\"']([A-Za-z_$][\w$]*)[\"'])"
)
_LITERAL = re.compile(r"module\.exports\s*=\s*\{([^{}]{1,20000})\}")
_RESERVED = frozenset(
    {"break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do",
     "else", "enum", "export", "extends", "false", "finally", "for", "function", "if", "import",
     "in", "instanceof", "new", "null", "return", "super", "switch", "this", "throw", "true", "try",
     "typeof", "var", "void", "while", "with", "yield", "let", "static", "await", "__esModule",
     "__commonjs", "prototype", "exports"}
)  # fmt: skip
_PROPERTY = re.compile(r"[\w$]\.([A-Za-z_$][\w$]*)\s*=(?![=>])")
_FEW = 3
_MOST_NAMES = 4000


@dataclass(kw_only=True)
class Built:
    """What was built, and what could not be, with the reason. `lacking` are packages and versions
    that modules import, that the lock holds and the store does not."""

    built: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    lacking: set[tuple[str, str]] = field(default_factory=set)


def build_modules(
    lock: Lock,
    store: Store,
    npm: Npm,
    wants: Iterable[Need],
    *,
    say: Callable[[str], None] = lambda text: None,
) -> Built:
    """Build those of `wants` that are modules and, in turn, what they import from other packages.

    What cannot be built (without esbuild, nothing can) is recorded with its reason, and tried again
    by the next call. Nothing of a package is executed.
    """
    done = Built()
    queue = [
        (need.package, version, need.module)
        for need in wants
        if need.module is not None and (version := held_version(lock, need))
    ]
    seen: set[_Item] = set()
    program: str | None = None
    while queue:
        package, version, entry = item = queue.pop(0)
        if item in seen:
            continue
        if store.manifest(package, version) is None:
            done.lacking.add((package, version))
            continue
        seen.add(item)
        known = store.modules(package, version)
        module = known.get(entry)
        if module is None or module.error or module.builder != BUILDER:
            if program is None:
                program = find_esbuild(store, npm)
            where = f"{package}@{version}" + (f"/{entry}" if entry else "")
            say(f"building {where}")
            module = _build(program, lock, store, npm, item)
            store.write_modules(package, version, {**known, entry: module})
            if module.error:
                done.failed[where] = module.error
            else:
                done.built += 1
        queue += _imported(lock, module, package, version)
    return done


def exported_names(text: str) -> list[str]:
    """Names that CommonJS code exports, read from its text: rather too many than too few."""
    found = {a or b for a, b in _NAME.findall(text)}
    for literal in _LITERAL.findall(text):
        found |= set(re.findall(r"(?:^|,)\s*([A-Za-z_$][\w$]*)\s*(?=[,:}]|$)", literal))
    if len(found - _RESERVED) < _FEW:
        # Names set on a function or object that is exported whole, as lodash does.
        found |= set(_PROPERTY.findall(text))
    return sorted(found - _RESERVED)[:_MOST_NAMES]


def _imported(lock: Lock, module: Module, package: str, version: str) -> list[_Item]:
    found = []
    for text in module.outside:
        head, _, entry = text.partition(" ")
        name, _, spec = head.rpartition("@")
        # As the shelf chooses when it puts the addresses into the module.
        spec = version if name == package or is_pair(name, package) else spec
        item = lock.packages.get(name)
        need = Need(package=name, spec=spec, module=entry)
        other = held_version(lock, need) or (item.nearest(spec) if item is not None else None)
        if other is not None:
            found.append((name, other, entry))
    return found


def _build(program: str, lock: Lock, store: Store, npm: Npm, item: _Item) -> Module:
    package, version, _ = item
    if not program:
        return Module(error=f"no esbuild; {VARIABLE} names one")
    with tempfile.TemporaryDirectory(prefix="pairproof-esm-") as name:
        before = f"{lock.date}T23:59:59Z" if lock.date else ""
        try:
            if not npm.install(Path(name), [f"{package}@{version}"], before=before):
                return Module(error="npm could not install it")
        except CannotJudge as error:
            return Module(error=str(error))
        return _bundle(program, lock, store, Path(name), item)


def _bundle(program: str, lock: Lock, store: Store, folder: Path, item: _Item) -> Module:
    package, version, entry = item
    peers = _peers(folder / "node_modules" / package / "package.json")
    outside = {name: spec for name, spec in peers.items() if name in lock.packages}
    if entry:
        outside[package] = version
    bundler = Bundler(program, folder, f"{package}/{entry}" if entry else package, outside)
    everything = f"export * from {json.dumps(ENTRY)};\n"
    default = f"export {{ default }} from {json.dumps(ENTRY)};\n"
    made = bundler.build(everything)
    if isinstance(made, str):
        return Module(error=made)
    if made.is_commonjs("source.mjs"):
        source, has_default = _wrapper(exported_names(made.text)), True
    else:
        has_default = not isinstance(bundler.build(default), str)
        source = everything + (default if has_default else "")
    made = bundler.build(source, made.outside())
    if isinstance(made, str):
        return Module(error=made)
    return Module(
        sha256=store.put(made.text.encode()),
        default=has_default,
        builder=BUILDER,
        hollow=made.is_hollow(),
        outside=tuple(_told(path, outside) for path in made.outside()),
    )


def _wrapper(names: list[str]) -> str:
    text = f"import * as all from {json.dumps(ENTRY)};\nconst m = all.default ?? all;\n"
    text += (
        "const esm = m && m.__esModule;\nexport default esm && 'default' in m ? m.default : m;\n"
    )
    text += f"export const {COMMONJS} = !esm;\n"
    return text + "".join(
        f"const v{i} = m.{name};\nexport {{ v{i} as {name} }};\n" for i, name in enumerate(names)
    )


def _told(path: str, outside: dict[str, str]) -> str:
    """`name/entry` as the store keeps it: `name@range entry`."""
    parts = path.split("/")
    at = 2 if path.startswith("@") else 1
    name, entry = "/".join(parts[:at]), "/".join(parts[at:])
    return f"{name}@{compact(outside.get(name, ''))} {entry}".rstrip()


def _peers(path: Path) -> dict[str, str]:
    try:
        document: Any = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    peers = document.get("peerDependencies") if isinstance(document, dict) else None
    return {n: s for n, s in peers.items() if isinstance(s, str)} if isinstance(peers, dict) else {}
