"""Right pairs as people and generators write them: each is accepted; made wrong by one edit, none is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.dataset import read_pairs
from harness.models import Assurance, Pair, Verdict, VerdictStatus
from harness.pipeline import Lab, examine

HERE = Path(__file__).parent
NOT_ACCEPTED = {
    "ob-userdict": "isinstance of an abstract class and equality with a plain dict need one process",
    "sk-class-lines": "steps on lines of their own share no object: the sketch gives no case",
    "sk-given-when": "'Given X, f returns Y' is prose: the sketch gives no case",
    "en-subprocess-patched": "two spellings of one patch, backwards: a gap of the split",
}
"""Right pairs that go to review, each with its reason. None may be rejected or unscored."""
IN_ONE_PROCESS = {
    "ob-dict-subclass",
    "en-custom-objects-in",
    "en-sleep-patched",
    "en-patch-open",
    "en-array-uuid-types",
    "x-cwd-file",
    "x-cwd-plain",
}
"""Right pairs that the split cannot carry: `paired` at most, which the policy sends to review."""


def verdicts(lab: Lab, name: str) -> Iterator[Verdict]:
    pairs = [row for row in read_pairs([HERE / name]) if isinstance(row, Pair)]
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda pair: examine(pair, lab).verdict, pairs)


def test_right_pairs_are_accepted(lab: Lab) -> None:
    """292 right pairs of every style: all but those listed are accepted, and no row is lost."""
    found = {v.pair_id: v for v in verdicts(lab, "pairs.jsonl")}
    assert len(found) == 292
    others = {i: v.status for i, v in found.items() if v.status is not VerdictStatus.ACCEPTED}
    assert others == dict.fromkeys([*NOT_ACCEPTED, *IN_ONE_PROCESS], VerdictStatus.REVIEW)
    paired = {v.pair_id for v in found.values() if v.assurance is Assurance.PAIRED}
    assert paired == IN_ONE_PROCESS
    accepted = {v.assurance for v in found.values() if v.status is VerdictStatus.ACCEPTED}
    assert accepted <= {Assurance.VALUES, Assurance.SPLIT}


def test_the_same_pairs_made_wrong_are_rejected(lab: Lab) -> None:
    """70 of them with one edit that breaks what is tested: each is rejected."""
    found = list(verdicts(lab, "wrong.jsonl"))
    assert len(found) == 70
    assert [v.pair_id for v in found if v.status is not VerdictStatus.REJECTED] == []
