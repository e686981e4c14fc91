"""Dimensions 1 to 3: what a page must do to be one at all. At 0 the whole page has 0."""

from __future__ import annotations

from collections import Counter

from harness.pages.blame import is_syntax, own_errors
from harness.pages.document import Document
from harness.pages.score.base import BEFORE, Value, absent, clip, scored
from harness.pages.sight import look, sight
from harness.pages.styling import styled_share, unstyled
from runners.pages.evidence import End, PageEvidence

_LEFT_OUT = frozenset({"comment", "empty_handler", "undefined_handler"})
_FREE_LINKS = 3
"""Links to `#` that every demonstration has."""


def executability(evidence: PageEvidence, _: Document) -> Value:
    """1. Executability: 0 for a hang, a crash or a syntax error in the page's own code; else 10
    - 2.5 for each distinct uncaught error or rejection of its own before any action, at least 2.5.
    """
    if evidence.end is not End.MEASURED:
        return scored(0, end=evidence.end.value, detail=evidence.detail)
    errors = own_errors(evidence, *BEFORE)
    texts = [f"{e.text[:120]} (line {e.line})" for e in errors]
    if any(map(is_syntax, own_errors(evidence))):
        return scored(0, errors=texts)
    return scored(max(2.5, 10 - 2.5 * len(errors)), errors=texts)


def integrity(_: PageEvidence, document: Document) -> Value:
    """2. Document integrity: 0 if truncated; else 10 - 2.5 for each placeholder (code left out,
    empty handlers, handlers that nothing defines, dead links beyond three) - 1 for each duplicate
    id (3 at most) - 1 without a doctype; at least 0.5, since 0 is a gate.
    """
    if document.cut is not None:
        return scored(0, truncated=document.cut.detail, line=document.cut.line)
    kinds = Counter(p.kind for p in document.placeholders)
    left_out = sum(kinds[kind] for kind in _LEFT_OUT) + max(0, kinds["dead_link"] - _FREE_LINKS)
    twice = len(document.duplicate_ids)
    value = 10 - 2.5 * left_out - min(3, twice) - (0 if document.doctype else 1)
    return scored(max(0.5, value), placeholders=dict(kinds), duplicate_ids=twice,
                  doctype=document.doctype)  # fmt: skip


def render(evidence: PageEvidence, document: Document) -> Value:
    """3. Render: 0 if blank at start and end; else 10 x the mean of clip(entropy / 0.4 bits),
    clip(visible elements / 10), clip(colours / 25) and the share of elements that are styled
    (full at a half); at most 2.5 where nobody styled the page.

    Not applicable where no picture was taken.
    """
    seen = sight(evidence)
    if seen.blank:
        return scored(0, blank=seen.detail)
    picture = look(evidence, "settled", "first")
    if picture is None:
        return absent("no picture was taken")
    parts = {"entropy": clip(picture.entropy / 0.4), "colours": clip(picture.colours / 25)}
    if "visible" in evidence.dom:
        parts["visible"] = clip(evidence.dom["visible"] / 10)
    parts["styled"] = clip(2 * styled_share(evidence, document))
    value = max(0.5, 10 * sum(parts.values()) / len(parts))
    if unstyled(evidence, document):
        value = min(2.5, value)
    return scored(value, picture=picture.picture, **parts)
