"""Visits by many threads, a browser for each: kept while it behaves, thrown away after."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from runners.pages.clock import EPOCH_S, STEP_MS
from runners.pages.drivers import driver as driver_of
from runners.pages.evidence import Conditions, End
from runners.pages.patience import Budget
from runners.pages.protocol import BrowserFault, Line, Pipes
from runners.pages.scene import Order
from runners.pages.visit import Visited, visit
from sandboxes.base import SandboxUnavailable

VISITS = 100
"""A browser that has served so many has grown from 72 to about 150 MB (measured)."""
LARGEST_MB = 400.0
HEAVY = Budget(answer_cpu_s=14.0, visit_cpu_s=45.0)
"""For the second visit of a page that draws with WebGL, which runs in software here."""
CREEP_MS = 0.05
"""A busy wait of a second then reads a clock 20,000 times, which takes some milliseconds."""
_HINT = "pairproof doctor says whether a browser can be started"


class Started(Pipes, Protocol):
    """A browser, isolated, with the facts of its isolation; see `sandboxes.chromium`."""

    facts: Any

    def close(self) -> None:
        """End all of its processes."""


@dataclass
class _Running:
    browser: Started
    wire: Line
    visits: int = 0

    def close(self) -> None:
        """End the browser, then let go of the line: a hung browser answers no farewell."""
        self.browser.close()
        self.wire.close()


class Visitor:
    """Visits pages. Safe for many threads: at most `slots` browsers run at once."""

    def __init__(
        self,
        start: Callable[[], Started],
        *,
        slots: int = 1,
        factor: float = 1.0,
        driver: str = "pipe",
    ) -> None:
        self._start = start
        self._room = threading.Semaphore(slots)
        self._lock = threading.Lock()
        self._idle: list[_Running] = []
        self._all: list[_Running] = []
        self._factor = factor
        self._driver = driver_of(driver)
        self._closed = False

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def visit(self, order: Order) -> Visited:
        """One visit; what did not end well is repeated once, in a fresh browser, before it counts.

        Raises:
            SandboxUnavailable: no browser, or two that failed: our fault.
        """
        with self._room:
            try:
                seen = self._once(order, fresh=False)
            except BrowserFault:
                seen = None
            if seen is not None and seen.evidence.end is End.MEASURED:
                return seen
            drew = seen is not None and seen.evidence.attempts.get("gl_calls", 0) > 0
            again = replace(order, budget=HEAVY) if drew else order
            hung = seen is not None and seen.evidence.end is End.HANG
            if hung:
                again = replace(again, creep_ms=CREEP_MS)
            try:
                repeated = self._once(again, fresh=True)
            except BrowserFault as fault:
                raise SandboxUnavailable(
                    f"the browser failed twice: {fault}", hint=_HINT
                ) from fault
            unpainted = seen is not None and seen.evidence.end is End.NO_FRAME
            ours = (hung or unpainted) and repeated.evidence.end is End.MEASURED
            # A page that only waited for its clock in one task does not hang on a real one; what a
            # fresh browser paints, of the same page at the same time, the other one failed to.
            repeated.earlier = seen.evidence if seen is not None and not ours else None
            return repeated

    def conditions(self) -> Conditions:
        """What is held fixed here. Raises SandboxUnavailable where no browser starts."""
        with self._room:
            running = self._take(fresh=False)
            self._give(running)
        return self._conditions(running.browser.facts, Conditions())

    def close(self) -> None:
        """End every browser, also those at work."""
        self._closed = True
        with self._lock:
            running, self._all, self._idle = self._all, [], []
        for each in running:
            each.close()

    def _once(self, order: Order, *, fresh: bool) -> Visited:
        running = self._take(fresh=fresh)
        budget = Budget(
            answer_cpu_s=order.budget.answer_cpu_s * self._factor,
            visit_cpu_s=order.budget.visit_cpu_s * self._factor,
        )
        conditions = self._conditions(running.browser.facts, order.conditions)
        conditions = replace(
            conditions, creep_ms=order.creep_ms, seed=order.seed, depth=order.depth
        )
        try:
            ordered = replace(order, budget=budget, conditions=conditions)
            seen = visit(running.browser, running.wire, ordered, self._driver.tab)
        except BaseException:
            self._drop(running)
            raise
        running.visits += 1
        tired = running.visits >= VISITS or running.browser.memory_mb() > LARGEST_MB
        if seen.reusable and not tired:
            self._give(running)
        else:
            self._drop(running)
        return seen

    def _take(self, *, fresh: bool) -> _Running:
        if self._closed:
            raise SandboxUnavailable("the browsers are closed", hint=_HINT)
        with self._lock:
            if self._idle and not fresh:
                return self._idle.pop()
        browser = self._start()
        try:
            running = _Running(browser, self._driver.connect(browser))
        except BaseException:
            browser.close()
            raise
        with self._lock:
            self._all.append(running)
        return running

    def _give(self, running: _Running) -> None:
        with self._lock:
            if running in self._all:
                self._idle.append(running)
                return
        running.close()

    def _drop(self, running: _Running) -> None:
        with self._lock:
            if running in self._all:
                self._all.remove(running)
        running.close()

    def _conditions(self, facts: Any, given: Conditions) -> Conditions:
        flags = hashlib.sha256("\n".join(facts.flags).encode()).hexdigest()[:16]
        return replace(
            given, browser=facts.version, backend=facts.backend, tier=facts.tier,
            isolation=facts.isolation, fonts=facts.fonts, flags=flags,
            epoch_s=EPOCH_S, step_ms=STEP_MS,
            driver=self._driver.name, clock=self._driver.clock(facts.version),
        )  # fmt: skip
