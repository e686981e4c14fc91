"""A suite run in the sandbox beside a fresh, unsandboxed `python -m pytest file`.

Suites: HumanEval's checks as plain test functions, and suites that use pytest's features, half
and half. One suite at a time, in rounds that take turns; medians over rounds. `split` keeps tests
and code in two processes, as a verdict does; `native` runs both in one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._measure import measure, median
from benchmarks._suites import SuiteProgram, suite_corpus
from harness.config import load_settings
from harness.lab import open_lab
from harness.pipeline import Lab
from harness.trial import PLAIN
from runners.base import Mode
from runners.suites import count_roster

ROUNDS = 3
EACH = 32
FRESH_EACH = 8
GROUPS = ("plain", "features")
# Third-party plug-ins that happen to be installed would count against the fresh process.
_ENV = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run() -> dict[str, Any]:
    """Rows by system and group; ratios of the fresh process's CPU over ours, whole and by group."""
    programs = {g: [p for p in suite_corpus(each=EACH) if p.group == g] for g in GROUPS}
    step = EACH // FRESH_EACH
    rows: dict[str, list[dict[str, Any]]] = {}
    with open_lab(load_settings()) as lab, tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS + 1):  # the first round warms the slots and is not counted
            for group, found in programs.items():
                few = found[::step]
                _row(rows, "fresh_pytest", group, few, lambda p: _fresh(Path(folder), p))
                _row(rows, "split", group, found, lambda p: _ours(lab, p, Mode.SPLIT))
                _row(rows, "native", group, found, lambda p: _ours(lab, p, Mode.NATIVE))
    medians = {name: median(kept[1:]) for name, kept in rows.items()}
    cpu = {name: float(row["cpu_ms"]) for name, row in medians.items()}
    ratios = {}
    for system, called in (("split", "embedded"), ("native", "native")):
        fresh, ours = 0.0, 0.0
        for group in GROUPS:
            one, other = cpu[f"fresh_pytest, {group}"], cpu[f"{system}, {group}"]
            ratios[f"fresh_pytest_over_{called}, {group}"] = round(one / other, 2)
            fresh, ours = fresh + one, ours + other
        ratios[f"fresh_pytest_over_{called}"] = round(fresh / ours, 2)
    return {"name": "pytest", "rows": list(medians.values()), "ratios": ratios}


def _row(
    rows: dict[str, list[dict[str, Any]]],
    system: str,
    group: str,
    programs: list[SuiteProgram],
    one: Callable[[SuiteProgram], None],
) -> None:
    def work() -> None:
        for program in programs:
            one(program)

    name = f"{system}, {group}"
    rows.setdefault(name, []).append(measure(name, len(programs), work))


def _fresh(folder: Path, program: SuiteProgram) -> None:
    (folder / "solution.py").write_text(program.solution)
    path = folder / "test_it.py"
    path.write_text(program.tests)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]
    done = subprocess.run(command, check=False, capture_output=True, cwd=folder, env=_ENV)
    if done.returncode:
        raise RuntimeError(f"{program.name} does not pass: {done.stdout.decode()[-500:]}")


def _ours(lab: Lab, program: SuiteProgram, mode: Mode) -> None:
    roster = count_roster(program.suite)
    assert roster is not None
    lab.bench.suite(program.solution, program.suite, roster, PLAIN, mode=mode)
