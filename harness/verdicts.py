"""The record that is written: everything measured of a pair, as one verdict."""

from __future__ import annotations

from collections.abc import Iterable

from harness.decide import Decision, Measured
from harness.models import (
    CaseLine,
    Flag,
    Pair,
    Provenance,
    RunLine,
    Strength,
    Verdict,
    VerdictStatus,
)
from harness.prepare import Prepared
from harness.trial import Trial

_NO_FLAGS: dict[str, Flag] = {}


def write_verdict(
    prepared: Prepared | None,
    measured: Measured,
    decision: Decision,
    *,
    fingerprint: str,
    provenance: Provenance,
    pair: Pair | None = None,
    flags: dict[str, Flag] = _NO_FLAGS,
) -> Verdict:
    """Lay what is known side by side. Either `prepared` or `pair` is given."""
    judged = prepared.pair if prepared is not None else pair
    if judged is None:
        raise ValueError("a verdict needs a pair")
    first = [trial for trial in (measured.sketch, measured.suite, measured.load) if trial]
    lines = tuple(line for trial in first for line in trial.lines)
    vacuity = measured.vacuity
    return Verdict(
        pair_id=judged.id,
        status=decision.status,
        reasons=decision.reasons,
        detail=decision.detail[:1000],
        assurance=measured.assurance,
        strength=vacuity.strength if vacuity is not None else Strength(),
        fingerprint=fingerprint,
        language=f"{judged.language.name} {judged.language.version}".strip(),
        format=judged.format,
        origin=judged.origin,
        content=judged.content_digest(),
        cases_planned=len(lines),
        cases_passed=sum(line.outcome == "passed" for line in lines),
        cases=lines,
        unresolved=tuple(_unresolved(prepared)) if prepared is not None else (),
        runs=tuple(_runs([*first, *(again for _, again in measured.repeats)])),
        findings=tuple(measured.findings),
        flags=flags if decision.status is not VerdictStatus.UNSCORED else {},
        repairs=judged.repairs,
        loc=prepared.loc if prepared is not None else {},
        provenance=provenance,
    )


def _unresolved(prepared: Prepared) -> Iterable[CaseLine]:
    for number, line in enumerate(prepared.spec.unresolved, 1):
        yield CaseLine(
            id=f"u{number}", line=line.line, text=line.text[:300], outcome="skipped",
            detail=line.reason,
        )  # fmt: skip


def _runs(trials: Iterable[Trial]) -> Iterable[RunLine]:
    return (trial.run_line() for trial in trials)
