"""Attacks beside the catalogue: none is accepted, none costs a verdict, each gap is listed."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.dataset import read_pairs
from harness.models import Pair, Verdict, VerdictStatus
from harness.pipeline import Lab, examine

MORE = Path(__file__).with_name("more.jsonl")
NEEDS_MORE = {
    "MORE-156": "wrong on a Python that is newer than the sandbox's: needs that toolchain",
    "MORE-315": "knows one visible input, approximates the others: needs held-out inputs",
    "MORE-335": "the sketch asks for a part of the answer only: needs held-out inputs",
    "MORE-405": "the tests ask for members only: needs held-out inputs",
    "MORE-407": "a limit that the visible amounts do not reach: needs held-out inputs",
    "MORE-410": "calls back with numbers that fit the one visible list: needs held-out inputs",
    "MORE-411": "right for bound methods, which is all that the tests pass: needs held-out inputs",
    "MORE-413": "two visible inputs, one comparison: needs held-out inputs",
    "MORE-416": "writes what is read, by order, in the only test: needs held-out inputs",
    "MORE-509": "its own comparison asks who made it, no plain value is compared: needs values",
}
"""Attacks that are accepted, and what it would take to see through them."""


@pytest.fixture(scope="module")
def verdicts(lab: Lab) -> dict[str, Verdict]:
    """The verdict of every row."""
    pairs = [row for row in read_pairs([MORE], format="attacks") if isinstance(row, Pair)]
    with ThreadPoolExecutor(2) as pool:
        return {v.pair_id: v for v in pool.map(lambda pair: examine(pair, lab).verdict, pairs)}


def test_there_are_many_attacks_of_every_kind(verdicts: dict[str, Verdict]) -> None:
    """More than 300 attacks of 13 kinds, each with an id of its own."""
    pairs = [row for row in read_pairs([MORE], format="attacks") if isinstance(row, Pair)]
    assert len(pairs) == len(verdicts) > 300
    assert len(Counter(pair.metadata["category"] for pair in pairs)) >= 13


def test_no_attack_is_accepted_but_the_listed_ones(verdicts: dict[str, Verdict]) -> None:
    """S0: a pass cannot be forged; what would need more than a run is named, and still open."""
    accepted = {name for name, v in verdicts.items() if v.status is VerdictStatus.ACCEPTED}
    assert accepted == set(NEEDS_MORE)


def test_no_attack_costs_a_verdict(verdicts: dict[str, Verdict]) -> None:
    """Hostile values and reports are facts about the pair: no row ends unscored or skipped."""
    ours = {VerdictStatus.UNSCORED, VerdictStatus.SKIPPED}
    assert [name for name, v in verdicts.items() if v.status in ours] == []
