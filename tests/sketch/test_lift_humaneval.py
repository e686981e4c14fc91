"""Lifted official suites of HumanEval say what the native ones say: measured by running both."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from lift_support import native_check, passes, shared_data

from harness.sketch.lift import lift_suite

# Random inputs, a reference implementation, or expectations that are computed in a loop.
NOT_PLAIN_DATA = {"32", "33", "38", "44", "50", "53", "151"}


def test_all_suites_of_plain_data_lift_and_their_references_pass() -> None:
    """All but seven of the 164 official suites lift, and every reference passes every case."""
    lifted = {}
    for row in shared_data("humaneval.jsonl.gz"):
        code = row["prompt"] + row["canonical_solution"]
        spec = lift_suite(row["test"], kind="check", entry_point=row["entry_point"], code=code)
        number = row["task_id"].split("/")[1]
        if spec is not None:
            lifted[number] = passes(spec, code)
            assert len(spec.cases) == _real_asserts(row["test"]), row["task_id"]
    assert {str(n) for n in range(164)} - lifted.keys() == NOT_PLAIN_DATA
    assert [number for number, ok in lifted.items() if not ok] == []


@pytest.mark.slow
def test_lifted_suites_reject_the_same_buggy_solutions_as_the_native_ones() -> None:
    """On HumanEvalPack's right and buggy solutions the lifted suite decides as the native one."""
    rows = list(shared_data("humanevalpack-python.jsonl.gz"))
    with ThreadPoolExecutor() as pool:  # each waits for a process of its own
        found = [told for tolds in pool.map(_both_ways, rows) for told in tolds]
    differing = [(task, field, native) for task, field, native, lifted in found if native != lifted]
    compared, rejected = len(found), sum(not native for _, _, native, _ in found)
    assert differing == []
    assert compared >= 300
    assert rejected >= 150


def _both_ways(row: dict[str, Any]) -> list[tuple[str, str, bool, bool]]:
    """Task, which solution, and whether it passes natively and lifted."""
    found = []
    for field in ("canonical_solution", "buggy_solution"):
        code = row["declaration"] + row[field]
        spec = lift_suite(row["test"], kind="check", entry_point=row["entry_point"], code=code)
        if spec is not None:
            definition = row["test"].rsplit("\ncheck(", 1)[0]
            native = native_check(code, definition, row["entry_point"])
            found.append((row["task_id"], field, native, passes(spec, code)))
    return found


def _real_asserts(test: str) -> int:
    import ast

    return sum(
        isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant)
        for node in ast.walk(ast.parse(test))
    )
