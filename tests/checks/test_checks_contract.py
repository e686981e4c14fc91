"""Every check keeps the contract: its own examples, its id, and no exception on any input."""

from __future__ import annotations

import ast
import re
import time

import pytest

from harness.checks import Check, Example, checks_digest, load_checks, run_checks, subject_for
from harness.checks._registry import collect
from harness.errors import Misuse
from harness.models import Finding, Language, Pair, Policy, Reason, Severity, SuiteText

ORDER = list(Severity)
BROKEN = [
    "",
    "\0",
    "def f(:",
    "(" * 300,
    "x = " + "1+" * 20000 + "1",
    "x = " + "-" * 3000 + "1",
    "x = " + "[" * 90 + "]" * 90,
    "a" + ".b" * 3000,
    "f" + "()" * 3000,
    "\ud800",
    "if 1: pass\n" + "elif 2: pass\n" * 500,
    "x = 0x" + "f" * 5000,
    "assert " + "not " * 3000 + "f(1)",
    "def test_a():\n    assert f(1) == " + "[" * 90 + "]" * 90,
    "```\n" * 50,
    "é = 'ß'\n",
    "class A(B, metaclass=C): x: int = 1; y: 'A'\nasync def f(*, a, **k): return await a\n",
    "match x:\n    case [1, *r] | {'a': 1, **k} | A(b=2): pass\n",
]


def _of(check: Check, example: Example) -> list[Finding]:
    return list(check.run(subject_for(example.pair(), policy=Policy())))


def _cases() -> list[tuple[Check, int, Example]]:
    return [(c, n, e) for c in load_checks() for n, e in enumerate(c.examples)]


@pytest.mark.parametrize(
    ("check", "number", "example"), _cases(), ids=lambda v: getattr(v, "id", None)
)
def test_examples_fire_as_they_say(check: Check, number: int, example: Example) -> None:
    """A check's own examples fire, or do not, with the severity that they name."""
    del number
    findings = _of(check, example)
    assert bool(findings) is example.fires, findings
    if example.severity is not None:
        assert max((f.severity for f in findings), key=ORDER.index) is example.severity


@pytest.mark.parametrize("check", load_checks(), ids=lambda c: c.id)
def test_check_is_documented(check: Check) -> None:
    """Each check has an id of its family, both kinds of example, and a docstring with a why."""
    assert re.fullmatch(r"PP[1-6]\d\d", check.id)
    assert check.version >= 1
    assert {example.fires for example in check.examples} == {True, False}
    text = type(check).__doc__ or ""
    assert "Why:" in text and "Example" in text


def test_findings_carry_their_rule_and_reason() -> None:
    """Every finding of the examples names its own rule; review and reject carry a reason code."""
    codes = {reason.value for reason in Reason}
    seen = 0
    for check, _, example in _cases():
        for finding in _of(check, example):
            seen += 1
            assert finding.rule == check.id
            if finding.severity in (Severity.REVIEW, Severity.REJECT):
                assert finding.reason in codes, finding
            else:
                assert finding.reason == "", finding
    assert seen > 0


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_no_check_raises_on_broken_input(text: str) -> None:
    """Whatever stands in code, suite, response or sketch, a finding comes back, never an error."""
    for kind in ("pytest", "check", "script"):
        pair = Pair(
            id="broken",
            language=Language(name="python"),
            instruction=text,
            response=text,
            code=text,
            code_only=text,
            sketch=text,
            suite=SuiteText.model_validate({"source": text, "kind": kind}),
        )
        findings = run_checks(subject_for(pair, policy=Policy()))
        assert isinstance(findings, tuple)


def test_findings_are_the_same_twice() -> None:
    """Checks are pure: the same pair gives the same findings in the same order."""
    pair = load_checks()[0].examples[0].pair()
    first = run_checks(subject_for(pair, policy=Policy()))
    assert first == run_checks(subject_for(pair, policy=Policy()))
    assert first


def test_two_checks_with_one_id_are_named() -> None:
    """Two checks with one id stop the run, and the error names both classes."""
    check = type(load_checks()[0])
    twin = type("Twin", (check,), {"__module__": "elsewhere"})
    with pytest.raises(Misuse, match=rf"{check.__name__}.*elsewhere\.Twin"):
        collect([check, twin])


def test_checks_come_in_the_order_of_their_ids() -> None:
    """Discovery does not depend on file order, and the digest covers ids and versions."""
    ids = [check.id for check in load_checks()]
    assert ids == sorted(set(ids))
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", checks_digest())


def test_source_over_the_cap_is_not_parsed() -> None:
    """A source above one MiB is a parse error of ours to report, not a load on the host."""
    pair = Pair(id="big", language=Language(name="python"), code="x = 1\n" * 200_000)
    subject = subject_for(pair, policy=Policy())
    assert subject.tree is None and "longer than" in subject.parse_error


def test_subject_for_parses_only_python() -> None:
    """Other languages have no tree and no parse error here: their own parser speaks later."""
    pair = Pair(id="js", language=Language(name="javascript"), code="let x = 1;")
    subject = subject_for(pair, policy=Policy())
    assert subject.tree is None and subject.parse_error == ""
    python = subject_for(
        Pair(id="py", language=Language(name="python"), code="x = '\\d'"), policy=Policy()
    )
    assert isinstance(python.tree, ast.Module)


WIDE = {
    "newlines": ("\n" * 100_000 + "def f(:", ""),
    "doubling helpers": (
        "def f(x): return x\n",
        "\n".join(f"def h{n}():\n    h{n + 1}()\n    h{n + 1}()" for n in range(60))
        + "\ndef h60():\n    pass\ndef test_a():\n    h0()\n",
    ),
    "many tests": (
        "def f(x): return x\n",
        "from solution import f\n"
        + "\n".join(f"def test_{n}():\n    assert f({n}) == {n}" for n in range(2000)),
    ),
    "many invented names": ("\n".join(f"import zzmod{n}" for n in range(5000)), ""),
    "many backticks": ("`a``b" * 20_000, ""),
}


@pytest.mark.parametrize("name", WIDE)
def test_no_input_costs_seconds(name: str) -> None:
    """Input that is made to be slow costs time in proportion to its length, not more."""
    code, suite = WIDE[name]
    pair = Pair(
        id=name,
        language=Language(name="python"),
        code=code,
        code_only=code,
        response=code,
        instruction=code,
        suite=SuiteText(source=suite, kind="pytest") if suite else None,
    )
    start = time.process_time()
    run_checks(subject_for(pair, policy=Policy()))
    assert time.process_time() - start < 5
