"""A `Tab` whose page Playwright made; everything else is the visit's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runners.pages.patience import Patience
from runners.pages.playwright.line import PlaywrightLine
from runners.pages.protocol import Call, Line
from runners.pages.requests import Gate
from runners.pages.tab import Tab, target

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class PlaywrightTab(Tab):
    """See `Tab`."""

    driver = "playwright"

    def __init__(self, wire: Line, patience: Patience, gate: Gate, *, seed: int = 1) -> None:
        if not isinstance(wire, PlaywrightLine):
            raise TypeError("a PlaywrightTab needs a PlaywrightLine")
        super().__init__(wire, patience, gate, seed=seed)
        self._line = wire

    def _make(self) -> Call:
        call = self._line.open_page(target)
        made: Mapping[str, Any] = self._patience.reply(call)
        self._context, self.session = made["browserContextId"], made["session"]
        self._line.on(self.session, self._event)
        self._permit()
        return call

    def close(self) -> None:
        """See `Tab.close`."""
        self._line.forget()
        self._patience.reply(self._line.close_page())
        self._line.on("", None)
