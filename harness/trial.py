"""One trial: a pair's tests of one kind, run once under one variation, and matched on the host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.calibration import scaled
from harness.compare import check
from harness.models import CaseLine, LineOutcome, Policy, RunLine
from harness.sketch.spec import Case
from harness.values import show
from runners.base import (
    Answer,
    CallCase,
    Evidence,
    Mode,
    Runner,
    Source,
    Suite,
    TestResult,
    Variation,
)
from runners.suites import Roster, base_name, missing
from sandboxes.base import Limits, Sandbox, Status

PLAIN = Variation(name="plain")
REPEATED_S = 0.5
"""About the most that repeated calls add to a run (`runners.guest.values`)."""
_ROOM = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What one run of a set of tests came to, line by line.

    `undecided` says that a line failed because its answer cannot be carried as data.
    """

    variation: str
    mode: Mode
    lines: tuple[CaseLine, ...]
    evidence: Evidence
    undecided: bool = False

    @property
    def passed(self) -> bool:
        """Every planned line passed, exactly once, and the run ended cleanly."""
        evidence = self.evidence
        return (
            bool(self.lines)
            and all(line.outcome == "passed" for line in self.lines)
            and evidence.complete
            and not evidence.violations
            and evidence.outcome.status in (Status.OK, Status.NONZERO)
        )

    def answers(self) -> dict[str, Answer]:
        """The answers by case id."""
        return {answer.case_id: answer for answer in self.evidence.answers}

    def run_line(self) -> RunLine:
        """The line of the verdict that stands for this run."""
        outcome = self.evidence.outcome
        return RunLine(
            variation=self.variation,
            mode=self.mode.value,
            status=outcome.status.value,
            passed=sum(line.outcome == "passed" for line in self.lines),
            planned=len(self.lines),
            cpu_ms=round(outcome.cpu_s * 1000, 2),
            wall_ms=round(outcome.wall_s * 1000, 2),
            peak_memory_mb=round(outcome.peak_memory_mb, 1),
            detail=_detail(self.evidence),
        )


def _detail(evidence: Evidence) -> str:
    if evidence.violations:
        return evidence.violations[0]
    if evidence.load_error:
        return f"{evidence.load_error.get('type')}: {evidence.load_error.get('message')}"[:300]
    return evidence.outcome.detail


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """Where trials run: a sandbox, the language's runner, limits and the policy.

    `limits` are those of the reference machine, `factor` how much slower this one is.
    """

    sandbox: Sandbox
    runner: Runner
    limits: Limits
    policy: Policy
    factor: float = 1.0

    @property
    def effective(self) -> Limits:
        """The limits of this machine."""
        return scaled(self.limits, self.factor)

    def roomy(self) -> Bench:
        """The same with more time, for runs of what has kept its limits once.

        The first run decides whether code is too slow. A later one calls it more often, or wraps
        it: were it held to the same limit, code just below would pass or not as the load will have.
        """
        limits = self.limits
        return replace(
            self,
            limits=replace(
                limits,
                cpu_s=_ROOM * limits.cpu_s + REPEATED_S,
                wall_s=_ROOM * limits.wall_s + REPEATED_S,
            ),
        )

    def execute(self, source: Source, variation: Variation) -> Evidence:
        """Plan, run and read. Raises SandboxUnavailable where the fault is ours."""
        jobs = self.runner.plan(source, variation, self.effective)
        return self.runner.read(source, tuple(self.sandbox.run(job) for job in jobs))

    def values(
        self, code: str, cases: Sequence[Case], variation: Variation, *, entry_point: str = ""
    ) -> Trial:
        """Run cases values-out and compare every answer here."""
        source = values_source(code, cases, entry_point)
        evidence = self.execute(source, variation)
        return match_values(cases, evidence, variation, self.policy)

    def suite(
        self,
        code: str,
        suite: Suite,
        roster: Roster,
        variation: Variation,
        *,
        mode: Mode = Mode.SPLIT,
    ) -> Trial:
        """Run a native suite apart from the code and hold its report against the roster."""
        source = Source(code=code, entry_point=suite.entry_point, suite=suite, mode=mode)
        return match_suite(roster, self.execute(source, variation), variation, mode)


def values_source(code: str, cases: Sequence[Case], entry_point: str) -> Source:
    """The source of a values-out run: cases without their expectations."""
    calls = tuple(
        CallCase(
            id=case.id,
            call=case.call,
            setup=case.setup,
            stdin=case.stdin,
            argv=case.argv,
            capture=case.comparator.op == "stdout",
        )
        for case in cases
    )
    return Source(code=code, entry_point=entry_point, cases=calls)


def match_values(
    cases: Sequence[Case], evidence: Evidence, variation: Variation, policy: Policy
) -> Trial:
    """Compare every answer with its case. A case without an answer is missing."""
    answers = {answer.case_id: answer for answer in evidence.answers}
    lines = []
    undecided = False
    for case in cases:
        answer = answers.get(case.id)
        if answer is None:
            lines.append(_line(case, "missing", "", "no answer came"))
            continue
        match = check(case, answer, policy)
        undecided |= match.undecided and not match.ok
        lines.append(_line(case, "passed" if match.ok else "failed", _got(answer), match.why))
    return Trial(
        variation=variation.name,
        mode=Mode.VALUES,
        lines=tuple(lines),
        evidence=evidence,
        undecided=undecided,
    )


def _got(answer: Answer) -> str:
    if answer.error is not None:
        return f"{answer.error['type']}: {answer.error['message']}"[:200]
    return show(answer.value) if answer.value is not None else answer.unknown


def _line(case: Case, outcome: LineOutcome, got: str, detail: str) -> CaseLine:
    origin = case.origin
    if case.raises is not None:
        expected = f"raises {case.raises.type or 'an error'}"
    else:
        operation = case.comparator.op
        expected = show(case.expect) if case.expect is not None else operation
        if operation not in ("eq", "stdout") and case.expect is not None:
            expected = f"{operation} {expected}"
    return CaseLine(
        id=case.id,
        name=case.name,
        source=origin.source,
        line=origin.line,
        text=origin.text[:300],
        rule=origin.rule,
        confidence=origin.confidence,
        outcome=outcome,
        expected=expected,
        got=got,
        detail=detail[:300],
    )


_OUTCOMES: dict[str, LineOutcome] = {"passed": "passed", "failed": "failed", "error": "error"}


def match_suite(roster: Roster, evidence: Evidence, variation: Variation, mode: Mode) -> Trial:
    """Hold a suite's report against the names counted before the run.

    Skipped, xfailed and never reported tests have not passed; a name that stands for several
    parametrised tests needs all of them.
    """
    lines = [_test_line(result, roster) for result in evidence.tests]
    seen = {base_name(line.name) for line in lines if line.outcome != "passed"}
    lines += [
        CaseLine(id=name, name=name, source="suite", outcome="missing", detail="never reported")
        for name in missing(roster, evidence.tests)
        if name not in seen
    ]
    return Trial(variation=variation.name, mode=mode, lines=tuple(lines), evidence=evidence)


def _test_line(result: TestResult, roster: Roster) -> CaseLine:
    detail = result.detail
    outcome = _OUTCOMES.get(result.outcome, "skipped")
    if base_name(result.name) not in roster.expected:
        outcome, detail = "error", "a test that is not on the roster"
    elif outcome == "skipped":
        detail = f"{result.outcome}: {detail}"
    return CaseLine(
        id=result.name, name=result.name, source="suite", outcome=outcome, detail=detail[:500]
    )
