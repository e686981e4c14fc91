"""Emitted pytest files decide as the suites that they were lifted from, under real pytest."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lift_support import shared_data

from harness.sketch.emit import emit_pytest
from harness.sketch.lift import lift_suite

# A buggy solution of these does not end; the file is stopped, which is a failure too.
TIMEOUT_S = 1
BUGGY_STEP = 4
"""Every fourth buggy solution: those that hang make the whole set slow."""


def _write(folder: Path, field: str) -> int:
    """One module and one emitted test file for each task that lifts; how many."""
    count = 0
    rows = shared_data("humanevalpack-python.jsonl.gz")
    for number, row in enumerate(rows[:: BUGGY_STEP if field == "buggy_solution" else 1]):
        code = row["declaration"] + row[field]
        spec = lift_suite(row["test"], kind="check", entry_point=row["entry_point"], code=code)
        if spec is None:
            continue
        count += 1
        module = f"solution_{number}"
        text = emit_pytest(spec, module=module)
        ast.parse(text)
        (folder / f"{module}.py").write_text(code)
        (folder / f"test_{number}.py").write_text(text)
    return count


def _failed(folder: Path) -> set[str]:
    """Files with a failed test."""
    plugins = ["-p", "no:cacheprovider", "-p", "pytest_timeout", f"--timeout={TIMEOUT_S}"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--assert=plain",
        *plugins,
        "--tb=no",
        "-rfE",
        str(folder),
    ]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, env=environment
    )
    assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr[-2000:]
    lines = [x for x in done.stdout.splitlines() if x.startswith(("FAILED ", "ERROR "))]
    return {line.split()[1].split("::")[0].rsplit("/", 1)[-1] for line in lines}


@pytest.mark.parametrize(
    "field", ["canonical_solution", pytest.param("buggy_solution", marks=pytest.mark.slow)]
)
def test_emitted_files_pass_the_right_and_fail_the_buggy(field: str, tmp_path: Path) -> None:
    """All emitted files pass beside the reference; every one fails beside the planted bug."""
    written = _write(tmp_path, field)
    failed = _failed(tmp_path)
    assert written >= (155 if field == "canonical_solution" else 35)
    assert len(failed) == (0 if field == "canonical_solution" else written)
