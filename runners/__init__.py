"""Languages: how a pair's code is run and how the result is read.

A language is one module here that offers `RUNNER`, or an entry point in `pairproof.runners`.
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points

from runners.base import Runner


def languages() -> dict[str, Runner]:
    """Every runner by its language's name.

    Raises ValueError where two runners claim one language; the message names both.
    """
    found: dict[str, tuple[Runner, str]] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            continue
        runner = getattr(importlib.import_module(f"runners.{module.name}"), "RUNNER", None)
        if runner is not None:
            _add(found, runner, f"runners.{module.name}")
    for point in entry_points(group="pairproof.runners"):
        _add(found, point.load(), point.value)
    return {name: runner for name, (runner, _) in found.items()}


def _add(found: dict[str, tuple[Runner, str]], runner: Runner, origin: str) -> None:
    if runner.language in found:
        other = found[runner.language][1]
        raise ValueError(f"two runners for {runner.language!r}: {other} and {origin}")
    found[runner.language] = (runner, origin)
