"""2,000 pairs, one in ten hostile, at 1, 2 and 8 pairs at once: the same verdicts, nothing left.

PAIRPROOF_SOAK_PAIRS changes the number of pairs. Peak memory is that of the host process.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import _hostile
from benchmarks._traces import left_behind, traces
from harness import api
from harness.config import load_settings

CONCURRENCY = (1, 2, 8)


def run(count: int | None = None, concurrency: tuple[int, ...] = CONCURRENCY) -> dict[str, Any]:
    """One row for each concurrency, and whether all gave the same verdicts."""
    pairs = count or int(os.environ.get("PAIRPROOF_SOAK_PAIRS", "2000"))
    rows = []
    verdicts: list[dict[str, tuple[str, ...]]] = []
    with tempfile.TemporaryDirectory() as folder, _scratch(Path(folder) / "tmp") as scratch:
        path = Path(folder) / "pairs.jsonl"
        _hostile.write(path, pairs)
        for jobs in concurrency:
            out = Path(folder) / f"run-{jobs}"
            before = traces(scratch)
            started = time.monotonic()
            summary = api.verify(path, out=out, settings=load_settings(jobs=jobs))
            wall_s = time.monotonic() - started
            found = {
                v.pair_id: (v.status.value, *(r.value for r in v.reasons))
                for v in api.load_run(out).verdicts()
            }
            verdicts.append(found)
            rows.append({
                "jobs": jobs,
                "pairs": len(found),
                "wall_s": round(wall_s, 1),
                "pairs_per_s": round(len(found) / wall_s, 1),
                "counts": summary.counts,
                "left_behind": left_behind(before, scratch),
                "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            })  # fmt: skip
    first = verdicts[0]
    differing = sorted({p for other in verdicts[1:] for p in first if other.get(p) != first[p]})
    return {
        "name": "soak",
        "rows": rows,
        "identical": not differing,
        "differing": {p: [v.get(p) for v in verdicts] for p in differing[:20]},
        "hostile": _hostile_table(first),
        "ratios": {},
    }


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder of our own for temporary files, so that what stays in it is ours."""
    folder.mkdir()
    kept, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = kept


def _hostile_table(verdicts: dict[str, tuple[str, ...]]) -> dict[str, dict[str, int]]:
    """Kind of hostile pair to its verdicts."""
    table: dict[str, Counter[str]] = {}
    for pair_id, verdict in verdicts.items():
        kind = "-".join(pair_id.split("-")[2:]) or "right"
        table.setdefault(kind, Counter())["/".join(verdict)] += 1
    return {kind: dict(counter) for kind, counter in sorted(table.items())}
