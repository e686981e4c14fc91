"""Calls esbuild: a package's entry, with all that it imports, as one ES module."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.cdn.modules import OUTSIDE
from harness.cdn.npm import Npm
from harness.cdn.store import Store

VERSION = "0.28.2"
VARIABLE = "PAIRPROOF_ESBUILD"
ENTRY = "pairproof-entry"
"""By this name our own sources import what is built: the package's name may lead to the shelf."""

COMMONJS = "__commonjs"
"""Exported as true by modules whose default export is a CommonJS `module.exports`."""

_TIMEOUT_S = 180
_NODE = (
    "assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto",
    "dgram", "dns", "domain", "events", "fs", "fs/promises", "http", "http2", "https", "inspector",
    "module", "net", "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline",
    "repl", "stream", "stream/promises", "stream/web", "string_decoder", "sys", "timers",
    "timers/promises", "tls", "tty", "url", "util", "util/types", "v8", "vm", "worker_threads",
    "zlib",
)  # fmt: skip
"""Modules of Node.js: empty in a browser."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """What esbuild made. `meta` is its metafile (esbuild.github.io/api/#metafile)."""

    text: str
    meta: Mapping[str, Any]

    def is_commonjs(self, source: str) -> bool:
        """Whether the first thing that `source` imports is a CommonJS file."""
        inputs = self.meta["inputs"]
        first = next((item["path"] for item in inputs[source]["imports"]), "")
        return bool(inputs.get(first, {}).get("format") == "cjs")

    def is_hollow(self) -> bool:
        """Whether it imports modules of Node.js, which are empty here."""
        return "empty.cjs" in self.meta["inputs"]

    def outside(self) -> tuple[str, ...]:
        """The packages that are imported from the shelf, with their entries: `name/entry`."""
        output = next(iter(self.meta["outputs"].values()))
        paths = {item["path"] for item in output["imports"] if item["path"].startswith(OUTSIDE)}
        return tuple(sorted(path.removeprefix(OUTSIDE) for path in paths))


def find_esbuild(store: Store, npm: Npm) -> str:
    """The program: PAIRPROOF_ESBUILD's, the path's, else npm's, kept in the store; "" for none."""
    given = os.environ.get(VARIABLE) or shutil.which("esbuild")
    if given:
        return given
    folder = store.folder / "tools" / f"esbuild-{VERSION}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
            if not npm.install(Path(beside), [f"esbuild@{VERSION}"]):
                return ""
            shutil.copytree(beside, folder, symlinks=True)
    found = sorted(folder.glob("node_modules/@esbuild/*/bin/esbuild"))
    return str(found[0]) if found else ""


class Bundler:
    """Builds in one folder, in which the package is installed."""

    def __init__(self, program: str, folder: Path, start: str, outside: Iterable[str]) -> None:
        self._program = program
        self._folder = folder
        # CommonJS, so that whatever name is imported from it is undefined and no error.
        (folder / "empty.cjs").write_text("module.exports = {};\n")
        aliases = {name: OUTSIDE + name for name in outside} | {ENTRY: start}
        aliases |= {f"{p}{name}": "./empty.cjs" for name in _NODE for p in ("", "node:")}
        self._options = [
            "--bundle", "--format=esm", "--platform=browser", "--target=es2022", "--charset=utf8",
            "--minify-syntax", "--minify-whitespace", "--legal-comments=none", "--log-level=error",
            "--log-limit=3", '--define:process.env.NODE_ENV="production"',
            "--define:global=globalThis", "--loader:.css=empty", "--loader:.node=empty",
            *(f"--loader:.{s}=dataurl" for s in ("wasm", "svg", "png", "woff", "woff2", "ttf")),
            *(f"--alias:{name}={value}" for name, value in aliases.items()),
            f"--external:{OUTSIDE}*",
        ]  # fmt: skip

    def build(self, source: str, requires: Sequence[str] = ()) -> Output | str:
        """The bundle of a source text of ours, or why there is none.

        `requires` (as `Output.outside` gave them) can then be had by CommonJS's `require`.
        """
        (self._folder / "source.mjs").write_text(source)
        out, meta = self._folder / "out.mjs", self._folder / "meta.json"
        out.unlink(missing_ok=True)
        try:
            done = subprocess.run(
                [self._program, "source.mjs", *self._options, *_banner(requires),
                 f"--outfile={out}", f"--metafile={meta}"],
                cwd=self._folder, capture_output=True, timeout=_TIMEOUT_S, check=False,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"esbuild did not end: {error}"
        if done.returncode != 0 or not out.is_file():
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            return "esbuild: " + (said[0][:200] if said else f"exit {done.returncode}")
        return Output(text=out.read_text("utf-8"), meta=json.loads(meta.read_bytes()))


def _banner(paths: Sequence[str]) -> list[str]:
    """esbuild leaves `require` of what is outside as it is: this gives it the imported modules.

    Of one that was CommonJS itself its `module.exports` is handed out.
    """
    if not paths:
        return []
    lines = [f'import * as __o{i} from "{OUTSIDE}{path}";' for i, path in enumerate(paths)]
    table = ",".join(f'"{OUTSIDE}{path}":__o{i}' for i, path in enumerate(paths))
    lines.append(
        "var require=(t=>n=>{const m=t[n];if(!m)throw Error('no module '+n);"
        f"return m.{COMMONJS}?m.default:m}})({{{table}}});"
    )
    return ["--banner:js=" + "".join(lines)]
