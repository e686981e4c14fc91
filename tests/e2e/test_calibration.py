"""Limits are seconds of a reference machine: the factor is a fact of the machine, not of its load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sandbox_places import TIERS, engine_has

from benchmarks._beside import BUSY_LOOPS, busy_loops
from harness import api
from harness.calibration import MARGIN, REFERENCE_S, STEPS, scaled, settled, step_of
from harness.config import load_settings
from harness.errors import Misuse
from sandboxes.base import Limits

PAIR = {"id": "a", "language": "python", "code": "def f(x):\n    return x + 1\n",
        "test_sketch": "f(1) == 2\nf(5) == 6"}  # fmt: skip

TURNS = 4


@pytest.fixture
def pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with one pair, and a cache of our own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "pairs.jsonl").write_text(json.dumps(PAIR) + "\n")
    return tmp_path / "pairs.jsonl"


def kept(folder: Path) -> Path:
    return next((folder / "cache" / "pairproof" / "calibration").iterdir())


def fits(factor: float, sample_ms: float) -> bool:
    """Whether a sample asks for this factor: enough for it, and not clearly too much."""
    ratio = sample_ms / 1000 / REFERENCE_S
    return step_of(ratio) <= factor == settled(ratio, factor)


def test_noise_does_not_change_a_factor() -> None:
    """The measured spread around a step stays on it; no machine gets less than the reference."""
    for step in STEPS:
        assert step_of(step * 0.97) == step_of(step * 1.03) == step
    assert step_of(0.4) == 1.0
    assert step_of(1 + MARGIN + 0.01) == STEPS[1]
    assert step_of(1000) == STEPS[-1]


def test_a_kept_factor_only_falls() -> None:
    """A slower sample changes nothing, one that is hardly lower nothing, a clear one lowers."""
    assert settled(9.0, 2.0) == 2.0
    assert settled(1.70, 2.0) == 2.0
    assert settled(1.0, 2.0) == 1.0
    assert settled(2.0, None) == 2.0


def test_a_busy_machine_is_measured_like_a_calm_one(
    backend: str, pairs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two caches, one filled beside 8 busy loops: samples within the margin, and the factors that
    samples so near to each other have: at the edge of a step one may lie beyond it.

    In turns until they agree, for the machine has other neighbours: they may slow any sample.
    """
    settings = load_settings(sandbox=backend)
    caches = pairs.parent / "calm", pairs.parent / "busy"
    for _ in range(TURNS):
        monkeypatch.setenv("XDG_CACHE_HOME", str(caches[0]))
        calm = api.calibrate(settings=settings)
        monkeypatch.setenv("XDG_CACHE_HOME", str(caches[1]))
        with busy_loops(BUSY_LOOPS):
            busy = api.calibrate(settings=settings)
        alike = abs(busy.sample_ms / calm.sample_ms - 1) < MARGIN
        if alike:
            break
    assert alike, (calm, busy)
    assert fits(calm.factor, calm.sample_ms) and fits(busy.factor, busy.sample_ms), (calm, busy)
    assert calm.sample_ms > REFERENCE_S * 1000 / 20


@pytest.mark.parametrize("tier", [tier for tier in TIERS if ":" in tier])
def test_every_tier_says_how_slow_it_is(tier: str, pairs: Path) -> None:
    """Also with nothing kept from another tier, and where the kernel counts processor time in
    ticks that are longer than a sample (gVisor)."""
    missing = engine_has(tier)
    if missing:
        pytest.skip(missing)
    made = api.calibrate(settings=load_settings(sandbox=tier))
    assert made.source == "measured" and made.sample_ms > REFERENCE_S * 1000 / 20, made


def test_what_is_kept_is_lowered_by_a_run(pairs: Path, tmp_path: Path) -> None:
    """A factor kept from a bad moment holds for no run after it; the record says what was used."""
    api.calibrate()
    path = kept(tmp_path)
    bad = {"factor": 16.0, "sample_ms": 16_000 * REFERENCE_S}
    path.write_text(json.dumps({**json.loads(path.read_text()), **bad}))
    api.verify(pairs, out=tmp_path / "run")
    manifest = api.load_run(tmp_path / "run").manifest()
    used = manifest.calibration
    assert used.factor == step_of(used.sample_ms / 1000 / REFERENCE_S) < 16.0
    assert json.loads(path.read_text())["factor"] == used.factor


def test_a_run_keeps_its_measure(pairs: Path, tmp_path: Path) -> None:
    """Manifest, verdict and plan name the factor; jobs get the scaled limits; repro uses it."""
    api.verify(pairs, out=tmp_path / "run", settings=load_settings(calibration=3.0))
    run = api.load_run(tmp_path / "run")
    verdict = run.verdict("a")
    assert run.manifest().calibration.factor == verdict.provenance.calibration == 3.0
    plan: dict[str, Any] = json.loads(run.artifact(verdict.plan))
    limits = Limits(**plan["limits"])
    assert limits.cpu_s == run.manifest().limits["cpu_s"]
    assert Limits(**plan["jobs"][0]["limits"]) == scaled(limits, 3.0)
    again = api.repro(tmp_path / "run", "a", settings=load_settings())
    assert again.same and again.after["provenance"]["calibration"] == 3.0
    resumed = api.verify(pairs, out=tmp_path / "run", settings=load_settings(), retry="all")
    assert resumed.judged == 1
    assert api.load_run(tmp_path / "run").manifest().calibration.factor == 3.0


def test_a_factor_is_no_other_question(pairs: Path, tmp_path: Path) -> None:
    """Fingerprints do not depend on the machine's speed: known pairs stay known."""
    api.verify(pairs, out=tmp_path / "run", settings=load_settings(calibration=3.0))
    summary = api.verify(pairs, out=tmp_path / "run", settings=load_settings(calibration="off"))
    assert (summary.known, summary.judged) == (1, 0)


def test_scaled_limits_leave_sleepers_alone() -> None:
    """Processor time is multiplied; wall time grows by as much, not by the factor."""
    assert scaled(Limits(cpu_s=5, wall_s=10), 2.0) == Limits(cpu_s=10, wall_s=15)
    assert scaled(Limits(), 1.0) == Limits()


def test_a_factor_below_one_is_refused() -> None:
    """No setting makes limits tighter than they say."""
    with pytest.raises(Misuse, match="calibration"):
        load_settings(calibration=0.5)


def test_calibrate_prints_its_document(pairs: Path, tmp_path: Path) -> None:
    """`pairproof calibrate --json`: factor, sample, reference; and never a higher factor after."""
    said = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "harness", "calibrate", "--json"],
            capture_output=True, text=True, check=True, timeout=300,
        )  # fmt: skip
        said.append(json.loads(done.stdout))
    assert said[0]["factor"] >= said[1]["factor"] >= 1
    assert all(fits(one["factor"], one["sample_ms"]) for one in said), said
    assert said[0]["reference_ms"] == REFERENCE_S * 1000
