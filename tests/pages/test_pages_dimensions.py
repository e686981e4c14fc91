"""The 25 dimensions: their table, the edges of each, and what must hold on any evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_evidence import (
    EXPLORE,
    FLAT,
    GOOD,
    GOOD_DOCUMENT,
    HTML,
    PICTURE,
    box,
    error,
    ours,
    request,
)

from harness.models import VerdictStatus
from harness.pages.decide import PageMeasured, decide_page
from harness.pages.dimensions import DIMENSIONS, Judgement, PageScore, score, table
from harness.pages.document import Document, read_document
from harness.pages.frontcoder import CRITERIA
from harness.pages.policy import PagePolicy
from harness.pages.score.base import wilson
from harness.pages.score.working import CAP
from harness.pages.variants import TYPES
from runners.pages.evidence import (
    Action,
    Contrast,
    Control,
    Effect,
    End,
    Fault,
    Keyboard,
    Look,
    Media,
    Motion,
    Owner,
    PageError,
    PageEvidence,
    Phase,
    Request,
    Rule,
)

JUDGED = {n: Judgement(score=8, by="card@1") for n in (6, 7, 22, 24, 25)}
EMPTY = PageEvidence(end=End.MEASURED)


def value(number: int, document: Document = GOOD_DOCUMENT, **changed: Any) -> float | None:
    """The score of one dimension of the good visit, changed."""
    told = score(replace(GOOD, **changed), document)
    return told.dimensions[number - 1].score


def test_the_table_has_all_25() -> None:
    """Numbers, unique names, kinds: 20 measured, 2 mixed, 3 judged; every formula is written down."""
    assert [d.number for d in DIMENSIONS] == list(range(1, 26))
    assert len({d.name for d in DIMENSIONS}) == 25
    kinds = [d.kind for d in DIMENSIONS]
    assert (kinds.count("measured"), kinds.count("mixed"), kinds.count("judged")) == (20, 2, 3)
    assert [d.number for d in DIMENSIONS if d.gate] == [1, 2, 3]
    assert all(row[4].startswith(f"{row[0]}. ") and len(row[4]) > 40 for row in table())


def test_the_reference_says_what_the_code_does() -> None:
    """Every dimension with its weight, and every variant type, stands in the page of reference."""
    text = (Path(__file__).parents[2] / "docs/reference/pages.md").read_text()
    missing = [d.name for d in DIMENSIONS if f"| {d.number} | {d.name} | {d.weight} |" not in text]
    assert missing == []
    assert [kind.name for kind in TYPES if f"| {kind.name} |" not in text] == []


def test_frontcoders_criteria_are_complete() -> None:
    """25 names with the published weights, and ours feed only criteria that exist."""
    assert [number for number, _, _ in CRITERIA] == list(range(1, 26))
    assert sum(weight for _, _, weight in CRITERIA) == pytest.approx(25.4)
    assert {n for d in DIMENSIONS for n in d.feeds} <= set(range(1, 26))


def test_judged_values_are_absent_until_somebody_judges() -> None:
    """Nothing is made up: absent and said so, then taken in through the one door."""
    told = score(GOOD, GOOD_DOCUMENT)
    for number in (6, 7, 25):
        line = told.dimensions[number - 1]
        assert (line.score, line.reason, line.measured) == (None, "judged later", None)
    later = score(GOOD, GOOD_DOCUMENT, JUDGED)
    assert [later.dimensions[n - 1].score for n in (6, 7, 25)] == [8, 8, 8]
    assert later.dimensions[5].judged_by == "card@1"
    assert later.measured_total == told.measured_total == told.total
    assert later.coverage > told.coverage
    by_name = {c.name: c for c in told.frontcoder}
    assert by_name["Innovative features"].reason == "judged later"
    assert by_name["Innovative features"].score is None
    assert {c.name: c for c in later.frontcoder}["Innovative features"].score == 8


def test_a_judge_cannot_write_what_is_measured() -> None:
    """Measured dimensions ignore judgements; mixed ones are the mean; bounds hold a judged one."""
    loud = {n: Judgement(score=10, by="x") for n in range(1, 26)}
    bad = replace(GOOD, errors=(error(),))
    told = score(bad, GOOD_DOCUMENT, loud)
    assert told.dimensions[0].score == 7.5
    mixed = told.dimensions[21]
    assert mixed.measured is not None
    assert mixed.score == pytest.approx((mixed.measured + 10) / 2, abs=0.001)
    untidy = replace(GOOD, dom={**GOOD.dom, "font_sizes": 30})
    assert score(untidy, GOOD_DOCUMENT, loud).dimensions[24].score == 7.5
    assert score(GOOD, GOOD_DOCUMENT, {25: Judgement(score=-3, by="x")}).dimensions[24].score == 2.5


@pytest.mark.parametrize(
    ("visit", "document", "gate"),
    [
        (replace(GOOD, end=End.HANG), GOOD_DOCUMENT, 1),
        (replace(GOOD, errors=(error("SyntaxError: x", kind="syntax"),)), GOOD_DOCUMENT, 1),
        (GOOD, read_document(HTML[: int(len(HTML) * 0.8)]), 2),
        (replace(GOOD, looks=(FLAT,), dom={"visible": 1}, dom_after={}), GOOD_DOCUMENT, 3),
    ],
)
def test_a_gate_leaves_nothing(visit: PageEvidence, document: Document, gate: int) -> None:
    """Hang, syntax error, truncation and blankness give 0, whatever a judge says."""
    told = score(visit, document, JUDGED)
    assert (told.gate, told.total, told.measured_total, told.frontcoder_total) == (gate, 0, 0, 0)


def test_a_variant_without_its_variant_is_capped() -> None:
    """Under 3 of 10 the total stays below FrontCoder's 80."""
    assert score(GOOD, GOOD_DOCUMENT).total > 79
    low = score(GOOD, GOOD_DOCUMENT, variant_share=0.2)
    assert low.capped
    assert low.total <= 79
    assert low.frontcoder_total <= 0.79
    high = score(GOOD, GOOD_DOCUMENT, variant_share=0.9)
    assert (high.capped, high.dimensions[7].score) == (False, 9.0)


def test_the_total_is_the_weighted_mean() -> None:
    """100 x sum(w s) / (10 x sum(w)) over what applies."""
    told = score(GOOD, GOOD_DOCUMENT)
    there = [line for line in told.dimensions if line.score is not None]
    weights = sum(line.weight for line in there)
    mean = 10 * sum(line.weight * (line.score or 0) for line in there) / weights
    assert told.total == pytest.approx(mean, abs=0.01)
    assert told.coverage == pytest.approx(weights / sum(d.weight for d in DIMENSIONS), abs=1e-3)


@pytest.mark.parametrize(
    ("number", "changed"),
    [
        (4, {}),
        (5, {"loaded": False}),
        (8, {}),
        (9, {"controls": (), "actions": ()}),
        (9, {"actions": ()}),
        (10, {"faults": ()}),
        (10, {"faults": (Fault(name="odd_input", applies=False),)}),
        (11, {"actions": (), "faults": ()}),
        (12, {"actions": ()}),
        (13, {"keyboard": Keyboard()}),
        (14, {"rules": None}),
        (14, {"dom": {"visible": 4}}),
        (15, {"contrast": Contrast(texts=4)}),
        (16, {"layouts": ()}),
        (16, {"layouts": (box("wide", 1440, shown=2),), "dom": {"visible": 2}}),
        (17, {"layouts": (box("wide", 1440),)}),
        (18, {}),
        (19, {"runtime": {}, "dom": {}}),
        (20, {"actions": ()}),
        (20, {"runtime": {}}),
        (21, {"words": {}}),
        (23, {"coverage": {"functions": 2, "functions_run": 2}}),
    ],
)
def test_too_little_to_measure_is_not_applicable(number: int, changed: dict[str, Any]) -> None:
    """No vacuous perfection: below the least denominator there is no value, and a reason."""
    line = score(replace(GOOD, **changed), GOOD_DOCUMENT).dimensions[number - 1]
    assert line.score is None
    assert len(line.reason) > 5


MANY = tuple(error(f"TypeError: {n}") for n in range(9))
RULES = tuple(Rule(id=str(n), impact="critical", nodes=1) for n in range(20))


@pytest.mark.parametrize(
    ("number", "changed", "expected"),
    [
        (1, {}, 10),
        (1, {"errors": MANY[:1]}, 7.5),
        (1, {"errors": MANY}, 2.5),
        (1, {"errors": (error(owner=Owner.LIBRARY),)}, 10),
        (2, {}, 10),
        (3, {}, 10),
        (4, {"requests": (request("hit"),)}, 10),
        (4, {"requests": (request("approximate"),)}, 5),
        (4, {"requests": (request("no_such_package"),)}, 0),
        (4, {"requests": (request("hit"), replace(request("hit"), url="b", integrity="mismatch"))}, 5),
        (5, {}, 10),
        (5, {"requests": (request("external", "Fetch"),)}, 5),
        (5, {"requests": (request("external", "Fetch"),), "words": {"text": "Could not load"}}, 7),
        (5, {"requests": (request("external", "Fetch"),), "errors": (ours(),)}, 0),
        (9, {}, 10),
        (9, {"actions": tuple(Action(step=n, kind="click", selector="b") for n in range(9))}, 0),
        (10, {}, 10),
        (10, {"faults": (Fault(name="odd_input"),)}, 5),
        (10, {"faults": (Fault(name="long_text"), Fault(name="odd_input", injected=True))}, 5),
        (11, {}, 10),
        (11, {"errors": (error(phase=EXPLORE),)}, 7.5),
        (11, {"faults": (Fault(name="storage_denied", errors=2),)}, 5),
        (11, {"faults": (Fault(name="offline", errors=1, blank=True), Fault(name="zoom", errors=9))}, 0),
        (12, {}, 10),
        (12, {"actions": (Action(step=1, kind="click", selector="b", effect=Effect(storage=1)),)}, 1),
        (13, {}, 10),
        (13, {"keyboard": Keyboard(interactive=4, stops=0)}, 0),
        (13, {"keyboard": Keyboard(interactive=4, stops=4, ringed=0, trapped=True)}, 5),
        (14, {}, 10),
        (14, {"rules": RULES[:1]}, 6.703),
        (15, {}, 10),
        (15, {"contrast": Contrast(texts=10, failing=10)}, 0),
        (16, {}, 10),
        (16, {"layouts": (box("wide", 1000, overflow=900, clipped=9, overlaps=9),)}, 0),
        (16, {"layouts": (box("wide", 1000, overflow=125),)}, 8),
        (17, {}, 10),
        (17, {"layouts": (box("mobile", 400, overflow=400), box("wide", 1440, overflow=500))}, 0),
        (17, {"dom": {**GOOD.dom, "viewport_meta": 0}}, 7),
        (18, {"motion": Motion(running=2, cheap=2), "media": Media(running=2)}, 10),
        (18, {"motion": Motion(running=2), "media": Media(running=2, running_reduced=2),
              "runtime": {"long_steps_rest": 8}}, 0),
        (19, {}, 10),
        (19, {"runtime": {"script_ms": 9000, "virtual_ms": 3000, "layouts": 9000, "layout_shift": 1},
              "dom": {**GOOD.dom, "elements": 20000}}, 0),
        (20, {"runtime": {"nodes": 100, "nodes_after": 5000}}, 0),
        (21, {}, 10),
        (21, {"words": {"text": "x"}}, 0),
        (23, {}, 10),
        (23, {"coverage": {"functions": 10, "functions_run": 0}}, 0),
        (24, {}, 8.97),
    ],
)  # fmt: skip
def test_floor_ceiling_and_between(number: int, changed: dict[str, Any], expected: float) -> None:
    """Every formula at its edges."""
    assert value(number, **changed) == pytest.approx(expected, abs=0.06)


def test_documents_count_too() -> None:
    """Placeholders, doubled ids and a missing doctype cost; a page without functions has no structure."""
    lazy = HTML.replace("// counts up", "// ... rest of the code").replace("<!doctype html>", "")
    told = value(2, read_document(lazy.replace('id="more"', 'id="more" onclick=""')))
    assert told is not None
    assert told <= 4
    assert value(22, read_document("<!doctype html><p>text")) is None
    long = "<!doctype html><script>function f(){" + "\nx();" * 300 + "}</script>"
    assert (value(22, read_document(long)) or 0) < 8
    assert value(24, read_document("")) is None


def test_wilsons_bound_is_the_textbook_one() -> None:
    """Half of ten at 80 %: 0.3117 (two-sided); nothing tried is no share."""
    assert wilson(5, 10) == pytest.approx(0.3118, abs=2e-3)
    assert wilson(0, 0) == 0
    assert wilson(3, 3) < wilson(30, 30) < 1


# --- on any evidence -------------------------------------------------------------------------------

counts = st.integers(0, 10_000)
shares = st.floats(0, 1)
errors = st.builds(
    PageError,
    kind=st.sampled_from(["exception", "rejection", "console", "resource", "syntax"]),
    text=st.sampled_from(["TypeError: x", "ReferenceError: y is not defined", "boom", ""]),
    owner=st.sampled_from(Owner),
    phase=st.sampled_from(Phase),
)
effects = st.builds(Effect, nodes=st.integers(0, 3), pixels=shares, text=st.integers(0, 3))
actions = st.builds(
    Action, step=counts, kind=st.sampled_from(["click", "type", "hover", "key"]),
    selector=st.sampled_from(["#a", "#b", ""]), effect=effects,
)  # fmt: skip
controls = st.builds(
    Control, selector=st.sampled_from(["#a", "#b"]), kind=st.sampled_from(["button", "text", "link"]),
    listeners=st.sampled_from([(), ("click",)]), native=st.booleans(), visible=st.booleans(),
)  # fmt: skip
looks = st.builds(
    Look, name=st.sampled_from(["first", "settled", "after"]), width=st.just(1280),
    height=st.just(720), picture=st.just("0"), entropy=st.floats(0, 6), colours=counts,
    dominant=shares, edges=shares,
)  # fmt: skip
names = st.sampled_from(sorted({*GOOD.dom, *GOOD.runtime, *GOOD.coverage}))
numbers = st.dictionaries(names, st.floats(0, 1e7), max_size=12)
requests = st.builds(
    Request, url=st.sampled_from(["https://a/x.js", "http://localhost/b", "https://c/d"]),
    kind=st.sampled_from(["Script", "Fetch", "Image", "Stylesheet"]),
    outcome=st.sampled_from(["hit", "miss", "external", "no_such_package", "approximate"]),
)  # fmt: skip
layouts = st.builds(
    box, st.sampled_from(["mobile", "wide"]), st.sampled_from([375, 1440]), overflow=counts,
    cut=counts, clipped=counts, overlaps=counts, shown=counts,
)  # fmt: skip


def tuples(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=4).map(tuple)


evidences = st.builds(
    PageEvidence,
    end=st.sampled_from(End),
    loaded=st.booleans(),
    errors=tuples(errors),
    requests=tuples(requests),
    looks=tuples(looks),
    dom=numbers,
    dom_after=numbers,
    layouts=tuples(layouts),
    contrast=st.builds(Contrast, texts=counts, failing=counts),
    rules=st.none() | tuples(st.builds(Rule, id=st.text(max_size=3), impact=st.text(max_size=8), nodes=counts)),
    keyboard=st.builds(Keyboard, interactive=counts, stops=counts, ringed=counts, trapped=st.booleans()),
    motion=st.builds(Motion, running=counts, cheap=counts, late=shares),
    controls=tuples(controls),
    actions=tuples(actions),
    faults=tuples(st.builds(Fault, name=st.sampled_from(["odd_input", "offline"]), errors=st.integers(0, 9))),
    runtime=numbers,
    coverage=numbers,
    listeners=st.dictionaries(st.sampled_from(["click", "load"]), st.integers(0, 3)),
)  # fmt: skip
documents = st.sampled_from([
    GOOD_DOCUMENT, read_document(""), read_document(HTML[:300]), read_document("<p>x"),
    read_document("<script>document.getElementById('q').x()</script>"), Document(),
])  # fmt: skip


def _sound(told: PageScore) -> bool:
    parts = [line.score for line in told.dimensions] + [c.score for c in told.frontcoder]
    inside = all(0 <= part <= 10 for part in parts if part is not None)
    explained = all(line.reason for line in told.dimensions if line.score is None)
    return inside and explained and 0 <= told.measured_total <= 100 and 0 <= told.coverage <= 1


@settings(max_examples=150, deadline=None)
@given(evidences, documents)
def test_any_evidence_has_a_score_and_a_verdict(visit: PageEvidence, document: Document) -> None:
    """Total: nothing raises, everything is in its range, what is absent has a reason."""
    told = score(visit, document, JUDGED)
    assert _sound(told)
    assert PageScore.model_validate_json(told.model_dump_json()) == told
    decision = decide_page(PageMeasured(document=document, visits=(visit, visit)), PagePolicy())
    assert decision.detail
    assert (decision.status is VerdictStatus.ACCEPTED) == (not decision.reasons)


@settings(max_examples=150, deadline=None)
@given(evidences, documents, errors)
def test_one_more_error_never_raises_the_score(
    visit: PageEvidence, document: Document, more: PageError
) -> None:
    """Of whatever kind, owner and phase."""
    worse = replace(visit, errors=(*visit.errors, more))
    assert score(worse, document).total <= score(visit, document).total


@settings(max_examples=100, deadline=None)
@given(evidences, documents, errors)
def test_one_more_error_never_makes_a_page_acceptable(
    visit: PageEvidence, document: Document, more: PageError
) -> None:
    """What was not accepted is not accepted with an error more."""
    page = PageMeasured(document=document, visits=(visit,))
    if decide_page(page, PagePolicy()).status is not VerdictStatus.ACCEPTED:
        worse = replace(page, visits=(replace(visit, errors=(*visit.errors, more)),))
        assert decide_page(worse, PagePolicy()).status is not VerdictStatus.ACCEPTED


@settings(max_examples=80, deadline=None)
@given(evidences, documents)
def test_a_blank_page_never_scores(visit: PageEvidence, document: Document) -> None:
    """Whatever else was measured of it, and whoever judges it."""
    blank = replace(visit, looks=(FLAT, replace(FLAT, name="after")), dom={}, dom_after={})
    assert score(blank, document, JUDGED).total == 0


@settings(max_examples=80, deadline=None)
@given(evidences, documents)
def test_no_gate_closes_without_a_cause(visit: PageEvidence, document: Document) -> None:
    """With a picture, whole text and a measured end, the total is above 0."""
    fine = replace(visit, end=End.MEASURED, errors=(), looks=(PICTURE,), dom=GOOD.dom)
    told = score(fine, document)
    assert (told.gate == 0) == (document.cut is None)


def test_nothing_measured_scores_by_its_text_alone() -> None:
    """An empty visit has low coverage, and no measured part is invented."""
    told = score(EMPTY, GOOD_DOCUMENT)
    assert told.coverage < 0.25
    assert {d.number for d in told.dimensions if d.score is not None} <= {1, 2, 22, 24}


def test_a_page_that_is_proved_not_to_work_stays_under_a_filter() -> None:
    """However good the rest looks: errors at load, lost ids and dead controls cap the total, and
    what we withheld excuses them as it does in the verdict."""
    whole = score(GOOD, GOOD_DOCUMENT)
    assert (whole.broken, whole.total > CAP) == ("", True)
    thrown = replace(GOOD, errors=(PageError(kind="exception", text="TypeError: x", line=1),))
    found = score(thrown, GOOD_DOCUMENT)
    assert found.total <= CAP
    assert "TypeError" in found.broken
    withheld = replace(thrown, requests=(request("miss"),))
    assert score(withheld, GOOD_DOCUMENT).broken == ""
    lost = read_document(HTML.replace('id="sum"', 'id="total"'))
    assert "#sum" in score(GOOD, lost).broken
    deaf = replace(GOOD.controls[0], selector="#more", kind="button", listeners=(), reached=())
    dead = replace(GOOD, controls=(deaf,), listeners={}, own_listeners={}, actions=())
    assert score(dead, read_document(HTML.replace("addEventListener", "void"))).total <= CAP
