"""Real corpora: right solutions are accepted or explained one by one, buggy ones never accepted."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.dataset import read_pairs
from harness.models import Assurance, Pair, Reason, Verdict, VerdictStatus
from harness.pipeline import Lab, examine

NOT_ACCEPTED = {
    "HumanEval/34": (Reason.NEEDS_TESTS, "its suite holds one case: a constant passes it"),
    "HumanEval/47": (Reason.SPEC_CONFLICT, "the docstring says 15.0, the median is 8.0"),
    "HumanEval/89": (Reason.SENSITIVE_TOPIC, "asks for encryption: S0-21 sends it to a person"),
    "HumanEval/116": (Reason.SPEC_CONFLICT, "the docstring sorts by value, the task by ones"),
    "HumanEval/148": (Reason.SPEC_CONFLICT, "('Venus') in the docstring is no tuple"),
}
"""Canonical solutions that are not accepted: reason code, and the sentence that explains it."""


def verdicts(lab: Lab, path: Path, *, format: str) -> Iterator[Verdict]:
    pairs = [row for row in read_pairs([path], format=format) if isinstance(row, Pair)]
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda pair: examine(pair, lab).verdict, pairs)


def test_humaneval_canonical_solutions_are_accepted_or_explained(lab: Lab, shared: Path) -> None:
    """All 164, docstring as sketch and official tests as suite."""
    found = list(verdicts(lab, shared / "data" / "humaneval.jsonl.gz", format="humaneval"))
    assert len(found) == 164
    others = {v.pair_id: v.reasons for v in found if v.status is not VerdictStatus.ACCEPTED}
    assert others == {pair: (reason,) for pair, (reason, _) in NOT_ACCEPTED.items()}
    proofs = {v.assurance for v in found if v.status is VerdictStatus.ACCEPTED}
    assert proofs <= {Assurance.VALUES, Assurance.SPLIT}


def test_humanevalpack_buggy_solutions_are_all_rejected(lab: Lab, shared: Path) -> None:
    """All 164 buggy Python solutions fail the official suite; none is accepted."""
    path = shared / "data" / "humanevalpack-python.jsonl.gz"
    found = list(verdicts(lab, path, format="humanevalpack-buggy"))
    assert len(found) == 164
    assert [v.pair_id for v in found if v.status is not VerdictStatus.REJECTED] == []
    assert all(v.runs for v in found), "each was rejected by running it"


def test_no_attack_of_the_catalogue_forges_a_pass(lab: Lab, shared: Path) -> None:
    """Every attack in Python or as a page ends as something else than accepted."""
    found = list(verdicts(lab, shared / "data" / "attacks.jsonl", format="attacks"))
    judged = [v for v in found if v.status is not VerdictStatus.SKIPPED]
    assert len(found) == 93 and len(judged) == 55 + 4
    assert [v.pair_id for v in judged if v.status is VerdictStatus.ACCEPTED] == []
