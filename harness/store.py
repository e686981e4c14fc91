"""The run folder: manifest, append-only verdicts, quarantine, artifacts by hash.

A verdict is one line, written by one call; the last line of a pair wins. A torn last line, left by
a kill, was never a verdict and is cut off when the folder is opened again. Everything else in the
folder is derived and may be deleted.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from harness.errors import CannotJudge, Misuse
from harness.ledger import Ledger
from harness.models import (
    SCHEMA_VERSION,
    Calibration,
    Policy,
    Quarantined,
    Record,
    Verdict,
)

VERDICTS = "verdicts.jsonl"
QUARANTINE = "quarantine.jsonl"
MANIFEST = "manifest.json"


class Manifest(Record):
    """What a run was asked to do, and where it ran."""

    manifest_version: int = SCHEMA_VERSION
    harness: str
    inputs: tuple[str, ...] = ()
    format: str = "auto"
    sandbox: str = ""
    limits: dict[str, float] = Field(default_factory=dict)
    policy: Policy = Policy()
    calibration: Calibration = Calibration()
    """What `limits` were multiplied with on this machine."""
    facts: dict[str, Any] = Field(default_factory=dict)
    """Backend, tier, image, toolchain, enforced, kernel, machine."""
    started: str = ""
    """UTC, ISO 8601: when this folder was first used."""
    sessions: int = 1
    """How often the command was given for this folder."""
    canaries: str = ""
    """What the canary pairs said: "passed", or what was misjudged."""


class Store:
    """A run folder that is open for writing. One writer at a time, many threads.

    Raises Misuse where the folder cannot be used or another process writes to it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._mutex = threading.Lock()
        try:
            (root / "artifacts").mkdir(parents=True, exist_ok=True)
            self._lock = os.open(root / ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise Misuse(
                f"cannot write to {root}: {error.strerror}", hint="name another run folder with -o"
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise Misuse(
                f"another pairproof writes to {root}",
                hint="wait for it, or name another run folder with -o",
            ) from None
        self.torn = _cut_torn_line(root / VERDICTS) + _cut_torn_line(root / QUARANTINE)
        self._ledger = Ledger()
        for v in _lines(root / VERDICTS):
            self._ledger.add(v["pair_id"], v["fingerprint"], v["status"])
        self._quarantined = {(q["file"], q["line"], q["reason"]) for q in _lines(root / QUARANTINE)}
        self._verdicts = _append(root / VERDICTS)
        self._quarantine = _append(root / QUARANTINE)

    def known(self, pair_id: str, fingerprint: str) -> str | None:
        """The status of the pair's last verdict if that has this fingerprint, else None."""
        return self._ledger.status(pair_id, fingerprint)

    def append(self, verdict: Verdict) -> None:
        """Write one verdict, whole or not at all."""
        line = verdict.model_dump_json().encode() + b"\n"
        with self._mutex, _writing(self.root):
            _write(self._verdicts, line)
            self._ledger.add(verdict.pair_id, verdict.fingerprint, verdict.status.value)

    def quarantine(self, row: Quarantined) -> bool:
        """Keep a row that could not be read; False when it is there from an earlier session."""
        key = (row.file, row.line, row.reason)
        with self._mutex:
            if key in self._quarantined:
                return False
            with _writing(self.root):
                _write(self._quarantine, row.model_dump_json().encode() + b"\n")
            self._quarantined.add(key)
        return True

    def artifact(self, data: bytes) -> str:
        """Keep bytes under their hash; returns "sha256:<hex>"."""
        name = hashlib.sha256(data).hexdigest()
        path = artifact_path(self.root, name)
        if not path.exists():
            # Unique per thread: a kill leaves a part file that no digest points at.
            part = path.with_suffix(f".part{os.getpid()}-{threading.get_ident()}")
            with _writing(self.root):
                path.parent.mkdir(exist_ok=True)
                part.write_bytes(data)
                part.replace(path)
        return f"sha256:{name}"

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest in one step."""
        part = self.root / (MANIFEST + ".part")
        with _writing(self.root):
            part.write_text(manifest.model_dump_json(indent=2) + "\n")
            part.replace(self.root / MANIFEST)

    def earlier_manifest(self) -> Manifest | None:
        """The manifest that an earlier session left; None where there is none that can be read."""
        try:
            return Manifest.model_validate_json((self.root / MANIFEST).read_bytes())
        except (OSError, ValidationError):
            return None

    def counts(self) -> dict[str, int]:
        """How many pairs stand at each status."""
        with self._mutex:
            return self._ledger.counts()

    def close(self) -> None:
        """Close the files and let others in."""
        for descriptor in (self._verdicts, self._quarantine, self._lock):
            os.close(descriptor)


def begun_with(root: Path) -> Calibration | None:
    """The calibration of the run in this folder; None where there is no run yet."""
    try:
        return Manifest.model_validate_json((root / MANIFEST).read_bytes()).calibration
    except (OSError, ValidationError):
        return None


class Run:
    """A run folder, for reading."""

    def __init__(self, root: Path) -> None:
        if not (root / VERDICTS).is_file():
            raise Misuse(
                f"{root} is not a run folder: it has no {VERDICTS}",
                hint="pairproof verify FILE -o RUN makes one",
            )
        self.root = root

    def manifest(self) -> Manifest:
        """What the run was asked to do. Raises Misuse where the file is missing or broken."""
        try:
            return Manifest.model_validate_json((self.root / MANIFEST).read_bytes())
        except (OSError, ValidationError) as error:
            raise Misuse(f"{self.root / MANIFEST} cannot be read: {error}") from error

    def verdicts(self) -> Iterator[Verdict]:
        """The last verdict of each pair, in the order of their first lines."""
        last = {line["pair_id"]: line for line in _lines(self.root / VERDICTS)}
        for line in last.values():
            yield Verdict.model_validate(line)

    def verdict(self, pair_id: str) -> Verdict:
        """The last verdict of one pair. Raises Misuse where there is none."""
        found = None
        for line in _lines(self.root / VERDICTS):
            if line["pair_id"] == pair_id:
                found = line
        if found is None:
            raise Misuse(
                f"no pair {pair_id!r} in {self.root}",
                hint=f"the ids stand in {self.root / VERDICTS}",
            )
        return Verdict.model_validate(found)

    def quarantined(self) -> Iterator[Quarantined]:
        """The rows that could not be read."""
        for line in _lines(self.root / QUARANTINE):
            yield Quarantined.model_validate(line)

    def artifact(self, reference: str) -> bytes:
        """The bytes behind a digest. Raises Misuse where they are gone or do not match it."""
        name = reference.removeprefix("sha256:")
        try:
            data = artifact_path(self.root, name).read_bytes()
        except OSError as error:
            raise Misuse(f"artifact {reference} of {self.root} is gone") from error
        if hashlib.sha256(data).hexdigest() != name:
            raise Misuse(f"artifact {reference} of {self.root} was changed")
        return data


def artifact_path(root: Path, name: str) -> Path:
    """Where the artifact with this hex digest lies."""
    return root / "artifacts" / name[:2] / name[2:]


def _append(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o644)


def _write(descriptor: int, data: bytes) -> None:
    """All of it, or OSError and the file as it was."""
    before = os.fstat(descriptor).st_size
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError:
        os.ftruncate(descriptor, before)
        raise


@contextmanager
def _writing(root: Path) -> Iterator[None]:
    """A disk that is full is nobody's verdict. Raises CannotJudge."""
    try:
        yield
    except OSError as error:
        raise CannotJudge(
            f"cannot write to {root}: {error.strerror}",
            hint="make room there, then give the same command again: what is written stays",
        ) from error


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a file; a last line without its end is not one."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield json.loads(line)


def _cut_torn_line(path: Path) -> int:
    """Cut a last line without its end; returns how many were cut, 0 or 1."""
    try:
        with path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            at = size
            while at > 0:
                start = max(0, at - 65_536)
                file.seek(start)
                newline = file.read(at - start).rfind(b"\n")
                if newline >= 0:
                    at = start + newline + 1
                    break
                at = start
            if at == size:
                return 0
            file.truncate(at)
            return 1
    except FileNotFoundError:
        return 0
