"""What an image must show before it serves anyone: right, wrong and cheating programs, and limits.

The programs are plain Python files: the test needs nothing of ours inside but the supervisor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sandboxes.base import Job, Limits, Outcome, Process, Status
from sandboxes.slots import Slot, SlotLostError

LIMITS = Limits(
    cpu_s=20, wall_s=30, memory_mb=96, pids=24, disk_mb=8, inodes=256, file_mb=16, output_kb=64
)


@dataclass(frozen=True, slots=True)
class _Trial:
    """A program, and what may be said of its outcome."""

    name: str
    code: str
    holds: Callable[[Outcome], bool]
    limits: Limits = LIMITS


def _reports(text: bytes) -> Callable[[Outcome], bool]:
    return lambda done: done.status is Status.OK and done.report == text


def _ends(status: Status) -> Callable[[Outcome], bool]:
    return lambda done: done.status is status


_DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    time.sleep(0.5)
    os.write(3, b'forged')
os._exit(0)
"""
_REACHES = """
import os, socket
def reached(act):
    try:
        act()
    except OSError:
        return False
    return True
acts = [lambda: socket.socket(socket.AF_INET), lambda: open('/etc/x', 'w'),
        lambda: open('/guest/x', 'w'), lambda: open('/proc/1/mem', 'rb'), lambda: os.kill(1, 9),
        lambda: os.setuid(0)]
os.write(3, str([reached(act) for act in acts].index(True) if any(map(reached, acts)) else -1)
         .encode())
"""
_FORKS = """
import os, time
made = 0
try:
    while made < 200:
        if os.fork() == 0:
            time.sleep(30)
        made += 1
except OSError:
    pass
os.write(3, b'bounded' if made < 40 else b'unbounded')
"""
TRIALS = (
    _Trial("a right program", "import os; os.write(3, str(6 * 7).encode())", _reports(b"42")),
    _Trial("a wrong program", "raise AssertionError('41')", _ends(Status.NONZERO)),
    _Trial("a report from beyond the end", _DAEMON, lambda done: done.report == b""),
    _Trial("a reach outside", _REACHES, _reports(b"-1")),
    # gVisor counts for each process what they share: it is their number that has to end them.
    _Trial("endless forks", _FORKS, _reports(b"bounded"), replace(LIMITS, memory_mb=256)),
    _Trial(
        "an endless loop",
        "while True: pass",
        _ends(Status.TIMEOUT),
        replace(LIMITS, cpu_s=0.2),
    ),
    _Trial("an endless wait", "import time; time.sleep(60)", _ends(Status.TIMEOUT),
           replace(LIMITS, wall_s=0.3)),
    _Trial("endless output", "while True: print('x' * 9999)", _ends(Status.OUTPUT)),
    _Trial("a full disk", "open('f', 'wb').write(b'x' * (9 << 20))", _ends(Status.DISK)),
    _Trial(
        "a hog of memory",
        "b = []\nfor i in range(99): b.append(bytearray(b'x') * (4 << 20))",
        _ends(Status.MEMORY),
    ),
)  # fmt: skip


def faults(slot: Slot) -> list[str]:
    """Run every trial in `slot`, which is closed at the end; what went otherwise than it must."""
    wrong: list[str] = []
    try:
        for trial in TRIALS:
            process = Process(argv=("python3", "-I", "-S", "-c", trial.code))
            try:
                done = slot.run(Job(processes=(process,), limits=trial.limits))
            except SlotLostError as error:
                return [*wrong, f"{trial.name}: {error}"]
            if not trial.holds(done):
                said = done.stderr.text.strip()[-200:]
                wrong.append(f"{trial.name} ended as {done.status} {done.report!r} {said}".strip())
    finally:
        slot.close()
    return wrong
