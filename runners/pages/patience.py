"""How long a page is waited for: by processor time, as wall time says nothing on a busy machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from runners.pages.evidence import End
from runners.pages.protocol import BrowserFault, Call, Line, Pipes

_GLANCE_S = 0.05
_IDLE_GLANCES = 3
_IDLE_CPU_S = 0.001
"""A browser that waits for a core among busy neighbours still gets more of it in a glance."""
_PATIENT = 0.9
_STUCK_WALL_S = 20.0
_STUCK_CPU_S = 0.5
_WALL_S = 180.0


class PageEnded(Exception):
    """The page ended its own visit: `end` and the words for it."""

    def __init__(self, end: End, detail: str) -> None:
        super().__init__(detail)
        self.end = end
        self.detail = detail


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """Processor seconds: without an answer, and for a whole visit. From `notes`: 3 and 8 separate
    endless loops from the slowest pages that work; WebAssembly compiles for up to 4 in one go."""

    answer_cpu_s: float = 4.0
    visit_cpu_s: float = 14.0


class Patience:
    """Waits for replies of one visit and judges by processor time who hangs."""

    def __init__(self, wire: Line, pipes: Pipes, budget: Budget) -> None:
        self._wire = wire
        self._pipes = pipes
        self._budget = budget
        self._cpu_begun = pipes.cpu_s()
        self._oom_begun = pipes.oom_kills()
        self._begun = time.monotonic()
        self.crashed = ""
        """Set by events that say the renderer died."""
        self.besieged = ""
        """Set by events of which a visitor would see no end."""

    @property
    def cpu_s(self) -> float:
        """Processor time of this visit so far."""
        return self._pipes.cpu_s() - self._cpu_begun

    @property
    def wall_s(self) -> float:
        """Since the visit began."""
        return time.monotonic() - self._begun

    def reply(self, call: Call) -> dict[str, object]:
        """The reply to `call`. Raises PageEnded, BrowserFault, CallFailed."""
        self.until(lambda: call.done, call.method)
        self._mind()
        return call.value()

    def until(self, holds: Callable[[], bool], what: str, *, or_idle: bool = False) -> bool:
        """Handle events until `holds`; whether it does.

        With `or_idle` also until the browser has used no processor time for a while, or most of
        what may pass without an answer. Raises PageEnded, BrowserFault.
        """
        begun = seen = 0.0
        cpu_then = last = -1.0
        idle = 0
        while not holds():
            self._mind()
            if self._wire.pump(_GLANCE_S) and cpu_then < 0:
                continue
            now = time.monotonic()
            if not begun:
                begun = seen = now
            if now - seen < _GLANCE_S and cpu_then >= 0:
                continue
            seen, cpu = now, self.cpu_s
            if cpu_then < 0:
                cpu_then = cpu
            idle = idle + 1 if cpu - last < _IDLE_CPU_S else 0
            used, last = cpu - cpu_then, cpu
            if or_idle and (idle >= _IDLE_GLANCES or used > _PATIENT * self._budget.answer_cpu_s):
                return False
            if used > self._budget.answer_cpu_s:
                raise PageEnded(End.HANG, f"{what}: {used:.1f} CPU s without an answer")
            if cpu > self._budget.visit_cpu_s:
                raise PageEnded(End.HANG, f"{what}: {cpu:.1f} CPU s in one visit")
            if now - begun > _STUCK_WALL_S and used < _STUCK_CPU_S:
                raise BrowserFault(f"{what}: idle for {now - begun:.0f} s without an answer")
            if self.wall_s > _WALL_S:
                raise BrowserFault(f"{what}: the visit took {self.wall_s:.0f} s")
        return True

    def soon(self, holds: Callable[[], bool], silent_s: float) -> bool:
        """Handle events until `holds`, or until none came for so long; whether it holds. For what
        costs nothing to be wrong about. Raises PageEnded, BrowserFault."""
        begun = time.monotonic()
        while not holds():
            self._mind()
            if not self._wire.pump(silent_s) or time.monotonic() - begun > _GLANCE_S:
                return holds()
        return True

    def _mind(self) -> None:
        if self.crashed:
            killed = self._pipes.oom_kills() > self._oom_begun
            raise PageEnded(End.MEMORY if killed else End.CRASH, self.crashed)
        if self.besieged:
            raise PageEnded(End.HANG, self.besieged)
        if self._wire.closed:
            if self._pipes.oom_kills() > self._oom_begun:
                raise PageEnded(End.MEMORY, "the kernel killed the browser for memory")
            raise BrowserFault("the browser ended by itself")
