"""A Python pair: its code, its tests, and a script that runs them with plain pytest."""

from __future__ import annotations

import json
from typing import Any

from harness.models import Pair, Policy, Verdict
from harness.pages.differences import Difference
from harness.pipeline import Examined
from harness.prepare import prepare
from harness.sketch.emit import emit_pytest
from harness.store import Run

_RUN_SH = """\
#!/bin/sh
# Runs the tests of one pair with plain Python and pytest. No isolation: look at the code first.
cd "$(dirname "$0")" || exit 2
python3 -c 'import pytest' 2>/dev/null || {{ echo 'missing: pip install pytest'; exit 3; }}
status=0
for tests in test_*.py; do
    [ -e "$tests" ] || {{ echo 'this pair has no tests'; exit 4; }}
    echo "== $tests"
    PYTHONHASHSEED=0 TZ=UTC0 python3 -m pytest -q -p no:cacheprovider "$tests" || status=1
done
echo 'recorded verdict: {status} {reasons}'
exit $status
"""
_DECISIVE = frozenset({"status", "reasons", "assurance", "strength", "cases"})


class PythonKit:
    """Code and tests as files."""

    shell_profile = "pytest"

    def files(self, run: Run, recorded: Verdict, plan: dict[str, Any]) -> dict[str, bytes]:
        """solution.py, its tests, run.sh."""
        pair = Pair.model_validate(plan["pair"])
        prepared = prepare(pair, Policy.model_validate(plan["policy"]))
        files = {"solution.py": pair.code}
        if prepared.cases:
            files["test_sketch.py"] = emit_pytest(prepared.spec)
        if pair.suite is not None:
            files["test_suite.py"] = _suite_file(pair)
        files["run.sh"] = _RUN_SH.format(
            status=recorded.status.value, reasons=",".join(r.value for r in recorded.reasons)
        )
        return {name: text.encode("utf-8", "surrogatepass") for name, text in files.items()}

    def command(self, run: Run, plan: dict[str, Any]) -> str:
        """The jobs of the first run, one after another."""
        lines = []
        for number, job in enumerate(plan["jobs"], 1):
            limits = job["limits"]
            for process in job["processes"]:
                what = process["entry"] or " ".join(process["argv"])
                lines.append(f"job {number} ({process['name']}): {what}")
                for case in process["payload"].get("cases", ()):
                    lines.append(f"    {case['id']}: {json.dumps(case['call'])}")
            lines.append(
                f"    limits: {limits['cpu_s']} s cpu, {limits['wall_s']} s wall, "
                f"{limits['memory_mb']} MiB, {limits['pids']} processes, no network"
            )
        return "\n".join(lines)

    def same(self, changed: frozenset[str]) -> bool:
        """Status, reasons, assurance, strength and every case's outcome."""
        return not _DECISIVE & changed

    def compare(self, run: Run, recorded: Verdict, again: Examined) -> tuple[Difference, ...]:
        """Nothing: the verdict itself names every case."""
        return ()


def _suite_file(pair: Pair) -> str:
    """The suite as pytest finds it, whatever its kind."""
    suite = pair.suite
    if suite is None or suite.kind == "pytest":
        return suite.source if suite else ""
    if suite.kind == "check":
        return (
            f"from solution import *\nfrom solution import {pair.entry_point}\n\n{suite.source}\n\n"
            f"def test_check():\n    check({pair.entry_point})\n"
        )
    body = "".join(f"    {line}\n" if line.strip() else "\n" for line in suite.source.splitlines())
    return f"from solution import *\n\n\ndef test_script():\n{body or '    pass'}"
