"""What every driver of a visit has to tell of the same page, and that they tell the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browser_places import opened
from page_drivers import Drives
from page_truths import TRUTHS, Truth

from runners.pages.drivers import DRIVERS, driver
from runners.pages.evidence import End
from runners.pages.protocol import BrowserFault
from runners.pages.scene import Order
from runners.pages.visit import visit
from runners.pages.visitor import Visitor

DIFFERENCES = {
    "conditions.driver": "it says who drove",
}
"""What may differ between drivers, as paths of `structural()`, and why."""


@pytest.fixture(scope="module")
def drives() -> Iterator[dict[str, Drives]]:
    all_of_them = {name: Drives(name) for name in DRIVERS}
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


@pytest.mark.parametrize("name", DRIVERS)
@pytest.mark.parametrize("truth", TRUTHS, ids=_named)
def test_truth(drives: dict[str, Drives], truth: Truth, name: str) -> None:
    """A driver reports what is known to be true of a page, and how its visit ended."""
    evidence = drives[name].once(truth.page, truth.depth).evidence
    assert evidence.end is truth.end, evidence.detail
    assert (evidence.conditions.driver, evidence.conditions.clock) == (name, "frames")
    truth.holds(evidence)


@pytest.mark.parametrize("truth", [t for t in TRUTHS if t.end is End.MEASURED], ids=_named)
def test_drivers_agree(drives: dict[str, Drives], truth: Truth) -> None:
    """All structural evidence, digests of pictures included, is equal between the drivers."""
    seen = [drives[name].once(truth.page, truth.depth).evidence for name in DRIVERS]
    told = [dict(_flat(evidence.structural())) for evidence in seen]
    apart = {
        path: [each.get(path) for each in told]
        for path in told[0].keys() | told[1].keys()
        if told[0].get(path) != told[1].get(path)
    }
    assert apart.keys() <= DIFFERENCES.keys(), apart


@pytest.mark.parametrize("name", DRIVERS)
def test_another_seed_is_another_run(drives: dict[str, Drives], name: str) -> None:
    """The seed is what decides random numbers: the same twice, others with another."""
    truth = next(t for t in TRUTHS if t.name == "random")
    texts = [drives[name].again(truth.page, seed=seed).evidence.words["text"] for seed in (2, 2, 3)]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("name", DRIVERS)
def test_nothing_stays_between_pages(drives: dict[str, Drives], name: str) -> None:
    """What one page stored is not there for the next."""
    left = "<!doctype html><p>x<script>localStorage.left = 1; document.cookie = 'left=1'</script>"
    look = (
        "<!doctype html><p id=p></p><script>p.textContent = "
        "`${localStorage.length} ${document.cookie.length}`</script>"
    )
    drives[name].again(left)
    assert drives[name].again(look).evidence.words["text"] == "0 0"


@pytest.mark.parametrize("name", DRIVERS)
def test_the_next_page_is_unharmed(name: str) -> None:
    """After a page that hangs twice, a visitor measures another one."""
    hang = next(t for t in TRUTHS if t.name == "hang")
    calm = next(t for t in TRUTHS if t.name == "exception")
    opened("embedded").close()
    with Visitor(lambda: opened("embedded"), driver=name) as visitor:
        ends = [
            visitor.visit(Order(page=truth.page.encode(), depth="render")).evidence.end
            for truth in (hang, calm)
        ]
    assert ends == [End.HANG, End.MEASURED]


@pytest.mark.parametrize("name", DRIVERS)
def test_a_browser_that_is_gone_is_our_fault(name: str) -> None:
    """A browser that ends by itself is a BrowserFault and says nothing about the page."""
    browser = opened("embedded")
    line = driver(name).connect(browser)
    line.post("Browser.close")
    try:
        with pytest.raises(BrowserFault):
            visit(browser, line, Order(page=b"<!doctype html><p>x"), driver(name).tab)
    finally:
        browser.close()
        line.close()


def test_an_unknown_driver_is_refused() -> None:
    """A driver that does not exist is an error that names those that do."""
    with pytest.raises(ValueError, match="use one of pipe, playwright"):
        driver("selenium")
