"""PID 1 of a slot: forks one job at a time, watches it, ends all of it, wipes, answers.

Whatever can be prepared is prepared before the fork: a child costs page faults, not work. Nothing
of a job is ever imported, compiled or parsed here.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from sandboxes import child, linux, meter, rootfs
from sandboxes.arena import Arena, reply
from sandboxes.storage import Storage
from sandboxes.watch import Run

_FIRST_UID = 10_000
_GROWTH = 1.5
_LOOK_AT_SELF_EVERY = 64
_STACK_BYTES = 8 << 20
_INHERITED_LIMITS = (
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 256),
    (resource.RLIMIT_MEMLOCK, 64 << 10),
    (resource.RLIMIT_MSGQUEUE, 0),
    (resource.RLIMIT_STACK, _STACK_BYTES),
)
_AS_FACTOR = 4
_SPACE_STEP = 32 << 20
_KILL_AGAIN_S = 0.0005
_Blobs = list[memoryview]


class Supervisor:
    """Serves jobs until the client closes its end. One for each slot, in PID 1.

    `control`, `answers` and `null` are descriptors above those that jobs use; `files` those of
    control groups by use; `terminal` the streams of programs, where a person sits at them;
    `many_uids` says that there is a user id for each process; `storage` are the writable places,
    and `enclosure` is the last step with which a job's process shuts itself in.
    """

    def __init__(
        self,
        *,
        control: int,
        answers: int,
        null: int,
        terminal: list[int],
        many_uids: bool,
        files: dict[str, int],
        storage: Storage,
        enclosure: Callable[[], None] | None = None,
    ) -> None:
        if os.getpid() != 1:  # kill(-1) from anywhere else would end the machine
            raise RuntimeError("a supervisor has to be PID 1 of its own PID namespace")
        self._control = control
        self._answers = answers
        self._null = null
        self._terminal = terminal
        self._many_uids = many_uids
        self._meter = meter.Meter(files)
        self._storage = storage
        self._enclose = enclosure or (None if many_uids else linux.CapabilityDrop())
        self._served = 0
        self._oom_seen = self._meter.oom_kills()
        self._own_pages = 0
        self._grown = False
        fault_r, fault_w = os.pipe()
        os.set_blocking(fault_r, False)
        self._fault = (_high(fault_r), _high(fault_w))
        # gVisor's kill(-1) may miss a process that is being born: done until none is left.
        self._waiting = 0 if linux.has_process_handles() else os.WNOHANG
        # Rounded: two slots differ by some pages, and their jobs' limits should not.
        own_space = _statm(0) * resource.getpagesize()
        self._own_space = -(-own_space // _SPACE_STEP) * _SPACE_STEP
        self._arena = Arena()

    def prepare(self, *, disk_mb: int, inodes: int) -> dict[str, Any]:
        """Run the self-check as the first job, then freeze; what the check saw from inside.

        Raises:
            RuntimeError: not even that job ended well.
        """
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE}:
            with contextlib.suppress(OSError, ValueError):
                # No handler: the kernel then drops what a job sends to its PID 1.
                signal.signal(number, signal.SIG_DFL)
        for fd in (0, 1, child.REPORT_FD, child.PEER_FD):
            os.dup2(self._null, fd)
        for kind, value in _INHERITED_LIMITS:
            hard = resource.getrlimit(kind)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            try:
                resource.setrlimit(kind, (value, value))
            except ValueError:
                if kind != resource.RLIMIT_MSGQUEUE:  # gVisor keeps none; the filter forbids queues
                    raise
        job = {
            "p": [["", child.SELFCHECK, [], True]],
            "limits": [5, 10, 256, 16, disk_mb, inodes, 16, 64, 64],
        }
        answer, blobs = self._run(job, [memoryview(b""), memoryview(b"")])
        if answer["status"] != "ok":
            raise RuntimeError(f"the first job failed: {answer} {bytes(blobs[2])!r}")
        seen: dict[str, Any] = json.loads(bytes(blobs[4]))
        gc.collect()
        gc.freeze()
        gc.disable()
        self._own_pages = _statm(1)
        self._meter.settle()
        self._served = 0
        return seen

    @property
    def base_bytes(self) -> int:
        """What the slot itself holds of its memory group; 0 where no group counts."""
        return self._meter.base_bytes

    def serve(self) -> None:
        """Answer frames until there are no more. Raises OSError where the client is gone."""
        while (frame := self._arena.receive(self._control)) is not None:
            try:
                answer, blobs = self._run(*frame)
            except Exception as error:
                self._end_all(None)
                answer, blobs = {"fault": f"{type(error).__name__}: {error}"}, []
            reply(self._answers, answer, blobs)
            if self._served % _LOOK_AT_SELF_EVERY == 0:
                self._arena.clear()
                self._grown = _statm(1) > _GROWTH * self._own_pages

    def _run(self, job: dict[str, Any], blobs: _Blobs) -> tuple[dict[str, Any], _Blobs]:
        cpu_s, wall_s, memory_mb, pids, disk_mb, inodes, file_mb, out_kb, report_kb = job["limits"]
        if not _no_children():
            raise RuntimeError("a process was alive before the job")
        self._storage.fit(disk_mb, inodes)
        self._meter.begin(memory_mb=memory_mb, pids=pids)
        _write_files(job.get("files", ()), blobs[2 * len(job["p"]) :])
        run = Run(
            self._arena, out_cap=out_kb << 10, report_cap=report_kb << 10, control=self._control
        )
        self._start(run, job, blobs, self._rlimits(cpu_s, memory_mb, pids, file_mb))
        run.watch(self._meter, cpu_s=cpu_s, wall_s=wall_s, memory_mb=memory_mb)
        leftover = self._end_all(run)
        run.finish()
        run.judge_cpu(self._meter, cpu_s)
        if run.unsound:
            self._blame_us()
        if run.reason == "starved":
            raise RuntimeError("the machine was too busy to tell how long a job takes")
        oom_now = self._meter.oom_kills()
        oom, self._oom_seen = oom_now - self._oom_seen, oom_now
        full = self._storage.full(disk_mb, inodes)
        collected = [self._collect(name, file_mb << 20) for name in job.get("collect", ())]
        status, detail = _status(run, oom=oom, full=full, cpu_s=cpu_s)
        out, out_head, out_tail = run.out.finish()
        err, err_head, err_tail = run.err.finish()
        answer: dict[str, Any] = {
            "status": status,
            "detail": detail,
            "exit": run.exit_code,
            "cpu": run.cpu_s,
            "wall": run.wall_s,
            "peak": self._meter.peak_mb() or run.peak_kb / 1024,
            "out": out,
            "err": err,
            "report_cut": run.report.over,
            "oom": oom,
            "leftover": leftover,
            "worn": self._wear(memory=status == "memory", held=run.held),
            "missing": [index for index, data in enumerate(collected) if data is None],
        }
        parts = [out_head, out_tail, err_head, err_tail, run.report.finish()]
        return answer, parts + [memoryview(b"") if data is None else data for data in collected]

    def _rlimits(
        self, cpu_s: float, memory_mb: int, pids: int, file_mb: int
    ) -> tuple[tuple[int, tuple[int, int]], ...]:
        # A backstop: the kernel counts ticks here, which can run ahead of the time truly used.
        whole = 2 * int(cpu_s) + 2
        # With a single id our own two processes are counted too.
        count = pids if self._many_uids else pids + 2
        space = self._own_space + _AS_FACTOR * (memory_mb << 20)
        return (
            (resource.RLIMIT_CPU, (whole, whole + 1)),
            (resource.RLIMIT_FSIZE, (file_mb << 20, file_mb << 20)),
            (resource.RLIMIT_NPROC, (count, count)),
            (resource.RLIMIT_AS, (space, space)),  # last: programs do without, see _start
        )

    def _start(self, run: Run, job: dict[str, Any], blobs: _Blobs, limits: Any) -> None:
        processes = job["p"]
        two = len(processes) > 1
        pair = socket.socketpair() if two else None
        gate_r, gate_w = os.pipe() if two else (-1, -1)
        uids = self._uids()
        for index, (_, entry, argv, reports) in enumerate(processes):
            payload, stdin = blobs[2 * index : 2 * index + 2]
            ends = [run.feed(data) if data else -1 for data in (payload, stdin)]
            # The job's output is that of its first process; a second one only complains.
            streams = (ends[1], run.err_w if index else run.out_w, run.err_w)
            if self._terminal and argv and not index:
                streams = (self._terminal[0], self._terminal[1], self._terminal[2])
            forked = child.Child(
                entry=entry,
                argv=argv,
                payload=ends[0],
                size=len(payload),
                stdin=streams[0],
                stdout=streams[1],
                stderr=streams[2],
                report=run.report_w if reports else -1,
                peer=pair[index].fileno() if pair else -1,
                gate=gate_r if index else -1,
                fault=self._fault[1],
                uid=uids[index] if self._many_uids else -1,
                # With one user id, only this keeps a peer from reading the reporter's memory.
                dumpable=self._many_uids or not (two and reports),
                # Node and Java reserve far more address space than they ever use.
                limits=limits if entry else limits[:-1],
                env=job.get("env"),
                enclose=self._enclose,
            )
            pid = os.fork()
            if pid == 0:
                child.live(forked)
            run.pids.append(pid)
            for fd in ends:
                if fd >= 0:
                    os.close(fd)
            if pair:
                pair[index].close()
            if two and index == 0:
                os.close(gate_w)
        if two:
            os.close(gate_r)
        run.started()

    def _end_all(self, run: Run | None) -> int:
        """Kill and reap every process but ourselves; how many of them nobody had asked for."""
        leftover = 0
        _kill_all()
        while True:
            try:
                pid, status, usage = os.wait4(-1, self._waiting)
            except ChildProcessError:
                return leftover
            if self._waiting:
                _kill_all()
            if not pid:
                time.sleep(_KILL_AGAIN_S)
            elif run is not None and run.pids:
                run.account(pid, status, usage)
                leftover += pid not in run.pids and os.WIFSIGNALED(status)

    def _blame_us(self) -> None:
        """Raise RuntimeError where a child told that it failed before it was the candidate's.

        The exit code alone proves nothing: a candidate may use it. The pipe was out of its reach.
        """
        with contextlib.suppress(BlockingIOError):
            told = os.read(self._fault[0], 4096)
            raise RuntimeError(f"a job's process could not be made: {told.decode()}")

    def _uids(self) -> tuple[int, int]:
        """The user ids of the job's processes, where each has one."""
        first = _FIRST_UID + 2 * self._served
        return first, first + 1

    def _collect(self, name: str, limit: int) -> memoryview | None:
        data = self._storage.read(name, limit, self._arena.take, self._uids())
        self._arena.touched += len(data or b"")
        return data

    def _wear(self, *, memory: bool, held: bool) -> str:
        """Wipe; why this slot must not serve another job, or nothing."""
        unclean = self._storage.clean(self._uids())
        if unclean or memory or held:
            return unclean or ("memory ran out" if memory else "a descriptor is still in flight")
        self._served += 1
        return "the supervisor grew" if self._grown else ""


def _status(run: Run, *, oom: int, full: bool, cpu_s: float) -> tuple[str, str]:
    """The job's status, and a sentence where there is more to say."""
    out_of_time = ("timeout", f"used {cpu_s:g} s of processor time, its limit")
    code = run.exit_code
    by_time = code == -signal.SIGXCPU or (code == -signal.SIGKILL and run.cpu_s >= cpu_s)
    rules = (
        (oom or run.reason == "memory", ("memory", "needed more memory than its limit")),
        (run.reason == "cpu", out_of_time),
        (run.reason == "wall", ("timeout", "did not end in time")),
        (run.reason == "output", ("output", "wrote without end")),
        (run.out.over or run.err.over, ("output", "wrote more than its limit")),
        (full, ("disk", "filled the places that it may write to")),
        (code == -signal.SIGXFSZ, ("disk", "wrote a file larger than its limit")),
        (code == -signal.SIGSYS, ("forbidden", "called what the system call filter forbids")),
        (by_time, out_of_time),
        (code < 0, ("signalled", f"ended by signal {-code}")),
        (code > 0, ("nonzero", "")),
    )
    return next((result for holds, result in rules if holds), ("ok", ""))


def _write_files(names: list[str], contents: _Blobs) -> None:
    for name, data in zip(names, contents, strict=False):
        parent = rootfs.WORK
        for part in name.split("/")[:-1]:
            parent = f"{parent}/{part}"
            with contextlib.suppress(FileExistsError):
                os.mkdir(parent)
                os.chmod(parent, 0o1777)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        fd = os.open(f"{rootfs.WORK}/{name}", flags, 0o644)
        try:
            while data:
                data = data[os.write(fd, data) :]
        finally:
            os.close(fd)


def _kill_all() -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


def _no_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return True
    return False


def _high(fd: int) -> int:
    """The same file at a number above those that jobs use."""
    high = linux.high_copy(fd)
    os.close(fd)
    return high


def _statm(field: int) -> int:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[field])
