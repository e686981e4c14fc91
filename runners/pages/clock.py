"""Virtual time with frame control: a page lives as long as it is granted, frame by frame.

The page's timers, animations and `requestAnimationFrame` see whole milliseconds; fractions were
measured to be unrepeatable. While time passes nothing is answered, and while the page waits for
anything no time passes: how fast the browser and we are does not show.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from runners.pages.evidence import End
from runners.pages.patience import PageEnded, Patience
from runners.pages.protocol import BrowserFault, Call, CallFailed
from runners.pages.requests import Gate

EPOCH_S = 1_773_224_243
"""2026-03-11T10:17:23Z, the instant at which every document begins: far from the turn of a minute,
an hour, a day or a year, which few visitors meet. A chart of the last minute that begins in another
year, say, takes a widespread library seconds to label."""
STEP_MS = 20
_TRIES = 3
_UNSEEN: Mapping[str, Any] = {"noDisplayUpdates": True}
_DRAWN: Mapping[str, Any] = {}
_PICTURE: Mapping[str, Any] = {"screenshot": {"format": "png", "optimizeForSpeed": True}}
"""The three kinds of frames: scripts and layout alone, drawn too, and read back besides."""
_AFTER_MS = 1
_BUSY = "a timer or frame callback"
_NUDGE_US = 10
_MOST_NUDGES, _MOST_AT_ONCE = 1000, 100
"""In one visit, and between two steps: a page that never has enough is not waited for."""
_ROUNDS = 8
_CALM = 2
_SILENT_S, _SILENT_MOST_S = 0.003, 0.05


class Clock(Protocol):
    """The time of one tab."""

    name: str
    """See `Conditions.clock`."""
    now_ms: int
    """How much was granted since the document began."""
    watch: Callable[[], None] | None = None
    """Called after each step of `advance`."""

    def begin(self) -> None:
        """Stop the tab's time at the epoch. Raises BrowserFault: this browser's cannot be."""

    def expired(self) -> None:
        """The event that a granted budget is used up."""

    def advance(self, ms: int, step_ms: int = STEP_MS, *, picture: bool = False) -> bytes:
        """Let `ms` pass; with `picture`, the PNG of the last frame, else nothing.

        Raises:
            PageEnded: it hangs, or died.
        """

    def look(self, *, held: bool = False) -> bytes:
        """The PNG of what is shown now, `STEP_MS` on. Raises PageEnded: nothing is painted.

        `held`: watch what is drawn from now on; the next look, if it is `held` too, gives the very
        same picture where nothing was.
        """
        for _ in range(_TRIES):
            data = self.advance(STEP_MS, picture=True)
            if data:
                return data
        raise PageEnded(End.NO_FRAME, "no frame was painted")


class FrameClock(Clock):
    """The clock of one tab. `post` sends it a call, `gate` knows what it waits for."""

    name = "frames"
    """See `Conditions.clock`."""

    def __init__(self, post: Callable[..., Call], patience: Patience, gate: Gate) -> None:
        self._post = post
        self._patience = patience
        self._gate = gate
        self._base = 0.0
        self._expired = False
        self._watched = b""
        self._ahead_us = 0
        self._nudges = _MOST_NUDGES
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
        answer: dict[str, Any] = {}
        while left > 0:
            step = min(step_ms, left)
            left -= step
            answer = self._frame(step, _PICTURE if picture and left <= 0 else _UNSEEN)
            if self.watch is not None:
                self.watch()
        return base64.b64decode(answer.get("screenshotData", ""))

    def look(self, *, held: bool = False) -> bytes:
        """See `Clock.look`."""
        rest = STEP_MS
        watched, self._watched = self._watched, b""
        if held and watched:
            rest //= 2
            if not self._frame(STEP_MS - rest, _DRAWN)["hasDamage"]:
                self.advance(rest)
                self._watched = watched
                return watched
        if not held:
            return super().look()
        for _ in range(_TRIES):
            data = self.advance(rest - _AFTER_MS, picture=True)
            # The frame after a picture is drawn anew in any case: what comes later tells.
            self._frame(_AFTER_MS, _DRAWN)
            if data:
                self._watched = data
                return data
        raise PageEnded(End.NO_FRAME, "no frame was painted")

    def _frame(self, step: int, how: Mapping[str, Any]) -> dict[str, Any]:
        self._settle()
        self._gate.hold()
        budget_us, self._ahead_us = 1000 * step - self._ahead_us, 0
        self._grant(budget_us)
        self.now_ms += step
        frame = {"frameTimeTicks": self._base + self.now_ms, "interval": step, **how}
        answer = self._patience.reply(self._post("HeadlessExperimental.beginFrame", frame))
        for _ in range(_CALM if self._gate.keeps else 0):
            self._nudge()  # what the frame itself set off comes before what was waited for
        self._gate.release()
        self._gate.ask_around()
        self._settle()
        return answer

    def _grant(self, us: int) -> None:
        self._expired = False
        grant = {"policy": "advance", "budget": us / 1000}
        granted = self._post("Emulation.setVirtualTimePolicy", grant)
        gate = self._gate
        self._patience.until(lambda: self._expired or gate.stalls, _BUSY, or_idle=True)
        if not self._expired:
            gate.release()  # a script stands still until it has its answer, or all of the page
            self._patience.until(lambda: self._expired, _BUSY)
        self._patience.reply(granted)

    def _nudge(self) -> None:
        self._nudges -= 1
        self._ahead_us += _NUDGE_US
        self._grant(_NUDGE_US)

    def _settle(self) -> None:
        """Wait until the page has all that it waits for. Much of it is only handed over to its
        scripts while time passes: a hundredth of a millisecond, which the next step lacks. What
        they then ask for is waited for as well, until nothing more comes of it."""
        gate, calm, silent = self._gate, 0, 0
        if not gate.stirred:
            return
        for _ in range(min(_MOST_AT_ONCE, self._nudges)):
            gate.stirred = False
            if self._patience.soon(gate.quiet, min(_SILENT_S * 2**silent, _SILENT_MOST_S)):
                calm, silent = calm + 1, 0
            else:
                calm, silent = 0, silent + 1
            if calm > _CALM or silent > _ROUNDS:
                break
            self._nudge()
            if gate.stirred:
                calm = 0
        gate.stirred = False
        if not self._patience.until(gate.quiet, "requests", or_idle=True):
            gate.give_up()  # an image that nobody wants any more, say
