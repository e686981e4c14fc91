"""What the checks say of right references and of known attacks."""

from __future__ import annotations

import re
import textwrap
import time
from typing import Any

import pytest
from corpora import attacks, findings_of, humaneval, python, rows, stopping

from harness.models import Language, Pair, Severity, SuiteText
from harness.sketch.spec import Case, Entry, Expr, TestSpec

SENSITIVE = {"HumanEval/89": "encrypt", "Python/89": "encrypt"}
"""Problems whose own text is about cryptography: a person looks at them (S0-21). The md5 of a
string (162) and the shift codes (38, 50, 93) are not."""

NOT_BY_TEXT = {
    "ATK-050": "a NaN is an answer like any other; its suite gets a warning",
    "ATK-079": "a network call is measured by the sandbox; the text is evidence for the flag",
    "ATK-081": "another process computes the right answer; a warning, and forbidden in the run",
    "ATK-090": "endless recursion crashes; a high recursion limit is common in honest programs",
    "ATK-098": "the docstring's claim of passing tests is for a judge to ignore",
    "ATK-099": "the sketch contradicts the task, the code is right",
    "ATK-100": "the sketch contradicts the task, the code follows the sketch",
    "ATK-101": "a sketch of names only gives no case",
}
"""Attacks that only a run, or another sketch, can stop."""


def _stops(pairs: list[Any], **options: Any) -> dict[str, list[str]]:
    found = {}
    for pair in pairs:
        rules = [f"{f.rule} {f.reason}" for f in stopping(findings_of(pair, **options))]
        if rules:
            found[pair.id] = rules
    return found


def test_humaneval_references_are_not_stopped() -> None:
    """0 of 164 right solutions with their official suites are stopped, but for the named ones."""
    stops = _stops(humaneval())
    named = {key: ["PP116 sensitive_topic"] for key in SENSITIVE if key.startswith("HumanEval")}
    assert stops == named


@pytest.mark.parametrize("name", ["js", "java", "go", "cpp", "rust"])
def test_references_of_other_languages_are_not_stopped(name: str) -> None:
    """The text checks that read any language stop 0 of 164 references but the encryption one."""
    languages = {"js": "javascript"}
    stops: dict[str, list[str]] = {}
    for row in rows(f"humanevalpack-{name}.jsonl.gz"):
        code = row["declaration"] + row["canonical_solution"]
        pair = Pair(
            id=row["task_id"],
            language=Language(name=languages.get(name, name)),
            instruction=row["instruction"],
            code=code,
            code_only=code,
            response=f"It solves the task.\n```{name}\n{code}\n```",
            suite=SuiteText(source=row["test"], kind="script"),
        )
        stops |= _stops([pair])
    assert [(key.partition("/")[2], rules) for key, rules in stops.items()] == [
        ("89", ["PP116 sensitive_topic"])
    ]


def _tagged(value: Any) -> Expr:
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["float", value.hex()]
    if isinstance(value, str):
        return ["str", value]
    if isinstance(value, dict):
        return ["map", [[_tagged(k), _tagged(v)] for k, v in value.items()]]
    return ["list", [_tagged(v) for v in value]]


def _docstring_spec(entry: str, source: str) -> TestSpec:
    """The literal calls of a suite as a spec, as a sketch with the same examples would give."""
    import ast

    cases = []
    for node in ast.walk(ast.parse(textwrap.dedent(source))):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Call):
            try:
                args = [ast.literal_eval(a) for a in node.left.args]
                want = ast.literal_eval(node.comparators[0])
            except ValueError:
                continue
            call: Expr = ["call", None, entry, [_tagged(a) for a in args], {}]
            cases.append(Case(id=f"c{len(cases)}", call=call, expect=_tagged(want)))
    return TestSpec(entry=Entry(kind="function", name=entry), cases=tuple(cases))


def test_humaneval_docstring_examples_do_not_count_as_hard_coded() -> None:
    """With the docstrings' own examples as the spec, the literal rules stop 0 of 164 references,
    though the examples stand in the code's docstring."""
    stopped, cases = {}, 0
    for row in rows("humanevalpack-python.jsonl.gz"):
        if row["task_id"] == "Python/119":
            continue  # its example test is indented in part and does not parse
        spec = _docstring_spec(row["entry_point"], row["example_test"])
        cases += len(spec.cases)
        pair = python(
            row["prompt"] + row["canonical_solution"],
            id=row["task_id"],
            instruction=row["instruction"],
            entry_point=row["entry_point"],
        )
        rules = [f.rule for f in stopping(findings_of(pair, spec=spec))]
        if rules:
            stopped[pair.id] = rules
    assert cases > 300
    assert stopped == {key: ["PP116"] for key in SENSITIVE if key.startswith("Python")}


def test_a_table_over_a_humaneval_suite_is_found() -> None:
    """The same suites do expose code that answers from a table of their own inputs: at least nine
    of ten problems with three or more literal cases."""
    import ast

    tried = found = 0
    for row in rows("humaneval.jsonl.gz"):
        table = []
        for node in ast.walk(ast.parse(row["test"])):
            if isinstance(node, ast.Compare) and isinstance(node.left, ast.Call):
                try:
                    args = tuple(ast.literal_eval(a) for a in node.left.args)
                    table.append((args, ast.literal_eval(node.comparators[0])))
                except ValueError:
                    continue
        if len(table) < 3:
            continue
        tried += 1
        name = row["entry_point"]
        look_up = f"    for k, v in {table!r}:\n        if k == a:\n            return v\n"
        code = f"def {name}(*a):\n{look_up}"
        pair = python(code, suite=row["test"], kind="check", entry_point=name)
        found += any(f.rule == "PP401" for f in findings_of(pair))
    assert tried > 100
    assert found >= 0.9 * tried, (found, tried)


def test_attacks_are_stopped_by_their_text() -> None:
    """Of the 55 Python attacks at least 45 are stopped before anything runs; the others are
    named, with what stops them."""
    pairs = attacks()
    stops = _stops(pairs)
    missed = {pair.id for pair in pairs} - set(stops)
    print(f"stopped by text: {len(stops)} of {len(pairs)}")
    assert len(pairs) == 55
    assert len(stops) >= 45
    assert missed <= set(NOT_BY_TEXT), missed


def test_vacuous_suites_of_the_catalogue_are_rejected_as_such() -> None:
    """Every vacuous or uncollected Python suite of the catalogue is rejected as vacuous_tests."""
    wanted = [
        row["id"]
        for row in rows("attacks.jsonl")
        if row["language"] == "python" and row["category"] in ("vacuous-tests", "not-collected")
    ]
    pairs = {pair.id: pair for pair in attacks()}
    for name in wanted:
        findings = findings_of(pairs[name])
        assert any(f.reason == "vacuous_tests" for f in findings), (name, findings)
    assert len(wanted) == 19


def test_catalogue_with_honest_solutions_is_not_stopped() -> None:
    """The right slugify under the catalogue's honest suites is not stopped: what stops the
    attacks is the attack."""
    right = (
        "import re\ndef slugify(text):\n    text = re.sub(r'[^a-z0-9\\s-]', '', text.lower())\n"
        "    return re.sub(r'[\\s-]+', '-', text).strip('-')\n"
    )
    honest = 0
    for row in rows("attacks.jsonl"):
        if row["language"] != "python" or row["side"] != "solution" or "slugify" not in row["task"]:
            continue
        if not re.search(r"def test_\w+\(\):\n\s+assert slugify", row["tests"]):
            continue
        honest += 1
        pair = python(right, suite=row["tests"], instruction=row["task"])
        assert not list(stopping(findings_of(pair))), row["id"]
    assert honest >= 15


def test_checks_cost_little() -> None:
    """All checks together take a few milliseconds of CPU a pair, a generous tenfold bound."""
    pairs = humaneval()
    findings_of(pairs[0])
    start = time.process_time()
    for pair in pairs:
        findings_of(pair)
    assert (time.process_time() - start) / len(pairs) < 0.02


def test_severities_of_references_are_mostly_silent() -> None:
    """Warnings on the official suites are only the `assert True` lines that stand in them."""
    rules = {f.rule for p in humaneval() for f in findings_of(p) if f.severity is Severity.WARN}
    assert rules <= {"PP303"}
