"""Dataset layouts: one adapter per file, found by being here; strangers' by entry point.

A file in this package that defines `FORMAT` (or `FORMATS`, a tuple) adds adapters. A distribution
adds one by an entry point of the group `pairproof.formats` that names an adapter or its class.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from types import MappingProxyType

from harness.errors import Misuse
from harness.formats.base import Format, Row, Unreadable

__all__ = ["Format", "Row", "Unreadable", "available", "choose"]

GROUP = "pairproof.formats"


@cache
def available() -> MappingProxyType[str, Format]:
    """All adapters by name, in the order of their names. A built-in name cannot be taken over."""
    found: dict[str, Format] = {}
    for module in sorted(m.name for m in iter_modules(__path__)):
        loaded = import_module(f"{__name__}.{module}")
        single = getattr(loaded, "FORMAT", None)
        for adapter in getattr(loaded, "FORMATS", () if single is None else (single,)):
            found[adapter.name] = adapter
    for point in entry_points(group=GROUP):
        try:
            adapter = point.load()
            adapter = adapter() if isinstance(adapter, type) else adapter
            found.setdefault(adapter.name, adapter)
        except Exception as error:
            raise Misuse(
                f"The dataset format {point.value!r} cannot be loaded: {error}.",
                hint="Mend or uninstall the distribution that brings it.",
            ) from error
    return MappingProxyType(dict(sorted(found.items())))


def choose(row: Row) -> Format | None:
    """The adapter that fits `row` best, or None where none fits; of equals the first by name."""
    best, best_score = None, 0.0
    for adapter in available().values():
        score = adapter.score(row)
        if score > best_score:
            best, best_score = adapter, score
    return best
