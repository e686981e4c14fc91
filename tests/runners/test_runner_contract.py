"""What every language's runner must do; a new one is held to it by a file of samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.pipeline import Lab
from runners import languages
from runners.base import CallCase, Evidence, Runner, Source, Variation
from sandboxes.base import Limits, Outcome, Status, Stream

SAMPLES = Path(__file__).parent / "samples"
LIMITS = Limits(cpu_s=1.0, wall_s=3.0)


@pytest.fixture(params=sorted(languages()))
def runner(request: pytest.FixtureRequest) -> Runner:
    """Each language that is found by being there."""
    return languages()[request.param]


@pytest.fixture
def samples(runner: Runner) -> dict[str, Any]:
    """The language's own samples."""
    return json.loads((SAMPLES / f"{runner.language}.json").read_text())


def answer(lab: Lab, runner: Runner, samples: dict[str, Any], name: str) -> Evidence:
    source = Source(code=samples[name], cases=(CallCase(id="c1", call=samples["call"]),))
    jobs = runner.plan(source, Variation(), LIMITS)
    return runner.read(source, tuple(lab.bench.sandbox.run(job) for job in jobs))


def test_right_code_answers(lab: Lab, runner: Runner, samples: dict[str, Any]) -> None:
    """The value comes out, and the run ends cleanly."""
    evidence = answer(lab, runner, samples, "right")
    assert evidence.loaded and evidence.complete and not evidence.violations
    assert [a.value for a in evidence.answers] == [["int", "5"]]


def test_an_error_is_an_answer(lab: Lab, runner: Runner, samples: dict[str, Any]) -> None:
    """What the code raises is named."""
    (given,) = answer(lab, runner, samples, "raises").answers
    assert given.value is None and given.error and given.error["type"] == "ValueError"


@pytest.mark.parametrize("name", ["broken", "exits", "endless"])
def test_no_answer_is_made_up(lab: Lab, runner: Runner, samples: dict[str, Any], name: str) -> None:
    """Code that does not load, leaves or hangs gives no answer and no clean end."""
    evidence = answer(lab, runner, samples, name)
    assert evidence.answers == () and not evidence.complete
    assert (evidence.outcome.status is Status.TIMEOUT) == (name == "endless")
    assert (evidence.load_error is not None) == (name == "broken")


def test_an_empty_answer_fails(lab: Lab, runner: Runner, samples: dict[str, Any]) -> None:
    """No code is no error of ours: the case has no value."""
    assert all(a.value is None for a in answer(lab, runner, samples, "empty").answers)


def test_plans_are_pure(runner: Runner, samples: dict[str, Any]) -> None:
    """The same source gives the same plan."""
    source = Source(code=samples["right"], cases=(CallCase(id="c1", call=samples["call"]),))
    assert runner.plan(source, Variation(), LIMITS) == runner.plan(source, Variation(), LIMITS)


@pytest.mark.parametrize(
    "report",
    [b"", b"\x00\xff", b"[]\n", b'{"case": "c1"}\n', b'{"load": true}\n{"case": "zz"}\n',
     b'{"load": true}\n' * 3, b'{"end": 1}\n', b"[" * 100_000 + b"\n", b'{"load": 7}\n'],
)  # fmt: skip
def test_any_report_can_be_read(runner: Runner, samples: dict[str, Any], report: bytes) -> None:
    """Whatever bytes came back, reading them is total and gives no pass."""
    source = Source(code=samples["right"], cases=(CallCase(id="c1", call=samples["call"]),))
    outcome = Outcome(status=Status.OK, report=report, stdout=Stream(), stderr=Stream())
    evidence = runner.read(source, (outcome,))
    assert not (evidence.complete and evidence.answers and not evidence.violations)
