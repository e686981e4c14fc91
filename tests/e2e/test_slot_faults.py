"""Slots that hang, die or are many: the job is run again, or nobody is blamed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sandboxes
from sandboxes.base import Job, Limits, Process, Profile, Sandbox, SandboxUnavailable, Status
from tests.e2e.conftest import wait_for

QUICK = Limits(cpu_s=2, wall_s=2)


def job(code: str = "", limits: Limits = QUICK) -> Job:
    process = Process(entry="simple:main", payload={"code": code})
    return Job(processes=(process,), limits=limits)


@pytest.fixture
def simple(tmp_path: Path) -> dict[str, Profile]:
    (tmp_path / "guest").mkdir()
    (tmp_path / "guest" / "simple.py").write_text(
        "import time\n\ndef main(payload, report, peer):\n    exec(payload['code'])\n"
    )
    return {"bare": Profile(guest=str(tmp_path / "guest"), preload=("simple",))}


OTHERS: set[int] = set()
"""PID 1 of slots that were there before a test: those of the session's lab."""


@pytest.fixture(autouse=True)
def _others() -> None:
    OTHERS.clear()
    OTHERS.update(supervisors())


def supervisors() -> set[int]:
    """PID 1 of every slot that this test has made, as the host numbers it."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "status").read_text()
            except OSError:
                continue
            inner = text.partition("NSpid:")[2].partition("\n")[0].split()
            if len(inner) > 1 and inner[-1] == "1" and _below_us(int(entry.name)):
                found.add(int(entry.name))
    return found - OTHERS


def _below_us(pid: int) -> bool:
    while pid > 1:
        if pid == os.getpid():
            return True
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False
        pid = int(text.rpartition(")")[2].split()[1])
    return False


Open = Callable[[int], Sandbox]


@pytest.fixture
def struck(simple: dict[str, Profile]) -> Iterator[Open]:
    """Opens a sandbox of so many slots, which the test may strike from outside."""
    if os.geteuid() != 0:
        pytest.skip("striking a slot from outside needs root: sudo -E python -m pytest tests/e2e")
    with contextlib.ExitStack() as ends:

        def opened(slots: int) -> Sandbox:
            return ends.enter_context(
                contextlib.closing(sandboxes.create("embedded", simple, slots=slots))
            )

        yield opened


def test_a_slot_that_hangs_is_given_up(struck: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGSTOP to a slot's PID 1: after the client's patience the job runs in a fresh slot."""
    monkeypatch.setattr("sandboxes.slots._GRACE_S", 5.0)
    monkeypatch.setattr("sandboxes.meter.patience_s", lambda wall_s: 6 * wall_s)
    sandbox = struck(1)
    sandbox.run(job())
    (first,) = supervisors()
    os.kill(first, signal.SIGSTOP)
    done = sandbox.run(job(limits=Limits(cpu_s=1, wall_s=0.2)))
    assert done.status is Status.OK
    assert first not in supervisors()


def test_slots_killed_under_jobs_blame_nobody(struck: Open) -> None:
    """kill -9 to PID 1 of a busy slot, once: a retry; at every try: our fault, with its cause."""
    sandbox = struck(1)
    deaths = 0

    def kill(times: int) -> None:
        nonlocal deaths
        for _ in range(times):
            wait_for(lambda: bool(supervisors()))
            time.sleep(0.4)
            for pid in supervisors():
                os.kill(pid, signal.SIGKILL)
                deaths += 1
            wait_for(lambda: not supervisors() or times == 1)

    sandbox.run(job())
    killer = threading.Thread(target=kill, args=(1,))
    killer.start()
    done = sandbox.run(job("time.sleep(1)"))
    killer.join()
    assert deaths == 1 and done.status is Status.OK
    killer = threading.Thread(target=kill, args=(2,))
    killer.start()
    with pytest.raises(SandboxUnavailable, match="lost under a job"):
        sandbox.run(job("time.sleep(60)", limits=Limits(cpu_s=2, wall_s=60)))
    killer.join()
    assert sandbox.run(job()).status is Status.OK


def test_idle_slots_that_died_blame_nobody(struck: Open) -> None:
    """kill -9 to every idle slot: the next job meets a dead one, and its second try a fresh one."""
    sandbox = struck(2)
    threads = [
        threading.Thread(target=sandbox.run, args=(job("time.sleep(0.5)"),)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    idle = supervisors()
    assert len(idle) == 2
    for pid in idle:
        os.kill(pid, signal.SIGKILL)
    assert sandbox.run(job()).status is Status.OK


def test_a_thousand_jobs_never_start_more_than_the_slots_allow(simple: dict[str, Profile]) -> None:
    """Counted from outside by slots, and from inside by the intervals that the jobs report."""
    from concurrent.futures import ThreadPoolExecutor

    slots, count = 3, 1000
    code = "import json, os\nb = time.monotonic()\ntime.sleep(0.004)\nos.write(report, json.dumps([b, time.monotonic()]).encode())"
    sandbox = sandboxes.create("embedded", simple, slots=slots)
    most, over = 0, threading.Event()

    def count_outside() -> None:
        nonlocal most
        while not over.is_set():
            most = max(most, len(supervisors()))

    watcher = threading.Thread(target=count_outside)
    watcher.start()
    try:
        with ThreadPoolExecutor(64) as pool:
            done = list(pool.map(sandbox.run, [job(code)] * count))
    finally:
        over.set()
        watcher.join()
        sandbox.close()
    assert [d.status for d in done] == [Status.OK] * count
    edges = [edge for d in done for edge in _edges(json.loads(d.report))]
    running = together = 0
    for _, step in sorted(edges):
        running += step
        together = max(together, running)
    assert together <= slots
    assert 0 < most <= slots
    assert together > 1, "nothing ran at once: the test proves nothing"


def _edges(interval: list[float]) -> list[tuple[float, int]]:
    return [(interval[0], 1), (interval[1], -1)]
