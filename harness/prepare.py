"""Everything about a pair that is known before it runs: structure, tests, findings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from harness.checks import run_checks, subject_for
from harness.models import Finding, Pair, Policy, Severity
from harness.sketch.compile import compile_sketch
from harness.sketch.evalplus import unrolled
from harness.sketch.lift import lift_suite
from harness.sketch.spec import Case, TestSpec
from harness.structure import Structure, entry_of, read_structure
from runners.base import Suite
from runners.suites import NO_TESTS, Roster, count_roster


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A pair with its compiled tests.

    `lifted` is the suite as values-out cases, where every assertion of it is plain data; it is
    then run in place of `suite`. `roster` holds the suite's test names, counted from the parse.
    """

    pair: Pair
    spec: TestSpec
    lifted: TestSpec | None = None
    suite: Suite | None = None
    roster: Roster = NO_TESTS
    functions: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    """Top-level names of the modules that the code imports."""
    findings: tuple[Finding, ...] = ()
    loc: dict[str, int] = field(default_factory=dict)
    under_test: str = ""
    """The function or class whose wrong answers the tests must see; "" for all of them."""
    guessed: bool = False
    """Whether `under_test` was chosen among several."""

    @property
    def has_suite(self) -> bool:
        """Whether a suite came with the pair and holds a test."""
        return bool(self.roster.expected)

    @cached_property
    def examples(self) -> tuple[Case, ...]:
        """Cases that the instruction's own examples give."""
        pair = self.pair
        spec = compile_sketch(
            pair.instruction,
            code=pair.code,
            language=pair.language.name,
            entry_point=pair.entry_point,
        )
        return spec.cases

    @property
    def cases(self) -> tuple[Case, ...]:
        """The sketch's cases."""
        return self.spec.cases

    def rejecting(self) -> tuple[Finding, ...]:
        """Findings that reject before anything runs.

        A lint that calls the suite vacuous does not speak for a pair whose sketch gave cases.
        """
        return tuple(
            f
            for f in self.findings
            if f.severity is Severity.REJECT
            and not (f.reason == "vacuous_tests" and self.spec.cases)
        )


def prepare(pair: Pair, policy: Policy, *, modules: Iterable[str] = ()) -> Prepared:
    """Parse, compile the sketch, lift or count the suite, and ask every source check."""
    structure = read_structure(pair.code, pair.language.name)
    spec = compile_sketch(
        pair.sketch,
        code=pair.code,
        language=pair.language.name,
        instruction=pair.instruction,
        entry_point=pair.entry_point,
    )
    suite, roster, lifted = _suite(pair, spec)
    loc = structure.loc.as_dict()
    subject = subject_for(pair, policy=policy, spec=spec, loc=loc, modules=frozenset(modules))
    return Prepared(
        pair=pair,
        spec=spec,
        lifted=lifted,
        suite=suite,
        roster=roster,
        functions=frozenset(f.name for f in structure.functions if not f.owner),
        imports=frozenset(i.module.split(".")[0] for i in structure.imports),
        findings=run_checks(subject),
        loc=loc,
        **_under_test(pair, spec, structure),
    )


def _under_test(pair: Pair, spec: TestSpec, structure: Structure) -> dict[str, Any]:
    """What wrong answers are tried on. A guess that neither the suite nor the instruction names
    says nothing: it may be a demonstration that happens to stand last."""
    chosen = entry_of(structure, pair.instruction, pair.entry_point)
    name = pair.entry_point or spec.entry.name
    guessed = not pair.entry_point and chosen.reason == "last"
    if chosen.reason == "only" and pair.suite is not None:
        # `main` is no candidate, but a suite may test it beside the only other function.
        main = any(f.name == "main" for f in structure.functions)
        guessed = main and re.search(r"\bmain\(", pair.suite.source) is not None
    named = _named_once(pair.suite.source, structure) if pair.suite is not None else ""
    if guessed and named:
        return {"under_test": named, "guessed": False}
    if guessed and pair.suite is not None:
        said = f"{pair.suite.source}\n{pair.instruction}"
        if not re.search(rf"\b{re.escape(name)}\b", said):
            name = ""
    return {"under_test": name, "guessed": guessed and pair.suite is not None}


def _named_once(suite: str, structure: Structure) -> str:
    """The only function or class of the code that a suite speaks of; empty where it is not one."""
    public = {f.name for f in structure.functions} | {c.name for c in structure.classes}
    names = {name for name in public if re.search(rf"\b{re.escape(name)}\b", suite)}
    return names.pop() if len(names) == 1 else ""


def _suite(pair: Pair, spec: TestSpec) -> tuple[Suite | None, Roster, TestSpec | None]:
    if pair.suite is None:
        return None, NO_TESTS, None
    entry_point = pair.entry_point or spec.entry.name
    suite = Suite(source=pair.suite.source, kind=pair.suite.kind, entry_point=entry_point)
    lifted = _lifted(suite.source, pair, entry_point)
    return suite, count_roster(suite) or NO_TESTS, lifted


def _lifted(source: str, pair: Pair, entry_point: str) -> TestSpec | None:
    if pair.suite is None:
        return None
    for text in (source, unrolled(source)):
        if text is not None:
            kind = pair.suite.kind
            spec = lift_suite(text, kind=kind, entry_point=entry_point, code=pair.code)
            if spec is not None:
                return spec
    return None
