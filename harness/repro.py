"""Any recorded verdict again, on this machine, from the run folder alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.config import LimitSettings, Settings
from harness.errors import CannotJudge, Misuse
from harness.kits import kit_of
from harness.lab import open_lab
from harness.models import Calibration, Pair, Policy, Record, Verdict
from harness.pages.differences import Difference, differences
from harness.pipeline import examine
from harness.store import Run
from sandboxes.base import SandboxUnavailable


class ReproReport(Record):
    """Whether a recorded verdict came out again."""

    same: bool
    before: dict[str, Any]
    after: dict[str, Any]
    changed: tuple[str, ...] = ()
    """Names of the fields that differ."""
    differences: tuple[Difference, ...] = ()
    """The values that differ, by path: in the verdict, then in the evidence behind it."""


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
    pair = _pair(plan)
    same_terms = settings.model_copy(
        update={
            "policy": Policy.model_validate(plan["policy"]),
            "limits": LimitSettings.model_validate(plan["limits"]),
            "jobs": 1,
        }
    )
    begun = Calibration.model_validate(plan.get("calibration", {}))
    with open_lab(same_terms, recorded=begun) as lab:
        try:
            again = examine(pair, lab)
        except SandboxUnavailable as error:
            raise CannotJudge(str(error), hint=error.hint) from error
    before, after = (_comparable(v) for v in (recorded, again.verdict))
    kit = kit_of(pair)
    return ReproReport(
        same=kit.same(frozenset(_changed(before, after))),
        before=before,
        after=after,
        changed=tuple(sorted(k for k in before if before[k] != after.get(k))),
        differences=(*differences(before, after), *kit.compare(run, recorded, again)),
    )


def _changed(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """The fields that differ and, of records, which of their fields: `page`, `page.structure`."""
    for name, value in before.items():
        other = after.get(name)
        if value != other:
            yield name
            if isinstance(value, dict) and isinstance(other, dict):
                yield from (f"{name}.{k}" for k in _changed(value, other))


def _comparable(verdict: Verdict) -> dict[str, Any]:
    essence = verdict.essence()
    for derived in ("plan", "artifacts"):
        essence.pop(derived)
    return essence


def open_shell(run: Run, pair_id: str, settings: Settings) -> int:
    """A shell with the pair's files in place; returns its exit status.

    It is inside the sandbox. Nothing of a page runs in a shell, so that a page's is the person's
    own, in a folder that goes with it.

    Raises:
        Misuse: no such pair, the backend has no shell, or the person's does not start.
        CannotJudge: no sandbox here.
    """
    profile = kit_of(_pair(stored_plan(run, pair_id)[1])).shell_profile
    if not profile:
        return _own_shell(run, pair_id)
    files = {
        name: data.decode("utf-8", "surrogatepass")
        for name, data in pair_files(run, pair_id).items()
    }
    with open_lab(settings) as lab:
        shell = getattr(lab.bench.sandbox, "shell", None)
        if shell is None:
            raise Misuse(f"sandbox {settings.sandbox!r} has no shell",
                         hint="--sandbox embedded has one, --export DIR needs none")  # fmt: skip
        kept = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return int(shell(files, profile=profile))
        except SandboxUnavailable as error:
            raise CannotJudge(str(error), hint=error.hint) from error
        finally:
            signal.signal(signal.SIGINT, kept)


def _own_shell(run: Run, pair_id: str) -> int:
    shell = os.environ.get("SHELL") or "/bin/sh"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    with tempfile.TemporaryDirectory(prefix="pairproof-page-") as folder:
        names = export(run, pair_id, Path(folder))
        sys.stderr.write(
            f"{folder}: {', '.join(names)}\n"
            "this shell is yours, not the sandbox's; the folder goes when you leave it\n"
            "events.txt says what happened; sh render.sh visits the page again, isolated\n"
        )
        # A handler of ours, unlike an ignored signal, is not handed down.
        kept = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            done = subprocess.run(
                [shell], cwd=folder, env={**os.environ, "PATH": path}, check=False
            )
        except OSError as error:
            raise Misuse(f"cannot start {shell}: {error.strerror}",
                         hint="set SHELL, or use --export DIR") from error  # fmt: skip
        finally:
            signal.signal(signal.SIGINT, kept)
    return done.returncode if done.returncode >= 0 else 128 - done.returncode


def export(run: Run, pair_id: str, folder: Path) -> list[str]:
    """Write the pair's files, verdict and a run.sh that needs nothing of ours; returns the names.

    Raises Misuse where the folder cannot be written.
    """
    files = pair_files(run, pair_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        for name in files:
            if name.endswith(".sh"):
                (folder / name).chmod(0o755)
    except OSError as error:
        raise Misuse(f"cannot write to {folder}: {error.strerror}") from error
    return sorted(files)


def pair_files(run: Run, pair_id: str) -> dict[str, bytes]:
    """The pair as files: those of its language, plan, verdict, instruction."""
    recorded, plan = stored_plan(run, pair_id)
    pair = _pair(plan)
    texts = {
        "plan.json": json.dumps(plan, indent=1, sort_keys=True) + "\n",
        "verdict.json": recorded.model_dump_json(indent=1) + "\n",
        "instruction.txt": pair.instruction + "\n",
    }
    told = {name: text.encode("utf-8", "surrogatepass") for name, text in texts.items()}
    return {**kit_of(pair).files(run, recorded, plan), **told}


def shell_command(run: Run, plan: dict[str, Any]) -> str:
    """What would be run, for people."""
    return kit_of(_pair(plan)).command(run, plan)


def _pair(plan: dict[str, Any]) -> Pair:
    return Pair.model_validate(plan["pair"])
