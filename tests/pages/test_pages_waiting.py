"""A page that waits for its clock within one task is not a page that hangs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser_places import opened

from runners.pages.evidence import End
from runners.pages.scene import Order
from runners.pages.visitor import CREEP_MS, Visitor

WAITS = b"""<!doctype html><title>t</title><p id=out>waiting</p><script>
const begun = performance.now();
while (performance.now() - begun < 200);
const then = new Date();
while (new Date() - then < 50);
out.textContent = [new Date() instanceof Date, new Date(2020, 1, 1).getFullYear()].join(" ");
</script>"""


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    with Visitor(lambda: opened("embedded")) as made:
        yield made


def test_a_busy_wait_ends_in_the_second_visit(visitor: Visitor) -> None:
    """Virtual time stands still within a task; where clocks creep, the wait is over and counts."""
    seen = visitor.visit(Order(page=WAITS, depth="full"))
    assert seen.evidence.end is End.MEASURED
    assert seen.evidence.conditions.creep_ms == CREEP_MS
    assert seen.earlier is None
    assert "true 2020" in seen.evidence.words["text"]
    assert [error.text for error in seen.evidence.errors] == []


def test_an_endless_loop_hangs_twice(visitor: Visitor) -> None:
    """No creeping clock ends it: both visits are told."""
    seen = visitor.visit(Order(page=b"<!doctype html><p>a<script>for (;;);</script>"))
    assert seen.earlier is not None
    assert {seen.earlier.end, seen.evidence.end} == {End.HANG}


def test_clocks_do_not_creep_in_a_first_visit(visitor: Visitor) -> None:
    """Two readings in one task are the same instant."""
    page = b"<!doctype html><p id=o></p><script>o.textContent=performance.now()-performance.now()</script>"
    seen = visitor.visit(Order(page=page))
    assert seen.evidence.words["text"].strip() == "0"
