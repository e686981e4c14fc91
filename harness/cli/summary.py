"""The last words of `verify`: what came out, what was stopped, where to look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.models import Verdict
from harness.reports.figures import PageFigures, count, quartiles
from harness.run import Summary
from harness.store import Run

_WIDTH = 78


def summary_lines(root: Path, summary: Summary) -> Iterator[str]:
    """A few lines that a person would like to read; the last one is the run folder's path."""
    run = Run(root)
    figures = count(run)
    facts = run.manifest().facts
    memory = facts.get("enforced", {}).get("memory", "unknown")
    yield (
        f"sandbox {facts.get('backend')} ({facts.get('tier')}): "
        f"network, files and processes isolated; memory by {memory}"
    )
    rate = summary.judged / summary.wall_s if summary.wall_s else 0.0
    counts = "   ".join(f"{n} {name}" for name, n in summary.counts.items())
    yield f"{figures.pairs} pairs   {counts}   {rate:.1f} pairs/s   {summary.wall_s:.1f} s"
    if summary.known:
        yield f"{summary.known} of them were known from an earlier session"
    if figures.assurance:
        proofs = ", ".join(f"{n} by {name}" for name, n in figures.assurance.most_common())
        yield f"  {'accepted':<10} {proofs}"
    if figures.pages.pages:
        yield f"  {'pages':<10} {_pages(figures.pages)}"
    order = list(summary.counts)
    reasons = sorted(figures.reasons.items(), key=lambda item: (order.index(item[0][0]), -item[1]))
    for (status, reason), n in reasons:
        first = figures.examples[(status, reason)][0]
        yield f"  {status:<10} {n:>4} {reason:<22} {_first(first)}"
    if figures.quarantined:
        parts = [f"{n} {reason}" for reason, n in figures.quarantined.most_common()]
        yield f"  {'quarantine':<10} {', '.join(parts)}"
    yield f"canaries: {summary.canaries}"
    if figures.pages.pages:
        yield f"look at the pages: pairproof gallery {root}"
    yield f"run: {root}"


def _pages(pages: PageFigures) -> str:
    """What the pages came to, on one line."""
    told = [f"{pages.effective} of {pages.actions} actions had an effect"]
    if pages.scores:
        told.insert(0, f"median score {quartiles(pages.scores)['median']}")
    if pages.requests:
        told.append("requests: " + ", ".join(f"{n} {o}" for o, n in pages.requests.most_common()))
    return "; ".join(told)


def _first(verdict: Verdict) -> str:
    """The first pair of a reason, with what was seen, on one line without control characters."""
    text = f"{verdict.pair_id}: {verdict.detail}"
    shown = "".join(c if c.isprintable() else " " for c in text)
    return shown if len(shown) <= _WIDTH else shown[: _WIDTH - 1] + "…"
