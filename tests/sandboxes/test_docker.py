"""What only containers can do wrong: leftovers, a lost engine, images that cannot be trusted."""

from __future__ import annotations

import contextlib
import gc
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
from engine_places import private_engine
from sandbox_places import FAST, ROOT, as_docker, job, profiles, shown

from sandboxes import container, engine, images, owners, selftest
from sandboxes.attached import Attached, Demultiplexer
from sandboxes.base import Job, Limits, Process, SandboxUnavailable, Status
from sandboxes.container import Size
from sandboxes.docker import Docker
from sandboxes.slots import Slot
from tests.waiting import comes


@pytest.fixture
def docker(public: Path) -> Iterator[Docker]:
    """A sandbox of the engine with one slot."""
    made = as_docker(public, "uid", slots=1)
    yield made
    made.close()


OTHERS: set[str] = set()
"""Containers that were there before a test: those of sandboxes that live as long as the session."""


@pytest.fixture(autouse=True)
def _others() -> None:
    OTHERS.clear()
    with contextlib.suppress(SandboxUnavailable):
        OTHERS.update(found.id for found in ours())


def ours(owner: str = "") -> list[Any]:
    """What `owner`, by default this process, has made since the test began and that still exists."""
    client = engine.client()
    try:
        label = f"{container.LABEL}={owner or owners.identity()}"
        found = client.containers.list(all=True, filters={"label": label}, ignore_removed=True)
        return [made for made in found if made.id not in OTHERS]
    finally:
        client.close()


TELL = job("os.write(report, b'done')")


# What the engine is asked for


def test_a_slot_is_locked_down(docker: Docker) -> None:
    """Seen from the engine: no network, no privilege, a read-only root, a bound for everything."""
    docker.run(TELL)
    (made,) = ours()
    host = made.attrs["HostConfig"]
    assert host["NetworkMode"] == "none" and host["ReadonlyRootfs"] and not host["Privileged"]
    assert host["CapDrop"] == ["ALL"]
    assert sorted(c.removeprefix("CAP_") for c in host["CapAdd"]) == ["KILL", "SETGID", "SETUID"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert host["IpcMode"] == "none" and host["LogConfig"]["Type"] == "none"
    assert not host["Binds"] and not made.attrs["Mounts"]
    assert 128 << 20 <= host["Memory"] < 200 << 20 and host["MemorySwap"] == host["Memory"]
    assert host["PidsLimit"] == 33
    for place in ("/job", "/tmp", "/dev/shm", "/guest"):
        assert "size=" in host["Tmpfs"][place] and "nr_inodes=" in host["Tmpfs"][place]


def test_the_verdicts_place_is_named_by_digest(docker: Docker) -> None:
    """Facts name the image by the engine's digest, which is the one in the lock."""
    facts = docker.facts()
    assert facts.image == images.locked("python").id
    docker.run(TELL)
    assert {c.image.id for c in ours()} == {facts.image}


def test_unknown_tiers_are_refused() -> None:
    """A tier that there is not is an error that names those that there are."""
    with pytest.raises(SandboxUnavailable) as caught:
        Docker({}, tier="none")
    assert "uidns" in caught.value.hint


# Self-test


class Opened(Docker):
    """A backend that forgets a bound: what a wrong flag or a broken engine would come to."""

    forget: dict[str, Any]

    def _made(self, *args: Any, **named: Any) -> Slot:
        kept = container.config

        def config(*given: Any, **more: Any) -> dict[str, Any]:
            body = kept(*given, **more)
            body["HostConfig"].update(self.forget)
            return body

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sandboxes.container.config", config)
            if "Memory" in self.forget:
                patch.setattr(Attached, "limit_memory", lambda *_: None)
            return super()._made(*args, **named)


@pytest.mark.parametrize(
    ("forget", "named"),
    [
        ({"Memory": 0, "MemorySwap": 0}, "hog of memory"),
        ({"ReadonlyRootfs": False}, "can be written"),
        ({"CapAdd": ["KILL", "SETGID", "SETUID", "NET_ADMIN"]}, "capabilities"),
        ({"SecurityOpt": []}, ""),
    ],
    ids=["memory", "root", "capability", "nothing"],
)  # fmt: skip
def test_an_image_that_fails_its_self_test_serves_nobody(
    public: Path, forget: dict[str, Any], named: str
) -> None:
    """A bound that is not there is seen before the first job; without cause nothing is refused.

    New privileges are forbidden twice: by the engine and by the supervisor itself.
    """
    as_docker(public, "uid").close()
    made = Opened(profiles(public), slots=1)
    made.forget = forget
    try:
        if not named:
            assert made.run(TELL).status is Status.OK
            return
        with pytest.raises(SandboxUnavailable, match=named):
            made.run(TELL)
        assert ours() == []
    finally:
        made.close()


def test_every_trial_of_the_self_test_can_fail() -> None:
    """No trial is content with an outcome of another kind than its own."""
    from sandboxes.base import Outcome

    for trial in selftest.TRIALS:
        outcomes = [Outcome(status=status, report=b"forged") for status in Status]
        assert sum(map(trial.holds, outcomes)) <= 1, trial.name


# Leftovers


def test_close_leaves_no_container(public: Path) -> None:
    """After close() the engine holds none of ours, busy ones included."""
    made = as_docker(public, "uid")
    made.run(TELL)
    thread = threading.Thread(
        target=lambda: (
            contextlib.suppress(SandboxUnavailable).__enter__()
            or _quietly(made, job("time.sleep(60)", limits=Limits(wall_s=60)))
        )
    )
    thread.start()
    assert comes(lambda: len(ours()) >= 2)
    made.close()
    thread.join(120)
    assert not thread.is_alive() and ours() == []


def _quietly(made: Docker, what: Job) -> None:
    with contextlib.suppress(SandboxUnavailable):
        made.run(what)


HOST = """
import sys, threading, time
from sandboxes import owners
from sandboxes.base import Job, Limits, Process, Profile
from sandboxes.docker import Docker
made = Docker({"bare": Profile(guest=sys.argv[1])}, slots=1)
made.run(Job(processes=(Process(argv=("/bin/true",)),)))
busy = Job(processes=(Process(argv=("/bin/sleep", "60")),), limits=Limits(wall_s=60))
threading.Thread(target=made.run, args=(busy,), daemon=True).start()
time.sleep(1)
print(owners.identity(), flush=True)
time.sleep(60)
"""


def test_leftovers_of_a_killed_process_are_swept(public: Path) -> None:
    """kill -9 ends the containers by themselves; the next start removes them, and only them."""
    as_docker(public, "uid").close()
    victim, other = (
        subprocess.Popen(
            [sys.executable, "-c", HOST, str(public / "guest")], stdout=subprocess.PIPE, cwd=ROOT
        )
        for _ in range(2)
    )
    try:
        assert victim.stdout is not None and other.stdout is not None
        dead = victim.stdout.readline().decode().strip()
        alive = other.stdout.readline().decode().strip()
        assert ours(dead) and ours(alive)
        victim.kill()
        victim.wait()
        ended = comes(lambda: all(c.status != "running" for c in ours(dead)))
        assert ended, "a container outlives its client"
        made = as_docker(public, "uid")
        made.run(TELL)
        assert ours(dead) == []
        assert [c.status for c in ours(alive)] == ["running"] * len(ours(alive)) != []
        made.close()
    finally:
        for process in (victim, other):
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
    made = as_docker(public, "uid")
    made.run(TELL)
    made.close()
    assert ours(alive) == []


# Faults


def test_a_container_removed_by_hand_costs_a_retry(docker: Docker) -> None:
    """A slot that somebody removes under a job is replaced, and the job runs again."""
    docker.run(TELL)

    def remove() -> None:
        time.sleep(0.3)
        for found in ours():
            found.remove(force=True, v=True)

    thread = threading.Thread(target=remove)
    thread.start()
    done = docker.run(job("time.sleep(1); os.write(report, b'done')"))
    thread.join()
    assert (done.status, done.report) == (Status.OK, b"done")


def test_a_frozen_container_is_our_fault(docker: Docker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slot that answers nothing is given up after a while; its job judges nobody."""
    docker.run(TELL)
    stop = threading.Event()

    def freeze() -> None:
        while not stop.wait(0.2):
            for found in ours():
                with contextlib.suppress(Exception):
                    found.pause()

    thread = threading.Thread(target=freeze)
    thread.start()
    limits = Limits(wall_s=1, memory_mb=128, pids=32, disk_mb=16, inodes=512)
    try:
        with monkeypatch.context() as hasty, pytest.raises(SandboxUnavailable):
            hasty.setattr("sandboxes.slots._START_WITHIN_S", 5.0)
            hasty.setattr("sandboxes.slots._GRACE_S", 1.0)
            hasty.setattr("sandboxes.meter.patience_s", lambda wall_s: 6 * wall_s)
            hasty.setattr("sandboxes.attached._STOP_WITHIN_S", 1)
            docker.run(job("time.sleep(0.8)", limits=limits))
    finally:
        stop.set()
        thread.join()
    assert docker.run(TELL).report == b"done"


def test_memory_beyond_the_slots_own_is_the_jobs_fault(docker: Docker) -> None:
    """The kernel's word in the container's group makes a job `memory`, whatever its exit code."""
    code = "pid = os.fork()\nif pid == 0: b = bytearray(b'x') * (300 << 20)\nos.waitpid(pid, 0)"
    done = docker.run(job(code))
    assert done.status is Status.MEMORY and done.oom_kills >= 1, shown(done)


def test_no_engine_says_what_to_type(
    public: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without an engine the answer comes at once, with the line that starts one."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    made = Docker(profiles(public), slots=1)
    begun = time.monotonic()
    with pytest.raises(SandboxUnavailable, match="no Docker engine answers") as caught:
        made.run(TELL)
    made.close()
    assert time.monotonic() - begun < 30 and "DOCKER_HOST" in caught.value.hint


def test_a_missing_image_says_what_to_type(
    public: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An image that was not built is never pulled or replaced: its name and the command are told."""
    as_docker(public, "uid").close()
    from sandboxes.image_lock import lock_path

    text = lock_path().read_text()
    digest = images.locked("python").id
    lock = tmp_path / "lock.toml"
    lock.write_text(
        text.replace(digest, "sha256:" + "0" * 64).replace('layer = "sha256:', 'layer = "sha256:0')
    )
    monkeypatch.setenv("PAIRPROOF_IMAGES_LOCK", str(lock))
    made = Docker(profiles(public), slots=1)
    with pytest.raises(SandboxUnavailable) as caught:
        made.run(TELL)
    made.close()
    assert "pairproof images build python" in caught.value.hint


@pytest.fixture
def collected() -> Iterator[None]:
    """After the test, when nothing holds its objects: a warning comes where it is expected."""
    yield
    gc.collect()


# The engine's SDK leaves its sockets to the garbage collector where an engine hangs up.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_an_engine_that_restarts_loses_nothing(public: Path, number: signal.Signals) -> None:
    """Jobs in flight while the engine restarts are run again, or say that the fault is ours."""
    with private_engine() as private:
        made = Docker(profiles(public), slots=2)
        assert made.run(TELL).report == b"done"
        answers: list[bytes] = []
        faults: list[str] = []
        stop = threading.Event()

        def work() -> None:
            while not stop.is_set():
                try:
                    done = made.run(job("time.sleep(0.05); os.write(report, b'done')"))
                    answers.append(
                        done.report if done.status is Status.OK else done.status.encode()
                    )
                except SandboxUnavailable as error:
                    faults.append(str(error))

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        private.stop(number)
        time.sleep(1)
        private.start()
        before = len(answers)
        again = comes(lambda: len(answers) >= before + 20)
        stop.set()
        for thread in threads:
            thread.join(60)
        made.close()
        assert again, faults
        assert set(answers) == {b"done"}
        assert ours() == []


# The wire


def test_the_engines_frames_are_taken_apart_however_they_are_cut() -> None:
    """Stdout arrives whole and stderr is kept aside, at every possible cut of the stream."""
    import socket

    stream = b"".join(
        bytes([kind, 0, 0, 0]) + len(text).to_bytes(4, "big") + text
        for kind, text in ((1, b"one"), (2, b"words"), (1, b""), (1, b"two" * 9), (2, b"!"))
    )
    for cut in range(1, len(stream)):
        ours_, theirs = socket.socketpair()
        with ours_, theirs:
            mux = Demultiplexer(ours_)
            got = b""
            for part in (stream[:cut], stream[cut:]):
                theirs.sendall(part)
                got += mux.take(0, 65536) or b""
            assert (got, mux.words) == (b"one" + b"two" * 9, b"words!")
            theirs.close()
            assert mux.take(0, 10) == b""


def test_sizes_get_slots_of_their_own(docker: Docker) -> None:
    """An engine fixes a container's bounds: a job of another size never runs in a wrong one."""
    code = "v = os.statvfs('/job'); os.write(report, str(v.f_blocks * v.f_frsize >> 20).encode())"
    small = Limits(memory_mb=64, pids=8, disk_mb=5, inodes=100)
    assert docker.run(job(code, limits=small)).report == b"5"
    assert docker.run(job(code)).report == b"16"
    assert {c.attrs["HostConfig"]["PidsLimit"] for c in ours()} == {9, 33}
    assert Size(64, 8, 5, 100) != Size(128, 32, 16, 512) and FAST.pids == 32


def test_a_successor_waits_before_its_predecessor_retires(
    docker: Docker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Near the end of its life a slot's successor is started: no job waits for a new container."""
    monkeypatch.setattr("sandboxes.slots._JOBS_PER_SLOT", 10)
    for _ in range(9):
        docker.run(TELL)
    started = comes(lambda: len([c for c in ours() if c.status == "running"]) >= 2)
    assert started, "no successor was started"
    before = {c.id for c in ours()}
    for _ in range(3):
        assert docker.run(TELL).report == b"done"
    assert {c.id for c in ours()} < before


def test_a_slot_has_one_successor(docker: Docker, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many jobs a tired slot still runs while its successor waits."""
    monkeypatch.setattr("sandboxes.slots._JOBS_PER_SLOT", 40)
    started: list[Any] = []
    start = docker._pool._start
    monkeypatch.setattr(docker._pool, "_start", lambda key: (started.append(key), start(key))[1])
    for _ in range(36):
        docker.run(TELL)
    assert comes(lambda: len(docker._pool._idle) == 2), "no successor was started"
    for _ in range(3):
        docker.run(TELL)
        assert comes(lambda: not docker._pool._starting)
    assert len(started) == 2


def test_process_of_a_slot_belongs_to_the_container(docker: Docker) -> None:
    """The supervisor is PID 1 of the container, and no process of ours beside it waits outside."""
    done = docker.run(Job(processes=(Process(argv=("/bin/cat", "/proc/1/cmdline")),), limits=FAST))
    assert done.stdout.text.startswith("python3\0")
    assert os.getpid() not in [int(p[1]) for p in ours()[0].top()["Processes"]]
