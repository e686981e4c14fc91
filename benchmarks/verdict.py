"""A values-out verdict beside a plain, unsandboxed `python file.py` of the same checks.

Programs: the HumanEval problems whose official suite is plain data, so that both sides check the
same assertions: the plain side in the file itself, ours on the host. One pair at a time, in rounds
that take turns; medians over rounds. `values` is one sandboxed execution with its comparison;
`verdict` is the whole journey: parse, source checks, three runs, the vacuity battery.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._measure import corpus, measure, median
from harness.config import load_settings
from harness.dataset import read_pairs
from harness.lab import open_lab
from harness.models import Pair
from harness.pipeline import Lab, examine
from harness.prepare import Prepared, prepare
from harness.trial import PLAIN

ROUNDS = 5


def run() -> dict[str, Any]:
    """Rows for plain_python, values and verdict; the ratio plain_python_over_values."""
    settings = load_settings()
    with open_lab(settings) as lab, tempfile.TemporaryDirectory() as folder:
        prepared = [p for p in _prepared(lab) if p.lifted is not None]
        files = [_write(Path(folder), n, p) for n, p in enumerate(prepared)]
        _ours(prepared, lab)
        _whole(prepared, lab)
        rows: dict[str, list[dict[str, Any]]] = {"plain_python": [], "values": [], "verdict": []}
        for _ in range(ROUNDS):
            n = len(prepared)
            rows["plain_python"].append(measure("plain_python", n, lambda: _plain(files)))
            rows["values"].append(measure("values", n, lambda: _ours(prepared, lab)))
            rows["verdict"].append(measure("verdict", n, lambda: _whole(prepared, lab)))
    medians = {name: median(found) for name, found in rows.items()}
    plain = medians["plain_python"]["cpu_ms"]
    return {
        "name": "verdict",
        "rows": list(medians.values()),
        "ratios": {
            "plain_python_over_values": round(plain / medians["values"]["cpu_ms"], 2),
            "values_over_plain_python": round(medians["values"]["cpu_ms"] / plain, 3),
            "verdict_over_plain_python": round(medians["verdict"]["cpu_ms"] / plain, 3),
        },
    }


def _prepared(lab: Lab) -> list[Prepared]:
    rows = read_pairs([corpus("humaneval.jsonl.gz")])
    return [prepare(row, lab.policy, modules=lab.modules) for row in rows if isinstance(row, Pair)]


def _write(folder: Path, number: int, prepared: Prepared) -> Path:
    suite = prepared.suite
    path = folder / f"p{number}.py"
    source = suite.source if suite is not None else ""
    path.write_text(f"{prepared.pair.code}\n{source}\ncheck({prepared.pair.entry_point})\n")
    return path


def _plain(files: list[Path]) -> None:
    for path in files:
        subprocess.run([sys.executable, str(path)], check=False, capture_output=True)


def _ours(prepared: list[Prepared], lab: Lab) -> None:
    for one in prepared:
        if one.lifted is not None:
            lab.bench.values(one.pair.code, one.lifted.cases, PLAIN)


def _whole(prepared: list[Prepared], lab: Lab) -> None:
    for one in prepared:
        examine(one.pair, lab)
