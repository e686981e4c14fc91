"""The whole journey in containers: the embedded sandbox's verdicts, and nothing forged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sandbox_places import TIERS, engine_has

from harness import api
from harness.config import load_settings

DOCKER = [tier for tier in TIERS if tier.startswith("docker")]
CATALOGUE = 59


def need(tier: str) -> None:
    """Skip, with the line to type, where this machine has no such tier."""
    missing = engine_has(tier)
    if missing:
        pytest.skip(missing)


def test_docker_and_embedded_agree_pair_by_pair(shared: Path, tmp_path: Path) -> None:
    """HumanEval in containers of one image gives the verdicts, reasons and proofs of the host's."""
    need("docker:uid")
    found = {}
    for sandbox in ("embedded", "docker"):
        out = tmp_path / sandbox
        summary = api.verify(
            shared / "data" / "humaneval.jsonl.gz", out=out, settings=load_settings(sandbox=sandbox)
        )
        assert summary.counts["unscored"] == 0
        found[sandbox] = {
            v.pair_id: (v.status, v.reasons, v.assurance, [(c.id, c.outcome) for c in v.cases])
            for v in api.load_run(out).verdicts()
        }
        provenance = next(iter(api.load_run(out).verdicts())).provenance
        assert provenance.backend == sandbox and provenance.image.startswith("sha256:")
    assert len(found["docker"]) == 164
    assert found["docker"] == found["embedded"]


@pytest.mark.parametrize("tier", DOCKER)
def test_nothing_is_forged_on_any_tier(tier: str) -> None:
    """The catalogue of attacks, 59 of them runnable, four of them pages, comes out without a forged pass."""
    need(tier)
    report = api.audit(None, settings=load_settings(sandbox=tier, jobs=2))
    assert report.runnable == CATALOGUE and report.forged == 0
    assert not [item for item in report.items if item.status == "unscored"]


def test_an_unknown_tier_is_misuse(tmp_path: Path) -> None:
    """A tier that there is not ends with status 2 and the list of those that there are."""
    (tmp_path / "p.jsonl").write_text("{}\n")
    done = subprocess.run(
        [sys.executable, "-m", "harness", "verify", str(tmp_path / "p.jsonl"), "-o",
         str(tmp_path / "run"), "--sandbox", "docker:none"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and "docker:uidns" in done.stderr


def test_without_an_engine_a_run_ends_with_the_line_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No engine is status 3 and a hint, and no pair is rejected for it."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    (tmp_path / "p.jsonl").write_text(
        json.dumps({"id": "a", "language": "python", "code": "x = 1", "test_sketch": "x == 1"})
    )
    done = subprocess.run(
        [sys.executable, "-m", "harness", "verify", str(tmp_path / "p.jsonl"), "-o",
         str(tmp_path / "run"), "--sandbox", "docker"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3 and "no Docker engine answers" in done.stderr
    assert "DOCKER_HOST" in done.stderr
