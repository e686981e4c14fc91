"""The last words of `verify`: what came out, what was stopped, where to look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.reports.figures import count
from harness.run import Summary
from harness.store import Run


def summary_lines(root: Path, summary: Summary) -> Iterator[str]:
    """A few lines that a person would like to read; the last one is the run folder's path."""
    run = Run(root)
    figures = count(run)
    manifest = run.manifest()
    facts = manifest.facts
    enforced = facts.get("enforced", {})
    yield (
        f"sandbox {facts.get('backend')} ({facts.get('tier')}): "
        + ", ".join(f"{what} by {how}" for what, how in list(enforced.items())[:4])
    )
    rate = summary.judged / summary.wall_s if summary.wall_s else 0.0
    counts = "  ".join(f"{n} {name}" for name, n in summary.counts.items())
    yield f"{figures.pairs} pairs  {counts}  {rate:.1f} pairs/s  {summary.wall_s:.1f} s"
    if summary.known:
        yield f"{summary.known} of them were known from an earlier session"
    if figures.assurance:
        proofs = ", ".join(f"{n} {name}" for name, n in figures.assurance.most_common())
        yield f"accepted by: {proofs}"
    by_status: dict[str, list[str]] = {}
    for (status, reason), n in figures.reasons.most_common():
        by_status.setdefault(status, []).append(f"{n} {reason}")
    for status, parts in by_status.items():
        yield f"{status}: {', '.join(parts)}"
    if figures.quarantined:
        parts = [f"{n} {reason}" for reason, n in figures.quarantined.most_common()]
        yield f"quarantine: {', '.join(parts)}"
    yield f"canaries: {summary.canaries}"
    yield f"run: {root}"
