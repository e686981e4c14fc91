"""Virtual time with frame control: a page lives as long as it is granted, frame by frame.

The page's timers, animations and `requestAnimationFrame` see whole milliseconds; fractions were
measured to be unrepeatable. Requests in flight hold the clock, so that how fast we answer does
not show.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Protocol

from runners.pages.evidence import End
from runners.pages.patience import PageEnded, Patience
from runners.pages.protocol import BrowserFault, Call, CallFailed

EPOCH_S = 1_767_225_600
"""2026-01-01T00:00:00Z, the instant at which every document begins."""
STEP_MS = 20
_TRIES = 3


class Clock(Protocol):
    """The time of one tab."""

    name: str
    """See `Conditions.clock`."""
    now_ms: int
    """How much was granted since the document began."""

    def begin(self) -> None:
        """Stop the tab's time at the epoch. Raises BrowserFault: this browser's cannot be."""

    def expired(self) -> None:
        """The event that a granted budget is used up."""

    def advance(self, ms: int, step_ms: int = STEP_MS, *, picture: bool = False) -> bytes:
        """Let `ms` pass; with `picture`, the PNG of the last frame, else nothing.

        Raises:
            PageEnded: it hangs, or died.
        """

    def look(self) -> bytes:
        """The PNG of what is shown now, after one frame. Raises PageEnded: nothing is painted."""
        for _ in range(_TRIES):
            data = self.advance(STEP_MS, picture=True)
            if data:
                return data
        raise PageEnded(End.NO_FRAME, "no frame was painted")


class FrameClock(Clock):
    """The clock of one tab. `post` sends it a call, `quiet` says that no request is in flight."""

    name = "frames"
    """See `Conditions.clock`."""

    def __init__(
        self, post: Callable[..., Call], patience: Patience, quiet: Callable[[], bool]
    ) -> None:
        self._post = post
        self._patience = patience
        self._quiet = quiet
        self._base = 0.0
        self._expired = False
        self.now_ms = 0

    def begin(self) -> None:
        """See `Clock.begin`."""
        try:
            self._patience.reply(self._post("HeadlessExperimental.enable"))
        except CallFailed as failed:
            raise BrowserFault(
                f"this browser cannot be asked for frames ({failed}); install a headless shell "
                "(apt-get install chromium-headless-shell), or drive it with Playwright"
            ) from failed
        policy = {"policy": "pause", "initialVirtualTime": EPOCH_S}
        answer: Any = self._patience.reply(self._post("Emulation.setVirtualTimePolicy", policy))
        self._base = answer["virtualTimeTicksBase"]

    def expired(self) -> None:
        """See `Clock.expired`."""
        self._expired = True

    def advance(self, ms: int, step_ms: int = STEP_MS, *, picture: bool = False) -> bytes:
        """See `Clock.advance`."""
        left = ms
        data = ""
        while left > 0:
            step = min(step_ms, left)
            left -= step
            data = self._frame(step, picture=picture and left <= 0)
        return base64.b64decode(data) if data else b""

    def _frame(self, step: int, *, picture: bool) -> str:
        if not self._quiet():
            self._patience.until(self._quiet, "requests")
        self._expired = False
        grant = {"policy": "advance", "budget": step}
        granted = self._post("Emulation.setVirtualTimePolicy", grant)
        self._patience.until(lambda: self._expired, "a timer or frame callback")
        self._patience.reply(granted)
        self.now_ms += step
        frame: dict[str, Any] = {"frameTimeTicks": self._base + self.now_ms, "interval": step}
        if picture:
            frame["screenshot"] = {"format": "png", "optimizeForSpeed": True}
        else:
            frame["noDisplayUpdates"] = True
        answer: Any = self._patience.reply(self._post("HeadlessExperimental.beginFrame", frame))
        return str(answer.get("screenshotData", ""))
