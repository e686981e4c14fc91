"""Take out of the store what the lock does not name."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.cdn.lock import Lock
from harness.cdn.mime import kept
from harness.cdn.store import Store


@dataclass(kw_only=True)
class Pruned:
    """What was removed: package versions, files and their bytes."""

    versions: int = 0
    files: int = 0
    bytes: int = 0


def prune(lock: Lock, store: Store) -> Pruned:
    """Remove package versions that the lock does not hold, then files that nothing names.

    Files that would no longer be kept of a package are taken out of it as well.
    """
    done = Pruned()
    needed: set[str] = set()
    for package, version in store.versions():
        item = lock.packages.get(package)
        manifest = store.manifest(package, version)
        if item is None or manifest is None or item.held.get(version) != manifest.integrity:
            store.forget(package, version)
            done.versions += 1
            continue
        files = {p: d for p, d in manifest.files.items() if kept(package, p, 0)}
        if len(files) < len(manifest.files):
            dropped = manifest.dropped | (manifest.files.keys() - files.keys())
            store.write_manifest(package, version, replace(manifest, files=files, dropped=dropped))
        needed |= set(files.values())
        needed |= {module.sha256 for module in store.modules(package, version).values()}
    for path in store.blobs():
        if path.name not in needed:
            done.bytes += path.stat().st_size
            done.files += 1
            path.unlink()
    return done
