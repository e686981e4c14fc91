"""Fill the store with what the lock names; what is there already is kept."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from harness.cdn.asks import Need
from harness.cdn.bundle import build_modules
from harness.cdn.lock import Lock
from harness.cdn.npm import Npm
from harness.cdn.resolve import held_version
from harness.cdn.store import Store
from harness.cdn.unpack import unpack, verify
from harness.errors import CannotJudge

_WORKERS = 3
_BATCH = 4


@dataclass(kw_only=True)
class Synced:
    """What one filling did. `fetched` and `failed` are `name@version`; bytes are of tarballs."""

    fetched: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    kept: int = 0
    bytes: int = 0
    modules: int = 0
    modules_failed: dict[str, str] = field(default_factory=dict)


def sync(
    lock: Lock,
    store: Store,
    npm: Npm,
    *,
    only: Iterable[Need] | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> Synced:
    """Fetch, check (the lock's integrity), unpack and index; then build the ES modules wanted.

    With `only`, no more than what settles these needs. Stopped half-way it goes on where it was. A
    package that cannot be fetched, or whose bytes are not the locked ones, is named in `failed` and
    stays out of the store.
    """
    wants = lock.wants if only is None else tuple(only)
    done = Synced()
    if only is None:
        named = {(name, v) for name, item in lock.packages.items() for v in item.held}
    else:
        named = {(n.package, v) for n in wants if (v := held_version(lock, n)) is not None}
    tried: set[tuple[str, str]] = set()
    while named - tried:
        _fetch_all(sorted(named - tried), lock, store, npm, done, say)
        tried |= named
        built = build_modules(lock, store, npm, wants, say=say)
        done.modules += built.built
        done.modules_failed |= built.failed
        named = built.lacking
    return done


def _fetch_all(
    named: Sequence[tuple[str, str]],
    lock: Lock,
    store: Store,
    npm: Npm,
    done: Synced,
    say: Callable[[str], None],
) -> None:
    todo: list[tuple[str, str, str]] = []
    for name, version in named:
        integrity = lock.packages[name].held[version]
        manifest = store.manifest(name, version)
        if manifest is not None and manifest.integrity == integrity:
            done.kept += 1
        else:
            todo.append((name, version, integrity))
    batches = [todo[i : i + _BATCH] for i in range(0, len(todo), _BATCH)]
    guard = threading.Lock()

    def fetch(batch: Sequence[tuple[str, str, str]]) -> None:
        with tempfile.TemporaryDirectory(prefix="pairproof-cdn-") as folder:
            _fetch(batch, Path(folder), store, npm, done, guard)
        say(f"{len(done.fetched)} packages, {done.bytes / 1e6:.0f} MB; {len(todo)} were missing")

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(fetch, batches))


def _fetch(
    batch: Sequence[tuple[str, str, str]],
    folder: Path,
    store: Store,
    npm: Npm,
    done: Synced,
    guard: threading.Lock,
) -> None:
    packed = npm.pack([f"{name}@{version}" for name, version, _ in batch], folder)
    for name, version, integrity in batch:
        spec = f"{name}@{version}"
        path = packed.get(spec)
        why = ""
        if path is None:
            why = "the registry does not give it"
        elif not verify(path, integrity):
            why = f"its bytes are not {integrity}"
        else:
            try:
                store.write_manifest(name, version, unpack(store, path, name, integrity))
            except CannotJudge as error:
                why = str(error)
        with guard:
            if why:
                done.failed[spec] = why
            elif path is not None:
                done.fetched.append(spec)
                done.bytes += path.stat().st_size
        if path is not None:
            path.unlink()
