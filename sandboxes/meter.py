"""What a job uses while it runs: processor time, time it was able to run, memory.

The supervisor is alone with one job, so that everything else in sight belongs to the job.
"""

from __future__ import annotations

import contextlib
import os
import time

from sandboxes.cgroups import oom_kills

BACKSTOP = 6.0
"""So many times its wall time a job may take before it is asked what it waited for."""
_PATIENCE = 40.0
_PATIENCE_S = 300.0
START_UP_S = 0.02
"""Processor time that is ours: forks, becoming harmless, the driver. Measured: 2 to 9 ms."""
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
_NS = 1e-9
_LOOK_EVERY_S = 0.1
_LOOK_EVERY_WITHOUT_CGROUP_S = 0.02
_SOONEST_S = 0.005


def patience_s(wall_s: float) -> float:
    """How long a job may take that waits for a processor, before its time counts as unknown.

    16 jobs and 8 busy loops on two cores take 12 times the wall time. In a container they take 40
    times it and more: the scheduler gives all containers together as much as each single process
    beside them. What is known to wait holds nobody up who could run, so that a short limit is no
    reason to give it up.
    """
    return max(_PATIENCE * wall_s, _PATIENCE_S)


class Meter:
    """Reads the kernel's counters. `files` are descriptors of control groups by use."""

    def __init__(self, files: dict[str, int]) -> None:
        self.files = files
        self.base_bytes = 0
        self._limits = {"memory_limit": 0, "pids_limit": 0}
        self._cpu_start = 0.0
        self._own_start = 0.0
        self.reaped_cpu_s = 0.0
        self._seen: dict[tuple[str, bytes], int] = {}
        self._base_kb = 0
        self._begun = time.monotonic()
        self._shares_told = os.path.exists("/proc/self/smaps_rollup")
        self.cores = max(1, len(os.sched_getaffinity(0)))
        self.look_every_s = (
            _LOOK_EVERY_S if "memory_events" in files else _LOOK_EVERY_WITHOUT_CGROUP_S
        )

    def settle(self) -> None:
        """Take what the slot itself uses now as the zero of every job's memory."""
        self.base_bytes = self._number("memory_usage")

    def begin(self, *, memory_mb: int, pids: int) -> None:
        """Before a job: its limits, and the counters' state. Raises OSError."""
        self._limit("memory_limit", self.base_bytes + (memory_mb << 20))
        self._limit("pids_limit", pids + 1)
        if "memory_peak" in self.files:
            os.pwrite(self.files["memory_peak"], b"0", 0)
        if not self._shares_told:
            # gVisor takes back late what the job before has freed: it is not this one's.
            self._base_kb = _used_kb()
        self.reaped_cpu_s = 0.0
        self._begun = time.monotonic()
        self._seen.clear()
        if "cpu" in self.files:
            self._cpu_start = self._group_cpu_s()
            self._own_start = time.process_time()

    def oom_kills(self) -> int:
        """The kernel's count of memory kills in this slot so far."""
        fd = self.files.get("memory_events")
        return 0 if fd is None else oom_kills(os.pread(fd, 4096, 0))

    def peak_mb(self) -> float:
        """The most memory that the job used at once; 0 where no group counts it."""
        if "memory_peak" not in self.files:
            return 0.0
        return max(0, self._number("memory_peak") - self.base_bytes) / (1 << 20)

    def cpu_s(self) -> float:
        """Processor time of all of the job's processes so far, dead ones included."""
        if "cpu" in self.files:
            own = time.process_time() - self._own_start
            return self.possible_s(max(0.0, self._group_cpu_s() - self._cpu_start - own))
        ticks = 0
        for pid in _others():
            with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/stat", "rb") as file:
                told = file.read().rpartition(b")")[2].split()
                ticks += sum(map(int, told[11:15]))
                self._seen[pid, told[19]] = int(told[11]) + int(told[12])
        # A process that ignores its children's ends hides what they used from all who wait.
        counted = max(
            ticks / _TICKS_PER_S + self.reaped_cpu_s, sum(self._seen.values()) / _TICKS_PER_S
        )
        return self.possible_s(counted)

    def possible_s(self, cpu_s: float) -> float:
        """`cpu_s`, or less where all cores together had less time than that since the job began.

        gVisor counts a process that waits for a core as one that runs.
        """
        return min(cpu_s, self.cores * (time.monotonic() - self._begun))

    def memory_over(self, memory_mb: int) -> bool:
        """Without a memory group: whether the job's resident memory is above its limit.

        Pages that processes share are counted once, as far as the kernel says so.
        """
        if "memory_events" in self.files:
            return False
        limit_kb = memory_mb << 10
        if not self._shares_told:  # a sum would count shared pages often
            return _used_kb() - self._base_kb > limit_kb
        pids = list(_others())
        if sum(_resident_kb(pid) for pid in pids) <= limit_kb:
            return False
        return sum(_proportional_kb(pid) for pid in pids) > limit_kb

    def _group_cpu_s(self) -> float:
        text = os.pread(self.files["cpu"], 4096, 0)
        if text.startswith(b"usage_usec"):
            return int(text.split(None, 2)[1]) / 1e6
        return int(text) * _NS

    def _number(self, use: str) -> int:
        fd = self.files.get(use)
        return 0 if fd is None else int(os.pread(fd, 64, 0))

    def _limit(self, use: str, value: int) -> None:
        fd = self.files.get(use)
        if fd is not None and self._limits[use] != value:
            os.pwrite(fd, b"%d" % value, 0)
            self._limits[use] = value


def next_look_s(left_wall_s: float, left_cpu_s: float, cores: int, every_s: float) -> float:
    """How long nothing can happen that needs a look, within reason."""
    return max(_SOONEST_S, min(left_wall_s, left_cpu_s / cores, every_s))


def _others() -> list[str]:
    return [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]


def _resident_kb(pid: str) -> int:
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/statm", "rb") as file:
        return int(file.read().split()[1]) * _PAGE_KB
    return 0


def _used_kb() -> int:
    """What all processes of this kernel use: on gVisor's own one, those of the slot."""
    found = {}
    with contextlib.suppress(OSError, ValueError), open("/proc/meminfo", "rb") as file:
        for line in file:
            name, _, rest = line.partition(b":")
            found[name] = int(rest.split()[0])
    return found.get(b"MemTotal", 0) - found.get(b"MemFree", 0)


def _proportional_kb(pid: str) -> int:
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/smaps_rollup", "rb") as file:
        for line in file:
            if line.startswith(b"Pss:"):
                return int(line.split()[1])
    return _resident_kb(pid)
