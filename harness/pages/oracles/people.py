"""Accessibility Features and Internationalization: who the page is for."""

from __future__ import annotations

from harness.pages.oracles.base import Case, Signal, at_least, at_most, mentions, present
from runners.pages.evidence import PageEvidence

_BURDEN = {"critical": 4.0, "serious": 2.0, "moderate": 1.0, "minor": 0.5}
_LANGUAGES = (
    r"english|español|espanol|spanish|français|francais|french|deutsch|german|italiano|italian"
    r"|português|portuguese|русский|russian|中文|简体中文|繁體中文|chinese|日本語|japanese|한국어|korean"
    r"|العربية|arabic|עברית|hebrew|हिन्दी|hindi|türkçe|turkish|polski|nederlands|svenska|[\U0001f1e6-\U0001f1ff]{2}|language"
    r"|languages|idioma|langue|sprache|en|es|fr|de|it|pt|ru|zh|ja|ko|ar|he|hi"
)


def burden(evidence: PageEvidence) -> float | None:
    """The broken rules of a visit by weight (critical 4, serious 2, moderate 1, minor 0.5)."""
    if evidence.rules is None:
        return None
    return sum(_BURDEN.get(rule.impact, 1.0) for rule in evidence.rules)


def accessibility(case: Case) -> list[Signal | None]:
    """No critical or serious rule broken and not more than in the base, fields and buttons named,
    Tab reaches 8 of 10 (of up to 8), focus is seen, landmarks, live regions, a skip link."""
    here = burden(case.evidence)
    before = burden(case.base) if case.base is not None else None
    path = case.evidence.keyboard
    unnamed = _sum(case.dom("unlabelled"), case.dom("unnamed"))
    roles = case.dom("aria")
    signals: list[Signal | None] = [
        at_most("rules", here, 2, strong=True),
        at_most("rules_over_base", here - before, 0)
        if here is not None and before is not None
        else None,
        at_most("unnamed", unnamed, 0),
        at_least("tab_stops", path.stops / min(8, path.interactive), 0.8, strong=True)
        if path.interactive
        else None,
        at_least("focus_seen", path.ringed / path.stops, 0.8) if path.stops else None,
        at_least("landmarks", case.dom("landmarks"), 1),
        at_least("live_regions", case.dom("live"), 1),
        present("skip_link", mentions(r"skip to|skip navigation|skip", case.labels) > 0),
    ]
    if case.base is not None and roles is not None and case.base_dom("aria") is not None:
        more = roles - (case.base_dom("aria") or 0)
        signals.append(at_least("more_roles", more, 2, strong=True))
    return signals


def _sum(*values: float | None) -> float | None:
    there = [value for value in values if value is not None]
    return sum(there) if there else None


def internationalization(case: Case) -> list[Signal | None]:
    """Names of two languages among controls or text, an action that changes text, `lang` set,
    `dir` or mirrored text without overflow, formatting by Intl."""
    words = case.evidence.words
    names = mentions(_LANGUAGES, case.labels, case.text)
    changed = max(
        (a.effect.text + a.effect.nodes for a in case.evidence.actions
         if mentions(_LANGUAGES, a.label, a.value)), default=0,
    )  # fmt: skip
    mirrored = next(
        (f for f in case.evidence.faults if f.name == "right_to_left" and f.applies), None
    )
    intl = max(case.evidence.runtime.get("intl_calls", 0), case.document.intl)
    return [
        at_least("languages", names, 2, strong=True),
        at_least("switch_changes_text", changed, 2, strong=True),
        present("lang", bool(words.get("lang") or case.document.lang)),
        present("dir", bool(words.get("dir") or case.document.dir)),
        at_least("intl", intl, 1),
        at_most("overflow_mirrored", mirrored.overflow, 2) if mirrored is not None else None,
    ]
