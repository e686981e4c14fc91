"""A supervisor that lies: whatever it answers, the client says that it lost the sandbox."""

from __future__ import annotations

import json
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox_places import FAST, as_root, job

from sandboxes.base import Job, Process, SandboxUnavailable, Status
from sandboxes.launched import Launched
from sandboxes.pool import Pool
from sandboxes.slots import Slot, SlotLostError

ANSWER: dict[str, Any] = {
    "status": "ok", "detail": "", "exit": 0, "cpu": 0.1, "wall": 0.1, "peak": 1.0,
    "out": [0, False, ""], "err": [0, False, ""], "report_cut": False, "oom": 0, "leftover": 0,
    "worn": "", "missing": [], "blobs": [0, 0, 0, 0, 4],
}  # fmt: skip


def frame(header: Any, rest: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("!I", len(text)) + text + rest


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ANSWER.items() if key != name}


TRUE = frame(ANSWER, b"pass")
LIES: dict[str, bytes] = {
    "nothing": b"",
    "half-a-length": b"\0\0",
    "huge-header": b"\xff\xff\xff\xff" + b"x" * 100,
    "header-that-ends-early": struct.pack("!I", 500) + b"{}",
    "garbage": b"HTTP/1.1 200 OK\r\n\r\npass" * 20,
    "not-json": frame(b"pass"),
    "not-text": frame(b"\xff\xfe\x00"),
    "deep-json": frame(b"[" * 200_000),
    "a-list": frame([1, 2]),
    "a-number": frame(1),
    "no-blobs": frame(without("blobs")),
    "negative-blob": frame({**ANSWER, "blobs": [0, 0, 0, 0, -4]}, b"pass"),
    "endless-blob": frame({**ANSWER, "blobs": [0, 0, 0, 0, 1 << 40]}, b"pass"),
    "blob-that-ends-early": frame({**ANSWER, "blobs": [0, 0, 0, 0, 4]}, b"pa"),
    "blobs-of-words": frame({**ANSWER, "blobs": ["four"]}, b"pass"),
    "blobs-a-number": frame({**ANSWER, "blobs": 5}, b"pass"),
    "too-few-blobs": frame({**ANSWER, "blobs": [4]}, b"pass"),
    "no-status": frame(without("status")),
    "no-exit": frame(without("exit")),
    "no-worn": frame(without("worn")),
    "no-missing": frame(without("missing")),
    "unknown-status": frame({**ANSWER, "status": "accepted"}, b"pass"),
    "exit-a-word": frame({**ANSWER, "exit": "0"}, b"pass"),
    "output-a-word": frame({**ANSWER, "out": "none"}, b"pass"),
    "missing-a-number": frame({**ANSWER, "missing": 7}, b"pass"),
    "cpu-a-word": frame({**ANSWER, "cpu": "little"}, b"pass"),
    "fault": frame({"fault": "out of luck", "blobs": []}),
}

LIAR = """
import os, struct, sys
def take(count):
    data = b""
    while len(data) < count:
        piece = os.read(0, count - len(data))
        if not piece: os._exit(0)
        data += piece
    return data
def request():
    import json
    header = json.loads(take(struct.unpack("!I", take(4))[0]))
    for size in header["blobs"]: take(size)
request(); ready = b'{"ready": {}, "blobs": []}'
os.write(1, struct.pack("!I", len(ready)) + ready)
while True:
    request()
    data = open(sys.argv[1], "rb").read()
    while data: data = data[os.write(1, data):]
    if len(sys.argv) > 2: os._exit(0)
"""


@pytest.fixture
def liar(tmp_path: Path) -> Iterator[Callable[[bytes], Slot]]:
    """Slots whose supervisor answers every job with given bytes, and then ends."""
    made: list[Slot] = []

    def make(answer: bytes, *, ends: bool = True) -> Slot:
        (tmp_path / "liar.py").write_text(LIAR)
        (tmp_path / "answer").write_bytes(answer)
        program = tmp_path / "python"
        words = f"{sys.executable} {tmp_path}/liar.py {tmp_path}/answer"
        program.write_text(f"#!/bin/sh\nexec {words}{' ends' if ends else ''}\n")
        program.chmod(0o755)
        made.append(Slot(Launched(str(program), {}), {}, []))
        return made[-1]

    yield make
    for slot in made:
        slot.close()


def test_the_liar_can_tell_the_truth(liar: Callable[[bytes], Slot]) -> None:
    """The control: a whole and sound answer is an outcome, so that the lies fail for their own sake."""
    done = liar(TRUE).run(job(""))
    assert (done.status, done.report) == (Status.OK, b"pass")


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_lie_is_a_lost_slot(liar: Callable[[bytes], Slot], lie: str) -> None:
    """No malformed answer becomes an outcome, and nothing but the documented error comes out."""
    with pytest.raises(SlotLostError):
        liar(LIES[lie]).run(job(""))


@pytest.mark.parametrize("lie", ["garbage", "unknown-status", "nothing"])
def test_two_liars_are_our_fault(liar: Callable[[bytes], Slot], lie: str) -> None:
    """Where the second slot lies too, the caller learns that nothing may be concluded."""
    pool: Pool[str] = Pool(lambda key: liar(LIES[lie]), slots=1)
    with pytest.raises(SandboxUnavailable):
        pool.run("key", job(""))
    pool.close()


def test_a_silent_slot_ends_in_time(
    liar: Callable[..., Slot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A supervisor that never answers is given up, and its process is gone."""
    monkeypatch.setattr("sandboxes.slots._GRACE_S", 0.1)
    monkeypatch.setattr("sandboxes.meter.patience_s", lambda wall_s: -wall_s)  # leaves the grace
    with pytest.raises(SlotLostError, match="in time"):
        liar(b"", ends=False).run(job(""))


BAD_NAMES = (
    "/etc/passwd", "../x", "a/../../x", "", ".", "a\0b", "./..", "..", "//x", "a/..", "x/../../job/y",
)  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_names_that_lead_out_are_refused(public: Path, name: str) -> None:
    """No file is written or collected at a name that is not a plain path below the work folder."""
    sandbox = as_root(public, slots=1)
    try:
        for bad in (job("", files={name: "x"}), job("", collect=(name,))):
            with pytest.raises(ValueError):
                sandbox.run(bad)
    finally:
        sandbox.close()


def test_concurrent_jobs_never_swap_their_answers(public: Path) -> None:
    """Eight hostile writers at once: every caller gets the bytes of its own job."""
    sandbox = as_root(public, slots=2)
    wrong: list[Any] = []

    def one(number: int) -> None:
        process = Process(entry="guest:main", payload={"code": f"os.write(3, b'{number}' * 1000)"})
        for _ in range(5):
            report = sandbox.run(Job(processes=(process,), limits=FAST)).report
            if report != str(number).encode() * 1000:
                wrong.append((number, report))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sandbox.close()
    assert wrong == []
