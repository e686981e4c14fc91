"""The drivers of a visit, by name: who carries its messages, and whose its pages are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from runners.pages.clock import FrameClock
from runners.pages.patience import Patience
from runners.pages.protocol import Line, Pipes, Wire
from runners.pages.requests import Gate
from runners.pages.tab import Tab

_FRAMED = "HeadlessChrome/"
"""What headless shells call themselves; full Chromium is "Chrome/", with a head or without."""
DRIVERS = ("pipe", "playwright")
"""What `driver` takes."""


class TabOf(Protocol):
    """Makes the tab of one visit."""

    def __call__(self, wire: Line, patience: Patience, gate: Gate, *, seed: int = 1) -> Tab:
        """A tab that is not open yet."""


@dataclass(frozen=True, slots=True)
class Driver:
    """How to connect to a started browser, and the tab that fits the connection."""

    name: str
    connect: Callable[[Pipes], Line]
    tab: TabOf

    def clock(self, version: str) -> str:
        """Whose the time will be in a browser that calls itself so; see `Conditions.clock`."""
        framed = self.name == "pipe" or version.startswith(_FRAMED)
        return FrameClock.name if framed else "page"


def driver(name: str) -> Driver:
    """The driver of this name: one of `DRIVERS`. Raises ValueError: there is none."""
    if name == "pipe":
        return Driver(name, Wire, Tab)
    if name == "playwright":
        from runners.pages.playwright.line import PlaywrightLine
        from runners.pages.playwright.tab import PlaywrightTab

        return Driver(name, PlaywrightLine, PlaywrightTab)
    raise ValueError(f"no driver {name!r}: use one of {', '.join(DRIVERS)}")
