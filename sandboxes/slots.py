"""The client's side of one slot: its start, a job's way there and back, its end."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Protocol

from sandboxes import meter, rootfs, wire
from sandboxes.base import Job, Outcome, Process, SandboxUnavailable, Status, Stream

_START_WITHIN_S = 300.0
_GRACE_S = 15.0
_JOBS_PER_SLOT = 1000
_AGE_S = 15 * 60.0
_TIRED = 0.9
_PROCESSES = 2
_LARGEST_HASH_SEED = 2**32 - 1
AGAIN = "run again; if it stays, `pairproof doctor`"
"""What to do where nothing is known about a cause."""

ENV = {
    "HOME": rootfs.WORK,
    "TMPDIR": "/tmp",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TZ": "UTC0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
"""What every job finds in its environment, beside PYTHONHASHSEED and what it brings along."""


class SlotLostError(Exception):
    """The slot ended or fell out of step under a job. `memory` says that the kernel killed."""

    def __init__(self, message: str, *, memory: bool = False) -> None:
        super().__init__(message)
        self.memory = memory


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """How a line ended: whether the kernel had killed for memory, and the last words on stderr."""

    memory: bool = False
    words: str = ""


class Line(Protocol):
    """The way to one supervisor and back: a backend's own part of a slot."""

    def send(self, frame: bytes) -> None:
        """Write a whole frame. Raises WireError."""

    def frame(self, timeout_s: float) -> tuple[dict[str, Any], list[bytes]] | None:
        """The next frame; None at the end. Raises WireError."""

    def abort(self) -> None:
        """End the supervisor from another thread than the one that reads; returns at once."""

    def end(self) -> End:
        """End the supervisor with all that it holds, and wait until it is gone. Idempotent."""


class Slot:
    """One running supervisor. Used by one thread at a time."""

    def __init__(
        self,
        line: Line,
        setup: dict[str, Any],
        blobs: Sequence[bytes],
        *,
        lives: int = 0,
    ) -> None:
        """Set it up and wait until it can take jobs; after `lives` of them it is worn (0: 1000).

        Raises:
            SandboxUnavailable: this machine refused a step, which the message names.
        """
        self.jobs = 0
        self.worn = ""
        self.born = time.monotonic()
        self.followed = False
        """Its successor was started."""
        self._lives = lives or _JOBS_PER_SLOT
        self._line = line
        try:
            line.send(wire.pack(setup, blobs))
            frame = line.frame(_START_WITHIN_S)
        except wire.WireError as error:
            words = self.close().words
            message = f"a slot did not start: {error} {words}".strip()
            raise SandboxUnavailable(message, hint=AGAIN) from error
        if frame is None or "ready" not in frame[0]:
            words = self.close().words
            told = (frame[0].get("fatal") if frame else "") or words or "it ended silently"
            step = frame[0].get("step", "") if frame else ""
            raise SandboxUnavailable(f"a slot did not start: {told}", hint=remedy(step))
        self.ready: dict[str, Any] = frame[0]

    def run(self, job: Job) -> Outcome:
        """Run one job.

        Raises:
            SlotLostError: the slot did not answer as it must; it has been closed.
        """
        request, wall_s = _request(job), job.limits.wall_s
        try:
            self._line.send(request)
            frame = self._line.frame(meter.patience_s(wall_s) + wall_s + _GRACE_S)
            if frame is None:
                raise wire.WireError("it ended")
            answer, parts = frame
            if "fault" in answer:
                raise wire.WireError(str(answer["fault"]))
            outcome = _outcome(answer, parts, job.collect)
        except (wire.WireError, KeyError, IndexError, TypeError, ValueError) as error:
            end = self.close()
            message = f"a slot was lost under a job: {error} {end.words}".strip()
            raise SlotLostError(message, memory=end.memory) from error
        self.jobs += 1
        self.worn = str(answer["worn"])
        if self.jobs >= self._lives or time.monotonic() - self.born > _AGE_S:
            self.worn = self.worn or "old"
        return outcome

    @property
    def tired(self) -> bool:
        """Soon worn, by the count of its jobs or by its age: a successor should be started."""
        age = time.monotonic() - self.born
        return self._lives > 1 and (self.jobs >= _TIRED * self._lives or age > _TIRED * _AGE_S)

    def abort(self) -> None:
        """End it from another thread than the one that uses it, which then loses it."""
        self._line.abort()

    def close(self) -> End:
        """End it with all that it holds. Idempotent."""
        return self._line.end()


def _request(job: Job) -> bytes:
    limits = job.limits
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
    if job.files:
        header["files"] = list(job.files)
    if job.env:
        header["env"] = dict(job.env)
    if job.collect:
        header["collect"] = list(job.collect)
    return wire.pack(header, [*_inputs(job.processes), *map(_encoded, job.files.values())])


def _inputs(processes: Iterable[Process]) -> Iterable[bytes]:
    for process in processes:
        yield wire.dumps(dict(process.payload))
        yield _encoded(process.stdin)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


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


def last_line(text: bytes) -> str:
    """The last line of what a slot wrote to its stderr: in Python, the error itself."""
    with contextlib.suppress(IndexError):
        return text[-2000:].decode("utf-8", "replace").strip().splitlines()[-1]
    return ""


def check_job(job: Job, profiles: Container[str]) -> None:
    """Raise ValueError for a job that no plan may contain."""
    if job.profile not in profiles:
        raise ValueError(f"no profile {job.profile!r}")
    if not 1 <= len(job.processes) <= _PROCESSES:
        raise ValueError("a job has one or two processes")
    if not 0 <= job.hash_seed <= _LARGEST_HASH_SEED:
        raise ValueError(f"no interpreter takes the hash seed {job.hash_seed}")
    check_names((*job.files, *job.collect))


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
