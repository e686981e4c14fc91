"""The client's side of one slot: its start, a job's way there and back, its end."""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sandboxes import wire
from sandboxes.base import Job, Outcome, SandboxUnavailable, Status, Stream

_START_WITHIN_S = 60.0
_STOP_WITHIN_S = 5.0
_GRACE_S = 15.0
_BACKSTOP = 6.0
_JOBS_PER_SLOT = 1000
_AGE_S = 15 * 60.0
_BOOT = "import os, sys; sys.path.insert(0, os.getcwd()); from sandboxes.launch import main; main()"
_EXIT_MEMORY = 77
AGAIN = "run again; if it stays, `pairproof doctor`"
"""What to do where nothing is known about a cause."""


class SlotLostError(Exception):
    """The slot ended or fell out of step under a job. `memory` says that the kernel killed."""

    def __init__(self, message: str, *, memory: bool = False) -> None:
        super().__init__(message)
        self.memory = memory


class Slot:
    """One running supervisor. Used by one thread at a time."""

    def __init__(
        self,
        *,
        python: str,
        env: dict[str, str],
        setup: dict[str, Any],
        blobs: list[bytes],
        terminal: tuple[int, ...] = (),
    ) -> None:
        """Start it and wait until it can take jobs.

        `terminal`: three descriptors that the first process of every job gets as its streams.

        Raises:
            SandboxUnavailable: this machine refused a step, which the message names.
        """
        self.jobs = 0
        self.worn = ""
        self.born = time.monotonic()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            self._process = subprocess.Popen(
                [python, "-s", "-S", "-P", "-B", "-X", "utf8", "-c", _BOOT],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
                env=env,
                cwd=Path(__file__).parent.parent,
                start_new_session=True,
                pass_fds=terminal,
            )
        except OSError as error:
            self._errors.close()
            raise SandboxUnavailable(
                f"{python} did not start: {error.strerror}", hint="name another Python"
            ) from error
        assert self._process.stdin is not None and self._process.stdout is not None
        self._to = self._process.stdin.fileno()
        self._reader = wire.Reader(self._process.stdout.fileno())
        try:
            wire.send(self._to, wire.pack({**setup, "terminal": list(terminal)}, blobs))
            frame = self._reader.frame(_START_WITHIN_S)
        except wire.WireError as error:
            self.close()
            raise SandboxUnavailable(f"a slot did not start: {error}", hint=AGAIN) from error
        if frame is None or "ready" not in frame[0]:
            told = (frame[0].get("fatal") if frame else "") or self._tail() or "it ended silently"
            step = frame[0].get("step", "") if frame else ""
            self.close()
            raise SandboxUnavailable(f"a slot did not start: {told}", hint=remedy(step))
        self.ready: dict[str, Any] = frame[0]

    def run(self, job: Job) -> Outcome:
        """Run one job.

        Raises:
            SlotLostError: the slot did not answer as it must; it has been closed.
        """
        limits = job.limits
        names = list(job.files)
        header: dict[str, Any] = {
            "p": [[p.name, p.entry, list(p.argv), p.reports] for p in job.processes],
            "limits": [
                limits.cpu_s,
                limits.wall_s,
                limits.memory_mb,
                limits.pids,
                limits.disk_mb,
                limits.inodes,
                limits.file_mb,
                limits.output_kb,
                limits.report_kb,
            ],
        }
        if names:
            header["files"] = names
        if job.env:
            header["env"] = dict(job.env)
        if job.collect:
            header["collect"] = list(job.collect)
        blobs = []
        for process in job.processes:
            blobs.append(wire.dumps(dict(process.payload)))
            blobs.append(process.stdin.encode("utf-8", "surrogatepass"))
        blobs += [text.encode("utf-8", "surrogatepass") for text in job.files.values()]
        try:
            wire.send(self._to, wire.pack(header, blobs))
            frame = self._reader.frame(_BACKSTOP * limits.wall_s + _GRACE_S)
            if frame is None:
                raise wire.WireError("it ended")
            answer, parts = frame
            if "fault" in answer:
                raise wire.WireError(str(answer["fault"]))
            outcome = _outcome(answer, parts, job.collect)
        except (wire.WireError, KeyError, IndexError, TypeError, ValueError) as error:
            code = self.close()
            message = f"a slot was lost under a job: {error} {self.last_words}".strip()
            raise SlotLostError(message, memory=code == _EXIT_MEMORY) from error
        self.jobs += 1
        self.worn = str(answer["worn"])
        if self.jobs >= _JOBS_PER_SLOT or time.monotonic() - self.born > _AGE_S:
            self.worn = self.worn or "old"
        return outcome

    last_words = ""

    def _tail(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            self._errors.seek(0)
            lines = self._errors.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
            return lines[-1] if lines else ""
        return ""

    def abort(self) -> None:
        """End it from another thread than the one that uses it, which then loses it."""
        self._process.terminate()  # the launcher then kills PID 1, and with it everything

    def close(self) -> int:
        """End it with all that it holds; the launcher's exit status. Idempotent."""
        process = self._process
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            code = process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.abort()
            try:
                code = process.wait(_STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                code = process.wait()
        self.last_words = self.last_words or self._tail()
        self._errors.close()
        return code


def remedy(step: str) -> str:
    """What to do where a launcher failed in `step`."""
    if step.startswith("leave the"):
        return (
            "allow user namespaces (sysctl user.max_user_namespaces=65536; in a container: "
            "--security-opt seccomp=unconfined)"
        )
    if step in ("build the file system", "enter the file system", "map user ids"):
        return (
            "the system permits user namespaces but not their use; on Ubuntu: sysctl "
            "kernel.apparmor_restrict_unprivileged_userns=0; in a container: as another user"
        )
    return AGAIN


def check_names(names: Iterable[str]) -> None:
    """Raise ValueError for a name that is not a plain path below the work folder."""
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
            raise ValueError(f"not a path below the work folder: {name!r}")


def _stream(told: list[Any], head: bytes, tail: bytes) -> Stream:
    length, cut, digest = told
    if not cut:
        digest = hashlib.sha256(head).hexdigest()
    return Stream(head=head, tail=tail, length=int(length), sha256=str(digest), cut=bool(cut))


def _outcome(answer: dict[str, Any], parts: list[bytes], collect: tuple[str, ...]) -> Outcome:
    code = answer["exit"]
    missing = set(answer["missing"])
    return Outcome(
        status=Status(answer["status"]),
        exit_code=code if code is not None and code >= 0 else None,
        signal=-code if code is not None and code < 0 else None,
        cpu_s=float(answer["cpu"]),
        wall_s=float(answer["wall"]),
        peak_memory_mb=float(answer["peak"]),
        stdout=_stream(answer["out"], parts[0], parts[1]),
        stderr=_stream(answer["err"], parts[2], parts[3]),
        report=parts[4],
        report_cut=bool(answer["report_cut"]),
        oom_kills=int(answer["oom"]),
        leftover=int(answer["leftover"]),
        files={name: parts[5 + i] for i, name in enumerate(collect) if i not in missing},
        detail=str(answer["detail"]),
    )
