"""Turns the suite report's notes into findings."""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._base import Subject
from harness.models import Finding, Severity

_MAX_FINDINGS = 20


def suite_findings(subject: Subject, rule: str) -> Iterator[Finding]:
    """A warning for each note of one rule, the first twenty; none where there is no suite.

    They are warnings because other tests may remain: what a whole suite without a test that can
    fail comes to is PP300's word.
    """
    report = subject.suite_report
    notes = [note for note in report.notes if note.rule == rule] if report else []
    for note in notes[:_MAX_FINDINGS]:
        yield Finding(rule=rule, severity=Severity.WARN, message=note.message, line=note.line)
