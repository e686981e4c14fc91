"""Test bodies: indented under `def test_x():` or `test_x:`, or in the braces of `test("x", ...)`."""

from __future__ import annotations

from harness.sketch.context import Context
from harness.sketch.normalise import Line
from harness.sketch.sink import Sink


def bodies_of(lines: list[Line], at: int, context: Context, sink: Sink) -> int:
    """Reads the body that starts on line `at`; how many lines it took, 0 where none starts there."""
    return 0
