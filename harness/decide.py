"""The decision table: what was measured of a pair becomes its verdict. Pure and total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.models import Assurance, Finding, Policy, Reason, Severity, VerdictStatus
from harness.trial import Trial
from harness.vacuity import Vacuity
from sandboxes.base import Status

_BY_STATUS = {
    Status.TIMEOUT: Reason.TIMEOUT,
    Status.MEMORY: Reason.MEMORY,
    Status.OUTPUT: Reason.OUTPUT,
    Status.DISK: Reason.OUTPUT,
    Status.SIGNALLED: Reason.CRASH,
    Status.FORBIDDEN: Reason.EXTERNAL_EFFECT,
}
_ORDER = list(Assurance)
_UNSURE = 0.8
"""A sketch line with another reading does not reject on its own."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All that is known of a pair when nothing more will be run.

    `sketch` and `suite` are the first trials, `repeats` the later ones under other variations,
    each with the first trial that it repeats. `load` is the trial of a pair without tests.
    """

    rejecting: Sequence[Finding] = ()
    findings: Sequence[Finding] = ()
    suite_given: bool = False
    load: Trial | None = None
    sketch: Trial | None = None
    suite: Trial | None = None
    assurance: Assurance = Assurance.NONE
    forged: str = ""
    second_opinion: Trial | None = None
    """The examples of the instruction, run where the sketch fails and nothing else can say why."""
    vacuity: Vacuity | None = None
    repeats: Sequence[tuple[Trial, Trial]] = ()
    only_visible: str = ""
    """Why the code seems to know the visible cases and nothing else."""
    disputed: bool = False
    """The last repeated run failed apart from the code, but passes in one process with it."""
    effects: Sequence[str] = ()
    claims_effects: bool = False
    missing_module: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A status with its reasons and a sentence for people."""

    status: VerdictStatus
    reasons: tuple[Reason, ...] = ()
    detail: str = ""


def decide(measured: Measured, policy: Policy) -> Decision:
    """The verdict. The first row of the table that applies decides."""
    for row in (_source, _missing, _untested, _forged, _first_runs, _vacuous, _later_runs,
                _outside, _weak, _looked_up, _reviewed):  # fmt: skip
        decision = row(measured, policy)
        if decision is not None:
            return decision
    return Decision(VerdictStatus.ACCEPTED, (), "every test passed in every run")


def reason_of(trial: Trial) -> tuple[Reason, str]:
    """Why a trial did not pass."""
    evidence = trial.evidence
    outcome = evidence.outcome
    if outcome.status in _BY_STATUS:
        return _BY_STATUS[outcome.status], outcome.detail or f"ended with {outcome.status.value}"
    if evidence.load_error is not None:
        error = evidence.load_error
        return Reason.LOAD, f"the code does not load: {error['type']}: {error['message']}"
    if evidence.violations:
        return Reason.PROTOCOL_VIOLATION, evidence.violations[0]
    failed = next((x for x in trial.lines if x.outcome in ("failed", "error", "skipped")), None)
    if failed is not None and failed.got.startswith("MemoryError"):
        return Reason.MEMORY, f"{failed.name or failed.id}: ran out of memory"
    if failed is not None:
        return Reason.CASE_FAILED, f"{failed.name or failed.id}: {failed.detail}"
    missing = next((line for line in trial.lines if line.outcome == "missing"), None)
    if outcome.status is Status.NONZERO:
        return Reason.CRASH, f"exit status {outcome.exit_code} before the end"
    name = missing.name or missing.id if missing else "the end"
    return Reason.PROTOCOL_VIOLATION, f"{name} was never reported: the code ended the run"


def _source(m: Measured, _: Policy) -> Decision | None:
    if not m.rejecting:
        return None
    first = m.rejecting[0]
    reasons = tuple(dict.fromkeys(Reason(f.reason) for f in m.rejecting))
    return Decision(VerdictStatus.REJECTED, reasons, f"{first.rule}: {first.message}")


def _missing(m: Measured, _: Policy) -> Decision | None:
    if not m.missing_module:
        return None
    return Decision(
        VerdictStatus.SKIPPED,
        (Reason.TOOLCHAIN_UNAVAILABLE,),
        f"the sandbox does not hold the package {m.missing_module!r}",
    )


def _untested(m: Measured, _: Policy) -> Decision | None:
    if m.load is None:
        return None
    evidence = m.load.evidence
    if not evidence.complete or not evidence.loaded:
        reason, detail = reason_of(m.load)
        return Decision(VerdictStatus.REJECTED, (reason,), detail)
    if m.suite_given:
        return Decision(VerdictStatus.REJECTED, (Reason.VACUOUS_TESTS,), "the suite has no test")
    return Decision(
        VerdictStatus.REVIEW, (Reason.NEEDS_TESTS,), "the code loads, but no test was given"
    )


def _forged(m: Measured, _: Policy) -> Decision | None:
    if not m.forged:
        return None
    return Decision(VerdictStatus.REJECTED, (Reason.FORGED,), m.forged)


def _first_runs(m: Measured, _: Policy) -> Decision | None:
    if m.suite is not None and not m.suite.passed:
        reason, detail = reason_of(m.suite)
        return Decision(VerdictStatus.REJECTED, (reason,), detail)
    if m.sketch is None or m.sketch.passed:
        return None
    reason, detail = reason_of(m.sketch)
    other = m.suite if m.suite is not None else m.second_opinion
    if other is not None and other.passed and reason is Reason.CASE_FAILED:
        who = "suite" if m.suite is not None else "instruction's example"
        return Decision(
            VerdictStatus.REVIEW,
            (Reason.SPEC_CONFLICT,),
            f"the {who} passes but the sketch does not: {detail}",
        )
    failed = [line for line in m.sketch.lines if line.outcome == "failed"]
    if reason is Reason.CASE_FAILED and all(line.confidence <= _UNSURE for line in failed):
        return Decision(
            VerdictStatus.REVIEW, (Reason.AMBIGUOUS,), f"read one of two ways: {detail}"
        )
    if m.sketch.undecided and reason is Reason.CASE_FAILED and m.suite is None:
        return Decision(VerdictStatus.REVIEW, (Reason.NEEDS_TESTS,), f"not plain data: {detail}")
    return Decision(VerdictStatus.REJECTED, (reason,), detail)


def _vacuous(m: Measured, _: Policy) -> Decision | None:
    if m.vacuity is None:
        return None
    if m.vacuity.vacuous:
        return Decision(
            VerdictStatus.REJECTED,
            (Reason.VACUOUS_TESTS,),
            f"the tests also accept a wrong answer: {m.vacuity.accepted[0]}",
        )
    if m.vacuity.unprobed:
        return Decision(
            VerdictStatus.REVIEW,
            (Reason.NEEDS_TESTS,),
            "the code does not load with its answers replaced: whether its tests can fail is open",
        )
    if m.vacuity.judged_by_itself:
        return Decision(
            VerdictStatus.REVIEW,
            (Reason.NEEDS_TESTS,),
            "the tests rely on a comparison of the code's own that calls different objects equal",
        )
    if m.vacuity.single_valued:
        return Decision(
            VerdictStatus.REVIEW,
            (Reason.NEEDS_TESTS,),
            "the tests also accept a constant: every expected value is the same",
        )
    return None


def _later_runs(m: Measured, _: Policy) -> Decision | None:
    for first, again in m.repeats:
        if again.passed:
            continue
        reason, detail = reason_of(again)
        if reason is Reason.TIMEOUT:
            return Decision(VerdictStatus.REJECTED, (Reason.FLAKY,),
                            f"timed out in run {again.variation!r} only")  # fmt: skip
        if reason in (Reason.CASE_FAILED, Reason.PROTOCOL_VIOLATION, Reason.LOAD, Reason.CRASH):
            reason = Reason.NONDETERMINISTIC
        where = f"passed in run {first.variation!r}, not in {again.variation!r}"
        if m.disputed:
            return Decision(VerdictStatus.REVIEW, (Reason.AMBIGUOUS,),
                            f"{where}, but there in one process: {detail}")  # fmt: skip
        return Decision(VerdictStatus.REJECTED, (reason,), f"{where}: {detail}")
    changed = [
        answer.case_id
        for _, again in m.repeats
        for answer in again.evidence.answers
        if answer.changed
    ]
    if changed:
        return Decision(
            VerdictStatus.REVIEW,
            (Reason.AMBIGUOUS,),
            f"case {changed[0]} gives another answer when it is called again",
        )
    return None


def _outside(m: Measured, _: Policy) -> Decision | None:
    if not m.effects:
        return None
    names = ", ".join(m.effects[:3])
    if m.claims_effects:
        return Decision(VerdictStatus.REVIEW, (Reason.AMBIGUOUS,), f"reaches outside: {names}")
    return Decision(VerdictStatus.REJECTED, (Reason.EXTERNAL_EFFECT,), f"reaches outside: {names}")


def _weak(m: Measured, policy: Policy) -> Decision | None:
    trials = [trial for trial in (m.sketch, m.suite) if trial is not None]
    passed = sum(line.outcome == "passed" for trial in trials for line in trial.lines)
    if passed < policy.min_cases:
        return Decision(VerdictStatus.REVIEW, (Reason.NEEDS_TESTS,),
                        f"{passed} tests, the policy asks for {policy.min_cases}")  # fmt: skip
    if _ORDER.index(m.assurance) > _ORDER.index(Assurance(policy.min_assurance)):
        return Decision(
            VerdictStatus.REVIEW,
            (Reason.NEEDS_TESTS,),
            f"assurance {m.assurance.value}: the policy asks for {policy.min_assurance}",
        )
    return None


def _looked_up(m: Measured, _: Policy) -> Decision | None:
    if not m.only_visible:
        return None
    return Decision(VerdictStatus.REVIEW, (Reason.NEEDS_TESTS,), m.only_visible)


def _reviewed(m: Measured, _: Policy) -> Decision | None:
    reviewing = [f for f in m.findings if f.severity is Severity.REVIEW]
    if not reviewing:
        return None
    reasons = tuple(dict.fromkeys(Reason(f.reason) for f in reviewing))
    return Decision(VerdictStatus.REVIEW, reasons, f"{reviewing[0].rule}: {reviewing[0].message}")
