"""The kernel's larger interfaces, foreign ABIs, clocks and limits."""

from __future__ import annotations

from hostile_attempt import Attempt

from sandboxes.base import Status

MACHINE_CODE = """
def machine(code):
    "Run bytes of machine code; the low word of what they return."
    area = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    area.write(code)
    view = (ctypes.c_char * 4096).from_buffer(area)
    return ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(view))()

def apart(code):
    "The same in a child; its result where it lived to tell one."
    r, w = os.pipe()
    def body():
        os.write(w, struct.pack("q", machine(code)))
    pid = fork(body); os.close(w)
    data = os.read(r, 8); os.close(r)
    _, status = os.waitpid(pid, 0)
    return (struct.unpack("q", data)[0] if data else None, status)
"""

ATTEMPTS = (
    Attempt(
        name="kernel-modules",
        category="kernel interfaces",
        tries="load and unload kernel modules, by call and by asking for a strange protocol",
        code="""
open("/job/m.ko", "wb").write(b"\\x7fELF")
attack("init", lambda: call("init_module", b"\\x7fELF", 4, b""))
attack("finit", lambda: call("finit_module", os.open("/job/m.ko", os.O_RDONLY), b"", 0))
attack("delete", lambda: call("delete_module", b"overlay", 0))
open("/job/strange", "wb").write(b"\\xff\\xfe\\xfd\\xfc0000"); os.chmod("/job/strange", 0o755)
attack("by format", lambda: os.execv("/job/strange", ["x"]))
""",
    ),
    Attempt(
        name="kernel-kexec-reboot",
        category="kernel interfaces",
        tries="reboot the machine or load another kernel",
        code="""
attack("kexec", lambda: call("kexec_load", 0, 0, None, 0))
attack("kexec file", lambda: call("kexec_file_load", 0, 0, 0, None, 0))
for command in (0, 0x89ABCDEF, 0x4321FEDC, 0x1234567):
    attack(f"reboot {command}", lambda: call("reboot", 0xFEE1DEAD - (1 << 32), 672274793, command, None))
attack("swap on", lambda: call("swapon", b"/job/swap", 0))
attack("swap off", lambda: call("swapoff", b"/dev/vdb"))
attack("accounting", lambda: call("acct", b"/job/acct"))
attack("hang up", lambda: call("vhangup"))
attack("log", lambda: call("syslog", 5, None, 0))
""",
    ),
    Attempt(
        name="kernel-bpf-perf",
        category="kernel interfaces",
        tries="load BPF, open performance events, handle page faults, watch the file system",
        code="""
attack("map", lambda: call("bpf", 0, struct.pack("IIIII", 1, 4, 4, 1, 0).ljust(128, b"\\0"), 128))
attack("prog", lambda: call("bpf", 5, bytes(128), 128))
attack("perf", lambda: call("perf_event_open", struct.pack("IIQ", 1, 128, 0).ljust(128, b"\\0"), 0, -1, -1, 0))
for flags in (0, 1, 0o2000000):
    attack(f"userfault {flags}", lambda: call("userfaultfd", flags))
attack("fanotify", lambda: call("fanotify_init", 0, 0))
attack("fanotify fid", lambda: call("fanotify_init", 0x200, 0))
attack("filter fault device", lambda: os.open("/dev/userfaultfd", os.O_RDWR))
""",
    ),
    Attempt(
        name="kernel-io-uring",
        category="kernel interfaces",
        tries="go round the filter by io_uring, which makes calls of its own",
        code="""
parameters = ctypes.create_string_buffer(120)
for entries in (1, 8):
    attack(f"setup {entries}", lambda: call("io_uring_setup", entries, parameters))
attack("enter", lambda: call("io_uring_enter", 3, 1, 0, 0, None, 0))
attack("register", lambda: call("io_uring_register", 3, 0, None, 0))
def aio(): # the older interface may be there: it must not outlive the job
    context = ctypes.c_ulong(0)
    return libc.syscall(206 if os.uname().machine == "x86_64" else 0, 128, ctypes.byref(context))
harmless("aio", aio)
""",
    ),
    Attempt(
        name="kernel-handles",
        category="kernel interfaces",
        tries="open files by handle, behind the back of the root",
        code="""
handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0).ljust(136, b"\\0"))
mount_id = ctypes.c_int(0)
for path in (b"/", b"/job", b"/usr", b"/guest/guest.py"):
    attack(f"name {path}", lambda: call("name_to_handle_at", -100, path, handle, ctypes.byref(mount_id), 0))
for kind in (1, 2, 0x81, 0xfe):
    made = struct.pack("IiII", 8, kind, 2, 0)
    attack(f"open {kind}", lambda: call("open_by_handle_at", os.open("/job", os.O_RDONLY), made, 0))
""",
    ),
    Attempt(
        name="kernel-quota-numa",
        category="kernel interfaces",
        tries="set quotas, move pages between nodes and processes, bind memory",
        code="""
attack("quota", lambda: call("quotactl", 0x80000200, b"/dev/vda", 2, b"/job/q"))
attack("quota fd", lambda: call("quotactl_fd", os.open("/job", os.O_RDONLY), 0x800001, 0, None))
attack("migrate", lambda: call("migrate_pages", 1, 64, bytes(8), bytes(8)))
attack("move", lambda: call("move_pages", 1, 0, None, None, None, 0))
attack("bind", lambda: call("mbind", 0, 4096, 0, None, 0, 0))
attack("secret", lambda: call("memfd_secret", 0))
""",
    ),
    Attempt(
        name="kernel-seccomp-misuse",
        category="kernel interfaces",
        tries="take the filter off, put a laxer one before it, or answer its own calls as a listener",
        code="""
allow = struct.pack("HBBI", 6, 0, 0, 0x7fff0000)
buffer = ctypes.create_string_buffer(allow, 8)
head = struct.pack("HxxxxxxQ", 1, ctypes.addressof(buffer))
def inner():
    harmless("off", lambda: call("prctl", 22, 0, 0, 0, 0))
    harmless("lax", lambda: call("seccomp", 1, 0, head))
    try: call("ptrace", 0, 0, 0, 0)
    except OSError: os._exit(7)
_, status = os.waitpid(fork(inner), 0)
attack("lax filter", lambda: os.waitstatus_to_exitcode(status) != 7)
attack("strict off", lambda: call("prctl", 38, 0, 0, 0, 0))
attack("mode 0", lambda: call("seccomp", 0, 1, None))
""",
    ),
    Attempt(
        name="kernel-landlock-misuse",
        category="kernel interfaces",
        tries="close the files to itself and to the next job by Landlock",
        code="""
made = []
harmless("ruleset", lambda: made.append(call("landlock_create_ruleset", struct.pack("Q", 0x1fff), 8, 0)))
if made: harmless("restrict", lambda: call("landlock_restrict_self", made[0], 0))
tried.append("landlock")
""",
        look="open('/job/fine', 'w').write('x'); tell(len(os.listdir('/usr')) > 1)",
        check=lambda scene: _is(scene.found, True),
    ),
    Attempt(
        name="kernel-inotify-exhaustion",
        category="kernel interfaces",
        tries="use up inotify instances, watches, pipes, epoll and event descriptors of its user",
        code="""
kept = []
def use_up(make):
    def loop():
        for _ in range(4000): kept.append(make())
    return loop
harmless("instances", use_up(lambda: call("inotify_init1", 0)))
harmless("pipes", use_up(os.pipe))
harmless("epoll", use_up(select.epoll))
attack("beyond the limit", lambda: len(kept) > 300)
for item in kept[5:]:
    try: os.close(item) if isinstance(item, int) else item.close() if hasattr(item, "close") else [os.close(x) for x in item]
    except OSError: pass
kept.clear()
""",
        look="""
made = [libc.inotify_init1(0) for _ in range(20)]
tell(min(made) >= 0)
""",
        check=lambda scene: _is(scene.found, True),
    ),
    Attempt(
        name="abi-int80",
        category="foreign ABIs",
        tries="make 32-bit calls by int 0x80 in machine code, for which numbers mean other things",
        code=MACHINE_CODE
        + """
if os.uname().machine == "x86_64":
    # mov eax, number; mov ebx, 0; int 0x80; cdqe; ret
    for name, number in (("unshare", 310), ("ptrace", 26), ("getpid", 20), ("mount", 21), ("socket", 359)):
        value, status = apart(b"\\xb8" + struct.pack("<I", number) + b"\\xbb\\x00\\x00\\x00\\x10\\xcd\\x80\\x48\\x98\\xc3")
        attack(name, lambda: value is not None and value >= 0)
        notes[name + " status"] = status
else: tried.append("no such instruction here")
""",
    ),
    Attempt(
        name="abi-x32",
        category="foreign ABIs",
        tries="make calls with the x32 bit set, past a filter that compares plain numbers",
        code="""
def x32(number):
    def body():
        if libc.syscall(ctypes.c_long(number), 0x10000000, 0, 0, 0, 0) != -1: os._exit(5)
    def inner():
        _, status = os.waitpid(fork(body), 0)
        return os.WIFEXITED(status) and os.WEXITSTATUS(status) == 5
    return inner
for name in ("unshare", "ptrace", "mount", "bpf", "keyctl", "shmget"):
    attack(name, x32((1 << 30) | payload["numbers"][name]))
for number in (512, 521, 545):
    attack(f"compat {number}", x32((1 << 30) | number))
for number in (1 << 31, (1 << 32) | payload["numbers"]["unshare"], 0xffffffff, 9999):
    attack(f"odd {number}", x32(number))
""",
    ),
    Attempt(
        name="abi-vsyscall",
        category="foreign ABIs",
        tries="call through the fixed vsyscall page and by a far jump to 32-bit code",
        code=MACHINE_CODE
        + """
if os.uname().machine == "x86_64":
    # mov rax, 0xffffffffff600000; xor edi, edi; xor esi, esi; call rax; xor eax, eax; ret
    value, status = apart(b"\\x48\\xc7\\xc0\\x00\\x00\\x60\\xff\\x31\\xff\\x31\\xf6\\xff\\xd0\\x31\\xc0\\xc3")
    notes["vsyscall"] = [value, status]
    # push 0x23; push target; retf: the target does not exist below 4 GiB
    value, status = apart(b"\\x6a\\x23\\x68\\x00\\x00\\x00\\x00\\x48\\xcb")
    attack("far jump", lambda: status == 0)
tried.append("vsyscall")
""",
    ),
    Attempt(
        name="abi-personality-ldt",
        category="foreign ABIs",
        tries="change personality, descriptor tables and port rights for later jobs",
        code="""
for value in (0x0040000, 0x0400000, 0x8, 0x0100000, 0x0200000):
    harmless(f"personality {value}", lambda: call("personality", value))
if "modify_ldt" in payload["numbers"]:
    attack("ldt", lambda: call("modify_ldt", 1, bytes(16), 16))
    attack("iopl", lambda: call("iopl", 3))
    attack("ioperm", lambda: call("ioperm", 0x60, 1, 1))
    harmless("gs", lambda: call("arch_prctl", 0x1001, 0x1000))
libc.mmap.restype = ctypes.c_void_p
attack("mapped null", lambda: libc.mmap(ctypes.c_void_p(0), 4096, 3, 0x32, -1, 0) is None)
""",
    ),
    Attempt(
        name="clock-set",
        category="clocks",
        tries="set, slew and leap the clock",
        code="""
stamp = struct.pack("qq", 0, 0)
for clock in (0, 1, 7, 11):
    attack(f"set {clock}", lambda: call("clock_settime", clock, stamp))
attack("day", lambda: call("settimeofday", stamp, None))
attack("zone", lambda: call("settimeofday", None, struct.pack("ii", 60, 0)))
attack("slew", lambda: call("adjtimex", struct.pack("Iq", 1, 10**6).ljust(208, b"\\0")))
attack("slew clock", lambda: call("clock_adjtime", 0, struct.pack("Iq", 1, 10**6).ljust(208, b"\\0")))
attack("device", lambda: os.open("/dev/rtc0", os.O_RDWR))
attack("python", lambda: time.clock_settime(time.CLOCK_REALTIME, 0))
""",
    ),
    Attempt(
        name="clock-timers-across-jobs",
        category="clocks",
        tries="arm alarms, interval timers, timer descriptors and processor timers that fire in the next job",
        code="""
signal.signal(signal.SIGALRM, signal.SIG_IGN)
signal.setitimer(signal.ITIMER_REAL, 0.2); signal.setitimer(signal.ITIMER_PROF, 0.2, 0.1)
signal.setitimer(signal.ITIMER_VIRTUAL, 0.2, 0.1)
fd = call("timerfd_create", 1, 0); tried.append("timers")
os.set_inheritable(fd, True)
""",
        look="time.sleep(0.25); tell('lives')",
        check=lambda scene: _is(scene.found, "lives"),
    ),
    Attempt(
        name="clock-sleep-until-the-next",
        category="clocks",
        tries="sleep in a detached child and write into the next job's folder and streams",
        code="""
def wait():
    os.setsid()
    time.sleep(0.1)
    while True:
        for fd in (1, 2, 3):
            try: os.write(fd, b"from the grave")
            except OSError: pass
        open("/job/late", "w").write("late")
fork(wait); tried.append("wait")
""",
        look="time.sleep(0.3); tell(os.listdir('/job'))",
        check=lambda scene: _is(scene.found, []),
    ),
    Attempt(
        name="clock-double-fork-cpu",
        category="clocks",
        tries="escape the limit of processor time by handing the work from child to child",
        code="""
def relay():
    while True:
        until = time.process_time() + 0.05
        while time.process_time() < until: pass
        if os.fork(): os._exit(0)
        os.setsid()
fork(relay); fork(relay); time.sleep(60)
""",
        reaches=False,
        limits={"cpu_s": 0.5, "wall_s": 4},
        check=lambda scene: _at_most(scene.done.wall_s, 3.5),
        ends=(Status.TIMEOUT,),
    ),
    Attempt(
        name="clock-limit-raise",
        category="clocks",
        tries="raise its limits of processor time, memory, files and processes, and ignore SIGXCPU",
        code="""
signal.signal(signal.SIGXCPU, signal.SIG_IGN)
for name in ("CPU", "AS", "FSIZE", "NPROC", "NOFILE", "CORE", "STACK", "MEMLOCK", "MSGQUEUE"):
    kind = getattr(resource, "RLIMIT_" + name)
    soft, hard = resource.getrlimit(kind)
    attack(name, lambda: resource.setrlimit(kind, (-1, -1)) if hard != -1 else False)
    attack(name + " by one", lambda: resource.setrlimit(kind, (hard + 1, hard + 1)) if hard != -1 else False)
tell({"tried": tried, "won": won})
while True: pass
""",
        reaches=False,
        limits={"cpu_s": 0.3},
        ends=(Status.TIMEOUT,),
        check=lambda scene: _is(scene.said["won"], []),
    ),
)


def _is(found: object, expected: object) -> None:
    assert found == expected


def _at_most(found: float, limit: float) -> None:
    assert found <= limit
