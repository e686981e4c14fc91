"""Dimensions 16 and 17: where the boxes are."""

from __future__ import annotations

from harness.pages.document import Document
from harness.pages.score.base import Value, absent, clip, number, scored
from harness.pages.styling import unstyled
from runners.pages.evidence import Layout, PageEvidence

_FEW = 5
_OVER = 0.25
"""Share of the viewport's width at which sideways scrolling is as bad as it gets."""


def _enough(evidence: PageEvidence) -> bool:
    shown = [box.shown for box in evidence.layouts if box.shown]
    visible = number(evidence.dom, "visible")
    return max([*shown, visible or 0]) >= _FEW


def _overflow(box: Layout) -> float:
    return clip(box.overflow / (_OVER * max(1, box.width)))


def integrity(evidence: PageEvidence, document: Document) -> Value:
    """16. Layout integrity, at the widest viewport: 10 - 4 clip(overflow / a quarter of the width)
    - 4 clip(clipped texts / 5) - 4 clip(pairs of overlapping controls / 3).

    Not applicable under 5 shown elements, where no viewport was measured, or nobody styled the
    page: boxes below each other neither overlap nor overflow.
    """
    if unstyled(evidence, document):
        return absent("nobody styled the page")
    if not evidence.layouts:
        return absent("no viewport was measured")
    if not _enough(evidence):
        return absent("under 5 visible elements")
    box = max(evidence.layouts, key=lambda one: one.width)
    lost = _overflow(box) + clip(box.clipped / 5) + clip(box.overlaps / 3)
    return scored(10 - 4 * lost, viewport=box.name, overflow=box.overflow, clipped=box.clipped,
                  overlaps=box.overlaps, offenders=list(box.offenders[:5]))  # fmt: skip


def responsive(evidence: PageEvidence, document: Document) -> Value:
    """17. Responsive: mean over the viewports of 10 x (1 - clip(overflow / a quarter of the width)
    - 0.1 for each cut element), less 3 without a viewport meta element.

    Not applicable under 5 shown elements, with fewer than two viewports, or where nobody styled
    the page.
    """
    if unstyled(evidence, document):
        return absent("nobody styled the page")
    if len({box.width for box in evidence.layouts}) < 2:
        return absent("fewer than two viewports were measured")
    if not _enough(evidence):
        return absent("under 5 visible elements")
    each = [10 * clip(1 - _overflow(box) - 0.1 * box.cut) for box in evidence.layouts]
    meta = number(evidence.dom, "viewport_meta")
    value = sum(each) / len(each) - (3 if meta == 0 else 0)
    over, cut = (
        {b.name: getattr(b, name) for b in evidence.layouts} for name in ("overflow", "cut")
    )
    return scored(value, overflow=over, cut=cut, viewport_meta=meta)
