"""What every driver of a visit has to tell of the same page, and that they tell the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from page_drivers import Way, ways
from page_truths import TRUTHS, Truth

from runners.pages.drivers import driver
from runners.pages.evidence import End
from runners.pages.protocol import BrowserFault
from runners.pages.scene import Order
from runners.pages.visit import visit
from runners.pages.visitor import Visitor

NAMES = tuple(ways())
DIFFERENCES = {
    "playwright": {r"conditions\.driver": "it says who drove"},
    "playwright-full": {
        r"conditions\.driver": "it says who drove",
        r"conditions\.clock": "it says whose the time was",
        r"looks\.\d+\.(picture|entropy|colours|dominant|edges)": "other code paints full Chromium",
        r"attempts\.clock": "only a clock in the page's own world can be taken away",
        r"actions\.\d+\.at_ms": "with frame control a picture may take a second frame",
    },
}
"""What may differ from the pipe driver on any page, as patterns of paths, and why."""


ON_FULL = {
    "exception", "rejection", "blocked", "storage", "timers", "form", "keys", "listeners",
    "tampering", "fixed", "hang",
}  # fmt: skip
"""What is asked of a full Chromium, which is slow. Without frame control a window that opens while
the page's clock runs can stop Playwright's own calls: no promise is made of pages that open some."""


@pytest.fixture(scope="module")
def drives() -> Iterator[dict[str, Way]]:
    all_of_them = ways()
    yield all_of_them
    for each in all_of_them.values():
        each.close()


def _named(truth: Truth) -> str:
    return truth.name.replace(" ", "-")


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        yield f"{path}.length", len(value)
        for index, inner in enumerate(value):
            yield from _flat(inner, f"{path}.{index}")
    else:
        yield path, value


def _pairs(names: tuple[str, ...], truths: list[Truth]) -> list[Any]:
    return [
        pytest.param(truth, name, id=f"{_named(truth)}-{name}")
        for truth in truths
        for name in names
        if name != "playwright-full" or truth.name in ON_FULL
    ]


@pytest.mark.parametrize(("truth", "name"), _pairs(NAMES, list(TRUTHS)))
def test_truth(drives: dict[str, Way], truth: Truth, name: str) -> None:
    """A driver reports what is known to be true of a page, and how its visit ended."""
    evidence = drives[name].once(truth.page, truth.depth).evidence
    assert evidence.end is truth.end, evidence.detail
    held = evidence.conditions
    assert (held.driver, held.clock) == (drives[name].driver, drives[name].clock)
    truth.holds(evidence)


@pytest.mark.parametrize(
    ("truth", "name"), _pairs(NAMES[1:], [t for t in TRUTHS if t.end is End.MEASURED])
)
def test_drivers_agree(drives: dict[str, Way], truth: Truth, name: str) -> None:
    """All structural evidence is that of the pipe driver, but for what is named with a reason."""
    told = [
        dict(_flat(drives[each].once(truth.page, truth.depth).evidence.structural()))
        for each in ("pipe", name)
    ]
    apart = {
        path: [each.get(path) for each in told]
        for path in told[0].keys() | told[1].keys()
        if told[0].get(path) != told[1].get(path)
        and not any(re.fullmatch(pattern, path) for pattern in DIFFERENCES[name])
    }
    assert not apart


def test_frame_control_agrees_to_the_pixel(drives: dict[str, Way]) -> None:
    """With the same clock both drivers give pictures of the same digests, moving ones included."""
    for truth in TRUTHS:
        if truth.name in ("frames", "animation"):
            shown = [
                [look.picture for look in drives[name].once(truth.page).evidence.looks]
                for name in ("pipe", "playwright")
            ]
            assert len(set(shown[0])) > 2
            assert shown[0] == shown[1]


@pytest.mark.parametrize("name", NAMES[:2])
def test_another_seed_is_another_run(drives: dict[str, Way], name: str) -> None:
    """The seed is what decides random numbers: the same twice, others with another."""
    truth = next(t for t in TRUTHS if t.name == "random")
    texts = [drives[name].again(truth.page, seed=seed).evidence.words["text"] for seed in (2, 2, 3)]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("name", NAMES[:2])
def test_nothing_stays_between_pages(drives: dict[str, Way], name: str) -> None:
    """What one page stored is not there for the next."""
    left = "<!doctype html><p>x<script>localStorage.left = 1; document.cookie = 'left=1'</script>"
    look = (
        "<!doctype html><p id=p></p><script>p.textContent = "
        "`${localStorage.length} ${document.cookie.length}`</script>"
    )
    drives[name].again(left)
    assert drives[name].again(look).evidence.words["text"] == "0 0"


@pytest.mark.parametrize("name", NAMES[:2])
def test_the_next_page_is_unharmed(drives: dict[str, Way], name: str) -> None:
    """After a page that hangs twice, a visitor measures another one."""
    way = drives[name]
    hang = next(t for t in TRUTHS if t.name == "hang")
    calm = next(t for t in TRUTHS if t.name == "exception")
    with Visitor(way.start, driver=way.driver) as visitor:
        ends = [
            visitor.visit(Order(page=truth.page.encode(), depth="render")).evidence.end
            for truth in (hang, calm)
        ]
        promised = visitor.conditions()
    assert ends == [End.HANG, End.MEASURED]
    assert (promised.driver, promised.clock) == (way.driver, way.clock)


@pytest.mark.parametrize("name", NAMES[:2])
def test_a_browser_that_is_gone_is_our_fault(drives: dict[str, Way], name: str) -> None:
    """A browser that ends by itself is a BrowserFault and says nothing about the page."""
    browser = drives[name].start()
    line = driver(drives[name].driver).connect(browser)
    line.post("Browser.close")
    try:
        with pytest.raises(BrowserFault):
            visit(
                browser, line, Order(page=b"<!doctype html><p>x"), driver(drives[name].driver).tab
            )
    finally:
        browser.close()
        line.close()


def test_the_pipe_refuses_a_browser_without_frame_control(drives: dict[str, Way]) -> None:
    """Where frames cannot be asked for, the pipe driver says what to type, and measures nothing."""
    browser = drives["playwright-full"].start()
    line = driver("pipe").connect(browser)
    try:
        with pytest.raises(BrowserFault, match="apt-get install chromium-headless-shell"):
            visit(browser, line, Order(page=b"<!doctype html><p>x"))
    finally:
        browser.close()
        line.close()


def test_an_unknown_driver_is_refused() -> None:
    """A driver that does not exist is an error that names those that do."""
    with pytest.raises(ValueError, match="use one of pipe, playwright"):
        driver("selenium")
