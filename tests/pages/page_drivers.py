"""One running browser for each driver, replaced when a page has used it up; visits are kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from browser_places import opened

from runners.pages.drivers import driver
from runners.pages.protocol import Line
from runners.pages.scene import Order
from runners.pages.visit import Visited, visit
from sandboxes.chromium.base import Browser


@dataclass
class Drives:
    """Visits by one driver."""

    name: str
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
            self.browser = opened("embedded")
            self.line = driver(self.name).connect(self.browser)
        order = Order(page=page.encode(), depth=depth, seed=seed)
        try:
            seen = visit(self.browser, self.line, order, driver(self.name).tab)
        except BaseException:
            self.close()
            raise
        if not seen.reusable:
            self.close()
        return seen

    def close(self) -> None:
        """End the browser."""
        browser, line, self.browser, self.line = self.browser, self.line, None, None
        if browser is not None:
            browser.close()
        if line is not None:
            line.close()
