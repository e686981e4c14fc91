"""Load does not change verdicts: programs near their limits, at any concurrency, beside busy loops."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import sandboxes
from benchmarks._beside import BUSY_LOOPS, busy_loops
from harness import api
from harness.config import load_settings
from harness.models import Reason
from sandboxes.base import Job, Limits, Outcome, Process, Profile

CPU_S = 0.5
WALL_S = 1.0
SLEEP_S = 3.0
"""The wall limit of sleepers: 16 jobs and 8 busy loops on two cores show the supervisor an end up to
0.2 s late, for which it gives the job the benefit; a tenth of the limit has to be more than that."""
SHARES = (0.6, 0.9, 1.1, 2.0)
FIXED_SHARES = (0.4, 4.0)
"""Of a fixed amount of work, whose time is the machine's: with its neighbours it may change by two
thirds from one second to the next, and the image's Python is another one."""
GUEST = '''
import os, signal, sys, threading, time

def burn(s, clock=time.process_time):
    begun = clock()
    while clock() - begun < s:
        pass

def alone(s):
    burn(s)

def children(s):
    pids = []
    for _ in range(3):
        pid = os.fork()
        if pid == 0:
            burn(s / 3)
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)

def in_turn(s):
    """Children one after another: most of them live and die between two looks."""
    for _ in range(5):
        pid = os.fork()
        if pid == 0:
            burn(s / 5)
            os._exit(0)
        os.waitpid(pid, 0)

def disowned(s):
    """Children whose time no parent is told."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    pid = os.fork()
    if pid == 0:
        burn(s)
        os._exit(0)
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass

def thread(s):
    other = threading.Thread(target=burn, args=(s, time.thread_time))
    other.start()
    other.join()

def sleeper(s):
    time.sleep(s)

def exits_badly(s):
    burn(s)
    sys.exit(3)

def main(payload, report, peer):
    globals()[payload["kind"]](payload["seconds"])
'''
BURNERS = ("alone", "children", "in_turn", "disowned", "thread", "exits_badly")


def jobs() -> dict[tuple[str, float], Job]:
    """Every kind at every share of its limit; sleepers have to mind the wall."""
    made = {}
    for share in SHARES:
        for kind in BURNERS:
            made[kind, share] = _job(kind, share * CPU_S, Limits(cpu_s=CPU_S, wall_s=WALL_S))
        made["sleeper", share] = _job("sleeper", share * SLEEP_S, Limits(cpu_s=5, wall_s=SLEEP_S))
    return made


def _job(kind: str, seconds: float, limits: Limits) -> Job:
    process = Process(entry="near:main", payload={"kind": kind, "seconds": seconds})
    return Job(processes=(process,), limits=limits)


def due(kind: str, share: float) -> str:
    if share > 1:
        return "timeout"
    return "nonzero" if kind == "exits_badly" else "ok"


@pytest.fixture(scope="module")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guest")
    (folder / "near.py").write_text(GUEST)
    return folder


def outcomes(backend: str, guest: Path, slots: int) -> dict[tuple[str, float], Outcome]:
    made = jobs()
    profiles = {"bare": Profile(guest=str(guest), preload=("near",))}
    sandbox = sandboxes.create(backend, profiles, slots=slots)
    try:
        with ThreadPoolExecutor(slots) as pool:
            return dict(zip(made, pool.map(sandbox.run, made.values()), strict=True))
    finally:
        sandbox.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("backend", "load", "slots"),
    [("embedded", 0, 1), ("embedded", BUSY_LOOPS, 16), ("docker", BUSY_LOOPS, 16)],
    indirect=["backend", "load"],
)
def test_a_job_near_its_limit_ends_alike_at_any_load(
    backend: str, guest: Path, load: int, slots: int
) -> None:
    """60 and 90 % of a limit end by themselves, 110 and 200 % by time: in every kind of process."""
    found = outcomes(backend, guest, slots)
    assert {key: done.status.value for key, done in found.items()} == {
        key: due(*key) for key in found
    }, {key: (done.cpu_s, done.wall_s, done.detail) for key, done in found.items()}


BURN = "import time\n\n\ndef burn(s, clock=time.process_time):\n    begun = clock()\n    while clock() - begun < s:\n        pass\n"
FIXED = "def work(rounds):\n    x = 0\n    for i in range(rounds):\n        x = (x * 31 + i) % 1000003\n    return x\n"
SKETCH = "double(1) == 2\ndouble(4) == 8\ndouble(7) == 14"


def pairs(path: Path) -> dict[str, str]:
    """A right answer that takes a share of the limit, over three cases; ids to the status due."""
    rounds_per_s = _rounds_per_s()
    rows = {}
    for share in SHARES:
        each = share * CPU_S / 3
        rows[f"alone-{share}"] = f"{BURN}\n\ndef double(x):\n    burn({each})\n    return 2 * x\n"
        rows[f"thread-{share}"] = (
            f"import threading\n{BURN}\n\ndef double(x):\n    t = threading.Thread(target=burn, "
            f"args=({each}, time.thread_time))\n    t.start()\n    t.join()\n    return 2 * x\n"
        )
    for share in FIXED_SHARES:
        rounds = int(share * CPU_S / 3 * rounds_per_s)
        rows[f"work-{share}"] = f"{FIXED}\n\ndef double(x):\n    work({rounds})\n    return 2 * x\n"
    with path.open("w") as file:
        for name, code in rows.items():
            row = {"id": name, "language": "python", "code": code, "test_sketch": SKETCH,
                   "instruction": "Write `double` that returns twice its argument."}  # fmt: skip
            file.write(json.dumps(row) + "\n")
    return {n: "accepted" if float(n.partition("-")[2]) < 1 else "rejected" for n in rows}


def _rounds_per_s() -> float:
    """How fast this machine does the fixed work, from the best of many tries."""
    space: dict[str, Any] = {}
    exec(FIXED, space)
    took = []
    for _ in range(40):
        begun = time.process_time()
        space["work"](50_000)
        took.append(time.process_time() - begun)
    return 50_000 / min(took)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("backend", "loads"),
    [("embedded", ((0, 1), (BUSY_LOOPS, 16))), ("docker", ((BUSY_LOOPS, 16),))],
    indirect=["backend"],
)
def test_a_verdict_near_the_limit_is_the_same_at_any_load(
    backend: str, loads: tuple[tuple[int, int], ...], tmp_path: Path
) -> None:
    """The whole journey, with its repeated calls and wrong answers, agrees with the first run."""
    expected = pairs(tmp_path / "pairs.jsonl")
    limits = {**load_settings().limits.model_dump(), "cpu_s": CPU_S, "wall_s": 2 * CPU_S}
    for loops, jobs_ in loads:
        run = tmp_path / f"run-{loops}-{jobs_}"
        with busy_loops(loops):
            # The shares are of this machine's seconds, however slow it is.
            settings = load_settings(sandbox=backend, jobs=jobs_, limits=limits, calibration="off")
            api.verify(tmp_path / "pairs.jsonl", out=run, settings=settings)
        found = {v.pair_id: v for v in api.load_run(run).verdicts()}
        said = {n: (v.status.value, v.reasons, v.detail) for n, v in found.items()}
        assert {n: v.status.value for n, v in found.items()} == expected, said
        late = {tuple(v.reasons) for v in found.values() if v.status.value == "rejected"}
        assert late == {(Reason.TIMEOUT,)}, said
