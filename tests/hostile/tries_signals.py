"""Tracing and signals."""

from __future__ import annotations

from hostile_attempt import Attempt, Scene

from sandboxes.base import Status


def killed(scene: Scene) -> None:
    assert scene.done.leftover >= 1, scene.done


ATTEMPTS = (
    Attempt(
        name="ptrace-supervisor",
        category="ptrace",
        tries="attach to or seize the supervisor and the host's process, in every way",
        code="""
for pid in (1, HOST["pid"], os.getppid()):
    for request in (16, 0x4206, 2, 5, 12):
        attack(f"{request} {pid}", lambda: call("ptrace", request, pid, 0, 0))
attack("traceme", lambda: call("ptrace", 0, 0, 0, 0))
""",
    ),
    Attempt(
        name="ptrace-memory-calls",
        category="ptrace",
        tries="read and write other processes by process_vm_readv, process_vm_writev, process_madvise, kcmp",
        code="""
buffer = ctypes.create_string_buffer(16)
vector = struct.pack("QQ", ctypes.addressof(buffer), 16)
for pid in (1, HOST["pid"], os.getpid()):
    attack(f"read {pid}", lambda: call("process_vm_readv", pid, vector, 1, vector, 1, 0))
    attack(f"write {pid}", lambda: call("process_vm_writev", pid, vector, 1, vector, 1, 0))
    attack(f"compare {pid}", lambda: call("kcmp", pid, os.getpid(), 0, 0, 0))
attack("madvise", lambda: call("process_madvise", os.pidfd_open(os.getpid()), vector, 1, 21, 0))
attack("release", lambda: call("process_mrelease", os.pidfd_open(os.getpid()), 0))
""",
    ),
    Attempt(
        name="ptrace-allow-all",
        category="ptrace",
        tries="declare anyone its tracer and change its dumpability, for the next job to profit from",
        code="""
harmless("anyone", lambda: libc.prctl(0x59616d61, ctypes.c_ulong(2**64 - 1), 0, 0, 0))
harmless("dumpable", lambda: libc.prctl(4, 1, 0, 0, 0))
attack("suid dumpable", lambda: libc.prctl(4, 2, 0, 0, 0) == 0)
""",
    ),
    Attempt(
        name="pidfd-getfd",
        category="ptrace",
        tries="take descriptors from the supervisor by pidfd_getfd over every way to a pidfd",
        code="""
attack("open", lambda: call("pidfd_open", 1, 0))
attack("proc", lambda: call("pidfd_getfd", os.open("/proc/1", os.O_RDONLY), 64, 0))
attack("own", lambda: call("pidfd_getfd", os.pidfd_open(os.getpid()), 3, 0))
""",
    ),
    Attempt(
        name="signal-supervisor",
        category="signals",
        tries="end, stop or interrupt the supervisor by every signal and every call that sends one",
        code="""
info = struct.pack("iiiiI", 2, 0, -1, 0, 0).ljust(128, b"\\0")
for number in range(1, 65):
    attack(f"kill {number}", lambda: os.kill(1, number))
    attack(f"tkill {number}", lambda: call("tkill", 1, number))
    attack(f"tgkill {number}", lambda: call("tgkill", 1, 1, number))
    attack(f"queue {number}", lambda: call("rt_sigqueueinfo", 1, number, info))
    attack(f"thread queue {number}", lambda: call("rt_tgsigqueueinfo", 1, 1, number, info))
attack("pidfd", lambda: call("pidfd_send_signal", os.open("/proc/1", os.O_RDONLY), 9, None, 0))
""",
    ),
    Attempt(
        name="signal-everything",
        category="signals",
        tries="kill all processes that it may, its group and its session, by kill(-1) and kill(0)",
        code="""
signal.signal(signal.SIGTERM, signal.SIG_IGN)
tell({"tried": 1})
os.kill(0, signal.SIGTERM)
os.kill(-1, signal.SIGKILL)
""",
        reaches=False,
        ends=(Status.OK, Status.NONZERO, Status.SIGNALLED),
    ),
    Attempt(
        name="signal-by-descriptor",
        category="signals",
        tries="let the kernel send SIGIO and SIGURG to the supervisor through F_SETOWN of its pipes",
        code="""
for fd in (0, 1, 2, 3):
    for owner in (1, -1):
        harmless(f"own {fd} {owner}", lambda: fcntl.fcntl(fd, fcntl.F_SETOWN, owner))
        harmless(f"sig {fd}", lambda: fcntl.fcntl(fd, 10, signal.SIGKILL))
        harmless(f"async {fd}", lambda: fcntl.fcntl(fd, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK))
a, b = socket.socketpair()
fcntl.fcntl(a, fcntl.F_SETOWN, 1); fcntl.fcntl(a, 10, signal.SIGKILL)
fcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
b.send(b"x")
r, w = os.pipe()
fcntl.fcntl(r, fcntl.F_SETOWN, 1); fcntl.fcntl(r, 10, signal.SIGSTOP)
fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC); os.write(w, b"x"); time.sleep(0.02)
fcntl.fcntl(3, fcntl.F_SETFL, 0)
""",
    ),
    Attempt(
        name="signal-parent-death",
        category="signals",
        tries="be sent a signal at its parent's end, and make the supervisor its subreaper's rival",
        code="""
harmless("death", lambda: libc.prctl(1, 9, 0, 0, 0))
harmless("subreaper", lambda: libc.prctl(36, 1, 0, 0, 0))
def orphan():
    if os.fork() == 0:
        libc.prctl(1, 0, 0, 0, 0); os.setsid(); time.sleep(60)
pid = fork(orphan); os.waitpid(pid, 0)
""",
        check=killed,
    ),
    Attempt(
        name="signal-posix-timer",
        category="signals",
        tries="arm timers that send SIGKILL to thread 1 of the supervisor",
        code="""
def timer(notify, target, number):
    event = struct.pack("QiiI", 0, number, notify, target).ljust(64, b"\\0")
    made = ctypes.c_int(0)
    return call("timer_create", 1, event, ctypes.byref(made))
attack("thread", lambda: timer(4, 1, 9))
harmless("own", lambda: timer(0, 0, 9))
""",
    ),
)
