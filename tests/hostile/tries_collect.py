"""Collected files, odd names, and disks that are filled or knotted."""

from __future__ import annotations

import gzip

from hostile_attempt import Attempt, Differs, Scene

from sandboxes.base import Status

GOOD = {"good": b"kept"}
KEEP = "open('/job/good', 'w').write('kept')\n"


def only_the_good(scene: Scene) -> None:
    assert dict(scene.done.files) == GOOD


def bomb(scene: Scene) -> None:
    """The bytes come back as they are: nothing between the job and us unpacks."""
    assert dict(scene.done.files)["bomb.gz"].startswith(b"\x1f\x8b")
    assert len(gzip.decompress(scene.done.files["bomb.gz"])) == 64 << 20
    assert sum(map(len, scene.done.files.values())) < 1 << 20


def never_larger(scene: Scene) -> None:
    assert all(len(data) <= 4 << 20 for data in scene.done.files.values()), scene.done.status


def all_or_nothing(scene: Scene) -> None:
    found = dict(scene.done.files)
    assert set(found) <= {"good", "swap"}
    assert found.get("swap", b"mine") == b"mine"


ATTEMPTS = (
    Attempt(
        name="collect-symbolic-links",
        category="collection",
        tries="have files of the host or of the slot collected through links, also as folders on the way",
        code=KEEP
        + """
for name, target in (("passwd", "/etc/passwd"), ("bait", HOST["file"]), ("env", "/proc/1/environ"),
                     ("own", "/proc/self/environ"), ("code", "/guest/guest.py"), ("up", "../../../etc/passwd"),
                     ("loop", "loop"), ("fd", "/proc/self/fd/0")):
    os.symlink(target, name)
os.symlink("/etc", "etc"); os.symlink("/", "root"); os.symlink(".", "here"); tried.append("links")
""",
        collect=(
            "good",
            "passwd",
            "bait",
            "env",
            "own",
            "code",
            "up",
            "loop",
            "fd",
            "etc/passwd",
            "root/etc/passwd",
            "here/good",
        ),
        check=only_the_good,
    ),
    Attempt(
        name="collect-hard-links",
        category="collection",
        tries="have files that it does not own collected through hard links",
        code=KEEP
        + """
for name, target in (("a", "/guest/guest.py"), ("b", "/etc/passwd"), ("c", "/proc/1/environ"), ("d", HOST["file"]),
                     ("e", "/dev/null"), ("f", sys.executable or "/usr/bin/python3")):
    attack(name, lambda: os.link(target, name))
""",
        collect=("good", "a", "b", "c", "d", "e", "f"),
        check=only_the_good,
    ),
    Attempt(
        name="collect-special-files",
        category="collection",
        tries="stall the collection with a FIFO, a socket, a folder, a device and a file without rights",
        code=KEEP
        + """
os.mkfifo("fifo"); s = socket.socket(socket.AF_UNIX); s.bind("sock"); os.mkdir("folder"); os.mkdir("deep")
os.chmod("deep", 0); attack("device", lambda: os.mknod("dev", stat.S_IFCHR | 0o666, os.makedev(1, 5)))
tried.append("special")
""",
        collect=("good", "fifo", "sock", "folder", "dev", "deep/inner", "good/inner"),
        check=only_the_good,
    ),
    Attempt(
        name="collect-race-of-links",
        category="collection",
        tries="swap a file for a link to the host again and again while it is collected",
        code=KEEP
        + """
def swap():
    os.setsid(); signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        open("n1", "w").write("mine"); os.rename("n1", "swap")
        os.symlink("/etc/passwd", "n2"); os.rename("n2", "swap")
for _ in range(2): fork(swap)
time.sleep(0.05); tried.append("swap")
""",
        collect=("good", "swap"),
        check=all_or_nothing,
    ),
    Attempt(
        name="collect-growing-file",
        category="collection",
        tries="let a file grow and shrink while it is collected",
        code=KEEP
        + """
def grow():
    os.setsid()
    fd = os.open("grows", os.O_RDWR | os.O_CREAT)
    while True:
        os.ftruncate(fd, 3 << 20); os.ftruncate(fd, 0)
for _ in range(2): fork(grow)
time.sleep(0.05); tried.append("grow")
""",
        collect=("good", "grows"),
        check=never_larger,
    ),
    Attempt(
        name="collect-sparse-file",
        category="collection",
        tries="make a file of huge apparent size that takes no room",
        code="""
def sparse(): os.truncate("sparse", 1 << 40)
open("sparse", "w"); signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
attack("huge", sparse)
os.truncate("sparse", 4 << 20)
""",
        collect=("sparse",),
        check=never_larger,
    ),
    Attempt(
        name="collect-decompression-bomb",
        category="collection",
        tries="return a small archive that unpacks to much, and pictures of absurd size",
        code="""
import gzip
open("bomb.gz", "wb").write(gzip.compress(bytes(64 << 20)))
open("a.png", "wb").write(b"\\x89PNG\\r\\n\\x1a\\n\\0\\0\\0\\rIHDR" + b"\\x7f\\xff\\xff\\xff" * 2 + b"\\x08\\6\\0\\0\\0")
tried.append("bomb")
""",
        collect=("bomb.gz", "a.png"),
        check=bomb,
    ),
    Attempt(
        name="collect-open-for-writing",
        category="collection",
        tries="keep a collected file open and mapped in a process that outlives the job",
        code=KEEP
        + """
fd = os.open("good", os.O_RDWR); area = mmap.mmap(fd, 4)
def late():
    os.setsid(); time.sleep(0.05)
    while True: area[0:4] = b"evil"
fork(late); tried.append("map")
""",
        collect=("good",),
        check=only_the_good,
    ),
    Attempt(
        name="names-odd",
        category="odd names",
        tries="leave names with newlines, control codes, invalid UTF-8, 255 bytes and leading dashes",
        code="""
names = [b"new\\nline", b"\\x1b[31mred", b"\\xff\\xfe", b"x" * 255, b"-rf", b"--", b"...", b" ", b"\\x7f", b"*",
         b"$(touch x)", b"\\xe2\\x80\\xae", b".wipe1", b".wipe2", b"\\\\", b"a\\rb", bytes(range(1, 47)), b"CON"]
for place in (b"/job/", b"/tmp/", b"/dev/shm/"):
    for name in names:
        os.mkdir(place + name); open(place + name + b"/" + name, "w").write("x"); tried.append("name")
""",
        look="tell([os.listdir(p) for p in ('/job', '/tmp', '/dev/shm')])",
        check=lambda scene: _is(scene.found, [[], [], []]),
    ),
    Attempt(
        name="names-deep",
        category="odd names",
        tries="nest folders deeper than any path and any recursion",
        code="""
top = os.getcwd(); open("/job/first", "w")
for i in range(400):
    os.mkdir("d" * 200); os.chdir("d" * 200)
os.symlink("../" * 100, "loop"); os.chdir(top); os.chmod("d" * 200, 0); tried.append("deep")
""",
        look="tell(os.listdir('/job'))",
        check=lambda scene: _is(scene.found, []),
        keeps=False,
    ),
    Attempt(
        name="names-rights",
        category="odd names",
        tries="leave files that cannot be removed: no rights, sticky folders, immutable flags, attributes",
        code="""
for place in ("/job", "/tmp", "/dev/shm"):
    os.makedirs(place + "/a/b/c"); open(place + "/a/b/c/f", "w"); os.chmod(place + "/a/b/c/f", 0)
    for flags in (0x10, 0x20, 0x30):
        fd = os.open(place + "/a", os.O_RDONLY)
        harmless(f"immutable {place} {flags}", lambda: fcntl.ioctl(fd, 0x40086602, struct.pack("l", flags)))
        os.close(fd)
    harmless("attribute " + place, lambda: os.setxattr(place + "/a", "user.x", b"x" * 1000))
    harmless("acl " + place, lambda: os.setxattr(place + "/a", "system.posix_acl_access", struct.pack("<IHHI", 2, 1, 0, 0xffffffff)))
    os.chmod(place + "/a/b", 0o1000); os.chmod(place + "/a", 0)
    harmless("acl of " + place, lambda: os.setxattr(place, "system.posix_acl_default", struct.pack("<I" + "HHI" * 3, 2, 1, 7, -1 & 0xffffffff, 4, 0, -1 & 0xffffffff, 32, 0, -1 & 0xffffffff)))
    harmless("mark " + place, lambda: os.setxattr(place, "user.mark", b"left"))
    harmless("mode " + place, lambda: os.chmod(place, 0))
    attack("remove " + place, lambda: os.rmdir(place))
    attack("rename " + place, lambda: os.rename(place, place + "2"))
""",
        look="tell([os.listdir(p) for p in ('/job', '/tmp', '/dev/shm')])",
        check=lambda scene: _is(scene.found, [[], [], []]),
    ),
    Attempt(
        name="names-busy",
        category="odd names",
        tries="hold the work folder busy: as working folder, as open folder, by a watch, by a loop of renames",
        code="""
os.mkdir("/job/here")
def stay():
    os.setsid(); os.chdir("/job/here"); fd = os.open("/job", os.O_RDONLY)
    watch = call("inotify_init1", 0); call("inotify_add_watch", watch, b"/job", 0xfff)
    while True:
        try: os.rename("/job/here", "/job/there"); os.rename("/job/there", "/job/here")
        except OSError: pass
fork(stay); time.sleep(0.05); tried.append("busy")
""",
        look="tell(os.listdir('/job'))",
        check=lambda scene: _is(scene.found, []),
    ),
    Attempt(
        name="disk-full",
        category="disk",
        tries="fill the disk in every place and leave no room for the next job",
        code="""
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for place in ("/job", "/tmp", "/dev/shm"):
    for i in range(30):
        try: open(f"{place}/f{i}", "wb").write(b"x" * (3 << 20))
        except OSError: pass
""",
        reaches=False,
        ends=(Status.DISK,),
        keeps=False,
        look="open('/job/f', 'wb').write(b'x' * (3 << 20)); tell(os.stat('/job/f').st_size)",
        check=lambda scene: _is(scene.found, 3 << 20),
    ),
    Attempt(
        name="disk-inodes",
        category="disk",
        tries="use up the inodes by empty files, links and folders",
        code="""
for i in range(20000):
    try: [open, os.mkdir, lambda p, *a: os.symlink("x", p)][i % 3](f"/tmp/{i}", *(["w"] if i % 3 == 0 else []))
    except OSError: break
""",
        reaches=False,
        ends=(Status.DISK,),
        keeps=False,
        look="[open(f'/job/{i}', 'w') for i in range(100)]; tell(len(os.listdir('/job')))",
        gvisor=Differs(
            why="gVisor counts no inodes; they take memory of the sandbox, which is bounded",
            ends=(Status.OK,),
        ),
        check=lambda scene: _is(scene.found, 100),
    ),
    Attempt(
        name="disk-file-without-a-name",
        category="disk",
        tries="hold room in files that are unlinked, nameless or sealed, past the end of the job",
        code="""
def hold():
    os.setsid(); kept = []
    for i in range(3):
        f = open(f"/tmp/u{i}", "wb"); os.unlink(f"/tmp/u{i}"); f.write(b"x" * (2 << 20)); f.flush(); kept.append(f)
    try: kept.append(os.open("/tmp", os.O_TMPFILE | os.O_RDWR))
    except OSError: pass
    time.sleep(60)
fork(hold); time.sleep(0.1); tried.append("hold")
""",
        look="d = os.statvfs('/tmp'); tell(d.f_blocks - d.f_bfree)",
        check=lambda scene: _at_most(scene.found, 8),
    ),
)


def _is(found: object, expected: object) -> None:
    assert found == expected


def _at_most(found: float, limit: float) -> None:
    assert found <= limit
