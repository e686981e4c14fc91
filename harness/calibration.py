"""How slow this machine is beside the reference machine: limits are CPU seconds of the latter.

`factor` multiplies the limits of time. It moves in coarse steps with a margin, so that noise does
not change it; it is never below 1. A first sample above 1 is taken again before it is believed.
What is kept for each machine and above 1 is sampled by every run, which may lower it: a bad moment
does not loosen limits for good.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import time
from dataclasses import replace
from pathlib import Path

from harness.config import Settings
from harness.errors import CannotJudge
from harness.models import Calibration, digest
from sandboxes.base import Facts, Job, Limits, Process, Sandbox, SandboxUnavailable, Status

REFERENCE_S = 0.0035
"""The shortest sample on the reference machine (AMD EPYC, CPython 3.11.7): the median of
`pairproof calibrate --json` over 16 calls, half of them beside 8 busy loops: 3.47 to 3.68 ms."""

STEPS = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
MARGIN = 0.15
"""A step holds up to this much above itself. Measured spread of one machine, at any load: 6 %."""

_CLEARLY_LOWER = 0.95
_SAMPLES = 5
_PAUSE_S = 1.0
_LIMITS = Limits(cpu_s=120.0, wall_s=60.0)
_PROFILE = "values"


def step_of(ratio: float) -> float:
    """The lowest step that covers a machine `ratio` times as slow as the reference. Pure."""
    return next((step for step in STEPS if ratio <= step * (1 + MARGIN)), STEPS[-1])


def settled(ratio: float, kept: float | None) -> float:
    """The factor, given the one that was kept for this machine: lower only if clearly. Pure."""
    if kept is None:
        return step_of(ratio)
    return step_of(ratio) if step_of(ratio / _CLEARLY_LOWER) < kept else kept


def measure(sandbox: Sandbox) -> float:
    """The shortest sample in seconds, taken in a sandbox as jobs run; about a second.

    Raises SandboxUnavailable where the sandbox cannot say.
    """
    outcome = sandbox.run(
        Job(processes=(Process(entry="pace:main"),), profile=_PROFILE, limits=_LIMITS)
    )
    with contextlib.suppress(ValueError, KeyError, TypeError):
        best_s = float(json.loads(outcome.report)["best_s"])
        if outcome.status is Status.OK and best_s > 0:
            return best_s
    raise SandboxUnavailable(
        f"the calibration did not end well: {outcome.status} {outcome.detail}".rstrip(),
        hint="PAIRPROOF_CALIBRATION=off does without; a number says how slow this machine is",
    )


def _confirmed(sandbox: Sandbox) -> float:
    """The shortest of several samples where the first says that limits must grow, in seconds.

    A neighbour on the same processor can slow a whole sample down by two thirds; a slow machine
    is slow each time, and its first run pays some seconds to show it.
    """
    best_s = measure(sandbox)
    for _ in range(_SAMPLES - 1):
        if step_of(best_s / REFERENCE_S) == STEPS[0]:
            break
        time.sleep(_PAUSE_S)
        best_s = min(best_s, measure(sandbox))
    return best_s


def calibrate(
    settings: Settings,
    sandbox: Sandbox,
    facts: Facts,
    *,
    recorded: Calibration | None = None,
    again: bool = False,
) -> Calibration:
    """What limits are multiplied with: `settings.calibration`, the record, the kept one, a sample.

    `recorded` is what a run was begun with: it holds on the same machine, so that a run is judged
    by one measure from its start to its reproduction. `again` measures whatever is kept.

    Raises CannotJudge where nothing can be measured.
    """
    machine = machine_key(facts)
    if settings.calibration == "off":
        return Calibration(machine=machine, source="off")
    if settings.calibration != "auto":
        return Calibration(machine=machine, source="set", factor=settings.calibration)
    if recorded is not None and recorded.machine == machine and not again:
        return recorded
    path = _path(machine)
    kept = _read(path)
    if kept is not None and kept.factor == STEPS[0] and not again:
        return kept
    try:
        best_s = _confirmed(sandbox) if kept is None or again else measure(sandbox)
    except SandboxUnavailable as error:
        raise CannotJudge(str(error), hint=error.hint) from error
    factor = settled(best_s / REFERENCE_S, kept.factor if kept else None)
    if kept is not None and kept.sample_ms:
        best_s = min(best_s, kept.sample_ms / 1000)
    made = Calibration(
        machine=machine, source="measured", factor=factor, sample_ms=round(best_s * 1000, 4)
    )
    _write(path, made)
    return made


def scaled(limits: Limits, factor: float) -> Limits:
    """Limits of this machine: more processor time, and as much more wall time. Pure."""
    more_s = (factor - 1) * limits.cpu_s
    return replace(limits, cpu_s=limits.cpu_s + more_s, wall_s=limits.wall_s + more_s)


def machine_key(facts: Facts) -> str:
    """What a calibration is good for: this processor, this Python, this image."""
    return digest([_processor(), facts.toolchain.get("python", ""), facts.backend, facts.image])


def _processor() -> str:
    with contextlib.suppress(OSError), Path("/proc/cpuinfo").open() as file:
        for line in file:
            if line.startswith(("model name", "CPU part")):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _path(machine: str) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    name = machine.removeprefix("sha256:")[:32]
    return Path(base).expanduser() / "pairproof" / "calibration" / f"{name}.json"


def _read(path: Path) -> Calibration | None:
    with contextlib.suppress(OSError, ValueError):
        kept = Calibration.model_validate_json(path.read_bytes())
        return kept.model_copy(update={"source": "kept"})
    return None


def _write(path: Path, made: Calibration) -> None:
    """Keep it; a cache that cannot be written costs a second in each run, no more."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".part{os.getpid()}")
        part.write_text(made.model_dump_json() + "\n")
        part.replace(path)
