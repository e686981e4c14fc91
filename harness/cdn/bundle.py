"""ES modules of packages, built with esbuild when the store is filled."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.cdn.lock import Lock
from harness.cdn.modules import OUTSIDE
from harness.cdn.npm import Npm
from harness.cdn.resolve import chosen
from harness.cdn.store import Module, Store
from harness.errors import CannotJudge

ESBUILD = "0.28.2"
VARIABLE = "PAIRPROOF_ESBUILD"
_TIMEOUT_S = 180
_NODE = (
    "assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto",
    "dgram", "dns", "domain", "events", "fs", "fs/promises", "http", "http2", "https", "inspector",
    "module", "net", "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline",
    "repl", "stream", "stream/promises", "stream/web", "string_decoder", "sys", "timers",
    "timers/promises", "tls", "tty", "url", "util", "util/types", "v8", "vm", "worker_threads",
    "zlib",
)  # fmt: skip
_NAME = re.compile(
    r"(?:\bexports\.([A-Za-z_$][\w$]*)\s*=[^=])"
    r"|(?:defineProperty\(exports,\s*[\"']([A-Za-z_$][\w$]*)[\"'])"
)
_LITERAL = re.compile(r"module\.exports\s*=\s*\{([^{}]{1,20000})\}")
_RESERVED = frozenset(
    {"break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete",
     "do", "else", "enum", "export", "extends", "false", "finally", "for", "function", "if",
     "import", "in", "instanceof", "new", "null", "return", "super", "switch", "this", "throw",
     "true", "try", "typeof", "var", "void", "while", "with", "yield", "let", "static", "await",
     "__esModule"}
)  # fmt: skip
_MOST_NAMES = 1500


@dataclass(kw_only=True)
class Built:
    """What was built, and what could not be, with the reason."""

    built: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def build_modules(
    lock: Lock, store: Store, npm: Npm, *, say: Callable[[str], None] = lambda text: None
) -> Built:
    """Build the modules that the lock wants and, in turn, what they import from other packages.

    Without esbuild nothing is built: each is recorded as failed with that reason, and tried again
    by the next call. Nothing of a package is executed.
    """
    done = Built()
    queue = [
        (need.package, version, need.module)
        for need in lock.wants
        if need.module is not None and (version := _held(lock, need.package, need.spec))
    ]
    seen: set[tuple[str, str, str]] = set()
    program: str | None = None
    while queue:
        package, version, entry = item = queue.pop(0)
        if item in seen or store.manifest(package, version) is None:
            continue
        seen.add(item)
        known = store.modules(package, version)
        module = known.get(entry)
        if module is None or module.error:
            program = program or _esbuild(store, npm)
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


def _held(lock: Lock, package: str, spec: str) -> str | None:
    item = lock.packages.get(package)
    version = chosen(item, spec) if item is not None else None
    return version if item is not None and version in item.held else None


def _imported(lock: Lock, module: Module, package: str, version: str) -> list[tuple[str, str, str]]:
    found = []
    for text in module.outside:
        name, spec, sub = _parts(text)
        other = version if name == package else _held(lock, name, spec)
        if other is not None:
            found.append((name, other, sub))
    return found


def _parts(text: str) -> tuple[str, str, str]:
    """`name@range sub` as three."""
    head, _, sub = text.partition(" ")
    name, _, spec = head.rpartition("@")
    return name, spec, sub


def _esbuild(store: Store, npm: Npm) -> str:
    given = os.environ.get(VARIABLE) or shutil.which("esbuild")
    if given:
        return given
    folder = store.folder / "tools" / f"esbuild-{ESBUILD}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
            if not npm.install(Path(beside), [f"esbuild@{ESBUILD}"]):
                return ""
            shutil.copytree(beside, folder, symlinks=True)
    found = sorted(folder.glob("node_modules/@esbuild/*/bin/esbuild"))
    return str(found[0]) if found else ""


def _build(program: str, lock: Lock, store: Store, npm: Npm, item: tuple[str, str, str]) -> Module:
    package, version, _ = item
    if not program:
        return Module(error=f"no esbuild; {VARIABLE} names one")
    with tempfile.TemporaryDirectory(prefix="pairproof-esm-") as name:
        folder = Path(name)
        try:
            if not npm.install(folder, [f"{package}@{version}"], before=_after(lock.date)):
                return Module(error="npm could not install it")
        except CannotJudge as error:
            return Module(error=str(error))
        return _bundle(program, lock, store, folder, item)


def _after(date: str) -> str:
    return f"{date}T23:59:59Z" if date else ""


def _bundle(
    program: str, lock: Lock, store: Store, folder: Path, item: tuple[str, str, str]
) -> Module:
    package, _version, entry = item
    root = folder / "node_modules" / package
    document = _package(root)
    peers = _peers(document)
    outside = {name: spec for name, spec in peers.items() if name in lock.packages}
    if entry:
        outside[package] = _version
    start = f"{package}/{entry}" if entry else package
    main = folder / "entry.mjs"
    # CommonJS, so that whatever name is imported is undefined and no error.
    (folder / "empty.cjs").write_text("module.exports = {};\n")
    main.write_text(f"export * from {json.dumps(start)};\n")
    # Its own name has to resolve to the folder from here, and to the shelf from inside.
    options = _options(folder, outside, package)
    meta, text, why = _run(program, folder, main, options)
    if meta is None:
        return Module(error=why)
    inputs: Mapping[str, Any] = meta["inputs"]
    first = next((i["path"] for i in inputs["entry.mjs"]["imports"]), "")
    commonjs = inputs.get(first, {}).get("format") == "cjs"
    output = next(iter(meta["outputs"].values()))
    default = commonjs
    if commonjs:
        main.write_text(_wrapper(start, _names(text)))
    else:
        main.write_text(
            f"export * from {json.dumps(start)};\nimport * as all from {json.dumps(start)};\n"
        )
        default = _has_default(program, folder, start, options)
        both = f"export {{ default }} from {json.dumps(start)};\n" if default else ""
        main.write_text(f"export * from {json.dumps(start)};\n{both}")
    imported = sorted({i["path"] for i in output["imports"] if i["path"].startswith(OUTSIDE)})
    meta, text, why = _run(program, folder, main, [*options, *_requires(imported)])
    if meta is None:
        return Module(error=why)
    told = []
    for path in imported:
        name, sub = _split(path.removeprefix(OUTSIDE))
        told.append(f"{name}@{outside.get(name, 'latest')} {sub}".rstrip())
    return Module(sha256=store.put(text.encode()), default=default, outside=tuple(told))


def _has_default(program: str, folder: Path, start: str, options: list[str]) -> bool:
    probe = folder / "probe.mjs"
    probe.write_text(f"export {{ default }} from {json.dumps(start)};\n")
    return _run(program, folder, probe, options)[0] is not None


def _options(folder: Path, outside: Mapping[str, str], package: str) -> list[str]:
    aliases = [f"--alias:{name}={OUTSIDE}{name}" for name in outside if name != package]
    empty = [f"--alias:{p}{name}=./empty.cjs" for name in _NODE for p in ("", "node:")]
    return [
        "--bundle", "--format=esm", "--platform=browser", "--target=es2022", "--charset=utf8",
        "--minify-syntax", "--minify-whitespace", "--legal-comments=none", "--log-level=error",
        "--log-limit=3", "--define:process.env.NODE_ENV=\"production\"",
        "--define:global=globalThis",
        "--loader:.css=empty", "--loader:.node=empty", "--loader:.wasm=dataurl",
        "--loader:.svg=dataurl", "--loader:.png=dataurl", "--loader:.woff=dataurl",
        "--loader:.woff2=dataurl", "--loader:.ttf=dataurl",
        *aliases, *empty, f"--external:{OUTSIDE}*",
    ]  # fmt: skip


def _requires(imported: list[str]) -> list[str]:
    """CommonJS code calls `require` for what is outside: give it the imported modules."""
    if not imported:
        return []
    lines = [f'import * as __o{i} from "{path}";' for i, path in enumerate(imported)]
    table = ",".join(f'"{path}":__o{i}' for i, path in enumerate(imported))
    lines.append(
        f"var require=(t=>n=>{{const m=t[n];if(!m)throw Error('no module '+n);"
        "const d=m.default;return d&&typeof d!='string'&&Object.keys(m).every("
        f"k=>k=='default'||k in d)?d:m}})({{{table}}});"
    )
    return ["--banner:js=" + "".join(lines)]


def _run(
    program: str, folder: Path, main: Path, options: list[str]
) -> tuple[dict[str, Any] | None, str, str]:
    """esbuild's account, the text, and why there is neither."""
    out, meta = folder / "out.mjs", folder / "meta.json"
    out.unlink(missing_ok=True)
    try:
        done = subprocess.run(
            [program, main.name, *options, f"--outfile={out}", f"--metafile={meta}"],
            cwd=folder, capture_output=True, timeout=_TIMEOUT_S, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, "", f"esbuild did not end: {error}"
    if done.returncode != 0 or not out.is_file():
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return None, "", "esbuild: " + (said[0][:200] if said else f"exit {done.returncode}")
    return json.loads(meta.read_bytes()), out.read_text(encoding="utf-8"), ""


def _wrapper(start: str, names: list[str]) -> str:
    quoted = json.dumps(start)
    text = f"import * as all from {quoted};\nconst m = all.default ?? all;\n"
    text += "export default m && m.__esModule && 'default' in m ? m.default : m;\n"
    return text + "".join(
        f"const v{i} = m.{name};\nexport {{ v{i} as {name} }};\n" for i, name in enumerate(names)
    )


def _names(text: str) -> list[str]:
    """Names that CommonJS code exports, read from its text: rather too many than too few."""
    found = {a or b for a, b in _NAME.findall(text)}
    for literal in _LITERAL.findall(text):
        found |= set(re.findall(r"(?:^|,)\s*([A-Za-z_$][\w$]*)\s*(?=[,:}]|$)", literal))
    return sorted(found - _RESERVED)[:_MOST_NAMES]


def _package(root: Path) -> dict[str, Any]:
    try:
        document = json.loads((root / "package.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _peers(document: Mapping[str, Any]) -> dict[str, str]:
    peers = document.get("peerDependencies")
    return {n: s for n, s in peers.items() if isinstance(s, str)} if isinstance(peers, dict) else {}


def _split(text: str) -> tuple[str, str]:
    parts = text.split("/")
    at = 2 if text.startswith("@") else 1
    return "/".join(parts[:at]), "/".join(parts[at:])
