"""Dimensions 22 to 24: how the text is written, and how much of it lives."""

from __future__ import annotations

import re

from harness.pages.document import Document
from harness.pages.score.base import Value, absent, clip, number, scored
from runners.pages.evidence import PageEvidence

_TITLES = frozenset({"", "document", "title", "untitled", "page", "html", "test", "demo", "index"})
_HOW = re.compile(
    r"\b(click|tap|press|drag|drop|type|enter|paste|select|choose|upload|use|how to|try|search)\b",
    re.I,
)


def structure(evidence: PageEvidence, document: Document) -> Value:
    """22. Code structure, measured part: 10 x the mean of falling shares of: lines of a function at
    the 90th percentile (30 best, 120 worst), nesting at the 90th percentile (3 to 7), global names
    left behind (10 to 60), handler attributes (0 to 10), and lines in the longest repeat (5 % to
    30 % of the page). Judged part: naming.

    Not applicable without a function.
    """
    if document.functions == 0:
        return absent("the page has no function")
    parts = {
        "function_lines": clip((120 - document.function_lines_p90) / 90),
        "nesting": clip((7 - document.nesting_p90) / 4),
        "handlers": clip(1 - sum(document.handlers.values()) / 10),
        "repeats": clip((0.30 - document.repeat_share) / 0.25),
    }
    names = number(evidence.runtime, "globals")
    if names is not None:
        parts["globals"] = clip((60 - names) / 50)
    return scored(10 * sum(parts.values()) / len(parts), **parts)


def live(evidence: PageEvidence, document: Document) -> Value:
    """23. Live code: 10 x clip(mean of functions run / functions and rules used / rules, over 0.7),
    at the end of the visit, of the page's own text.

    A share counts from 3 functions or rules on; not applicable where neither does.
    """
    parts = {}
    for all_, used in (("functions", "functions_run"), ("rules", "rules_used")):
        count, hit = number(evidence.coverage, all_), number(evidence.coverage, used)
        if count is not None and hit is not None and count >= 3:
            parts[all_] = clip(hit / count)
    if not parts:
        return absent("under 3 functions and under 3 style rules of its own")
    return scored(10 * clip(sum(parts.values()) / len(parts) / 0.7), **parts)


def explanation(evidence: PageEvidence, document: Document) -> Value:
    """24. Explanation, measured part: 10 x the mean of: comments are 3 to 25 % of the text (falling
    to 0 at none and at 60 %), a title that says something, and a text that says what to do (where
    there are controls). Judged part: whether it helps.

    Not applicable for an empty text.
    """
    if document.bytes == 0:
        return absent("the page is empty")
    share = document.comment_share
    parts = {
        "comments": clip(share / 0.03) if share < 0.25 else clip((0.60 - share) / 0.35),
        "title": float(document.title.strip().lower() not in _TITLES),
    }
    if evidence.controls and evidence.words:
        parts["how"] = float(bool(_HOW.search(str(evidence.words.get("text", "")))))
    return scored(10 * sum(parts.values()) / len(parts), comment_share=share,
                  title=document.title[:80], parts=parts)  # fmt: skip
