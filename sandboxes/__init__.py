"""Isolation: where candidate code runs, and nothing about datasets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandboxes.base import Profile, Sandbox

GROUP = "pairproof.sandboxes"
"""The entry points by which a stranger's backend is found."""


def available() -> dict[str, type[Any]]:
    """Backend classes by name: those of this package, and those of installed entry points.

    A backend is a class with the name of its module, `name` set to the key, and the methods of
    `Sandbox`. One whose import fails is left out: it cannot be used here.
    """
    import importlib
    import importlib.metadata
    import pkgutil

    found: dict[str, type[Any]] = {}
    for module in pkgutil.iter_modules(__path__):
        try:
            loaded = importlib.import_module(f"{__name__}.{module.name}")
        except ImportError:
            continue
        _add(found, getattr(loaded, module.name.title(), None))
    for point in importlib.metadata.entry_points(group=GROUP):
        try:
            _add(found, point.load())
        except (ImportError, AttributeError):
            continue
    return dict(sorted(found.items()))


def _add(found: dict[str, type[Any]], candidate: object) -> None:
    name = getattr(candidate, "name", None)
    if isinstance(candidate, type) and isinstance(name, str) and hasattr(candidate, "probe"):
        found.setdefault(name, candidate)


def create(name: str, profiles: Mapping[str, Profile], *, slots: int = 0) -> Sandbox:
    """The backend `name`, not yet started. `slots` jobs run at once; 0 is one for each core.

    "backend:tier" chooses among a backend's tiers, where it has any ("docker:runsc").

    Raises:
        SandboxUnavailable: there is no such backend or tier.
    """
    from sandboxes.base import SandboxUnavailable

    backends = available()
    kind, _, tier = name.partition(":")
    if kind not in backends:
        raise SandboxUnavailable(
            f"no sandbox {kind!r}", hint=f"use one of: {', '.join(names()) or 'none is installed'}"
        )
    tiers = getattr(backends[kind], "tiers", ())
    if tier and tier not in tiers:
        raise SandboxUnavailable(
            f"{kind} has no tier {tier!r}", hint=f"use one of: {', '.join(names())}"
        )
    chosen = {"tier": tier} if tier else {}
    made: Sandbox = backends[kind](profiles, slots=slots, **chosen)
    return made


def names() -> list[str]:
    """What `create` takes: every backend, and every tier of it that can be asked for."""
    found = []
    for name, kind in available().items():
        found += [name, *(f"{name}:{tier}" for tier in getattr(kind, "tiers", ()))]
    return found
