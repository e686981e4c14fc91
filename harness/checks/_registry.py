"""Finds the checks: this package's files, then the entry points `pairproof.checks`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from harness.checks._base import Check, Subject
from harness.errors import Misuse
from harness.models import Finding, digest

ENTRY_POINT_GROUP = "pairproof.checks"


def _classes_of(module: ModuleType) -> list[type]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and value.__module__ == module.__name__
        and isinstance(getattr(value, "id", None), str)
        and callable(getattr(value, "run", None))
    ]


def _where(check: Check) -> str:
    return f"{type(check).__module__}.{type(check).__qualname__}"


def collect(candidates: list[type]) -> tuple[Check, ...]:
    """One instance of each class, in the order of their ids.

    Raises Misuse where two have the same id, naming both.
    """
    found: dict[str, Check] = {}
    for candidate in candidates:
        check: Check = candidate()
        other = found.setdefault(check.id, check)
        if other is not check:
            raise Misuse(
                f"two checks have the id {check.id}: {_where(other)} and {_where(check)}",
                hint="give one of them an id that was never used",
            )
    return tuple(found[key] for key in sorted(found))


@cache
def load_checks() -> tuple[Check, ...]:
    """Every check, in the order of their ids.

    Raises Misuse where two have the same id, or where an entry point cannot be loaded.
    """
    classes: list[type] = []
    for info in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if not info.name.startswith("_"):
            classes += _classes_of(importlib.import_module(f"harness.checks.{info.name}"))
    for point in entry_points(group=ENTRY_POINT_GROUP):
        try:
            loaded = point.load()
        except Exception as error:
            raise Misuse(
                f"the check {point.name} ({point.value}) cannot be loaded: {error}",
                hint="repair or uninstall the package that brings it",
            ) from error
        classes += _classes_of(loaded) if isinstance(loaded, ModuleType) else [loaded]
    return collect(classes)


def run_checks(subject: Subject) -> tuple[Finding, ...]:
    """What every check says of `subject`, in the order of check ids.

    A check that raises is a fault of ours: its exception is passed on as it is.
    """
    return tuple(finding for check in load_checks() for finding in check.run(subject))


def checks_digest() -> str:
    """SHA-256 over the ids and versions of the checks, as "sha256:<hex>"."""
    return digest([[check.id, check.version] for check in load_checks()])
