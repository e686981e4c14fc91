"""The parts of a slot by themselves: filter, frames, memory, pipes, wiping, groups, packages."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import struct
import threading
import time
from pathlib import Path

import pytest

from sandboxes import cgroups, container, linux, meter, seccomp, toolchain, watch, wipe, wire
from sandboxes.arena import Arena, reply
from sandboxes.base import Profile, SandboxUnavailable
from sandboxes.capture import KEPT_BYTES, Capture, Report
from sandboxes.slots import check_names

# The filter, also for the machine that this one is not

ALLOW, KILL, EPERM, ENOSYS, EAFNOSUPPORT = 0x7FFF0000, 0x80000000, 0x50001, 0x50026, 0x50061
ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def decide(program: bytes, arch: int, number: int, *arguments: int) -> int:
    """What the kernel would do: an interpreter of the few instructions that we use."""
    padded = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("<IIQ6Q", number, arch, 0, *padded)
    at = accumulator = 0
    while True:
        code, jump_true, jump_false, value = struct.unpack_from("<HBBI", program, 8 * at)
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x06:
            return value
        else:
            holds = {
                0x15: accumulator == value,
                0x35: accumulator >= value,
                0x45: bool(accumulator & value),
            }[code]
            at += jump_true if holds else jump_false


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_filter_decisions(machine: str) -> None:
    """On both machines: a foreign ABI dies, arguments decide, ordinary calls pass."""
    program = seccomp.assemble(machine, memfd=False)
    numbers = seccomp._NUMBERS[machine]

    def call(name: str, *arguments: int) -> int:
        return decide(program, ARCH[machine], numbers[name], *arguments)

    assert decide(program, 0x40000003, 20) == KILL  # 32-bit x86
    assert decide(program, ARCH[machine], 0x40000000 + 20) == EPERM
    assert decide(program, ARCH[machine], 63) == ALLOW
    assert call("clone3") == ENOSYS
    assert call("clone", 17) == ALLOW
    assert call("clone", linux.CLONE_NEWUSER | 17) == EPERM
    assert call("socket", 1, 1) == ALLOW
    assert [call("socket", family) for family in (2, 10, 16, 17, 40)] == [EAFNOSUPPORT] * 5
    assert call("kill", 2, 9) == ALLOW and call("kill", 1, 9) == EPERM
    assert call("prlimit64", 0) == ALLOW and call("prlimit64", 7) == EPERM
    assert call("setpriority", 0, 0) == ALLOW
    assert call("setpriority", 2, 0) == EPERM and call("setpriority", 0, 1) == EPERM
    assert call("mount", 0, 0, 0, seccomp.REMOUNT_FLAGS) == ALLOW
    assert call("mount", 0, 0, 0, linux.MS_BIND) == EPERM
    for name in seccomp.DENIED:
        if name in numbers:
            assert call(name, 0, 0, 0, 0) == EPERM, name
    assert call("memfd_create") == EPERM
    bounded = seccomp.assemble(machine, memfd=True)
    assert decide(bounded, ARCH[machine], numbers["memfd_create"]) == ALLOW


# Frames


def test_frames_survive_any_cutting() -> None:
    """A frame that arrives byte by byte, with empty and large blobs, is read as it was sent."""
    frame = wire.pack({"a": "ü"}, [b"", b"x" * 3, bytes(200_000)])
    reader, writer = os.pipe()

    def drip() -> None:
        for size in [*[1] * 50, len(frame)]:
            nonlocal_frame[:] = [nonlocal_frame[0][os.write(writer, nonlocal_frame[0][:size]) :]]
        wire.send(writer, nonlocal_frame[0])
        os.close(writer)

    nonlocal_frame = [frame]
    thread = threading.Thread(target=drip)
    thread.start()
    source = wire.Reader(reader)
    got = source.frame(10)
    assert got is not None
    assert got[0]["a"] == "ü" and got[1] == [b"", b"x" * 3, bytes(200_000)]
    assert source.frame(10) is None
    thread.join()
    os.close(reader)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x00",
        b"\x7f\xff\xff\xffx",
        b"\x00\x00\x00\x02{}",
        b"\x00\x00\x00\x02[}",
        b"\x00\x00\x00\x03nul",
        wire.pack({}, [b"abc"])[:-1],
        struct.pack("!I", 17) + b'{"blobs": [-123]}',
        struct.pack("!I", 25) + b'{"blobs": [999999999999]}',
    ],
)
def test_nonsense_is_a_wire_error(sent: bytes) -> None:
    """Whatever bytes a lost supervisor sends, the client raises nothing but WireError."""
    reader, writer = os.pipe()
    os.write(writer, sent)
    os.close(writer)
    with pytest.raises(wire.WireError):
        wire.Reader(reader).frame(2)
    os.close(reader)


@pytest.mark.parametrize(
    ("passed_s", "waited_s", "reason"),
    [(6, 2.9, "wall"), (6, 3, ""), (299, 150, ""), (301, 150, "wall"), (301, 151, "starved")],
)
def test_who_waits_for_a_core_is_waited_for(passed_s: float, waited_s: float, reason: str) -> None:
    """Behind its wall time of 1 s, what slept is late; what waited is unknown after minutes only."""
    assert watch._late(passed_s, waited_s, 1.0) == reason
    assert meter.patience_s(10) == 400


def test_silence_is_a_wire_error() -> None:
    """A supervisor that does not answer is given up at the deadline."""
    reader, writer = os.pipe()
    begun = time.monotonic()
    with pytest.raises(wire.WireError, match="in time"):
        wire.Reader(reader).frame(0.1)
    assert time.monotonic() - begun < 20
    os.close(reader)
    os.close(writer)


# Memory that children do not get


def test_arena_is_not_inherited() -> None:
    """A child that touches the region dies of SIGSEGV: it is not there."""
    arena = Arena()
    view = arena.take(10)
    view[:] = b"0123456789"
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        bytes(view)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGSEGV
    assert bytes(view) == b"0123456789"


def test_arena_reads_and_answers_frames() -> None:
    """The supervisor's side of the wire is the client's, blob by blob."""
    down, up = os.pipe(), os.pipe()
    blobs = [b"", b"x" * 100, os.urandom(300_000)]
    thread = threading.Thread(target=wire.send, args=(down[1], wire.pack({"n": 1}, blobs)))
    thread.start()
    arena = Arena()
    frame = arena.receive(down[0])
    thread.join()
    assert frame is not None and frame[0]["n"] == 1
    assert [bytes(blob) for blob in frame[1]] == blobs
    thread = threading.Thread(target=reply, args=(up[1], {"m": 2}, frame[1]))
    thread.start()
    answer = wire.Reader(up[0]).frame(10)
    thread.join()
    assert answer is not None and answer[0]["m"] == 2 and answer[1] == blobs
    for fd in (*down, *up):
        os.close(fd)


@pytest.mark.parametrize("size", [0, 1, 32768, 65535, 65536, 65537, 98304, 98305, 400_001])
def test_capture_against_a_plain_model(size: int) -> None:
    """For any size and any cutting, ends, length and hash are those of the whole stream."""
    data = random.Random(size).randbytes(size)
    reader, writer = os.pipe()

    def write() -> None:
        rest, chunks = data, random.Random(1)
        while rest:
            rest = rest[os.write(writer, rest[: chunks.choice([1, 100, 4096, 70_000])]) :]
        os.close(writer)

    thread = threading.Thread(target=write)
    thread.start()
    capture = Capture(reader, 1 << 20, Arena())
    capture.drain()
    thread.join()
    told, head, tail = capture.finish()
    if size <= 2 * KEPT_BYTES:
        assert (told, bytes(head), bytes(tail)) == ([size, False, ""], data, b"")
    else:
        assert told == [size, True, hashlib.sha256(data).hexdigest()]
        assert (bytes(head), bytes(tail)) == (data[:KEPT_BYTES], data[-KEPT_BYTES:])


def test_report_keeps_its_first_bytes() -> None:
    """What comes after the cap is counted and thrown away."""
    reader, writer = os.pipe()
    os.write(writer, b"abcdefghij" * 2)
    os.close(writer)
    report = Report(reader, 4, Arena())
    assert report.pump()
    assert not report.over
    report.drain()
    assert report.over and bytes(report.finish()) == b"abcd"


def test_drain_does_not_wait_for_a_descriptor_in_flight() -> None:
    """Where a writing end outlives its process, what was written is kept and the end is not awaited."""
    reader, writer = os.pipe()
    os.write(writer, b"all of it")
    report = Report(reader, 100, Arena())
    assert not report.drain()
    assert bytes(report.finish()) == b"all of it"
    os.close(writer)


# Wiping and reading what hostile code left


def test_wipe_flattens_and_follows_nothing(tmp_path: Path) -> None:
    """Depth, odd names, closed modes and links out are no obstacle, and links are not followed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    inside = tmp_path / "inside"
    inside.mkdir()
    here = os.open(inside, os.O_RDONLY)
    fd = here
    for _ in range(1500):
        os.mkdir("d" * 100, dir_fd=fd)
        fd, old = os.open("d" * 100, os.O_RDONLY, dir_fd=fd), fd
        if old != here:
            os.close(old)
    os.close(fd)
    os.close(here)
    (inside / "link").symlink_to(outside)
    os.link(outside / "kept", inside / "hard")
    os.mkfifo(inside / "fifo")
    Path(os.fsdecode(os.fsencode(inside) + b"/\xff\n")).mkdir(mode=0)
    for number in range(200):
        (inside / "wide" / str(number)).mkdir(parents=True)
        (inside / "wide" / str(number) / ".wipe1").write_text("")
    assert wipe.wipe((str(inside),)) == 0
    assert list(inside.iterdir()) == []
    assert (outside / "kept").read_text() == "x"


def test_read_file_follows_no_link(tmp_path: Path) -> None:
    """Only a regular file, reached through folders alone, is read, and no more than asked."""
    (tmp_path / "top" / "a").mkdir(parents=True)
    (tmp_path / "secret").write_text("s")
    (tmp_path / "top" / "a" / "file").write_text("content")
    (tmp_path / "top" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "top" / "up").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "top" / "fifo")
    arena = Arena()

    def read(name: str) -> bytes | None:
        found = wipe.read_file(str(tmp_path / "top"), name, 4, arena.take)
        return None if found is None else bytes(found)

    assert read("a/file") == b"cont"
    assert [read(name) for name in ("link", "up/secret", "fifo", "a", "none")] == [None] * 5


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "", ".", "a\0b"])
def test_names_outside_the_work_folder_are_refused(name: str) -> None:
    """A plan cannot name a place outside the work folder."""
    with pytest.raises(ValueError):
        check_names([name])


# Groups and packages


def test_oom_counts_of_both_versions() -> None:
    """The kernel's counter is read in both spellings, and absence is zero."""
    assert cgroups.oom_kills(b"oom_kill_disable 0\nunder_oom 0\noom_kill 3\n") == 3
    assert cgroups.oom_kills(b"low 0\nhigh 0\nmax 9\noom 4\noom_kill 2\n") == 2
    assert cgroups.oom_kills(b"oom_kill_disable 0\nunder_oom 0\n") == 0


def test_groups_live_as_long_as_their_owner() -> None:
    """A sweep spares the groups of the living and removes those of the dead."""
    groups = cgroups.create()
    if groups is None:
        pytest.skip("needs a control group that may be divided: run as root")
    try:
        cgroups.sweep()
        assert all(Path(folder).is_dir() for folder in groups.folders.values())
        names = {Path(folder) for folder in groups.folders.values()}
        dead = [path.with_name(f"{path.name[:-1]}{(int(path.name[-1]) + 1) % 10}")
                for path in names]  # fmt: skip
        for path in dead:
            path.mkdir()
        assert cgroups.sweep() >= len(dead)
        assert not any(path.exists() for path in dead)
    finally:
        assert groups.remove()
    assert not any(Path(folder).exists() for folder in groups.folders.values())


def test_paths_below_a_mount_that_shows_a_part() -> None:
    """In a container the hierarchy's root is the container's own group."""
    assert cgroups._below("/", "/sys/fs/cgroup", "/user/a") == "/sys/fs/cgroup/user/a"
    assert cgroups._below("/docker/x", "/sys/fs/cgroup/pids", "/docker/x") == "/sys/fs/cgroup/pids"
    assert cgroups._below("/docker/x", "/c", "/docker/x/y") == "/c/y"


def test_closure_takes_requirements_and_leaves_extras(tmp_path: Path) -> None:
    """pytest brings pluggy and iniconfig, not the packages of its development extra."""
    found = toolchain.contents(Profile(guest=str(tmp_path), distributions=("pytest",)), "/site")
    assert {"pytest", "pluggy", "iniconfig"} <= set(found.versions)
    assert "hypothesis" not in found.versions
    targets = {target for _, target in found.binds}
    assert {"/site/_pytest", "/site/pytest", "/site/pluggy"} <= targets
    assert all(target.count("/") == 2 for target in targets)


def test_interpreter_that_does_not_run_is_named() -> None:
    """A path that is no Python is our fault, with the path in the message."""
    with pytest.raises(SandboxUnavailable, match="/bin/false"):
        toolchain.interpreter("/bin/false")


def test_header_is_json_and_carries_sizes() -> None:
    """The format is what the docstring says: a length, a header, the bytes."""
    frame = wire.pack({"k": 1}, [b"ab"])
    (size,) = struct.unpack("!I", frame[:4])
    assert json.loads(frame[4 : 4 + size]) == {"k": 1, "blobs": [2]}
    assert frame[4 + size :] == b"ab"


def test_nothing_that_a_caller_asks_for_opens_a_container() -> None:
    """What closes a container of ours is put last: a caller's own settings do not replace it."""
    host = {"NetworkMode": "host", "ReadonlyRootfs": False, "CapDrop": [], "Memory": 5}
    what = {"Image": "i", "NetworkDisabled": False, "Labels": {}, "HostConfig": {"Binds": ["/:/"]}}
    body = container.piped(what, host)
    assert body["HostConfig"] == {"Memory": 5, **container.shut()}
    assert body["NetworkDisabled"] is True and container.LABEL in body["Labels"]
