"""The thresholds that a page must meet to be accepted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]


class PagePolicy(BaseModel):
    """What decides over pages; every default with its reason. It imports nothing of ours, so that
    the policy of a run can hold it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    doctype: Literal["note", "review", "reject"] = "note"
    """A page without a doctype: it works, in quirks mode; 1 of 40 published tools has none."""
    closing: Literal["note", "review", "reject"] = "note"
    """A page whose `</body>` or `</html>` is missing: the standard allows it. What is cut within
    an element that must be closed is truncated, whatever stands here."""
    leads_away: Literal["note", "review", "reject"] = "review"
    """A page that asks for another document in its place before anybody acts. It may do so for the
    address that we serve it at, so that a person should look."""
    page_errors: Annotated[int, Field(ge=0)] = 0
    """Distinct uncaught errors of the page's own that are forgiven before any interaction."""
    ends_to_confirm: Annotated[int, Field(ge=1)] = 2
    """Visits, each in a fresh browser, that must end the same way before a hang or crash counts."""
    blank_entropy: float = 0.03
    """Bits of 64 grey levels; a blank picture has 0, a page with one line of text about 0.05."""
    blank_visible: int = 3
    """Visible elements that a page without text, controls and pictures may have and be blank."""
    styled_share: Share = 0.1
    """Of the visible elements; below it nobody styled a page whose text holds no style."""
    inline_share: Share = 0.4
    """Style attributes over visible elements, from which on a page is styled by attributes: scripts
    set single ones on most pages, of their own or of what they show."""
    unstyled_plain: Literal["accept", "review", "reject"] = "review"
    """A page without any style whose markup asks for none (no class, no custom property)."""
    wired_share: Share = 0.5
    """Of the controls that need a script; where fewer have a listener, wiring is missing."""
    run_share: Share = 0.15
    """Of the functions of the page; where fewer ran in the whole visit, code is not reached."""
    min_functions: Annotated[int, Field(ge=1)] = 3
    """Functions that a page must have before their share says anything."""
    require_cases: bool = False
    """Whether a page without a single passed case goes to review."""
    min_coverage: Share = 0.0
    """Of the weights of the 25 dimensions that applied; below it the page goes to review."""
    min_score: Annotated[float, Field(ge=0, le=100)] = 0.0
    """Measured total below which a page goes to review; 0 asks for nothing."""
    variant: Literal["note", "review"] = "review"
    """What happens to a good page that does not show its variant, or not its base's behaviour."""
    variant_cap: Annotated[float, Field(ge=0, le=100)] = 79.0
    """Total of a variant page that does not show its variant: under FrontCoder's 80."""
