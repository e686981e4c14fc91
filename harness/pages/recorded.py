"""What is kept of a judged page, whole: verdict, visits, score, pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from harness.errors import Misuse
from harness.models import Pair, Verdict
from harness.pages.differences import plain
from harness.pages.dimensions import PageScore
from harness.store import Run
from runners.pages.evidence import PageEvidence

_LOOK = "look-"


@dataclass(frozen=True, kw_only=True)
class PageRecord:
    """One page with all that is known of it. `looks` holds WebP bytes by the look's name."""

    pair_id: str
    instruction: str = ""
    verdict: Verdict | None = None
    """None where the page was rendered only."""
    visits: tuple[PageEvidence, ...] = ()
    score: PageScore | None = None
    looks: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def visit(self) -> PageEvidence | None:
        """The visit that decided."""
        return self.visits[-1] if self.visits else None


def record_of(run: Run, verdict: Verdict) -> PageRecord:
    """A page's record from its run folder. Raises Misuse where an artifact is gone or changed."""
    kept = verdict.artifacts
    pair = Pair.model_validate(json.loads(run.artifact(verdict.plan))["pair"])
    score = run.artifact(kept["score"]) if "score" in kept else None
    return PageRecord(
        pair_id=verdict.pair_id,
        instruction=pair.instruction,
        verdict=verdict,
        visits=visits_of(run, verdict),
        score=PageScore.model_validate_json(score) if score is not None else None,
        looks={
            name.removeprefix(_LOOK): run.artifact(reference)
            for name, reference in kept.items()
            if name.startswith(_LOOK)
        },
    )


def visits_of(run: Run, verdict: Verdict) -> tuple[PageEvidence, ...]:
    """The recorded visits of a page, in their order; none where it was not visited.

    Raises Misuse: the evidence is gone, was changed, or was written by another version.
    """
    reference = verdict.artifacts.get("evidence")
    if reference is None:
        return ()
    try:
        return _visits().validate_json(run.artifact(reference))["visits"]
    except ValidationError as error:
        raise Misuse(
            f"the evidence of {verdict.pair_id!r} cannot be read: {error.errors()[0]['msg']}",
            hint=f"pairproof verify again, with --retry all -o {run.root}",
        ) from error


@cache
def _visits() -> TypeAdapter[dict[str, tuple[PageEvidence, ...]]]:
    return TypeAdapter(dict[str, tuple[PageEvidence, ...]])


def structure_of(visit: PageEvidence) -> dict[str, Any]:
    """The part of a visit in which two visits must agree, as plain data."""
    structural: dict[str, Any] = plain(visit.structural())
    return structural
