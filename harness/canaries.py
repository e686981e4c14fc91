"""Pairs whose verdict is known, judged in every run before and after the real ones.

A run whose canaries are misjudged is void: something between the code and the verdict is broken.
"""

from __future__ import annotations

from harness.models import Language, Pair, SuiteText, VerdictStatus
from harness.pipeline import Lab, examine
from sandboxes.base import SandboxUnavailable

_SKETCH = "add(1, 2) == 3\nadd(-1, 1) == 0\nadd(2.5, 2) == 4.5"
_SUITE = """\
from solution import add

def test_small():
    assert add(1, 2) == 3

def test_all():
    for left in range(3):
        assert add(left, 10) == left + 10
"""
_RIGHT = "def add(a, b):\n    return a + b\n"
_WRONG = "def add(a, b):\n    return a - b\n"
_EQUAL = """\
class Same:
    def __eq__(self, other):
        return True

def add(a, b):
    return Same()
"""
_EXIT = "import os\n\ndef add(a, b):\n    os._exit(0)\n"


def _pair(name: str, code: str, *, sketch: str = "", suite: str = "") -> Pair:
    return Pair(
        id=f"canary-{name}",
        language=Language(name="python"),
        instruction="Write a function `add` that returns the sum of two numbers.",
        code=code,
        sketch=sketch,
        suite=SuiteText(source=suite, kind="pytest") if suite else None,
        entry_point="add",
    )


CANARIES: tuple[tuple[Pair, VerdictStatus], ...] = (
    (_pair("right-values", _RIGHT, sketch=_SKETCH), VerdictStatus.ACCEPTED),
    (_pair("right-suite", _RIGHT, suite=_SUITE), VerdictStatus.ACCEPTED),
    (_pair("wrong-values", _WRONG, sketch=_SKETCH), VerdictStatus.REJECTED),
    (_pair("wrong-suite", _WRONG, suite=_SUITE), VerdictStatus.REJECTED),
    (_pair("equal-object", _EQUAL, suite=_SUITE), VerdictStatus.REJECTED),
    (_pair("early-exit", _EXIT, suite=_SUITE), VerdictStatus.REJECTED),
)


def judge_canaries(lab: Lab) -> str:
    """Judge every canary; returns what was misjudged, or an empty text."""
    for pair, due in CANARIES:
        try:
            verdict = examine(pair, lab).verdict
        except SandboxUnavailable as error:
            return f"canary {pair.id} could not be judged: {error}"
        if verdict.status is not due:
            return f"canary {pair.id} came out as {verdict.status}, not {due}: {verdict.detail}"
    return ""
