"""The witnesses themselves: each one sees what it is there to see, and the catalogue is whole."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hostile_attempt import PRELUDE, plain
from hostile_catalogue import attempts, table
from hostile_view import VIEW, differences, look
from hostile_world import World

from sandboxes.base import Job, Process
from tests.waiting import comes

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "reference" / "hostile-suite.md"


@pytest.fixture
def world() -> Iterator[World]:
    """Fresh bait, with nobody in a sandbox."""
    made = World(os.geteuid())
    assert made.changes() == []
    yield made
    made.close()


def _connect_unix(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.connect(address)


def _connect_tcp(world: World) -> None:
    socket.create_connection(world.tcp.getsockname()).close()


def _datagram(world: World) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.sendto(b"x", world.udp.getsockname())
    time.sleep(0.01)


DEEDS: dict[str, Callable[[World], object]] = {
    "bait file": lambda w: w.file.write_text("taken"),
    "file mode": lambda w: w.file.chmod(0o600),
    "bait folder": lambda w: (w.folder / "new").touch(),
    "hard link": lambda w: os.link(w.file, w.folder / "again"),
    "tcp": _connect_tcp,
    "datagram": _datagram,
    "abstract": lambda w: _connect_unix(f"\0{w.token}"),
    "named": lambda w: _connect_unix(str(w.folder / "socket")),
    "ended": lambda w: (w.process.kill(), w.process.wait()),
    "stopped": lambda w: (os.kill(w.process.pid, signal.SIGSTOP), time.sleep(0.5)),
    "nice": lambda w: os.setpriority(os.PRIO_PROCESS, w.process.pid, 5),
}


@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_a_deed_on_the_host_is_seen(world: World, deed: str) -> None:
    """What the attempts try, done from outside the sandbox, does not go unnoticed."""
    DEEDS[deed](world)
    assert world.changes() != []


def test_a_process_that_carries_the_mark_is_seen(world: World) -> None:
    """A process named like the attackers is found wherever it runs."""
    code = f"open('/proc/self/comm', 'w').write({world.mark!r}); import time; time.sleep(60)"
    made = subprocess.Popen([sys.executable, "-c", code])
    try:
        assert comes(world.changes)
        assert any(str(made.pid) in line for line in world.changes())
    finally:
        made.kill()
        made.wait()


def test_a_fresh_view_does_not_differ(tier: object) -> None:
    """Two jobs one after another see the same, so that a difference is the attempt's doing."""
    sandbox, world, clean = tier.sandbox, tier.world, tier.clean  # type: ignore[attr-defined]
    for _ in range(3):
        assert differences(clean, look(sandbox, world)["view"]) == []


TRACES = (
    "open('/job/left', 'w').write('x')", "os.symlink('/x', '/tmp/l')", "os.environ['LEFT'] = '1'",
    "os.umask(0)", "os.chdir('/tmp')", "os.nice(3)", "signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
    "signal.setitimer(signal.ITIMER_REAL, 500)", "os.dup2(1, 40)", "sys.modules['x'] = None",
    "sys.path.append('/x')", "sys.setrecursionlimit(77)", "libc.prctl(36, 1, 0, 0, 0)",
    "fork(lambda: time.sleep(5)); time.sleep(0.05)", "os.sched_setscheduler(0, 3, os.sched_param(0))",
    "s = socket.socket(socket.AF_UNIX); s.bind('\\0left')",
    "resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99))",
)  # fmt: skip


@pytest.mark.parametrize("trace", TRACES)
def test_a_trace_is_seen(tier: object, trace: str) -> None:
    """What one job might leave to the next, left by the looking job itself, shows in its view."""
    sandbox, world, clean = tier.sandbox, tier.world, tier.clean  # type: ignore[attr-defined]
    done = sandbox.run(plain(trace + "\n" + VIEW, world))
    if tier.name == "docker:runsc" and "setscheduler" in trace:  # type: ignore[attr-defined]
        assert "[Errno 22] Invalid argument" in done.stderr.text, "gVisor has one policy"
        return
    assert differences(clean, json.loads(done.report)["view"]) != [], trace


def test_a_failed_attempt_is_not_a_quiet_one(tier: object) -> None:
    """An attack that works is told as won: the guest's own word is a witness too."""
    sandbox, world = tier.sandbox, tier.world  # type: ignore[attr-defined]
    code = PRELUDE + "attack('works', lambda: os.getpid())\nfinish()"
    payload = {"code": code, "mark": world.mark, "host": world.told(), "numbers": {}}
    done = sandbox.run(Job(processes=(Process(entry="guest:main", payload=payload),)))
    assert b'"won": ["works"]' in done.report, done.stderr.text


def test_the_catalogue_has_a_hundred_attempts() -> None:
    """At least a hundred, each with its own name, category, words and code."""
    found = attempts()
    assert len(found) >= 100
    assert len({a.name for a in found}) == len(found)
    assert len({a.tries for a in found}) == len(found)
    assert all(a.category and a.code for a in found)


def test_every_category_is_attacked_more_than_once() -> None:
    """No category of the threat model rests on a single attempt."""
    names = [a.category for a in attempts()]
    assert len(set(names)) >= 20
    assert [name for name in sorted(set(names)) if names.count(name) < 2] == []


def test_the_page_lists_what_is_tried() -> None:
    """docs/reference/hostile-suite.md is the catalogue; it is written by its own command."""
    write = "PYTHONPATH=.:tests/sandboxes python tests/hostile/hostile_catalogue.py"
    assert DOCUMENT.read_text().endswith(table()), f"{write} >> {DOCUMENT.name}"
