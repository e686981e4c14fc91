"""The embedded backend's own promises: what it leaves behind, what it does when it is hurt."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox_places import FAST, ROOT, as_root, as_user, job, profiles, shown

from sandboxes import available, create
from sandboxes.base import Job, Limits, Process, Profile, SandboxUnavailable, Status
from sandboxes.embedded import Embedded
from tests.waiting import comes


@pytest.fixture
def sandbox(public: Path) -> Iterator[Embedded]:
    """One slot at a time, as whoever runs the tests."""
    made = Embedded(profiles(public), slots=1)
    yield made
    made.close()


def processes_of(pid: int) -> list[int]:
    """A process and all its descendants."""
    found, todo = [], [pid]
    while todo:
        pid = todo.pop()
        found.append(pid)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
    return found


def slot_processes(owner: int) -> list[int]:
    return [pid for pid in processes_of(owner) if b"sandboxes.launch" in command_line(pid)]


def command_line(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if b"sandboxes.launch" in command_line(pid)]


def groups_of(pids: list[int]) -> list[Path]:
    """Control group folders whose owner is one of `pids`."""
    found: list[Path] = []
    for folder, folders, _ in os.walk("/sys/fs/cgroup"):
        for name in folders:
            if name.startswith("pairproof-") and int(name.split("-")[2]) in pids:
                found.append(Path(folder, name))
    return found


def gone(pids: list[int], within_s: float = 60.0) -> bool:
    return comes(lambda: not (alive(pids) or groups_of(pids)), within_s)


def test_close_leaves_nothing(public: Path) -> None:
    """After close() no process, group or mount of any slot exists."""
    others = set(slot_processes(os.getpid()))
    made = Embedded(profiles(public), slots=2)
    mounts = Path("/proc/self/mountinfo").read_text()
    for seed in (0, 1):
        made.run(job("", hash_seed=seed))
    pids = [pid for pid in slot_processes(os.getpid()) if pid not in others]
    assert len(pids) >= 4
    made.close()
    made.close()
    assert not alive(pids) and not groups_of(pids)
    assert Path("/proc/self/mountinfo").read_text() == mounts
    with pytest.raises(SandboxUnavailable):
        made.run(job(""))


def test_close_ends_busy_slots(public: Path) -> None:
    """close() does not wait for a job that sleeps: the job's caller learns that it is lost."""
    made = Embedded(profiles(public), slots=1)
    made.run(job(""))
    caught: list[BaseException] = []

    def sleeper() -> None:
        try:
            made.run(job("time.sleep(60)", limits=Limits(wall_s=60)))
        except SandboxUnavailable as error:
            caught.append(error)

    thread = threading.Thread(target=sleeper)
    thread.start()
    time.sleep(0.2)
    begun = time.monotonic()
    made.close()
    thread.join(60)
    assert time.monotonic() - begun < 30 and len(caught) == 1


HOST = """
import sys, threading, time
from sandboxes.base import Job, Limits, Process, Profile
from sandboxes.embedded import Embedded
made = Embedded({"bare": Profile(guest=sys.argv[1])}, slots=2)
made.run(Job(processes=(Process(argv=("/bin/true",)),)))
busy = Job(processes=(Process(argv=("/bin/sleep", "60")),), limits=Limits(wall_s=60))
threading.Thread(target=made.run, args=(busy,)).start()
threading.Thread(target=made.run, args=(busy,)).start()
print("ready", flush=True)
time.sleep(300)
"""


@pytest.mark.parametrize("victim", ["host", "launchers"])
def test_sudden_death_leaves_nothing(public: Path, victim: str) -> None:
    """kill -9 of the host, or of the launchers, ends every process of busy slots.

    Groups of killed launchers are swept by the next slot.
    """
    host = subprocess.Popen(
        [sys.executable, "-c", HOST, str(public / "guest")], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert host.stdout is not None
    try:
        assert host.stdout.readline() == b"ready\n"
        assert comes(lambda: len(asleep(host.pid)) >= 2)
        sleepers = asleep(host.pid)
        pids = slot_processes(host.pid)
        assert len(pids) >= 4 and len(sleepers) == 2
        if victim == "host":
            host.kill()
        else:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    if os.getsid(pid) == pid and "NSpid:\t1\n" not in status(pid):
                        os.kill(pid, signal.SIGKILL)
    finally:
        host.kill()
        host.wait()
        host.stdout.close()
    if victim == "launchers":
        again = Embedded({"bare": Profile(guest=str(public / "guest"))}, slots=1)
        time.sleep(0.3)
        again.facts()
        again.close()
    assert gone(pids)
    assert not any(command_line(pid).startswith(b"/bin/sleep") for pid in sleepers)


def asleep(host: int) -> list[int]:
    return [p for p in processes_of(host) if command_line(p) == b"/bin/sleep\x0060\x00"]


def status(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text()


def first_of_slot(owner: int) -> int:
    """The host's number of the PID 1 of the only slot."""
    for pid in slot_processes(owner):
        numbers = next(x for x in status(pid).splitlines() if x.startswith("NSpid")).split()[1:]
        if numbers[-1] == "1" and len(numbers) > 1:
            return pid
    raise AssertionError("no slot")


def test_slot_that_dies_is_replaced_once(sandbox: Embedded) -> None:
    """A slot killed under a job costs a retry, not a verdict."""
    sandbox.run(job(""))
    thread = threading.Timer(0.3, lambda: os.kill(first_of_slot(os.getpid()), signal.SIGKILL))
    thread.start()
    done = sandbox.run(job("time.sleep(0.7); os.write(report, b'done')"))
    thread.join()
    assert (done.status, done.report) == (Status.OK, b"done")


def test_slot_that_dies_twice_is_our_fault(sandbox: Embedded) -> None:
    """Two slots lost under one job, without a word of the kernel, judge nobody."""
    sandbox.run(job(""))
    stop = threading.Event()

    def kill() -> None:
        while not stop.wait(0.2):
            with contextlib.suppress(AssertionError, OSError, StopIteration):
                os.kill(first_of_slot(os.getpid()), signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        with pytest.raises(SandboxUnavailable) as caught:
            sandbox.run(job("time.sleep(3)"))
    finally:
        stop.set()
        thread.join()
    assert caught.value.hint


def test_terminal_interrupt_does_not_reach_slots(sandbox: Embedded) -> None:
    """SIGINT to every process of a slot, as a terminal would send it, changes nothing."""
    sandbox.run(job(""))
    before = slot_processes(os.getpid())
    os.kill(first_of_slot(os.getpid()), signal.SIGINT)
    assert all(os.getpgid(pid) != os.getpgid(0) for pid in before)
    assert sandbox.run(job("")).status is Status.OK
    assert slot_processes(os.getpid()) == before


def test_wall_time_is_net_of_waiting_for_a_processor(public: Path) -> None:
    """A job that is ready but not scheduled does not use up its wall time."""
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})
    burners = []
    try:
        made = Embedded(profiles(public), slots=1)
        made.run(job(""))
        burners = [
            # A session each: the scheduler shares between sessions first.
            subprocess.Popen(
                [sys.executable, "-S", "-c", "while True: pass"], start_new_session=True
            )
            for _ in range(4)
        ]
        code = "t = time.process_time()\nwhile time.process_time() - t < 0.4: pass"
        limits = dataclasses.replace(FAST, wall_s=0.8)
        begun = time.monotonic()
        done = made.run(job(code, limits=limits))
        raw_s = time.monotonic() - begun
        made.close()
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
        os.sched_setaffinity(0, processors)
    assert raw_s > 0.8, "the machine was not busy enough to prove anything"
    assert done.status is Status.OK and done.wall_s < 0.8, shown(done)


def test_killed_for_memory_whatever_the_exit_code(public: Path) -> None:
    """A grandchild that the kernel kills for memory makes the job `memory` even when it exits 0."""
    made = as_root(public, slots=1)
    code = """
pid = os.fork()
if pid == 0:
    b = bytearray(b'x') * (300 << 20); os._exit(0)
os.waitpid(pid, 0)
"""
    done = made.run(job(code))
    made.close()
    assert (done.status, done.exit_code) == (Status.MEMORY, 0), shown(done)
    assert done.oom_kills >= 1


def test_files_are_memory_too(public: Path) -> None:
    """Where the disk is larger than the memory, filling it is `memory`, even if it costs slots."""
    made = as_root(public, slots=1)
    fill = Process(argv=("/bin/sh", "-c", "cat /dev/zero > /job/f; exit 0"))
    limits = dataclasses.replace(FAST, memory_mb=48, disk_mb=400, file_mb=400)
    done = made.run(Job(processes=(fill,), limits=limits))
    after = made.run(job("os.write(report, b'fine')"))
    made.close()
    assert done.status is Status.MEMORY and done.oom_kills >= 1, shown(done)
    assert after.report == b"fine"


def test_python_of_a_program_is_the_slots_own(sandbox: Embedded) -> None:
    """`python3` in a job is the interpreter that the facts name, with the job's hash seed."""
    code = "import platform; print(platform.python_version(), hash('pairproof'))"
    program = Process(argv=("python3", "-c", code))
    done = sandbox.run(Job(processes=(program,), hash_seed=3, limits=FAST))
    forked = sandbox.run(job("print(hash('pairproof'))", hash_seed=3))
    version, digest = done.stdout.text.split()
    assert version == sandbox.facts().toolchain["python"]
    assert digest == forked.stdout.text.strip()


def test_each_process_has_a_user_of_its_own(public: Path) -> None:
    """As root, no two processes of any jobs in a slot share a user id."""
    made = as_root(public, slots=1)
    tell = "os.write(report, str(os.getuid()).encode())"
    seen = {made.run(job(tell)).report for _ in range(4)}
    made.close()
    assert len(seen) == 4 and all(int(uid) >= 1000 for uid in seen)


def test_distributions_and_nothing_else(public: Path) -> None:
    """A profile's packages with their closure can be imported, their neighbours cannot."""
    made = Embedded(
        {
            "pytest": Profile(
                guest=str(public / "guest"), preload=("guest", "pytest"), distributions=("pytest",)
            )
        },
        slots=1,
    )
    code = """
import importlib.metadata as m, pytest, pluggy
found = []
for name in ('pydantic', 'rich', 'ruff', 'pip', 'harness'):
    try: __import__(name); found.append(name)
    except ImportError: pass
tell([m.version('pytest') == pytest.__version__, found, pytest.__file__.startswith('/site/')])
"""
    done = made.run(job(code, profile="pytest"))
    facts = made.facts()
    made.close()
    assert json.loads(done.report or b"0") == [True, [], True], shown(done)
    assert facts.toolchain["pytest"] == pytest.__version__ and "pluggy" in facts.toolchain


def test_missing_distribution_says_what_to_install(public: Path) -> None:
    """A profile that cannot be had is our fault, with the command that mends it."""
    made = Embedded(
        {"bare": Profile(guest=str(public / "guest"), distributions=("no-such-dist",))}, slots=1
    )
    with pytest.raises(SandboxUnavailable) as caught:
        made.run(job(""))
    made.close()
    assert caught.value.hint == "pip install no-such-dist"


def test_guest_that_cannot_be_loaded_is_our_fault(sandbox: Embedded) -> None:
    """An entry that does not exist never becomes the candidate's failure."""
    with pytest.raises(SandboxUnavailable, match="nowhere"):
        sandbox.run(Job(processes=(Process(entry="nowhere:main"),)))


def test_exit_code_of_our_faults_is_free_for_candidates(sandbox: Embedded) -> None:
    """A candidate cannot pass its failure off as ours by choosing an exit code."""
    done = sandbox.run(job("os._exit(121)"))
    assert (done.status, done.exit_code) == (Status.NONZERO, 121)


def test_traceback_begins_at_the_guest(sandbox: Embedded) -> None:
    """What a crash prints names no file of ours."""
    printed = sandbox.run(job("1 / 0")).stderr.text
    assert "ZeroDivisionError" in printed and "child.py" not in printed


def test_many_threads_share_one_slot(sandbox: Embedded) -> None:
    """Calls from eight threads on one slot all get their own answer."""
    answers: dict[int, bytes] = {}

    def one(number: int) -> None:
        code = f"os.write(report, b'{number}')"
        answers[number] = sandbox.run(job(code)).report

    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: str(n).encode() for n in range(8)}


def test_nobody_starves(sandbox: Embedded) -> None:
    """With more threads than slots each gets its turn: none runs twice while another waits."""
    order: list[int] = []

    def one(number: int) -> None:
        for _ in range(10):
            sandbox.run(job("time.sleep(0.005)"))
            order.append(number)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    middle = order[6:24]
    assert max(middle.count(number) for number in range(3)) <= 8


def test_slots_are_recycled_by_age(sandbox: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its number of jobs a slot is replaced, and the digest of the image stays."""
    monkeypatch.setattr("sandboxes.slots._JOBS_PER_SLOT", 3)
    tell = job("os.write(report, str(os.getpid()).encode())")
    numbers = [int(sandbox.run(tell).report) for _ in range(6)]
    assert numbers[:3] == numbers[3:]


def test_image_digest_follows_the_guest_code(public: Path, tmp_path: Path) -> None:
    """The digest is the same for the same bytes, and another for other guest code."""
    digests = []
    for text in ("x = 1", "x = 1", "x = 2"):
        (tmp_path / "guest.py").write_text(text)
        made = Embedded({"bare": Profile(guest=str(tmp_path))}, slots=1)
        digests.append(made.facts().image)
        made.close()
    assert digests[0] == digests[1] != digests[2]


def test_probe_tries(public: Path) -> None:
    """The probe says what holds each limit after looking from inside."""
    found = Embedded.probe()
    assert found.available, f"{found.reason}; {found.remedy}"
    assert found.enforced["network"].startswith("network namespace")


def test_probe_of_a_user_names_what_is_weaker(public: Path) -> None:
    """Without root the single user id is named among the weaker points."""
    remote = as_user(public)
    found = remote.probe()
    remote.close()
    assert found.available, f"{found.reason}; {found.remedy}"
    assert any("user id" in point for point in found.missing)


WITHOUT_NAMESPACES = """
import resource, sys
from sandboxes import seccomp, linux
seccomp.install(seccomp.assemble(linux.machine(), memfd=True))
from sandboxes.embedded import Embedded
found = Embedded.probe()
print(found.available, "|", found.reason, "|", found.remedy)
"""


def test_probe_refuses_where_namespaces_are_forbidden() -> None:
    """Where unshare is not permitted the answer is no, with the step and what to type."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NAMESPACES],
        capture_output=True, text=True, cwd=ROOT, timeout=300, check=True,
    )  # fmt: skip
    available_, reason, remedy = done.stdout.split("|")
    assert available_.strip() == "False"
    assert "leave the" in reason and "user namespaces" in remedy


def test_registry_names_what_exists(public: Path) -> None:
    """A backend is found by being there, and an unknown name lists those that are."""
    assert available()["embedded"] is Embedded
    made = create("embedded", profiles(public), slots=1)
    made.close()
    with pytest.raises(SandboxUnavailable) as caught:
        create("nonsense", {})
    assert "embedded" in caught.value.hint


def test_the_client_survives_nonsense_from_a_slot(sandbox: Embedded, public: Path) -> None:
    """A job whose names or numbers cannot be sent is refused before any slot sees it."""
    broken: Any = Job(processes=(Process(entry="guest:main", payload={"x": object()}),))
    with pytest.raises((TypeError, ValueError)):
        sandbox.run(broken)
    assert sandbox.run(job("")).status is Status.OK
