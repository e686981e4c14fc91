"""The 25 dimensions of a page and how they are added up: always by us, never by who judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from harness.models import Record
from harness.pages.document import Document
from harness.pages.frontcoder import FrontCoderScore, frontcoder_scores
from harness.pages.score import access, code, gates, interaction, judged, layout, network, running
from harness.pages.score.base import Dimension, Value, absent, scored
from harness.pages.score.working import CAP, broken
from runners.pages.evidence import PageEvidence

VERSION = 2
"""Counts up with every change of a formula or weight."""


def _variant(_: PageEvidence, __: Document) -> Value:
    """8. Variant evidence: 10 x the share of the signals of the page's variant type that fire;
    under 3 the total is capped.

    Not applicable for a page that is no variant; `score` fills it in from the variant's verdict.
    """
    return absent("not a variant")


DIMENSIONS: tuple[Dimension, ...] = (
    Dimension(1, "Executability", 1.2, "measured", gates.executability, (1,), gate=True),
    Dimension(2, "Document integrity", 1.0, "measured", gates.integrity, (3,), gate=True),
    Dimension(3, "Render", 1.2, "measured", gates.render, (25,), gate=True),
    Dimension(4, "Dependencies", 0.8, "measured", network.dependencies, (15,)),
    Dimension(5, "Offline honesty", 0.7, "measured", network.offline, (21,)),
    Dimension(6, "Core requirement", 1.5, "judged", judged.requirement, (2,)),
    Dimension(7, "Requirement fit", 1.3, "judged", judged.fit, (11, 12)),
    Dimension(8, "Variant evidence", 1.2, "measured", _variant),
    Dimension(9, "Interaction effect", 1.2, "measured", interaction.effect, (7,)),
    Dimension(10, "Input handling", 1.1, "measured", interaction.inputs, (6,)),
    Dimension(11, "Robustness", 1.1, "measured", interaction.robustness, (5, 21)),
    Dimension(12, "Feedback", 1.0, "measured", interaction.feedback, (10,)),
    Dimension(13, "Keyboard", 0.7, "measured", interaction.keyboard, (23,)),
    Dimension(14, "Accessibility rules", 0.7, "measured", access.rules, (23,)),
    Dimension(15, "Text contrast", 0.7, "measured", access.contrast, (23,)),
    Dimension(16, "Layout integrity", 1.0, "measured", layout.integrity, (25,)),
    Dimension(17, "Responsive", 1.0, "measured", layout.responsive, (22,)),
    Dimension(18, "Motion", 0.9, "measured", running.motion, (9,)),
    Dimension(19, "Runtime cost", 1.1, "measured", running.cost, (16,)),
    Dimension(20, "Stability over time", 0.7, "measured", running.stability, (16,)),
    Dimension(21, "Language readiness", 0.5, "measured", access.language, (22,)),
    Dimension(22, "Code structure", 1.0, "mixed", code.structure, (3, 4, 24)),
    Dimension(23, "Live code", 0.8, "measured", code.live, (20,)),
    Dimension(24, "Explanation", 0.7, "mixed", code.explanation, (13, 14)),
    Dimension(25, "Visual design", 1.2, "judged", judged.design, (8, 18, 19, 25)),
)
"""Numbers, names, weights, kinds: the table of the 25, each formula in its function's docstring."""


class Judgement(Record):
    """What a judge says of one dimension: through this door alone judged values come in."""

    score: float
    """0 to 10; cut to it."""
    by: str
    """The card and model, or the person."""
    evidence: tuple[str, ...] = ()
    """The pictures, actions and cases that it cites."""


class DimensionScore(Record):
    """One of the 25."""

    number: int
    name: str
    weight: float
    kind: Literal["measured", "mixed", "judged"]
    score: float | None
    """0 to 10; None where it does not apply or is not judged yet."""
    measured: float | None = None
    """The part that needs no judge."""
    reason: str = ""
    """Why there is no score."""
    judged_by: str = ""
    facts: dict[str, Any] = Field(default_factory=dict)


class PageScore(Record):
    """The score of a page, 0 to 100, with all that it is made of."""

    version: int = VERSION
    total: float
    """Over the dimensions that apply, judged ones where there are judgements."""
    measured_total: float
    """The same without a judge."""
    coverage: float
    """Sum of the weights that applied over the sum of all, 0 to 1."""
    gate: int = 0
    """The dimension that set the total to 0; 0 where none did."""
    capped: bool = False
    """A variant that does not show its variant."""
    broken: str = ""
    """What of the page is proved not to work, which caps the total; empty where nothing is."""
    dimensions: tuple[DimensionScore, ...]
    frontcoder: tuple[FrontCoderScore, ...] = ()
    """FrontCoder's 25 criteria with the values that they take from ours."""
    frontcoder_total: float = 0.0
    """0 to 1, by FrontCoder's weights over the criteria that have a value."""
    frontcoder_coverage: float = 0.0


def score(
    evidence: PageEvidence,
    document: Document,
    judged: Mapping[int, Judgement] | None = None,
    *,
    variant_share: float | None = None,
    variant_cap: float = 79.0,
) -> PageScore:
    """All 25 dimensions of one visit and their total. Pure and total.

    Total: 100 x sum(weight x score) / (10 x sum(weight)) over those that apply; 0 where a gate
    (1, 2, 3) is at 0; at most 59 where the page is proved not to work
    (`harness.pages.score.working`); at most `variant_cap` where `variant_share` (of the variant's
    signals that fire, 0 to 1; None for a page that is no variant) is under 0.3.
    """
    given = judged or {}
    lines = tuple(_line(d, evidence, document, given, variant_share) for d in DIMENSIONS)
    gate = next((d.number for d, line in zip(DIMENSIONS, lines, strict=True)
                 if d.gate and line.score == 0), 0)  # fmt: skip
    capped = variant_share is not None and variant_share < 0.3
    fault = broken(evidence, document)
    cap = 0.0 if gate else min(variant_cap if capped else 100.0, CAP if fault else 100.0)
    values = {line.number: line.score for line in lines if line.score is not None}
    measured = {line.number: line.measured for line in lines if line.measured is not None}
    criteria = frontcoder_scores(
        {} if gate else values, {d.number: (d.weight, d.feeds) for d in DIMENSIONS}, gate=gate > 0
    )
    weights = sum(c.weight for c in criteria if c.score is not None)
    points = sum(c.weight * c.score for c in criteria if c.score is not None)
    return PageScore(
        total=min(cap, _mean(values)),
        measured_total=min(cap, _mean(measured)),
        coverage=round(_weight(values) / _weight({d.number: 0.0 for d in DIMENSIONS}), 4),
        gate=gate,
        capped=capped,
        broken=fault,
        dimensions=lines,
        frontcoder=criteria,
        frontcoder_total=round(min(cap / 100, points / (10 * weights)), 4) if weights else 0.0,
        frontcoder_coverage=round(weights / sum(c.weight for c in criteria), 4),
    )


def _line(
    dimension: Dimension,
    evidence: PageEvidence,
    document: Document,
    judged: Mapping[int, Judgement],
    variant_share: float | None,
) -> DimensionScore:
    value = dimension.measure(evidence, document)
    if dimension.number == 8 and variant_share is not None:
        value = scored(10 * variant_share, fired=round(variant_share, 3))
    said = judged.get(dimension.number) if dimension.kind != "measured" else None
    final, reason = value.score, value.reason
    if said is not None:
        final, reason = _combined(dimension, value, said), ""
    return DimensionScore(
        number=dimension.number,
        name=dimension.name,
        weight=dimension.weight,
        kind=dimension.kind,
        score=final,
        measured=value.score,
        reason=reason,
        judged_by=said.by if said is not None else "",
        facts=dict(value.facts),
    )


def _combined(dimension: Dimension, value: Value, said: Judgement) -> float | None:
    """A mixed one is the mean of both parts; a judged one lies between its measured bounds."""
    opinion = scored(said.score).score or 0.0
    if dimension.kind == "mixed":
        return opinion if value.score is None else round((opinion + value.score) / 2, 3)
    floor, ceiling = value.facts.get("floor", 0.0), value.facts.get("ceiling", 10.0)
    return min(float(ceiling), max(float(floor), opinion))


def _weight(numbers: Mapping[int, float]) -> float:
    return sum(d.weight for d in DIMENSIONS if d.number in numbers)


def _mean(values: Mapping[int, float]) -> float:
    weight = _weight(values)
    if not weight:
        return 0.0
    return round(
        10 * sum(d.weight * values[d.number] for d in DIMENSIONS if d.number in values) / weight, 2
    )


def table() -> Sequence[tuple[int, str, float, str, str]]:
    """(number, name, weight, kind, formula) of the 25, for reference pages."""
    return [
        (d.number, d.name, d.weight, d.kind, " ".join((d.measure.__doc__ or "").split()))
        for d in DIMENSIONS
    ]
