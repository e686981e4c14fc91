"""One isolated browser for the session, and pages opened in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from harness.pages.lab import PageLab
from harness.pages.policy import PagePolicy
from runners.pages.evidence import End, PageEvidence
from runners.pages.patience import Patience
from runners.pages.protocol import Wire
from runners.pages.requests import Gate
from runners.pages.scene import Order, Scene
from runners.pages.tab import Tab
from runners.pages.visit import load
from sandboxes.base import SandboxUnavailable
from sandboxes.chromium import open_browser
from sandboxes.chromium.base import Browser

OpenPage = Callable[[str], Scene]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as pages are visited in it."""
    try:
        started = open_browser()
    except SandboxUnavailable as error:
        pytest.skip(f"no isolated browser: {error}; {error.hint}")
    yield started
    started.close()


@pytest.fixture(scope="session")
def wire(browser: Browser) -> Wire:
    """The one connection to it."""
    return Wire(browser)


@pytest.fixture(scope="module")
def page_lab() -> Iterator[PageLab]:
    """One isolated browser for all pages of a module, as a run visits them."""
    lab = PageLab(lambda: open_browser("embedded"), policy=PagePolicy())
    try:
        lab.conditions()
    except SandboxUnavailable as error:
        pytest.skip(f"no isolated browser ({error}): apt-get install chromium-headless-shell")
    yield lab
    lab.close()


@pytest.fixture
def open_page(browser: Browser, wire: Wire) -> Iterator[OpenPage]:
    """Loads a page in a context of its own, ready for a phase; closed after the test."""
    opened: list[Tab] = []

    def open_page(html: str) -> Scene:
        order = Order(page=html.encode())
        gate = Gate(order.page, None)
        tab = Tab(wire, Patience(wire, browser, order.budget), gate)
        scene = Scene(tab, order, PageEvidence(end=End.MEASURED))
        tab.open()
        opened.append(tab)
        load(scene)
        return scene

    yield open_page
    for tab in opened:
        tab.close()
