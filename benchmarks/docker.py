"""One verdict's execution in every way to isolate it, and without any: one table from one run.

Programs: the 164 HumanEval solutions with their official tests. A plain run is the file with its
tests. `docker_run` is the command of that name for each file, `docker_run_sdk` the same through
Python's SDK, `docker_exec` a command in a warm container, all on our own image. Ours answer the
same tests: values compared outside where they are plain data, else in the framework's own way.
CPU is that of client, engine, shims and containers together.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks._engine import PARENT, Clock, accounted
from benchmarks._measure import corpus, median
from benchmarks._suites import suite_corpus
from harness.config import load_settings
from harness.dataset import read_pairs
from harness.lab import open_lab
from harness.models import Pair
from harness.pipeline import Lab
from harness.prepare import Prepared, prepare
from harness.trial import PLAIN
from runners.base import Mode
from runners.suites import count_roster
from sandboxes import engine, images

CONCURRENCY = (1, 2, 4, 8)
# gVisor's own kernel uses a tenth of a core while it waits, so that nothing is measured beside it.
OURS = {
    "embedded": "embedded",
    "uid": "docker:uid",
    "uidns": "docker:uidns",
    "container": "docker:container",
}
SHARE = {"container": 4, "runsc": 2}
"""Of ours that are slow: one of so many programs is run."""
AGAIN = 3
"""So many times the others run each."""
TURNS = 6
SUITES = 24
_SUITE_SYSTEMS = ("fresh_pytest", "uid_suite", "uid_suite_split")
"""Measured one at a time only."""
_BOUNDS: dict[str, Any] = {
    "user": "1000:1000", "network_mode": "none", "read_only": True, "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"], "mem_limit": "512m", "memswap_limit": "512m",
    "pids_limit": 64, "tmpfs": {"/job": "size=64m", "/tmp": "size=64m", "/dev/shm": "size=64m"},
    **PARENT,
}  # fmt: skip
"""What a container that is run for one program needs to be as bounded as a slot."""
_FLAGS = [
    "--user=1000:1000", "--network=none", "--read-only", "--cap-drop=ALL",
    "--security-opt=no-new-privileges:true", "--memory=512m", "--memory-swap=512m",
    "--pids-limit=64", "--tmpfs=/job:size=64m", "--tmpfs=/tmp:size=64m",
    "--tmpfs=/dev/shm:size=64m", f"--cgroup-parent={PARENT['cgroup_parent']}",
]  # fmt: skip
"""The same for the command line."""


def run() -> dict[str, Any]:
    """Rows by system and concurrency; ratios of CPU at one program at a time, and at each other.

    One at a time nothing but the program and its isolation is measured; beside others each system
    also pays for the core that it shares.
    """
    rows: list[dict[str, Any]] = []
    with accounted() as clock, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        files = _files(folder)
        for jobs in CONCURRENCY:
            with ExitStack() as opened:
                ways = opened.enter_context(_plain_ways(files))
                ours = (_our_way(system, sandbox, jobs) for system, sandbox in OURS.items())
                ways += map(opened.enter_context, ours)
                rows += _in_turn(clock, jobs, ways)
            if _has_runsc():
                with _our_way("runsc", "docker:runsc", jobs) as way:
                    rows += _in_turn(clock, jobs, [way])
        rows += _suite_rows(clock, folder)
    ratios = {jobs: _ratios(rows, jobs) for jobs in CONCURRENCY}
    return {
        "name": "docker",
        "rows": rows,
        "ratios": ratios[CONCURRENCY[0]],
        "ratios_by_concurrency": ratios,
    }


def _ratios(rows: list[dict[str, Any]], jobs: int) -> dict[str, float]:
    suites = {r["system"]: r["cpu_ms"] for r in rows if r["system"] in _SUITE_SYSTEMS}
    cpu = {r["system"]: r["cpu_ms"] for r in rows if r["concurrency"] == jobs} | suites

    def over(one: str, other: str) -> float:
        return round(float(cpu[one]) / float(cpu[other]), 3)

    return {
        "docker_run_over_uid": over("docker_run", "uid"),
        "docker_run_sdk_over_uid": over("docker_run_sdk", "uid"),
        "docker_exec_over_uid": over("docker_exec", "uid"),
        "uid_over_plain_python": over("uid", "plain_python"),
        "embedded_over_plain_python": over("embedded", "plain_python"),
        "fresh_pytest_over_uid": over("fresh_pytest", "uid_suite"),
        "fresh_pytest_over_uid_split": over("fresh_pytest", "uid_suite_split"),
    }


def _files(folder: Path) -> list[Path]:
    files = []
    for number, pair in enumerate(_pairs()):
        path = folder / f"p{number}.py"
        tests = pair.suite.source if pair.suite else ""
        path.write_text(f"{pair.code}\n{tests}\ncheck({pair.entry_point})\n")
        path.chmod(0o644)
        files.append(path)
    return files


def _pairs() -> list[Pair]:
    return [row for row in read_pairs([corpus("humaneval.jsonl.gz")]) if isinstance(row, Pair)]


def _each(jobs: int, things: list[Any], work: Callable[[Any], object]) -> Callable[[], None]:
    def all_of_them() -> None:
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(work, things))

    return all_of_them


@dataclass(frozen=True)
class Way:
    """A way to run one program. `share`: one of so many programs is run; `again`: so many times."""

    system: str
    things: Sequence[Any]
    work: Callable[[Any], object]
    share: int = 1
    again: int = 1


def _in_turn(clock: Clock, jobs: int, ways: Sequence[Way]) -> list[dict[str, Any]]:
    """A row for each way: the mean over its programs, beside those of its turns.

    What else the machine does meanwhile changes within a run by more than what is compared. So
    every way gets a few of the programs, then the next way the same ones, and so on.
    """
    turns: dict[str, list[dict[str, Any]]] = {way.system: [] for way in ways}
    for turn in range(TURNS):
        for way in ways if turn % 2 else reversed(ways):
            things = [*way.things[turn::TURNS][:: way.share]] * way.again
            row = clock.measure(way.system, len(things), jobs, _each(jobs, things, way.work))
            turns[way.system].append(row)
    return [_mean(rows) for rows in turns.values()]


def _mean(rows: list[dict[str, Any]]) -> dict[str, Any]:
    n = sum(row["n"] for row in rows)
    means = {
        key: round(sum(row[key] * row["n"] for row in rows) / n, 2) for key in ("cpu_ms", "wall_ms")
    }
    return {
        **rows[0],
        **means,
        "runs_per_s": round(1000 / means["wall_ms"], 1),
        "n": n,
        "cpu_ms_of_turns": [row["cpu_ms"] for row in rows],
    }


@contextmanager
def _plain_ways(files: list[Path]) -> Iterator[list[Way]]:
    def plain(path: Path) -> None:
        subprocess.run([sys.executable, str(path)], check=True, capture_output=True)

    image = images.locked("python").id
    client = engine.client()
    mount = {str(files[0].parent): {"bind": "/p", "mode": "ro"}}

    def container(path: Path) -> None:
        client.containers.run(
            image, ["python3", f"/p/{path.name}"], volumes=mount, remove=True, **_BOUNDS
        )

    flags = ["--volume", f"{files[0].parent}:/p:ro", *_FLAGS, image, "python3"]

    def command(path: Path) -> None:
        subprocess.run(
            ["docker", "run", "--rm", *flags, f"/p/{path.name}"], check=True, capture_output=True
        )

    warm = client.containers.run(
        image, ["sleep", "3600"], volumes=mount, detach=True, network_mode="none",
        mem_limit="2g", **PARENT,
    )  # fmt: skip

    def inside(path: Path) -> None:
        command = ["docker", "exec", warm.id, "python3", f"/p/{path.name}"]
        subprocess.run(command, check=True, capture_output=True)

    try:
        yield [
            Way("plain_python", files, plain, again=AGAIN),
            Way("docker_run_sdk", files, container, share=4),
            Way("docker_run", files, command),
            Way("docker_exec", files, inside),
        ]
    finally:
        warm.remove(force=True, v=True)
        client.close()


@contextmanager
def _lab(sandbox: str, jobs: int) -> Iterator[Lab]:
    with open_lab(load_settings(sandbox=sandbox, jobs=jobs)) as lab:
        yield lab


@contextmanager
def _our_way(system: str, sandbox: str, jobs: int) -> Iterator[Way]:
    with _lab(sandbox, jobs) as lab:
        prepared = [prepare(pair, lab.policy, modules=lab.modules) for pair in _pairs()]

        def one(what: Prepared) -> None:
            code = what.pair.code
            if what.lifted is not None:
                passed = lab.bench.values(code, what.lifted.cases, PLAIN).passed
            else:
                assert what.suite is not None
                suite = what.suite
                passed = lab.bench.suite(code, suite, what.roster, PLAIN, mode=Mode.NATIVE).passed
            if not passed:
                raise RuntimeError(f"{what.pair.id} did not pass in {sandbox}")

        share = SHARE.get(system, 1)
        _each(jobs, prepared[::share], one)()  # slots are started and warm
        yield Way(system, prepared, one, share=share, again=AGAIN if share == 1 else 1)


def _suite_rows(clock: Clock, folder: Path) -> list[dict[str, Any]]:
    programs = suite_corpus(each=SUITES // 2)

    def fresh(number: int) -> None:
        place = folder / f"suite{number}"
        place.mkdir(exist_ok=True)
        (place / "solution.py").write_text(programs[number].solution)
        (place / "test_it.py").write_text(programs[number].tests)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
        # Plug-ins that happen to be installed would count against the fresh process.
        env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        subprocess.run(command, check=True, capture_output=True, cwd=place, env=env)

    rows = [
        clock.measure("fresh_pytest", len(programs), 1, _each(1, [*range(len(programs))], fresh))
    ]
    with _lab("docker:uid", 1) as lab:
        for mode, system in ((Mode.NATIVE, "uid_suite"), (Mode.SPLIT, "uid_suite_split")):

            def suite(number: int, mode: Mode = mode) -> None:
                program = programs[number]
                roster = count_roster(program.suite)
                assert roster is not None
                lab.bench.suite(program.solution, program.suite, roster, PLAIN, mode=mode)

            work = _each(1, [*range(len(programs))], suite)
            work()
            rows.append(median([clock.measure(system, len(programs), 1, work) for _ in range(3)]))
    return rows


def _has_runsc() -> bool:
    client = engine.client()
    try:
        return "runsc" in client.info()["Runtimes"]
    finally:
        client.close()
