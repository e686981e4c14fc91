"""What every dimension is made of: its place in the table, and the value that it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite, sqrt
from typing import Any, Literal

from harness.pages.document import Document
from runners.pages.evidence import PageEvidence, Phase

Kind = Literal["measured", "mixed", "judged"]

BEFORE = frozenset({Phase.LOAD, Phase.REST, Phase.VIEWS, Phase.MEDIA, Phase.ACCESSIBILITY})
"""The phases in which nothing was clicked or typed."""
UNCAUGHT = frozenset({"exception", "rejection", "syntax"})
OWN_ORIGIN = "http://localhost/"
"""Where a visit serves the page: a relative URL leads there."""
Z80 = 1.2815515594457412
"""The normal quantile of a two-sided 80 % interval."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a dimension gives: 0..10, or None with the reason; `facts` is what it rests on."""

    score: float | None
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One line of the table of dimensions."""

    number: int
    name: str
    weight: float
    kind: Kind
    measure: Callable[[PageEvidence, Document], Value]
    feeds: tuple[int, ...] = ()
    """FrontCoder's criteria that take their value from this one."""
    gate: bool = False
    """At 0 the whole page has 0."""


def scored(value: float, **facts: Any) -> Value:
    """A value, cut to 0..10 and to three digits; what is not finite is 0."""
    value = value if isfinite(value) else 0.0
    return Value(round(min(10.0, max(0.0, value)), 3), "", facts)


def absent(reason: str, **facts: Any) -> Value:
    """Not applicable: nothing was there to measure, or it was not measured."""
    return Value(None, reason, facts)


def clip(value: float) -> float:
    """To 0..1."""
    return min(1.0, max(0.0, value)) if isfinite(value) else 0.0


def wilson(hits: int, tries: int, z: float = Z80) -> float:
    """The lower bound of Wilson's interval of a share (Wilson 1927); 0 without a try."""
    if tries <= 0:
        return 0.0
    share = min(1.0, hits / tries)
    middle = share + z * z / (2 * tries)
    spread = z * sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries))
    return max(0.0, (middle - spread) / (1 + z * z / tries))


def number(counts: Mapping[str, float], name: str) -> float | None:
    """A count, or None where it was not measured."""
    value = counts.get(name)
    return float(value) if isinstance(value, int | float) and isfinite(value) else None
