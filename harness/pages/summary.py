"""A rendered page in a few lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from harness.pages.dimensions import PageScore
from harness.pages.recorded import PageRecord
from harness.pages.words import by_outcome, dead, error_words, layout_words
from runners.pages.evidence import PageEvidence

_ERRORS = 8
_DEAD = 6
_BAR = 20


def summary(record: PageRecord) -> Iterator[str]:
    """The lines: verdict, end, errors, requests, controls, layout, score by dimension."""
    verdict, visit = record.verdict, record.visit
    if verdict is not None:
        reasons = f" ({', '.join(verdict.reasons)})" if verdict.reasons else ""
        yield f"{record.pair_id}: {verdict.status.value}{reasons}: {verdict.detail}"
    else:
        yield f"{record.pair_id}: rendered only, not judged"
    if visit is None:
        return
    held = visit.conditions
    yield (
        f"{visit.end.value}{': ' + visit.detail if visit.detail else ''}; {held.browser}, "
        f"{held.backend} ({held.isolation}), {visit.cpu_s:.2f} s CPU, {visit.wall_s:.2f} s"
    )
    yield from _errors(visit)
    found = by_outcome(visit.requests)
    yield "requests  " + (", ".join(f"{n} {name}" for name, n in found.items()) or "none")
    for request in visit.requests:
        if request.outcome not in ("hit", "inline", "document"):
            yield f"    {request.outcome}: {request.url[:100]} {request.note}".rstrip()
    if held.depth == "full":
        yield from _controls(visit)
    yield from _layouts(visit)
    if record.score is not None:
        yield from _score(record.score)


def _errors(visit: PageEvidence) -> Iterator[str]:
    yield f"errors    {len(visit.errors) or 'none'}"
    for error in visit.errors[:_ERRORS]:
        yield f"    {error_words(error)[:200]}"


def _controls(visit: PageEvidence) -> Iterator[str]:
    without = dead(visit)
    yield (
        f"controls  {len(visit.controls)}; {len(visit.actions)} actions, "
        f"{visit.effective} with an effect, {len(without)} without"
    )
    for action in without[:_DEAD]:
        yield f"    no effect: {action.kind} {action.selector} {action.label[:40]!r}"


def _layouts(visit: PageEvidence) -> Iterator[str]:
    told = [(layout, layout_words(layout)) for layout in visit.layouts]
    wrong = [(layout, text) for layout, text in told if text]
    yield f"layout    {'no problem' if not wrong else ''}".rstrip()
    for layout, text in wrong:
        yield f"    {layout.width} px: {text}: {', '.join(layout.offenders[:3])}"


def _score(score: PageScore) -> Iterator[str]:
    gate = f"; gate {score.gate} sets it to 0" if score.gate else ""
    yield (
        f"score     {score.total:.1f} of 100 over {score.coverage:.0%} of the weights{gate}; "
        f"FrontCoder's criteria {score.frontcoder_total:.2f}"
    )
    for line in score.dimensions:
        if line.score is None:
            yield f"    {line.number:>2} {line.name:<22} {'':{_BAR}}    - {line.reason}"
        else:
            bar = "█" * round(line.score / 10 * _BAR)
            yield f"    {line.number:>2} {line.name:<22} {bar:<{_BAR}} {line.score:>4.1f}"
