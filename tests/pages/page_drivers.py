"""One running browser for each way to drive one, replaced when a page has used it up."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from browser_places import opened

from runners.pages.drivers import driver
from runners.pages.protocol import Line
from runners.pages.scene import Order
from runners.pages.visit import Visited, visit
from sandboxes.chromium import binary
from sandboxes.chromium.base import Browser

SHELL, FULL = "headless shell", "full Chromium"
_FULL = ("/usr/lib/chromium/chromium", "/usr/lib64/chromium-browser/chromium-browser")


@dataclass
class Way:
    """Visits by one driver of one kind of browser; visits are kept."""

    driver: str
    kind: str = SHELL
    clock: str = "frames"
    browser: Browser | None = None
    line: Line | None = None
    kept: dict[tuple[str, str, int], Visited] = field(default_factory=dict)

    def once(self, page: str, depth: str = "full", seed: int = 1) -> Visited:
        """A visit, or the one that was made of the same page in the same way."""
        key = (page, depth, seed)
        if key not in self.kept:
            self.kept[key] = self.again(page, depth, seed)
        return self.kept[key]

    def again(self, page: str, depth: str = "full", seed: int = 1) -> Visited:
        """A visit of its own."""
        if self.browser is None or self.line is None:
            self.browser = self.start()
            self.line = driver(self.driver).connect(self.browser)
        order = Order(page=page.encode(), depth=depth, seed=seed)
        try:
            seen = visit(self.browser, self.line, order, driver(self.driver).tab)
        except BaseException:
            self.close()
            raise
        if not seen.reusable:
            self.close()
        return seen

    def start(self) -> Browser:
        """An isolated browser of this kind. Skips where there is none."""
        if self.kind == SHELL:
            browser = opened("embedded")
            if not browser.facts.version.startswith("Headless"):
                browser.close()
                pytest.skip("no headless shell: apt-get install chromium-headless-shell")
            return browser
        path = next((p for p in _FULL if Path(p).exists()), None)
        if path is None:
            pytest.skip("no full Chromium: apt-get install chromium")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(binary.VARIABLE, path)
            return opened("embedded")

    def close(self) -> None:
        """End the browser."""
        browser, line, self.browser, self.line = self.browser, self.line, None, None
        if browser is not None:
            browser.close()
        if line is not None:
            line.close()


def ways() -> dict[str, Way]:
    """By name: every way to drive a browser that has to give the same evidence."""
    return {
        "pipe": Way("pipe"),
        "playwright": Way("playwright"),
        "playwright-full": Way("playwright", FULL, "page"),
    }
