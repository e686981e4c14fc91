"""Time without frame control: Playwright's clock for scripts, and a seek for what is animated.

For Chromiums that cannot be asked for frames. The page's timers, dates and frame callbacks live in
a clock of Playwright's that stands still; animations stand at playback rate 0 and are moved by as
much as the clock. Workers keep the real time, and frames are painted when the browser likes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from runners.pages.clock import EPOCH_S, STEP_MS, Clock
from runners.pages.patience import Patience
from runners.pages.playwright.line import PlaywrightLine
from runners.pages.protocol import Call, CallFailed

if TYPE_CHECKING:
    from playwright.async_api import Page

_LEAD_S = 3600
"""Playwright's clock runs until it is paused, at an instant that must not have passed by then;
`timers.js` takes the lead away from what a document sees."""
_SEEK = """((ms, wait) => {
  const running = document.getAnimations().filter((a) => a.playState === "running");
  for (const a of running) try { a.currentTime = (a.currentTime || 0) + ms; } catch {}
  let drawn = running.length;
  const moving = "svg:has(animate, animateTransform, animateMotion, set)";
  for (const svg of document.querySelectorAll(moving))
    if (svg instanceof SVGSVGElement && !svg.ownerSVGElement) {
      drawn++;
      SVGSVGElement.prototype.pauseAnimations.call(svg);
      const now = SVGSVGElement.prototype.getCurrentTime.call(svg);
      SVGSVGElement.prototype.setCurrentTime.call(svg, now + ms / 1000);
    }
  if (!drawn && !wait) return 0;
  // Ends of animations are told, and layouts are observed, when a frame is made.
  return new Promise((done) => {
    setTimeout(done, 250);
    requestAnimationFrame(() => requestAnimationFrame(done));
  }).then(() => 1);
})"""


class PageClock(Clock):
    """See `Clock`. `post` sends the tab a call, `seek` awaits a promise of its isolated world.

    `refused` is called where the page's own world does not let its time pass.
    """

    name = "page"

    def __init__(
        self,
        line: PlaywrightLine,
        patience: Patience,
        post: Callable[..., Call],
        seek: Callable[[str], Call],
        quiet: Callable[[], bool],
        refused: Callable[[], None],
    ) -> None:
        self._line = line
        self._patience = patience
        self._post = post
        self._seek = seek
        self._quiet = quiet
        self._refused = refused
        self.now_ms = 0

    def install(self, *scripts: str) -> None:
        """Put the clock, and then `scripts`, into every document to come."""
        self._patience.reply(self._line.perform(_install(self._page, scripts), "the page's clock"))

    def begin(self) -> None:
        """See `Clock.begin`."""
        self._patience.reply(self._post("Animation.enable"))
        self._patience.reply(self._post("Animation.setPlaybackRate", {"playbackRate": 0}))

    def expired(self) -> None:
        """See `Clock.expired`: no budget of the browser's is used."""

    def advance(self, ms: int, step_ms: int = STEP_MS, *, picture: bool = False) -> bytes:
        """See `Clock.advance`."""
        left = ms
        while left > 0:
            step = min(step_ms, left)
            left -= step
            if not self._quiet():
                self._patience.until(self._quiet, "requests")
            try:
                self._patience.reply(self._line.perform(_run(self._page, step), "a timer"))
            except CallFailed:
                self._refused()  # the page took the clock away, or its document went
            self._move(step, wait=left <= 0)
            self.now_ms += step
            if self.watch is not None:
                self.watch()
        return self._picture() if picture else b""

    @property
    def _page(self) -> Page:
        page = self._line.page
        assert page is not None
        return page

    def _move(self, ms: int, *, wait: bool) -> None:
        self._patience.reply(self._seek(f"{_SEEK}({ms}, {'true' if wait else 'false'})"))

    def _picture(self) -> bytes:
        wanted = {"format": "png", "optimizeForSpeed": True}
        try:
            answer: Any = self._patience.reply(self._post("Page.captureScreenshot", wanted))
        except CallFailed:
            return b""  # seen once in 420 pictures with several browsers at work
        return base64.b64decode(answer["data"])


async def _install(page: Page, scripts: tuple[str, ...]) -> dict[str, Any]:
    await page.clock.install(time=EPOCH_S - _LEAD_S)
    await page.clock.pause_at(EPOCH_S)
    for script in scripts:
        await page.add_init_script(script)
    return {}


async def _run(page: Page, ms: int) -> dict[str, Any]:
    await page.clock.run_for(ms)
    return {}
