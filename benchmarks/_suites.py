"""Suites as people write them, each with the right code: what the suite benchmarks run."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks._measure import corpus
from runners.base import Suite
from runners.guest.outline import outline

HONEST = Path(__file__).resolve().parents[1] / "tests" / "honest" / "pairs.jsonl"


@dataclass(frozen=True, kw_only=True, slots=True)
class SuiteProgram:
    """A suite and code that passes it.

    `group` is "plain" for a suite of plain test functions (HumanEval's checks) and "features" for
    one that uses pytest: fixtures, parameters, marks, classes. `solution` and `tests` are the
    texts of solution.py and of the test file beside it, as a person would save them.
    """

    name: str
    group: str
    solution: str
    tests: str

    @property
    def suite(self) -> Suite:
        """The same tests as a plan takes them."""
        return Suite(source=self.tests, kind="pytest")


def suite_corpus(*, each: int = 0) -> list[SuiteProgram]:
    """The programs, evenly drawn from both groups: `each` of a group, 0 for all.

    Raises FileNotFoundError where the shared data folder is absent.
    """
    return [*_drawn(_plain(), each), *_drawn(_features(), each)]


def _drawn(programs: list[SuiteProgram], count: int) -> list[SuiteProgram]:
    if not count or count >= len(programs):
        return programs
    return [programs[i * len(programs) // count] for i in range(count)]


def _plain() -> list[SuiteProgram]:
    with gzip.open(corpus("humaneval.jsonl.gz"), "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        SuiteProgram(
            name=row["task_id"],
            group="plain",
            solution=row["prompt"] + row["canonical_solution"],
            tests=f"from solution import *\n{row['test']}\n\n"
            f"def test_check():\n    check({row['entry_point']})\n",
        )
        for row in rows
    ]


def _features() -> list[SuiteProgram]:
    rows = [json.loads(line) for line in HONEST.read_text(encoding="utf-8").splitlines()]
    programs = [
        SuiteProgram(name=row["id"], group="features", solution=row["code"], tests=row["tests"])
        for row in rows
        if "solution import" in row.get("tests", "")
    ]
    return [p for p in programs if (plan := outline(p.tests)) is not None and plan.needs_pytest]
