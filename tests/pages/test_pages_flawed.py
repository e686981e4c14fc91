"""Pages as language models write them, each with one mistake of a kind that they make: none is
accepted, and each is told by the fact that gives it away."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_pages_small import judged

from harness.models import Reason, VerdictStatus
from harness.pages.lab import PageLab

FOLDER = Path(__file__).parent / "flawed"
REJECTED = {
    "todo-list": Reason.ACTION_ERROR,  # calls a function that was never written
    "snake-game": Reason.LOAD,  # begins before its constants are declared
    "password-generator": Reason.LOAD,  # looks for elements before they are there
    "calculator": Reason.ACTION_ERROR,  # handlers in attributes, functions in a module
    "expense-chart": Reason.LOAD,  # never loads the library
    "notes-app": Reason.LOAD,  # stores another shape than it reads
    "trivia-quiz": Reason.LOAD,  # its data are no JSON
    "minesweeper": Reason.ACTION_ERROR,  # opens neighbours without end, on cells built anew
    "breathing-exercise": Reason.ACTION_ERROR,  # a timer calls another name after five seconds
    "photographer-portfolio": Reason.BLANK,  # never shows what it hides
    "restaurant-menu": Reason.BLANK,  # white on white, by misnamed variables
    "memory-cards": Reason.TRUNCATED,  # cut off within the script
    "stopwatch": Reason.LOAD,  # a fence of Markdown within the script
    "age-calculator": Reason.LOAD,  # imports by a bare name
}
DOUBTED = {
    "weather-dashboard": Reason.RAW_TEXT,  # quotes in place of backticks
    "currency-converter": Reason.RAW_TEXT,  # a promise that is not awaited
    "loan-calculator": Reason.RAW_TEXT,  # reads the value of a div: NaN
    "css-solar-system": Reason.MALFORMED,  # a brace is missing near the top of the style
    "bouncing-balls": Reason.BLANK,  # a canvas of height 0
    "launch-countdown": Reason.AMBIGUOUS,  # setInterval(update(), 1000)
}


def test_every_page_has_its_reason() -> None:
    """None lies there unread."""
    assert {page.stem for page in FOLDER.glob("*.html")} == {*REJECTED, *DOUBTED}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*REJECTED, *DOUBTED])
def test_a_flawed_page_is_not_accepted(name: str, page_lab: PageLab) -> None:
    """What proves the mistake rejects it; what only shows something odd is for a person."""
    decision = judged((FOLDER / f"{name}.html").read_text(), page_lab)
    status = VerdictStatus.REJECTED if name in REJECTED else VerdictStatus.REVIEW
    assert decision.status is status, decision
    assert (REJECTED | DOUBTED)[name] in decision.reasons
