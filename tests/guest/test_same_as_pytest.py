"""The guest's two runners come to what `python -m pytest` comes to on real files."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from harness.dataset import read_pairs
from harness.models import Pair
from runners.guest.outline import outline
from tests.guest.conftest import report_of
from tests.guest.idioms import IDIOMS

HERE = Path(__file__).parent
Program = tuple[str, str, str]
Outcomes = dict[str, tuple[str, str]]


@cache
def programs() -> tuple[Program, ...]:
    """Suites with right code and with wrong code, by name: (name, solution, tests)."""
    found: list[Program] = []
    for file in ("pairs.jsonl", "wrong.jsonl"):
        for pair in read_pairs([HERE.parent / "honest" / file]):
            if isinstance(pair, Pair) and pair.suite is not None and pair.suite.kind == "pytest":
                found.append((f"{file}:{pair.id}", pair.code, pair.suite.source))
    for name, idiom in IDIOMS.items():
        found.append((f"{name}, right", idiom.right, idiom.suite))
        found.append((f"{name}, wrong", idiom.right.replace(idiom.old, idiom.new, 1), idiom.suite))
    return tuple(p for p in found if _is_complete(p[1], p[2]))


def _is_complete(code: str, suite: str) -> bool:
    """Whether the suite runs as a file: it imports all that it reads."""
    plan, about = outline(suite), outline(code)
    if plan is None or about is None or not plan.tests or "solution" not in plan.imports:
        return False
    if any(isinstance(n, ast.AsyncFunctionDef) and n.name in plan.tests for n in plan.tree.body):
        return False  # pytest alone cannot run it; the guest does
    if any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(plan.tree)):
        return False  # likewise, outside of a package
    return not (plan.free - _bound(plan.tree)) & (_bound(about.tree) | sys.stdlib_module_names)


def _bound(tree: ast.Module) -> set[str]:
    """Names that are bound anywhere: variables, parameters, functions, classes."""
    nodes = list(ast.walk(tree))
    named = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    return named | stored | {node.arg for node in nodes if isinstance(node, ast.arg)}


@cache
def expected() -> dict[str, Outcomes]:
    """What plain pytest says of each program."""
    done = subprocess.run(
        [sys.executable, str(HERE / "plain_pytest.py")],
        input=json.dumps(programs()), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {
        name: {test: (outcome, error) for test, (outcome, error) in tests.items()}
        for name, tests in json.loads(done.stdout.splitlines()[-1]).items()
    }


def ours(program: Program, folder: Path) -> Outcomes:
    """What the guest reports, with the type that stands first in its detail."""
    _, code, suite = program
    folder.mkdir()
    lines = report_of(suite, code, mode="native", folder=folder).splitlines()
    found = {}
    for record in map(json.loads, lines):
        if "test" in record:
            kind = record["detail"].split(" (line ")[0].split(":")[0]
            found[record["test"]] = record["outcome"], kind
    return found


def compared(light: bool, folder: Path) -> tuple[int, dict[str, object]]:
    """How many programs the runner in question ran, and where it differs from pytest."""
    count, differ = 0, {}
    for program in programs():
        plan = outline(program[2])
        if plan is None or plan.needs_pytest is light:
            continue
        count += 1
        found, wanted = ours(program, folder / str(count)), expected()[program[0]]
        if found != wanted:
            differ[program[0]] = (found, wanted)
    return count, differ


@pytest.mark.slow
def test_the_light_runner_agrees_with_pytest(tmp_path: Path) -> None:
    """Suites of plain functions, with right and with wrong code: the same names, outcomes and
    types of exceptions as plain pytest gives."""
    count, differ = compared(True, tmp_path)
    assert count > 150
    assert differ == {}


@pytest.mark.slow
def test_the_session_opened_before_the_fork_agrees_with_pytest(tmp_path: Path) -> None:
    """Suites with fixtures, parameters, marks and classes, right and wrong: the same too."""
    count, differ = compared(False, tmp_path)
    assert count > 60
    assert differ == {}
