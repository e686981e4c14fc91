"""The supervisor's side of one running job: its pipes, its processes, and the reasons to end it."""

from __future__ import annotations

import contextlib
import os
import select
import time
from typing import Any

from sandboxes import meter
from sandboxes.arena import Arena
from sandboxes.capture import Capture, Pipe, Report
from sandboxes.child import UNSOUND

_FEED_BYTES = 1 << 16
_WORTH_ASKING_S = 0.02
_FIRST_GLANCE_S = 0.004
_MUCH_BYTES = 1 << 14


class Run:
    """One job from its pipes to its last process. `reason` says why we ended it, if we did."""

    def __init__(self, arena: Arena, *, out_cap: int, report_cap: int, control: int) -> None:
        out_r, self.out_w = os.pipe()
        err_r, self.err_w = os.pipe()
        report_r, self.report_w = os.pipe()
        self.out = Capture(out_r, out_cap, arena)
        self.err = Capture(err_r, out_cap, arena)
        self.report = Report(report_r, report_cap, arena)
        self.pids: list[int] = []
        self.exit_code = 0
        self.cpu_s = 0.0
        self.wall_s = 0.0
        self.peak_kb = 0
        self.reason = ""
        self.unsound = False
        """A process says, by its exit code, that it could not become harmless."""
        self._control = control
        self._open: dict[int, Pipe] = {pipe.fd: pipe for pipe in (self.out, self.err, self.report)}
        self._feeds: dict[int, memoryview] = {}

    def feed(self, data: memoryview) -> int:
        """A descriptor from which a process reads `data` to its end."""
        reader, writer = os.pipe()
        # The kernel may have made the pipe small: what does not fit is written while we watch.
        os.set_blocking(writer, False)
        self._feeds[writer] = data
        self._push(writer)
        return reader

    def started(self) -> None:
        """All processes are forked: their ends of the pipes are theirs."""
        for fd in (self.out_w, self.err_w, self.report_w):
            os.close(fd)

    def account(self, pid: int, status: int, usage: Any) -> None:
        """A process was reaped."""
        self.cpu_s += usage.ru_utime + usage.ru_stime
        self.peak_kb = max(self.peak_kb, usage.ru_maxrss)
        if pid in self.pids:
            code = os.waitstatus_to_exitcode(status)
            self.unsound = self.unsound or code == UNSOUND
            if pid == self.pids[0]:
                self.exit_code = code

    def watch(self, gauge: meter.Meter, *, cpu_s: float, wall_s: float, memory_mb: int) -> None:
        """Drain until the first process ends or has to be ended.

        Where the client is gone the process exits, and with PID 1 everything.
        """
        poll = select.poll()
        handle = os.pidfd_open(self.pids[0])
        poll.register(handle, select.POLLIN)
        poll.register(self._control, 0)
        for fd in (self.out.fd, self.err.fd):
            poll.register(fd, select.POLLIN)
        for fd in self._feeds:
            poll.register(fd, select.POLLOUT)
        begun = time.monotonic()
        look = begun + meter.next_look_s(wall_s, cpu_s, gauge.cores, gauge.look_every_s)
        pause = _FIRST_GLANCE_S
        glance = begun + pause
        while not self._events(poll, handle, min(look, glance)):
            now = time.monotonic()
            if now >= glance:
                # Seldomer and seldomer, until it is certain that somebody writes a lot.
                pause = float("inf") if self._glance(poll) else 2 * pause
                glance = now + pause
            if now < look:
                continue
            self._reap_orphans(gauge)
            used = gauge.cpu_s()
            elapsed = now - begun
            net = elapsed - min(self._waited_s(), elapsed)
            if gauge.memory_over(memory_mb):
                self.reason = "memory"
            elif used >= cpu_s:
                self.reason = "cpu"
            elif net >= wall_s or elapsed >= meter.BACKSTOP * wall_s:
                self.reason = "wall"
            if self.reason:
                break
            left_s = min(wall_s - net, (cpu_s - used) / gauge.cores)
            look = now + meter.next_look_s(left_s, left_s, 1, gauge.look_every_s)
        elapsed = time.monotonic() - begun
        waited = self._waited_s() if elapsed > _WORTH_ASKING_S else 0.0
        self.wall_s = elapsed - min(waited, elapsed)
        os.close(handle)

    def finish(self) -> None:
        """Read what is left in the pipes; every writer is dead."""
        for pipe in self._open.values():
            pipe.drain()
        for fd in self._feeds:
            os.close(fd)

    def _events(self, poll: select.poll, handle: int, look: float) -> bool:
        """Serve the pipes that are ready; whether there is nothing more to wait for."""
        for fd, _ in poll.poll(max(0.0, (look - time.monotonic()) * 1000)):
            if fd == handle:
                return True  # `finish` reads the rest
            if fd == self._control:
                os._exit(0)
            elif fd in self._feeds:
                if self._push(fd):
                    poll.unregister(fd)
            else:
                pipe = self._open[fd]
                if not pipe.pump():
                    poll.unregister(fd)
                    pipe.drain()
                    del self._open[fd]
                elif pipe.flooded:
                    self.reason = "output"
        return bool(self.reason)

    def _glance(self, poll: select.poll) -> bool:
        """Read what is in the report; whether it has to be drained as it is written.

        A report is many short lines. Its pipe holds most of them whole, and who is not woken for
        every line does not take the processor from the one who writes them.
        """
        fd = self.report.fd
        once = select.poll()
        once.register(fd, select.POLLIN)
        if not once.poll(0):
            return False
        before = self.report.length
        self.report.pump()
        if self.report.length - before < _MUCH_BYTES:
            return False
        poll.register(fd, select.POLLIN)
        return True

    def _push(self, fd: int) -> bool:
        """Write what fits; true at the end, where the pipe is closed and forgotten."""
        rest = self._feeds[fd]
        try:
            while rest:
                rest = rest[os.write(fd, rest[:_FEED_BYTES]) :]
        except BlockingIOError:
            self._feeds[fd] = rest
            return False
        except OSError:
            pass  # the process does not read its input: its affair
        os.close(fd)
        del self._feeds[fd]
        return True

    def _waited_s(self) -> float:
        return sum(map(meter.waited_s, self.pids))

    def _reap_orphans(self, gauge: meter.Meter) -> None:
        """Collect the dead whom nobody else will; the first process is for the end."""
        with contextlib.suppress(ChildProcessError):
            while True:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                if found is None or found.si_pid == self.pids[0]:
                    return
                pid, status, usage = os.wait4(found.si_pid, 0)
                self.account(pid, status, usage)
                gauge.reaped_cpu_s += usage.ru_utime + usage.ru_stime
