"""What the text of a page proves: held against pages with known faults, and against any bytes."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.pages.document import Document, read_document
from harness.pages.placeholders import comment_kind

PAGE = """<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>List &amp;
 more</title>
<style>
/* colours */
body { color: #111 }
@media (max-width: 600px) { .a { color: red } }
@keyframes spin { to { rotate: 1turn } }
</style>
<link rel="stylesheet" href="https://cdn.example/a.css" integrity="sha384-x">
</head>
<body>
<!-- the list -->
<label for="what">What</label><input id="what" aria-describedby="hint">
<p id="hint" style="color: blue">Hint</p>
<button id="add" onclick="clearAll()">Add</button>
<ul id="list"></ul>
<script>
function clearAll() { document.getElementById("list").textContent = ""; }
document.getElementById("add").addEventListener("click", () => {
  const row = document.createElement("li");
  row.id = "row-" + Date.now();
  if (row) { if (row.id) { localStorage.setItem("n", new Intl.NumberFormat("de").format(3)); } }
  document.querySelector("#list").append(row);
});
window.onresize = () => clearAll();
</script>
</body>
</html>
"""


@pytest.fixture
def pages(shared: Path) -> dict[str, bytes]:
    """The sample pages by name."""
    return {p.name: p.read_bytes() for p in sorted((shared / "data/pages").glob("*.html"))}


def test_a_sound_page_gives_its_facts_and_no_fault() -> None:
    """Every part of the record is read from a page that holds one of each."""
    told = read_document(PAGE)
    assert (told.doctype, told.closed, told.fragment, told.cut) == (True, True, False, None)
    assert (told.lang, told.dir, told.charset, told.title) == ("en", "ltr", "utf-8", "List & more")
    assert told.viewport == "width=device-width"
    assert (told.style_rules, told.media_queries, told.keyframes) == (2, 1, 1)
    assert (told.inline_styles, told.stylesheets) == (1, 1)
    assert [(e.url, e.kind, e.integrity) for e in told.externals] == [
        ("https://cdn.example/a.css", "style", "sha384-x")
    ]
    assert told.ids == ("what", "hint", "add", "list")
    assert (told.missing_ids, told.duplicate_ids, told.placeholders) == ((), (), ())
    assert (told.listeners, told.properties, told.handlers) == (
        {"click": 1}, {"onresize": 1}, {"onclick": 1},
    )  # fmt: skip
    assert (told.wiring, told.functions, told.function_lines_p90) == (3, 3, 6)
    assert (told.nesting_p90, told.intl, told.storage) == (2, 1, 1)
    [script] = told.scripts
    assert (script.kind, script.line, script.hints, script.valid) == ("classic", 21, (), None)
    assert 0.01 < told.comment_share < 0.05


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        ("<script>let a = 1; function go() {", "script"),
        ("<script>let a = '</scr", "script"),
        ("<style>body { color: red", "style"),
        ("<title>My pa", "title"),
        ("<textarea>abc", "textarea"),
        ("<p>a</p><!-- and then", "comment"),
        ("<p>a</p><div", "tag"),
        ("<p>a</p><div class", "tag"),
        ('<p>a</p><div class="a b', "attribute"),
        ("<p>a</p><div class='a b", "attribute"),
        ("<svg><![CDATA[ x", "cdata"),
        ("<main><div><p>some te", "structure"),
        ("<table><tr><td>4", "structure"),
    ],
)
def test_a_cut_is_found_with_its_kind_and_place(tail: str, kind: str) -> None:
    """The state in which the parser is left tells what the text ends inside of, and where that began."""
    head = "<!doctype html>\n<html>\n<body>\n"
    cut = read_document(head + tail).cut
    assert cut is not None
    assert (cut.kind, cut.line) == (kind, 4)
    assert cut.offset >= len(head)


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html><title>x</title><p>Hello",
        "<!doctype html><html><head></head><body><h1>No end tags</h1><p>They may be left out",
        "<!doctype html><html><body><div><p>one div forgotten</body></html>",
        "<!doctype html><html><body><p>a</p></body></html>\n<!-- made by hand -->\n",
        "<!doctype html><html><body><p>a</p></body></html>\nthat was it",
        "<div><p>a fragment",
        "<p>Loading ... <script>const all = [...a, ...b]; // rest ...\n</script>",
        '<body><script>const s = "<!--<script>"; go("</scr" + "ipt>")</script></script></body>',
        "<body><p>a & b < c > d</p></body>",
        "<body><script>if (a < b) { '</div>' }</script><p title='>'>x</p></body>",
        "",
    ],
)
def test_what_is_whole_is_not_called_cut(page: str) -> None:
    """Left out end tags, a forgotten one, three dots and odd characters prove nothing."""
    assert read_document(page).cut is None


def test_working_pages_are_not_called_cut_and_their_beginnings_are(pages: dict[str, bytes]) -> None:
    """None of the sample pages is cut; of their first 50, 60, 80 and 95 % at least 98 in 100 are."""
    assert [name for name, page in pages.items() if read_document(page).cut] == []
    starts = [p[: len(p) * share // 100] for p in pages.values() for share in (50, 60, 80, 95)]
    found = sum(read_document(start).cut is not None for start in starts)
    assert found >= 0.98 * len(starts)


def test_working_pages_give_no_false_alarm(pages: dict[str, bytes]) -> None:
    """No placeholder and no duplicate id; of ids asked for, the one that is missing indeed."""
    told = {name: read_document(page) for name, page in pages.items()}
    assert {n: d.placeholders for n, d in told.items() if d.placeholders} == {}
    assert {n: d.duplicate_ids for n, d in told.items() if d.duplicate_ids} == {}
    missing = {(n, m.id) for n, d in told.items() for m in d.missing_ids}
    assert missing == {("sql-pretty-printer.html", "uppercase")}
    assert [n for n, d in told.items() if not d.doctype] == ["text-indentation.html"]


def test_missing_ids_are_told_with_who_asks() -> None:
    """An id that markup, strings or names put together hold is not missing."""
    told = read_document(
        """<label for="a">A</label><p aria-labelledby="b c" id="c"></p><script>
        $("#gone"); document.querySelector("div#lost > p"); document.getElementById("made");
        document.getElementById("item-3"); document.getElementById("c");
        box.innerHTML = `<i id="made"></i><b id="item-${n}"></b>`;</script>"""
    )
    assert [(m.id, m.by, m.line) for m in told.missing_ids] == [
        ("gone", "script", 2), ("lost", "script", 2), ("a", "label", 1), ("b", "aria", 1),
    ]  # fmt: skip


def test_placeholders_of_every_kind() -> None:
    """What a page leaves out is listed with its line; what is bound elsewhere is not."""
    told = read_document(
        """<a href="#">x</a><a href="#" onclick="go()">y</a><a href="#top">z</a>
        <button onclick="">a</button><button onclick="nope()">b</button>
        <button onclick="go(); this.remove()">c</button>
        <!-- rest of the code --><style>/* ... remaining styles ... */</style>
        <script>function go() { /* TODO: implement the search */ }
        x.addEventListener("click", () => {}); x.onclick = function () { };
        // TODO: dark mode
        // the rest of the code waits for this
        </script>"""
    )
    assert [(p.kind, p.line) for p in told.placeholders] == [
        ("comment", 4), ("comment", 5), ("todo", 7), ("comment", 4),
        ("empty_handler", 2), ("empty_handler", 6), ("empty_handler", 6), ("dead_link", 1),
        ("undefined_handler", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("comment", "kind"),
    [
        ("// ... rest of your code here ...", "comment"),
        ("/* Rest of the styles remain the same */", "comment"),
        ("<!-- Add your content here -->", "comment"),
        ("// existing code...", "comment"),
        ("// ... more items", "comment"),
        ("/* implementation goes here */", "comment"),
        ("// Other styles", ""),
        ("/* Content */", ""),
        ("// Remaining time in seconds", ""),
        ("// loads the rest of the list when scrolled", ""),
        ("// placeholder text colour", ""),
        ("// FIXME: rounding", "todo"),
    ],
)
def test_comments_in_place_of_code_are_told_from_ordinary_ones(comment: str, kind: str) -> None:
    """The whole remark must say that something is left out."""
    assert comment_kind(comment) == kind


def test_hints_and_the_word_of_v8_stand_side_by_side() -> None:
    """tree-sitter's error nodes keep their line; the judgement is added and decides alone."""
    [script] = read_document("<p>\n<script>\nlet a = (1;\n</script>").scripts
    assert script.valid is None
    assert [line for line, _ in script.hints] == [3]
    judged = script.judged(False, "missing ) in parenthetical")
    assert judged == replace(script, valid=False, message="missing ) in parenthetical")


def test_scripts_are_read_as_a_browser_takes_them() -> None:
    """Data blocks are no code; a script that a double-escaped comment hides is one script."""
    told = read_document(
        '<script type="application/json">{"a": 1</script><script type="module">import "x"</script>'
        '<script type="text/babel">const a = <p onClick={go}/>;</script><script src="a.js">b</script>'
        '<script>"<!--<script>"; f()</script>; g()</script>'
    )
    assert [s.kind for s in told.scripts] == ["data", "module", "compiled", "classic"]
    assert told.scripts[3].text.endswith("g()")
    assert told.bindings == 1


def test_repeated_blocks_are_measured() -> None:
    """The longest run of lines that stands twice without overlap, and its share."""
    block = "\n".join(f"<p>line {i}</p>" for i in range(10))
    told = read_document(f"<h1>one</h1>\n{block}\n<h2>two</h2>\n{block}\n")
    assert (told.repeat_lines, told.repeat_share) == (10, round(10 / 22, 4))


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                ["<", ">", "<script>", "</script>", "<!--", "-->", "<p id='a' onclick='f('>", '"',
                 "<style>", "a{b:c}", "</style>", "<template>", "<svg>", "<![CDATA[", "</body>",
                 "<html>", "</html>", "\r\n", "\0", "\ud800", "é", "<title>", "f(`${", "}`)", "/*",
                 "document.getElementById('", "<table><div>", "<select><p>", "</template>"]
            ),
            max_size=25,
        ).map("".join),
    )
)  # fmt: skip
def test_any_bytes_give_a_record(page: str | bytes) -> None:
    """Total and deterministic: no text raises, and the same one reads the same twice."""
    told = read_document(page)
    assert isinstance(told, Document)
    assert asdict(told) == asdict(read_document(page))


@pytest.mark.parametrize(
    "page", ["<div>" * 20_000, "<p title='" * 3_000, "{" * 20_000, "<!--" * 5000]
)
def test_deep_and_odd_pages_are_read_too(page: str) -> None:
    """Depth costs no recursion."""
    assert read_document(f"<script>{page}</script>").bytes > 0
    assert read_document(page).bytes == len(page)
