"""PP305, PP306, PP308, PP309, PP312, PP313, PP314: tests that never reach their question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.checks._notes import suite_findings
from harness.models import Finding

_CODE = "def f(x):\n    return x.strip()\n"


class EmptyTable:
    """Loops and parametrizations over an empty table.

    Why: the test runs zero times. Example: `@pytest.mark.parametrize("s,want", [])`.
    """

    id: ClassVar[str] = "PP305"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    for s, want in []:\n"
            "        assert f(s) == want\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nimport pytest\n"
            "@pytest.mark.parametrize('s,want', [])\ndef test_a(s, want):\n"
            "    assert f(s) == want\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nCASES = []\ndef test_a():\n"
            "    for s, want in CASES:\n        assert f(s) == want\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\nCASES = []\nCASES.append((' a', 'a'))\n"
            "def test_a():\n    for s, want in CASES:\n        assert f(s) == want\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    for s, want in [(' a', 'a')]:\n"
            "        assert f(s) == want\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """A warning for each."""
        return suite_findings(subject, self.id)


class MockedSubject:
    """A mock, or the suite's own function, in the place of the code under test.

    Why: the suite then tests itself. Mocks of what the code depends on are fine. Example:
    `with mock.patch("solution.f", return_value="a"): assert solution.f(" a ") == "a"`.
    """

    id: ClassVar[str] = "PP306"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite="from unittest import mock\nimport solution\ndef test_a():\n"
            "    with mock.patch('solution.f', return_value='a'):\n"
            "        assert solution.f(' a ') == 'a'\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from unittest.mock import MagicMock\nf = MagicMock(return_value='a')\n"
            "def test_a():\n    assert f(' a ') == 'a'\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="def f(x):\n    return x.strip()\ndef test_a():\n    assert f(' a ') == 'a'\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\nfrom unittest import mock\ndef test_a():\n"
            "    with mock.patch('solution.time.sleep') as s:\n"
            "        assert f(' a ') == 'a'\n",
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


class NeverEvaluated:
    """Coroutines that nobody awaits, lambdas and generators that nobody evaluates.

    Why: their assertions never run. Example: `async def inner(): assert ...` and then `inner()`.
    """

    id: ClassVar[str] = "PP308"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    async def inner():\n"
            "        assert f(' a ') == 'a'\n    inner()\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    lambda: f(' a ') == 'a'\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    def inner():\n"
            "        assert f(' a ') == 'a'\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n"
            "    assert (f(x) == y for x, y in [(' a', 'a')])\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\nimport asyncio\ndef test_a():\n"
            "    async def inner():\n        assert f(' a ') == 'a'\n"
            "    asyncio.run(inner())\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n"
            "    assert all(f(x) == y for x, y in [(' a', 'a')])\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """A warning for each."""
        return suite_findings(subject, self.id)


class BroadRaises:
    """`raises(Exception)` and its like, which accept any error for the expected one.

    Why: a misspelt name passes as the expected error, and an assertion inside can only help the
    test to pass. Example: `with pytest.raises(Exception): assert f(" a ") == "a"`.
    """

    id: ClassVar[str] = "PP309"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nimport pytest\ndef test_a():\n"
            "    with pytest.raises(Exception):\n        assert f(' a ') == 'a'\n"
            "        raise ValueError\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nimport pytest\ndef test_a():\n"
            "    with pytest.raises(Exception):\n        f(None)\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\nimport pytest\ndef test_a():\n"
            "    with pytest.raises(AttributeError):\n        f(None)\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """A warning for each."""
        return suite_findings(subject, self.id)


class SwallowedFailure:
    """Failing assertions that are caught and dropped.

    Why: the test ends well whatever the answer. Example: `try: assert ...` with
    `except AssertionError: pass`.
    """

    id: ClassVar[str] = "PP312"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    try:\n"
            "        assert f(' a ') == 'a'\n    except AssertionError:\n        pass\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nimport contextlib\ndef test_a():\n"
            "    with contextlib.suppress(Exception):\n        assert f(' a ') == 'a'\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    try:\n        f(None)\n"
            "    except AttributeError:\n        pass\n    else:\n"
            "        assert False\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    try:\n"
            "        assert f(' a ') == 'a'\n    except AssertionError as e:\n"
            "        raise ValueError from e\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """A warning for each."""
        return suite_findings(subject, self.id)


class ShadowedTest:
    """Tests whose name is defined again below (F811): the first never runs.

    Why: a reader counts two tests, the framework one. Example: `test_a` twice, the second empty.
    """

    id: ClassVar[str] = "PP313"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert f(' a ') == 'a'\n"
            "def test_a():\n    pass\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite="from solution import f\ndef test_a():\n    assert f(' a ') == 'a'\n"
            "def test_b():\n    assert f('b') == 'b'\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """A warning for each."""
        return suite_findings(subject, self.id)


class SkippedTest:
    """Marks that keep a test from running or from counting: skip, xfail, expectedFailure.

    Why: neither a skipped nor an expected failure is a pass. Example: `@pytest.mark.xfail`.
    """

    id: ClassVar[str] = "PP314"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nimport pytest\n@pytest.mark.xfail\ndef test_a():\n"
            "    assert f(' a ') == 'a'\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nimport pytest\ndef test_a():\n"
            "    pytest.skip('later')\n    assert f(' a ') == 'a'\n",
        ),
        Example(
            fires=True,
            code=_CODE,
            suite="from solution import f\nimport unittest\n@unittest.skip('later')\n"
            "class T(unittest.TestCase):\n    def test_a(self):\n"
            "        self.assertEqual(f(' a '), 'a')\n",
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
