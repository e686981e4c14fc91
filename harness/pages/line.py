"""A page's part of a verdict."""

from __future__ import annotations

from typing import Any

from harness.record import Record


class PageLine(Record):
    """What was measured of a page, in short; the whole evidence is an artifact."""

    end: str = ""
    """measured, hang, crash, memory, no_frame; empty where it was not visited."""
    loaded: bool = False
    errors: int = 0
    """Distinct uncaught errors of the page's own."""
    requests: dict[str, int] = {}
    """Distinct requests by outcome."""
    controls: int = 0
    actions: int = 0
    effective: int = 0
    """Actions that changed something."""
    score: float | None = None
    """0 to 100, with judged dimensions where there are any."""
    measured_score: float | None = None
    coverage: float | None = None
    """Share of the 25 dimensions' weights that applied."""
    dimensions: dict[str, float | None] = {}
    """By number and name; None where one does not apply or is not judged."""
    frontcoder: dict[str, float | None] = {}
    """FrontCoder's 25 criteria, 0 to 10."""
    frontcoder_total: float | None = None
    """0 to 1, for a `min_score` filter."""
    variant: dict[str, Any] = {}
    """Of a variant page: its type, and whether it shows it."""
    conditions: dict[str, Any] = {}
    """What was held fixed."""
    pictures: dict[str, str] = {}
    """Name of the look to the digest of its pixels."""
    structure: str = ""
    """Digest of the structural evidence: equal where two visits agree."""
