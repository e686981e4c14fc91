"""Any recorded verdict again, on this machine, from the run folder alone."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

from harness.config import LimitSettings, Settings
from harness.errors import CannotJudge, Misuse
from harness.lab import open_lab
from harness.models import Calibration, Pair, Policy, Record, Verdict
from harness.pipeline import examine
from harness.prepare import prepare
from harness.sketch.emit import emit_pytest
from harness.store import Run
from sandboxes.base import SandboxUnavailable

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


class ReproReport(Record):
    """Whether a recorded verdict came out again."""

    same: bool
    before: dict[str, Any]
    after: dict[str, Any]
    changed: tuple[str, ...] = ()
    """Names of the fields that differ."""


def stored_plan(run: Run, pair_id: str) -> tuple[Verdict, dict[str, Any]]:
    """The recorded verdict and its plan. Raises Misuse where the artifact is gone."""
    verdict = run.verdict(pair_id)
    if not verdict.plan:
        raise Misuse(f"the verdict of {pair_id!r} names no plan")
    return verdict, json.loads(run.artifact(verdict.plan))


def reproduce(run: Run, pair_id: str, settings: Settings) -> ReproReport:
    """Run the stored plan again under the recorded policy and limits, and compare.

    Raises:
        Misuse: no such pair, or its plan is gone.
        CannotJudge: no sandbox here.
    """
    recorded, plan = stored_plan(run, pair_id)
    pair = Pair.model_validate(plan["pair"])
    same_terms = settings.model_copy(
        update={
            "policy": Policy.model_validate(plan["policy"]),
            "limits": LimitSettings.model_validate(plan["limits"]),
            "jobs": 1,
        }
    )
    begun = Calibration.model_validate(plan.get("calibration", {}))
    with open_lab(same_terms, recorded=begun) as lab:
        again = examine(pair, lab).verdict
    before, after = (_comparable(v) for v in (recorded, again))
    changed = tuple(sorted(k for k in before if before[k] != after.get(k)))
    decisive = {"status", "reasons", "assurance", "strength", "cases"}
    return ReproReport(
        same=not decisive & set(changed), before=before, after=after, changed=changed
    )


def _comparable(verdict: Verdict) -> dict[str, Any]:
    essence = verdict.essence()
    for derived in ("plan", "artifacts"):
        essence.pop(derived)
    return essence


def open_shell(run: Run, pair_id: str, settings: Settings) -> int:
    """A shell inside the sandbox with the pair's files in place; returns its exit status.

    Raises:
        Misuse: no such pair, or the backend has no shell.
        CannotJudge: no sandbox here.
    """
    files = pair_files(run, pair_id)
    with open_lab(settings) as lab:
        shell = getattr(lab.bench.sandbox, "shell", None)
        if shell is None:
            raise Misuse(f"sandbox {settings.sandbox!r} has no shell",
                         hint="--sandbox embedded has one, --export DIR needs none")  # fmt: skip
        kept = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return int(shell(files, profile="pytest"))
        except SandboxUnavailable as error:
            raise CannotJudge(str(error), hint=error.hint) from error
        finally:
            signal.signal(signal.SIGINT, kept)


def export(run: Run, pair_id: str, folder: Path) -> list[str]:
    """Write code, tests, verdict and a run.sh that needs nothing of ours; returns the names.

    Raises Misuse where the folder cannot be written.
    """
    files = pair_files(run, pair_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass")
        (folder / "run.sh").chmod(0o755)
    except OSError as error:
        raise Misuse(f"cannot write to {folder}: {error.strerror}") from error
    return sorted(files)


def pair_files(run: Run, pair_id: str) -> dict[str, str]:
    """The pair as files: code, tests, plan, verdict, instruction, run.sh."""
    recorded, plan = stored_plan(run, pair_id)
    pair = Pair.model_validate(plan["pair"])
    prepared = prepare(pair, Policy.model_validate(plan["policy"]))
    files = {
        "solution.py": pair.code,
        "plan.json": json.dumps(plan, indent=1, sort_keys=True) + "\n",
        "verdict.json": recorded.model_dump_json(indent=1) + "\n",
        "instruction.txt": pair.instruction + "\n",
    }
    if prepared.cases:
        files["test_sketch.py"] = emit_pytest(prepared.spec)
    if pair.suite is not None:
        files["test_suite.py"] = _suite_file(pair)
    files["run.sh"] = _RUN_SH.format(
        status=recorded.status.value, reasons=",".join(r.value for r in recorded.reasons)
    )
    return files


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


def shell_command(plan: dict[str, Any]) -> str:
    """What would be run, for people: the jobs of the first run, one after another."""
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
