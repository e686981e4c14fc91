"""Real corpora judged: right solutions accepted or not, buggy ones rejected or not, attacks forged.

The whole journey for each row, two at once, docstring as sketch and official tests as suite.
"""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks._measure import corpus
from harness.config import load_settings
from harness.dataset import read_pairs
from harness.lab import open_lab
from harness.models import Pair, VerdictStatus
from harness.pipeline import Lab, examine

CORPORA = (
    ("humaneval", "humaneval.jsonl.gz", "humaneval"),
    ("humanevalpack-python", "humanevalpack-python.jsonl.gz", "humanevalpack"),
    ("humanevalpack-python, buggy", "humanevalpack-python.jsonl.gz", "humanevalpack-buggy"),
    ("attacks, Python", "attacks.jsonl", "attacks"),
)


def run() -> dict[str, Any]:
    """One row a corpus: n, the five counts, the pairs that are neither accepted nor rejected."""
    with open_lab(load_settings()) as lab:
        rows = [_row(lab, *each) for each in CORPORA]
    return {"name": "corpora", "rows": rows, "ratios": {}}


def _row(lab: Lab, name: str, file: str, format: str) -> dict[str, Any]:
    pairs = [
        row
        for row in read_pairs([corpus(file)], format=format)
        if isinstance(row, Pair) and row.language.name == "python"
    ]
    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda pair: examine(pair, lab).verdict, pairs))
    counts = Counter(v.status.value for v in verdicts)
    return {
        "system": name,
        "n": len(verdicts),
        **{status.value: counts[status.value] for status in VerdictStatus},
        "review_pairs": {
            v.pair_id: [r.value for r in v.reasons]
            for v in verdicts
            if v.status is VerdictStatus.REVIEW
        },
        "pairs_per_s": round(len(verdicts) / (time.monotonic() - started), 1),
    }
