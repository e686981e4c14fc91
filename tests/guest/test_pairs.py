"""Paired mode: twins come apart for right code, and betray code that makes everything pass."""

from __future__ import annotations

import json

import pytest

from runners.base import TestResult
from runners.pairs import PairJudgement, judge_pairs, pair_suite
from tests.guest.conftest import report_of

SUITE = """
import unittest
from solution import add
def test_int(): assert add(1, 2) == 3
def test_list():
    result = add([1], ['a'])
    assert result == [1, 'a']
class TestText:
    def test_str(self): assert add('a', 'b') == 'ab'
class T(unittest.TestCase):
    def test_eq(self): self.assertEqual(add(2, 2), 4)
"""


def judged(suite: str, code: str, seed: int = 5) -> PairJudgement:
    paired = pair_suite(suite, seed)
    assert paired is not None
    lines = [json.loads(x) for x in report_of(paired.source, code, mode="native").splitlines()]
    tests = tuple(
        TestResult(name=x["test"], outcome=x["outcome"], detail=x["detail"])
        for x in lines
        if "test" in x
    )
    return judge_pairs(paired, tests)


def test_right_code_is_proved() -> None:
    """Every true half passes and every false half fails by its assertion."""
    found = judged(SUITE, "def add(a, b): return a + b")
    assert found.passed and set(found.proved) == {
        "test_int",
        "test_list",
        "TestText::test_str",
        "T::test_eq",
    }


def test_wrong_code_fails() -> None:
    """A true half that fails is a failed test."""
    found = judged(SUITE, "def add(a, b): return b + a")
    assert not found.passed and set(found.failed) == {"test_list", "TestText::test_str"}


FORGERIES = {
    "always equal": "class Y:\n    def __eq__(self, o): return True\ndef add(a, b): return Y()",
    "copies": "class L(list):\n    def __eq__(self, o): return True\n    __hash__ = None\ndef add(a, b): return L()",
    "patched pytest": "def add(a, b): return 0\nimport _pytest.python as p\np.Function.runtest = lambda self: None\nimport _pytest.unittest as u\nu.TestCaseFunction.runtest = lambda self: None",
    "skip": "import pytest\ndef add(a, b): pytest.skip('x')",
    "raises": "def add(a, b): raise AssertionError",
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_forgery_is_not_proved(name: str) -> None:
    """Code that makes tests pass in its own interpreter makes the false twins pass too."""
    found = judged(SUITE, FORGERIES[name])
    assert not found.passed and found.proved == ()


def test_pairing_is_reproducible_and_hides_names() -> None:
    """The same seed gives the same suite; no name of the text survives."""
    first, again, other = (pair_suite(SUITE, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert first is not None and "test_int" not in first.source


def test_nothing_to_pair() -> None:
    """Without a constant to change, or without a parse, there is no paired suite."""
    assert pair_suite("def test_a(): assert f()", 1) is None
    assert pair_suite("def (", 1) is None


def test_unpaired_test_is_unproved() -> None:
    """A test without a constant runs, and keeps the whole from being proved."""
    suite = SUITE + "def test_truth(): assert add(1, 1)\n"
    found = judged(suite, "def add(a, b): return a + b")
    assert found.unproved == ("test_truth",) and not found.passed
