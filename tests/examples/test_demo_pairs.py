"""The demo's input is what it says: right pairs are right, planted failures are really wrong."""

from __future__ import annotations

import ast
import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
BANDS = {"easy": (1, 15), "medium": (16, 50), "hard": (51, 150)}
FIELDS = {
    "id", "language", "difficulty_target", "topic_seed", "instruction", "response", "code_only",
    "test_sketch", "estimated_loc", "self_flagged_risks", "training_usable", "decision_basis",
}  # fmt: skip
PROGRAMS = {"stdin-line-sums", "stdin-csv-totals"}
STATUSES = {"accepted", "rejected", "review", "skipped", "quarantined"}
# Sketches in styles that are not one expression a line, said again as Python.
SAID_AGAIN = {
    "slug-arrows": """
        slugify('Sea and Shore') == 'sea-and-shore'
        slugify('Crème Brûlée') == 'creme-brulee'
        slugify('Tea, two sugars!') == 'tea-two-sugars'
        slugify('one -- two') == 'one-two'
        slugify('!!!') == ''""",
    "words-doctest": """
        count_words("To be, or not to be") == {'to': 2, 'be': 2, 'or': 1, 'not': 1}
        count_words("Don't stop") == {"don't": 1, 'stop': 1}
        count_words("") == {}""",
    "roman-table": """
        from_roman("III") == 3
        from_roman("XIV") == 14
        from_roman("XLII") == 42
        from_roman("MCMXCIV") == 1994""",
    "brackets-given-when-then": """
        is_balanced("(a[b]{c})") is True
        is_balanced("(]") is False
        is_balanced("((") is False""",
    "search-yaml": """
        find([1, 3, 5, 7], 5) == 2
        find([1, 3, 5, 7], 4) == -1
        find([], 1) == -1
        find([2], 2) == 0""",
    "top-k-json": """
        most_common(["b", "a", "b", "c"], 2) == ["b", "a"]
        most_common(["x", "y"], 5) == ["x", "y"]
        most_common([], 3) == []
        most_common(["q", "p", "q", "p"], 1) == ["p"]""",
    "pig-latin": """
        pig_latin("apple") == "appleway"
        pig_latin("string") == "ingstray"
        pig_latin("me") == "emay"
        pig_latin("hmm") == "hmmay\"""",
    "anagrams-any-order": """
        sorted(anagrams(["tea", "ate", "eat", "tan"], "eta")) == ["ate", "eat", "tea"]
        anagrams(["Dog"], "god") == ["Dog"]
        anagrams(["stop"], "stop") == []""",
    "deviation-approx": """
        deviation([2, 4, 4, 4, 5, 5, 7, 9]) == 2.0
        abs(deviation([1.0, 2.0]) - 0.5) < 1e-9
        abs(deviation([1, 2, 3]) - 0.816497) <= 0.001
        deviation([5]) == 0.0
        deviation([]) raises ValueError""",
    "temperature-words": """
        to_celsius(32) == 0.0
        to_celsius(212) == 100.0
        to_celsius(-40) == -40.0
        abs(to_celsius(98.6) - 37.0) < 1e-9""",
}


def read_rows() -> list[dict[str, Any]]:
    lines = (EXAMPLES / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[:-1]]


ROWS = {row["id"]: row for row in read_rows()}
EXPECTED: dict[str, dict[str, Any]] = json.loads((EXAMPLES / "expected.json").read_text())
ACCEPTED = [key for key, value in EXPECTED.items() if value["status"] == "accepted"]
# What is right about these is their code; they are held back or repaired for another reason.
RIGHT_CODE = [*ACCEPTED, "tests-vacuous", "sketch-names-only", "sensitive-passwords"]


def test_every_line_has_an_expectation_and_the_last_is_broken() -> None:
    """58 lines, unique ids, each with a status and known reasons; the last is not JSON."""
    lines = (EXAMPLES / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 58
    assert set(EXPECTED) == {*ROWS, "line-unreadable"}
    assert len(ROWS) == len(lines) - 1
    with pytest.raises(json.JSONDecodeError):
        json.loads(lines[-1])
    for expected in EXPECTED.values():
        assert expected["status"] in STATUSES
        assert bool(expected["reasons"]) is (expected["status"] != "accepted")


@pytest.mark.parametrize("key", ROWS)
def test_rows_have_the_card_shape(key: str) -> None:
    """S0-2, S0-3, S0-6: the card's fields and no others, an integer size, a short basis."""
    row = ROWS[key]
    assert set(row) - {"tests"} == FIELDS
    assert type(row["estimated_loc"]) is int
    assert row["training_usable"] is True
    assert row["self_flagged_risks"] == []
    assert len(row["decision_basis"].split()) <= 30
    assert row["test_sketch"].strip()


@pytest.mark.parametrize("key", [k for k in ROWS if k != "mismatch-code-only"])
def test_responses_hold_the_code(key: str) -> None:
    """S0-7, S0-8: one or two sentences, then one fenced block that equals code_only."""
    row = unescaped(ROWS[key])
    before, fence, rest = row["response"].partition("\n\n```")
    language, _, code = rest.partition("\n")
    assert fence and language in ("python", "javascript")
    assert code == row["code_only"] + "\n```"
    assert 1 <= len(re.findall(r"[.!?](?:\s|$)", before)) <= 2


def test_the_mismatched_row_is_the_only_one_whose_code_differs() -> None:
    """The planted mismatch is a real one: its copy of the code computes something else."""
    row = ROWS["mismatch-code-only"]
    assert row["code_only"] not in row["response"]


@pytest.mark.parametrize("key", ACCEPTED)
def test_right_pairs_keep_their_band(key: str) -> None:
    """S0-12, S0-13: the size claimed is the size measured and lies in the band claimed."""
    row = unescaped(ROWS[key])
    lines = [line.strip() for line in row["code_only"].splitlines()]
    measured = sum(1 for line in lines if line and not line.startswith("#"))
    low, high = BANDS[row["difficulty_target"]]
    assert row["estimated_loc"] == measured
    assert low <= measured <= high


def unescaped(row: dict[str, Any]) -> dict[str, Any]:
    if row["id"] != "escaped-twice":
        return row
    return {k: v.replace("\\n", "\n") if isinstance(v, str) else v for k, v in row.items()}


def claims(row: dict[str, Any]) -> list[str]:
    """The sketch as Python expressions, one a line, or `call raises Error`."""
    said = SAID_AGAIN.get(row["id"])
    lines = (said or row["test_sketch"]).strip().splitlines()
    found = []
    for line in lines:
        text = re.sub(r"^\s*(?:[-*] |\d+\. |[\w ]+: )?(?:await )?", "", line).strip()
        text = re.sub(r"\s+(?:->|=>|→|should return|returns|#)\s+", " == ", text, count=1)
        found.append(text)
    return [text for text in found if text]


def check_claim(text: str, scope: dict[str, Any]) -> None:
    """Hold one claim against loaded code."""
    steps = text.split("; ")
    for step in steps[:-1]:
        exec(step, scope)
    call, raises, error = steps[-1].partition(" raises ")
    if raises:
        with pytest.raises(getattr(__import__("builtins"), error)):
            settle(eval(call, scope))
        return
    tree = ast.parse(steps[-1], mode="eval").body
    assert isinstance(tree, ast.Compare) and len(tree.ops) == 1, text
    left = settle(eval(ast.unparse(tree.left), scope))
    held = {**scope, "left": left}
    right = ast.unparse(tree.comparators[0])
    operator = {ast.Eq: "==", ast.Is: "is", ast.Lt: "<", ast.LtE: "<="}[type(tree.ops[0])]
    assert eval(f"left {operator} {right}", held), f"{text}: {left!r}"


def settle(value: Any) -> Any:
    """What a coroutine comes to."""
    return asyncio.run(value) if asyncio.iscoroutine(value) else value


def load(row: dict[str, Any]) -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": "solution"}
    module = sys.modules["solution"] = type(sys)("solution")
    scope = module.__dict__
    exec(compile(row["code_only"], "solution.py", "exec"), scope)
    return scope


@pytest.mark.parametrize("key", [k for k in ACCEPTED if k not in PROGRAMS | {"lru-pytest-body"}])
def test_sketches_of_right_pairs_are_true(key: str) -> None:
    """Every example of the sketch is what the code really does."""
    row = unescaped(ROWS[key])
    found = claims(row)
    assert len(found) >= 3
    for text in found:
        check_claim(text, load(row))


@pytest.mark.parametrize("key", ["sensitive-passwords"])
def test_held_back_pairs_are_right(key: str) -> None:
    """The row of the sensitive topic is held back for its topic alone."""
    for text in claims(ROWS[key]):
        check_claim(text, load(ROWS[key]))


@pytest.mark.parametrize("key", sorted(PROGRAMS))
def test_programs_print_what_the_sketch_says(key: str, tmp_path: Path) -> None:
    """Each Input block, fed to the program, gives its Output block."""
    row = ROWS[key]
    (tmp_path / "solution.py").write_text(row["code_only"])
    blocks = re.findall(
        r"Input:\n(.*?)\n+Output:\n(.*?)(?=\n+Input:|\Z)", row["test_sketch"], re.DOTALL
    )
    assert len(blocks) >= 2
    for given, printed in blocks:
        done = subprocess.run(
            [sys.executable, "solution.py"], input=given + "\n", cwd=tmp_path, text=True,
            capture_output=True, check=True, timeout=300,
        )  # fmt: skip
        assert done.stdout.strip() == printed.strip()


def run_pytest(code: str, suite: str, folder: Path) -> int:
    (folder / "solution.py").write_text(code)
    (folder / "test_solution.py").write_text(suite)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=300)
    return done.returncode


@pytest.mark.parametrize("key", [k for k, row in ROWS.items() if "tests" in row])
def test_suites_pass_beside_their_code(key: str, tmp_path: Path) -> None:
    """Every suite passes natively, which for the vacuous one and the liar is the point."""
    assert run_pytest(ROWS[key]["code_only"], ROWS[key]["tests"], tmp_path) == 0


def test_the_sketch_written_as_pytest_is_true(tmp_path: Path) -> None:
    """The sketch that is a pytest body passes as one."""
    row = ROWS["lru-pytest-body"]
    assert (
        run_pytest(row["code_only"], "from solution import *\n" + row["test_sketch"], tmp_path) == 0
    )


@pytest.mark.parametrize(
    "key", [k for k in ROWS if k.startswith("bug-")] + ["api-hallucinated", "spec-conflict"]
)
def test_planted_bugs_fail_their_sketch(key: str) -> None:
    """Each subtle bug is caught by at least one example, and not by all of them."""
    row = ROWS[key]
    failed = 0
    for text in claims(row):
        try:
            check_claim(text, load(row))
        except (AssertionError, AttributeError):
            failed += 1
    assert failed >= 1
    if key != "api-hallucinated":
        assert failed < len(claims(row))


@pytest.mark.parametrize("key", ["time-bomb", "network-call", "cheat-lookup-table"])
def test_cheats_pass_a_naive_run(key: str) -> None:
    """These cheats pass every visible example today: only more than running them tells."""
    row = ROWS[key]
    for text in claims(row):
        check_claim(text, load(row))


def test_pseudocode_and_javascript_are_no_python() -> None:
    """Neither row parses as Python."""
    for key in ("pseudocode", "language-javascript"):
        with pytest.raises(SyntaxError):
            ast.parse(ROWS[key]["code_only"])
