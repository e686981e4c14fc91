"""A `Tab` whose page Playwright made; everything else is the visit's own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from runners.pages.patience import Patience
from runners.pages.playwright.clock import PageClock
from runners.pages.playwright.line import PlaywrightLine
from runners.pages.protocol import Call, CallFailed, Line
from runners.pages.requests import Gate
from runners.pages.tab import HEIGHT, WIDTH, Tab, guest, target

_SILENT_S = 1.0
"""A document that is not complete after so long without any event waits for its own timers."""
_GLANCE_S = 0.05


class PlaywrightTab(Tab):
    """See `Tab`. Where the browser has no frame control, its clock is a `PageClock`."""

    driver = "playwright"

    def __init__(self, wire: Line, patience: Patience, gate: Gate, *, seed: int = 1) -> None:
        if not isinstance(wire, PlaywrightLine):
            raise TypeError("a PlaywrightTab needs a PlaywrightLine")
        super().__init__(wire, patience, gate, seed=seed)
        self._line = wire
        self._paged: PageClock | None = None

    def navigate(self) -> None:
        """See `Tab.navigate`. A clock of the page's does not wait for its loading: we do."""
        super().navigate()
        if self._paged is None:
            return
        heard = time.monotonic()
        while not self.loaded and time.monotonic() - heard < _SILENT_S:
            self._patience.until(self.gate.quiet_at_last, "requests")
            if self._line.pump(_GLANCE_S):
                heard = time.monotonic()
            self.ask("0")  # judges by processor time whether it hangs

    def act(self, *calls: tuple[str, Mapping[str, Any]], ms: int = 40) -> None:
        """See `Tab.act`. Without frame control nothing holds an input back."""
        if self._paged is None:
            super().act(*calls, ms=ms)
            return
        for call in [self.post(method, params) for method, params in calls]:
            self._patience.reply(call)
        self.clock.advance(ms, ms)

    def close(self) -> None:
        """See `Tab.close`."""
        self._line.forget()
        self._patience.reply(self._line.close_page())
        self._line.on("", None)

    def _make(self) -> Call:
        call = self._line.open_page(target)
        made: Mapping[str, Any] = self._patience.reply(call)
        self._context, self.session = made["browserContextId"], made["session"]
        self._line.on(self.session, self._event)
        self._permit()
        try:
            self.call("HeadlessExperimental.enable")
        except CallFailed:
            self._use_page_clock()
        return call

    def _use_page_clock(self) -> None:
        self.clock = self._paged = PageClock(
            self._line,
            self._patience,
            self.post,
            self.waiting,
            self.gate.quiet_at_last,
            lambda: self.gate.count("clock"),
        )
        self._paged.install(guest("timers.js"), self._init())
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", size)

    def _in_the_page(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        # The order of scripts is only certain among those that one session adds.
        return super()._in_the_page() if self._paged is None else ()
