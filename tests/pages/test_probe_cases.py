"""DOM-level cases: what is read is true, whatever the page pretends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from runners.pages.evidence import CaseResult
from runners.pages.probes.cases import cases as run
from runners.pages.scene import Scene
from runners.pages.steps import PageCase, PageProbe, PageStep, Target

OpenPage = Callable[[str], Scene]
TODO = """<!doctype html><html lang=en><title>Todo</title>
<form id=f><label for=t>New task</label><input id=t placeholder="What to do?"><button>Add task</button></form>
<ul id=l></ul><p>Left: <span id=n>0</span></p><label><input type=checkbox id=d> Dark mode</label>
<select id=s aria-label=Filter><option value=all>All tasks</option><option value=done>Done only</option></select>
<button hidden>Add task now</button>
<script>
const saved = JSON.parse(localStorage.getItem("todo") || "[]");
const draw = () => {
  l.innerHTML = "";
  for (const text of saved) { const li = document.createElement("li"); li.textContent = text; l.append(li); }
  n.textContent = saved.length;
  localStorage.setItem("todo", JSON.stringify(saved));
};
f.onsubmit = (e) => { e.preventDefault(); if (t.value) { saved.push(t.value); t.value = ""; draw(); } };
d.onchange = () => { document.body.dataset.theme = d.checked ? "dark" : ""; document.body.style.background = d.checked ? "rgb(0, 0, 0)" : ""; };
s.onchange = () => { document.title = s.value; };
draw();
</script>"""
ADD = (
    PageStep(do="type", target=Target(by="label", value="New task"), value="milk"),
    PageStep(do="click", target=Target(value="Add task")),
)


def css(value: str) -> Target:
    return Target(by="css", value=value)


def results(open_page: OpenPage, html: str, *cases: PageCase) -> list[CaseResult]:
    scene = open_page(html)
    scene.order = replace(scene.order, cases=cases)
    run(scene)
    return list(scene.evidence.cases)


def one(open_page: OpenPage, html: str, steps: tuple[PageStep, ...], *probes: PageProbe) -> Any:
    (result,) = results(open_page, html, PageCase(id="c", steps=steps, probes=probes))
    assert result.ran, result.detail
    return result.found


def test_values_are_read_after_real_input(open_page: OpenPage) -> None:
    """A task is typed by label and added by name; text, count, storage and attributes follow."""
    found = one(
        open_page,
        TODO,
        (*ADD, *ADD, PageStep(do="check", target=Target(value="Dark mode")),
         PageStep(do="choose", target=Target(by="role", value="combobox", name="Filter"), value="Done only")),
        PageProbe(read="texts", target=css("li")),
        PageProbe(read="count", target=Target(by="role", value="listitem")),
        PageProbe(read="text", target=Target(by="text", value="Left:")),
        PageProbe(read="local_storage", name="todo"),
        PageProbe(read="attribute", target=css("body"), name="data-theme"),
        PageProbe(read="style", target=css("body"), name="background-color"),
        PageProbe(read="checked", target=Target(by="label", value="Dark mode")),
        PageProbe(read="value", target=css("#t")),
        PageProbe(read="title"),
        PageProbe(read="exists", target=css("#nope")),
        PageProbe(read="visible", target=Target(by="text", value="milk")),
    )  # fmt: skip
    assert found == [
        ["milk", "milk"], 2, "Left: 2", '["milk","milk"]', "dark", "rgb(0, 0, 0)", True, "", "done",
        False, True,
    ]  # fmt: skip


def test_each_case_starts_over_unless_it_continues(open_page: OpenPage) -> None:
    """Storage is empty again for a new case; a case that continues, or reloads, keeps it."""
    count = (PageProbe(read="count", target=css("li")),)
    again = (PageStep(do="reload"),)
    found = results(
        open_page,
        TODO,
        PageCase(id="a", steps=ADD, probes=count),
        PageCase(id="b", steps=ADD, probes=count, continues=True),
        PageCase(id="c", steps=again, probes=count, continues=True),
        PageCase(id="d", steps=ADD, probes=count),
    )
    assert [(r.id, r.found) for r in found] == [("a", 1), ("b", 2), ("c", 2), ("d", 1)]


@pytest.mark.parametrize("keep", ["pagehide", "visibilitychange"])
def test_what_a_page_writes_on_its_way_out_is_gone_too(open_page: OpenPage, keep: str) -> None:
    """A case does not see the session of the case before."""
    page = f"""<!doctype html><p id=p></p><script>
    p.textContent = (sessionStorage.n || "none") + (localStorage.n || "none");
    addEventListener("{keep}", () => {{ sessionStorage.n = localStorage.n = "old"; }});</script>"""
    text = (PageProbe(read="text", target=css("#p")),)
    found = results(open_page, page, PageCase(id="a", probes=text), PageCase(id="b", probes=text))
    assert [r.found for r in found] == ["nonenone", "nonenone"]


def test_a_step_that_cannot_be_done_says_so(open_page: OpenPage) -> None:
    """No element, a covered one, no such option, a broken selector: not run, with the reason."""
    cover = TODO + "<div style='position:fixed;inset:0'></div>"
    for html, step, words in (
        (
            TODO,
            PageStep(do="click", target=Target(value="Delete all")),
            "any 'Delete all' is not shown",
        ),
        (TODO, PageStep(do="choose", target=css("#s"), value="x"), "no option 'x'"),
        (TODO, PageStep(do="click", target=css("#[")), "not a valid selector"),
        (cover, PageStep(do="click", target=Target(value="Add task")), "something lies on top"),
    ):
        (result,) = results(open_page, html, PageCase(id="c", steps=(step,)))
        assert not result.ran
        assert words in result.detail


def test_an_element_that_comes_late_is_waited_for(open_page: OpenPage) -> None:
    """Steps wait in virtual time, and what a timer shows later is read after its wait."""
    page = """<!doctype html><div id=o></div><script>setTimeout(() => { o.innerHTML = "<button id=b>go</button>"; }, 1200);
    o.onclick = () => setTimeout(() => { document.title = "went"; }, 5000);</script>"""
    steps = (PageStep(do="click", target=Target(value="go")), PageStep(do="wait", value="5000"))
    assert one(open_page, page, steps, PageProbe(read="title")) == "went"


@pytest.mark.parametrize(
    ("target", "found"),
    [
        (Target(value="Save"), "exact"),
        (Target(value="Save a"), "longer"),
        (Target(by="text", value="save"), "exact"),
        (Target(by="role", value="button", name="Close"), "labelled"),
        (Target(by="role", value="heading"), "h"),
        (Target(by="placeholder", value="mail"), "mail"),
        (Target(by="role", value="textbox", name="By id"), "byid"),
        (Target(by="role", value="button", nth=1), "exact"),
        (Target(value="Hidden only"), "hidden"),
    ],
)
def test_how_elements_are_named(open_page: OpenPage, target: Target, found: str) -> None:
    """Visible before hidden, exact before contained, innermost; names as assistive tools hear them."""
    page = """<!doctype html><button id=no hidden>Save</button><button id=longer>Save all</button><div><button id=exact>Save</button></div>
    <button id=labelled aria-label=Close>x</button><h2 id=h>Save <b>it</b></h2><input id=mail placeholder="E-mail">
    <span id=name>By id</span><input id=byid aria-labelledby=name><p id=hidden style="visibility:hidden">Hidden only</p>"""
    assert one(open_page, page, (), PageProbe(read="attribute", target=target, name="id")) == found


FAKES = {
    "prototypes": "Element.prototype.getAttribute = () => '5'; Object.defineProperty(Node.prototype, 'textContent', { get: () => '5' });"
    "Object.defineProperty(HTMLElement.prototype, 'innerText', { get: () => '5' }); Document.prototype.querySelectorAll = () => Array(5);",
    "names": "document.body.insertAdjacentHTML('beforeend', '<form name=querySelectorAll id=__find><input name=innerText value=5>"
    "<input name=textContent value=5></form><img name=title><a id=localStorage href=5></a>');",
    "storage": "Storage.prototype.getItem = () => '5';",
    "json": "JSON.stringify = () => '5'; Array.from = () => [5, 5, 5, 5, 5]; Map = Set = null;",
    "messages": "for (const e of ['click', 'mousedown', 'keydown']) addEventListener(e, (x) => x.stopImmediatePropagation(), true);",
}


@pytest.mark.parametrize("fake", FAKES)
def test_a_page_cannot_fake_what_is_read(open_page: OpenPage, fake: str) -> None:
    """A counter that only pretends is read as it stands in the document: 0, once, not stored."""
    page = f"<!doctype html><title>0</title><body><button>+</button><form id=c><b id=n>0</b></form><script>{FAKES[fake]}</script>"
    found = one(
        open_page,
        page,
        (PageStep(do="click", target=Target(value="+")),),
        PageProbe(read="text", target=css("#n")),
        PageProbe(read="text", target=css("#c")),
        PageProbe(read="count", target=css("#n")),
        PageProbe(read="attribute", target=css("#n"), name="id"),
        PageProbe(read="title"),
        PageProbe(read="local_storage", name="n"),
    )
    assert found == ["0", "0", 1, "n", "0", None]


def test_text_that_nobody_can_see_is_not_read(open_page: OpenPage) -> None:
    """Hidden words are no text of the page, and hidden elements are not counted."""
    page = "<!doctype html><p>seen</p><p style='display:none'>5</p><p style='visibility:hidden'>5</p><b style='opacity:0'>5</b>"
    found = one(
        open_page, page, (), PageProbe(read="count", target=css("p, b")), PageProbe(read="texts", target=css("p, b")),
        PageProbe(read="visible", target=Target(by="text", value="5")),
    )  # fmt: skip
    assert found == [1, ["seen"], False]


def test_what_is_counted_around_a_page(open_page: OpenPage) -> None:
    """Dialogs, downloads, the clipboard and errors are counted from the case's own beginning."""
    page = """<!doctype html><button id=b>go</button><script>alert("at load");
    b.onclick = () => { alert(1); confirm(2); navigator.clipboard.writeText("x"); setTimeout(() => { throw Error("late"); }, 50);
    const a = document.createElement("a"); a.download = "x.txt"; a.href = "data:text/plain,x"; a.click(); };</script>"""
    found = one(
        open_page, page, (PageStep(do="click", target=css("#b")),), PageProbe(read="dialogs"), PageProbe(read="downloads"),
        PageProbe(read="clipboard"), PageProbe(read="errors"),
    )  # fmt: skip
    assert found == [2, 1, 1, 1]


def test_the_other_things_a_visitor_does(open_page: OpenPage) -> None:
    """Keys, hovering, double clicks, dragging and clearing arrive as events of a visitor."""
    page = """<!doctype html><title>-</title><input id=i value=old><div id=a draggable=false style="width:50px;height:50px;background:red"></div>
    <div id=z style="margin-top:200px;width:50px;height:50px;background:blue"></div><script>
    const log = []; const say = (x) => { log.push(x); document.title = log.join(" "); };
    i.onkeydown = (e) => say(e.key + e.isTrusted); a.onmouseenter = () => say("in"); a.ondblclick = () => say("twice");
    a.onmousedown = () => say("down"); z.onmouseup = () => say("up"); i.oninput = () => say(`[${i.value}]`);</script>"""
    steps = (
        PageStep(do="hover", target=css("#a")),
        PageStep(do="drag", target=css("#a"), to=css("#z")),
        PageStep(do="clear", target=css("#i")),
        PageStep(do="press", target=css("#i"), value="ArrowUp"),
        PageStep(do="double_click", target=css("#a")),
    )
    title = one(open_page, page, steps, PageProbe(read="title"))
    assert title == "in down up Backspacetrue [] ArrowUptrue in down down twice"


def test_an_open_shadow_tree_is_part_of_the_page(open_page: OpenPage) -> None:
    """Elements of components are found, hit and read like others."""
    page = """<!doctype html><x-box></x-box><script>customElements.define("x-box", class extends HTMLElement {
    connectedCallback() { const root = this.attachShadow({ mode: "open" }); root.innerHTML = "<p>0</p><button>more</button>";
    root.querySelector("button").onclick = () => { root.querySelector("p").textContent++; }; } });</script>"""
    steps = (PageStep(do="click", target=Target(value="more")),)
    found = one(
        open_page,
        page,
        steps,
        PageProbe(read="text", target=css("p")),
        PageProbe(read="text", target=Target(by="text", value="1")),
    )
    assert found == ["1", "1"]


def test_errors_are_counted_though_the_page_swallows_them(open_page: OpenPage) -> None:
    """Handlers that call every error handled, and tamper with what tells of it, hide nothing."""
    page = """<!doctype html><script>window.onerror = () => true; addEventListener("error", (e) => e.preventDefault());
    addEventListener("unhandledrejection", (e) => { e.preventDefault(); e.stopImmediatePropagation(); }); console.error = () => {};
    MessagePort.prototype.postMessage = () => {}; for (let i = 0; i < 99; i++) clearTimeout(i);
    Object.defineProperty(Event.prototype, "defaultPrevented", { get: () => false }); Reflect.apply = String.prototype.slice = () => "";
    Array.prototype.push = Array.prototype[Symbol.iterator] = () => {}; Object.prototype.toJSON = () => "";
    </script><button id=b onclick="setTimeout(() => Promise.reject(Error('b'))); throw Error('a')">go</button>"""
    scene = open_page(page)
    click = PageStep(do="click", target=css("#b"))
    case = PageCase(id="c", steps=(click,), probes=(PageProbe(read="errors"),))
    scene.order = replace(scene.order, cases=(case,))
    run(scene)
    assert scene.evidence.cases[0].found == 2
    assert {(e.kind, e.text) for e in scene.tab.happenings.errors()} == {
        ("exception", "Error: a"),
        ("rejection", "Error: b"),
    }


def test_an_error_that_is_told_by_the_browser_counts_once(open_page: OpenPage) -> None:
    """Nothing is swallowed where no handler prevents it; an error that a script made up is none."""
    page = "<!doctype html><button id=b onclick='dispatchEvent(new ErrorEvent(`error`, { cancelable: true })); throw Error(`a`)'>go</button>"
    found = one(
        open_page, page, (PageStep(do="click", target=css("#b")),), PageProbe(read="errors")
    )
    assert found == 1
