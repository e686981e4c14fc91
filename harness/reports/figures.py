"""The figures that every report shows, counted in one pass over a run."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from harness.models import Verdict, VerdictStatus
from harness.store import Run

EXAMPLES = 8
_PAGE = "html"


@dataclass
class PageFigures:
    """Counts over the pages of a run."""

    pages: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    """How the deciding visits ended; "not visited" where there was none."""
    requests: Counter[str] = field(default_factory=Counter)
    """Distinct requests by outcome."""
    errors: int = 0
    """Pages with an uncaught error of their own."""
    actions: int = 0
    effective: int = 0
    scores: list[float] = field(default_factory=list)
    dimensions: dict[str, list[float]] = field(default_factory=dict)
    """Scores of each dimension, over the pages to which it applies."""

    def as_dict(self) -> dict[str, Any]:
        """The figures as part of a JSON document."""
        return {
            "pages": self.pages,
            "ends": dict(self.ends.most_common()),
            "requests": dict(self.requests.most_common()),
            "with_errors": self.errors,
            "actions": {"tried": self.actions, "effective": self.effective},
            "score": quartiles(self.scores),
            "dimensions": {n: quartiles(v) for n, v in self.dimensions.items()},
        }

    def add(self, verdict: Verdict) -> None:
        """Count one page."""
        page = verdict.page
        self.pages += 1
        self.ends[page.end if page is not None and page.end else "not visited"] += 1
        if page is None:
            return
        self.requests.update(page.requests)
        self.errors += page.errors > 0
        self.actions += page.actions
        self.effective += page.effective
        if page.score is not None:
            self.scores.append(page.score)
        for name, value in page.dimensions.items():
            kept = self.dimensions.setdefault(name, [])
            if value is not None:
                kept.append(value)


def quartiles(values: list[float]) -> dict[str, float | int | None]:
    """n, and the quartiles by linear interpolation (R-7); None where there are no values."""
    cuts: list[float] | list[None] = [None] * 3
    if values:
        cuts = statistics.quantiles([*values] if values[1:] else values * 2, method="inclusive")
    found = [None if cut is None else round(cut, 2) for cut in cuts]
    return {"n": len(values), "q1": found[0], "median": found[1], "q3": found[2]}


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
    pages: PageFigures = field(default_factory=PageFigures)
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
            **({"pages": self.pages.as_dict()} if self.pages.pages else {}),
        }  # fmt: skip


def is_page(verdict: Verdict) -> bool:
    """Whether the pair's answer is a page, visited or not."""
    return verdict.page is not None or verdict.language.split(" ")[0] == _PAGE


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
    if is_page(verdict):
        figures.pages.add(verdict)
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
