"""Fixtures of the tests of whole journeys: the backends that this machine has, and busy loops."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import pytest

import sandboxes
from benchmarks._beside import busy_loops
from tests.waiting import comes

BACKENDS = ("embedded", "docker")


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The name of a backend that can isolate here."""
    name = str(request.param)
    kind = sandboxes.available().get(name)
    if kind is None:
        pytest.skip(f"no backend {name!r} here: pip install pairproof[{name}]")
    probe = kind.probe()
    if not probe.available:
        pytest.skip(f"{name}: {probe.reason}: {probe.remedy}")
    return name


@pytest.fixture
def load(request: pytest.FixtureRequest) -> Iterator[int]:
    """As many busy loops beside as the test's parameter says."""
    with busy_loops(request.param):
        yield request.param


def wait_for(what: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> None:
    """Until it holds, as long as `process` lives."""

    def holds() -> bool:
        if what():
            return True
        assert process is None or process.poll() is None, process.communicate()
        return False

    assert comes(holds), "it never happened"
