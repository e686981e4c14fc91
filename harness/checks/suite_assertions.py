"""PP302, PP303, PP304, PP310, PP311, PP315: assertions that hold whatever the code does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.checks._notes import suite_findings
from harness.models import Finding

_CODE = "def f(x):\n    return x.strip()\n"


class NoAssertion:
    """Tests without an assertion, and comparisons whose result is dropped.

    Why: a call alone only shows that nothing was raised; measured, 151 of 151 such suites accept
    wrong answers. Example: `def test_a(): f(" a ")`.
    """

    id: ClassVar[str] = "PP302"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True, code=_CODE, suite="from solution import f\ndef test_a():\n    f(' a ')\n"
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    f(' a ') == 'a'\n"
            "    assert f('b') == 'b'\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert f(' a ') == 'a'\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef same(x, y):\n    assert f(x) == y\n"
            "def test_a():\n    same(' a ', 'a')\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\nimport numpy as np\ndef test_a():\n"
            "    np.testing.assert_equal(f(' a '), 'a')\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="def check(candidate):\n    assert candidate(' a ') == 'a'\n",
            kind="check",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """A warning for each."""
        return suite_findings(subject, self.id)


class ConstantAssertion:
    """Assertions on a constant, on the same thing twice, or with `or True`.

    Why: they hold for every answer. Example: `assert f(" a ") == "a" or True`.
    """

    id: ClassVar[str] = "PP303"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True, code=_CODE, suite="from solution import f\ndef test_a():\n    assert True\n"
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert f('a') == f('a')\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert f(' a ') == 'a' or True\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n"
            "    assert (f(' a ') == 'a', 'message')\n",
        ),
        Example(
            fires=True, code=_CODE, suite="from solution import f\ndef test_a():\n    assert f\n"
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert len(f('a')) >= 0\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nimport unittest\nclass T(unittest.TestCase):\n"
            "    def test_a(self):\n        self.assertEqual(1, 1)\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert f(' a ') == 'a'\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert f(' a ') == f('a')\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert False, f('a')\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """A warning for each."""
        return suite_findings(subject, self.id)


class GuardedAssertion:
    """Assertions that only run where they already hold, or never.

    Why: a wrong answer walks past them. Example: `if f("a") == "b": assert f("a") == "b"`.
    """

    id: ClassVar[str] = "PP304"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    if f(' a ') == 'a':\n"
            "        assert f(' a ') == 'a'\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    if False:\n"
            "        assert f(' a ') == 'a'\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    r = f(' a ')\n"
            "    if isinstance(r, str):\n        assert r == 'a'\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert f(' a ') == 'a'\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """A warning for each."""
        return suite_findings(subject, self.id)


class HugeTolerance:
    """Tolerances so large that any number passes.

    Why: the comparison decides nothing. Example: `abs(f(x) - 2) < 1e9`.
    """

    id: ClassVar[str] = "PP310"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert abs(f(1) - 2) < 1e9\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nimport pytest\ndef test_a():\n"
            "    assert f(1) == pytest.approx(2, abs=1e6)\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nimport math\ndef test_a():\n"
            "    assert math.isclose(f(1), 2, rel_tol=50)\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert abs(f(1) - 2) < 1e-9\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert abs(f(1) - 3e9) < 2000\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert f(1) < 1e9\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """A warning for each."""
        return suite_findings(subject, self.id)


class AnyPattern:
    """Regular expressions that match any text.

    Why: `re.match(".*", answer)` holds for every string. Example: `assert re.match(".*", f(x))`.
    """

    id: ClassVar[str] = "PP311"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nimport re\ndef test_a():\n"
            "    assert re.match('.*', f('a'))\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nimport re\ndef test_a():\n"
            "    assert re.search('x*', f('a')) is not None\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\nimport re\ndef test_a():\n"
            "    assert re.fullmatch('[a-z]*', f('a'))\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\nimport re\ndef test_a():\n"
            "    assert re.match('a*$', f('a'))\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """A warning for each."""
        return suite_findings(subject, self.id)


class DeniedOrder:
    """Assertions that deny an order instead of asserting one.

    Why: a NaN satisfies `not (r < 1.99)` and `not (r > 2.01)` at once. Example: both of these.
    """

    id: ClassVar[str] = "PP315"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    r = f(1)\n"
            "    assert not (r < 1.99)\n    assert not (r > 2.01)\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert 1.99 <= f(1) <= 2.01\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert not f('')\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """A warning for each."""
        return suite_findings(subject, self.id)
