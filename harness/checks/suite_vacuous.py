"""PP300, PP301, PP307, PP316, PP317, PP318: suites as a whole that let wrong answers through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.models import Finding, Reason, Severity

_CODE = "def f(x):\n    return x.strip()\n"
_IMPORT = "from solution import f\n"
_GOOD = _IMPORT + "def test_a():\n    assert f(' a ') == 'a'\n"


class VacuousSuite:
    """A suite in which no test can fail on a wrong answer.

    Why: its pass says nothing. Only where that is certain from the text; a single assertion that
    can fail, or a call that may assert, is enough to leave the question to the run. Example: a
    suite whose only test is `assert True`.
    """

    id: ClassVar[str] = "PP300"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite=_IMPORT + "def test_a():\n    assert True\n",
            severity=Severity.REJECT,
        ),
        Example(fires=True, code=_CODE, suite=_IMPORT + "class Tests:\n    def check(self): ...\n"),
        Example(fires=True, code=_CODE, suite="def test_a():\n    assert len('ab') == 2\n"),
        Example(fires=False, code=_CODE, suite=_GOOD + "def test_b():\n    assert True\n"),
        Example(
            fires=False,
            code=_CODE,
            suite=_IMPORT + "from helpers import same\ndef test_a():\n    same(f(' a '), 'a')\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite=_IMPORT + "def test_a():\n    assert f(' a ') is not None\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One rejection that says, test by test, why none can fail."""
        report = subject.suite_report
        if report is None or report.can_fail:
            return
        if not report.tests:
            message = "the suite holds no test that would be collected"
        elif not report.uses_solution:
            message = "the suite never names the code under test"
        else:
            message = f"none of the {len(report.tests)} tests can fail on a wrong answer"
        why = {
            test.name: test.problem
            or next((s.judgement.why for s in test.scan.sites if s.judgement.rule), "no assertion")
            for test in report.tests[:20]
        }
        yield Finding(
            rule=self.id,
            severity=Severity.REJECT,
            reason=Reason.VACUOUS_TESTS,
            message=message,
            line=report.tests[0].line if report.tests else 0,
            facts={"tests": len(report.tests), "why": why},
        )


class NothingCollected:
    """A pytest suite in which the framework would collect nothing.

    Why: zero tests exit without a failure in many harnesses. Example: a TestCase whose only
    method is called `basic`.
    """

    id: ClassVar[str] = "PP301"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite=_IMPORT + "import unittest\nclass T(unittest.TestCase):\n"
            "    def basic(self):\n        self.assertEqual(f(' a '), 'a')\n",
        ),
        Example(fires=False, code=_CODE, suite=_GOOD),
        Example(fires=False, code=_CODE, kind="script", suite=_IMPORT + "assert f(' a ') == 'a'\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One warning."""
        report, suite = subject.suite_report, subject.pair.suite
        if report is None or suite is None or suite.kind != "pytest":
            return
        if not any(test.name != "<module>" for test in report.tests):
            yield Finding(
                rule=self.id,
                severity=Severity.WARN,
                message="no function or method of the suite is a test by name",
            )


class SolutionUnused:
    """A suite that names nothing of the code under test.

    Why: whatever it asserts, it asserts of something else. Example: only `assert len("ab") == 2`.
    """

    id: ClassVar[str] = "PP307"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(fires=True, code=_CODE, suite="def test_a():\n    assert len('ab') == 2\n"),
        Example(fires=False, code=_CODE, suite=_GOOD),
        Example(
            fires=False,
            code=_CODE,
            suite="import importlib\ndef test_a():\n"
            "    assert importlib.import_module('solution').f(' a ') == 'a'\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One warning."""
        report = subject.suite_report
        if report is not None and not report.uses_solution:
            yield Finding(
                rule=self.id,
                severity=Severity.WARN,
                message="the suite never names the code under test",
            )


class ExitStatusOnly:
    """A script whose only word is its exit status.

    Why: an exit before the last line is a pass, and the code under test can bring it about.
    Example: `raise SystemExit(fails)` at the end, with no assertion.
    """

    id: ClassVar[str] = "PP316"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            kind="script",
            suite=_IMPORT + "fails = 0\nif f(' a ') != 'a':\n    fails += 1\n"
            "raise SystemExit(fails)\n",
        ),
        Example(fires=False, code=_CODE, kind="script", suite=_IMPORT + "assert f(' a ') == 'a'\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One warning."""
        report, suite, tree = subject.suite_report, subject.pair.suite, subject.suite_index
        if report is None or suite is None or tree is None or suite.kind != "script":
            return
        from ast import Assert, Call

        asserts = tree.all(Assert) or any(
            tree.dotted(call.func).rsplit(".", 1)[-1].startswith("assert")
            for call in tree.all(Call)
        )
        if not asserts and any(test.scan.sites for test in report.tests):
            yield Finding(
                rule=self.id,
                severity=Severity.WARN,
                message="the script says only by its exit status whether the answers were right",
            )


class TypesOnly:
    """A suite that asks for a type, or for anything but None, and never for a value.

    Why: measured, such suites accept a perturbed answer in 97 to 100 of 100 cases; the run decides.
    Example: `assert isinstance(f(" a "), str)` alone.
    """

    id: ClassVar[str] = "PP317"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_CODE,
            suite=_IMPORT + "def test_a():\n    assert isinstance(f(' a '), str)\n"
            "def test_b():\n    assert f('b') is not None\n",
        ),
        Example(
            fires=False,
            code=_CODE,
            suite=_GOOD + "def test_b():\n    assert isinstance(f('b'), str)\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One warning."""
        report = subject.suite_report
        if report is None or any(test.scan.doubt for test in report.tests):
            return
        kinds = Counter(
            site.judgement.weak
            for test in report.tests
            for site in test.scan.sites
            if not site.judgement.rule
        )
        if kinds[True] and not kinds[False]:
            yield Finding(
                rule=self.id,
                severity=Severity.WARN,
                message="the suite asks for types only, never for a value",
                facts={"assertions": kinds[True]},
            )


class BrokenSuite:
    """A Python suite that Python's parser refuses.

    Why: it can run nothing, and that is the tests' fault, not the code's. Example: a suite cut off
    in the middle of a line.
    """

    id: ClassVar[str] = "PP318"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(fires=True, code=_CODE, suite="def test_a(:\n", severity=Severity.WARN),
        Example(fires=False, code=_CODE, suite=_GOOD),
        Example(fires=False, code="let x = 1;", language="javascript", suite="test('a', () => {})"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One warning."""
        suite = subject.pair.suite
        if suite is None or not subject.is_python or subject.suite_tree is not None:
            return
        if suite.source.strip():
            yield Finding(
                rule=self.id,
                severity=Severity.WARN,
                message="Python's parser refuses the suite",
            )
