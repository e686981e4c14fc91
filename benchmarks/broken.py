"""Good pages and seven broken versions of each: which of them are accepted.

`python -m benchmarks broken` takes the shared data folder's pages, or those of PAIRPROOF_PAGES (a
folder); PAIRPROOF_PAGES_JOBS (2) are judged at once. One row for each version: how many of how many
got which verdict, and the pages whose verdict is the wrong way round.
"""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks._measure import corpus
from harness.config import load_settings
from harness.lab import open_lab
from harness.models import Language, Pair, VerdictStatus
from harness.pages.breaks import versions
from harness.pipeline import Lab, examine

JOBS = int(os.environ.get("PAIRPROOF_PAGES_JOBS", "2"))
_GOOD = "good"
_TOLD = 12


def run() -> dict[str, Any]:
    """Rows by version; `ratios` has the accepted share of each, and the other ends of the good."""
    folder = Path(os.environ.get("PAIRPROOF_PAGES", corpus("pages")))
    work: list[tuple[str, Pair]] = []
    for path in sorted(folder.glob("*.html")):
        html = path.read_text(encoding="utf-8", errors="replace")
        work.append((_GOOD, _pair(f"{path.stem}", html)))
        for name, broken in versions(html, 1).items():
            if broken.html is not None:
                work.append((name, _pair(f"{path.stem}, {name}", broken.html)))
    settings = load_settings().model_copy(update={"jobs": JOBS})
    with open_lab(settings) as lab, ThreadPoolExecutor(JOBS) as pool:
        found = list(pool.map(lambda item: _status(item[1], lab), work))
    counts: dict[str, Counter[str]] = {}
    wrong: dict[str, list[str]] = {}
    for (name, pair), (status, detail) in zip(work, found, strict=True):
        counts.setdefault(name, Counter())[status] += 1
        if (status == VerdictStatus.ACCEPTED) != (name == _GOOD):
            wrong.setdefault(name, []).append(f"{pair.id}: {status}: {detail}")
    rows = [
        {"system": name, "n": sum(count.values()), **count, "wrong": wrong.get(name, [])[:_TOLD]}
        for name, count in counts.items()
    ]
    ratios = {f"{name}_accepted": _share(count, "accepted") for name, count in counts.items()}
    for status in ("rejected", "unscored", "review"):
        ratios[f"good_{status}"] = _share(counts[_GOOD], status)
    return {"name": "broken", "rows": rows, "ratios": ratios}


def _pair(name: str, html: str) -> Pair:
    return Pair(id=name, language=Language(name="html"), code=html)


def _status(pair: Pair, lab: Lab) -> tuple[str, str]:
    verdict = examine(pair, lab).verdict
    return verdict.status.value, f"{','.join(verdict.reasons)}: {verdict.detail[:160]}"


def _share(count: Counter[str], status: str) -> float:
    return round(count[status] / sum(count.values()), 4)
