"""The journey of one page, top to bottom: from a pair to a verdict. Nothing else knows the order.

    pair -> page -> what its text proves -> cases -> visit (again where it ended badly)
         -> comparison (visits for cases alone where they say more) -> score -> decision -> verdict

Only `PageLab.visitor` opens candidate pages, and only in an isolated browser.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from harness.decide import Decision
from harness.models import (
    Assurance,
    CaseLine,
    PageLine,
    Pair,
    Provenance,
    Reason,
    RunLine,
    Strength,
    Verdict,
    VerdictStatus,
    digest,
)
from harness.pages.decide import PageMeasured, decide_page
from harness.pages.dimensions import PageScore, score
from harness.pages.document import Document, read_document
from harness.pages.extract import page_of
from harness.pages.lab import PageLab
from harness.pages.sketch import compile_page_sketch
from harness.pages.trials import CASE_CPU_S, first_cases, runnable, try_cases
from harness.pages.variants import VariantVerdict, judge_variant, variant_type
from runners.pages.evidence import Action, Conditions, End, Owner, PageEvidence
from runners.pages.pictures import Picture
from runners.pages.scene import DEFAULT_BUDGET, Order
from runners.pages.steps import DriverCase
from runners.pages.visit import Visited
from sandboxes.base import SandboxUnavailable

UNCAUGHT = ("exception", "rejection", "syntax")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Everything that is known of one page; `visits` in their order, the last one decides."""

    html: str
    document: Document | None = None
    visits: tuple[PageEvidence, ...] = ()
    pictures: dict[str, Picture] = field(default_factory=dict)
    cases: tuple[CaseLine, ...] = ()
    unresolved: tuple[CaseLine, ...] = ()
    strength: Strength = field(default_factory=Strength)
    score: PageScore | None = None
    variant: VariantVerdict | None = None


@dataclass(frozen=True, kw_only=True)
class ExaminedPage:
    """A page's verdict with what it rests on."""

    verdict: Verdict
    seen: Seen


def examine_page(
    pair: Pair, lab: PageLab, *, fingerprint: str, provenance: Provenance, seed: int = 1
) -> ExaminedPage:
    """The verdict of one page. `seed` draws the order in which its controls are tried.

    Raises:
        SandboxUnavailable: the browser failed, twice: our fault, and nothing may be concluded.
    """
    page = page_of(pair)
    if not page:
        seen = Seen(html="")
        decision = Decision(VerdictStatus.REJECTED, (Reason.PARSE,), f"no page: {page.reason}")
        return _written(pair, seen, decision, fingerprint, provenance)
    try:
        conditions = lab.conditions()
    except SandboxUnavailable as error:
        decision = Decision(VerdictStatus.SKIPPED, (Reason.TOOLCHAIN_UNAVAILABLE,),
                            f"no browser: {error}; {error.hint}")  # fmt: skip
        return _written(pair, Seen(html=page.html), decision, fingerprint, provenance)
    document = read_document(page.html)
    sketch = compile_page_sketch(pair.sketch, document.ids)
    asked = first_cases(runnable(sketch))
    seen = look_at(page.html, lab, conditions, document=document, seed=seed, cases=asked)

    def again(cases: tuple[DriverCase, ...], stub: bytes | None, scripts: bool) -> PageEvidence:
        order = _order(page.html, lab, conditions, depth="cases", seed=seed, cases=cases)
        order = replace(order, page=order.page if stub is None else stub, scripts=scripts)
        return lab.visitor.visit(order).evidence

    tried = try_cases(sketch, document, seen.visits[-1], again)
    seen = replace(seen, cases=tried.lines, unresolved=tried.unresolved, strength=tried.strength)
    seen = _as_variant(seen, pair, lab, conditions, asked)
    measured = PageMeasured(
        document=document,
        visits=seen.visits,
        cases=tried.lines,
        weak=tried.weak,
        later=tried.later,
        score=seen.score.measured_total if seen.score else None,
        coverage=seen.score.coverage if seen.score else None,
    )
    decision = _mind_the_variant(decide_page(measured, lab.policy), seen, lab)
    return _written(pair, seen, decision, fingerprint, provenance)


def look_at(
    html: str,
    lab: PageLab,
    conditions: Conditions,
    *,
    document: Document | None = None,
    depth: str = "full",
    seed: int = 1,
    trace: tuple[Action, ...] = (),
    cases: tuple[DriverCase, ...] = (),
) -> Seen:
    """Read the text, visit the page, score what was measured. With a `trace`, its steps are taken
    in place of an exploration; a `document` is that of the text, where it is read already.
    Raises SandboxUnavailable."""
    document = document or read_document(html)
    order = _order(html, lab, conditions, depth=depth, seed=seed, cases=cases)
    visited = lab.visitor.visit(replace(order, trace=trace))
    visits = _visits(visited)
    return Seen(
        html=html,
        document=document,
        visits=visits,
        pictures=visited.pictures,
        score=score(visits[-1], document) if depth == "full" else None,
    )


def _order(
    html: str,
    lab: PageLab,
    conditions: Conditions,
    *,
    depth: str,
    seed: int,
    cases: tuple[DriverCase, ...],
) -> Order:
    spare = CASE_CPU_S * len(cases)
    return Order(
        page=html.encode("utf-8", "surrogatepass"),
        depth=depth,
        seed=seed,
        budget=replace(DEFAULT_BUDGET, visit_cpu_s=DEFAULT_BUDGET.visit_cpu_s + spare),
        shelf=lab.shelf,
        cases=cases,
        conditions=conditions,
    )


def _as_variant(
    seen: Seen,
    pair: Pair,
    lab: PageLab,
    conditions: Conditions,
    cases: tuple[DriverCase, ...],
) -> Seen:
    """Ask the oracle of the variant that the pair says it is, beside its base where that is given.

    A base page stands in the row's `base_code`. Raises SandboxUnavailable.
    """
    kind = variant_type(str(pair.metadata.get("variant_type", "")))
    if kind is None or seen.document is None or seen.visits[-1].end is not End.MEASURED:
        return seen
    base = pair.metadata.get("base_code")
    given = isinstance(base, str) and base.strip()
    other = look_at(str(base), lab, conditions, cases=cases) if given else None
    evidence = seen.visits[-1]
    verdict = judge_variant(
        kind.name, evidence, seen.document,
        other.visits[-1] if other else None, other.document if other else None,
        pair.instruction,
    )  # fmt: skip
    told = score(
        evidence, seen.document,
        variant_share=verdict.share, variant_cap=lab.policy.variant_cap,
    )  # fmt: skip
    return replace(seen, variant=verdict, score=told)


def _mind_the_variant(decision: Decision, seen: Seen, lab: PageLab) -> Decision:
    """A good page that does not show its variant, or lost its base's behaviour, needs a person."""
    found = seen.variant
    if found is None or decision.status is not VerdictStatus.ACCEPTED:
        return decision
    lost = found.keeps_base is False
    if lab.policy.variant == "note" or (found.differs_along_axis and not lost):
        return decision
    what = "does not keep what its base does" if lost else "does not show its variant"
    detail = f"{what}, {found.type}: {'; '.join(found.reasons)}"
    return Decision(VerdictStatus.REVIEW, (Reason.MISMATCH,), detail)


def _visits(visited: Visited) -> tuple[PageEvidence, ...]:
    return (*([visited.earlier] if visited.earlier is not None else []), visited.evidence)


def _written(
    pair: Pair, seen: Seen, decision: Decision, fingerprint: str, provenance: Provenance
) -> ExaminedPage:
    passed = sum(line.outcome == "passed" for line in seen.cases)
    verdict = Verdict(
        pair_id=pair.id,
        status=decision.status,
        reasons=decision.reasons,
        detail=decision.detail[:1000],
        # Everything was read and compared outside the page.
        assurance=Assurance.VALUES if seen.visits else Assurance.NONE,
        fingerprint=fingerprint,
        language=f"{pair.language.name} {pair.language.version}".strip(),
        format=pair.format,
        origin=pair.origin,
        content=pair.content_digest(),
        cases_planned=len(seen.cases),
        cases_passed=passed,
        cases=seen.cases,
        unresolved=seen.unresolved,
        strength=seen.strength,
        runs=tuple(_run(number, visit) for number, visit in enumerate(seen.visits, 1)),
        repairs=pair.repairs,
        provenance=provenance,
        page=_line(seen) if seen.visits else None,
    )
    return ExaminedPage(verdict=verdict, seen=seen)


def _run(number: int, visit: PageEvidence) -> RunLine:
    return RunLine(
        variation=f"visit-{number}", mode="page", status=visit.end.value, detail=visit.detail,
        cpu_ms=1000 * visit.cpu_s, wall_ms=1000 * visit.wall_s,
    )  # fmt: skip


def _line(seen: Seen) -> PageLine:
    visit, told = seen.visits[-1], seen.score
    scores: dict[str, Any] = {}
    if told is not None:
        scores = {
            "score": told.total,
            "measured_score": told.measured_total,
            "coverage": told.coverage,
            "dimensions": {f"{d.number} {d.name}": d.score for d in told.dimensions},
            "frontcoder": {c.name: c.score for c in told.frontcoder},
            "frontcoder_total": told.frontcoder_total,
        }
    own = [e for e in visit.errors if e.owner is Owner.PAGE and e.kind in UNCAUGHT]
    return PageLine(
        end=visit.end.value,
        loaded=visit.loaded,
        errors=len(own),
        requests=dict(sorted(Counter(r.outcome for r in visit.requests).items())),
        controls=len(visit.controls),
        actions=len(visit.actions),
        effective=visit.effective,
        conditions=asdict(visit.conditions),
        pictures={look.name: f"sha256:{look.picture}" for look in visit.looks},
        variant=_variant(seen.variant) if seen.variant else {},
        structure=digest(visit.structural()),
        **scores,
    )


def _variant(verdict: VariantVerdict) -> dict[str, Any]:
    return {
        "type": verdict.type,
        "differs_along_axis": verdict.differs_along_axis,
        "keeps_base": verdict.keeps_base,
        "share": round(verdict.share, 3),
        "reasons": list(verdict.reasons),
    }
