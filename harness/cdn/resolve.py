"""From wants to a lock: every range resolved to what the registry lists today."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from harness.cdn.asks import Need, compact, is_package
from harness.cdn.lock import Listed, Lock, listed
from harness.cdn.modules import is_pair
from harness.cdn.npm import Npm, Refused
from harness.cdn.semver import nearest

_WORKERS = 3
"""npm processes at once: a registry is shared with others."""
_ROUND = 24
"""Packages between two times that the lock is kept."""


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A new lock. `missing` are wants that stand for nothing in the registry."""

    lock: Lock
    added: tuple[str, ...]
    missing: tuple[str, ...]


def resolve(
    lock: Lock,
    npm: Npm,
    *,
    again: bool = False,
    say: Callable[[str], None] = lambda text: None,
    keep: Callable[[Lock], None] = lambda lock: None,
) -> Resolved:
    """Resolve the wants that the lock does not settle yet; with `again` all of them, anew.

    What is held stays held, unless `again`. `keep` gets the lock as it grows. Raises CannotJudge
    where the registry does not answer.
    """
    lock = replace(lock, date=datetime.now(UTC).date().isoformat())
    if again:
        lock = replace(lock, packages={}, absent=frozenset())
    held = {f"{n}@{v}" for n, item in lock.packages.items() for v in item.held}
    missing: dict[str, None] = {}
    while todo := _unsettled(lock, missing):
        say(f"{len(todo)} packages to look up")
        names = list(todo)[:_ROUND]
        known = [lock.packages.get(name) for name in names]
        with ThreadPoolExecutor(_WORKERS) as pool:
            wanted = [todo[name] for name in names]
            found = list(pool.map(partial(_package, npm), names, known, wanted))
        packages, absent, derived = dict(lock.packages), set(lock.absent), set[Need]()
        for name, item, needs, lost in found:
            derived |= needs
            missing |= dict.fromkeys(lost)
            if item is not None:
                packages[name] = item
            elif not lost:
                absent.add(name)
        lock = replace(lock, packages=packages, absent=frozenset(absent)).with_wants(derived)
        keep(lock)
    now = {f"{n}@{v}" for n, item in lock.packages.items() for v in item.held}
    unknown = [str(need) for need in lock.wants if need.package in lock.absent]
    return Resolved(
        lock=lock, added=tuple(sorted(now - held)), missing=tuple(sorted({*missing, *unknown}))
    )


def chosen(item: Listed, spec: str) -> str | None:
    """The version that a want is settled by: what the range resolves to, else the nearest."""
    return item.resolve(spec) or nearest(spec, item.versions)


def held_version(lock: Lock, need: Need) -> str | None:
    """The held version that settles a need; None where the lock does not settle it."""
    item = lock.packages.get(need.package)
    version = chosen(item, need.spec) if item is not None else None
    return version if item is not None and version in item.held else None


def _unsettled(lock: Lock, missing: Iterable[str]) -> dict[str, list[Need]]:
    todo: dict[str, list[Need]] = {}
    lost = set(missing)
    for need in lock.wants:
        item = lock.packages.get(need.package)
        if need.package in lock.absent or str(need) in lost:
            continue
        if item is None or chosen(item, need.spec) not in item.held:
            todo.setdefault(need.package, []).append(need)
    return todo


def _package(
    npm: Npm, name: str, known: Listed | None, needs: list[Need]
) -> tuple[str, Listed | None, set[Need], list[str]]:
    try:
        published = npm.view(name)
    except Refused:
        return name, known, set(), [str(need) for need in needs]
    if published is None:
        return name, None, set(), []
    held = dict(known.held) if known else {}
    # The whole list for choosing; what is written down leaves most prereleases out.
    whole = Listed(versions=published.versions, tags=published.tags, whole=True)
    picked = {need: chosen(whole, need.spec) for need in needs}
    versions = sorted({version for version in picked.values() if version})
    described = npm.describe(name, versions) if versions else {}
    derived: set[Need] = set()
    lost: list[str] = []
    for need, version in picked.items():
        one = described.get(version or "")
        if version is None or one is None or not one.integrity:
            lost.append(str(need))
            continue
        held[version] = one.integrity
        if need.module is not None:
            derived |= {
                Need(
                    package=peer, spec=version if is_pair(peer, name) else compact(spec), module=""
                )
                for peer, spec in one.peers.items()
                if is_package(peer)
            }
    return name, listed(published.versions, published.tags, held), derived, lost
