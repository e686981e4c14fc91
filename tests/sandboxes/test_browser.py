"""An isolated browser, in every place: it answers, it is counted, it reaches nothing, it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser_places import PLACES, line, opened

from sandboxes.chromium.base import Browser


@pytest.fixture(scope="module", params=PLACES)
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """One browser for each place."""
    made = opened(request.param)
    yield made
    made.close()


def test_it_answers_and_evaluates(browser: Browser) -> None:
    """A browser speaks DevTools at once, makes a page, and computes."""
    talk = line(browser)
    assert talk.ask("Browser.getVersion")["product"] == browser.facts.version
    assert talk.value(talk.page(), "1+1") == 2
