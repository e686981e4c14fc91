"""Classes that compare themselves: honest ones are believed, liars are found, order is varied."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.models import Assurance, Pair, Reason, VerdictStatus
from harness.pipeline import Lab, examine

VEC = (
    "class Vec:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n"
    "    def __add__(self, o):\n        return Vec(self.x + o.x, self.y + o.y)\n"
    "    def __eq__(self, o):\n        if not isinstance(o, Vec):\n            return False\n"
    "        return (self.x, self.y) == (o.x, o.y)\n"
    "    def __hash__(self):\n        return hash((self.x, self.y))\n"
)
SUITE = (
    "from solution import Vec\n"
    "def test_add():\n    assert Vec(1, 2) + Vec(3, 4) == Vec(4, 6)\n"
    "    assert Vec(0, 0) + Vec(1, 1) == Vec(1, 1)\n"
    "def test_parts():\n    v = Vec(7, 8)\n    assert (v.x, v.y) == (7, 8)\n"
    "    assert Vec(1, 2) != 'x'\n"
)
Make = Callable[..., Pair]


def test_an_honest_class_is_accepted(lab: Lab, make_pair: Make) -> None:
    """A wrong answer beside a wrong comparison is no proof that the tests are vacuous."""
    verdict = examine(make_pair(VEC, suite=SUITE), lab).verdict
    assert verdict.status is VerdictStatus.ACCEPTED, verdict.detail
    assert verdict.assurance is Assurance.SPLIT


@pytest.mark.parametrize(
    "lie", ["(o.x, o.y) == (o.x, o.y)", "(self.x, o.x) != (1, 2)", "hasattr(o, 'x')"]
)
def test_a_comparison_that_compares_nothing_is_found(lab: Lab, make_pair: Make, lie: str) -> None:
    """Every object is equal to every other, so wrong sums pass: never accepted."""
    code = VEC.replace("(self.x, self.y) == (o.x, o.y)", lie).replace("self.x + o.x", "0")
    verdict = examine(make_pair(code, suite=SUITE), lab).verdict
    assert verdict.status is VerdictStatus.REVIEW
    assert verdict.reasons == (Reason.NEEDS_TESTS,)
    assert "calls different objects equal" in verdict.detail


def test_state_that_one_order_hides_is_found_backwards(lab: Lab, make_pair: Make) -> None:
    """A default that grows: right in the order of the text, wrong the other way round."""
    code = (
        "def f(xs, acc=[]):\n    acc.extend(xs)\n"
        "    return sorted(set(acc))[-len(xs):] if xs else []\n"
    )
    suite = (
        "from solution import f\ndef test_a():\n    assert f([2, 1]) == [1, 2]\n"
        "def test_b():\n    assert f([9, 8]) == [8, 9]\n"
    )
    verdict = examine(make_pair(code, suite=suite), lab).verdict
    assert verdict.status is VerdictStatus.REJECTED
    assert verdict.reasons == (Reason.NONDETERMINISTIC,)


def test_code_that_reads_its_tests_is_not_accepted(lab: Lab, make_pair: Make) -> None:
    """Code that fails apart from its tests and passes beside them shares a process with them."""
    code = (
        "def f(x):\n    try:\n        raise KeyError\n    except KeyError as e:\n"
        "        frame = getattr(e.__traceback__, 'tb_' + 'frame')\n"
        "    while frame is not None:\n        if frame.f_code.co_name.startswith('test'):\n"
        "            words = [c for c in frame.f_code.co_consts if type(c) is str]\n"
        "            return next((c for c in words if c.isalpha() and c != x), '')\n"
        "        frame = getattr(frame, 'f_' + 'back')\n    return ''\n"
    )
    suite = "".join(
        f"def test_{n}():\n    r = f({given!r})\n    assert r == {wanted!r}\n"
        for n, given, wanted in (("a", "ab", "ba"), ("b", "xyz", "zyx"), ("c", "no", "on"))
    )
    verdict = examine(make_pair(code, suite=f"from solution import f\n{suite}"), lab).verdict
    assert verdict.status is not VerdictStatus.ACCEPTED
    assert verdict.assurance in (Assurance.PAIRED, Assurance.NATIVE)


@pytest.mark.parametrize("says", ["", ", '__module__': 'builtins'"])
def test_an_error_of_the_same_name_is_another_error(lab: Lab, make_pair: Make, says: str) -> None:
    """`ValueError` is the builtin one, whatever a class of the code calls itself."""
    code = (
        f"ValueError = type('ValueError', (Exception,), {{'x': 1{says}}})\n"
        "def f(s):\n    if not s:\n        raise ValueError('empty')\n    return int(s)\n"
    )
    sketch = "- f('12') returns 12\n- f('7') returns 7\n- f('') raises ValueError\n"
    verdict = examine(make_pair(code, sketch=sketch), lab).verdict
    assert verdict.status is VerdictStatus.REJECTED
    assert verdict.reasons == (Reason.CASE_FAILED,)


@pytest.mark.parametrize("spoiler", ["globals = 5\n", "globals = dict\n"])
def test_code_that_breaks_the_probes_is_not_accepted(
    lab: Lab, make_pair: Make, spoiler: str
) -> None:
    """Where the code does not load with its answers replaced, no test was seen to fail."""
    suite = (
        "from solution import f\ndef ok(r):\n    return r is not None or True\n"
        "def test_a():\n    outcome = [ok(f('x'))]\n    for o in outcome:\n        assert o\n"
    )
    code = f"{spoiler}def f(x):\n    return x\n"
    verdict = examine(make_pair(code, suite=suite), lab).verdict
    assert verdict.status is not VerdictStatus.ACCEPTED
    assert {*verdict.reasons} <= {Reason.NEEDS_TESTS, Reason.VACUOUS_TESTS}
