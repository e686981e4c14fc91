"""Fixtures of the tests of whole journeys: the backends that this machine has, and busy loops."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

import sandboxes
from benchmarks._beside import busy_loops

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
    deadline = time.monotonic() + 120
    while not what():
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
