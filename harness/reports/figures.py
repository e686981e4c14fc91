"""The figures that every report shows, counted in one pass over a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from harness.models import Verdict, VerdictStatus
from harness.store import Run

EXAMPLES = 8


@dataclass
class Figures:
    """Counts of a run, and the first few pairs of each reason."""

    pairs: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(status, reason) to pairs."""
    assurance: Counter[str] = field(default_factory=Counter)
    languages: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(language, status) to pairs."""
    rules: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    cases: int = 0
    cases_passed: int = 0
    unresolved: int = 0
    cpu_s: float = 0.0
    examples: dict[tuple[str, str], list[Verdict]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The figures as one JSON document."""
        return {
            "pairs": self.pairs,
            "counts": {s.value: self.statuses[s.value] for s in VerdictStatus},
            "reasons": {f"{s}: {r}": n for (s, r), n in self.reasons.most_common()},
            "assurance": dict(self.assurance.most_common()),
            "languages": {f"{lang}: {s}": n for (lang, s), n in sorted(self.languages.items())},
            "rules": dict(self.rules.most_common()),
            "repairs": dict(self.repairs.most_common()),
            "quarantined": dict(self.quarantined.most_common()),
            "cases": {"planned": self.cases, "passed": self.cases_passed,
                      "unresolved_lines": self.unresolved},
            "cpu_s": round(self.cpu_s, 3),
        }  # fmt: skip


def count(run: Run) -> Figures:
    """Read every verdict once."""
    figures = Figures()
    for verdict in run.verdicts():
        _add(figures, verdict)
    for row in run.quarantined():
        figures.quarantined[row.reason] += 1
    return figures


def _add(figures: Figures, verdict: Verdict) -> None:
    status = verdict.status.value
    figures.pairs += 1
    figures.statuses[status] += 1
    figures.languages[(verdict.language or "unknown", status)] += 1
    for reason in verdict.reasons:
        key = (status, reason.value)
        figures.reasons[key] += 1
        kept = figures.examples.setdefault(key, [])
        if len(kept) < EXAMPLES:
            kept.append(verdict)
    if verdict.status is VerdictStatus.ACCEPTED:
        figures.assurance[verdict.assurance.value] += 1
    figures.rules.update({finding.rule for finding in verdict.findings})
    figures.repairs.update(repair.kind for repair in verdict.repairs)
    figures.cases += verdict.cases_planned
    figures.cases_passed += verdict.cases_passed
    figures.unresolved += len(verdict.unresolved)
    figures.cpu_s += sum(run.cpu_ms for run in verdict.runs) / 1000
