"""Long steps: where a page keeps its thread so busy that a frame is missed.

The Long Tasks API sees nothing here, since no time of the page's passes within a task. The browser
counts the processor time of the main thread's tasks by a clock of its own.
"""

from __future__ import annotations

from typing import Any

from runners.pages.tab import Tab

LONG_S = 0.05
"""Of a task, from the W3C's Long Tasks API."""


def metrics(tab: Tab) -> dict[str, float]:
    """The browser's own counters of a tab, by its names for them; times in seconds."""
    told: Any = tab.call("Performance.getMetrics")["metrics"]
    return {entry["name"]: float(entry["value"]) for entry in told}


class Steps:
    """Counts the steps of a tab's time whose tasks took over `LONG_S` of processor time together,
    from when it is made until `stop`."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._used = self._now()
        self.long: dict[str, int] = {}
        """By phase."""
        tab.clock.watch = self._step

    def stop(self) -> None:
        """Count no more."""
        self._tab.clock.watch = None

    def _step(self) -> None:
        used, self._used = self._used, self._now()
        if self._used - used > LONG_S:
            phase = self._tab.gate.phase.value
            self.long[phase] = self.long.get(phase, 0) + 1

    def _now(self) -> float:
        return metrics(self._tab)["TaskDuration"]
