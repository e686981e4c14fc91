"""Many pairs, some hostile, at several concurrencies: the same verdicts, nothing left, no growth.

Each run is held against a calm one: one pair at a time, the same pairs without the hostile ones.
By the environment: PAIRPROOF_SOAK_PAIRS (2000), PAIRPROOF_SOAK_HOSTILE (share, 0.1),
PAIRPROOF_SOAK_SANDBOX (embedded), PAIRPROOF_SOAK_JOBS ("1,2,8"). An execution may use 1 s of
processor time and 2 s in all, so that hostile pairs do not take most of the time. Memory is the
resident one of the process that verifies, which each run has for itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import _hostile
from harness import api

PAIRS = 2000
SHARE_HOSTILE = 0.1
JOBS = "1,2,8"
_LIMITS = {
    "PAIRPROOF_LIMITS__CPU_S": "1",
    "PAIRPROOF_LIMITS__WALL_S": "2",
    # A hog reaches it long before its second of processor time is up.
    "PAIRPROOF_LIMITS__MEMORY_MB": "192",
}
_ESSENTIAL = ("status", "reasons", "assurance", "strength", "cases", "fingerprint", "detail")


def run(
    count: int | None = None, concurrency: tuple[int, ...] = (), sandbox: str = ""
) -> dict[str, Any]:
    """One row for each concurrency, and whether all gave the verdicts of the calm run."""
    named = os.environ.get
    count = count or int(named("PAIRPROOF_SOAK_PAIRS", str(PAIRS)))
    share = float(named("PAIRPROOF_SOAK_HOSTILE", str(SHARE_HOSTILE)))
    sandbox = sandbox or named("PAIRPROOF_SOAK_SANDBOX", "embedded")
    jobs = concurrency or tuple(int(n) for n in named("PAIRPROOF_SOAK_JOBS", JOBS).split(","))
    rows: list[dict[str, Any]] = []
    verdicts: list[dict[str, dict[str, Any]]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        honest = _written(folder, count, share)
        calm_row, calm = _run(folder, "calm", sandbox, 1)
        for number in jobs:
            row, found = _run(folder, "pairs", sandbox, number)
            changed = [p for p in honest if found.get(p) != calm.get(p)]
            row["changed_against_calm"] = len(changed)
            row["changed"] = {p: _changes(calm.get(p), found.get(p)) for p in changed[:20]}
            rows.append(row)
            verdicts.append(found)
    first = verdicts[0]
    differing = sorted({p for other in verdicts for p in first if other.get(p) != first[p]})
    return {
        "name": "soak",
        "system": sandbox,
        "share_hostile": share,
        "calm": calm_row,
        "rows": rows,
        "identical": not differing,
        "differing": {p: [_said(v.get(p)) for v in verdicts] for p in differing[:20]},
        "hostile": _hostile_table(first),
        "ratios": {},
    }


def _written(folder: Path, count: int, share: float) -> list[str]:
    """Write both inputs; the ids of the pairs that are in both."""
    honest = []
    with (folder / "pairs.jsonl").open("w") as every, (folder / "calm.jsonl").open("w") as calm:
        for row in _hostile.rows(count, share, seed=1):
            line = json.dumps(row) + "\n"
            every.write(line)
            if _kind(row["id"]) not in _hostile.HOSTILE:
                calm.write(line)
                honest.append(row["id"])
    return honest


def _run(
    folder: Path, source: str, sandbox: str, jobs: int
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """One run in a process of its own: its row, and the verdicts by pair."""
    out, scratch = folder / f"{source}-{jobs}", folder / f"scratch-{source}-{jobs}"
    scratch.mkdir()
    command = [sys.executable, "-m", "benchmarks._soaked", str(folder / f"{source}.jsonl"),
               str(out), sandbox, str(jobs)]  # fmt: skip
    begun = time.monotonic()
    done = subprocess.run(
        command, env={**os.environ, **_LIMITS, "TMPDIR": str(scratch)}, check=False,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    wall_s = time.monotonic() - begun
    if done.returncode:
        raise SystemExit(f"the run at {jobs} ended with {done.returncode}")
    found = {
        v.pair_id: {name: value for name, value in v.model_dump(mode="json").items()
                    if name in _ESSENTIAL}
        for v in api.load_run(out).verdicts()
    }  # fmt: skip
    row = {
        "jobs": jobs,
        "pairs": len(found),
        "wall_s": round(wall_s, 1),
        "pairs_per_s": round(len(found) / wall_s, 1),
        **json.loads(done.stdout),
    }
    return row, found


def _kind(pair_id: str) -> str:
    return "-".join(pair_id.split("-")[2:]) or "right"


def _said(verdict: dict[str, Any] | None) -> list[str]:
    return [verdict["status"], *verdict["reasons"], verdict["detail"]] if verdict else []


def _changes(calm: dict[str, Any] | None, found: dict[str, Any] | None) -> dict[str, list[Any]]:
    """Each field that differs, with both values."""
    calm, found = calm or {}, found or {}
    return {
        name: [calm.get(name), found.get(name)]
        for name in _ESSENTIAL
        if calm.get(name) != found.get(name)
    }


def _hostile_table(verdicts: dict[str, dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Kind of pair to its verdicts."""
    table: dict[str, Counter[str]] = {}
    for pair_id, verdict in verdicts.items():
        said = "/".join([verdict["status"], *verdict["reasons"]])
        table.setdefault(_kind(pair_id), Counter())[said] += 1
    return {kind: dict(counter) for kind, counter in sorted(table.items())}
