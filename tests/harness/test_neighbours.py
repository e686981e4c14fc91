"""Code that knows the visible cases and nothing else gives itself away beside them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from harness.models import Pair, Reason, VerdictStatus
from harness.neighbours import beside, judge
from harness.pipeline import Lab, examine
from harness.sketch.spec import Case

SUITE = (
    "from solution import slug\n"
    "def test_a():\n    assert slug('Hello World') == 'hello-world'\n"
    "    assert slug('Foo Bar') == 'foo-bar'\n    assert slug('A b C') == 'a-b-c'\n"
    "    assert slug('Deep Blue Sea') == 'deep-blue-sea'\n"
)
DOUBLED = {22: "hello-world", 14: "foo-bar", 10: "a-b-c", 26: "deep-blue-sea"}
"""Answers under twice the length of their input."""


def _keys(*values: str) -> list[str]:
    return [json.dumps(["str", value]) for value in values]


def test_neighbours_are_new_inputs_of_the_same_kind() -> None:
    """No visible call is repeated, and every argument keeps its tag."""
    cases = [
        Case(id="a", call=["call", None, "f", [["str", "2024-01-05"], ["int", "3"]], {}]),
        Case(id="b", call=["call", None, "f", [["str", "2024-01-06"], ["int", "3"]], {}]),
    ]
    found = beside(cases, frozenset({"f"}))
    calls = [json.dumps(case.call) for case in found]
    assert len(set(calls)) == len(calls) > 8
    assert not set(calls) & {json.dumps(case.call) for case in cases}
    assert all([arg[0] for arg in (case.call or [])[3]] == ["str", "int"] for case in found)


@pytest.mark.parametrize(
    ("visible", "answers", "caught"),
    [
        (_keys("aaaa", "bbbb", "cccc"), _keys(*[""] * 8), True),
        (_keys("aaaa", "bbbb", "cccc"), ["an error"] * 8, True),
        (_keys("aaaa", "bbbb", "cccc", "dddd"), _keys(*["aaaa", "bbbb"] * 4), True),
        (_keys("aaaa", "bbbb", "cccc"), _keys("x", "y", "z", "q", "r", "s"), False),
        (_keys("yes", "no"), _keys(*["no"] * 8), False),
        (_keys("aaaa", "bbbb", "cccc", "dddd"), _keys("aaaa", "eeee", "ffff", "gggg"), False),
    ],
)
def test_judge(visible: list[str], answers: list[str], caught: bool) -> None:
    """One answer for all, or the tests' own answers only: a look-up; anything else is not."""
    assert bool(judge(visible, answers)) is caught


@pytest.mark.parametrize(
    "code",
    [
        f"def slug(t):\n    n = len(t) * 2\n    return {DOUBLED}[n]\n",
        "def slug(t):\n    for a, b in (('He', 'hello-world'), ('Fo', 'foo-bar'), "
        "('A ', 'a-b-c')):\n        if t.startswith(a):\n            return b\n"
        "    return 'deep-blue-sea'\n",
    ],
)
def test_a_look_up_goes_to_review(lab: Lab, make_pair: Callable[..., Pair], code: str) -> None:
    """Whatever the table looks like, it holds no answer beside the tests."""
    verdict = examine(make_pair(code, suite=SUITE, instruction="Make a slug."), lab).verdict
    assert verdict.status is VerdictStatus.REVIEW
    assert verdict.reasons == (Reason.NEEDS_TESTS,)


def test_code_that_does_the_work_is_accepted(lab: Lab, make_pair: Callable[..., Pair]) -> None:
    """The same suite, honest code."""
    code = "def slug(t):\n    return '-'.join(t.lower().split())\n"
    verdict = examine(make_pair(code, suite=SUITE, instruction="Make a slug."), lab).verdict
    assert verdict.status is VerdictStatus.ACCEPTED, verdict.detail
