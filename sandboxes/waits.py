"""Wall time that is a job's own: the time in which it was not kept waiting for a processor.

A busy machine makes every job later. What a job is late by is not its fault, whichever of its
processes and threads had to wait; what it sleeps is.
"""

from __future__ import annotations

import contextlib
import os

_NS = 1e-9


class Clock:
    """Counts a job's own wall time from look to look. Times are seconds of one monotonic clock.

    `told_s` is what the kernel says that tasks of the job waited, never more at once than the time
    that passed: evidence that a job cannot make up.
    """

    def __init__(self, begun: float) -> None:
        self.begun = begun
        self.own_s = 0.0
        self.told_s = 0.0
        self.last = begun
        self._cpu_s = 0.0
        self._delays: dict[str, int] = {}
        self._untold = 0.0
        self._us = -1.0

    def look(self, now: float, cpu_s: float) -> None:
        """Account for the time since the last look; `cpu_s` is what the job used so far.

        Tasks that ended since then took the record of their waiting with them. Where one is ready
        to run at this moment, nothing counts but the processor time that the job was given.
        """
        passed, used = now - self.last, max(0.0, cpu_s - self._cpu_s)
        delays, ready = _tasks()
        before = self._delays
        told = sum(delay - before.get(task, 0) for task, delay in delays.items()) * _NS
        if ready:
            waited = max(0.0, passed - used)
            # The kernel adds a wait when it ends: what goes on now will be told later.
            self._untold = max(0.0, self._untold + waited - told)
        else:
            waited = min(max(0.0, told - self._untold), passed)
            self._untold = 0.0
        self.own_s += passed - waited
        self.told_s += min(told, passed)
        self.last, self._cpu_s, self._delays = now, cpu_s, delays

    def pause(self) -> None:
        """We wait for what happens next: from here on, a delay is one of our waking up."""
        self._us = own_delay_s()

    def late_s(self) -> float:
        """How long we ourselves waited for a processor since the last pause."""
        return max(0.0, own_delay_s() - self._us) if self._us >= 0 else 0.0


def own_delay_s() -> float:
    """How long this process was ready to run while others had the processor."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return _delay("/proc/self/schedstat") * _NS
    return 0.0


def _delay(path: str) -> int:
    with open(path, "rb") as file:
        return int(file.read().split()[1])


def _tasks() -> tuple[dict[str, int], bool]:
    """Nanoseconds that each thread but ours waited so far, and whether one is ready to run now."""
    delays: dict[str, int] = {}
    ready = False
    for pid in os.listdir("/proc"):
        if not pid.isdigit() or pid == "1":
            continue
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{pid}/task"):
                with contextlib.suppress(OSError, ValueError, IndexError):
                    folder = f"/proc/{pid}/task/{task}"
                    delays[task] = _delay(f"{folder}/schedstat")
                    if not ready:
                        with open(f"{folder}/stat", "rb") as file:
                            ready = file.read().rpartition(b")")[2][1:2] == b"R"
    return delays, ready
