"""Runs suites as a user would, each in a folder with real files: what the guest is held against.

    python plain_pytest.py < programs.json > outcomes.json

`programs` are [name, text of solution.py, text of test_solution.py]; `outcomes` maps the name to
{test: [outcome, type of the exception or ""]}.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pdb  # noqa: F401
import sys
import tempfile
import unittest.mock  # noqa: F401
from pathlib import Path
from typing import Any

import pytest
from _pytest.config import default_plugins


class Recorder:
    """Phases and exception types of every test."""

    def __init__(self) -> None:
        self.phases: dict[str, dict[str, tuple[str, bool]]] = {}
        self.errors: dict[str, str] = {}

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        """Keep the type of the first exception."""
        if call.excinfo is not None:
            self.errors.setdefault(item.nodeid, type(call.excinfo.value).__qualname__)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep a phase's outcome."""
        found = self.phases.setdefault(report.nodeid, {})
        if found.get(report.when, ("", False))[0] != "failed":  # a part of a test may fail first
            found[report.when] = report.outcome, hasattr(report, "wasxfail")

    def outcomes(self) -> dict[str, list[str]]:
        """Pytest's own words: error, failed, skipped, xfailed, xpassed, passed."""
        return {
            nodeid.split("::", 1)[1]: [self.outcome(phases), self.errors.get(nodeid, "")]
            for nodeid, phases in self.phases.items()
        }

    def outcome(self, phases: dict[str, tuple[str, bool]]) -> str:
        """What the phases of one test come to together."""
        around = [phases[when][0] for when in ("setup", "teardown") if when in phases]
        if "failed" in around:
            return "error"
        word, expected = phases.get("call", phases["setup"])
        if expected:
            return "xfailed" if word == "skipped" else "xpassed"
        return word


def run_one(solution: str, tests: str) -> dict[str, list[str]]:
    """One suite in a process of its own, forked from this one."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            Path("solution.py").write_text(solution)
            Path("test_solution.py").write_text(tests)
            sys.path.insert(0, folder)
            quiet = os.open(os.devnull, os.O_RDWR)
            for fd in (0, 1, 2):
                os.dup2(quiet, fd)
            recorder = Recorder()
            args = ["-c", os.devnull, f"--rootdir={folder}", "-p", "no:cacheprovider",
                    "--tb=no", "test_solution.py"]  # fmt: skip
            pytest.main(args, plugins=[recorder])
            os.write(writer, json.dumps(recorder.outcomes()).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    os.waitpid(pid, 0)
    return dict(json.loads(data)) if data else {}


if __name__ == "__main__":
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for plugin in default_plugins:  # what every fork needs
        importlib.import_module(f"_pytest.{plugin}")
    gc.freeze()  # pytest collects garbage at each end; what is loaded here is none
    found = {name: run_one(code, tests) for name, code, tests in json.load(sys.stdin)}
    print(json.dumps(found))
