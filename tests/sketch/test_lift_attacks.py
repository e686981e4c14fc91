"""Lifting never makes a forged or empty suite look like a real one."""

from __future__ import annotations

import re

from lift_support import passes, shared_data

from harness.sketch.lift import lift_suite

# These two are lifted, and say what the suite says: a tolerance of 1e9, and one case.
FAITHFUL = {"ATK-020"}


def _kind(tests: str) -> str:
    return (
        "pytest" if re.search(r"^\s*(def test|class \w*Test|class T\b)", tests, re.M) else "script"
    )


def test_forged_suites_are_not_lifted() -> None:
    """Mocks, marks, empty tables, duplicates, swallowed failures: none becomes a spec."""
    lifted = []
    for row in shared_data("attacks.jsonl"):
        if row["language"] == "python" and row["side"] == "tests" and row["runnable"]:
            name = re.search(r"def (\w+)", row["solution"])
            spec = lift_suite(row["tests"], kind=_kind(row["tests"]), entry_point=name[1] if name
                              else "", code=row["solution"])  # type: ignore[arg-type]  # fmt: skip
            if spec is not None:
                lifted.append(row["id"])
    assert set(lifted) == FAITHFUL


def test_forged_solutions_fail_the_lifted_suites() -> None:
    """Exits, lying objects, patched frameworks and spoofed reports do not pass values-out."""
    accepted, tried = [], 0
    for row in shared_data("attacks.jsonl"):
        if row["language"] != "python" or row["side"] != "solution" or not row["runnable"]:
            continue
        if row["category"] in ("hard-coding", "environment"):
            continue  # right on the visible inputs today: another layer's work
        spec = lift_suite(row["tests"], kind=_kind(row["tests"]), entry_point="",
                          code=row["solution"])  # type: ignore[arg-type]  # fmt: skip
        if spec is None:
            continue
        tried += 1
        if passes(spec, row["solution"]):
            accepted.append(row["id"])
    assert tried >= 5
    assert accepted == []
