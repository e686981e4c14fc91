"""Whether anybody styled the page: told apart from a page that is plain on purpose."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.pages.document import Document
from harness.pages.policy import PagePolicy
from runners.pages.evidence import PageEvidence

_LETTERS = re.compile(
    r"fonts?[./-]|fontawesome|icons?\b|iconfont|material-(?:icons|symbols)|remixicon|lineicons",
    re.I,
)
"""Sheets of nothing but font faces and icons."""
_MANY = 20
"""Rules that style a page as a whole; the share of fewer is taken in proportion."""


@dataclass(frozen=True, slots=True)
class Styling:
    """What style there is, and what asks for one."""

    written: int
    """Rules in the text."""
    rules: int
    """Of all sheets that the browser read, those that scripts made too; of the text where it read
    none."""
    linked: int
    """Style sheets that the markup links."""
    closed: int
    """Sheets of another origin that were served and that hold more than fonts and icons: a browser
    applies them and lets nobody read their rules."""
    share: float | None
    """Of the visible elements, those that a rule styles; None: not measured."""
    inline: float
    """Style attributes that set more than whether an element is shown, over the elements."""
    asked: int
    """Elements with a class: names that are there for rules (or for scripts) to find."""
    hidden: bool = False
    """Closed shadow trees, into whose style nobody can look."""

    def none(self, least: float, least_inline: float) -> bool:
        """Whether nobody styled the page: no rule in the text, no sheet that brought one, under
        `least` of the elements styled by rules that scripts made and under `least_inline` by
        attributes. One rule for `body` styles a whole page by inheritance, so that the share alone
        says nothing of a text with rules."""
        brought = self.linked and (self.rules or self.closed)
        if self.hidden or self.written or brought or self.inline >= least_inline:
            return False
        return self.rules == 0 if self.share is None else self.share < least


def styling(evidence: PageEvidence, document: Document) -> Styling:
    """The facts about style of a visit; a count that the visit lacks is taken from the text."""
    dom = evidence.dom
    visible, styled = dom.get("visible", 0), dom.get("styled")
    share = None
    if styled is not None and visible:
        share = min(1.0, styled / visible)
    return Styling(
        written=document.style_rules,
        rules=int(dom.get("rules", document.style_rules)),
        linked=document.stylesheets,
        closed=min(int(dom.get("closed", 0)), _served(evidence)),
        share=share,
        inline=_inline(evidence, document),
        asked=int(dom.get("classed", 0)),
        hidden=bool(evidence.attempts.get("closed_trees")),
    )


def unstyled(evidence: PageEvidence, document: Document) -> bool:
    """Whether nobody styled the page, by the default thresholds; False where nothing was loaded."""
    policy = PagePolicy()
    if not evidence.dom and not evidence.looks:
        return False
    return styling(evidence, document).none(policy.styled_share, policy.inline_share)


def styled_share(evidence: PageEvidence, document: Document) -> float:
    """The share of the visible elements that are styled, 0 to 1; without that measure, the rules
    and style attributes over 20."""
    found = styling(evidence, document)
    ruled = found.share
    if ruled is None:
        ruled = min(1.0, max(found.rules, found.written) / _MANY)
    if found.linked and found.closed and evidence.dom.get("visible"):
        # which elements they style cannot be read: those with a class ask for it
        ruled = max(ruled, min(1.0, found.asked / evidence.dom["visible"]))
    return max(ruled, min(1.0, found.inline))


def _served(evidence: PageEvidence) -> int:
    """Sheets that a public host gave and that style more than letters and icons."""
    return sum(
        request.kind.lower() == "stylesheet"
        and request.outcome in ("hit", "approximate")
        and not _LETTERS.search(f"{request.url} {request.package}")
        for request in evidence.requests
    )


def _inline(evidence: PageEvidence, document: Document) -> float:
    visible = evidence.dom.get("visible", 0)
    if visible and "inline_styles" in evidence.dom:
        return evidence.dom["inline_styles"] / visible
    return document.inline_styles / max(1, document.elements)
