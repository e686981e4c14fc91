"""One pair through the whole journey, in the real sandbox: each reason has its pair."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.models import Assurance, Pair, Reason, VerdictStatus
from harness.pipeline import REPEATS, Lab, examine
from harness.trial import PLAIN
from runners.base import CallCase, Source
from runners.guest.codec import encode

MakePair = Callable[..., Pair]

ADD = "def add(a, b):\n    return a + b\n"
SKETCH = "add(1, 2) == 3\nadd(0, 0) == 0\nadd(2, 5) == 7"
SUITE = """\
from solution import add

def test_sums():
    for a in range(4):
        for b in range(4):
            assert add(a, b) == sum([a, b])
"""


def test_right_code_with_a_sketch_is_accepted_by_values(lab: Lab, make_pair: MakePair) -> None:
    """Values came out and were compared on the host in three runs."""
    verdict = examine(make_pair(ADD, sketch=SKETCH), lab).verdict
    assert verdict.status is VerdictStatus.ACCEPTED
    assert verdict.assurance is Assurance.VALUES
    assert (verdict.cases_planned, verdict.cases_passed) == (3, 3)
    assert [run.variation for run in verdict.runs] == ["plain", "other-seeds", "extremes"]
    assert verdict.strength.stubs == verdict.strength.stubs_rejected == 8
    assert verdict.strength.perturbed == verdict.strength.constant_first == "rejected"


def test_the_trace_leads_from_sketch_line_to_result(lab: Lab, make_pair: MakePair) -> None:
    """S0-14: each line of the sketch is found in the evidence, with the case and what came out."""
    sketch = "test_small: add(1, 2) -> 3\ntest_names_only\nadd(0, 5) == 5"
    verdict = examine(make_pair(ADD, sketch=sketch), lab).verdict
    assert [(c.line, c.text, c.outcome, c.got) for c in verdict.cases] == [
        (1, "test_small: add(1, 2) -> 3", "passed", "3"),
        (3, "add(0, 5) == 5", "passed", "5"),
    ]
    assert [(u.line, u.text) for u in verdict.unresolved] == [(2, "test_names_only")]


def test_a_suite_that_computes_runs_apart_from_the_code(lab: Lab, make_pair: MakePair) -> None:
    """What is not plain data is proved by the split of tests and code."""
    verdict = examine(make_pair(ADD, suite=SUITE), lab).verdict
    assert (verdict.status, verdict.assurance) == (VerdictStatus.ACCEPTED, Assurance.SPLIT)


def test_a_suite_of_plain_data_is_lifted(lab: Lab, make_pair: MakePair) -> None:
    """Its expectations never enter the sandbox."""
    suite = "from solution import add\ndef test_it():\n    assert add(1, 2) == 3\n    assert add(2, 2) == 4\n"
    verdict = examine(make_pair(ADD, suite=suite), lab).verdict
    assert (verdict.status, verdict.assurance) == (VerdictStatus.ACCEPTED, Assurance.VALUES)
    assert {case.source for case in verdict.cases} == {"suite"}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def add(a, b):\n    return a - b\n", Reason.CASE_FAILED),
        ("def add(a, b)\n    return a + b\n", Reason.PARSE),
        ("raise OSError(3)\ndef add(a, b):\n    return a + b\n", Reason.LOAD),
        ("def add(a, b):\n    while True:\n        pass\n", Reason.TIMEOUT),
        ("def add(a, b):\n    x = []\n    while True:\n        x.append(bytearray(10**7))\n",
         Reason.MEMORY),
        ("def add(a, b):\n    while True:\n        print('x' * 9999)\n", Reason.OUTPUT),
        ("import ctypes\ndef add(a, b):\n    ctypes.string_at(0)\n", Reason.CRASH),
        ("import os\ndef add(a, b):\n    os._exit(0)\n", Reason.PROTOCOL_VIOLATION),
        ("import socket\ndef add(a, b):\n    try:\n        socket.create_connection(('127.0.0.1', 9))\n"
         "    except OSError:\n        pass\n    return a + b\n", Reason.EXTERNAL_EFFECT),
        ("import random\ndef add(a, b):\n    return a + b + (random.random() < 0.001)\n",
         Reason.NONDETERMINISTIC),
        ("import time\ndef add(a, b):\n    return a + b if time.time() < 4e9 else 0\n",
         Reason.NONDETERMINISTIC),
    ],
)  # fmt: skip
def test_each_way_to_be_wrong_has_its_reason(
    lab: Lab, make_pair: MakePair, code: str, reason: Reason
) -> None:
    """None of these is accepted, and the reason says why."""
    verdict = examine(make_pair(code, sketch=SKETCH), lab).verdict
    assert verdict.status is VerdictStatus.REJECTED
    assert verdict.reasons == (reason,), verdict.detail


def test_an_answer_that_depends_on_the_hash_seed_is_found(lab: Lab, make_pair: MakePair) -> None:
    """Runs use interpreters with different hash seeds."""
    code = "def pick(words):\n    return list(set(words))[0]\n"
    words = [f"w{n}" for n in range(40)]
    case = CallCase(id="c", call=["call", None, "pick", [encode(words)], {}])
    seen = [
        lab.bench.execute(Source(code=code, cases=(case,)), variation).answers[0].value
        for variation in (PLAIN, *REPEATS)
    ]
    assert seen[0] != seen[1]
    assert seen[1] == seen[2]
    sketch = f"pick(['a']) == 'a'\npick({words!r}) == {seen[0][1]!r}"
    verdict = examine(make_pair(code, sketch=sketch), lab).verdict
    assert verdict.reasons == (Reason.NONDETERMINISTIC,)


def test_answers_that_wear_out_go_to_review(lab: Lab, make_pair: MakePair) -> None:
    """S0-16: a case that answers differently when called again in one process is not accepted."""
    code = (
        "seen = []\ndef add(a, b):\n    seen.append(1)\n    return a + b if len(seen) < 40 else 0\n"
    )
    verdict = examine(make_pair(code, sketch=SKETCH), lab).verdict
    assert verdict.status in (VerdictStatus.REVIEW, VerdictStatus.REJECTED)
    assert set(verdict.reasons) & {Reason.AMBIGUOUS, Reason.NONDETERMINISTIC}


def test_honest_randomness_is_not_punished(lab: Lab, make_pair: MakePair) -> None:
    """A random pivot that cannot change the answer passes under extreme draws too."""
    code = (
        "import random\n\ndef quicksort(xs):\n    if len(xs) < 2:\n        return list(xs)\n"
        "    p = random.choice(xs)\n    return (quicksort([x for x in xs if x < p])\n"
        "            + [x for x in xs if x == p] + quicksort([x for x in xs if x > p]))\n"
    )
    sketch = (
        "quicksort([3, 1, 2]) == [1, 2, 3]\nquicksort([]) == []\nquicksort([5, 5, 1]) == [1, 5, 5]"
    )
    verdict = examine(make_pair(code, sketch=sketch), lab).verdict
    assert verdict.status is VerdictStatus.ACCEPTED, verdict.detail


def test_a_sketch_that_the_suite_contradicts_is_a_spec_conflict(
    lab: Lab, make_pair: MakePair
) -> None:
    """A wrong example is not the code's fault."""
    verdict = examine(make_pair(ADD, sketch="add(1, 1) == 3", suite=SUITE), lab).verdict
    assert (verdict.status, verdict.reasons) == (VerdictStatus.REVIEW, (Reason.SPEC_CONFLICT,))


def test_pairs_without_tests_are_loaded_and_sent_to_review(lab: Lab, make_pair: MakePair) -> None:
    """Nothing is accepted unproved, and code that does not load is still rejected."""
    verdict = examine(make_pair(ADD, sketch="- test_small\n- test_large"), lab).verdict
    assert (verdict.status, verdict.reasons) == (VerdictStatus.REVIEW, (Reason.NEEDS_TESTS,))
    broken = examine(make_pair("raise RuntimeError('no')\n"), lab).verdict
    assert (broken.status, broken.reasons) == (VerdictStatus.REJECTED, (Reason.LOAD,))


def test_a_suite_of_no_tests_is_vacuous(lab: Lab, make_pair: MakePair) -> None:
    """Zero tests is never a pass."""
    verdict = examine(
        make_pair(ADD, suite="from solution import add\nx = add(1, 2)\n"), lab
    ).verdict
    assert verdict.status is VerdictStatus.REJECTED
    assert Reason.VACUOUS_TESTS in verdict.reasons


@pytest.mark.parametrize(
    "suite",
    [
        "from solution import add\ndef test_a():\n    add(1, 2)\n",
        "from solution import add\ndef test_a():\n    assert add(1, 2) is not None\n",
        "from solution import add\ndef test_a():\n    assert isinstance(add(1, 2), int)\n",
        "from solution import add\ndef test_a():\n    r = add(1, 2)\n    assert r == r\n",
        "from solution import add\ndef test_a():\n    try:\n        assert add(1, 2) == 4\n"
        "    except AssertionError:\n        pass\n",
        "import pytest\nfrom solution import add\n@pytest.mark.xfail\ndef test_a():\n    assert add(1, 2) == 4\n",
    ],
)
def test_tests_that_cannot_fail_reject_the_pair(lab: Lab, make_pair: MakePair, suite: str) -> None:
    """Even right code is not accepted by tests that accept everything."""
    verdict = examine(make_pair(ADD, suite=suite), lab).verdict
    assert verdict.status is VerdictStatus.REJECTED, verdict.detail


UNIVERSAL = """\
class Any:
    def __eq__(self, other): return True
    def __contains__(self, item): return True
    def __bool__(self): return True
    def __sub__(self, other): return 0.0
    def __abs__(self): return 0.0
    def startswith(self, text): return True

def slugify(text):
    return Any()
"""


@pytest.mark.parametrize(
    "check",
    ["assert slugify(text).startswith(want)", "assert want in slugify(text)",
     "assert abs(slugify(text) - len(want)) < 1e-9"],
)  # fmt: skip
def test_an_object_that_says_yes_proves_nothing(lab: Lab, make_pair: MakePair, check: str) -> None:
    """Tests that ask the answer itself are believed only where plain values decide."""
    suite = (
        "from solution import slugify\n\ndef test_it():\n"
        f"    for text, want in zip(['A b', 'C'], ['a', 'c']):\n        {check}\n"
    )
    verdict = examine(make_pair(UNIVERSAL, suite=suite, entry_point="slugify"), lab).verdict
    assert verdict.status is not VerdictStatus.ACCEPTED, verdict.detail


def test_a_class_with_equality_of_its_own_is_accepted(lab: Lab, make_pair: MakePair) -> None:
    """Instances may be compared with instances as long as plain values are compared too."""
    code = (
        "class Vector:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n"
        "    def __add__(self, o):\n        return Vector(self.x + o.x, self.y + o.y)\n"
        "    def __eq__(self, o):\n        return (self.x, self.y) == (o.x, o.y)\n"
    )
    suite = (
        "from solution import Vector\n\ndef test_add():\n"
        "    assert Vector(1, 2) + Vector(3, 4) == Vector(4, 6)\n"
        "    assert (Vector(1, 2) + Vector(3, 4)).x == 4\n\n"
        "def test_other():\n    assert Vector(1, 2) != Vector(2, 1)\n"
    )
    verdict = examine(make_pair(code, suite=suite, entry_point="Vector"), lab).verdict
    assert verdict.status is VerdictStatus.ACCEPTED, verdict.detail


def test_one_expected_value_is_not_enough(lab: Lab, make_pair: MakePair) -> None:
    """Tests that a constant satisfies need more tests."""
    verdict = examine(make_pair(ADD, sketch="add(1, 2) == 3\nadd(2, 1) == 3"), lab).verdict
    assert (verdict.status, verdict.reasons) == (VerdictStatus.REVIEW, (Reason.NEEDS_TESTS,))


def test_other_languages_are_skipped(lab: Lab, make_pair: MakePair) -> None:
    """A language that cannot run here is nobody's fault."""
    pair = make_pair("fn main() {}", language={"name": "rust"})
    verdict = examine(pair, lab).verdict
    assert (verdict.status, verdict.reasons) == (
        VerdictStatus.SKIPPED,
        (Reason.LANGUAGE_UNAVAILABLE,),
    )


def test_newer_syntax_than_the_toolchain_is_skipped(lab: Lab, make_pair: MakePair) -> None:
    """S0-1: code for a newer version is not called wrong by an older interpreter."""
    code = "def add(a, b) =: nonsense\n"
    pair = make_pair(code, sketch=SKETCH, language={"name": "python", "version": "3.99"})
    assert examine(pair, lab).verdict.reasons == (Reason.TOOLCHAIN_UNAVAILABLE,)
    older = make_pair(code, sketch=SKETCH, language={"name": "python", "version": "3.8"})
    assert examine(older, lab).verdict.reasons == (Reason.PARSE,)


def test_a_package_that_is_not_held_is_skipped(lab: Lab, make_pair: MakePair) -> None:
    """A missing dependency is the sandbox's gap, not the pair's fault."""
    verdict = examine(make_pair("import torch\n" + ADD, sketch=SKETCH), lab).verdict
    assert (verdict.status, verdict.reasons) == (
        VerdictStatus.SKIPPED,
        (Reason.TOOLCHAIN_UNAVAILABLE,),
    )


def test_programs_are_judged_by_what_they_print(lab: Lab, make_pair: MakePair) -> None:
    """stdin goes in, stdout comes out, and the expected text stays outside."""
    code = "n = int(input())\nprint(sum(int(input()) for _ in range(n)))\n"
    sketch = "Input:\n2\n3\n4\nOutput:\n7\n\nInput:\n1\n5\nOutput:\n5"
    right = examine(make_pair(code, sketch=sketch), lab).verdict
    assert (right.status, right.assurance) == (VerdictStatus.ACCEPTED, Assurance.VALUES)
    wrong = examine(make_pair(code.replace("sum(", "max("), sketch=sketch), lab).verdict
    assert wrong.reasons == (Reason.CASE_FAILED,)


def test_the_same_pair_gives_the_same_verdict(lab: Lab, make_pair: MakePair) -> None:
    """A verdict is a fact: all but the times is equal when it is reached again."""
    pair = make_pair(ADD, sketch=SKETCH, suite=SUITE)
    assert examine(pair, lab).verdict.essence() == examine(pair, lab).verdict.essence()
