"""What the cases of a sketch come to: held, failed, given time, withheld, or no evidence at all."""

from __future__ import annotations

import pytest

from harness.models import Language, Pair, Verdict
from harness.pages.sketch import compile_page_sketch
from harness.pages.trials import first_cases
from harness.pipeline import Lab, examine
from sandboxes.base import SandboxUnavailable

PAGE = """<!doctype html><html lang="en"><head><title>Counter</title><style>
body { font: 18px sans-serif } button { color: teal }</style></head><body><h1>Counter</h1>
<button id="b">+</button><p id="n">0</p>SCRIPT</body></html>"""
AT_ONCE = "<script>let k = 0; b.onclick = () => { n.textContent = ++k; };</script>"
LATER = """<script>let k = 0;
b.onclick = () => setTimeout(() => { n.textContent = ++k; }, 1500);</script>"""
FETCHED = """<script>b.onclick = () => { fetch("https://api.example.org/next")
.then((answer) => answer.text()).then((text) => { n.textContent = text; }).catch(() => {
document.body.dataset.lost = "yes"; }); };</script>"""
COUNTS = 'Click #b, then #n shows "1"'
JUDGED = {
    "holds": (AT_ONCE, COUNTS, "accepted", []),
    "holds later": (LATER, COUNTS, "accepted", []),
    "fails": (AT_ONCE, 'Click #b, then #n shows "2"', "rejected", ["case_failed"]),
    "names what is not there": (
        AT_ONCE, 'Click #reset, then #n shows "0"', "rejected", ["case_failed"],
    ),
    "asks a host that is refused": (FETCHED, COUNTS, "unscored", ["external_host"]),
    "holds without scripts": (AT_ONCE, 'the heading shows "Counter"', "review", ["needs_tests"]),
    "fails in one reading": (
        AT_ONCE, '- Click #b\n- #n shows "1"\n- #n shows "7"', "review", ["ambiguous"],
    ),
    "static": ("", 'the heading shows "Counter"', "accepted", []),
    "not read": (AT_ONCE, "It should be a delight.", "accepted", []),
}  # fmt: skip


@pytest.fixture(scope="module")
def pages(lab: Lab) -> Lab:
    """The lab, where it has an isolated browser."""
    assert lab.pages is not None
    try:
        lab.pages.conditions()
    except SandboxUnavailable as error:
        pytest.skip(f"no isolated browser: {error}; {error.hint}")
    return lab


def judge(pages: Lab, script: str, sketch: str) -> Verdict:
    code = PAGE.replace("SCRIPT", script)
    if not script:
        code = code.replace('<button id="b">+</button>', "")
    pair = Pair(id="p", language=Language(name="html"), code=code, sketch=sketch)
    return examine(pair, pages).verdict


@pytest.mark.parametrize("name", JUDGED)
def test_what_cases_come_to(pages: Lab, name: str) -> None:
    """One page and one sketch for each end that a case can have."""
    script, sketch, status, reasons = JUDGED[name]
    verdict = judge(pages, script, sketch)
    assert (verdict.status.value, [r.value for r in verdict.reasons]) == (status, reasons), (
        verdict.detail,
        verdict.cases,
    )


def test_lines_that_gave_no_case_are_kept(pages: Lab) -> None:
    """A line that was not understood stands in the verdict, with its number and its reason."""
    verdict = judge(pages, AT_ONCE, f"{COUNTS}\n\nIt should be a delight.")
    assert (verdict.cases_planned, verdict.cases_passed) == (1, 1)
    assert [(line.line, line.outcome) for line in verdict.unresolved] == [(3, "skipped")]


def test_nothing_that_is_expected_goes_to_the_browser() -> None:
    """The JSON of the cases, and of the same cases without their steps, holds no expected value."""
    sketch = compile_page_sketch('Click #b, then #n shows "31337"\n\nClick #b twice, #n shows "2"')
    told = [case.to_json() for case in first_cases(sketch.cases)]
    assert len(told) == 2 * len(sketch.cases) > 0
    assert "31337" not in str(told)
    assert [case["id"] for case in told[len(sketch.cases) :]] == [
        f"{case.id}/untouched" for case in sketch.cases
    ]
