"""kill -9, and engines that restart, at random points of a run: lost, doubled and wrong verdicts.

A run that is killed is started again with the same command; one under which its engine was stopped
or killed goes on. Whenever one has ended, its verdicts are held against those of a calm run, and
the next disturbance meets a new run. Moments and kinds are drawn with a fixed seed, over nine
tenths of the time that a calm run takes. Engines are private ones.

PAIRPROOF_CRASH_ROUNDS changes the number of disturbances, PAIRPROOF_SANDBOX picks one backend.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import _hostile
from benchmarks._private_engine import NoEngineError, PrivateEngine, private_engine
from benchmarks._traces import containers, left_behind, traces

ROUNDS = 20
PAIRS = {"embedded": 240, "docker": 80}
_SEED = 7
_ESSENTIAL = ("status", "reasons", "assurance", "strength", "cases", "fingerprint", "detail")
_WITHIN_S = 300
_AWAY_S = (0.0, 1.5)
"""How long an engine stays away, at least and at most."""
_GAVE_UP = 3
"""The exit code of a run that could not judge, and says so: it is resumed like a killed one."""


def run(rounds: int = 0, pairs: int = 0, sandbox: str = "") -> dict[str, Any]:
    """A row for each backend: the disturbances, and what was lost, doubled, wrong, torn, left."""
    rounds = rounds or int(os.environ.get("PAIRPROOF_CRASH_ROUNDS", str(ROUNDS)))
    chosen = sandbox or os.environ.get("PAIRPROOF_SANDBOX", "")
    rows = []
    for name in [chosen] if chosen else PAIRS:
        count = pairs or PAIRS[name.partition(":")[0]]
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder) / "scratch"
            before = traces(scratch)
            if not name.startswith("docker"):
                row = _Series(Path(folder), name, count, None).disturb(rounds)
            else:
                try:
                    with private_engine() as engine:
                        row = _Series(Path(folder), name, count, engine).disturb(rounds)
                        row["containers_left"] = containers()
                except NoEngineError as error:
                    row = {"system": name, "skipped": str(error)}
            rows.append({**row, "left_behind": left_behind(before, scratch)})
    return {"name": "crashes", "rows": rows, "ratios": {}}


class _Series:
    """Runs of the same pairs on one backend, one after another, each disturbed until it ends."""

    def __init__(
        self, folder: Path, sandbox: str, pairs: int, engine: PrivateEngine | None
    ) -> None:
        self._folder = folder
        self._sandbox = sandbox
        self._pairs = pairs
        self._engine = engine
        self._source = folder / "pairs.jsonl"
        self._number = 0
        self._due: dict[str, dict[str, Any]] = {}
        self._found: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._ends: Counter[int] = Counter()

    def disturb(self, rounds: int) -> dict[str, Any]:
        _hostile.write(self._source, self._pairs, share_hostile=0.0)
        calm = self._folder / "calm"
        begun = time.monotonic()
        self._finish(calm)
        whole_s = time.monotonic() - begun
        self._due = _verdicts(calm)
        draw = random.Random(_SEED)
        kinds = ("kill",) if self._engine is None else ("kill", "engine stop", "engine kill")
        for _ in range(rounds):
            delay_s, kind = draw.uniform(0.1, 0.9 * whole_s), draw.choice(kinds)
            self._round(delay_s, kind, draw.uniform(*_AWAY_S))
        if self._out.exists():
            self._finish(self._out)
            self._ended()
        return {
            "system": self._sandbox,
            "rounds": rounds,
            "interrupted": self._kinds.total(),
            "kinds": dict(self._kinds),
            "pairs": self._pairs,
            "runs": self._number,
            "exit_codes": {str(code): count for code, count in sorted(self._ends.items())},
            **{name: self._found[name] for name in ("lost", "doubled", "wrong", "torn")},
        }

    @property
    def _out(self) -> Path:
        return self._folder / f"run-{self._number}"

    def _round(self, delay_s: float, kind: str, away_s: float) -> None:
        process = subprocess.Popen(self._command(self._out), stderr=subprocess.PIPE)
        try:
            process.wait(delay_s)
        except subprocess.TimeoutExpired:
            self._kinds[kind] += 1
            if self._engine is None or kind == "kill":
                process.kill()
            else:
                self._engine.stop(signal.SIGTERM if kind == "engine stop" else signal.SIGKILL)
                time.sleep(away_s)
                self._engine.start()
        _, told = process.communicate(timeout=_WITHIN_S)
        self._ends[process.returncode] += 1
        if process.returncode == 0:
            self._ended()
        elif process.returncode not in (-signal.SIGKILL, _GAVE_UP):
            raise RuntimeError(f"exit code {process.returncode} after {kind}: {told.decode()}")

    def _ended(self) -> None:
        found = _verdicts(self._out)
        written = [line["pair_id"] for line in _whole_lines(self._out)]
        self._found["lost"] += len(self._due.keys() - found.keys())
        self._found["doubled"] += len(written) - len(set(written))
        self._found["wrong"] += sum(
            found[pair] != due for pair, due in self._due.items() if pair in found
        )
        self._found["torn"] += _torn(self._out)
        self._number += 1

    def _command(self, out: Path) -> list[str]:
        return [sys.executable, "-m", "harness", "verify", str(self._source), "-o", str(out),
                "-j", "2", "--sandbox", self._sandbox, "-q"]  # fmt: skip

    def _finish(self, out: Path) -> None:
        subprocess.run(self._command(out), check=True, timeout=_WITHIN_S)


def _whole_lines(out: Path) -> list[dict[str, Any]]:
    text = (out / "verdicts.jsonl").read_bytes()
    return [json.loads(line) for line in text.split(b"\n") if line]


def _verdicts(out: Path) -> dict[str, dict[str, Any]]:
    return {v["pair_id"]: {name: v[name] for name in _ESSENTIAL} for v in _whole_lines(out)}


def _torn(out: Path) -> int:
    """Part files are left by a kill on purpose; a finished run has no line without its end."""
    return int(not (out / "verdicts.jsonl").read_bytes().endswith(b"\n"))
