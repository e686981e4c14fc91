"""Reports: one file each, found by being here. A report reads a run and returns text."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from typing import ClassVar, Protocol

from harness.errors import Misuse
from harness.store import Run


class Report(Protocol):
    """One way of writing a run down."""

    kind: ClassVar[str]

    def write(self, run: Run) -> str:
        """The whole report. Total: an empty run and hostile text are reported too."""


def available() -> dict[str, Report]:
    """Every report by its kind.

    Raises ValueError where two reports claim one kind.
    """
    found: dict[str, Report] = {}
    reports = [
        getattr(importlib.import_module(f"{__name__}.{module.name}"), "REPORT", None)
        for module in pkgutil.iter_modules(__path__)
    ]
    reports += [point.load() for point in entry_points(group="pairproof.reports")]
    for report in reports:
        if report is None:
            continue
        if report.kind in found:
            raise ValueError(f"two reports are called {report.kind!r}")
        found[report.kind] = report
    return found


def write_report(kind: str, run: Run) -> str:
    """The report of this kind. Raises Misuse where there is none."""
    reports = available()
    if kind not in reports:
        raise Misuse(f"no report is called {kind!r}", hint=f"there are: {', '.join(reports)}")
    return reports[kind].write(run)
