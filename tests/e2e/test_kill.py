"""A run that is killed at any point is finished by the same command: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks import _hostile
from harness import api

ESSENTIAL = ("status", "reasons", "assurance", "strength", "cases", "fingerprint", "detail")


def command(pairs: Path, run: Path) -> list[str]:
    return [sys.executable, "-m", "harness", "verify", str(pairs), "-o", str(run), "-j", "2", "-q"]


def final(run: Path) -> dict[str, dict[str, Any]]:
    return {
        v.pair_id: {name: v.model_dump(mode="json")[name] for name in ESSENTIAL}
        for v in api.load_run(run).verdicts()
    }


@pytest.mark.slow
def test_killed_at_twenty_random_points(tmp_path: Path) -> None:
    """kill -9 twenty times, then once to the end: the same set as an undisturbed run, each once."""
    pairs = tmp_path / "pairs.jsonl"
    _hostile.write(pairs, 120, share_hostile=0.0)
    pairs.write_text(pairs.read_text() + '{"id": "broken", \n')
    calm = tmp_path / "calm"
    started = time.monotonic()
    subprocess.run(command(pairs, calm), check=True, timeout=300)
    whole_s = time.monotonic() - started

    run = tmp_path / "killed"
    draw = random.Random(7)
    interrupted = 0
    for _ in range(20):
        process = subprocess.Popen(command(pairs, run), stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.1, whole_s * 0.9))
        interrupted += process.poll() is None
        os.kill(process.pid, signal.SIGKILL) if process.poll() is None else None
        process.wait()
    assert interrupted >= 10
    subprocess.run(command(pairs, run), check=True, timeout=300)

    lines = (run / "verdicts.jsonl").read_text().splitlines()
    ids = [json.loads(line)["pair_id"] for line in lines]
    assert len(ids) == len(set(ids)) == 120
    assert final(run) == final(calm)
    assert len((run / "quarantine.jsonl").read_text().splitlines()) == 1


def test_one_interrupt_finishes_what_is_in_flight(tmp_path: Path) -> None:
    """SIGINT once: exit code 130, whole lines only, and the same command goes on."""
    pairs = tmp_path / "pairs.jsonl"
    _hostile.write(pairs, 400, share_hostile=0.0)
    run = tmp_path / "run"
    process = subprocess.Popen(command(pairs, run), stderr=subprocess.PIPE, text=True)
    while not (run / "verdicts.jsonl").exists() or not (run / "verdicts.jsonl").stat().st_size:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "same command" in told
    done = len((run / "verdicts.jsonl").read_text().splitlines())
    assert 0 < done < 400
    summary = api.verify(pairs, out=run)
    assert summary.known == done and summary.judged == 400 - done
