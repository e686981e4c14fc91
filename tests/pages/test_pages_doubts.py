"""What no fault explains and no finished page shows is for a person, each by its own fact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from page_evidence import EXPLORE, GOOD, HTML, error, measured, request

from harness.decide import Decision
from harness.models import Reason, VerdictStatus
from harness.pages.decide import decide_page
from harness.pages.document import Document, read_document
from harness.pages.policy import PagePolicy
from runners.pages.evidence import Action, Effect, PageEvidence, Phase

DOCUMENT = read_document(HTML)
TYPED = Action(step=1, kind="type", selector="#n", value="42", control="number")


def said(document: Document = DOCUMENT, **changed: Any) -> Decision:
    return decide_page(measured(replace(GOOD, **changed), document=document), PagePolicy())


def doubted(decision: Decision, reason: Reason) -> bool:
    return decision.status is VerdictStatus.REVIEW and decision.reasons == (reason,)


def accepted(**changed: Any) -> bool:
    return said(**changed).status is VerdictStatus.ACCEPTED


def words(*shown: str, after: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"words": {**GOOD.words, "raw": list(shown), "raw_after": list(after)}}


@pytest.mark.parametrize("text", ["${w.temp}", "{{ name }}", "[object Promise]", "$NaN"])
def test_a_value_that_was_never_put_in(text: str) -> None:
    """At rest each counts."""
    assert doubted(said(**words(text)), Reason.RAW_TEXT)
    assert accepted(**words())


def test_no_number_may_be_the_answer_to_a_text() -> None:
    """After numbers alone were typed it is the page's doing; `[object Object]` always is."""
    text = replace(TYPED, value="hello world", control="text")
    fair = words(after=("$NaN",)) | {"actions": (TYPED, *GOOD.actions)}
    odd = words(after=("$NaN",)) | {"actions": (text, *GOOD.actions)}
    assert doubted(said(**fair), Reason.RAW_TEXT)
    assert accepted(**odd)
    odd |= words(after=("42 = [object Promise]",))
    assert doubted(said(**odd), Reason.RAW_TEXT)


def test_remarks_in_the_place_of_code() -> None:
    """By the whole of a comment; a TODO is none."""
    gone = read_document(HTML.replace("// counts up", "// ... rest of the code (same as above)"))
    assert doubted(said(gone), Reason.LEFT_OUT)
    assert said(read_document(HTML.replace("// counts up", "// TODO: cents"))).status is (
        VerdictStatus.ACCEPTED
    )


def clicks(count: int, *, covered: bool = False, kind: str = "button", **effect: int) -> Any:
    told = Effect(focus=1, **effect)
    return tuple(
        Action(
            step=n, kind="click", selector=f"#b{n}", effect=told, control=kind, covered=covered
        )
        for n in range(count)
    )  # fmt: skip


def test_buttons_that_change_nothing() -> None:
    """Six of them; five may want something else first, and one effect is enough."""
    assert doubted(said(actions=clicks(6)), Reason.DEAD_CONTROLS)
    assert accepted(actions=clicks(5))
    assert accepted(actions=clicks(6, kind="link"))
    assert accepted(actions=(*clicks(6), *clicks(1, text=1)))


def test_controls_under_something_else() -> None:
    """All that were clicked; one that can be hit is enough."""
    assert doubted(said(actions=clicks(3, covered=True)), Reason.DEAD_CONTROLS)
    assert accepted(actions=(*clicks(3, covered=True), *clicks(1)))
    assert accepted(actions=clicks(2, covered=True))


def test_a_timer_of_nothing() -> None:
    """`setInterval(tick(), 1000)`."""
    assert doubted(said(attempts={"idle_timers": 1}), Reason.AMBIGUOUS)


def test_a_form_that_sends_itself() -> None:
    """Heard by scripts that never read what was sent; a search page does."""
    sent = replace(request("navigation", "Document", "http://localhost/?a=1"), phase=EXPLORE)
    heard = {"requests": (sent,), "listeners": {"submit": 1}}
    assert doubted(said(**heard), Reason.AMBIGUOUS)
    assert accepted(**(heard | {"listeners": {"click": 1}}))
    reads = read_document(HTML.replace("// counts up", "new URLSearchParams(location.search);"))
    assert said(reads, **heard).status is VerdictStatus.ACCEPTED
    away = replace(sent, url="https://other.example/?a=1")
    assert accepted(**(heard | {"requests": (away,)}))


def test_a_sheet_that_ends_inside_of_a_rule() -> None:
    """With rules within it that were not meant to be; the last brace alone is forgiven."""
    torn = read_document(HTML.replace("sans-serif }", "sans-serif"))
    assert doubted(said(torn), Reason.MALFORMED)
    last = read_document(HTML.replace("color: #fff }", "color: #fff"))
    assert said(last).status is VerdictStatus.ACCEPTED
    wide = "@media (width > 40em) { .card { margin: 0 } h1 { margin: 0 } main { margin: 0 }</style>"
    media = read_document(HTML.replace("</style>", wide))
    assert said(media).status is VerdictStatus.ACCEPTED


def test_drawings_that_nobody_sees() -> None:
    """Every canvas is without area, and something is drawn."""
    dom = {**GOOD.dom, "canvas": 1, "canvas_empty": 1}
    drawn = {**GOOD.runtime, "canvas_draws": 9}
    assert doubted(said(dom=dom, runtime=drawn), Reason.BLANK)
    assert accepted(dom=dom)
    assert accepted(dom={**dom, "canvas": 2}, runtime=drawn)


@pytest.mark.parametrize("phase", [Phase.EXPLORE, Phase.LINGER])
def test_what_a_library_caught(phase: Phase) -> None:
    """It says so on the console; before any action, and of a network, it says nothing."""
    missing = error("TypeError: addToCart is not a function\n at onClick", kind="console")
    assert doubted(said(errors=(replace(missing, phase=phase),)), Reason.ACTION_ERROR)
    assert accepted(errors=(missing,))
    assert accepted(errors=(replace(missing, phase=phase, text="TypeError: Failed to fetch"),))


def test_a_fault_comes_before_a_doubt() -> None:
    """Both in one page: it is rejected for the fault."""
    both: PageEvidence = replace(
        GOOD, attempts={"idle_timers": 1}, errors=(error("TypeError: x is null"),)
    )
    decision = decide_page(measured(both), PagePolicy())
    assert (decision.status, decision.reasons) == (VerdictStatus.REJECTED, (Reason.LOAD,))


def test_a_page_that_ends_between_two_elements_before_its_code() -> None:
    """All is closed but the page itself, and nobody hears its field; an article is only terse."""
    cut = HTML[: HTML.index("<script")]
    field = replace(GOOD.controls[0], listeners=(), reached=(), native=False)
    silent = {"listeners": {}, "own_listeners": {}, "coverage": {}, "actions": ()}
    document = read_document(cut)
    assert not document.closed and document.cut is None
    text = replace(field, kind="text", in_form=True)
    assert doubted(said(document, controls=(text,), **silent), Reason.TRUNCATED)
    whole = read_document(cut + "</body></html>")
    assert said(whole, controls=(text,), **silent).status is VerdictStatus.ACCEPTED
    assert said(document, controls=(), **silent).status is VerdictStatus.ACCEPTED


def scripted(code: str, *, library: str = "") -> Document:
    return read_document(
        HTML.replace("// counts up", code).replace("<script>", f"{library}<script>")
    )


@pytest.mark.parametrize(
    "code",
    [
        "function poll() { while (true) { count(); } }",
        "const run = () => { for (;;) ; };",
        "function spin() { let n = 0; do { n++; } while (1); }",
        "function both() { while (true) { for (const x of xs) { if (x) break; } } }",
        "function later() { for (let i = 0; ; i++) { setTimeout(() => { return i; }); } }",
    ],
)
def test_a_loop_without_a_way_out(code: str) -> None:
    """In code that the visit did not reach; ways out of what stands within it are not its own."""
    decision = said(scripted(code))
    assert doubted(decision, Reason.TIMEOUT), decision
    assert "line 8" in decision.detail


@pytest.mark.parametrize(
    "code",
    [
        "function take() { while (true) { if (!next()) break; } }",
        "function take() { while (true) { if (!next()) return 1; } }",
        "function* all() { while (true) yield 1; }",
        "async function read() { for (;;) { await chunk(); } }",
        "function leave() { out: while (true) { for (;;) { break out; } } }",
        "function step() { while (true) { if (bad()) throw new Error('x'); } }",
        "function count(n) { for (let i = 0; i < n; i++) { more(); } }",
        "const text = 'while (true) { }';",
    ],
)
def test_a_loop_with_a_way_out(code: str) -> None:
    """Or none at all."""
    assert said(scripted(code)).status is VerdictStatus.ACCEPTED


@pytest.mark.parametrize("kind", ["onclick", "Click", "x-click", "tapped"])
def test_an_event_that_nobody_sends(kind: str) -> None:
    """A misspelt or invented type; not what the page sends itself, or what a library may send."""
    heard = {"own_listeners": {"click": 1, kind: 1}}
    code = f'sum.addEventListener("{kind}", more);'
    assert doubted(said(scripted(code), **heard), Reason.DEAD_CONTROLS)
    for sent in (
        f"{code} const told = '{kind}'; sum.dispatchEvent(new Event(told));",
        f"{code} sum.dispatchEvent(new CustomEvent('{kind}'));",
        f"{code} const send = (what) => sum.dispatchEvent(new Event(what));",
    ):
        assert said(scripted(sent), **heard).status is VerdictStatus.ACCEPTED
    library = '<script src="https://unpkg.com/some-elements"></script>'
    beside = said(scripted(code, library=library), **heard)
    misspelt = kind in ("onclick", "Click")
    assert doubted(beside, Reason.DEAD_CONTROLS) is misspelt


@pytest.mark.parametrize(
    "kind", ["click", "DOMContentLoaded", "webkitfullscreenchange", "app:ready", "focusin"]
)
def test_events_that_somebody_sends(kind: str) -> None:
    """A browser, or a host that the page agreed with."""
    code = f'sum.addEventListener("{kind}", more);'
    assert said(scripted(code), own_listeners={kind: 1}).status is VerdictStatus.ACCEPTED


def test_a_property_that_no_browser_calls() -> None:
    """`onClick` is set and never read; a callback of that name is called by the page's own code."""
    assert doubted(said(scripted("sum.onClick = more;")), Reason.DEAD_CONTROLS)
    called = "const box = {}; box.onClick = more; box.onClick();"
    assert said(scripted(called)).status is VerdictStatus.ACCEPTED
    assert said(scripted("sum.onclick = more;")).status is VerdictStatus.ACCEPTED


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("function between(a, b) { return a + b; }", False),
        ("function onKey(event) { go(event.key); }", True),
        ("const handleTap = () => { go(); };", True),
        ("function left() { go(-1); } function right() { go(1); }", True),
    ],
)
def test_an_animation_may_keep_a_helper(code: str, told: bool) -> None:
    """One that is left over; not what hears an event, nor several, as a game without its keys."""
    document = read_document(
        "<!doctype html><html lang=en><title>Cube</title><style>body { margin: 0 }</style>"
        f"<h1>A cube that turns</h1><canvas></canvas><script>{code} requestAnimationFrame(turn);"
        "function turn() { requestAnimationFrame(turn); }</script></html>"
    )
    silent: dict[str, Any] = {"listeners": {}, "own_listeners": {}, "actions": (), "controls": ()}
    silent["words"] = {**GOOD.words, "text": "A cube that turns"}
    moves = replace(GOOD.motion, early=0.2, late=0.2)
    decision = said(document, motion=moves, coverage={"functions": 4, "functions_run": 2}, **silent)
    assert doubted(decision, Reason.DEAD_CONTROLS) is told, decision


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Press a to jump", True),
        ("Left: press A", True),
        ("Press A, D to move", True),
        ("press x", True),
        ("Connect a gamepad and press a button", False),
    ],
)
def test_keys_that_a_page_asks_for(text: str, told: bool) -> None:
    """A letter is a key; an article is none."""
    document = read_document(
        f"<!doctype html><html lang=en><title>Pad</title><style>p {{ margin: 0 }}</style><p>{text}</p>"
        "<script>const look = () => requestAnimationFrame(look); look();</script></html>"
    )
    silent: dict[str, Any] = {"listeners": {}, "own_listeners": {}, "actions": (), "controls": ()}
    silent |= {"words": {**GOOD.words, "text": text}, "coverage": {"functions": 1}}
    assert doubted(said(document, **silent), Reason.DEAD_CONTROLS) is told
