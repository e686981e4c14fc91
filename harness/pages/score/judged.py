"""Dimensions 6, 7 and 25: what a model or a person has to say; nothing is made up for them here."""

from __future__ import annotations

from typing import Any

from harness.pages.document import Document
from harness.pages.score.base import Value, absent, clip, number
from runners.pages.evidence import PageEvidence

LATER = "judged later"


def requirement(evidence: PageEvidence, _: Document) -> Value:
    """6. Core requirement: passed / items of a checklist made from the task; each item cites an
    action, a case or a picture. Until then absent, with the number of cases that were run."""
    return absent(
        LATER,
        cases=sum("/" not in case.id for case in evidence.cases),
        actions=len(evidence.actions),
    )


def fit(_: PageEvidence, __: Document) -> Value:
    """7. Requirement fit: a rubric from 0 to 10 in steps of 2.5."""
    return absent(LATER)


def design(evidence: PageEvidence, _: Document) -> Value:
    """25. Visual design: pictures judged pairwise against an anchor, 0 to 10. The facts hold what a
    judgement is held to, `floor` and `ceiling`, by what was measured of the type scale."""
    return absent(LATER, **design_bounds(evidence))


def design_bounds(evidence: PageEvidence) -> dict[str, Any]:
    """Between what a judgement of the design may lie: 3 to 8 text sizes and a palette of 3 to 12
    colours lift the floor to 2.5; 1 size, or over 16, lower the ceiling to 7.5."""
    sizes = number(evidence.dom, "font_sizes")
    colours = len(evidence.words.get("palette", ()) or ()) if evidence.words else 0
    orderly = sizes is not None and 3 <= sizes <= 8 and 3 <= colours <= 12
    untidy = sizes is not None and (sizes <= 1 or sizes > 16)
    return {
        "floor": 2.5 if orderly else 0.0,
        "ceiling": 7.5 if untidy else 10.0,
        "font_sizes": sizes,
        "colours": colours,
        "picture_edges": clip(max((one.edges for one in evidence.looks), default=0.0)),
    }
