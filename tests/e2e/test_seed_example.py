"""S0's own example, exactly as it stands in the seed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from harness import api
from harness.models import Assurance, VerdictStatus


def example(shared: Path) -> dict[str, Any]:
    """The JSON object of the seed's example, by one JSON parse."""
    text = next((shared / "seeds").glob("000_*.txt")).read_text()
    start = text.index('{\n"instruction": "Write a function `slugify`')
    return json.loads(re.sub(r"\}Failure Modes.*", "}", text[start:], flags=re.S))


@pytest.mark.parametrize(
    "around",
    [
        {},
        {
            "language": "Python 3.11",
            "difficulty_target": "medium",
            "topic_seed": "string manipulation",
        },
    ],
)
def test_the_seeds_example_verifies(shared: Path, tmp_path: Path, around: dict[str, str]) -> None:
    """S0-9, S0-13, S0-14: one unescape, 5 of 5 sketch lines pass, difficulty_mismatch is flagged."""
    path = tmp_path / "pair.jsonl"
    path.write_text(json.dumps({**example(shared), **around}) + "\n")
    api.verify(path, out=tmp_path / "run")
    (verdict,) = api.load_run(tmp_path / "run").verdicts()
    assert verdict.status is VerdictStatus.ACCEPTED, verdict.detail
    assert verdict.assurance is Assurance.VALUES
    assert {repair.kind for repair in verdict.repairs} == {"unescape_once"}
    assert (verdict.cases_planned, verdict.cases_passed) == (5, 5)
    assert [case.line for case in verdict.cases] == [1, 2, 3, 4, 5]
    assert verdict.unresolved == ()
    assert any("difficulty_mismatch" in finding.message for finding in verdict.findings)
