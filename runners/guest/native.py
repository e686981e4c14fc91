"""The entry of the fall-back: code and tests in one interpreter, with less assurance."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runners.guest.report import Report
    from runners.guest.split import load_code, vary
    from runners.guest.suite import World, run_suite
else:
    from report import Report
    from split import load_code, vary
    from suite import World, run_suite


def run_tests(payload: dict[str, Any], report_fd: int, peer_fd: int) -> None:
    """Load the code as module `solution`, then run the suite beside it."""
    vary(payload)
    report = Report(report_fd)
    module = types.ModuleType(payload.get("module", "solution"))
    error = load_code(payload["code"], module)
    report.loaded(error)
    if error is None:
        names = [name for name in vars(module) if type(name) is str and name[:2] != "__"]
        run_suite(payload, report, World(module, names))
    report.end(False)
