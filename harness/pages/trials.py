"""The cases of a page's sketch, tried: on the page, a while later, and where they must not hold.

A case is tried as it stands. One whose comparison fails is tried again with more time, as a person
would wait for what is fetched or moves. If every case holds, two stand-ins say whether that proves
anything: the page with its scripts held back (an empty one where it has none), and the page as it
is when nobody touches it. Cases that all hold on a stand-in too are no evidence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from harness.models import CaseLine, LineOutcome, Strength
from harness.pages.cases import PageCase, compare
from harness.pages.document import Document
from harness.pages.sketch import PageSketch
from harness.sketch.spec import Unresolved
from runners.pages.evidence import CaseResult, End, PageEvidence
from runners.pages.steps import DriverCase, PageStep

MOST = 40
"""Cases of one page that are run: each may load it anew."""
CASE_CPU_S = 0.5
"""What a case may use beyond the visit's own budget, in processor seconds; a load and a few steps
of an ordinary page take a tenth of it."""
LATER_MS = (700, 2000, 5000)
"""Waited beyond the usual 0.3 s before a failed comparison counts; 5 s is what assertions of
browser tests wait by default (Playwright's `expect`)."""
_UNTOUCHED = "/untouched"
_STEP_MS = 150
"""At least what the driver lets pass around a step, in virtual time."""
_ONCE = ("errors", "requests")
"""What only grows: more time makes no absence true."""
BLANK = b"<!doctype html><html><head><title></title></head><body></body></html>"

Again = Callable[[tuple[DriverCase, ...], bytes | None, bool], PageEvidence]
"""One more visit for cases alone: of the page, or of these bytes; with its scripts or without."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What the cases came to. `weak`: why they prove nothing though they hold. `later`: the visit
    that waited longer."""

    lines: tuple[CaseLine, ...] = ()
    unresolved: tuple[CaseLine, ...] = ()
    strength: Strength = field(default_factory=Strength)
    weak: str = ""
    later: PageEvidence | None = None


def first_cases(cases: Sequence[PageCase]) -> tuple[DriverCase, ...]:
    """What the first visit is given: the cases, then what each reads on a page left alone."""
    return (*(case.driver() for case in cases), *untouched(cases))


def untouched(cases: Sequence[PageCase]) -> tuple[DriverCase, ...]:
    """The cases that do something, each with its steps replaced by at least the time that they
    take; in the order of that time, so that all of them need one load together."""
    acting = sorted((case for case in cases if _acts(case)), key=_lasts_ms)
    told: list[DriverCase] = []
    waits: tuple[PageStep, ...] = ()
    passed = 0
    for case in acting:
        lasts = _lasts_ms(case)
        waits = (*waits, PageStep("wait", value=lasts - passed)) if lasts > passed else waits
        passed = lasts
        told.append(DriverCase(case.id + _UNTOUCHED, waits, case.probe))
    return tuple(told)


def try_cases(
    sketch: PageSketch, document: Document, evidence: PageEvidence, again: Again
) -> Tried:
    """Hold the results of a visit against the sketch, and visit again where that says more.

    Raises SandboxUnavailable.
    """
    cases = runnable(sketch)
    unresolved = _unresolved(sketch)
    if not cases or evidence.end is not End.MEASURED:
        return Tried(unresolved=unresolved)
    found = _by_id(evidence)
    lines = {case.id: _line(case, found.get(case.id)) for case in cases}
    later, cases = _later(cases, lines, again)
    if later is not None:
        found |= {k: v for k, v in _by_id(later).items() if k.endswith(_UNTOUCHED)}
    tried = Tried(lines=tuple(lines.values()), unresolved=unresolved, later=later)
    if any(line.outcome != "passed" for line in tried.lines):
        return tried
    return _proving(tried, cases, document, found, again)


def runnable(sketch: PageSketch) -> tuple[PageCase, ...]:
    """The cases that are run."""
    return sketch.cases[:MOST]


def _later(
    cases: tuple[PageCase, ...], lines: dict[str, CaseLine], again: Again
) -> tuple[PageEvidence | None, tuple[PageCase, ...]]:
    """Try what failed with more time; the visit, and the cases as they hold."""
    failed = [
        case for case in cases
        if lines[case.id].outcome == "failed" and lines[case.id].rule == ""
        and case.probe.read not in _ONCE
    ]  # fmt: skip
    if not failed:
        return None, cases
    patient = {case.id: [_waiting(case, number) for number in range(1, len(LATER_MS) + 1)]
               for case in failed}  # fmt: skip
    every = [each for several in patient.values() for each in several]
    asked = (*(each.driver() for each in every), *untouched(every))
    later = again(asked, None, True)
    if later.end is not End.MEASURED:
        return None, cases
    found = _by_id(later)
    held: dict[str, PageCase] = {}
    for case in failed:
        for number, each in enumerate(patient[case.id]):
            line = _line(each, found.get(each.id))
            if line.outcome == "passed":
                detail = f"{line.detail}, {sum(LATER_MS[: number + 1])} ms later"
                lines[case.id] = line.model_copy(update={"id": case.id, "detail": detail})
                held[case.id] = each
                break
    return later, tuple(held.get(case.id, case) for case in cases)


def _waiting(case: PageCase, times: int) -> PageCase:
    waits = tuple(PageStep("wait", value=ms) for ms in LATER_MS[:times])
    return replace(case, id=f"{case.id}/later-{times}", steps=(*case.steps, *waits))


def _proving(
    tried: Tried,
    cases: tuple[PageCase, ...],
    document: Document,
    found: dict[str, CaseResult],
    again: Again,
) -> Tried:
    """Whether cases that hold could have failed."""
    stubs = rejected = 0
    weak = ""
    acting = [case for case in cases if _acts(case)]
    if acting:
        alone = [found.get(case.id + _UNTOUCHED) for case in acting]
        held = all(_holds(case, result) for case, result in zip(acting, alone, strict=True))
        stubs, rejected = 1, int(not held)
        weak = "every case also holds on the page when nobody touches it" if held else ""
    scripted = has_scripts(document)
    asked = tuple(case.driver() for case in cases)
    stub = again(asked, None if scripted else BLANK, not scripted)
    if stub.end is End.MEASURED:
        results = _by_id(stub)
        held = all(_holds(case, results.get(case.id)) for case in cases)
        stubs, rejected = stubs + 1, rejected + int(not held)
        what = "the page without its scripts" if scripted else "an empty page"
        weak = f"every case also holds on {what}" if held else weak
    return replace(tried, weak=weak, strength=Strength(stubs=stubs, stubs_rejected=rejected))


def has_scripts(document: Document) -> bool:
    """Whether a page's text brings or loads any script."""
    loaded = any(each.kind in ("script", "module") for each in document.externals)
    return loaded or bool(document.scripts) or document.wiring > 0


def _holds(case: PageCase, result: CaseResult | None) -> bool:
    return result is not None and result.ran and compare(case, result.found)[0]


def _line(case: PageCase, result: CaseResult | None) -> CaseLine:
    """One line of the evidence. `rule`: why a case did not run, as in `CaseResult`."""
    outcome: LineOutcome
    if result is None:
        outcome, detail, got, why = "missing", "never reported", "", "missing"
    elif result.ran:
        held, detail = compare(case, result.found)
        outcome, got, why = "passed" if held else "failed", _shown(result.found), ""
    else:
        # What a sketch names beyond doubt and nobody finds is not there; another reading of its
        # words, or a step that no page could take, says nothing of this one.
        sure = result.why == "target" and case.confidence >= 1
        outcome, detail, got, why = "failed" if sure else "error", result.detail, "", result.why
    wanted = "" if case.expect is None else f" {_shown(case.expect)}"
    return CaseLine(
        id=case.id,
        name=f"line {case.line}",
        line=case.line,
        text=case.text[:300],
        rule=why,
        confidence=case.confidence,
        outcome=outcome,
        expected=f"{case.comparator.op}{wanted}",
        got=got,
        detail=detail[:300],
    )


def _unresolved(sketch: PageSketch) -> tuple[CaseLine, ...]:
    left = [
        Unresolved(line=case.line, text=case.text, reason="too_many")
        for case in sketch.cases[MOST:]
    ]
    return tuple(
        CaseLine(
            id=f"u{number}", line=each.line, text=each.text[:300], outcome="skipped",
            detail=each.reason,
        )
        for number, each in enumerate((*sketch.unresolved, *left), 1)
    )  # fmt: skip


def _by_id(evidence: PageEvidence) -> dict[str, CaseResult]:
    return {result.id: result for result in evidence.cases}


def _acts(case: PageCase) -> bool:
    return any(step.do != "wait" for step in case.steps)


def _lasts_ms(case: PageCase) -> int:
    """At least the virtual time from the start of the steps to the probe."""
    waits = sum(int(step.value or 0) for step in case.steps if step.do == "wait")
    return waits + _STEP_MS * len(case.steps)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else text[:200] + "..."
