"""`render`: one page visited for a person, its files, the probe of determinism, replays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.errors import Misuse
from harness.models import Language, Pair, VerdictStatus
from harness.pages.differences import differences, told
from harness.pages.folder import write_folder
from harness.pages.render import Rendered, pair_from, render, render_page, replay
from harness.pages.replay import read_trace, steps_differ
from harness.pages.summary import summary
from harness.pipeline import Lab
from runners.pages.evidence import Action, Effect, End, PageEvidence
from sandboxes.base import SandboxUnavailable

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Counter</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="https://analytics.example.com/a.js"></script>
<style>body { font: 18px sans-serif; background: #eef; } button { padding: 12px; margin: 4px }</style>
</head><body><h1>A counter</h1><p>Press the button and see the number grow.</p>
<button id="more">More</button><button id="idle">Idle</button><output id="n">0</output>
<script>
let n = 0;
document.querySelector("#more").addEventListener("click", () => {
  n += 1;
  document.querySelector("#n").textContent = n;
});
</script></body></html>
"""
KEYS = """<!doctype html><html lang="en"><head><title>Keys</title><style>body { color: navy }</style>
</head><body><h1>A key of chance</h1><p id="key">none yet</p><script>
crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"])
  .then((key) => crypto.subtle.exportKey("raw", key))
  .then((raw) => { document.querySelector("#key").textContent = new Uint8Array(raw).join(" "); });
</script></body></html>
"""


def pair(html: str, name: str = "page") -> Pair:
    return Pair(id=name, language=Language(name="html"), code=html)


@pytest.fixture(scope="module")
def pages(lab: Lab) -> Lab:
    """The lab, where it can start a browser."""
    assert lab.pages is not None
    try:
        lab.pages.conditions()
    except SandboxUnavailable as error:
        pytest.skip(f"{error}: {error.hint}")
    return lab


@pytest.fixture(scope="module")
def rendered(pages: Lab) -> Rendered:
    """The counter, visited twice."""
    return render(pair(PAGE), pages, times=2)


def test_the_verdict_is_that_of_verify_and_the_evidence_is_whole(rendered: Rendered) -> None:
    """A working page is accepted, its live button is told from its dead one."""
    record = rendered.record
    assert record.verdict is not None and record.verdict.status is VerdictStatus.ACCEPTED
    assert record.visit is not None and record.visit.end is End.MEASURED
    effects = {action.selector: action.effect.any for action in record.visit.actions}
    assert effects == {"#more": True, "#idle": False}


def test_every_file_says_what_was_measured(rendered: Rendered, tmp_path: Path) -> None:
    """Evidence, trace, accessibility, requests, score, verdict, pictures that can be opened."""
    from PIL import Image

    names = write_folder(rendered.record, tmp_path / "out")
    told_of = {name: json.loads((tmp_path / "out" / name).read_text())
               for name in names if name.endswith(".json")}  # fmt: skip
    assert set(told_of) == {
        "evidence.json", "trace.json", "accessibility.json", "requests.json", "score.json",
        "verdict.json",
    }  # fmt: skip
    assert told_of["evidence.json"]["visits"][0]["end"] == "measured"
    assert {a["selector"] for a in told_of["trace.json"]["actions"]} == {"#more", "#idle"}
    assert "https://analytics.example.com/a.js" in {
        r["url"]: r["outcome"] for r in told_of["requests.json"]["requests"]
    }
    assert len(told_of["score.json"]["dimensions"]) == 25
    assert told_of["accessibility.json"]["lang"] == "en"
    for name, width in (("mobile", 375), ("tablet", 768), ("wide", 1440)):
        with Image.open(tmp_path / "out" / "looks" / f"{name}.webp") as picture:
            assert picture.format == "WEBP" and picture.width == width
    index = (tmp_path / "out" / "index.html").read_text()
    assert "looks/mobile.webp" in index and "Executability" in index


def test_the_summary_names_what_a_person_asks_for(rendered: Rendered) -> None:
    """Verdict, the refused host, the dead control, the score by dimension."""
    text = "\n".join(summary(rendered.record))
    assert "page: accepted" in text
    assert "https://analytics.example.com/a.js" in text
    assert "no effect: click #idle" in text
    assert "1 Executability" in text and "2 actions, 1 with an effect, 1 without" in text


def test_two_visits_of_a_page_without_chance_agree(rendered: Rendered) -> None:
    """The probe of determinism finds nothing in a page that has nothing to find."""
    assert [told(each) for each in rendered.differing] == []


def test_what_differs_between_two_visits_is_named_by_path(pages: Lab) -> None:
    """A page that shows a key of real chance is found out, and the place is the text."""
    found = render(pair(KEYS), pages, times=2)
    paths = {each.path for each in found.differing}
    assert "visits[0].words.text" in paths


def test_a_render_alone_has_pictures_and_no_verdict(pages: Lab) -> None:
    """At depth render nothing is clicked and nothing is judged."""
    record = render_page(pair(PAGE), pages, depth="render")
    assert record.verdict is None and record.score is None
    assert record.visit is not None and not record.visit.actions
    assert {"first", "mobile", "tablet", "wide"} <= set(record.looks)


def test_a_replay_of_the_same_page_has_the_same_effects(
    rendered: Rendered, pages: Lab, tmp_path: Path
) -> None:
    """Each recorded step is taken, and does what it did."""
    write_folder(rendered.record, tmp_path)
    again = replay(pair(PAGE), pages, read_trace(tmp_path / "trace.json"))
    assert again.record.visit is not None and len(again.record.visit.actions) == 2
    assert [told(each) for each in again.differing] == []


def test_a_replay_names_the_step_that_does_something_else(
    rendered: Rendered, pages: Lab, tmp_path: Path
) -> None:
    """A page whose handler was taken out, and whose other button is gone, is found out."""
    write_folder(rendered.record, tmp_path)
    broken = PAGE.replace("n += 1;", "return;").replace('<button id="idle">Idle</button>', "")
    again = replay(pair(broken), pages, read_trace(tmp_path / "trace.json"))
    found = {each.path.partition(" (")[2]: each.after for each in again.differing}
    assert any(path.startswith("click #more).effect.") for path in found)
    assert found["click #idle)"] == "its element is not there"


def test_when_a_step_was_taken_is_not_compared() -> None:
    """Only what a step did counts: a slower page that does the same is the same."""
    step = Action(step=1, kind="click", selector="#a", at_ms=10, effect=Effect(nodes=1))
    later = PageEvidence(end=End.MEASURED, actions=(replace(step, at_ms=900),))
    other = PageEvidence(end=End.MEASURED, actions=(replace(step, effect=Effect(nodes=2)),))
    from harness.pages.replay import Trace

    trace = Trace(seed=1, actions=(step,))
    assert steps_differ(trace, later) == ()
    assert [told(each) for each in steps_differ(trace, other)] == [
        "step 1 (click #a).effect.nodes: 1 -> 2"
    ]


def test_differences_are_named_by_path() -> None:
    """Lists by place and length, records by name, tuples as the lists that JSON makes of them."""
    before: dict[str, Any] = {"a": [1, {"b": 2}], "c": (1, 2), "d": "x"}
    after: dict[str, Any] = {"a": [1, {"b": 3}, 4], "c": [1, 2], "e": True}
    assert {each.path: (each.before, each.after) for each in differences(before, after)} == {
        "a.length": (2, 3), "a[1].b": (2, 3), "d": ("x", None), "e": (None, True),
    }  # fmt: skip
    assert differences(before, before) == ()


def test_a_text_without_a_page_is_misuse(tmp_path: Path, pages: Lab) -> None:
    """The error says what a page looks like; a file that is not there is named."""
    (tmp_path / "notes.txt").write_text("just words")
    with pytest.raises(Misuse, match="holds no page"):
        render_page(pair_from(str(tmp_path / "notes.txt")), pages)
    with pytest.raises(Misuse, match=r"gone\.html"):
        pair_from(str(tmp_path / "gone.html"))


def run(*arguments: str, cwd: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, "-m", "harness", *arguments],
        cwd=cwd, capture_output=True, text=True, timeout=300, check=False, input=text, env=env,
    )  # fmt: skip


def test_the_command_reads_stdin_and_prints_one_document(tmp_path: Path, pages: Lab) -> None:
    """`render - --json`: verdict, visit, score; exit 0 though the page would be rejected."""
    done = run("render", "-", "--json", cwd=tmp_path, text=PAGE.replace("</script></body>", ""))
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["verdict"]["status"] == "rejected"
    assert document["verdict"]["reasons"] == ["truncated"]
    assert document["visit"]["end"] == "measured"


def test_a_row_of_a_file_is_rendered_by_its_id(tmp_path: Path, pages: Lab) -> None:
    """`render FILE PAIR` finds the row, writes the folder, and says what it came to."""
    rows = [{"id": "a", "language": "html", "code": "<p>other"},
            {"id": "counter", "language": "html", "code": PAGE}]  # fmt: skip
    (tmp_path / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run("render", "pages.jsonl", "counter", "--depth", "render", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "counter: rendered only" in done.stdout
    assert (tmp_path / "out" / "looks" / "wide.webp").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("render", "gone.html"), "gone.html"),
        (("render", "page.html", "--replay", "gone.json"), "trace.json"),
        (("render", "page.html", "--replay", "page.html"), "no trace"),
        (("render", "page.html", "--replay", "x.json", "--twice"), "one of them"),
        (("render", "page.html", "--headed"), "--out"),
        (("render", "."), "render . PAIR"),
        (("render", "pages.jsonl"), "render pages.jsonl PAIR"),
        (("render", "pages.jsonl", "nobody"), "no pair 'nobody'"),
        (("render", "page.html", "--depth", "deep"), "full, render"),
    ],
)
def test_misuse_says_what_to_type(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """Exit 2, and the message names the file or the option that would do."""
    (tmp_path / "page.html").write_text(PAGE)
    row = {"id": "counter", "language": "html", "code": PAGE}
    (tmp_path / "pages.jsonl").write_text(json.dumps(row) + "\n")
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
