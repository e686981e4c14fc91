"""The oracles of the twelve variant types: each tells its own axis and keeps the base."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_evidence import GOOD, GOOD_DOCUMENT, PICTURE, box, request
from test_pages_dimensions import documents, evidences

from harness.pages.document import Document
from harness.pages.variants import TYPES, VariantVerdict, judge_variant, variant_type
from runners.pages.evidence import (
    Action,
    CaseResult,
    Contrast,
    Control,
    Effect,
    Fault,
    Keyboard,
    Media,
    Motion,
    PageEvidence,
    Rule,
)

NAMES = (
    "Color Scheme", "Layout Style", "Interaction Mode", "Responsive Design", "Animation Effects",
    "Accessibility Features", "Advanced Features", "Minimalist Design", "Data Visualization",
    "Real-time Updates", "Gamification", "Internationalization",
)  # fmt: skip


def act(kind: str = "click", selector: str = "#b", label: str = "", **effect: Any) -> Action:
    return Action(step=1, kind=kind, selector=selector, label=label, effect=Effect(**effect))


def judged(name: str, instruction: str = "", **changed: Any) -> VariantVerdict:
    """The good visit changed, held against the good visit."""
    return judge_variant(
        name, replace(GOOD, **changed), GOOD_DOCUMENT, GOOD, GOOD_DOCUMENT, instruction
    )


def words(**changed: Any) -> dict[str, Any]:
    return {**GOOD.words, **changed}


DARK = words(palette=["#1a1a1a", "#f2e9de", "#ff6b35"])
SHOWS: dict[str, dict[str, Any]] = {
    "Color Scheme": {"words": DARK},
    "Layout Style": {"layouts": (box("mobile", 375), box("wide", 1440, columns=9, scroll_height=1800))},
    "Interaction Mode": {
        "listeners": {"click": 1, "dragstart": 2, "drop": 1},
        "actions": (*GOOD.actions, act("drag", nodes=2)),
    },
    "Responsive Design": {},
    "Animation Effects": {
        "motion": Motion(early=0.02, late=0.03, running=3, cheap=3),
        "dom": {**GOOD.dom, "keyframes": 2, "transitions": 5},
        "media": Media(running=3, reduced_rules=1),
    },
    "Accessibility Features": {"dom": {**GOOD.dom, "aria": 9}},
    "Advanced Features": {
        "actions": (*GOOD.actions, *(act(selector=f"#f{n}", label=label, storage=1, nodes=1)
                    for n, label in enumerate(["Search", "Sort by name", "Export", "Undo"]))),
        "listeners": {"click": 5, "input": 2},
    },
    "Minimalist Design": {
        "dom": {**GOOD.dom, "visible": 9, "font_sizes": 2},
        "looks": (replace(PICTURE, edges=0.01),),
    },
    "Data Visualization": {
        "dom": {**GOOD.dom, "svg": 1, "svg_shapes": 40},
        "words": words(text=GOOD.words["text"] + " legend Jan Feb Mar total"),
        "requests": (replace(request("hit"), package="chart.js"),),
    },
    "Real-time Updates": {"motion": Motion(text_changes=5, mutations=9), "runtime": {"intervals": 1}},
    "Gamification": {
        "actions": (*GOOD.actions, act(label="Play", text=2)),
        "words": words(text=GOOD.words["text"] + " Score 10 Level 2 best streak"),
        "runtime": {**GOOD.runtime, "storage_sets": 3},
    },
    "Internationalization": {
        "words": words(lang="fr", text="Choses Plus cliquer pour ajouter une chose English Français"),
        "controls": (Control(selector="#l", kind="select", label="Language"),),
        "actions": (*GOOD.actions, act("choose", "#l", "Language", text=12)),
        "faults": (Fault(name="right_to_left", shown=True),),
        "runtime": {**GOOD.runtime, "intl_calls": 4},
    },
}  # fmt: skip


def test_the_twelve_names_are_those_of_the_data() -> None:
    """Exactly, in this order."""
    assert tuple(kind.name for kind in TYPES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_names_are_read_whatever_their_case_and_hyphens(name: str) -> None:
    """Hyphens, underscores, case, missing spaces."""
    for spelled in (name.lower(), name.upper(), name.replace(" ", "-"), name.replace(" ", "_"),
                    name.replace(" ", ""), name.replace("-", " ")):  # fmt: skip
        assert variant_type(spelled) == variant_type(name)
    assert (variant_type(name) or TYPES[0]).name == name


def test_other_spellings_and_strangers() -> None:
    """British spelling and the usual abbreviation are read; an unknown name lists the twelve."""
    for spelled, name in (("Colour scheme", NAMES[0]), ("i18n", NAMES[11]), ("realtime", NAMES[9]),
                          ("Internationalisation", NAMES[11]), ("data visualisation", NAMES[8]),
                          ("Internationalization (i18n)", NAMES[11])):  # fmt: skip
        assert (variant_type(spelled) or TYPES[3]).name == name, spelled
    with pytest.raises(KeyError, match="Gamification"):
        judge_variant("Sparkles", GOOD, GOOD_DOCUMENT)


@pytest.mark.parametrize("name", NAMES)
def test_a_variant_that_shows_its_axis_is_seen(name: str) -> None:
    """Differs, keeps the base, and every sign has its number."""
    verdict = judged(name, **SHOWS[name])
    assert verdict.differs_along_axis, verdict
    assert verdict.keeps_base is True, verdict.reasons
    assert verdict.reasons == ()
    assert verdict.share > 0.3
    assert all(s.fired == (s.value <= s.threshold if s.below else s.value >= s.threshold)
               for s in verdict.signals)  # fmt: skip


@pytest.mark.parametrize(
    "name", [n for n in NAMES if n not in ("Responsive Design", "Accessibility Features")]
)
def test_a_copy_of_the_base_is_no_variant(name: str) -> None:
    """The same page again does not differ along any axis that compares with the base."""
    verdict = judged(name)
    assert not verdict.differs_along_axis
    assert verdict.keeps_base is True
    assert verdict.reasons


@pytest.mark.parametrize(
    "name", [n for n in NAMES if n not in ("Minimalist Design", "Internationalization")]
)
def test_a_variant_that_loses_the_base_is_told(name: str) -> None:
    """Other words and dead controls: the axis may be right, the page is another."""
    changed = SHOWS[name] | {
        "words": words(text="entirely different contents about cooking soup at home", palette=DARK["palette"]),
        "actions": (),
    }  # fmt: skip
    verdict = judged(name, **changed)
    assert verdict.keeps_base is False
    assert any("words" in reason for reason in verdict.reasons)


def test_cases_of_the_base_must_still_run() -> None:
    """A case that ran on the base and cannot run on the variant is lost behaviour."""
    base = replace(GOOD, cases=(CaseResult(id="c1"), CaseResult(id="c2")))
    variant = replace(GOOD, words=DARK, cases=(CaseResult(id="c1"), CaseResult(id="c2", ran=False)))
    verdict = judge_variant("Color Scheme", variant, GOOD_DOCUMENT, base, GOOD_DOCUMENT)
    assert verdict.keeps_base is False
    assert "c2" in verdict.reasons[0]


def test_colours_that_the_instruction_names_must_be_there() -> None:
    """A palette far from the base's is no help when it is not the one that was asked for."""
    asked = "Dark theme with #1a1a1a and #ff6b35"
    assert judged("Color Scheme", asked, words=DARK).differs_along_axis
    other = words(palette=["#003366", "#ffeecc", "#00aa55"])
    refused = judged("Color Scheme", asked, words=other)
    assert not refused.differs_along_axis
    assert "#1a1a1a" in refused.reasons[0]
    assert judged("Color Scheme", words=other).differs_along_axis


def test_sideways_scrolling_is_not_responsive() -> None:
    """Whatever rules for widths there are."""
    wide = (box("mobile", 375, overflow=200), box("wide", 1440))
    verdict = judged("Responsive Design", layouts=wide)
    assert not verdict.differs_along_axis
    assert "200" in verdict.reasons[0]


def test_accessibility_needs_more_than_a_clean_report() -> None:
    """Broken rules and focus that reaches nothing undo it."""
    bad = (Rule(id="label", impact="critical", nodes=3),)
    verdict = judged("Accessibility Features", rules=bad, keyboard=Keyboard(interactive=6, stops=1))
    assert not verdict.differs_along_axis


@pytest.mark.parametrize("name", NAMES)
def test_without_a_base_the_page_stands_for_itself(name: str) -> None:
    """No comparison: keeps_base is open, and an empty visit shows nothing."""
    shown = judge_variant(name, replace(GOOD, **SHOWS[name]), GOOD_DOCUMENT)
    assert shown.keeps_base is None
    empty = judge_variant(name, PageEvidence(end=GOOD.end), Document())
    assert not empty.differs_along_axis
    assert empty.share <= 0.5


def test_contrast_counts_only_with_enough_texts() -> None:
    """Two texts say nothing of a scheme."""
    few = judged("Color Scheme", words=DARK, contrast=Contrast(texts=2, failing=2))
    assert "contrast_failures" not in {s.name for s in few.signals}


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES), evidences, documents, evidences | st.none(), st.text(max_size=40))
def test_any_evidence_has_a_verdict(
    name: str, visit: PageEvidence, document: Document, base: PageEvidence | None, instruction: str
) -> None:
    """Total: nothing raises, and what does not differ says why."""
    verdict = judge_variant(name, visit, document, base, document if base else None, instruction)
    assert (verdict.keeps_base is None) == (base is None)
    assert verdict.differs_along_axis or verdict.reasons
    assert 0 <= verdict.share <= 1
    assert VariantVerdict.model_validate_json(verdict.model_dump_json()) == verdict
