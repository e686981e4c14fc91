"""How a pair's own suite is run: the strongest proof that it allows, and no stronger claim.

values: every assertion is plain data, compared on the host. split: suite and code in two processes.
paired: where the split cannot carry what the code does, each test also runs with one constant
changed, and only the host knows which of the two must fail. native: the framework's own word.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from harness.models import CaseLine
from harness.prepare import Prepared
from harness.trial import PLAIN, Bench, Trial
from runners.base import Mode, Source, Suite, Variation
from runners.pairs import judge_pairs, pair_suite
from runners.stubs import stub_code, universal_code
from sandboxes.base import Status


@dataclass(frozen=True, kw_only=True, slots=True)
class SuiteTrial:
    """A suite's trial, the assurance that it carries, and why it is a forgery, if it is one."""

    trial: Trial
    assurance: str
    forged: str = ""


def run_suite(prepared: Prepared, variation: Variation, bench: Bench) -> SuiteTrial:
    """Run the suite, strongest mode first. Raises SandboxUnavailable where the fault is ours."""
    suite = prepared.suite
    if suite is None:
        raise ValueError("the pair has no suite")
    code = prepared.pair.code
    if prepared.lifted is not None and prepared.lifted.cases:
        lifted = bench.values(code, prepared.lifted.cases, variation)
        if lifted.passed or _ended_badly(lifted):
            return SuiteTrial(trial=lifted, assurance="values")
    split = bench.suite(code, suite, prepared.roster, variation)
    if split.passed and split.evidence.weak_oracle and _believes_anything(prepared, suite, bench):
        return SuiteTrial(trial=split, assurance="native")
    if split.passed or _ended_badly(split):
        return SuiteTrial(trial=split, assurance="split")
    bench = bench.roomy()
    native = bench.suite(code, suite, prepared.roster, variation, mode=Mode.NATIVE)
    if not native.passed:
        return SuiteTrial(trial=split, assurance="split")
    return _paired(prepared, suite, native, bench)


def _believes_anything(prepared: Prepared, suite: Suite, bench: Bench) -> bool:
    """Whether the tests, which asked the code's own objects, also believe one that says yes.

    An object can be told apart from such a one only by the plain values that it gives. For a
    function every test that calls it must do that; for a class one test must.
    """
    entry = prepared.under_test or suite.entry_point
    code = prepared.pair.code
    bench = bench.roomy()
    yes = bench.suite(universal_code(code, only=entry), suite, prepared.roster, PLAIN)
    if entry not in prepared.functions:
        return yes.passed
    fails = bench.suite(stub_code(code, "raise", only=entry), suite, prepared.roster, PLAIN)
    return bool(_passed(yes) - _passed(fails))


def _passed(trial: Trial) -> set[str]:
    return {line.id for line in trial.lines if line.outcome == "passed"}


def _ended_badly(trial: Trial) -> bool:
    """Killed or never loaded: no other way of running the tests would end better."""
    evidence = trial.evidence
    return (
        evidence.outcome.status not in (Status.OK, Status.NONZERO)
        or evidence.load_error is not None
    )


def _paired(prepared: Prepared, suite: Suite, native: Trial, bench: Bench) -> SuiteTrial:
    """The code passes in one process only: ask whether its tests can also fail there."""
    # A seed that is drawn anew: which twin is false can be computed from one that is known.
    seed = secrets.randbits(64)
    paired = pair_suite(suite.source, seed) if suite.kind == "pytest" else None
    if paired is None:
        return SuiteTrial(trial=native, assurance="native")
    twins = Suite(source=paired.source, kind="pytest", entry_point=suite.entry_point)
    source = Source(
        code=prepared.pair.code, entry_point=suite.entry_point, suite=twins, mode=Mode.PAIRED
    )
    evidence = bench.execute(source, PLAIN)
    judged = judge_pairs(paired, evidence.tests)
    if judged.forged and not judged.proved:
        return SuiteTrial(
            trial=native,
            assurance="native",
            forged="the code also passes tests whose expected values were changed",
        )
    if not judged.passed or not evidence.complete or evidence.violations:
        return SuiteTrial(trial=native, assurance="native")
    lines = tuple(
        CaseLine(id=name, name=name, source="suite", rule="paired", outcome="passed")
        for name in judged.proved
    )
    trial = Trial(variation=PLAIN.name, mode=Mode.PAIRED, lines=lines, evidence=evidence)
    return SuiteTrial(trial=trial, assurance="paired")
