"""User ids, namespaces, process control and what processes leave behind."""

from __future__ import annotations

from hostile_attempt import Attempt, Differs, Scene

from sandboxes.base import Status


def killed(scene: Scene) -> None:
    assert scene.done.leftover >= 1, scene.done


ATTEMPTS = (
    Attempt(
        name="uid-become",
        category="user ids",
        tries="become root, the supervisor or another job by every call that sets an id",
        code="""
for uid in (0, 1, 65534, 9999, os.getuid() + 1, os.getuid() - 1):
    for name in ("setuid", "seteuid", "setgid", "setegid"):
        attack(f"{name} {uid}", lambda: getattr(os, name)(uid))
    attack(f"resuid {uid}", lambda: os.setresuid(uid, uid, uid))
    attack(f"resgid {uid}", lambda: os.setresgid(uid, uid, uid))
    attack(f"groups {uid}", lambda: os.setgroups([uid]))
libc.setfsuid(0); attack("fsuid", lambda: libc.setfsuid(0) == 0)
libc.setfsgid(0); attack("fsgid", lambda: libc.setfsgid(0) == 0)
""",
    ),
    Attempt(
        name="uid-setuid-programs",
        category="user ids",
        tries="gain root by every set-uid program of the system and by one of its own",
        code="""
import shutil, subprocess
found = []
for folder in ("/usr/bin", "/usr/sbin", "/bin", "/usr/lib"):
    if os.path.isdir(folder):
        found += [e.path for e in os.scandir(folder) if e.is_file() and e.stat().st_mode & 0o6000]
libc.prctl(8, 1, 0, 0, 0)
for path in found[:12]:
    if path.endswith("/su") or path.endswith("mount") or path.endswith("newgrp"):
        harmless(path, lambda: subprocess.run([path], stdin=subprocess.DEVNULL, capture_output=True, timeout=2).returncode)
shutil.copy("/usr/bin/id", "/job/id"); os.chmod("/job/id", 0o6755)
attack("own", lambda: subprocess.run(["/job/id", "-u"], capture_output=True, text=True).stdout.strip() == "0")
attack("chown", lambda: os.chown("/job/id", 0, 0))
""",
    ),
    Attempt(
        name="uid-capabilities",
        category="user ids",
        tries="set capabilities: capset, ambient, bounding set, secure bits, file capabilities",
        code="""
header = struct.pack("Ii", 0x20080522, 0)
full = struct.pack("6I", *[0xffffffff] * 6)
attack("capset", lambda: call("capset", header, full))
for cap in (0, 6, 7, 21, 12):
    attack(f"ambient {cap}", lambda: call("prctl", 47, 2, cap, 0, 0))
attack("securebits", lambda: call("prctl", 28, 0x2f, 0, 0, 0))
open("/job/tool", "w").write("x")
attack("file", lambda: os.setxattr("/job/tool", "security.capability", struct.pack("<IIIII", 0x2000001, 0xffffffff, 0, 0, 0)))
attack("trusted", lambda: os.setxattr("/job/tool", "trusted.x", b"1"))
""",
    ),
    Attempt(
        name="namespaces-new",
        category="namespaces",
        tries="make a user namespace, and in it any other, by unshare, clone and clone3",
        code="""
kinds = {"mnt": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000,
         "pid": 0x20000000, "net": 0x40000000, "time": 0x80}
def cloned(flags):
    pid = call("clone", flags | 17, 0, 0, 0, 0)
    if pid == 0: os._exit(0)
    os.waitpid(pid, 0)
def cloned3(flags):
    pid = call("clone3", struct.pack("11Q", flags, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0), 88)
    if pid == 0: os._exit(0)
    os.waitpid(pid, 0)
for name, flag in kinds.items():
    attack("unshare " + name, lambda: call("unshare", flag))
    attack("with user " + name, lambda: call("unshare", flag | 0x10000000))
    if name != "time":
        attack("clone " + name, lambda: cloned(flag))
        attack("clone high " + name, lambda: cloned(flag | 0x10000000))
    attack("clone3 " + name, lambda: cloned3(flag))
    attack("clone3 user " + name, lambda: cloned3(flag | 0x10000000))
""",
    ),
    Attempt(
        name="namespaces-enter",
        category="namespaces",
        tries="enter the namespaces of the supervisor, of the host's process and its own again",
        code="""
for pid in ("1", "self", str(HOST["pid"])):
    for kind in ("user", "mnt", "net", "pid", "ipc", "uts", "cgroup", "time"):
        def enter():
            fd = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
            try: call("setns", fd, 0)
            finally: os.close(fd)
        attack(f"{pid} {kind}", enter)
        attack(f"parent {pid} {kind}", lambda: fcntl.ioctl(os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY), 0xb701) and False)
attack("by pidfd", lambda: call("setns", os.pidfd_open(os.getpid()), 0x7e020000))
""",
    ),
    Attempt(
        name="namespaces-parent",
        category="namespaces",
        tries="walk from its own namespaces to their parents by ioctl, and open what is found",
        code="""
for kind in ("user", "pid", "net", "mnt"):
    for request in (0xb701, 0xb702):
        def climb():
            fd = os.open(f"/proc/self/ns/{kind}", os.O_RDONLY)
            up = fcntl.ioctl(fd, request)
            call("setns", up, 0)
        attack(f"{kind} {request}", climb)
""",
    ),
    Attempt(
        name="host-names",
        category="namespaces",
        tries="change host and domain name",
        code="""
attack("host", lambda: call("sethostname", b"taken", 5))
attack("domain", lambda: call("setdomainname", b"taken", 5))
attack("python", lambda: socket.sethostname("taken"))
""",
    ),
    Attempt(
        name="host-process",
        category="namespaces",
        tries="signal, renice, limit and bind to a processor the host's process by its number",
        code="""
pid = HOST["pid"]
attack("kill", lambda: os.kill(pid, 9))
attack("stop", lambda: os.kill(pid, signal.SIGSTOP))
attack("nice", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))
attack("limit", lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, 3)))
attack("processor", lambda: os.sched_setaffinity(pid, {0}))
attack("open", lambda: os.pidfd_open(pid))
""",
    ),
    Attempt(
        name="supervisor-scheduling",
        category="processes",
        tries="slow the supervisor down: nice, policy, processor, io priority and limits of PID 1 or of its user",
        code="""
param = struct.pack("i", 0)
attr = struct.pack("IIQiIQQQ", 48, 5, 0, 19, 0, 0, 0, 0)
attack("nice", lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))
attack("nice group", lambda: os.setpriority(os.PRIO_PGRP, 1, 19))
attack("nice user", lambda: os.setpriority(os.PRIO_USER, 0, 19))
attack("policy", lambda: os.sched_setscheduler(1, 5, os.sched_param(0)))
attack("attr", lambda: call("sched_setattr", 1, attr, 0))
attack("processor", lambda: os.sched_setaffinity(1, {0}))
attack("io", lambda: call("ioprio_set", 1, 1, (3 << 13)))
attack("io user", lambda: call("ioprio_set", 3, os.getuid(), (3 << 13)))
for kind in (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_AS):
    attack(f"limit {kind}", lambda: resource.prlimit(1, kind, (1, 1)))
""",
    ),
    Attempt(
        name="own-scheduling",
        category="processes",
        tries="make itself nice, idle, real-time and bound to one processor, and leave it so",
        code="""
harmless("nice", lambda: os.nice(19))
harmless("idle", lambda: os.sched_setscheduler(0, 5, os.sched_param(0)))
attack("real-time", lambda: os.sched_setscheduler(0, 1, os.sched_param(99)))
attack("deadline", lambda: call("sched_setattr", 0, struct.pack("IIQiIQQQ", 48, 6, 0, 0, 0, 10**6, 10**7, 10**7), 0))
attack("negative", lambda: os.setpriority(os.PRIO_PROCESS, 0, -20))
harmless("one", lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}))
harmless("slack", lambda: libc.prctl(29, 10**9, 0, 0, 0))
harmless("thp", lambda: libc.prctl(41, 1, 0, 0, 0))
""",
        gvisor=Differs(
            why="gVisor keeps the number and schedules nothing by it; it ends with the process",
            won=frozenset(("negative",)),
        ),
    ),
    Attempt(
        name="fork-bomb-sessions",
        category="processes",
        tries="fork without end, each child in a session of its own, and outlive the job",
        code="""
def bomb():
    while True:
        try:
            if os.fork() == 0:
                os.setsid()
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
        except OSError: pass
fork(bomb); time.sleep(0.25); tried.append("bomb")
""",
        # A fork that is refused has cost the kernel memory, which it takes back late.
        spends=(Status.TIMEOUT, Status.MEMORY),
        check=killed,
    ),
    Attempt(
        name="fork-race-with-the-kill",
        category="processes",
        tries="fork at the very moment of the end, in a ring where each child replaces its parent",
        code="""
def ring():
    while True:
        if os.fork(): os._exit(0)
for _ in range(6):
    try: fork(ring)
    except OSError: pass  # its own links, dead and not yet reaped, fill the slot
time.sleep(0.1); tried.append("ring")
""",
        spends=(Status.TIMEOUT,),
    ),
    Attempt(
        name="pid-exhaustion",
        category="processes",
        tries="use up the processes and threads of the slot, so that the next job has none",
        code="""
made = 0
for _ in range(500):
    try:
        if os.fork() == 0: time.sleep(60)
        made += 1
    except OSError: break
attack("beyond the limit", lambda: made > 40)
""",
        check=killed,
        gvisor=Differs(
            why="a page that processes share is counted for each, so that memory is up before "
            "their number",
            ends=(Status.MEMORY,),
            reaches=False,
            keeps=False,
        ),
    ),
    Attempt(
        name="thread-exhaustion",
        category="processes",
        tries="start threads without end and leave them waiting",
        code="""
made = 0
try:
    for _ in range(500):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); made += 1
except RuntimeError: pass
attack("beyond the limit", lambda: made > 40)
finish(); os._exit(0)
""",
    ),
    Attempt(
        name="zombies",
        category="processes",
        tries="leave children that ended and that nobody collected, and stopped ones",
        code="""
for _ in range(10): fork(lambda: None)
def stopped(): os.kill(os.getpid(), signal.SIGSTOP)
for _ in range(5): fork(stopped)
time.sleep(0.05); tried.append("zombies")
""",
    ),
    Attempt(
        name="daemon-without-descriptors",
        category="processes",
        tries="outlive the job as a daemon that ignores all signals and holds no descriptor",
        code="""
def daemon():
    os.setsid()
    for number in range(1, 65):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    if os.fork(): os._exit(0)
    os.closerange(0, 300)
    while True: time.sleep(1)
fork(daemon); time.sleep(0.1); tried.append("daemon")
""",
        check=killed,
    ),
    Attempt(
        name="vfork-and-stop-the-parent",
        category="processes",
        tries="end with the first process stopped, so that nobody notices an end",
        code="tell({'tried': 1}); os.kill(os.getpid(), signal.SIGSTOP)",
        reaches=False,
        ends=(Status.TIMEOUT,),
        limits={"wall_s": 0.4},
    ),
    Attempt(
        name="exec-takes-over",
        category="processes",
        tries="replace the guest by a program that holds the report and writes to it",
        code="""
os.set_inheritable(3, True)
os.execv("/bin/sh", ["sh", "-c", "printf forged >&3; exit 0"])
""",
        reaches=False,
        check=lambda scene: _is(scene.done.report, b"forged"),
    ),
)


def _is(found: object, expected: object) -> None:
    assert found == expected
