"""Each broken version of a page has the fault that it is named for, and no other."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.pages.breaks import BREAKERS, Broken, versions
from harness.pages.document import Document, read_document

ROOT = Path(__file__).parents[2]
Told = Mapping[str, tuple[str, Mapping[str, Broken]]]

V8 = """
const vm = require("vm"); let text = "";
process.stdin.on("data", (d) => text += d).on("end", () => {
  console.log(JSON.stringify(JSON.parse(text).map(([kind, code]) => {
    try { kind === "module" ? new vm.SourceTextModule(code) : new vm.Script(code); return true; }
    catch (e) { return e instanceof SyntaxError ? false : String(e); }
  })));
});
"""


@pytest.fixture(scope="module")
def broken(shared: Path) -> Told:
    """The sample pages with their versions, by name."""
    pages = sorted((shared / "data/pages").glob("*.html"))
    return {p.name: (text := p.read_text(), versions(text)) for p in pages}


def each(broken: Told, name: str) -> dict[str, tuple[Document, Document]]:
    """(the page, its version) by name, where the version applies."""
    return {
        page: (read_document(text), read_document(made[name].html or ""))
        for page, (text, made) in broken.items()
        if made[name].html is not None
    }


def valid(scripts: list[tuple[str, str]]) -> list[bool]:
    """V8's word on (kind, text)."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no V8 here: apt-get install nodejs")
    done = subprocess.run([node, "--experimental-vm-modules", "--no-warnings", "-e", V8], check=True,
                          input=json.dumps(scripts), capture_output=True, text=True)  # fmt: skip
    return list(json.loads(done.stdout))


def native(document: Document) -> list[tuple[str, str]]:
    """The scripts that V8 itself reads."""
    return [(s.kind, s.text) for s in document.scripts if s.kind in ("classic", "module")]


def test_every_version_differs_or_says_why_not(broken: Told) -> None:
    """Of 40 pages: so many versions each; what does not apply has a reason and no text."""
    counts: Counter[str] = Counter()
    for text, made in broken.values():
        assert list(made) == list(BREAKERS)
        for name, version in made.items():
            assert version.name == name and version.detail
            counts[name] += version.html is not None
            assert version.html != text
    assert counts == {
        "syntax_error": 38, "css_removed": 40, "endless_loop": 38, "blank_body": 40,
        "truncated": 40, "renamed_id": 38, "unwired": 39,
    }  # fmt: skip


def test_a_syntax_error_is_one_to_v8_and_only_in_one_script(broken: Told) -> None:
    """One byte is gone; V8 takes every script of the page, and all but one of the version."""
    pairs = list(each(broken, "syntax_error").values())
    assert all(version.bytes == page.bytes - 1 for page, version in pairs)
    assert all(valid([script for page, _ in pairs for script in native(page)]))
    told = valid([script for _, version in pairs for script in native(version)])
    assert told.count(False) == len(pairs)
    at = 0
    for _, version in pairs:
        own = told[at : (at := at + len(native(version)))]
        assert own.count(False) == 1


def test_other_edits_leave_scripts_valid_to_v8(broken: Told) -> None:
    """Loop, blank, renamed and unwired versions hold as many scripts, all of them valid."""
    scripts = []
    for name in ("endless_loop", "blank_body", "renamed_id", "unwired", "css_removed"):
        for page, version in each(broken, name).values():
            if name != "css_removed":
                assert len(version.scripts) == len(page.scripts)
            scripts += native(version)
            hints = [sum(len(s.hints) for s in d.scripts) for d in (page, version)]
            assert hints[0] == hints[1]
    assert all(valid(scripts))


def test_without_css_no_rule_is_left(broken: Told) -> None:
    """Style elements, linked sheets and style attributes are gone; the elements are not."""
    for page, version in each(broken, "css_removed").values():
        assert (version.style_rules, version.inline_styles, version.stylesheets) == (0, 0, 0)
        assert page.style_rules + page.inline_styles + page.stylesheets > 0
        assert (version.ids, version.controls) == (page.ids, page.controls)


def test_a_loop_is_added_and_nothing_taken(broken: Told) -> None:
    """The version is the page with one statement more."""
    for _, (text, made) in broken.items():
        version = made["endless_loop"]
        if version.html is not None:
            assert version.html.replace(f"\n{version.detail}\n", "", 1) == text.replace(
                "\r\n", "\n"
            )


def test_a_blank_body_keeps_its_scripts_alone(broken: Told) -> None:
    """No control and no text is left in the body; scripts and rules are as before."""
    for page, version in each(broken, "blank_body").values():
        assert (version.controls, version.style_rules) == (0, page.style_rules)
        assert [s.text for s in version.scripts] == [s.text for s in page.scripts]
        assert version.closed == page.closed


def test_a_truncated_version_is_proved_to_be_cut(broken: Told) -> None:
    """60 % of the bytes are left, and the text itself tells."""
    for page, version in each(broken, "truncated").values():
        assert 0.58 * page.bytes < version.bytes <= 0.6 * page.bytes + 1
        assert version.truncated and not page.truncated


def test_a_renamed_id_is_missing(broken: Told) -> None:
    """Scripts ask for one id more that stands nowhere."""
    for page, version in each(broken, "renamed_id").values():
        gone = {m.id for m in version.missing_ids} - {m.id for m in page.missing_ids}
        assert len(gone) == 1 and gone <= set(page.ids)


def test_an_unwired_page_has_no_user_event_left(broken: Told) -> None:
    """No handler and no listener of what a visitor does; markup and ids are as before."""
    for page, version in each(broken, "unwired").values():
        assert not {"click", "input", "change", "keydown", "submit", "drop", ""} & {
            *version.listeners, *(name[2:] for name in (*version.properties, *version.handlers)),
        }  # fmt: skip
        assert version.bindings == 0
        assert (version.ids, version.elements) == (page.ids, page.elements)


def test_every_way_of_wiring_is_taken_away() -> None:
    """Listeners, properties, attributes, jQuery, JSX, Vue and handlers in written markup go; what
    the page does by itself stays."""
    made = versions(
        """<!doctype html><body onload="start()"><button id=a onclick="go()"class=x>A</button>
        <p @click="go" v-on:input="go">v</p><a href="javascript:go()">j</a>
        <script>
        window.addEventListener("load", () => { a.addEventListener("click", go) })
        a?.addEventListener('keydown', (e) => { if (e.key) { go() } }, { once: true });
        for (const kind of ["click"]) a.addEventListener(kind, go);
        a.onclick = a.ondblclick = go
        image.onload = go; socket.onmessage = go;
        $("#a").on("click", go).addClass("x").change(go);
        emitter.on("ready", go);
        a.innerHTML = `<b onclick="go(${n})" data-online="1">b</b>`;
        const f = () => a.addEventListener("input", go)
        </script><script type="text/babel">const b = <b onClick={() => go()} title="t">x</b></script>"""
    )["unwired"]
    assert made.html is not None
    told = read_document(made.html)
    assert (told.listeners, told.properties, told.handlers) == (
        {"load": 1}, {"onload": 1, "onmessage": 1}, {"onload": 1},
    )  # fmt: skip
    assert told.bindings == 0
    assert 'emitter.on("ready", go)' in made.html
    assert '$("#a").addClass("x");' in made.html
    assert '<b data-onclick="go(${n})" data-online="1">' in made.html
    assert '<b  title="t">' in made.html and "<button id=a class=x>" in made.html
    assert [s.hints for s in told.scripts] == [(), ()]


def test_syntax_errors_keep_off_what_may_still_be_valid() -> None:
    """Braces of template literals and brackets before a slash are never the ones."""
    page = "<script>const a = `${b}`; const c = (d) / e; f({ g: /[(]/ });</script>"
    made = {versions(page, seed)["syntax_error"].html or "" for seed in range(40)}
    assert len(made) > 3
    assert all("`${b}`" in text and ") / e" in text and "/[(]/" in text for text in made)
    assert not any(valid([("classic", text[8:-9]) for text in made]))


def test_a_directive_stays_first() -> None:
    """A loop is put behind "use strict"."""
    made = versions("<p>a</p><script>'use strict';\nlet a;</script>")["endless_loop"].html
    assert made is not None and made.startswith("<p>a</p><script>'use strict';\n")


def test_reasons_where_nothing_applies() -> None:
    """A page of plain text has no script, style, id or event to break."""
    made = versions("<p>Hello there, this is all that there is")
    assert {name: v.detail for name, v in made.items() if v.html is None} == {
        "syntax_error": "no inline script with a bracket", "css_removed": "no styles",
        "endless_loop": "no inline script", "renamed_id": "no script looks for an id of the markup",
        "unwired": "no event is bound",
    }  # fmt: skip


def test_the_same_seed_gives_the_same_versions(shared: Path) -> None:
    """Deterministic; another seed breaks another place."""
    page = (shared / "data/pages/ocr.html").read_text()
    assert versions(page, 3) == versions(page, 3)
    assert len({versions(page, seed)["syntax_error"].html for seed in range(5)}) > 1


def test_another_process_gives_the_same_versions(shared: Path) -> None:
    """Nothing hangs on memory addresses or hash seeds."""
    code = (
        "import sys; from pathlib import Path; from harness.pages.breaks import versions\n"
        "print(repr(versions(Path(sys.argv[1]).read_text())))"
    )
    page = str(shared / "data/pages/is-it-a-bird.html")
    told = {
        subprocess.run([sys.executable, "-c", code, page], check=True, capture_output=True,
                       env={"PYTHONHASHSEED": seed}, cwd=ROOT).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(told) == 1


@settings(max_examples=80, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                ["<", ">", "<script>", "</script>", "<p id='a' onclick='f('>", '"', "<style>", "a{b:c}",
                 "</style>", "<body>", "</body>", "é", "f(`${", "}`)", "{", "x.onclick = () => {",
                 "document.getElementById('a')", ".addEventListener('click', ", "<b style=a onclick>"]
            ),
            max_size=20,
        ).map("".join),
    )
)  # fmt: skip
def test_any_page_can_be_asked_for_versions(page: str | bytes) -> None:
    """Total: no text raises, and no version is the page itself."""
    text = page if isinstance(page, str) else page.decode("utf-8", "replace")
    for version in versions(page).values():
        assert version.html is None or version.html != text
