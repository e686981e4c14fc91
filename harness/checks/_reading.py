"""What was read of one test: its assertions, and remarks on it."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.checks._assertions import Judgement


@dataclass(frozen=True)
class Note:
    """One remark on the suite."""

    rule: str
    line: int
    message: str


@dataclass
class Site:
    """One assertion."""

    line: int
    judgement: Judgement


@dataclass
class Scan:
    """What was read of one test."""

    sites: list[Site] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    doubt: bool = False
    """It calls something that may assert and cannot be read here."""
    skipped: bool = False
    followed: set[tuple[str, str, frozenset[str]]] = field(default_factory=set)
    """Helpers that were read already, each once under the same circumstances."""

    @property
    def can_fail(self) -> bool:
        """Whether some wrong answer may fail it; true whenever in doubt."""
        return self.doubt or any(not site.judgement.rule for site in self.sites)
