"""kill -9 at random points of a run, then the same command again: lost, doubled and wrong verdicts.

PAIRPROOF_CRASH_ROUNDS changes the number of kills, PAIRPROOF_SANDBOX the backend. The delays are
drawn with a fixed seed, over nine tenths of the time that an undisturbed run takes.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import _hostile
from benchmarks._traces import left_behind, traces

ROUNDS = 20
PAIRS = 240
_SEED = 7
_ESSENTIAL = ("status", "reasons", "assurance", "strength", "cases", "fingerprint", "detail")
_WITHIN_S = 300


def run(rounds: int = 0, pairs: int = PAIRS, sandbox: str = "") -> dict[str, Any]:
    """One row: how many kills hit a living run, and what was lost, doubled, wrong, torn, left."""
    rounds = rounds or int(os.environ.get("PAIRPROOF_CRASH_ROUNDS", str(ROUNDS)))
    sandbox = sandbox or os.environ.get("PAIRPROOF_SANDBOX", "embedded")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "pairs.jsonl"
        _hostile.write(source, pairs, share_hostile=0.0)
        calm, killed = folder / "calm", folder / "killed"
        begun = time.monotonic()
        _finish(source, calm, sandbox)
        whole_s = time.monotonic() - begun
        before = traces(folder / "scratch")
        draw = random.Random(_SEED)
        interrupted = 0
        for _ in range(rounds):
            delay_s = draw.uniform(0.1, 0.9 * whole_s)
            # The more is done, the shorter a run would be: each starts a little behind.
            interrupted += _kill_after(delay_s, source, killed, sandbox)
        _finish(source, killed, sandbox)
        due, found = _verdicts(calm), _verdicts(killed)
        written = [line["pair_id"] for line in _whole_lines(killed)]
        row = {
            "system": sandbox,
            "rounds": rounds,
            "interrupted": interrupted,
            "pairs": pairs,
            "lost": len(due.keys() - found.keys()),
            "doubled": len(written) - len(set(written)),
            "wrong": sum(found[pair] != verdict for pair, verdict in due.items() if pair in found),
            "torn": _torn(killed),
            "left_behind": left_behind(before, folder / "scratch"),
        }
    return {"name": "crashes", "rows": [row], "ratios": {}}


def _command(source: Path, out: Path, sandbox: str) -> list[str]:
    return [sys.executable, "-m", "harness", "verify", str(source), "-o", str(out), "-j", "2",
            "--sandbox", sandbox, "-q"]  # fmt: skip


def _finish(source: Path, out: Path, sandbox: str) -> None:
    subprocess.run(_command(source, out, sandbox), check=True, timeout=_WITHIN_S)


def _kill_after(delay_s: float, source: Path, out: Path, sandbox: str) -> bool:
    """Whether the run was still going on when it was killed."""
    process = subprocess.Popen(_command(source, out, sandbox), stderr=subprocess.DEVNULL)
    try:
        process.wait(delay_s)
        return False
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True


def _whole_lines(out: Path) -> list[dict[str, Any]]:
    text = (out / "verdicts.jsonl").read_bytes()
    return [json.loads(line) for line in text.split(b"\n") if line]


def _verdicts(out: Path) -> dict[str, dict[str, Any]]:
    return {v["pair_id"]: {name: v[name] for name in _ESSENTIAL} for v in _whole_lines(out)}


def _torn(out: Path) -> int:
    """Part files are left by a kill on purpose; a finished run has no line without its end."""
    return int(not (out / "verdicts.jsonl").read_bytes().endswith(b"\n"))
