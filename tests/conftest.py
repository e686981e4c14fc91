"""Shared fixtures: a lab on the real sandbox, the corpora, small run folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from harness.config import load_settings
from harness.lab import open_lab
from harness.models import Language, Pair, SuiteText
from harness.pipeline import Lab
from sandboxes.embedded import Embedded

ROOT = Path(__file__).parent.parent
_OF_THE_ENGINE = ("docker", "runsc", "tests/hostile/", "tests/sandboxes/", "test_images")


class _Shares(LoadScopeScheduling):
    """How workers share the tests out: a file stays with one of them, for its fixtures, and all
    that use the engine or look at what a job left on the host stay with one."""

    def _split_scope(self, nodeid: str) -> str:
        if any(part in nodeid for part in _OF_THE_ENGINE):
            return "engine"
        return nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """pytest-xdist's hook."""
    return _Shares(config, log)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of corpora, beside the project or at PAIRPROOF_SHARED."""
    folder = Path(os.environ.get("PAIRPROOF_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no corpora at {folder}: set PAIRPROOF_SHARED to the folder that holds data/")
    return folder


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The embedded sandbox with default limits, for the whole session."""
    probe = Embedded.probe()
    if not probe.available:
        pytest.skip(f"cannot isolate here: {probe.reason}; {probe.remedy}")
    with open_lab(load_settings(jobs=2)) as opened:
        yield opened


MakePair = Callable[..., Pair]


@pytest.fixture
def make_pair() -> MakePair:
    """A Python pair from code with a sketch or a suite."""

    def make(
        code: str, *, sketch: str = "", suite: str = "", kind: str = "pytest", **more: object
    ) -> Pair:
        text = SuiteText.model_validate({"source": suite, "kind": kind}) if suite else None
        return Pair.model_validate(
            {"id": "p", "language": Language(name="python"), "code": code, "sketch": sketch,
             "suite": text, **more}
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def seeds(shared: Path) -> Path:
    """The folder with the project's five sources."""
    return shared / "seeds"
