"""The gallery of a run: complete, escaped, without scripts, and whole at three widths."""

from __future__ import annotations

import base64
import json
import re
import shutil
from html import escape
from pathlib import Path

import pytest

from harness.artifacts import keep_artifacts
from harness.errors import NothingToDo
from harness.models import Language, Pair, Policy, Provenance, Reason, Verdict, VerdictStatus
from harness.pages.gallery import write as writing
from harness.pages.gallery import write_gallery
from harness.pages.gallery.views import POLICY
from harness.pages.gallery.write import file_name
from harness.pages.render import render_page
from harness.pipeline import Lab, examine
from harness.store import Manifest, Run, Store
from runners.pages.evidence import End
from sandboxes.base import SandboxUnavailable

GOOD = """<!doctype html><html lang="en"><head><title>Lamp</title><style>
body { font: 18px sans-serif; background: #fed; } .on { background: gold }</style></head>
<body><h1>A lamp</h1><button id="lamp">Switch</button><p>Press it to see the light.</p>
<script>document.querySelector("#lamp").onclick = () => document.body.classList.toggle("on");
</script></body></html>"""
EVIL = "\"><img src=x onerror=alert(1)><script>alert(1)</script>'{{ 7 * 7 }}\u202e</style>"
IN_SCRIPT = json.dumps(EVIL).replace("</", "<\\/")
HOSTILE = f"""<!doctype html><html lang="en"><head><title>{EVIL}</title><style>p {{ color: red }}
</style></head><body><h1>Names that bite</h1>
<button aria-label="{escape(EVIL)}" onclick="throw Error(this.ariaLabel)">go</button>
<p>Some text to look at.</p><script src="https://evil.example.com/{escape(EVIL)}"></script>
<script>throw Error({IN_SCRIPT});</script>
</body></html>"""


def pair(html: str, name: str, instruction: str = "") -> Pair:
    return Pair(id=name, language=Language(name="html"), code=html, instruction=instruction)


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
def run(pages: Lab, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A good page, a hostile one, a text that is no page, and a pair in Python."""
    root = tmp_path_factory.mktemp("gallery") / "run"
    store = Store(root)
    store.write_manifest(Manifest(harness="test", policy=Policy()))
    pairs = [
        pair(GOOD, "lamp", "Draw a lamp."),
        pair(HOSTILE, f"bad{EVIL}", EVIL),
        pair("no markup at all", "words"),
        Pair(id="code", language=Language(name="python"), code="x = 1\n"),
    ]
    for each in pairs:
        store.append(keep_artifacts(store, each, examine(each, pages), pages))
    store.close()
    return Run(root)


@pytest.fixture(scope="module")
def folder(run: Run) -> Path:
    """Its gallery."""
    folder = run.root / "gallery"
    written = write_gallery(run, folder)
    assert written.pages == 3 and not written.unreadable
    return folder


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.html")}


def test_there_is_a_card_and_a_page_for_each_page(folder: Path) -> None:
    """Pages of every status are shown, pairs in other languages are not."""
    index = (folder / "index.html").read_text()
    assert index.count("<article") == 3
    assert "lamp" in index and "words" in index and ">code<" not in index
    assert (folder / "pairs" / file_name("lamp")).is_file()
    assert len(list((folder / "pairs").iterdir())) == 3


def test_listings_choose_by_status_and_reason(folder: Path) -> None:
    """What is not accepted is found by its status and by each of its reasons."""
    accepted = (folder / "accepted.html").read_text()
    assert accepted.count("<article") == 1 and file_name("lamp") in accepted
    parse = (folder / "reason-parse.html").read_text()
    assert file_name("words") in parse and file_name("lamp") not in parse
    index = (folder / "index.html").read_text()
    for name in re.findall(r'href="([\w-]+\.html)"', index):
        assert (folder / name).is_file(), name


def test_every_picture_is_there_and_every_one_is_shown(folder: Path) -> None:
    """No broken image, and three widths with before and after on each visited card."""
    for name, text in files(folder).items():
        for source in re.findall(r'<img src="([^"]+)"', text):
            assert (folder / name).parent.joinpath(source).resolve().is_file(), source
    page = (folder / "pairs" / file_name("lamp")).read_text()
    for caption in ("375 px", "768 px", "1440 px", "before", "after 1 action"):
        assert f"<figcaption>{caption}</figcaption>" in page
    assert page.count('<th scope="row">') >= 25
    assert "clicked button “Switch”" in page and "Draw a lamp." in page


def test_text_of_candidates_adds_no_markup(folder: Path) -> None:
    """Titles, labels, errors, addresses and ids that try to inject are quoted, in every file."""
    for name, text in files(folder).items():
        assert "<script" not in text, name
        assert "<img src=x" not in text, name
        assert "\u202e" not in text, name
        assert text.count("</style>") == 1, name
        assert "{{" not in text or "{{ 7 * 7 }}" in text, name
        assert ">49<" not in text, name
    assert "&lt;script&gt;alert(1)" in (folder / "index.html").read_text()


def test_the_policy_forbids_scripts_and_other_hosts(folder: Path) -> None:
    """Were an escape missing, nothing would run and nothing would be fetched."""
    assert POLICY.startswith("default-src 'none'; img-src 'self'; style-src 'unsafe-inline'")
    for name, text in files(folder).items():
        head = text.partition("<title>")[0]
        assert 'http-equiv="Content-Security-Policy"' in head, name
        assert POLICY.replace("'", "&#39;") in head, name


def test_a_browser_runs_nothing_of_it_and_it_fits_three_widths(folder: Path, pages: Lab) -> None:
    """The page of the hostile page, in a real browser: no dialog, no error of a script, nothing
    asked of another host, nothing wider than the viewport."""
    for path in (folder / "index.html", folder / "pairs" / file_name(f"bad{EVIL}")):
        record = render_page(pair(with_pictures(path), "gallery"), pages)
        visit = record.visit
        assert visit is not None and visit.end is End.MEASURED
        assert not visit.attempts.get("dialogs")
        assert [
            e.text for e in visit.errors if e.kind in ("exception", "rejection", "syntax")
        ] == []
        assert [r.url for r in visit.requests if not r.url.startswith("http://localhost/")
                and r.outcome not in ("inline", "document")] == []  # fmt: skip
        assert {layout.width: layout.overflow for layout in visit.layouts} == dict.fromkeys(
            (375, 768, 1440, 1280), 0
        )
        assert visit.contrast.texts > 20 and visit.contrast.failing == 0, visit.contrast.offenders


def with_pictures(path: Path) -> str:
    """The page with its pictures inside, since a candidate page has no other files."""
    text = path.read_text().replace("img-src &#39;self&#39;", "img-src data:")

    def inside(found: re.Match[str]) -> str:
        data = base64.b64encode(path.parent.joinpath(found[1]).read_bytes()).decode()
        return f'src="data:image/webp;base64,{data}"'

    return re.sub(r'src="([^"]+\.webp)"', inside, text)


def test_a_long_listing_has_pages(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More cards than one page holds go to further pages that lead to each other."""
    monkeypatch.setattr(writing, "PER_PAGE", 2)
    write_gallery(run, tmp_path)
    first, second = (tmp_path / "index.html").read_text(), (tmp_path / "index-2.html").read_text()
    assert first.count("<article") == 2 and second.count("<article") == 1
    assert 'href="index-2.html" rel="next"' in first and 'href="index.html" rel="prev"' in second


def test_a_changed_artifact_is_told_and_the_rest_is_written(run: Run, tmp_path: Path) -> None:
    """A page whose evidence was altered is shown by its verdict alone."""
    shutil.copytree(run.root, tmp_path / "run")
    copy = Run(tmp_path / "run")
    name = copy.verdict("lamp").artifacts["evidence"].removeprefix("sha256:")
    (copy.root / "artifacts" / name[:2] / name[2:]).write_bytes(b"{}")
    written = write_gallery(copy, tmp_path / "gallery")
    assert written.unreadable == ("lamp",) and written.pages == 3
    assert "was not visited" in (tmp_path / "gallery" / "pairs" / file_name("lamp")).read_text()


def test_a_run_without_pages_has_no_gallery(tmp_path: Path) -> None:
    """Exit code 4 and a word on what a page is."""
    store = Store(tmp_path / "run")
    store.write_manifest(Manifest(harness="test", policy=Policy()))
    store.append(Verdict(pair_id="a", status=VerdictStatus.REJECTED, reasons=(Reason.PARSE,),
                         language="python 3.11", provenance=Provenance(harness="test")))  # fmt: skip
    store.close()
    with pytest.raises(NothingToDo, match="no page"):
        write_gallery(Run(tmp_path / "run"), tmp_path / "gallery")


def test_names_of_files_are_safe_and_differ() -> None:
    """Any id gives one plain name: no separator, no dots, not too long, none twice."""
    ids = ["../../etc/passwd", "a/b", "a b", "A b", "", "x" * 5000, EVIL]
    names = [file_name(each) for each in ids]
    assert len(set(names)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9-]{1,60}\.html", name) for name in names)
