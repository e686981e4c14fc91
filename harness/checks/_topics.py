"""Whether an instruction asks for what would otherwise be suspicious, and how to say so."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from harness.checks._base import Subject
from harness.models import Finding, Reason, Severity


@cache
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})", re.IGNORECASE)


def mentions(subject: Subject, words: str) -> bool:
    """Whether the instruction, or the claimed topic, holds a word that starts as `words` (a
    regular expression of alternatives) says."""
    pair = subject.pair
    return bool(words) and bool(
        _pattern(words).search(pair.instruction) or _pattern(words).search(pair.claims.topic)
    )


def suspicion(
    subject: Subject,
    rule: str,
    message: str,
    line: int,
    *,
    reason: Reason = Reason.AMBIGUOUS,
    asked_for: str = "",
    **facts: Any,
) -> Finding:
    """A review; a warning where the instruction asks for such code (`asked_for`, see `mentions`),
    so that a task about signals may handle signals."""
    asked = mentions(subject, asked_for)
    return Finding(
        rule=rule,
        severity=Severity.WARN if asked else Severity.REVIEW,
        reason="" if asked else reason,
        message=message,
        line=line,
        facts={**facts, "asked_for": True} if asked else facts,
    )


def is_under(path: str, names: frozenset[str]) -> str:
    """The one of `names` that `path` is, or lies below; empty where there is none."""
    while path:
        if path in names:
            return path
        path = path.rpartition(".")[0]
    return ""
