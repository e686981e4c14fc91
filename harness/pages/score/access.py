"""Dimensions 14, 15 and 21: who can read the page."""

from __future__ import annotations

from math import exp

from harness.pages.document import Document
from harness.pages.score.base import Value, absent, number, scored
from harness.pages.styling import unstyled
from runners.pages.evidence import PageEvidence

_IMPACT = {"critical": 4.0, "serious": 2.0, "moderate": 1.0, "minor": 0.5}
_FEW = 5
"""Below so many elements or texts nothing found says nothing: blank pages break no rule."""


def rules(evidence: PageEvidence, _: Document) -> Value:
    """14. Accessibility rules: 10 x exp(-(4 critical + 2 serious + moderate + 0.5 minor) / 10) over
    the rules of axe-core that are broken (each once, however many elements).

    Not applicable under 5 visible elements, or where axe-core was not run.
    """
    if evidence.rules is None:
        return absent("axe-core was not run")
    visible = number(evidence.dom, "visible")
    if visible is None or visible < _FEW:
        return absent("under 5 visible elements")
    found = {rule.id: rule.impact for rule in evidence.rules}
    burden = sum(_IMPACT.get(impact, 1.0) for impact in found.values())
    return scored(10 * exp(-burden / 10), rules=found)


def contrast(evidence: PageEvidence, document: Document) -> Value:
    """15. Text contrast: 10 x (1 - texts under WCAG's ratio / texts on solid backgrounds).

    Not applicable under 5 texts, or where nobody styled the page: black on white is the browser's.
    """
    if unstyled(evidence, document):
        return absent("nobody styled the page")
    texts, failing = evidence.contrast.texts, evidence.contrast.failing
    if texts < _FEW:
        return absent("under 5 texts")
    return scored(10 * (1 - failing / texts), texts=texts, failing=failing,
                  offenders=list(evidence.contrast.offenders[:5]))  # fmt: skip


def language(evidence: PageEvidence, _: Document) -> Value:
    """21. Language readiness: 10 x the weighted share of: `lang` set (4), charset declared (2), no
    overflow and no error when mirrored to right-to-left text (2, where that was tried), Intl or
    locale formatting (2, counted only where it is used).

    Not applicable where the document's words were not read.
    """
    if not evidence.words:
        return absent("the words were not read")
    parts = [(4.0, bool(evidence.words.get("lang"))), (2.0, bool(evidence.words.get("charset")))]
    mirrored = next((f for f in evidence.faults if f.name == "right_to_left" and f.applies), None)
    if mirrored is not None:
        kept = not (mirrored.overflow or mirrored.errors or mirrored.blank)
        parts.append((2.0, kept))
    if evidence.runtime.get("intl_calls", 0) > 0:
        parts.append((2.0, True))
    value = sum(weight for weight, held in parts if held) / sum(weight for weight, _ in parts)
    return scored(10 * value, lang=str(evidence.words.get("lang", "")),
                  mirrored=mirrored is not None)  # fmt: skip
