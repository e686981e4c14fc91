"""The compact map of 64-bit numbers that a run remembers its pairs in."""

from __future__ import annotations

import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.ledger import Ledger
from harness.numbers import Numbers

WORD = st.integers(min_value=0, max_value=2**64 - 1)


@given(st.lists(st.tuples(WORD.filter(lambda n: n != 1), WORD), max_size=60))
def test_it_answers_as_a_dict_does(entries: list[tuple[int, int]]) -> None:
    """Any numbers, repeated ones too: the same values, the same length, nothing that was not put in."""
    numbers, known = Numbers(), dict(entries)
    for key, value in entries:
        numbers[key] = value
    assert len(numbers) == len(known)
    assert {key: numbers.get(key) for key in known} == known
    assert all(key in numbers for key in known)
    assert (12345 in numbers) is (12345 in known)


def test_keys_that_collide_stay_apart() -> None:
    """Thousands of keys with the same low bits, over several enlargements, then one that is absent."""
    numbers = Numbers()
    for i in range(3000):
        numbers[i << 40 | 7] = i
    assert len(numbers) == 3000
    assert [numbers.get(i << 40 | 7) for i in range(3000)] == list(range(3000))
    assert numbers.get(3000 << 40 | 7) is None


def test_an_entry_takes_less_than_fifty_bytes() -> None:
    """What makes a run of millions possible: a dict takes about two hundred."""
    picked = random.Random(5)
    keys = [picked.getrandbits(64) for _ in range(50_000)]
    tracemalloc.start()
    try:
        numbers = Numbers()
        for key in keys:
            numbers[key] = 1
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert used < 50 * len(keys)


def test_what_does_not_fit_is_refused() -> None:
    """A number of 65 bits is an error, never a shortened one."""
    with pytest.raises(OverflowError):
        Numbers()[5] = 1 << 64


def test_a_ledger_keeps_the_last_word() -> None:
    """Status by fingerprint, counts by the last verdict of each pair."""
    ledger = Ledger()
    for number in range(4000):
        ledger.add(f"p{number}", f"f{number}", "accepted")
    for number in range(1000):
        ledger.add(f"p{number}", f"g{number}", "review")
    assert ledger.status("p5", "g5") == "review"
    assert ledger.status("p5", "f5") is None
    assert ledger.status("p1005", "f1005") == "accepted"
    assert ledger.status("nobody", "f5") is None
    assert (ledger.counts()["accepted"], ledger.counts()["review"]) == (3000, 1000)
