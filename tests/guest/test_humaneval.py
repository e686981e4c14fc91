"""Real problems: every right solution passes in the split, every buggy one fails."""

from __future__ import annotations

from tests.guest.conftest import outcomes, rows


def test_canonical_solutions_pass() -> None:
    """All 164 HumanEval solutions pass their official tests across the split."""
    wrong = [
        row["task_id"]
        for row in rows("humaneval.jsonl.gz")
        if outcomes(row["test"], row["prompt"] + row["canonical_solution"], kind="check",
                    entry_point=row["entry_point"]) != {"check": "passed"}
    ]  # fmt: skip
    assert wrong == []


def test_buggy_solutions_fail() -> None:
    """All 164 buggy solutions of HumanEvalPack fail the same tests."""
    passed = [
        row["task_id"]
        for row in rows("humanevalpack-python.jsonl.gz")
        if outcomes(row["test"], row["prompt"] + row["buggy_solution"], kind="check",
                    entry_point=row["entry_point"], wall_s=3) == {"check": "passed"}
    ]  # fmt: skip
    assert passed == []
