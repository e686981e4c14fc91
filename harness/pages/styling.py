"""Whether anybody styled the page: told apart from a page that is plain on purpose."""

from __future__ import annotations

from dataclasses import dataclass

from harness.pages.document import Document
from runners.pages.evidence import PageEvidence

_MANY = 20
"""Rules that style a page as a whole; the share of fewer is taken in proportion."""


@dataclass(frozen=True, slots=True)
class Styling:
    """What style there is, and what asks for one."""

    rules: int
    """Of all sheets that the browser read; of the text where it did not."""
    inline: int
    """Elements with a style attribute that sets more than whether they are shown."""
    linked: int
    """Style sheets that the markup links."""
    share: float | None
    """Of the visible elements, those that a rule or an attribute styles; None: not measured."""
    asked: int
    """Elements with a class: names that are there for rules (or for scripts) to find."""

    @property
    def none(self) -> bool:
        """Not a single rule, no sheet, no inline style."""
        return not (self.rules or self.inline or self.linked)


def styling(evidence: PageEvidence, document: Document) -> Styling:
    """The facts about style of a visit; a count that the visit lacks is taken from the text."""
    dom = evidence.dom
    visible, styled = dom.get("visible", 0), dom.get("styled")
    share = None if styled is None or not visible else min(1.0, styled / visible)
    return Styling(
        rules=int(dom.get("rules", document.style_rules)),
        inline=int(dom.get("inline_styles", document.inline_styles)),
        linked=document.stylesheets,
        share=share,
        asked=int(dom.get("classed", 0)),
    )


def styled_share(evidence: PageEvidence, document: Document) -> float:
    """The share of the visible elements that are styled, 0 to 1; without that measure, the rules
    and inline styles over 20."""
    found = styling(evidence, document)
    if found.share is not None:
        return found.share
    return min(1.0, (found.rules + found.inline) / _MANY)
