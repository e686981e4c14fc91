"""Checks: one file each, found by being here. A check reads; it never runs candidate code.

Ids: PP1xx the form of the pair (S0), PP2xx the sketch, PP3xx suites that cannot fail, PP4xx code
that cheats, PP5xx what was seen while running, PP6xx vacuity. An id is never reused.

A file whose name starts with an underscore holds what several checks share and defines none.
"""

from __future__ import annotations

from harness.checks._base import Check, Example, Subject, subject_for
from harness.checks._registry import checks_digest, load_checks, run_checks

__all__ = [
    "Check",
    "Example",
    "Subject",
    "checks_digest",
    "load_checks",
    "run_checks",
    "subject_for",
]
