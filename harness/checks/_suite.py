"""What each test of a suite asserts, and whether it can fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.checks._base import Subject


class SuiteReport:
    """Filled below."""


def read_suite(subject: Subject) -> SuiteReport | None:
    """The report."""
    return None
