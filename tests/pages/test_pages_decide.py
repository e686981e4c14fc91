"""The decision table of pages, row by row."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from page_evidence import (
    BUTTON,
    EXPLORE,
    FLAT,
    GOOD,
    GOOD_DOCUMENT,
    HTML,
    PICTURE,
    error,
    measured,
    ours,
    request,
)

from harness.decide import Decision
from harness.models import CaseLine, Reason, VerdictStatus
from harness.pages.decide import decide_page
from harness.pages.document import read_document
from harness.pages.policy import PagePolicy
from runners.pages.evidence import (
    Action,
    Control,
    Effect,
    End,
    Motion,
    Owner,
    PageEvidence,
    Phase,
    Request,
)

POLICY = PagePolicy()
NOTHING = {"visible": 1, "text_chars": 0, "controls": 0}
BLANK = replace(GOOD, looks=(FLAT, replace(FLAT, name="after")), dom=NOTHING, dom_after=NOTHING,
                controls=(), actions=())  # fmt: skip
BARE_HTML = re.sub("<style>.*?</style>", "", HTML, flags=re.S)
BARE = read_document(BARE_HTML)
UNSTYLED_DOM = {**GOOD.dom, "rules": 0, "styled": 0, "inline_styles": 0}
DEAD = replace(
    GOOD,
    controls=(replace(BUTTON, listeners=()),),
    listeners={},
    actions=(Action(step=1, kind="click", selector="#more"),),
    coverage={"functions": 6, "functions_run": 1},
)


def said(evidence: PageEvidence = GOOD, **changed: Any) -> Decision:
    return decide_page(measured(replace(evidence, **changed)), POLICY)


def is_(decision: Decision, status: VerdictStatus, *reasons: Reason) -> bool:
    return decision.status is status and decision.reasons == reasons


def test_a_good_page_is_accepted() -> None:
    """Nothing found, nothing asked."""
    assert is_(said(), VerdictStatus.ACCEPTED)


def test_a_truncated_page_is_rejected_before_anything_else() -> None:
    """The text's own proof needs no visit to agree, and no miss excuses it."""
    document = read_document(HTML[: int(len(HTML) * 0.8)])
    missed = replace(GOOD, requests=(request("miss"),), errors=(ours(),))
    for visit in (GOOD, BLANK, missed):
        decision = decide_page(measured(visit, document=document), POLICY)
        assert is_(decision, VerdictStatus.REJECTED, Reason.TRUNCATED)


def test_a_page_that_leads_away_is_what_the_policy_says() -> None:
    """For a person by default: only before anybody acts, and not for the page itself."""

    def asking(url: str, phase: Phase = Phase.LOAD) -> PageEvidence:
        asked = replace(request("navigation", "Document", url), phase=phase)
        return replace(GOOD, requests=(asked,))

    for url in ("https://other.example/", "http://localhost/next.html", "https://localhost/a"):
        assert is_(
            decide_page(measured(asking(url)), POLICY), VerdictStatus.REVIEW, Reason.LEADS_AWAY
        )
        strict = decide_page(measured(asking(url)), PagePolicy(leads_away="reject"))
        assert is_(strict, VerdictStatus.REJECTED, Reason.LEADS_AWAY)
        noted = decide_page(measured(asking(url)), PagePolicy(leads_away="note"))
        assert is_(noted, VerdictStatus.ACCEPTED)
        clicked = decide_page(measured(asking(url, Phase.EXPLORE)), POLICY)
        assert is_(clicked, VerdictStatus.ACCEPTED)
    for own in ("http://localhost/", "http://localhost/?tab=2", "https://localhost"):
        assert is_(decide_page(measured(asking(own)), POLICY), VerdictStatus.ACCEPTED)
    restless = replace(asking("http://localhost/"), attempts={"restless": 1})
    late = replace(GOOD, attempts={"leaves_late": 1})
    for visit in (restless, late):
        assert is_(decide_page(measured(visit), POLICY), VerdictStatus.REVIEW, Reason.LEADS_AWAY)


def test_a_missing_doctype_is_what_the_policy_says() -> None:
    """Noted by default, review or rejection by one word; likewise the closing structure."""
    document = read_document(HTML.replace("<!doctype html>\n", ""))
    page = measured(GOOD, document=document)
    assert decide_page(page, POLICY).status is VerdictStatus.ACCEPTED
    asked = decide_page(page, PagePolicy(doctype="reject"))
    assert is_(asked, VerdictStatus.REJECTED, Reason.MALFORMED)
    asked = decide_page(page, PagePolicy(doctype="review"))
    assert is_(asked, VerdictStatus.REVIEW, Reason.MALFORMED)
    open_ = measured(document=read_document(HTML.replace("</body></html>", "")))
    assert decide_page(open_, POLICY).status is VerdictStatus.ACCEPTED
    asked = decide_page(open_, PagePolicy(closing="reject"))
    assert is_(asked, VerdictStatus.REJECTED, Reason.MALFORMED)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (End.HANG, Reason.TIMEOUT),
        (End.CRASH, Reason.CRASH),
        (End.MEMORY, Reason.MEMORY),
        (End.NO_FRAME, Reason.BLANK),
    ],
)
def test_an_end_counts_when_it_was_seen_twice(end: End, reason: Reason) -> None:
    """Once is for review, twice is a fact, once of two is a difference, once of three is nothing."""
    bad = PageEvidence(end=end, detail="3.1 CPU s without answer", phase=Phase.REST)
    assert is_(decide_page(measured(bad), POLICY), VerdictStatus.REVIEW, Reason.AMBIGUOUS)
    assert is_(decide_page(measured(bad, bad), POLICY), VerdictStatus.REJECTED, reason)
    mixed = decide_page(measured(bad, GOOD), POLICY)
    assert is_(mixed, VerdictStatus.REVIEW, Reason.NONDETERMINISTIC)
    assert decide_page(measured(bad, GOOD, GOOD), POLICY).status is VerdictStatus.ACCEPTED


def test_a_hang_over_webgl_is_not_the_pages() -> None:
    """A processor draws in place of a graphics card."""
    bad = PageEvidence(end=End.HANG, attempts={"gl_calls": 20})
    decision = decide_page(measured(bad, bad), POLICY)
    assert is_(decision, VerdictStatus.UNSCORED, Reason.SOFTWARE_GL)


def test_a_page_that_was_never_visited_is_our_fault() -> None:
    """No evidence is no rejection."""
    page = measured()
    decision = decide_page(replace(page, visits=()), POLICY)
    assert is_(decision, VerdictStatus.UNSCORED, Reason.INTERNAL_ERROR)


def test_syntax_errors_reject_even_beside_a_miss() -> None:
    """No library mends a script that does not parse."""
    broken = error("SyntaxError: Unexpected token '}'", kind="syntax")
    assert said(errors=(broken,)).reasons[0] is Reason.PARSE
    missed = said(errors=(broken, ours()), requests=(request("miss"),))
    assert is_(missed, VerdictStatus.REJECTED, Reason.PARSE)


@pytest.mark.parametrize(
    "text",
    [
        "SyntaxError: Unexpected end of JSON input",
        "SyntaxError: Failed to execute 'querySelector' on 'Document': '#' is not a valid selector.",
    ],
)
def test_data_that_does_not_parse_is_no_broken_script(text: str) -> None:
    """The class of error is the same: it counts as any other uncaught one, and can be excused."""
    thrown = error(text, kind="syntax")
    assert is_(said(errors=(thrown,)), VerdictStatus.REJECTED, Reason.LOAD)
    second = request("no_such_file", "Fetch", "http://localhost/data.json")
    excused = said(errors=(thrown,), requests=(second,))
    assert is_(excused, VerdictStatus.UNSCORED, Reason.MISSING_FILE)


def test_a_module_without_the_export_may_be_our_bundle() -> None:
    """Modules of the store are bundled by us: what they lack is not charged to the page."""
    text = "SyntaxError: The requested module 'x' does not provide an export named 'y'"
    thrown = error(text, kind="syntax")
    decision = said(errors=(thrown,), requests=(request("hit"),))
    assert is_(decision, VerdictStatus.UNSCORED, Reason.CDN_MISS)
    assert is_(said(errors=(thrown,)), VerdictStatus.REJECTED, Reason.LOAD)


def test_a_page_without_any_code_is_no_disconnected_one() -> None:
    """Links to nowhere are accepted, buttons that nobody could ever answer are for a person."""
    still = {"listeners": {}, "actions": (), "coverage": {}}
    document = read_document(re.sub("<script>.*?</script>", "", HTML, flags=re.S))
    link = replace(GOOD, **still, controls=(Control(selector="a", kind="link"),))
    assert decide_page(measured(link, document=document), POLICY).status is VerdictStatus.ACCEPTED
    button = replace(GOOD, **still, controls=(replace(BUTTON, listeners=()),))
    decision = decide_page(measured(button, document=document), POLICY)
    assert is_(decision, VerdictStatus.REVIEW, Reason.DEAD_CONTROLS)


def test_an_uncaught_error_before_any_action_rejects() -> None:
    """Exceptions and rejections of the page's own, at load or at rest."""
    for kind in ("exception", "rejection"):
        assert is_(said(errors=(error(kind=kind),)), VerdictStatus.REJECTED, Reason.LOAD)
    assert said(errors=(error(phase=Phase.REST),)).status is VerdictStatus.REJECTED


@pytest.mark.parametrize(
    "harmless",
    [
        error(kind="console"),
        error(kind="resource"),
        error(owner=Owner.LIBRARY),
        error(owner=Owner.ENVIRONMENT),
        error(phase=EXPLORE),
        error("NotAllowedError: Permission denied", kind="rejection"),
        error("ResizeObserver loop completed with undelivered notifications."),
        error("TypeError: Failed to fetch", kind="rejection"),
        error("ReferenceError: EyeDropper is not defined"),
        error("ReferenceError: webkitSpeechRecognition is not defined", phase=EXPLORE),
    ],
)
def test_what_is_not_the_pages_fault_does_not_reject(harmless: Any) -> None:
    """Console output, libraries, refused things, random input, interfaces of other browsers."""
    assert said(errors=(harmless,)).status is VerdictStatus.ACCEPTED


def test_the_policy_can_forgive_errors() -> None:
    """As many distinct ones as it says."""
    page = measured(replace(GOOD, errors=(error("TypeError: a"), error("TypeError: b"))))
    assert decide_page(page, PagePolicy(page_errors=1)).status is VerdictStatus.REJECTED
    assert decide_page(page, PagePolicy(page_errors=2)).status is VerdictStatus.ACCEPTED


def test_a_blank_page_is_rejected() -> None:
    """No contents and one colour."""
    assert Reason.BLANK in said(BLANK).reasons


def test_a_gradient_behind_nothing_is_blank_and_white_on_white_too() -> None:
    """A picture with colours does not help an empty document, nor text that nobody sees."""
    gradient = replace(PICTURE, edges=0.0)
    assert Reason.BLANK in said(BLANK, looks=(gradient,)).reasons
    assert Reason.BLANK not in said(BLANK, looks=(PICTURE,)).reasons
    unseen = said(looks=(FLAT, replace(FLAT, name="after")))
    assert Reason.BLANK in unseen.reasons


def test_a_page_that_fills_itself_later_is_not_blank() -> None:
    """Blank at the start only: the visitor was asked to do something."""
    later = replace(GOOD, looks=(FLAT, replace(PICTURE, name="after")))
    assert Reason.BLANK not in said(later).reasons
    art = said(dom={**GOOD.dom, "text_chars": 0, "controls": 0, "visible": 40})
    assert art.status is VerdictStatus.ACCEPTED


def test_removed_css_is_told_from_a_plain_page() -> None:
    """Classes that no rule knows reject; a page that names none is for a person; both by policy."""
    removed = measured(replace(GOOD, dom=UNSTYLED_DOM), document=BARE)
    assert is_(decide_page(removed, POLICY), VerdictStatus.REJECTED, Reason.UNSTYLED)
    bare = read_document("<!doctype html><title>Notes</title><h1>Notes</h1><p>Plain on purpose.")
    plain = {**UNSTYLED_DOM, "classed": 0}
    visit = replace(GOOD, dom=plain, controls=(), actions=(), coverage={}, listeners={})
    page = measured(visit, document=bare)
    assert is_(decide_page(page, POLICY), VerdictStatus.REVIEW, Reason.UNSTYLED)
    accepting = PagePolicy(unstyled_plain="accept")
    assert decide_page(page, accepting).status is VerdictStatus.ACCEPTED
    rejecting = PagePolicy(unstyled_plain="reject")
    assert decide_page(page, rejecting).status is VerdictStatus.REJECTED


@pytest.mark.parametrize(
    ("dom", "styled"),
    [
        ({"inline_styles": 12, "classed": 0}, True),
        ({"inline_styles": 12}, False),
        ({"inline_styles": 3}, False),
        ({"rules": 900, "styled": 22}, True),
        ({"rules": 40, "styled": 1}, False),
    ],
)
def test_what_styles_a_page_whose_text_has_no_rule(dom: dict[str, float], styled: bool) -> None:
    """Attributes on many elements where no class asks for a rule in vain, or rules that scripts made
    and that apply; never a few of them, nor the rules of a library's own widgets."""
    page = measured(replace(GOOD, dom={**UNSTYLED_DOM, **dom}), document=BARE)
    assert (decide_page(page, POLICY).status is VerdictStatus.ACCEPTED) is styled


BOOTSTRAP = "https://cdn.jsdelivr.net/npm/bootstrap@5/dist/css/bootstrap.min.css"
LETTERS = "https://fonts.googleapis.com/css2?family=Inter"


@pytest.mark.parametrize(("url", "styled"), [(BOOTSTRAP, True), (LETTERS, False)])
def test_a_sheet_that_nobody_may_read_styles_all_the_same(url: str, styled: bool) -> None:
    """The rules of another origin's sheet are applied and kept from scripts; fonts are no style."""
    linked = read_document(
        BARE_HTML.replace("<title>", f'<link rel="stylesheet" href="{url}"><title>')
    )
    asked = Request(url=url, kind="Stylesheet", outcome="hit")
    visit = replace(GOOD, dom={**UNSTYLED_DOM, "closed": 1}, requests=(asked,))
    decision = decide_page(measured(visit, document=linked), POLICY)
    assert (decision.status is VerdictStatus.ACCEPTED) is styled


def test_a_picture_that_a_script_draws_needs_no_rule() -> None:
    """Where the page sets its ground by an attribute: with that gone it is for a person."""
    drawn = "<!doctype html><title>Sky</title><body style='margin:0'><canvas></canvas><script>draw()</script>"
    dom = {**UNSTYLED_DOM, "classed": 0, "canvas": 1, "text_chars": 0, "controls": 0}
    visit = replace(GOOD, dom=dom, controls=(), actions=(), coverage={}, listeners={})
    page = measured(visit, document=read_document(drawn))
    assert decide_page(page, POLICY).status is VerdictStatus.ACCEPTED
    bare = measured(visit, document=read_document(drawn.replace(" style='margin:0'", "")))
    assert is_(decide_page(bare, POLICY), VerdictStatus.REVIEW, Reason.UNSTYLED)


def test_a_single_rule_styles_a_page() -> None:
    """Fonts and colours of `body` reach everything by inheritance."""
    few = {**UNSTYLED_DOM, "rules": 1, "styled": 1}
    assert said(dom=few).status is VerdictStatus.ACCEPTED


def test_controls_that_nobody_listens_to_reject() -> None:
    """No listener anywhere and no effect: nothing could have happened."""
    assert is_(said(DEAD), VerdictStatus.REJECTED, Reason.DEAD_CONTROLS)


@pytest.mark.parametrize(
    "alive",
    [
        {"listeners": {"click": 1}, "coverage": GOOD.coverage, "controls": (BUTTON,)},
        {
            "controls": (replace(BUTTON, listeners=(), reached=("click",)),),
            "listeners": {"click": 1},
        },
        {"actions": (Action(step=1, kind="click", selector="#more", effect=Effect(nodes=2)),)},
        {
            "controls": (Control(selector="a", kind="link", native=True),),
            "coverage": {"functions": 0},
        },
        {"controls": (Control(selector="i", kind="text"),), "coverage": {"functions": 0}},
    ],
)
def test_controls_that_are_heard_or_need_no_script_are_not_dead(alive: dict[str, Any]) -> None:
    """A listener without an effect for random input, delegation, an effect, a link, a lone field."""
    assert said(DEAD, **alive).status is VerdictStatus.ACCEPTED


def test_half_of_the_wiring_gone_rejects_with_a_second_sign() -> None:
    """Most controls unheard and hardly a function reached; the first sign alone does not."""
    loose = tuple(Control(selector=f"#b{n}", kind="button") for n in range(4))
    half = replace(DEAD, controls=(*loose, BUTTON), listeners={"click": 1})
    assert said(half, coverage={"functions": 20, "functions_run": 1}).reasons == (
        Reason.DEAD_CONTROLS,
    )
    reached = said(half, coverage={"functions": 20, "functions_run": 18})
    assert reached.status is VerdictStatus.ACCEPTED


SILENT = {"controls": (), "actions": (), "listeners": {}}


@pytest.mark.parametrize(
    "dead",
    [
        # fields, functions, and not a listener on the whole page
        replace(GOOD, **{**SILENT, "controls": (Control(selector="#q", kind="textarea"),)}),
        # a page for keys that nobody listens to
        replace(GOOD, **SILENT, coverage={"functions": 2, "functions_run": 0}),
        # many functions, of which hardly one is reached
        replace(GOOD, **SILENT, coverage={"functions": 40, "functions_run": 2}),
        # a listener of a library on the window hears every button, and none is the page's own
        replace(DEAD, controls=(replace(BUTTON, listeners=(), reached=("click",)),),
                listeners={"click": 1}, own_listeners={}),
        # a form that is sent by the browser because its own code is gone
        replace(DEAD, controls=(replace(BUTTON, listeners=(), in_form=True),),
                actions=(Action(step=1, kind="click", selector="#more", effect=Effect(navigations=1)),)),
        # typing into editable contents changes them, and nobody answers
        replace(GOOD, **{**SILENT, "controls": (Control(selector="#q", kind="editable"),),
                "actions": (Action(step=1, kind="type", selector="#q", effect=Effect(text=9)),)}),
    ],
)  # fmt: skip
def test_what_nothing_can_reach_is_dead(dead: PageEvidence) -> None:
    """Whatever it looks like: no listener and no timer could ever run the page's code."""
    bare = read_document(HTML.replace("addEventListener", "void"))
    decision = decide_page(measured(dead, document=bare), POLICY)
    assert is_(decision, VerdictStatus.REJECTED, Reason.DEAD_CONTROLS)


@pytest.mark.parametrize(
    "alive",
    [
        replace(GOOD, **SILENT, coverage={"functions": 0, "functions_run": 0}),
        replace(GOOD, **SILENT, coverage={"functions": 4, "functions_run": 4}),
        replace(GOOD, **SILENT, coverage={"functions": 9, "functions_run": 1}, runtime={"intervals": 1}),
        replace(GOOD, **SILENT, coverage={"functions": 9, "functions_run": 1}, motion=Motion(draws=9)),
        replace(GOOD, **{**SILENT, "controls": (Control(selector="c", kind="canvas"),)}),
        replace(GOOD, **{**SILENT, "controls": (Control(selector="i", kind="text", in_form=True),)}),
    ],
)  # fmt: skip
def test_pages_that_need_nobody_are_alive(alive: PageEvidence) -> None:
    """Articles, pages that are drawn once, clocks, animations, pictures, forms of other sites."""
    assert said(alive).status is VerdictStatus.ACCEPTED


def test_a_page_that_hides_its_errors_and_does_nothing_is_for_a_person() -> None:
    """Whether it throws cannot be known; with an effect it is like any other."""
    idle = tuple(replace(action, effect=Effect()) for action in GOOD.actions)
    listeners = {"click": 1, "error": 1}
    hiding = said(listeners=listeners, own_listeners=listeners, actions=idle)
    assert is_(hiding, VerdictStatus.REVIEW, Reason.AMBIGUOUS)
    assert said(listeners=listeners, own_listeners=listeners).status is VerdictStatus.ACCEPTED
    ours_alone = said(listeners=listeners, own_listeners={"click": 1}, actions=idle)
    assert ours_alone.status is VerdictStatus.ACCEPTED
    assert said(actions=idle).status is VerdictStatus.ACCEPTED


LOST = HTML.replace('id="sum"', 'id="total"')


def test_an_id_that_nothing_has_rejects() -> None:
    """Even where no action came by: the text looks it up and uses it."""
    page = measured(document=read_document(LOST))
    assert is_(decide_page(page, POLICY), VerdictStatus.REJECTED, Reason.MISSING_TARGET)


@pytest.mark.parametrize(
    ("use", "lost"),
    [
        ("new Chart(document.getElementById('sum'), {})", True),
        ("const at = document.getElementById('sum'); new Chart(at, {})", True),
        ("const at = document.getElementById('sum'); if (at) new Chart(at, {})", False),
        ("class Chart {} new Chart(document.getElementById('sum'))", False),
    ],
)
def test_what_a_library_makes_its_object_of_must_be_there(use: str, lost: bool) -> None:
    """Charts that find no canvas throw nothing and draw nothing; own classes may ask first."""
    page = measured(
        document=read_document(
            re.sub(r"<script>.*?</script>", f"<script>{use}</script>", LOST, flags=re.S)
        )
    )
    found = decide_page(page, POLICY)
    assert is_(found, VerdictStatus.REJECTED, Reason.MISSING_TARGET) is lost


SOME_FIELD = Control(selector="#range", kind="select")


@pytest.mark.parametrize(
    ("control", "script", "told"),
    [
        (SOME_FIELD, "function draw() {} draw()", True),
        (replace(SOME_FIELD, listeners=("change",)), "function draw() {} draw()", False),
        (replace(SOME_FIELD, reached=("change",)), "function draw() {} draw()", False),
        (replace(SOME_FIELD, reached=("click", "keydown")), "function draw() {} draw()", True),
        (SOME_FIELD, "setInterval(() => draw(box.value), 9); function draw() {}", False),
        (replace(SOME_FIELD, kind="checkbox"), "function draw() {} draw()", False),
        (replace(SOME_FIELD, in_form=True), "function draw() {} draw()", False),
    ],
)
def test_fields_that_no_code_takes_are_for_a_person(
    control: Control, script: str, told: bool
) -> None:
    """A library's clicks and keys do not hear a choice; a timer that reads the field does."""
    page = f"<!doctype html><style>p {{ color: red }}</style><p>A</p><script>{script}</script>"
    visit = replace(GOOD, controls=(control,), actions=(), own_listeners={},
                    listeners={"click": 1}, coverage={"functions": 1, "functions_run": 1})  # fmt: skip
    decision = decide_page(measured(visit, document=read_document(page)), POLICY)
    assert is_(decision, VerdictStatus.REVIEW, Reason.DEAD_CONTROLS) is told


REACT = "<script src='https://unpkg.com/react-dom@18/umd/react-dom.production.min.js'></script>"
PLAIN = "<script src='https://cdn.jsdelivr.net/npm/dayjs@1'></script>"


@pytest.mark.parametrize(("library", "told"), [(REACT, True), (PLAIN, False)])
def test_react_hears_every_event_and_minds_none_by_itself(library: str, told: bool) -> None:
    """Its root hears what is chosen; in a text without a handler nobody takes it. The functions of
    what is compiled in the page are not counted."""
    script = "<script type='text/babel'>root.render(<input type='range' value={n} />)</script>"
    page = f"<!doctype html><style>p {{ color: red }}</style><p>A</p>{library}{script}"
    control = replace(SOME_FIELD, reached=("change",))
    visit = replace(GOOD, controls=(control,), actions=(), own_listeners={},
                    listeners={"change": 1}, coverage={"functions": 0})  # fmt: skip
    decision = decide_page(measured(visit, document=read_document(page)), POLICY)
    assert is_(decision, VerdictStatus.REVIEW, Reason.DEAD_CONTROLS) is told


@pytest.mark.parametrize(
    ("name", "library", "told"),
    [
        ("handleFile", PLAIN, True),
        ("handleFile", "", True),
        ("readFile", "", True),
        # libraries call by name what a page declares for them
        ("setup", PLAIN, False),
        ("onYouTubeIframeAPIReady", PLAIN, False),
    ],
)
def test_functions_that_nothing_calls_are_for_a_person(name: str, library: str, told: bool) -> None:
    """Where nothing listens at all: a file can be chosen, and nobody takes it."""
    script = f"<script>function {name}(file) {{ file.text() }} function draw() {{}} draw()</script>"
    page = f"<!doctype html><style>p {{ color: red }}</style><p>A</p>{library}{script}"
    chooser = Control(selector="#drop", kind="label", native=True)
    visit = replace(GOOD, controls=(chooser,), actions=(), own_listeners={}, listeners={},
                    coverage={"functions": 2, "functions_run": 1})  # fmt: skip
    decision = decide_page(measured(visit, document=read_document(page)), POLICY)
    assert is_(decision, VerdictStatus.REVIEW, Reason.DEAD_CONTROLS) is told


@pytest.mark.parametrize(
    "harmless",
    [
        LOST.replace(
            "sum.textContent = Number(sum.textContent) + 1", "if (sum) sum.textContent = 1"
        ),
        LOST.replace("sum.textContent = Number(sum.textContent) + 1", "console.log(1)"),
        LOST.replace("sum.textContent = Number(sum.textContent) + 1", "sum?.remove()"),
        LOST.replace("function more", "document.body.innerHTML += '<p id=\"sum\">';function more"),
        LOST.replace("function more", "document.body.id = 'sum';function more"),
        LOST.replace("function more", "document.body.setAttribute('id', 'sum');function more"),
    ],
)
def test_guarded_unused_and_made_ids_are_no_fault(harmless: str) -> None:
    """Asked first, never used, or given to an element by a script."""
    page = measured(document=read_document(harmless))
    assert decide_page(page, POLICY).status is VerdictStatus.ACCEPTED


def test_an_id_seen_in_the_browser_exists() -> None:
    """What a library made counts, though the text never says so."""
    seen = replace(GOOD, words={**GOOD.words, "ids": ["sum"]})
    page = measured(seen, document=read_document(LOST))
    assert decide_page(page, POLICY).status is VerdictStatus.ACCEPTED


def test_an_undefined_name_in_an_action_rejects() -> None:
    """No input makes a name that nothing defines right; a null does depend on the input."""
    thrown = error("ReferenceError: nope is not defined", phase=EXPLORE)
    assert is_(said(errors=(thrown,)), VerdictStatus.REJECTED, Reason.ACTION_ERROR)
    later = said(errors=(replace(thrown, phase=Phase.LINGER),))
    assert is_(later, VerdictStatus.REJECTED, Reason.ACTION_ERROR)
    endless = error("RangeError: Maximum call stack size exceeded", phase=EXPLORE)
    assert is_(said(errors=(endless,)), VerdictStatus.REJECTED, Reason.ACTION_ERROR)
    null = error("TypeError: Cannot read properties of null (reading 'width')", phase=EXPLORE)
    assert said(errors=(null,)).status is VerdictStatus.ACCEPTED


def test_a_failed_case_rejects_and_a_passed_one_can_be_asked_for() -> None:
    """Cases of the sketch were compared by the host."""
    right = CaseLine(id="c1", outcome="passed")
    wrong = CaseLine(id="c2", outcome="failed", detail="expected 1, found 0")
    decision = decide_page(measured(cases=(right, wrong)), POLICY)
    assert is_(decision, VerdictStatus.REJECTED, Reason.CASE_FAILED)
    asking = PagePolicy(require_cases=True)
    assert decide_page(measured(cases=(right,)), asking).status is VerdictStatus.ACCEPTED
    assert is_(decide_page(measured(), asking), VerdictStatus.REVIEW, Reason.NEEDS_TESTS)


@pytest.mark.parametrize(
    ("outcome", "kind", "reason"),
    [
        ("miss", "Script", Reason.CDN_MISS),
        ("miss", "Stylesheet", Reason.CDN_MISS),
        ("external", "Fetch", Reason.EXTERNAL_HOST),
        ("external", "Script", Reason.EXTERNAL_HOST),
    ],
)
@pytest.mark.parametrize("bad", [DEAD, replace(GOOD, errors=(error(),)), BLANK])
def test_a_page_that_fails_beside_something_withheld_is_unscored(
    outcome: str, kind: str, reason: Reason, bad: PageEvidence
) -> None:
    """Never rejected for what we did not give it."""
    decision = said(bad, requests=(request(outcome, kind),))
    assert is_(decision, VerdictStatus.UNSCORED, reason)
    later = replace(request(outcome, kind), phase=EXPLORE)
    assert said(bad, requests=(later,)).status is VerdictStatus.REJECTED


def test_missing_style_is_excused_by_what_makes_style_alone() -> None:
    """A sheet or a style-making script; data and other libraries style nothing."""
    bare = replace(GOOD, dom=UNSTYLED_DOM)
    tailwind = request("external", "Script", "https://cdn.tailwindcss.com/")
    for excused, withheld in (
        (True, request("miss", "Stylesheet")),
        (True, tailwind),
        (False, request("miss", "Script")),
        (False, request("external", "Fetch")),
    ):
        page = measured(replace(bare, requests=(withheld,)), document=BARE)
        status = VerdictStatus.UNSCORED if excused else VerdictStatus.REJECTED
        assert decide_page(page, POLICY).status is status


def test_code_that_never_ran_for_a_miss_leaves_the_page_unscored() -> None:
    """A module whose import is withheld throws nothing and does nothing: that is no good page."""
    idle = {"functions": 0, "functions_run": 0}
    decision = said(requests=(request("miss"),), coverage=idle)
    assert is_(decision, VerdictStatus.UNSCORED, Reason.CDN_MISS)
    assert said(coverage=idle).status is VerdictStatus.ACCEPTED
    for url in (LETTERS, BOOTSTRAP):  # a sheet keeps no script from running
        sheet = request("miss", "Stylesheet", url)
        assert said(requests=(sheet,), coverage=idle).status is VerdictStatus.ACCEPTED


def test_an_error_beside_other_bytes_than_asked_for_is_unscored() -> None:
    """Another version stood in: that the page breaks with it is not the page's fault; that nothing
    listens is."""
    near = (request("approximate"),)
    decision = said(requests=near, errors=(error(),))
    assert is_(decision, VerdictStatus.UNSCORED, Reason.CDN_MISS)
    assert said(requests=near).status is VerdictStatus.ACCEPTED
    assert said(DEAD, requests=near).status is VerdictStatus.REJECTED


def test_a_miss_that_does_no_harm_does_not_matter() -> None:
    """A font, a picture, or a script that the page gets along without."""
    for kind in ("Font", "Image", "Script", "Fetch"):
        assert said(requests=(request("miss", kind),)).status is VerdictStatus.ACCEPTED


def test_an_error_that_follows_from_a_miss_leaves_the_page_unscored() -> None:
    """What was measured is not the page."""
    decision = said(requests=(request("miss"),), errors=(ours(),))
    assert is_(decision, VerdictStatus.UNSCORED, Reason.CDN_MISS)


def test_a_device_that_is_not_here_excuses_an_empty_page_alone() -> None:
    """A picture of what the microphone hears shows nothing without one; an error is an error."""
    asked = {"permissions": 1, "devices": 1}
    decision = said(BLANK, attempts=asked)
    assert is_(decision, VerdictStatus.UNSCORED, Reason.NO_DEVICE)
    assert said(BLANK, attempts={"permissions": 1}).status is VerdictStatus.REJECTED
    assert said(attempts=asked).status is VerdictStatus.ACCEPTED
    undefined = error("ReferenceError: x is not defined")
    assert is_(said(attempts=asked, errors=(undefined,)), VerdictStatus.REJECTED, Reason.LOAD)
    late = replace(undefined, phase=Phase.EXPLORE)
    acted = said(attempts=asked, errors=(late,))
    assert is_(acted, VerdictStatus.REJECTED, Reason.ACTION_ERROR)


def test_a_picture_that_is_withheld_excuses_nothing() -> None:
    """A missing photograph is no reason for an empty page."""
    assert said(BLANK, requests=(request("miss", "Image"),)).status is VerdictStatus.REJECTED


def test_a_url_that_never_existed_is_the_pages_fault() -> None:
    """A package that nobody published, in a page that breaks for it."""
    undefined = error("ReferenceError: lib is not defined")
    decision = said(requests=(request("no_such_package"),), errors=(undefined,))
    assert decision.status is VerdictStatus.REJECTED
    assert decision.reasons[0] is Reason.API_HALLUCINATED
    late = replace(undefined, phase=Phase.EXPLORE)
    decision = said(requests=(request("no_such_package"),), errors=(late,))
    assert decision.reasons == (Reason.API_HALLUCINATED, Reason.ACTION_ERROR)
    assert said(requests=(request("no_such_file"),)).status is VerdictStatus.ACCEPTED


def test_a_second_file_that_was_not_given_leaves_the_page_unscored() -> None:
    """A page is a single file: what it asks of its own folder may well exist elsewhere."""
    second = request("no_such_file", "XHR", "http://localhost/data.wasm")
    decision = said(requests=(second,), errors=(error(),))
    assert is_(decision, VerdictStatus.UNSCORED, Reason.MISSING_FILE)
    assert said(requests=(second,)).status is VerdictStatus.ACCEPTED


def test_a_script_that_watches_visitors_excuses_nothing() -> None:
    """An error does not follow from statistics that were refused, whatever it is charged to."""
    watcher = request("external", url="https://plausible.io/js/script.js")
    thrown = ours("TypeError: Cannot read properties of null", cause=watcher.url)
    decision = said(requests=(watcher,), errors=(thrown,))
    assert is_(decision, VerdictStatus.REJECTED, Reason.LOAD)
    assert said(requests=(watcher,)).status is VerdictStatus.ACCEPTED


def test_visits_that_disagree_are_for_a_person() -> None:
    """Two visits, two verdicts."""
    decision = decide_page(measured(GOOD, DEAD), POLICY)
    assert is_(decision, VerdictStatus.REVIEW, Reason.NONDETERMINISTIC)
    assert decide_page(measured(GOOD, GOOD), POLICY).status is VerdictStatus.ACCEPTED


def test_a_policy_can_ask_for_score_and_coverage() -> None:
    """Both lead to review, never to rejection."""
    page = replace(measured(), score=60.0, coverage=0.5)
    assert decide_page(page, POLICY).status is VerdictStatus.ACCEPTED
    assert is_(decide_page(page, PagePolicy(min_score=80)), VerdictStatus.REVIEW, Reason.LOW_SCORE)
    sparse = decide_page(page, PagePolicy(min_coverage=0.7))
    assert is_(sparse, VerdictStatus.REVIEW, Reason.NEEDS_TESTS)


def test_every_reason_has_a_sentence() -> None:
    """A verdict tells a person what was seen."""
    for page in (GOOD, BLANK, DEAD, replace(GOOD, errors=(error(),))):
        assert len(decide_page(measured(page, document=GOOD_DOCUMENT), POLICY).detail) > 10
