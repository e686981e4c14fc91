"""What a browser's processes use: as their control groups count it, else summed over the tree."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from sandboxes import cgroups

if TYPE_CHECKING:
    from docker import APIClient

_TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")
_MEMORY_KEYS = {1: (b"total_rss", b"total_shmem"), 2: (b"anon", b"shmem")}
_READ_BYTES = 1 << 16


class Usage(Protocol):
    """Readings that are zero once nothing is left to read."""

    def cpu_s(self) -> float:
        """Processor seconds since the start."""

    def memory_mb(self) -> float:
        """Memory of the processes and of what they share, in 10^6 bytes; no page cache."""

    def oom_kills(self) -> int:
        """Kills by the kernel for memory."""

    def close(self) -> None:
        """Let go of what is held open. Idempotent."""


class GroupUsage:
    """Reads private control groups (see `cgroups.Groups`). Raises OSError where they are gone."""

    def __init__(self, folders: Mapping[str, str], version: int) -> None:
        self._version = version
        names = {
            "cpu": ("cpu", ("cpuacct.usage", "cpu.stat")[version - 1]),
            "memory": ("memory", "memory.stat"),
            "events": ("memory", ("memory.oom_control", "memory.events")[version - 1]),
        }
        self._fds: dict[str, int] = {}
        try:
            for use, (controller, name) in names.items():
                path = f"{folders[controller]}/{name}"
                self._fds[use] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self.close()
            raise

    def _read(self, use: str) -> bytes:
        with contextlib.suppress(OSError, KeyError):
            return os.pread(self._fds[use], _READ_BYTES, 0)
        return b""

    def cpu_s(self) -> float:
        """See `Usage.cpu_s`."""
        text = self._read("cpu")
        if self._version == 1:
            return int(text or 0) * 1e-9
        return _fields(text).get(b"usage_usec", 0) * 1e-6

    def memory_mb(self) -> float:
        """See `Usage.memory_mb`."""
        found = _fields(self._read("memory"))
        return sum(found.get(key, 0) for key in _MEMORY_KEYS[self._version]) / 1e6

    def oom_kills(self) -> int:
        """See `Usage.oom_kills`."""
        return cgroups.oom_kills(self._read("events"))

    def close(self) -> None:
        """See `Usage.close`."""
        while self._fds:
            os.close(self._fds.popitem()[1])


class TreeUsage:
    """Sums over a process and all its descendants that live, with the children they waited for.

    A process that ends before its parent waits for it is counted by its parent afterwards, so that
    the sum may stand still for a moment, and lacks what nobody waited for.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def cpu_s(self) -> float:
        """See `Usage.cpu_s`."""
        total = 0
        for pid in tree(self._pid):
            with (
                contextlib.suppress(OSError, IndexError, ValueError),
                open(f"/proc/{pid}/stat", "rb") as file,
            ):
                total += sum(map(int, file.read().rpartition(b")")[2].split()[11:15]))
        return total * _TICK_S

    def memory_mb(self) -> float:
        """See `Usage.memory_mb`: what is shared counts once for each process that holds it."""
        total = 0
        for pid in tree(self._pid):
            with contextlib.suppress(OSError, IndexError, ValueError):
                with open(f"/proc/{pid}/status", "rb") as file:
                    found = _fields(file.read().replace(b":", b" "))
                total += found.get(b"RssAnon", 0) + found.get(b"RssShmem", 0)
        return total * 1024 / 1e6

    def oom_kills(self) -> int:
        """See `Usage.oom_kills`: nothing here tells."""
        return 0

    def close(self) -> None:
        """See `Usage.close`."""


class EngineUsage:
    """Asks the engine, where its containers are another machine's: each reading is a request."""

    def __init__(self, api: APIClient, container: str) -> None:
        self._api, self._container = api, container

    def _read(self) -> dict[str, Any]:
        from docker.errors import DockerException
        from requests.exceptions import RequestException

        with contextlib.suppress(DockerException, RequestException):
            found: dict[str, Any] = self._api.stats(self._container, stream=False, one_shot=True)
            return found
        return {}

    def cpu_s(self) -> float:
        """See `Usage.cpu_s`."""
        used = self._read().get("cpu_stats", {}).get("cpu_usage", {})
        return int(used.get("total_usage", 0)) * 1e-9

    def memory_mb(self) -> float:
        """See `Usage.memory_mb`."""
        found = self._read().get("memory_stats", {}).get("stats", {})
        version = 1 if "total_rss" in found else 2
        return sum(int(found.get(key.decode(), 0)) for key in _MEMORY_KEYS[version]) / 1e6

    def oom_kills(self) -> int:
        """See `Usage.oom_kills`: the engine tells of the container's end only."""
        return 0

    def close(self) -> None:
        """See `Usage.close`."""


class Counts:
    """Readings of a browser that stay when it is gone; the common part of every place."""

    _usage: Usage | None = None
    _last_cpu_s = 0.0
    _last_kills = 0

    def cpu_s(self) -> float:
        """See `Browser.cpu_s`."""
        if self._usage is not None:
            self._last_cpu_s = max(self._last_cpu_s, self._usage.cpu_s())
        return self._last_cpu_s

    def memory_mb(self) -> float:
        """See `Browser.memory_mb`."""
        return self._usage.memory_mb() if self._usage is not None else 0.0

    def oom_kills(self) -> int:
        """See `Browser.oom_kills`."""
        if self._usage is not None:
            self._last_kills = max(self._last_kills, self._usage.oom_kills())
        return self._last_kills

    def _count_no_more(self) -> None:
        if self._usage is not None:
            self._usage.close()
            self._usage = None


def tree(pid: int) -> Iterator[int]:
    """A process and its descendants, as far as they live while they are listed."""
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        yield one
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{one}/task"):
                with (
                    contextlib.suppress(OSError),
                    open(f"/proc/{one}/task/{task}/children", "rb") as file,
                ):
                    waiting += map(int, file.read().split())


def _fields(text: bytes) -> dict[bytes, int]:
    found = {}
    for line in text.split(b"\n"):
        parts = line.split()
        if len(parts) >= 2 and parts[1].isdigit():
            found[parts[0]] = int(parts[1])
    return found
