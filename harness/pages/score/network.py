"""Dimensions 4 and 5: what the page needs from elsewhere."""

from __future__ import annotations

import re

from harness.pages.document import Document
from harness.pages.score.base import OWN_ORIGIN, UNCAUGHT, Value, absent, scored
from harness.pages.sight import sight
from runners.pages.evidence import Owner, PageEvidence

NEVER = frozenset({"no_such_version", "no_such_package", "no_such_file"})
"""Outcomes of a URL that no public server answers either: the page's fault, not ours."""
_TOLD = re.compile(
    r"\b(error|failed|unable|could ?n[o']t|cannot|offline|unavailable|try again|no data)\b", re.I
)


def dependencies(evidence: PageEvidence, _: Document) -> Value:
    """4. Dependencies: 10 x resolved references / references, where one that was answered with
    other bytes than asked for counts half, less 5 for each that never existed and each integrity
    attribute that does not fit.

    Not applicable without a reference to a public CDN whose answer is known: a miss is ours.
    """
    outcomes = {request.url: request for request in evidence.requests}
    hits = sum(r.outcome == "hit" for r in outcomes.values())
    near = sum(r.outcome == "approximate" for r in outcomes.values())
    never = sorted(
        url for url, r in outcomes.items()
        if r.outcome in NEVER and not url.startswith(OWN_ORIGIN)
    )  # fmt: skip
    misfit = sorted(r.url for r in outcomes.values() if r.integrity == "mismatch")
    known = hits + near + len(never)
    if not known:
        return absent("no reference to a CDN, or none whose answer is known")
    value = 10 * (hits + near / 2) / known - 5 * (len(never) + len(misfit))
    return scored(value, hit=hits, approximate=near, never=never[:5], misfit=misfit[:5])


def offline(evidence: PageEvidence, _: Document) -> Value:
    """5. Offline honesty: 10 where no other server is needed; where calls were refused 0 if that
    became an uncaught error, 3 if the view is empty, 7 if the visitor is told, 5 if the page just
    stays as it is.

    Not applicable where nothing was loaded.
    """
    if not evidence.loaded and not evidence.requests:
        return absent("the page was not loaded")
    refused = sorted({r.url for r in evidence.requests if r.outcome == "external"})
    if not refused:
        return scored(10, refused=[])
    thrown = [e.text for e in evidence.errors
              if e.owner is Owner.ENVIRONMENT and e.kind in UNCAUGHT]  # fmt: skip
    if thrown:
        return scored(0, refused=refused[:5], thrown=thrown[0][:120])
    if sight(evidence).blank:
        return scored(3, refused=refused[:5])
    shown = any(f.name in ("fetch_fails", "offline") and f.shown for f in evidence.faults)
    told = shown or bool(_TOLD.search(str(evidence.words.get("text", ""))))
    return scored(7 if told else 5, refused=refused[:5], told=told)
