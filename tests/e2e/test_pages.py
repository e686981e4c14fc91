"""Pages from a file of pairs to verdicts and back, as a person types it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HEAD = """<!doctype html><html lang="en"><head><title>Tasks</title><style>
body { font: 18px sans-serif } li { color: teal } button { padding: 8px }</style></head><body>
<h1>Tasks</h1><input id="what" placeholder="New task"><button id="add">Add</button><ul></ul>"""
SCRIPT = """<script>document.querySelector("#add").addEventListener("click", () => {
  const li = document.createElement("li");
  li.textContent = document.querySelector("#what").value;
  document.querySelector("ul").append(li);
  localStorage.setItem("count", String(document.querySelectorAll("li").length));
});</script>"""
END = "</body></html>"
GOOD = HEAD + SCRIPT + END
SKETCH = """Type "milk" into "New task" and click "Add": "milk" is shown
Type "milk" into "New task" and click "Add": localStorage "count" is "1"
it feels pleasant"""
LIBRARY = '<script src="https://unpkg.com/none-of-ours@9.9.9/dist/widget.js"></script>'
NEEDS = HEAD + LIBRARY + "<script>noneOfOurs.start();</script>" + END
ROWS = {
    "good": {"code": GOOD, "test_sketch": SKETCH},
    "fails": {"code": GOOD, "test_sketch": 'Click #add, then the text of h1 is "Done"'},
    "truncated": {"code": GOOD[: GOOD.index("li.textContent")]},
    "blank": {"code": "<!doctype html><html><head><title>x</title></head><body></body></html>"},
    "needs": {"code": NEEDS, "test_sketch": SKETCH},
    "fenced": {"response": f"Here it is:\n\n```html\n{GOOD}\n```\n\nEnjoy.", "test_sketch": SKETCH},
    "nothing": {"code": "I cannot write that page for you."},
}
EXPECTED = {
    "good": ("accepted", []),
    "fails": ("rejected", ["case_failed"]),
    "truncated": ("rejected", ["truncated"]),
    "blank": ("rejected", ["blank"]),
    "needs": ("unscored", ["cdn_miss"]),
    "fenced": ("accepted", []),
    "nothing": ("rejected", ["parse"]),
}


def pairproof(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "harness", *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of pages and its finished run."""
    folder = tmp_path_factory.mktemp("pages")
    doctor = json.loads(pairproof("doctor", "--json", cwd=folder).stdout)
    if not doctor["browser"]["available"]:
        pytest.skip(f"no isolated browser: {doctor['browser']['remedy']}")
    rows = [
        json.dumps({"id": name, "language": "html", "instruction": "A list of tasks.", **row})
        for name, row in ROWS.items()
    ]
    (folder / "pages.jsonl").write_text("\n".join(rows) + "\n")
    done = pairproof("verify", "pages.jsonl", "-o", "run", "--jobs", "1", "--json", cwd=folder)
    assert done.returncode in (0, 3), done.stderr
    (folder / "verify.json").write_text(done.stdout)
    return folder


@pytest.fixture(scope="module")
def verdicts(place: Path) -> dict[str, dict[str, Any]]:
    """By pair."""
    lines = (place / "run" / "verdicts.jsonl").read_text().splitlines()
    return {line["pair_id"]: line for line in map(json.loads, lines)}


def test_the_counts_are_those_of_the_pages(place: Path) -> None:
    """`verify --json` counts every row once, a page without its library as unscored."""
    counts = json.loads((place / "verify.json").read_text())["counts"]
    assert counts == {"accepted": 2, "rejected": 4, "review": 0, "unscored": 1, "skipped": 0}


@pytest.mark.parametrize("name", ROWS)
def test_each_page_gets_its_own_verdict(verdicts: dict[str, dict[str, Any]], name: str) -> None:
    """Good, wrong, cut, blank, without its library, fenced, and no page at all are told apart."""
    found = verdicts[name]
    assert (found["status"], found["reasons"]) == EXPECTED[name], found["detail"]


def test_cases_stand_in_the_verdict(verdicts: dict[str, dict[str, Any]]) -> None:
    """What was tried, what was found, what was not understood, and what could not pass."""
    good, fails = verdicts["good"], verdicts["fails"]
    assert (good["cases_planned"], good["cases_passed"]) == (2, 2)
    assert [line["line"] for line in good["unresolved"]] == [3]
    assert (good["assurance"], good["strength"]["stubs"], good["strength"]["stubs_rejected"]) == (
        "values", 2, 2,
    )  # fmt: skip
    (case,) = fails["cases"]
    assert (case["outcome"], case["expected"], case["got"]) == ("failed", 'eq "Done"', '"Tasks"')


@pytest.mark.parametrize("name", ["good", "fails", "fenced"])
def test_repro_finds_the_same(place: Path, name: str) -> None:
    """The run folder alone gives the same verdict and the same evidence again."""
    done = pairproof("repro", "run", name, "--json", cwd=place)
    document = json.loads(done.stdout)
    assert document["same"] is True, document["differences"]
    assert done.returncode == 0
