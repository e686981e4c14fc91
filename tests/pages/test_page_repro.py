"""`repro` of pages: the same verdict and evidence from the run folder alone, and what differs."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness import api
from harness.config import Settings, load_settings
from harness.errors import Misuse
from harness.kits.page import agreed
from harness.models import VerdictStatus
from harness.pages.recorded import visits_of
from harness.pipeline import Lab
from harness.repro import export, open_shell, pair_files, reproduce, shell_command, stored_plan
from harness.store import Run, Store
from sandboxes.base import SandboxUnavailable

HEAD = """<!doctype html><html lang="en"><head><title>List</title><style>
body { font: 18px sans-serif } li { color: teal }</style></head><body><h1>Things to do</h1>"""
GOOD = (
    HEAD
    + """<input id="what" placeholder="buy milk"><button id="add">Add</button><ul></ul>
<script>document.querySelector("#add").addEventListener("click", () => {
  const li = document.createElement("li");
  li.textContent = document.querySelector("#what").value;
  document.querySelector("ul").append(li);
});</script></body></html>"""
)
BAD = HEAD + """<p>Nothing comes.</p><script>missing();</script></body></html>"""
CODE = "def add(a, b):\n    return a + b\n"


@pytest.fixture(scope="module")
def run(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Two pages and a Python pair, verified as a person would."""
    assert lab.pages is not None
    try:
        lab.pages.conditions()
    except SandboxUnavailable as error:
        pytest.skip(f"{error}: {error.hint}")
    folder = tmp_path_factory.mktemp("repro")
    rows = [
        {"id": "list", "language": "html", "instruction": "A list.", "code": GOOD},
        {"id": "thrower", "language": "html", "code": BAD},
        {"id": "add", "language": "python", "code": CODE,
         "test_sketch": "add(1, 2) == 3\nadd(0, 0) == 0"},
    ]  # fmt: skip
    (folder / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    api.verify(folder / "pairs.jsonl", out=folder / "run", settings=load_settings(jobs=1))
    return Run(folder / "run")


@pytest.fixture(scope="module")
def settings() -> Settings:
    """One pair at a time."""
    return load_settings(jobs=1)


@pytest.mark.parametrize(
    ("name", "status"), [("list", VerdictStatus.ACCEPTED), ("thrower", VerdictStatus.REJECTED)]
)
def test_a_page_gives_the_same_verdict_and_evidence(
    run: Run, settings: Settings, name: str, status: VerdictStatus
) -> None:
    """A good page and a broken one: same verdict, same structure, no difference in the evidence."""
    assert run.verdict(name).status is status
    report = reproduce(run, name, settings)
    assert report.same
    assert report.before["page"]["structure"] == report.after["page"]["structure"] != ""
    assert [d.path for d in report.differences if d.path.startswith("visits")] == []


def altered(run: Run, root: Path, **change: Any) -> Run:
    """A copy of the run whose page `list` is recorded with other values."""
    store = Store(root)
    store.write_manifest(run.manifest())
    for name in ("list",):
        verdict = run.verdict(name)
        kept = {key: store.artifact(run.artifact(ref)) for key, ref in verdict.artifacts.items()}
        if "evidence" in change:
            evidence = json.loads(run.artifact(verdict.artifacts["evidence"]))
            change["evidence"](evidence["visits"][-1])
            kept["evidence"] = store.artifact(json.dumps(evidence).encode())
        fields = {**change.get("verdict", {}), "artifacts": kept}
        store.append(verdict.model_copy(update=fields))
    store.close()
    return Run(root)


def test_another_structure_is_not_the_same_and_is_named_by_path(
    run: Run, settings: Settings, tmp_path: Path
) -> None:
    """A recorded effect that does not come again: the digest tells, the path says where."""

    def other(visit: dict[str, Any]) -> None:
        visit["actions"][0]["effect"]["dialogs"] = 3

    page = run.verdict("list").page
    assert page is not None
    told = {"page": page.model_copy(update={"structure": "sha256:other"})}
    report = reproduce(
        altered(run, tmp_path / "run", verdict=told, evidence=other), "list", settings
    )
    found = {d.path: (d.before, d.after) for d in report.differences}
    assert not report.same and "page" in report.changed
    assert found["visits[0].actions[0].effect.dialogs"] == (3, 0)
    assert found["page.structure"][0] == "sha256:other"


def test_another_status_is_not_the_same(run: Run, settings: Settings, tmp_path: Path) -> None:
    """A verdict that was turned round in the file does not come out again."""
    turned = altered(run, tmp_path / "run", verdict={"status": VerdictStatus.REJECTED})
    report = reproduce(turned, "list", settings)
    assert not report.same and report.changed == ("status",)


def test_what_is_not_decisive_may_differ(run: Run, settings: Settings, tmp_path: Path) -> None:
    """A score that depends on the machine's speed is named, and the verdict is the same."""
    page = run.verdict("list").page
    assert page is not None
    told = {"page": page.model_copy(update={"score": 1.0})}
    report = reproduce(altered(run, tmp_path / "run", verdict=told), "list", settings)
    assert report.same
    assert "page.score" in {d.path for d in report.differences}


def test_an_export_holds_page_evidence_and_pictures(run: Run, tmp_path: Path) -> None:
    """The page as it was visited, what was seen of it, and a script that opens it."""
    names = export(run, "list", tmp_path / "out")
    assert {"page.html", "evidence.json", "score.json", "look-first.webp", "look-mobile.webp",
            "run.sh", "plan.json", "verdict.json", "instruction.txt"} <= set(names)  # fmt: skip
    assert (tmp_path / "out" / "page.html").read_text() == GOOD
    assert (tmp_path / "out" / "look-mobile.webp").read_bytes()[8:12] == b"WEBP"
    assert not {"solution.py", "test_sketch.py"} & set(names)


def test_the_script_opens_the_page_in_the_browser_that_is_named(run: Run, tmp_path: Path) -> None:
    """run.sh says the recorded verdict and gives the page's full path to $BROWSER."""
    export(run, "thrower", tmp_path / "an export")
    opener = tmp_path / "opener"
    opener.write_text('#!/bin/sh\necho "opened $1"\n')
    opener.chmod(0o755)
    done = subprocess.run(
        [str(tmp_path / "an export" / "run.sh")], capture_output=True, text=True, timeout=300,
        env={**os.environ, "BROWSER": str(opener)}, check=True,
    )  # fmt: skip
    assert "recorded verdict: rejected load" in done.stdout
    assert f"opened {tmp_path / 'an export' / 'page.html'}" in done.stdout


def test_the_command_of_a_page_is_its_render(run: Run) -> None:
    """What would be run, for people, can be typed as it stands."""
    _, plan = stored_plan(run, "list")
    assert shell_command(run, plan) == f"pairproof render {run.root} list"


def test_the_shell_of_a_page_has_its_files(
    run: Run, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person's own shell, in a folder with page, events and the command that renders it; its
    status comes back and the folder goes."""
    shell = tmp_path / "shell"
    shell.write_text(f'#!/bin/sh\ncp -r . "{tmp_path}/seen"\npwd > "{tmp_path}/where"\nexit 7\n')
    shell.chmod(0o755)
    monkeypatch.setenv("SHELL", str(shell))
    assert open_shell(run, "list", settings) == 7
    seen = tmp_path / "seen"
    assert (seen / "page.html").read_text() == GOOD
    assert "clicked" in (seen / "events.txt").read_text()
    assert json.loads((seen / "trace.json").read_text())["actions"]
    assert "pairproof render page.html" in (seen / "render.sh").read_text()
    assert not Path((tmp_path / "where").read_text().strip()).exists()


def test_a_shell_that_does_not_start_is_named(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says which, and what to do instead."""
    monkeypatch.setenv("SHELL", "/nowhere/shell")
    with pytest.raises(Misuse, match="/nowhere/shell") as caught:
        open_shell(run, "list", settings)
    assert "--export" in caught.value.hint


def test_what_two_judgements_must_agree_in_has_no_times(run: Run) -> None:
    """Status, reasons, assurance, cases and structures: the part that `repro` compares."""
    verdict = run.verdict("list")
    told = agreed(verdict, visits_of(run, verdict))
    assert sorted(told) == ["assurance", "cases", "reasons", "status", "visits"]
    (visit,) = told["visits"]
    assert visit["actions"] and "cpu_s" not in visit


def test_a_python_pair_beside_pages_is_as_before(run: Run, settings: Settings) -> None:
    """Its files, its command and its comparison are those of code."""
    assert {"solution.py", "test_sketch.py", "run.sh"} <= set(pair_files(run, "add"))
    _, plan = stored_plan(run, "add")
    assert "job 1" in shell_command(run, plan) and "no network" in shell_command(run, plan)
    assert reproduce(run, "add", settings).same
