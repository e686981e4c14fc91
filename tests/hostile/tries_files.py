"""Files, /proc, /sys, mounts and device nodes."""

from __future__ import annotations

from hostile_attempt import Attempt, Differs

ATTEMPTS = (
    Attempt(
        name="files-host-paths",
        category="files",
        tries="read, write and delete a world-writable file of the host by its path",
        code="""
attack("read", lambda: open(HOST["file"]).read())
attack("write", lambda: open(HOST["file"], "w").write("taken"))
attack("beside", lambda: open(HOST["folder"] + "/new", "w"))
attack("delete", lambda: os.unlink(HOST["file"]))
""",
    ),
    Attempt(
        name="files-dots",
        category="files",
        tries="climb out of the root by .. from every folder and by a kept descriptor of /",
        code="""
up = "../" * 40
for place in ("/job/", "/tmp/", "/proc/self/cwd/", "/guest/", "/dev/shm/"):
    attack(place, lambda: open(place + up + HOST["file"].lstrip("/")).read())
root = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
attack("at", lambda: os.open(up + HOST["file"].lstrip("/"), os.O_RDONLY, dir_fd=root))
attack("chroot", lambda: os.chroot("/tmp"))
""",
    ),
    Attempt(
        name="files-proc-roots",
        category="files",
        tries="reach the host's files through root, cwd and exe of every process in /proc",
        code="""
for pid in ["1", "2"] + [n for n in os.listdir("/proc") if n.isdigit()]:
    for link in ("root", "cwd"):
        attack(pid + link, lambda: open(f"/proc/{pid}/{link}" + HOST["file"]).read())
attack("write exe", lambda: open("/proc/self/exe", "r+b"))
attack("init exe", lambda: open("/proc/1/exe", "r+b"))
""",
    ),
    Attempt(
        name="files-guest-code",
        category="files",
        tries="overwrite, delete, rename and relabel the guest's code",
        code="""
for path in ("/guest/guest.py", "/guest", "/site"):
    attack("open " + path, lambda: os.open(path, os.O_RDWR))
    attack("chmod " + path, lambda: os.chmod(path, 0o777))
    attack("chown " + path, lambda: os.chown(path, os.getuid(), os.getgid()))
    attack("utime " + path, lambda: os.utime(path, (1, 1)))
    attack("xattr " + path, lambda: os.setxattr(path, "user.x", b"1"))
attack("unlink", lambda: os.unlink("/guest/guest.py"))
attack("rename", lambda: os.rename("/guest", "/guest2"))
attack("truncate", lambda: os.truncate("/guest/guest.py", 0))
attack("link", lambda: os.link("/guest/guest.py", "/job/guest.py"))
""",
    ),
    Attempt(
        name="files-byte-code",
        category="files",
        tries="plant compiled files for the guest, the standard library and site packages",
        code="""
import importlib.util, py_compile
open("/job/evil.py", "w").write("EVIL = 1")
for target in ("/guest/guest.py", json.__file__, os.__file__):
    cache = importlib.util.cache_from_source(target)
    attack(target, lambda: py_compile.compile("/job/evil.py", cache, doraise=True))
    attack("folder " + target, lambda: os.makedirs(os.path.dirname(target) + "/__pycache__2"))
""",
    ),
    Attempt(
        name="files-interpreter",
        category="files",
        tries="replace the interpreter, its library or a shared object by open, rename or mmap",
        code="""
maps = {l.split()[-1] for l in open("/proc/self/maps") if l.split()[-1].startswith("/")}
for path in sorted(maps)[:40]:
    attack("open " + path, lambda: os.open(path, os.O_WRONLY))
    def shared():
        fd = os.open(path, os.O_RDONLY)
        try: mmap.mmap(fd, 4096, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        finally: os.close(fd)
    attack("map " + path, shared)
    attack("rename " + path, lambda: os.rename(path, path + "x"))
""",
    ),
    Attempt(
        name="files-self-mem-read-only",
        category="files",
        tries="write a shared page of read-only code through /proc/self/mem: it may change nobody else",
        code="""
import json.decoder
line = next(l for l in open("/proc/self/maps") if "r-xp" in l and l.split()[-1].startswith("/"))
low = int(line.split("-")[0], 16); path = line.split()[-1]
before = open(path, "rb").read()
def forced():
    with open("/proc/self/mem", "r+b", 0) as mem:
        mem.seek(low); mem.write(b"\\x90" * 16)
harmless("forced", forced)
attack("in the file", lambda: open(path, "rb").read() != before)
""",
    ),
    Attempt(
        name="proc-sys-write",
        category="/proc",
        tries="write the kernel's parameters: core pattern, modprobe, host name, panic, ptrace scope",
        code="""
for name in ("kernel/core_pattern", "kernel/modprobe", "kernel/hostname", "kernel/domainname",
             "kernel/panic", "kernel/sysrq", "kernel/hotplug", "kernel/poweroff_cmd",
             "kernel/randomize_va_space", "kernel/yama/ptrace_scope", "vm/overcommit_memory",
             "vm/drop_caches", "fs/suid_dumpable", "fs/protected_symlinks", "kernel/pid_max",
             "kernel/ns_last_pid", "net/ipv4/ip_forward", "fs/binfmt_misc/register",
             "kernel/shmmax", "fs/mqueue/queues_max", "user/max_user_namespaces"):
    attack(name, lambda: write("/proc/sys/" + name, b"|/job/handler %p"))
    attack(name + " number", lambda: write("/proc/sys/" + name, b"1"))
""",
    ),
    Attempt(
        name="proc-sysrq",
        category="/proc",
        tries="sync, remount or crash the machine through sysrq-trigger",
        code="""
for key in (b"s", b"h", b"u"):
    attack(key.decode(), lambda: write("/proc/sysrq-trigger", key))
""",
    ),
    Attempt(
        name="proc-kernel-memory",
        category="/proc",
        tries="read kernel memory and addresses: kcore, kallsyms, kmsg, /dev/mem, vmcore",
        code="""
for path in ("/proc/kcore", "/proc/kmsg", "/dev/mem", "/dev/kmem", "/dev/port", "/proc/vmcore",
             "/proc/kpagecount", "/proc/kpageflags"):
    attack(path, lambda: open(path, "rb").read(64))
def addresses():
    return any(int(l.split()[0], 16) for l in open("/proc/kallsyms"))
attack("kallsyms", addresses)
attack("pagemap", lambda: any(struct.unpack("<Q", os.pread(fd, 8, 0x1000 * 8))[0] & (1 << 54)
       for fd in [os.open("/proc/self/pagemap", os.O_RDONLY)]))
""",
    ),
    Attempt(
        name="proc-supervisor",
        category="/proc",
        tries="read the supervisor's memory, environment, descriptors and map through /proc/1",
        code="""
for name in ("mem", "environ", "maps", "fd/0", "fd/64", "fd/65", "stack", "syscall", "io",
             "auxv", "root/etc/passwd", "cwd", "map_files", "fdinfo/64", "task/1/mem", "personality",
             "smaps", "pagemap"):
    attack(name, lambda: open("/proc/1/" + name, "rb").read(16))
    attack("write " + name, lambda: open("/proc/1/" + name, "wb", 0).write(b"0"))
attack("list", lambda: os.listdir("/proc/1/fd"))
""",
        gvisor=Differs(
            why="environment, addresses and descriptor numbers are those that the job inherited; "
            "descriptor 0 is /dev/null; memory, pipes and root stay closed",
            won=frozenset(
                ("environ", "maps", "smaps", "auxv", "list", "fdinfo/64", "fd/0", "write fd/0")
            ),
        ),
    ),
    Attempt(
        name="proc-oom-score",
        category="/proc",
        tries="make itself the last to be killed for memory, or the supervisor the first",
        code="""
attack("supervisor", lambda: write("/proc/1/oom_score_adj", b"1000"))
attack("supervisor old", lambda: write("/proc/1/oom_adj", b"15"))
attack("self", lambda: write("/proc/self/oom_score_adj", b"-1000"))
attack("host", lambda: write(f"/proc/{HOST['pid']}/oom_score_adj", b"1000"))
""",
        gvisor=Differs(
            why="gVisor keeps the number and never kills for memory by it; it ends with the process",
            won=frozenset(("self",)),
        ),
    ),
    Attempt(
        name="proc-uid-map",
        category="/proc",
        tries="rewrite the id maps of its own and of the supervisor's user namespace",
        code="""
for pid in ("self", "1"):
    for name, text in (("uid_map", b"0 0 4294967295"), ("gid_map", b"0 0 1"), ("setgroups", b"allow"),
                       ("projid_map", b"0 0 1")):
        # The map of project ids needs no right: it may serve the job itself, but never a later one.
        own = pid == "self" and name == "projid_map"
        (harmless if own else attack)(pid + name, lambda: write(f"/proc/{pid}/{name}", text))
""",
    ),
    Attempt(
        name="proc-attributes",
        category="/proc",
        tries="set the security label of the next exec, of sockets and of keys",
        code="""
for name in ("current", "exec", "fscreate", "keycreate", "sockcreate", "prev"):
    attack(name, lambda: write("/proc/self/attr/" + name, b"unconfined"))
harmless("loginuid", lambda: write("/proc/self/loginuid", b"0"))
harmless("clear refs", lambda: write("/proc/self/clear_refs", b"1"))
harmless("timens", lambda: write("/proc/self/timens_offsets", b"monotonic 86400 0"))
""",
    ),
    Attempt(
        name="sys-write",
        category="/sys",
        tries="use /sys: uevent helper, power state, module parameters, block devices",
        code="""
for path in ("/sys/kernel/uevent_helper", "/sys/power/state", "/sys/kernel/mm/transparent_hugepage/enabled",
             "/sys/module/kernel/parameters/panic", "/sys/kernel/security", "/sys/kernel/debug",
             "/sys/firmware", "/sys/class/net", "/sys/block", "/sys/fs/bpf"):
    attack("write " + path, lambda: write(path, b"/job/helper"))
    attack("list " + path, lambda: bool(os.listdir(path)) and path.startswith(("/sys/kernel/d", "/sys/fs/b")))
""",
    ),
    Attempt(
        name="sys-through-proc",
        category="/sys",
        tries="find another instance of /sys or of the control groups in /proc and by new mounts",
        code="""
for path in ("/proc/1/root/sys/kernel", "/proc/self/root/sys/fs/cgroup", "/proc/1/cwd/../sys"):
    attack(path, lambda: write(path + "/uevent_helper", b"/job/x"))
    attack("group " + path, lambda: os.mkdir(f"{path}/{HOST['token']}"))
os.makedirs("/job/s", exist_ok=True)
attack("mount", lambda: call("mount", b"sysfs", b"/job/s", b"sysfs", 0, None))
attack("securityfs", lambda: call("mount", b"securityfs", b"/job/s", b"securityfs", 0, None))
attack("efivarfs", lambda: call("mount", b"efivarfs", b"/job/s", b"efivarfs", 0, None))
""",
    ),
    Attempt(
        name="cgroup-release-agent",
        category="cgroups",
        tries="set a release agent and leave an empty group, on any hierarchy that can be found or mounted",
        code="""
agent = f"#!/bin/sh\\ntouch {HOST['folder']}/escaped\\n"
open("/job/agent", "w").write(agent); os.chmod("/job/agent", 0o755)
for top in ("/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/rdma", "/job/cg"):
    attack("agent " + top, lambda: write(top + "/release_agent", b"/job/agent"))
    attack("notify " + top, lambda: write(top + "/notify_on_release", b"1"))
    attack("make " + top, lambda: os.mkdir(f"{top}/{HOST['token']}") if top != "/job/cg" else False)
os.makedirs("/job/cg", exist_ok=True)
for kind in (b"cgroup", b"cgroup2"):
    for data in (b"rdma", b"memory", b"none,name=x", None):
        attack(f"mount {kind} {data}", lambda: call("mount", kind, b"/job/cg", kind, 0, data))
""",
    ),
    Attempt(
        name="cgroup-limits",
        category="cgroups",
        tries="raise the limits of its own group, leave it, or freeze another",
        code="""
paths = {l.rstrip().split(":", 2)[2] for l in open("/proc/self/cgroup")}
for path in sorted(paths):
    for top in ("/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids", "/proc/1/root/sys/fs/cgroup"):
        for name in ("cgroup.procs", "memory.max", "memory.limit_in_bytes", "pids.max", "cgroup.freeze", "tasks"):
            attack(f"{top}{path}/{name}", lambda: write(f"{top}{path}/{name}", b"0"))
""",
    ),
    Attempt(
        name="core-pattern-dump",
        category="core patterns",
        tries="make the kernel run a handler of its own by dumping core in the sandbox",
        code="""
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
attack("limit", lambda: resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20)))
attack("pattern", lambda: write("/proc/sys/kernel/core_pattern", b"|/job/handler"))
harmless("filter", lambda: write("/proc/self/coredump_filter", b"0xff"))
def crash(): os.kill(os.getpid(), signal.SIGABRT)
_, status = os.waitpid(fork(crash), 0)
attack("dumped", lambda: os.WCOREDUMP(status))
attack("file", lambda: any("core" in n for n in os.listdir("/job")))
""",
    ),
    Attempt(
        name="core-of-the-supervisor",
        category="core patterns",
        tries="have the supervisor's memory dumped: core limits and signals of PID 1, a core socket, suid_dumpable",
        code="""
attack("limit", lambda: resource.prlimit(1, resource.RLIMIT_CORE, (1 << 20, 1 << 20)))
attack("dumpable", lambda: write("/proc/sys/fs/suid_dumpable", b"1"))
attack("filter", lambda: write("/proc/1/coredump_filter", b"0xff"))
attack("socket", lambda: write("/proc/sys/kernel/core_pattern", b"@/job/core"))
attack("pipe limit", lambda: write("/proc/sys/kernel/core_pipe_limit", b"0"))
for number in (signal.SIGQUIT, signal.SIGABRT, signal.SIGSEGV):
    attack(f"signal {number}", lambda: os.kill(1, number))
""",
    ),
    Attempt(
        name="mount-anything",
        category="mounts",
        tries="mount tmpfs, proc, sysfs, devpts, overlay, the bait by bind, and move or remount what is there",
        code="""
os.makedirs("/job/m", exist_ok=True)
for kind in (b"tmpfs", b"proc", b"sysfs", b"devpts", b"devtmpfs", b"overlay", b"mqueue", b"debugfs", b"bpf"):
    attack(kind.decode(), lambda: call("mount", HOST["token"].encode(), b"/job/m", kind, 0, None))
for name, flags in (("bind", 4096), ("rec bind", 4096 | 16384), ("move", 8192), ("shared", 1 << 20),
                    ("remount rw", 32 | 4096), ("remount job exec", 32), ("remount", 32 | 2 | 4)):
    attack(name, lambda: call("mount", b"/", b"/job/m", None, flags, None))
    attack(name + " job", lambda: call("mount", None, b"/job", None, flags, None))
""",
    ),
    Attempt(
        name="mount-resize",
        category="mounts",
        tries="call mount with just the flags that the filter lets through, to enlarge its own disk",
        code="""
for size in (b"size=4096m", b"size=100%", b"nr_inodes=0"):
    attack(size.decode(), lambda: call("mount", None, b"/job", None, 32 | 2 | 4, size))
    attack("tmp " + size.decode(), lambda: call("mount", None, b"/tmp", None, 32 | 2 | 4, size))
    attack("high half", lambda: call("mount", None, b"/job", None, (1 << 32) | 32 | 2 | 4, size))
disk = os.statvfs("/job")
attack("larger", lambda: disk.f_blocks * disk.f_frsize > 17 << 20)
""",
    ),
    Attempt(
        name="mount-new-api",
        category="mounts",
        tries="build a mount by fsopen, open_tree, move_mount, fspick and mount_setattr",
        code="""
attack("fsopen", lambda: call("fsopen", b"tmpfs", 0))
attack("fspick", lambda: call("fspick", -100, b"/job", 0))
attack("open_tree", lambda: call("open_tree", -100, b"/", 1))
attack("move_mount", lambda: call("move_mount", -100, b"/guest", -100, b"/job", 0))
attack("setattr", lambda: call("mount_setattr", -100, b"/", 0x8000, struct.pack("4Q", 0, 1, 0, 0), 32))
attack("fsmount", lambda: call("fsmount", 3, 0, 0))
attack("fsconfig", lambda: call("fsconfig", 3, 6, None, None, 0))
""",
    ),
    Attempt(
        name="mount-leave",
        category="mounts",
        tries="unmount what covers the host, pivot the root, or change root to a kept descriptor",
        code="""
for path in (b"/", b"/proc", b"/job", b"/tmp", b"/dev/shm", b"/guest", b"/dev/null", b"/usr"):
    for flags in (0, 1, 2, 8):
        attack(f"umount {path} {flags}", lambda: call("umount2", path, flags))
attack("pivot", lambda: call("pivot_root", b".", b"."))
attack("chroot", lambda: call("chroot", b"/proc/1/root"))
""",
    ),
    Attempt(
        name="device-nodes",
        category="device nodes",
        tries="make and open block and character devices: the host's disk, memory, a terminal, kmsg",
        code="""
for name, kind, major, minor in (("mem", stat.S_IFCHR, 1, 1), ("kmsg", stat.S_IFCHR, 1, 11),
        ("disk", stat.S_IFBLK, 8, 0), ("virtio", stat.S_IFBLK, 254, 0), ("fuse", stat.S_IFCHR, 10, 229),
        ("kvm", stat.S_IFCHR, 10, 232), ("tun", stat.S_IFCHR, 10, 200), ("tty", stat.S_IFCHR, 5, 0),
        ("loop", stat.S_IFBLK, 7, 0), ("null", stat.S_IFCHR, 1, 3)):
    for place in ("/job", "/tmp", "/dev/shm", "/dev"):
        attack(f"{place}/{name}", lambda: os.mknod(f"{place}/{name}", kind | 0o666, os.makedev(major, minor)))
        attack(f"open {place}/{name}", lambda: os.open(f"{place}/{name}", os.O_RDWR) if name != "null" else False)
""",
        gvisor=Differs(
            why="gVisor's own /dev/fuse, which nothing can be mounted with",
            won=frozenset(("open /dev/fuse",)),
        ),
    ),
    Attempt(
        name="device-listed",
        category="device nodes",
        tries="find a device beyond null, zero, full and random, and ioctls that push input to a terminal",
        code="""
for name in os.listdir("/dev"):
    attack(name, lambda: name not in ("null", "zero", "full", "random", "urandom", "fd", "stdin", "stdout",
           "stderr", "shm", "pts", "ptmx", "mqueue", "core", "tty", "console") )
for path in ("/dev/tty", "/dev/console", "/dev/ptmx", "/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/loop0", "/dev/vda"):
    attack("open " + path, lambda: os.open(path, os.O_RDWR) if path != "/dev/ptmx" else False)
import termios
for fd in (0, 1, 2):
    attack(f"push {fd}", lambda: fcntl.ioctl(fd, termios.TIOCSTI, b"x"))
def tun(): fcntl.ioctl(os.open("/dev/net/tun", os.O_RDWR), 0x400454CA, struct.pack("16sH22x", b"tun7", 1))
attack("make a network device", tun)
""",
        gvisor=Differs(
            why="gVisor's own devices: nothing can be mounted with the one, and no network device "
            "be made with the other",
            won=frozenset(("net", "fuse", "open /dev/fuse", "open /dev/net/tun")),
        ),
    ),
    Attempt(
        name="device-null-tampering",
        category="device nodes",
        tries="change mode, owner or content of the devices that all jobs share",
        code="""
for name in ("null", "zero", "full", "random", "urandom"):
    attack("chmod " + name, lambda: os.chmod("/dev/" + name, 0))
    attack("chown " + name, lambda: os.chown("/dev/" + name, os.getuid(), -1))
    attack("unlink " + name, lambda: os.unlink("/dev/" + name))
    attack("rename " + name, lambda: os.rename("/dev/" + name, "/dev/x"))
    attack("replace " + name, lambda: os.rename("/job/x", "/dev/" + name))
attack("entropy", lambda: fcntl.ioctl(os.open("/dev/random", os.O_RDONLY), 0x5206))
""",
    ),
)
