"""The same pages judged four times: how many come out the same, and in what the others differ.

Twice one after the other, then several at once, then so beside processes that take every core twice
over. A page is identical where status, reasons, assurance, cases and the structure of all that was
seen are those of the first time: what `pairproof repro` compares.

`python -m benchmarks determinism` takes the shared data folder's pages, or those of PAIRPROOF_PAGES
(a folder); PAIRPROOF_PAGES_JOBS (4) are judged at once in the last two rounds.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from benchmarks._beside import busy_loops
from benchmarks._measure import corpus
from harness.config import load_settings
from harness.kits.page import agreed
from harness.lab import open_lab
from harness.models import Language, Pair
from harness.pages.differences import Difference, differences, told
from harness.pipeline import Lab, examine
from sandboxes.base import SandboxUnavailable

JOBS = int(os.environ.get("PAIRPROOF_PAGES_JOBS", "4"))
_TOLD = 6
_NUMBER = re.compile(r"\[\d+\]")


def run() -> dict[str, Any]:
    """Rows by round: identical pages of all, the fields that differ with how many pages differ in
    them, and the values. `ratios` has the identical share of each, and of the first three rounds
    together."""
    folder = Path(os.environ.get("PAIRPROOF_PAGES", corpus("pages")))
    pairs = [_pair(path) for path in sorted(folder.glob("*.html"))]
    first = _judged(pairs, 1)
    rounds = {
        "again": _judged(pairs, 1),
        f"{JOBS} at once": _judged(pairs, JOBS),
        f"{JOBS} at once, busy": _judged(pairs, JOBS, busy=True),
    }
    apart = {name: _apart(first, later) for name, later in rounds.items()}
    calm = set().union(*list(apart.values())[:2])
    ratios = {name: round(1 - len(found) / len(pairs), 4) for name, found in apart.items()}
    ratios["identical"] = round(1 - len(calm) / len(pairs), 4)
    rows = [_row(name, len(pairs), found) for name, found in apart.items()]
    return {"name": "determinism", "rows": rows, "ratios": ratios}


def _judged(pairs: Sequence[Pair], jobs: int, *, busy: bool = False) -> dict[str, dict[str, Any]]:
    """By the page's name, in browsers that have seen no page."""
    settings = load_settings().model_copy(update={"jobs": jobs})
    beside = busy_loops(2 * len(os.sched_getaffinity(0))) if busy else nullcontext()
    with open_lab(settings) as lab, beside, ThreadPoolExecutor(jobs) as pool:
        seen = pool.map(lambda pair: _seen(pair, lab), pairs)
        return dict(zip((pair.id for pair in pairs), seen, strict=True))


def _seen(pair: Pair, lab: Lab) -> dict[str, Any]:
    try:
        judged = examine(pair, lab)
    except SandboxUnavailable as fault:
        return {"fault": str(fault)}
    return agreed(judged.verdict, judged.page.visits if judged.page is not None else ())


def _apart(
    first: dict[str, dict[str, Any]], later: dict[str, dict[str, Any]]
) -> dict[str, tuple[Difference, ...]]:
    found = {name: differences(seen, later[name]) for name, seen in first.items()}
    return {name: apart for name, apart in found.items() if apart}


def _row(name: str, n: int, apart: dict[str, tuple[Difference, ...]]) -> dict[str, Any]:
    fields = Counter(field for found in apart.values() for field in {_field(d) for d in found})
    pages = {page: [told(d) for d in found[:_TOLD]] for page, found in apart.items()}
    return {
        "system": name,
        "n": n,
        "identical": n - len(apart),
        "fields": dict(fields.most_common()),
        "apart": pages,
    }


def _field(difference: Difference) -> str:
    """`visits[0].actions[3].effect.nodes` without its numbers."""
    return _NUMBER.sub("[]", difference.path)


def _pair(path: Path) -> Pair:
    html = path.read_text(encoding="utf-8", errors="replace")
    return Pair(id=path.stem, language=Language(name="html"), code=html)
