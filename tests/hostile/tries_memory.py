"""Memory, descriptors, environment, and what Python of the next job may be made to load."""

from __future__ import annotations

from hostile_attempt import Attempt, Differs

from sandboxes.base import Status

SECRET = "what-the-other-job-knew"
SCAN = """
needle = bytes(b ^ 1 for b in payload.get("x", b"") or bytes.fromhex(NEEDLE))
def scan():
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as mem:
        for line in maps:
            span, mode = line.split()[:2]
            if "r" not in mode or "[v" in line: continue
            low, high = (int(x, 16) for x in span.split("-"))
            try: mem.seek(low); block = mem.read(high - low)
            except (OSError, ValueError, OverflowError, MemoryError): continue
            at = block.find(needle + b"~~")
            if at >= 0: return True
    return False
"""
_NEEDLE = bytes(b ^ 1 for b in SECRET.encode()).hex()
_LOOK = f"NEEDLE = {_NEEDLE!r}\n" + SCAN + "tell(scan())"


def _is(found: object, expected: object) -> None:
    assert found == expected


ATTEMPTS = (
    Attempt(
        name="memory-of-the-job-before",
        category="memory",
        tries="find the code, input and output of the job before in what a job inherits",
        code=f"""
text = {SECRET!r} + "~" + "~"
kept = [text * 2000 for _ in range(20)]
sys.stdout.write(text * 100); sys.stderr.write(text * 100); open("/job/x", "w").write(text * 100)
os.environ["LEFT"] = text; tried.append("planted")
""",
        stdin=(SECRET + "~~") * 100,
        look=_LOOK,
        check=lambda scene: _is(scene.found, False),
    ),
    Attempt(
        name="memory-uninitialised",
        category="memory",
        tries="find data of other processes in fresh pages: mmap, stack, heap, huge pages, memfd",
        code=f"""
block = bytearray(({SECRET!r} + "~" + "~").encode() * 4000)
for _ in range(8):
    area = mmap.mmap(-1, 4 << 20); area.write(bytes(block) * 8)
tried.append("filled")
""",
        look=f"""
NEEDLE = {_NEEDLE!r}
{SCAN}
areas = [mmap.mmap(-1, 4 << 20) for _ in range(8)]
tell([scan(), any(a.read(4 << 20).strip(b"\\0") for a in areas)])
""",
        check=lambda scene: _is(scene.found, [False, False]),
    ),
    Attempt(
        name="memory-memfd",
        category="memory",
        tries="hoard memory that belongs to no process, and seal or execute it",
        code="""
fds = []
def hoard():
    for _ in range(100):
        fd = call("memfd_create", b"x", 2); fds.append(fd)
        for _ in range(4): os.write(fd, b"x" * (1 << 20))
harmless("hoard", hoard)
""",
        reaches=False,
        ends=(Status.MEMORY, Status.OK, Status.DISK, Status.SIGNALLED),
        keeps=False,
    ),
    Attempt(
        name="memory-shm-hoard",
        category="memory",
        tries="hoard memory as files in /dev/shm and /tmp beyond the disk limit",
        code="""
for place in ("/dev/shm", "/tmp", "/job"):
    for i in range(30): open(f"{place}/f{i}", "wb").write(b"x" * (1 << 20))
""",
        reaches=False,
        ends=(Status.DISK,),
        keeps=False,
    ),
    Attempt(
        name="memory-hog-shared",
        category="memory",
        tries="use more than the limit in anonymous shared memory of many processes",
        code="""
area = mmap.mmap(-1, 300 << 20)
for i in range(8):
    def touch():
        for at in range(i << 20, 300 << 20, 4096): area[at] = 1
        time.sleep(10)
    fork(touch)
time.sleep(2.5)
""",
        reaches=False,
        ends=(Status.MEMORY, Status.SIGNALLED),
        keeps=False,
    ),
    Attempt(
        name="memory-lock",
        category="memory",
        tries="lock memory and take huge pages, so that the machine has less",
        code="""
area = ctypes.create_string_buffer(32 << 20)
attack("lock", lambda: call("mlock", ctypes.addressof(area), 32 << 20))
attack("all", lambda: call("mlockall", 3))
attack("huge", lambda: mmap.mmap(-1, 2 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000))
""",
        gvisor=Differs(
            why="gVisor takes the flag for huge pages and gives ordinary ones, not locked",
            won=frozenset(("huge",)),
        ),
    ),
    Attempt(
        name="memory-many-maps",
        category="memory",
        tries="exhaust the count of mappings and the kernel's memory for page tables",
        code="""
def sparse():
    made = []
    for i in range(70000):
        made.append(mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ if i % 2 else mmap.PROT_READ | mmap.PROT_WRITE))
harmless("maps", sparse)
""",
        reaches=False,
        ends=(Status.OK, Status.NONZERO, Status.MEMORY),
        keeps=False,
        gvisor=Differs(
            why="each mapping costs gVisor time and one of the host's mappings: the job runs out of one",
            ends=(Status.TIMEOUT, Status.MEMORY, Status.SIGNALLED),
        ),
    ),
    Attempt(
        name="memory-kernel-pipes",
        category="memory",
        tries="hoard kernel memory in full pipes and socket buffers",
        code="""
kept = []
for _ in range(110):
    try:
        r, w = os.pipe(); kept.append(w); os.set_blocking(w, False)
        try: fcntl.fcntl(w, 1031, 1 << 20)
        except OSError: pass
        try:
            while True: os.write(w, b"x" * 65536)
        except BlockingIOError: pass
    except OSError: break
for _ in range(10):
    a, b = socket.socketpair(); kept += [a, b]; a.setblocking(False)
    try:
        while True: a.send(b"x" * 65536)
    except OSError: pass
""",
        reaches=False,
        ends=(Status.OK, Status.MEMORY, Status.NONZERO, Status.SIGNALLED),
        keeps=False,
    ),
    Attempt(
        name="memory-oom-blame",
        category="memory",
        tries="let the kernel kill for memory something other than the hog: the supervisor",
        code="""
def hog():
    b = []
    while True: b.append(bytearray(b"x") * (8 << 20))
for _ in range(6): fork(hog)
time.sleep(2.5)
""",
        reaches=False,
        ends=(Status.MEMORY,),
        keeps=False,
    ),
    Attempt(
        name="descriptors-inherited",
        category="descriptors",
        tries="find any descriptor beyond its own streams and use what it finds",
        code="""
for fd in [fd for fd in range(3, 4096) if fd != 3]:
    attack(f"fd {fd}", lambda: os.fstat(fd))
attack("listed", lambda: bool(set(os.listdir("/proc/self/fd")) - {"0", "1", "2", "3", "4", "5"}))
""",
    ),
    Attempt(
        name="descriptors-of-the-supervisor",
        category="descriptors",
        tries="reopen the supervisor's ends of its own streams through /proc and /dev/fd",
        code="""
for fd in (0, 1, 2):
    for mode in (os.O_RDONLY, os.O_RDWR):
        harmless(f"reopen {fd} {mode}", lambda: os.close(os.open(f"/proc/self/fd/{fd}", mode | os.O_NONBLOCK)))
for fd in range(0, 80):
    attack(f"supervisor's {fd}", lambda: os.open(f"/proc/1/fd/{fd}", os.O_RDWR | os.O_NONBLOCK))
def steal():
    fd = os.open("/proc/self/fd/3", os.O_RDONLY | os.O_NONBLOCK)
    os.write(3, b"x")
    data = os.read(fd, 100)
    return data if data != b"x" else False
attack("read the report back", steal)
""",
        reaches=False,
    ),
    Attempt(
        name="descriptors-closed",
        category="descriptors",
        tries="close every descriptor and end well, so that nothing is told",
        code="os.closerange(0, 65536); os._exit(0)",
        reaches=False,
        check=lambda scene: _is((scene.done.report, scene.done.stdout.length), (b"", 0)),
    ),
    Attempt(
        name="descriptors-swapped",
        category="descriptors",
        tries="put its own output where the report belongs and the report where output belongs",
        code="""
os.dup2(1, 10); os.dup2(3, 1); os.dup2(10, 3)
os.write(1, b"REPORT"); os.write(3, b"OUTPUT"); os._exit(0)
""",
        reaches=False,
        check=lambda scene: _is(
            (scene.done.report, scene.done.stdout.head), (b"REPORT", b"OUTPUT")
        ),
    ),
    Attempt(
        name="descriptors-non-blocking",
        category="descriptors",
        tries="set its streams to odd modes, shrink and fill their pipes, and shut them down",
        code="""
for fd in (0, 1, 2, 3):
    harmless(f"non-block {fd}", lambda: os.set_blocking(fd, False))
    harmless(f"shrink {fd}", lambda: fcntl.fcntl(fd, 1031, 4096))
    harmless(f"append {fd}", lambda: fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK | 0o40000))
    harmless(f"truncate {fd}", lambda: os.ftruncate(fd, 0))
    harmless(f"lock {fd}", lambda: fcntl.flock(fd, fcntl.LOCK_EX))
for fd in (0, 1, 2, 3): fcntl.fcntl(fd, fcntl.F_SETFL, 0)
""",
    ),
    Attempt(
        name="environment-next-job",
        category="environment",
        tries="poison LD_PRELOAD, PYTHONPATH, PATH and the like for the next job's interpreter",
        code="""
for name in ("LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PATH", "GCONV_PATH",
             "PYTHONINSPECT", "PYTHONBREAKPOINT", "BASH_ENV", "ENV", "HOME", "GLIBC_TUNABLES", "MALLOC_CHECK_"):
    os.environ[name] = "/job/evil"; libc.setenv(name.encode(), b"/job/evil", 1); tried.append(name)
for place in ("/job", "/tmp", "/dev/shm"):
    for name in ("evil.so", "sitecustomize.py", "usercustomize.py", "python3", "json.py", "guest.py", "x.pth"):
        open(f"{place}/{name}", "w").write("raise SystemExit('planted')")
os.makedirs("/job/.local/lib/python3.13/site-packages", exist_ok=True)
open("/job/.local/lib/python3.13/site-packages/x.pth", "w").write("import os; os._exit(9)")
""",
        look="""
import subprocess
said = subprocess.run([sys.executable or "python3", "-c", "import json, os; print(os.environ.get('LD_PRELOAD'), json.__file__.startswith('/usr'))"], capture_output=True, text=True)
tell([said.returncode, said.stdout.split()[:1], os.environ.get("PYTHONPATH")])
""",
        check=lambda scene: _is(scene.found, [0, ["None"], None]),
    ),
    Attempt(
        name="environment-site-files",
        category="environment",
        tries="plant .pth, sitecustomize, ld.so.preload and ld.so.cache in the places that start-up reads",
        code="""
import site
places = set(sys.path + site.getsitepackages() + ["/site", "/usr/lib/python3/dist-packages", "/etc", "/usr/local/lib"])
for place in sorted(p for p in places if p and not p.startswith("/job")):
    for name in ("sitecustomize.py", "x.pth", "usercustomize.py", "ld.so.preload", "ld.so.cache"):
        attack(f"{place}/{name}", lambda: open(f"{place}/{name}", "w"))
""",
    ),
    Attempt(
        name="environment-interpreter-state",
        category="environment",
        tries="poison modules, builtins, codecs, hooks, signal handlers and limits of the interpreter",
        code="""
import builtins, codecs, gc, atexit, warnings, locale
builtins.print = builtins.open = None; json.loads = json.dumps = lambda *a, **k: '"forged"'
sys.modules["guest"].main = None; sys.meta_path.clear(); sys.path_hooks.clear(); sys.setrecursionlimit(50000)
sys.setswitchinterval(100); gc.disable(); signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64)); os.umask(0); os.chdir("/tmp")
sys.stdout = None
os.write(3, b'{"tried": ["state"], "won": []}'); os._exit(0)
""",
        reaches=False,
    ),
    Attempt(
        name="environment-zygote-memory",
        category="environment",
        tries="write by ctypes into objects that the supervisor and later forks share",
        code="""
def poke(thing, offset, data): ctypes.memmove(id(thing) + offset, data, len(data))
harmless("small integer", lambda: poke(7, 24, struct.pack("I", 8)))
tell({"tried": ["integer"], "won": []}); os._exit(0)
""",
        reaches=False,
        look="tell([int('7') + 0 == len('1234567'), 3 + 4 == 7])",
        check=lambda scene: _is(scene.found, [True, True]),
    ),
)
