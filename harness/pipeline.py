"""The journey of one pair, top to bottom: from a row to a verdict. Nothing else knows the order.

    pair -> source checks -> tests -> first runs -> vacuity -> repeated runs
         -> inputs beside the tests -> decision -> verdict

Only `Bench` executes candidate code, and only inside a sandbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from harness.checks import checks_digest
from harness.decide import Decision, Measured, decide
from harness.models import (
    NOT_CALIBRATED,
    Assurance,
    Calibration,
    Flag,
    Pair,
    Policy,
    Provenance,
    Reason,
    Verdict,
    VerdictStatus,
    digest,
)
from harness.neighbours import calls_of, knows_only_the_tests
from harness.pages.journey import Seen, examine_page
from harness.pages.lab import PageLab
from harness.prepare import Prepared, prepare
from harness.suites import SuiteTrial, run_suite
from harness.trial import PLAIN, Bench, Trial
from harness.vacuity import Group, battery
from harness.verdicts import write_verdict
from harness.version import ORACLE_VERSION, harness_version
from runners.base import Mode, Variation
from sandboxes.base import Facts

_DAY_S = 86_400
PAGE = "html"
REPEATS = (
    Variation(
        name="other-seeds", hash_seed=1, random_seed=2, clock_offset_s=400 * _DAY_S,
        tz="PPT-05:45", order_seed=1,
    ),
    Variation(
        name="extremes", hash_seed=1, random_seed=3, random="extreme",
        clock_offset_s=79 * 365 * _DAY_S, tz="PPT+11", order_seed=11, repeat=100,
    ),
)  # fmt: skip
"""The second and third run: what honest answers do not depend on is moved."""


@dataclass(frozen=True, kw_only=True)
class Lab:
    """What verdicts are made with: a bench, the facts of its sandbox, the modules that it holds."""

    bench: Bench
    facts: Facts
    calibration: Calibration = NOT_CALIBRATED
    pages: PageLab | None = None
    """Browsers, for pairs whose answer is a page."""
    modules: frozenset[str] = frozenset()

    @property
    def policy(self) -> Policy:
        """The thresholds in force."""
        return self.bench.policy

    @cached_property
    def _terms(self) -> list[Any]:
        """What a verdict depends on beside its pair: the same for every pair of a run."""
        return [
            ORACLE_VERSION, harness_version(), checks_digest(),
            self.policy.model_dump(mode="json"), self.facts.image, self.facts.code,
            dict(self.facts.toolchain),
            str(self.bench.limits),
        ]  # fmt: skip

    def fingerprint(self, pair: Pair) -> str:
        """Hash over all that a verdict depends on: the resume key."""
        if self.pages is not None and pair.language.name == PAGE:
            return digest([pair.content_digest(), harness_version(), *self.pages.terms()])
        return digest([pair.content_digest(), *self._terms])

    @cached_property
    def provenance(self) -> Provenance:
        """What stands in every verdict."""
        return Provenance(
            harness=harness_version(),
            backend=self.facts.backend,
            tier=self.facts.tier,
            image=self.facts.image,
            code=self.facts.code,
            toolchain=dict(self.facts.toolchain),
            enforced=dict(self.facts.enforced),
            policy=digest(self.policy.model_dump(mode="json")),
            calibration=self.bench.factor,
            checks=checks_digest(),
        )


@dataclass(frozen=True, kw_only=True)
class Examined:
    """A verdict, with the prepared pair that it was reached on; None where nothing was prepared."""

    verdict: Verdict
    prepared: Prepared | None = None
    page: Seen | None = None
    """Of a page: its text, visits and pictures."""


def examine(pair: Pair, lab: Lab) -> Examined:
    """The verdict of one pair.

    Raises:
        SandboxUnavailable: our fault; nothing may be concluded about the pair.
    """
    if pair.language.name == PAGE and lab.pages is not None:
        page = examine_page(
            pair, lab.pages, fingerprint=lab.fingerprint(pair), provenance=lab.provenance
        )
        return Examined(verdict=page.verdict, page=page.seen)
    if pair.language.name != lab.bench.runner.language:
        return Examined(verdict=_skipped(pair, lab))
    prepared = prepare(pair, lab.policy, modules=lab.modules)
    measured = measure(prepared, lab)
    decision = _mind_the_version(decide(measured, lab.policy), pair, lab)
    verdict = write_verdict(
        prepared, measured, decision, fingerprint=lab.fingerprint(pair),
        provenance=lab.provenance, flags=_flags(prepared, measured),
    )  # fmt: skip
    return Examined(verdict=verdict, prepared=prepared)


def measure(prepared: Prepared, lab: Lab) -> Measured:
    """Run what has to be run, and stop at the first fact that decides."""
    measured = Measured(
        rejecting=prepared.rejecting(),
        findings=prepared.findings,
        suite_given=prepared.suite is not None,
        claims_effects="uses_external_api" in prepared.pair.claims.risks,
    )
    if measured.rejecting:
        return measured
    bench, code = lab.bench, prepared.pair.code
    if not prepared.cases and not prepared.has_suite:
        load = bench.values(code, (), PLAIN)
        return _seen(replace(measured, load=load), load, prepared)

    measured = _first_runs(measured, prepared, bench)
    first = [trial for trial in (measured.suite, measured.sketch) if trial is not None]
    for trial in first:
        measured = _seen(measured, trial, prepared)
    if measured.forged or measured.effects:
        return measured
    if not all(trial.passed for trial in first):
        return _second_opinion(measured, prepared, bench)

    groups = tuple(_groups(prepared, measured))
    bench = bench.roomy()
    vacuity = battery(
        code, groups, prepared.functions, bench,
        entry_point=prepared.under_test, guessed=prepared.guessed,
    )  # fmt: skip
    measured = replace(measured, vacuity=vacuity)
    if vacuity.accepted:
        return measured
    measured = _repeat(measured, groups, prepared, bench)
    return replace(measured, only_visible=_only_visible(measured, groups, prepared, bench))


def _first_runs(measured: Measured, prepared: Prepared, bench: Bench) -> Measured:
    code = prepared.pair.code
    assurance = Assurance.VALUES
    if prepared.has_suite:
        suite: SuiteTrial = run_suite(prepared, PLAIN, bench)
        measured = replace(measured, suite=suite.trial, forged=suite.forged)
        assurance = Assurance(suite.assurance)
        if not suite.trial.passed:
            return replace(measured, assurance=assurance)
    if prepared.cases:
        measured = replace(measured, sketch=bench.values(code, prepared.cases, PLAIN))
    return replace(measured, assurance=assurance)


def _second_opinion(measured: Measured, prepared: Prepared, bench: Bench) -> Measured:
    """Where the sketch alone speaks against the code, ask the examples of the instruction."""
    if measured.suite is not None or not prepared.examples:
        return measured
    trial = bench.values(prepared.pair.code, prepared.examples, PLAIN)
    return replace(measured, second_opinion=trial)


def _groups(prepared: Prepared, measured: Measured) -> Iterator[Group]:
    if measured.sketch is not None:
        yield Group(trial=measured.sketch, cases=prepared.cases)
    if measured.suite is not None:
        if prepared.lifted is not None and measured.suite.mode.value == "values":
            yield Group(trial=measured.suite, cases=prepared.lifted.cases)
        else:
            yield Group(trial=measured.suite, suite=prepared.suite, roster=prepared.roster)


def _only_visible(
    measured: Measured, groups: tuple[Group, ...], prepared: Prepared, bench: Bench
) -> str:
    """Whether the code answers the tests and nothing else; asked of a pair that passed."""
    if not all(again.passed for _, again in measured.repeats):
        return ""
    code, functions = prepared.pair.code, prepared.functions
    for group in groups:
        cases, trial = group.cases, group.trial
        if group.suite is not None:
            cases = calls_of(group.suite, functions)
            if not cases:
                continue
            trial = bench.values(code, cases, PLAIN)
        found = knows_only_the_tests(code, cases, trial, functions, bench)
        if found:
            return found
    return ""


def _repeat(
    measured: Measured, groups: tuple[Group, ...], prepared: Prepared, bench: Bench
) -> Measured:
    code = prepared.pair.code
    for variation in REPEATS:
        for group in groups:
            if group.suite is None:
                again = bench.values(code, group.cases, variation)
            else:
                again = bench.suite(
                    code, group.suite, group.roster, variation, mode=group.trial.mode
                )
            measured = replace(measured, repeats=(*measured.repeats, (group.trial, again)))
            measured = _seen(measured, again, prepared)
            if not again.passed or measured.effects:
                return replace(measured, disputed=_disputed(again, group, variation, code, bench))
    return measured


def _disputed(again: Trial, group: Group, variation: Variation, code: str, bench: Bench) -> bool:
    """Whether a later run failed for a gap of the split: then it is not the pair's fault."""
    if again.passed or group.suite is None or again.mode is not Mode.SPLIT:
        return False
    return bench.suite(code, group.suite, group.roster, variation, mode=Mode.NATIVE).passed


def _seen(measured: Measured, trial: Trial, prepared: Prepared) -> Measured:
    """Add what a run showed beside its answers: reaches outside, a package that is not held."""
    evidence = trial.evidence
    effects = tuple(dict.fromkeys([*measured.effects, *evidence.effects]))
    missing = measured.missing_module
    error = evidence.load_error
    if error is not None and error.get("type") == "ModuleNotFoundError":
        named = str(error.get("message", "")).partition("'")[2].partition("'")[0].split(".")[0]
        if named and named in prepared.imports:
            missing = named
    return replace(measured, effects=effects, missing_module=missing)


def _mind_the_version(decision: Decision, pair: Pair, lab: Lab) -> Decision:
    """Code for a newer language than the sandbox holds is skipped where it does not load."""
    asked = _numbers(pair.language.version)
    held = _numbers(lab.facts.toolchain.get(pair.language.name, ""))
    if (
        asked[:2] > held[:2]
        and decision.status is VerdictStatus.REJECTED
        and set(decision.reasons) & {Reason.PARSE, Reason.LOAD, Reason.API_HALLUCINATED}
    ):
        return Decision(
            VerdictStatus.SKIPPED,
            (Reason.TOOLCHAIN_UNAVAILABLE,),
            f"asks for {pair.language.name} {pair.language.version}; {decision.detail}",
        )
    return decision


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _flags(prepared: Prepared, measured: Measured) -> dict[str, Flag]:
    """The pair's claims beside what was measured (S0-15 to S0-17)."""
    risks = prepared.pair.claims.risks
    evidence: dict[str, list[str]] = {
        "uses_external_api": list(measured.effects),
        "non_deterministic": [],
        "fabricated_specific": [],
    }
    for finding in prepared.findings:
        flag = finding.facts.get("flag")
        if flag in evidence and finding.facts.get("measured", True):
            evidence[flag].append(f"{finding.rule}: {finding.message}")
    evidence["non_deterministic"] += [
        f"run {again.variation} differs" for _, again in measured.repeats if not again.passed
    ]
    return {
        name: Flag(claimed=name in risks, measured=bool(seen), evidence=tuple(seen[:5]))
        for name, seen in evidence.items()
    }


def _skipped(pair: Pair, lab: Lab) -> Verdict:
    decision = Decision(
        VerdictStatus.SKIPPED,
        (Reason.LANGUAGE_UNAVAILABLE,),
        f"no runner for {pair.language.name!r} here",
    )
    return write_verdict(
        None, Measured(), decision, pair=pair, fingerprint=lab.fingerprint(pair),
        provenance=lab.provenance,
    )  # fmt: skip


def unscored(pair: Pair, lab: Lab, reason: Reason, detail: str) -> Verdict:
    """The verdict of a pair that we failed to judge: our fault, retried by the next run."""
    decision = Decision(VerdictStatus.UNSCORED, (reason,), detail[:500])
    return write_verdict(
        None, Measured(), decision, pair=pair, fingerprint=lab.fingerprint(pair),
        provenance=lab.provenance,
    )  # fmt: skip
