"""The README's demo: what `make demo` verifies comes out as it must."""

from __future__ import annotations

import json
from pathlib import Path

from harness import api

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def test_the_demo_comes_out_as_expected(tmp_path: Path) -> None:
    """At least 40 pairs, each with the status and the first reason that the side file names."""
    api.verify(EXAMPLES / "pairs.jsonl", out=tmp_path / "run")
    run = api.load_run(tmp_path / "run")
    found = {v.pair_id: v for v in run.verdicts()}
    expected = json.loads((EXAMPLES / "expected.json").read_text())
    lost = {name for name, due in expected.items() if due["status"] == "quarantined"}
    assert len(found) >= 40 and set(found) == set(expected) - lost
    assert len(list(run.quarantined())) == len(lost)
    for name, verdict in found.items():
        due = expected[name]
        assert verdict.status.value == due["status"], (name, verdict.detail)
        reasons = [reason.value for reason in verdict.reasons]
        assert reasons[:1] == due["reasons"][:1] or reasons[0] in due["reasons"], name
