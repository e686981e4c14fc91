"""The way of Tab through the document: its stops, whether focus can be seen, or is caught."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from runners.pages.evidence import Keyboard
from runners.pages.inputs import hand, press
from runners.pages.protocol import CallFailed
from runners.pages.scene import Scene
from runners.pages.tab import Tab, guest

MOST_STOPS = 12
_REMEMBERED = 24
_FRAME_MS = 20


def keyboard(scene: Scene) -> None:
    """Lay `keyboard` into the evidence; empty where the document allows no look at it.

    Raises:
        PageEnded: it hangs, or died. BrowserFault.
    """
    with suppress(CallFailed):
        _walk(scene)


def _walk(scene: Scene) -> None:
    tab = scene.tab
    walk = f"(globalThis.__walk ??= {guest('keyboard.js').replace('HAND', hand())})"
    begun: dict[str, int] = tab.measure(f"{walk}.begin({_REMEMBERED})")
    found = _Walk(tab, walk)
    found.begin()
    # One press more than there are stops shows whether the last gives focus away.
    for _ in range(min(MOST_STOPS, begun["reach"] + 1)):
        if not found.step():
            break
    trapped = found.stuck and len(found.stops) < begun["reach"] and not found.escapes()
    scene.add(
        keyboard=Keyboard(
            interactive=begun["interactive"],
            stops=len(found.stops),
            ringed=found.ringed,
            trapped=trapped,
            path=tuple(found.stops.values()),
        )
    )


class _Walk:
    """Tab after Tab, until focus leaves the document or comes back to a stop it has been at."""

    def __init__(self, tab: Tab, walk: str) -> None:
        self._tab = tab
        self._walk = walk
        self._at: dict[str, Any] | None = None
        self.stops: dict[str, str] = {}
        self.ringed = 0
        self.stuck = False
        """Focus came back to a stop without having left the document."""

    def begin(self) -> None:
        """A modal dialog keeps the focus that it was opened with: that is its first stop."""
        self._at = self._tab.measure(f"{self._walk}.here()")
        if self._at is not None:
            self.stops[self._at["stop"]] = self._at["name"]

    def step(self) -> bool:
        """One Tab; whether there is a reason for another."""
        last = self._at
        self._press("Tab")
        here: dict[str, Any] | None = self._tab.measure(f"{self._walk}.here()")
        if last is not None and last["ringed"] is None and last != here:
            now = self._tab.measure(f"{self._walk}.left({json.dumps(last['name'])})")
            self.ringed += now != last["told"]
        self._at = here
        if here is None:
            return not self.stops
        if here["stop"] in self.stops:
            # Within a frame the focus moves on where we do not look.
            self.stuck = not here["frame"] and not here["held"]
            return bool(here["frame"])
        self.stops[here["stop"]] = here["name"]
        self.ringed += here["ringed"] is True
        return True

    def escapes(self) -> bool:
        """Whether Escape with Tab, or Shift+Tab, leads to a stop that was not reached before."""
        for keys in (("Escape", "Tab"), ("Shift+Tab", "Shift+Tab")):
            for key in keys:
                self._press(key)
            here = self._tab.measure(f"{self._walk}.here()")
            if here is None or here["stop"] not in self.stops:
                return True
        return False

    def _press(self, key: str) -> None:
        """A ring that fades in begins with the first frame, and is seen from the second on."""
        press(self._tab, key, ms=_FRAME_MS)
        self._tab.clock.advance(_FRAME_MS)
