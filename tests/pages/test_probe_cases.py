"""DOM-level cases: what is read is true, whatever the page pretends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from runners.pages.evidence import CaseResult
from runners.pages.probes.cases import cases as run
from runners.pages.protocol import Wire
from runners.pages.scene import Order, Scene
from runners.pages.steps import (
    ACTS,
    BYS,
    READS,
    DriverCase,
    PageProbe,
    PageStep,
    PageTarget,
)
from runners.pages.visit import visit
from sandboxes.chromium.base import Browser

OpenPage = Callable[[str], Scene]
TODO = """<!doctype html><html lang=en><title>Todo</title>
<form id=f><label for=t>New task</label><input id=t name=task placeholder="What to do?"><button>Add task</button></form>
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
d.onchange = () => { document.body.className = d.checked ? "dark wide" : ""; document.body.style.background = d.checked ? "rgb(0, 0, 0)" : ""; };
s.onchange = () => { document.title = s.value; };
onhashchange = () => { document.title = "at " + location.hash; };
draw();
</script>"""


def css(value: str, nth: int | None = None) -> PageTarget:
    return PageTarget("css", value, nth=nth)


def named(value: str) -> PageTarget:
    return PageTarget("name", value)


ADD = (
    PageStep("type", PageTarget("field", "New task"), "milk"),
    PageStep("click", named("Add task")),
)
BOTH = (
    *ADD,
    PageStep("check", named("Dark mode")),
    PageStep("choose", PageTarget("role", "combobox", "Filter"), "Done only"),
)


def results(open_page: OpenPage, html: str, *cases: DriverCase) -> list[CaseResult]:
    scene = open_page(html)
    scene.order = replace(scene.order, cases=cases)
    run(scene)
    return list(scene.evidence.cases)


def found(
    open_page: OpenPage, html: str, steps: tuple[PageStep, ...], *probes: PageProbe
) -> list[Any]:
    """What each probe reads after these steps; every case has to have run."""
    made = [DriverCase(f"c{i}", steps, probe) for i, probe in enumerate(probes)]
    told = results(open_page, html, *made)
    assert [(result.id, result.ran, result.detail) for result in told] == [
        (case.id, True, "") for case in made
    ]
    return [result.found for result in told]


def test_values_are_read_after_real_input(open_page: OpenPage) -> None:
    """A task is typed by label and added by name; every kind of probe reads what followed."""
    pairs = [
        (PageProbe("text", css("li")), "milk"),
        (PageProbe("content", css("#n")), "1"),
        (PageProbe("count", PageTarget("role", "listitem")), 1),
        (PageProbe("shown", PageTarget("role", "button")), 1),
        (PageProbe("count", PageTarget("role", "button")), 2),
        (PageProbe("text", PageTarget("text", "left:")), "Left: 1"),
        (PageProbe("storage", name="todo", store="local"), '["milk"]'),
        (PageProbe("storage", name="todo", store="session"), None),
        (PageProbe("attribute", css("html"), "lang"), "en"),
        (PageProbe("class", css("body")), ["dark", "wide"]),
        (PageProbe("style", css("body"), "background-color"), "rgb(0, 0, 0)"),
        (PageProbe("property", PageTarget("label", "Dark mode"), "checked"), True),
        (PageProbe("property", css("#t"), "value"), ""),
        (PageProbe("property", css("#s"), "selectedIndex"), 1),
        (PageProbe("text", css("#nope")), None),
        (PageProbe("visible", PageTarget("text", "milk")), True),
        (PageProbe("visible", PageTarget("text", "Add task now")), False),
        (PageProbe("title"), "done"),
        (PageProbe("url"), "http://localhost/"),
        (PageProbe("errors"), []),
        (PageProbe("requests"), []),
    ]  # fmt: skip
    assert found(open_page, TODO, BOTH, *(probe for probe, _ in pairs)) == [
        value for _, value in pairs
    ]


def test_each_case_begins_on_an_empty_page(open_page: OpenPage) -> None:
    """Whatever ran before, the same steps find the same; a reload within a case keeps storage."""
    count = PageProbe("count", css("li"))
    other = PageStep("focus", css("#t"))
    steps = [
        ADD,
        (*ADD, *ADD),
        (other, *ADD),
        (*ADD, PageStep("reload")),
        (*ADD, PageStep("reload"), *ADD),
        (),
        ADD,
    ]
    told = results(open_page, TODO, *(DriverCase(str(i), s, count) for i, s in enumerate(steps)))
    assert [result.found for result in told] == [1, 2, 1, 1, 2, 0, 1]


def test_what_a_page_writes_on_its_way_out_is_gone_too(open_page: OpenPage) -> None:
    """A case does not see the storage, nor the session, of the case before."""
    page = """<!doctype html><p id=p></p><script>
    p.textContent = (sessionStorage.n || "none") + (localStorage.n || "none") + (document.cookie || "none");
    addEventListener("pagehide", () => { sessionStorage.n = localStorage.n = "old"; }); document.cookie = "n=old";</script>"""
    text = PageProbe("text", css("#p"))
    steps = (PageStep("hover", css("#p")),)
    told = results(
        open_page,
        page,
        DriverCase("a", steps, text),
        DriverCase("b", (), text),
        DriverCase("c", (*steps, *steps), text),
    )
    assert {result.found for result in told} == {"nonenonenone"}


def test_a_step_that_cannot_be_done_says_so(open_page: OpenPage) -> None:
    """No element, a covered one, no such option or key, a broken selector: not run, with the reason."""
    cover = TODO + "<div style='position:fixed;inset:0'></div>"
    for html, step, words in (
        (TODO, PageStep("click", named("Delete all")), "name 'Delete all' is not shown"),
        (TODO, PageStep("choose", css("#s"), "x"), "no option 'x'"),
        (TODO, PageStep("type", css("#n"), "x"), "takes no text"),
        (TODO, PageStep("click", css("#[")), "not a valid selector"),
        (TODO, PageStep("press", None, "Hyper"), "no key 'Hyper'"),
        (TODO, PageStep("click"), "no target"),
        (cover, PageStep("click", named("Add task")), "something lies on top"),
    ):
        (result,) = results(open_page, html, DriverCase("c", (step,), PageProbe("title")))
        assert not result.ran
        assert words in result.detail


def test_an_element_that_comes_late_is_waited_for(open_page: OpenPage) -> None:
    """Steps wait in virtual time, and what a timer shows later is read after its wait."""
    page = """<!doctype html><div id=o></div><script>setTimeout(() => { o.innerHTML = "<button id=b>go</button>"; }, 1200);
    o.onclick = () => setTimeout(() => { document.title = "went"; }, 5000);</script>"""
    steps = (PageStep("click", named("go")), PageStep("wait", value=5000))
    assert found(open_page, page, steps, PageProbe("title")) == ["went"]


NAMES = """<!doctype html><button id=no hidden>Save</button><button id=longer>Save all</button><div><button id=exact>Save</button></div>
<button id=labelled aria-label=Close>x</button><h2 id=h>Keep <b id=it>it</b></h2><input id=mail placeholder="E-mail">
<span id=name>By id</span><input id=byid aria-labelledby=name><p id=hidden style="visibility:hidden">Hidden only</p>
<input id=zip name=postal><div id=card onclick="0">Open <i>card</i></div><input type=submit id=go value="Send it">"""


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (named("save"), "exact"),
        (named("Save a"), "longer"),
        (PageTarget("text", "SAVE"), "exact"),
        (PageTarget("role", "button", "Close"), "labelled"),
        (PageTarget("role", "heading"), "h"),
        (PageTarget("placeholder", "mail"), "mail"),
        (PageTarget("role", "textbox", "By id"), "byid"),
        (PageTarget("field", "postal"), "zip"),
        (PageTarget("field", "e-mail"), "mail"),
        (PageTarget("field", "zip"), "zip"),
        (PageTarget("css", "button", nth=0), "no"),
        (PageTarget("css", "button", nth=-1), "labelled"),
        (PageTarget("css", "button"), "longer"),
        (named("Hidden only"), "hidden"),
        (named("open card"), "card"),
        (PageTarget("text", "it"), "it"),
        (named("Send it"), "go"),
        (named("Nobody"), None),
    ],
)
def test_how_elements_are_named(
    open_page: OpenPage, target: PageTarget, expected: str | None
) -> None:
    """Visible before hidden, whole before part, innermost; names as assistive tools hear them."""
    assert found(open_page, NAMES, (), PageProbe("attribute", target, "id")) == [expected]


FAKES = {
    "prototypes": "Element.prototype.getAttribute = () => '5'; Object.defineProperty(Node.prototype, 'textContent', { get: () => '5' });"
    "Object.defineProperty(HTMLElement.prototype, 'innerText', { get: () => '5' }); Document.prototype.querySelectorAll = () => Array(5);",
    "names": "document.body.insertAdjacentHTML('beforeend', '<form name=querySelectorAll id=__find><input name=innerText value=5>"
    "<input name=textContent value=5></form><img name=title><a id=localStorage href=5></a><img name=activeElement>');",
    "own": "Object.defineProperty(n, 'innerText', { value: '5' }); n.hidden = 5; n.getAttribute = () => '5'; c.className = { toString: () => '5' };",
    "storage": "Storage.prototype.getItem = () => '5';",
    "json": "JSON.stringify = () => '5'; Array.from = () => [5, 5, 5, 5, 5]; Map = Set = null; Array.prototype.map = () => [];",
    "deaf": "for (const e of ['click', 'mousedown', 'keydown']) addEventListener(e, (x) => x.stopImmediatePropagation(), true);",
}


@pytest.mark.parametrize("fake", FAKES)
def test_a_page_cannot_fake_what_is_read(open_page: OpenPage, fake: str) -> None:
    """A counter that only pretends is read as it stands in the document: 0, once, not stored."""
    page = f"<!doctype html><title>0</title><body><button>+</button><form id=c><b id=n>0</b></form><script>{FAKES[fake]}</script>"
    told = found(
        open_page,
        page,
        (PageStep("click", named("+")),),
        PageProbe("text", css("#n")),
        PageProbe("content", css("#c")),
        PageProbe("count", css("#n")),
        PageProbe("attribute", css("#n"), "id"),
        PageProbe("title"),
        PageProbe("storage", name="n", store="local"),
    )
    assert told == ["0", "0", 1, "n", "0", None]


def test_text_that_nobody_can_see_is_not_read(open_page: OpenPage) -> None:
    """Hidden words are no text of the page, and hidden elements are not shown."""
    page = "<!doctype html><p>seen</p><p style='display:none'>5</p><p style='visibility:hidden'>5</p><b style='opacity:0'>5</b>"
    told = found(
        open_page, page, (), PageProbe("shown", css("p, b")), PageProbe("count", css("p, b")),
        PageProbe("visible", PageTarget("text", "5")), PageProbe("visible", css("b")),
    )  # fmt: skip
    assert told == [1, 4, False, False]


def test_what_happens_around_a_page(open_page: OpenPage) -> None:
    """Errors and requests are told by their words, those of the load too, and each once a case."""
    page = """<!doctype html><button id=b>go</button><script>fetch("https://api.example/load").catch(() => {}); setTimeout(() => { throw Error("load"); });
    b.onclick = () => { fetch("https://api.example/click").catch(() => {}); throw TypeError("click"); };</script>"""
    click = (PageStep("click", css("#b")),)
    errors, requests = PageProbe("errors"), PageProbe("requests")
    assert found(open_page, page, (), errors, requests) == [
        ["Error: load"],
        ["https://api.example/load"],
    ]
    assert found(open_page, page, click, errors, requests) == [
        ["Error: load", "TypeError: click"],
        ["https://api.example/click", "https://api.example/load"],
    ]


def test_the_other_things_a_visitor_does(open_page: OpenPage) -> None:
    """Keys, hovering, double clicks, clearing, sending, sizes and fragments arrive as from a visitor."""
    page = """<!doctype html><title>-</title><form id=f><input id=i value=old></form><div id=a style="width:50px;height:50px;background:red"></div><script>
    const log = []; const say = (x) => { log.push(x); document.title = log.join(" "); };
    i.onkeydown = (e) => say(e.key + e.isTrusted); a.onmouseenter = () => say("in"); a.ondblclick = (e) => say("twice" + e.isTrusted);
    i.oninput = () => say(`[${i.value}]`); f.onsubmit = (e) => { e.preventDefault(); say("sent"); };
    onresize = () => say(innerWidth); onhashchange = () => say(location.hash);</script>"""
    steps = (
        PageStep("hover", css("#a")),
        PageStep("clear", css("#i")),
        PageStep("press", css("#i"), "ArrowUp"),
        PageStep("press", None, "Control+z"),
        PageStep("dblclick", css("#a")),
        PageStep("submit", css("#f")),
        PageStep("resize", value=400),
        PageStep("go", value="#about"),
    )
    assert found(open_page, page, steps, PageProbe("title"), PageProbe("hash"), PageProbe("focused", css("#i"))) == [
        "in Backspacetrue [] ArrowUptrue ztrue [old] twicetrue sent 400 #about", "#about", False,
    ]  # fmt: skip
    assert found(
        open_page,
        TODO,
        (PageStep("resize", value=400),),
        PageProbe("style", css("body"), "width"),
        PageProbe("style", css("html"), "width"),
    ) == ["384px", "400px"]
    assert found(
        open_page, "<!doctype html><p>x</p>", (), PageProbe("style", css("html"), "width")
    ) == ["1280px"]


def test_an_open_shadow_tree_is_part_of_the_page(open_page: OpenPage) -> None:
    """Elements of components are found, hit and read like others."""
    page = """<!doctype html><x-box></x-box><script>customElements.define("x-box", class extends HTMLElement {
    connectedCallback() { const root = this.attachShadow({ mode: "open" }); root.innerHTML = "<p>0</p><button>more</button>";
    root.querySelector("button").onclick = () => { root.querySelector("p").textContent++; }; } });</script>"""
    steps = (PageStep("click", named("more")),)
    assert found(
        open_page,
        page,
        steps,
        PageProbe("text", css("p")),
        PageProbe("text", PageTarget("text", "1")),
    ) == ["1", "1"]


def test_errors_are_told_though_the_page_swallows_them(open_page: OpenPage) -> None:
    """Handlers that call every error handled, and tamper with what tells of it, hide nothing."""
    page = """<!doctype html><script>window.onerror = () => true; addEventListener("error", (e) => e.preventDefault());
    addEventListener("unhandledrejection", (e) => { e.preventDefault(); e.stopImmediatePropagation(); }); console.error = () => {};
    MessagePort.prototype.postMessage = () => {}; for (let i = 0; i < 99; i++) clearTimeout(i);
    Object.defineProperty(Event.prototype, "defaultPrevented", { get: () => false }); Reflect.apply = String.prototype.slice = () => "";
    Array.prototype.push = Array.prototype[Symbol.iterator] = () => {}; Object.prototype.toJSON = () => "";
    </script><button id=b onclick="setTimeout(() => Promise.reject(Error('b'))); throw Error('a')">go</button>"""
    assert found(open_page, page, (PageStep("click", css("#b")),), PageProbe("errors")) == [
        ["Error: a", "Error: b"]
    ]


def test_an_error_that_a_script_made_up_is_none(open_page: OpenPage) -> None:
    """An event is no error, and an error that the browser tells of is not told twice."""
    page = "<!doctype html><button id=b onclick='dispatchEvent(new ErrorEvent(`error`, { cancelable: true })); throw Error(`a`)'>go</button>"
    assert found(open_page, page, (PageStep("click", css("#b")),), PageProbe("errors")) == [
        ["Error: a"]
    ]


WORDS = """<!doctype html><title>words</title><style>#box { width: 90px; height: 40px; background: teal }</style>
<form id=f onsubmit="event.preventDefault()"><label for=i>Name</label><input id=i name=who placeholder="Your name" value=old><button>Send</button></form>
<label><input type=checkbox id=k> Agree</label><select id=s aria-label=Size><option>small<option>large</select><div id=box>Box</div>"""
_FIELD = css("#i")
DONE = {
    **{do: PageStep(do, css("#box")) for do in ("click", "dblclick", "hover")},
    "focus": PageStep("focus", _FIELD),
    "clear": PageStep("clear", _FIELD),
    "check": PageStep("check", css("#k")),
    "uncheck": PageStep("uncheck", css("#k")),
    "submit": PageStep("submit", css("#f")),
    "type": PageStep("type", _FIELD, "new"),
    "choose": PageStep("choose", css("#s"), "large"),
    "press": PageStep("press", _FIELD, "End"),
    "wait": PageStep("wait", value=100),
    "reload": PageStep("reload"),
    "resize": PageStep("resize", value=500),
    "go": PageStep("go", value="#here"),
}
MEANT = {
    "css": _FIELD,
    "role": PageTarget("role", "textbox", "Name"),
    "text": PageTarget("text", "box"),
    "label": PageTarget("label", "name"),
    "placeholder": PageTarget("placeholder", "your name"),
    "field": PageTarget("field", "who"),
    "name": named("Send"),
    "page": PageTarget("page"),
}


def test_every_word_of_the_vocabulary_is_executed(open_page: OpenPage) -> None:
    """Each act, way to name a target and thing to read is carried out, and none is left aside."""
    title = PageProbe("title")
    cases = [DriverCase(do, (DONE[do],), title) for do in ACTS]
    cases += [DriverCase(by, (), PageProbe("visible", MEANT[by])) for by in BYS]
    named_ = {"attribute": "id", "property": "value", "style": "color", "storage": "x"}
    cases += [DriverCase(f"{r}-", (), PageProbe(r, _FIELD, named_.get(r, ""))) for r in READS]
    told = results(open_page, WORDS, *cases)
    assert [(each.id, each.detail) for each in told if not each.ran] == []
    assert [each.found for each in told if each.id in BYS] == [True] * len(BYS)


def test_why_a_case_did_not_run(open_page: OpenPage) -> None:
    """What the page lacks is told from what no page could do."""
    told = results(
        open_page,
        WORDS,
        DriverCase("gone", (PageStep("click", css("#gone")),), PageProbe("title")),
        DriverCase("option", (PageStep("choose", css("#s"), "huge"),), PageProbe("title")),
        DriverCase("key", (PageStep("press", None, "Hyper"),), PageProbe("title")),
        DriverCase("selector", (), PageProbe("text", css("#["))),
        DriverCase("fine", (), PageProbe("title")),
    )
    assert [each.why for each in told] == ["target", "target", "words", "words", ""]


def test_a_page_is_visited_without_its_scripts(browser: Browser, wire: Wire) -> None:
    """The stand-in keeps the text and the styles, and runs neither scripts nor handlers nor URLs."""
    page = """<!doctype html><title>still</title><a id=u href="javascript:void(document.title='url')">go</a><p id=n>0</p>
    <button id=b onclick="document.title='handler'">b</button><script>document.title = "script"; n.textContent = "1";</script>"""
    cases = (
        DriverCase("n", (), PageProbe("text", css("#n"))),
        DriverCase("b", (PageStep("click", css("#b")),), PageProbe("title")),
        DriverCase("u", (PageStep("click", css("#u")),), PageProbe("title")),
    )
    order = Order(page=page.encode(), depth="cases", cases=cases)
    found = {}
    for scripts in (True, False):
        seen = visit(browser, wire, replace(order, scripts=scripts))
        found[scripts] = [result.found for result in seen.evidence.cases]
    assert found == {True: ["1", "handler", "url"], False: ["0", "still", "still"]}
