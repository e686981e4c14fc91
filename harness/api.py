"""The typed API, sync and async. The command line is made of these and nothing else.

from harness.api import verify, load_run

summary = verify("pairs.jsonl", out="runs/a")
for verdict in load_run("runs/a").verdicts():
    print(verdict.pair_id, verdict.status, verdict.detail)
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from harness.audit import AuditReport, run_audit
from harness.calibration import calibrate as measure_again
from harness.config import Settings, load_settings
from harness.dataset import read_pairs
from harness.doctor import Diagnosis, diagnose
from harness.errors import Interrupted, Misuse
from harness.lab import open_lab
from harness.models import Calibration, Pair
from harness.pages.render import Rendered, pair_from, replay
from harness.pages.render import render as render_pages
from harness.pages.replay import read_trace
from harness.repro import ReproReport, reproduce, stored_plan
from harness.run import Observer, Request, Stop, Summary
from harness.run import verify as run_verify
from harness.store import Run, begun_with

Paths = str | Path | Sequence[str | Path]


def _inputs(paths: Paths) -> tuple[str, ...]:
    return (str(paths),) if isinstance(paths, str | Path) else tuple(str(p) for p in paths)


def verify(
    paths: Paths,
    *,
    out: str | Path,
    format: str = "auto",
    limit: int | None = None,
    only: Sequence[str] = (),
    retry: str = "unscored",
    settings: Settings | None = None,
    observer: Observer | None = None,
    stop: Stop | None = None,
) -> Summary:
    """Judge every pair of `paths` and append the verdicts to the run folder `out`.

    Run it again with the same folder to resume. Settings come from the environment and
    `pairproof.toml` where none are given.

    Raises:
        Misuse, NothingToDo, CannotJudge, Interrupted: see `harness.errors`.
    """
    settings = settings or load_settings()
    request = Request(
        inputs=_inputs(paths), out=Path(out), format=format, limit=limit, only=tuple(only),
        retry=retry, jobs=settings.effective_jobs(),
    )  # fmt: skip
    with open_lab(settings, recorded=begun_with(request.out)) as lab:
        return run_verify(request, lab, observer=observer, stop=stop)


async def averify(
    paths: Paths,
    *,
    out: str | Path,
    format: str = "auto",
    limit: int | None = None,
    only: Sequence[str] = (),
    retry: str = "unscored",
    settings: Settings | None = None,
    observer: Observer | None = None,
) -> Summary:
    """`verify` for async code. Cancelling it finishes the pairs in flight, then stops."""
    stop = Stop()
    task = asyncio.create_task(asyncio.to_thread(
        verify, paths, out=out, format=format, limit=limit, only=only, retry=retry,
        settings=settings, observer=observer, stop=stop,
    ))  # fmt: skip
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stop.ask()
        with suppress(Interrupted):
            await task
        raise


def load_run(path: str | Path) -> Run:
    """A run folder, for reading. Raises Misuse where it is none."""
    return Run(Path(path))


def repro(run: str | Path, pair_id: str, *, settings: Settings | None = None) -> ReproReport:
    """Run one recorded pair's stored plan again and compare the verdicts. Raises Misuse."""
    settings = settings or load_settings()
    return reproduce(load_run(run), pair_id, settings)


async def arepro(run: str | Path, pair_id: str, *, settings: Settings | None = None) -> ReproReport:
    """`repro` for async code."""
    return await asyncio.to_thread(repro, run, pair_id, settings=settings)


def render(
    source: str | Path,
    pair_id: str | None = None,
    *,
    depth: str = "full",
    seed: int = 1,
    times: int = 1,
    trace: str | Path | None = None,
    settings: Settings | None = None,
) -> Rendered:
    """Visit one page in the isolated browser: a file, a run's or a file's pair, or stdin for "-".

    `times` over, to see whether visits agree; or, with a `trace`, once and by its steps.

    Raises:
        Misuse: there is no page, or no trace. CannotJudge: no browser here.
    """
    pair = _page_pair(source, pair_id)
    steps = read_trace(Path(trace)) if trace is not None else None
    with open_lab((settings or load_settings()).model_copy(update={"jobs": 1})) as lab:
        if steps is not None:
            return replay(pair, lab, steps)
        return render_pages(pair, lab, depth=depth, seed=seed, times=times)


def _page_pair(source: str | Path, pair_id: str | None) -> Pair:
    where = Path(source)
    if pair_id is None:
        if where.is_dir() or where.suffix == ".jsonl":
            raise Misuse(f"{source} holds many pairs: which one?",
                         hint=f"pairproof render {source} PAIR")  # fmt: skip
        return pair_from(str(source))
    if where.is_file():
        for row in read_pairs([where]):
            if isinstance(row, Pair) and row.id == pair_id:
                return row
        raise Misuse(f"no pair {pair_id!r} in {source}", hint="give the id of one of its rows")
    _, plan = stored_plan(load_run(source), pair_id)
    return Pair.model_validate(plan["pair"])


def audit(path: str | Path | None = None, *, settings: Settings | None = None) -> AuditReport:
    """Run a catalogue of attacks, the built-in one by default, and count the forged passes."""
    settings = settings or load_settings()
    with open_lab(settings) as lab:
        return run_audit(lab, Path(path) if path is not None else None)


async def aaudit(
    path: str | Path | None = None, *, settings: Settings | None = None
) -> AuditReport:
    """`audit` for async code."""
    return await asyncio.to_thread(audit, path, settings=settings)


def calibrate(*, settings: Settings | None = None) -> Calibration:
    """Measure how slow this machine is and keep it. Raises CannotJudge, Misuse."""
    settings = settings or load_settings()
    with open_lab(settings.model_copy(update={"calibration": "off"})) as lab:
        automatic = settings.model_copy(update={"calibration": "auto"})
        return measure_again(automatic, lab.bench.sandbox, lab.facts, again=True)


def doctor() -> Diagnosis:
    """What this machine can isolate, run and draw."""
    return diagnose()
