"""FrontCoder's 25 criteria, filled from what was measured, for filters that were written for them.

Names and weights as in FrontCoder's scoring prompt; there a model gives each 0 to 10 from the text.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.models import Record

CRITERIA: tuple[tuple[int, str, float], ...] = (
    (1, "Executability", 1.2),
    (2, "Core function completeness", 1.5),
    (3, "Code standards", 1.0),
    (4, "Engineering", 1.0),
    (5, "Boundary handling", 1.1),
    (6, "Data validation", 1.1),
    (7, "Interaction completeness", 1.2),
    (8, "Design professionalism", 1.0),
    (9, "Interaction smoothness", 1.0),
    (10, "User feedback", 1.0),
    (11, "Requirement understanding", 1.3),
    (12, "Solution rationality", 1.2),
    (13, "Comment quality", 0.8),
    (14, "Documentation completeness", 0.7),
    (15, "Tech selection", 1.0),
    (16, "Performance optimisation", 1.1),
    (17, "Modern features", 0.9),
    (18, "Innovative features", 0.8),
    (19, "UX enhancement", 0.7),
    (20, "Code redundancy", 0.8),
    (21, "Exception handling", 1.1),
    (22, "Cross-platform compatibility", 1.0),
    (23, "Accessibility", 0.7),
    (24, "Readability", 1.0),
    (25, "Visual fidelity and completeness", 1.2),
)
"""(number, name, weight); the weights add up to 25.4."""


class FrontCoderScore(Record):
    """One of FrontCoder's criteria."""

    number: int
    name: str
    weight: float
    score: float | None
    """0 to 10; None where nothing that feeds it applied."""
    sources: tuple[int, ...] = ()
    """Our dimensions that the value was taken from."""
    reason: str = ""
    """Of a missing value: judged later, or not applicable."""


def frontcoder_scores(
    values: Mapping[int, float],
    feeds: Mapping[int, tuple[float, tuple[int, ...]]],
    *,
    gate: bool = False,
) -> tuple[FrontCoderScore, ...]:
    """The 25 criteria: each the mean of the dimensions that feed it, by our weights.

    `feeds`: number of ours to (weight, criteria fed). With `gate`, every measured one is 0: a page
    that does not run has no good part.
    """
    return tuple(_criterion(*criterion, values, feeds, gate) for criterion in CRITERIA)


_JUDGED = frozenset({6, 7, 25})


def _criterion(
    number: int,
    name: str,
    weight: float,
    values: Mapping[int, float],
    feeds: Mapping[int, tuple[float, tuple[int, ...]]],
    gate: bool,
) -> FrontCoderScore:
    ours = [n for n, (_, fed) in feeds.items() if number in fed]
    there = [n for n in ours if n in values]
    value: float | None = None
    if gate and set(ours) - _JUDGED:
        value = 0.0
    elif there:
        total = sum(feeds[n][0] for n in there)
        value = round(sum(feeds[n][0] * values[n] for n in there) / total, 3)
    reason = ""
    if value is None:
        reason = "not applicable" if set(ours) - _JUDGED else "judged later"
    return FrontCoderScore(number=number, name=name, weight=weight, score=value,
                           sources=tuple(there), reason=reason)  # fmt: skip
