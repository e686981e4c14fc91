"""Small pages of many kinds in a real browser: good ones are accepted, broken copies are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.decide import Decision
from harness.models import Reason, VerdictStatus
from harness.pages.breaks import versions
from harness.pages.decide import PageMeasured, decide_page
from harness.pages.document import read_document
from harness.pages.journey import look_at
from harness.pages.lab import PageLab

PAGES = sorted((Path(__file__).parent / "small").glob("*.html"))
BROKEN = ("unwired", "renamed_id", "css_removed", "blank_body", "syntax_error", "truncated")
SHOWN = ("todo", "delegation", "onclick", "json", "chart", "class")
"""The pages of which every broken copy is visited."""
DEAF = ("snake", "starfield", "blocks", "rating")
"""Those that nobody can use without their wiring, though they look and move as before."""


def judged(html: str, page_lab: PageLab) -> Decision:
    seen = look_at(html, page_lab, page_lab.conditions())
    page = PageMeasured(document=read_document(html), visits=seen.visits)
    return decide_page(page, page_lab.policy)


def test_there_are_pages_of_many_kinds() -> None:
    """Games, forms, articles, custom elements, pages without scripts: none is forgotten."""
    assert len(PAGES) >= 33
    assert {*SHOWN, *DEAF} <= {page.stem for page in PAGES}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_good_page_is_accepted(page: Path, page_lab: PageLab) -> None:
    """Whatever its kind, and though random input has no effect on some."""
    decision = judged(page.read_text(), page_lab)
    assert decision.status is VerdictStatus.ACCEPTED, decision


MADE = {
    (page.stem, version): broken
    for page in PAGES
    if page.stem in SHOWN
    for version, broken in versions(page.read_text()).items()
    if version in BROKEN
}


def test_every_broken_copy_is_made() -> None:
    """All but one: no script of the page with delegation looks for an id of its markup."""
    missing = [name for name, broken in MADE.items() if broken.html is None]
    assert len(MADE) == len(SHOWN) * len(BROKEN)
    assert missing == [("delegation", "renamed_id")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "version"), [key for key, broken in MADE.items() if broken.html is not None]
)
def test_a_broken_copy_is_not_accepted(name: str, version: str, page_lab: PageLab) -> None:
    """One fault, put in by the page mutator."""
    broken = MADE[name, version]
    assert broken.html is not None
    decision = judged(broken.html, page_lab)
    assert decision.status is not VerdictStatus.ACCEPTED, (broken.detail, decision)
    assert decision.status is not VerdictStatus.UNSCORED, decision


@pytest.mark.slow
@pytest.mark.parametrize("name", DEAF)
def test_a_page_that_nobody_can_use_is_told(name: str, page_lab: PageLab) -> None:
    """It promises keys or a hand in words, keeps functions that nothing calls, or hides its buttons
    in a shadow tree; and nothing listens."""
    page = next(page for page in PAGES if page.stem == name)
    broken = versions(page.read_text())["unwired"].html
    assert broken is not None
    decision = judged(broken, page_lab)
    assert decision.status in (VerdictStatus.REJECTED, VerdictStatus.REVIEW), decision
    assert decision.reasons == (Reason.DEAD_CONTROLS,)
