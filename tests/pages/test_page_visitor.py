"""What the visitor makes of a visit that did not end well, and of the one that repeats it."""

from __future__ import annotations

from typing import Any

import pytest

from runners.pages.evidence import End, PageEvidence
from runners.pages.scene import Order
from runners.pages.visit import Visited
from runners.pages.visitor import Visitor


class _Scripted(Visitor):
    """Ends its visits as it is told to."""

    def __init__(self, *ends: End) -> None:
        super().__init__(_never)
        self.ends = list(ends)

    def _once(self, order: Order, *, fresh: bool) -> Visited:
        return Visited(evidence=PageEvidence(end=self.ends.pop(0)))


def _never() -> Any:
    raise AssertionError("no browser is started here")


@pytest.mark.parametrize(
    ("ends", "earlier"),
    [
        ((End.MEASURED,), None),
        # time is virtual and chance is seeded: a page that one browser paints, another can
        ((End.NO_FRAME, End.MEASURED), None),
        ((End.NO_FRAME, End.NO_FRAME), End.NO_FRAME),
        ((End.CRASH, End.MEASURED), End.CRASH),
        ((End.MEMORY, End.HANG), End.MEMORY),
    ],
)
def test_an_end_counts_once_a_fresh_browser_was_asked(
    ends: tuple[End, ...], earlier: End | None
) -> None:
    """The last visit is the evidence; the one before stays beside it where both say something."""
    visitor = _Scripted(*ends)
    seen = visitor.visit(Order(page=b"<p>x"))
    assert seen.evidence.end is ends[-1]
    assert (seen.earlier.end if seen.earlier else None) is earlier
    assert not visitor.ends
