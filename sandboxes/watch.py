"""The supervisor's side of one running job: its pipes, its processes, and the reasons to end it."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import time
from typing import Any

from sandboxes import meter, waits
from sandboxes.arena import Arena
from sandboxes.capture import Capture, Pipe, Report
from sandboxes.child import UNSOUND

_FEED_BYTES = 1 << 16
_WORTH_ASKING_S = 0.02
_WITHOUT_HANDLE_S = 0.002
_FIRST_GLANCE_S = 0.004
_MUCH_BYTES = 1 << 14


def _late(passed_s: float, told_s: float, wall_s: float) -> str:
    """Why to end a job that is far behind its wall time; empty where it is to be waited for."""
    if 2 * told_s < passed_s:
        return "wall"
    # It waited for the processor, so that its time is not known: our fault.
    return "starved" if passed_s >= meter.patience_s(wall_s) else ""


def _handle(pid: int) -> int:
    """A descriptor that becomes readable when `pid` ends; -1 on a kernel without (gVisor)."""
    try:
        return os.pidfd_open(pid)
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
        return -1


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
        self.held = False
        """A descriptor of the job outlived all of its processes."""
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
        handle = _handle(self.pids[0])
        if handle >= 0:
            poll.register(handle, select.POLLIN)
        poll.register(self._control, 0)
        for fd in (self.out.fd, self.err.fd):
            poll.register(fd, select.POLLIN)
        for fd in self._feeds:
            poll.register(fd, select.POLLOUT)
        begun = time.monotonic()
        clock = waits.Clock(begun)
        look = begun + meter.next_look_s(wall_s, cpu_s, gauge.cores, gauge.look_every_s)
        pause = _FIRST_GLANCE_S
        glance = begun + pause
        while not self._events(poll, handle, min(look, glance)) and not self._unseen_end(handle):
            now = time.monotonic()
            if now >= glance:
                # Seldomer and seldomer, until it is certain that somebody writes a lot.
                pause = float("inf") if self._glance(poll) else 2 * pause
                glance = now + pause
            if now < look:
                clock.pause()
                continue
            self._reap_orphans(gauge)
            used = gauge.cpu_s()
            clock.look(now, used)
            used -= meter.START_UP_S
            if gauge.memory_over(memory_mb):
                self.reason = "memory"
            elif used >= cpu_s:
                self.reason = "cpu"
            elif clock.own_s >= wall_s:
                self.reason = "wall"
            elif now - begun >= meter.BACKSTOP * wall_s:
                self.reason = _late(now - begun, clock.told_s, wall_s)
            if self.reason:
                break
            left_s = min(wall_s - clock.own_s, (cpu_s - used) / gauge.cores)
            look = now + meter.next_look_s(left_s, left_s, 1, gauge.look_every_s)
            clock.pause()
        self._end_of_time(clock, gauge, wall_s)
        if handle >= 0:
            os.close(handle)

    def _unseen_end(self, handle: int) -> bool:
        """Without a handle: whether the first process is dead and waits to be reaped."""
        if handle >= 0:
            return False
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.pids[0], how) is not None

    def finish(self) -> None:
        """Read what is left in the pipes; every writer is dead."""
        for pipe in self._open.values():
            self.held = not pipe.drain() or self.held
        for fd in self._feeds:
            os.close(fd)

    def _events(self, poll: select.poll, handle: int, look: float) -> bool:
        """Serve the pipes that are ready; whether there is nothing more to wait for."""
        until = look if handle >= 0 else min(look, time.monotonic() + _WITHOUT_HANDLE_S)
        for fd, _ in poll.poll(max(0.0, (until - time.monotonic()) * 1000)):
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

    def _end_of_time(self, clock: waits.Clock, gauge: meter.Meter, wall_s: float) -> None:
        """The wall time that counts; a job that ended late by itself, unseen, was late."""
        ended = time.monotonic()
        if ended - clock.begun <= _WORTH_ASKING_S:
            self.wall_s = ended - clock.begun
            return
        # We may have been late ourselves, to see the end.
        late_s = 0.0 if self.reason else clock.late_s()
        clock.look(max(clock.last, ended - late_s), gauge.cpu_s())
        self.wall_s = clock.own_s
        if not self.reason and clock.own_s >= wall_s:
            self.reason = "wall"

    def judge_cpu(self, gauge: meter.Meter, cpu_s: float) -> None:
        """After the last process: a job that used too much between two looks, used too much."""
        self.cpu_s = gauge.possible_s(max(self.cpu_s, gauge.cpu_s()))
        if self.reason in ("", "wall") and self.cpu_s - meter.START_UP_S >= cpu_s:
            self.reason = "cpu"

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
