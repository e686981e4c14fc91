"""What the next job sees: everything that one job could leave to another, in one answer."""

from __future__ import annotations

import json
from typing import Any

from hostile_attempt import plain
from hostile_world import World

from sandboxes.base import Status

VIEW = r"""
import hashlib
status = dict(l.rstrip("\n").split(":\t", 1) for l in open("/proc/self/status") if ":\t" in l)

def text(path):
    try: return open(path, errors="replace").read()
    except OSError as e: return errno.errorcode[e.errno]

def below(top):
    found = []
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            at = os.lstat(os.path.join(folder, name))
            found.append([os.fsencode(os.path.join(folder, name)).hex(), at.st_mode, at.st_size])
    return sorted(found)

def digest(top):
    total = hashlib.sha256()
    for folder, folders, files in os.walk(top):
        folders.sort()
        for name in sorted(files):
            total.update(open(os.path.join(folder, name), "rb").read())
    return total.hexdigest()

def descriptors():
    found = []
    for fd in range(256):
        try: found.append([fd, stat.S_IFMT(os.fstat(fd).st_mode)])
        except OSError: pass
    return found

def got(*arguments):
    value = ctypes.c_int(0)
    libc.prctl(arguments[0], ctypes.byref(value), 0, 0, 0)
    return value.value

def dispositions():
    found, held = [], ctypes.create_string_buffer(256)
    for number in range(1, 65):
        libc.sigaction(number, None, held)
        found.append(min(struct.unpack_from("Q", held)[0], 2))
    return found

def resources():
    names = [n for n in dir(resource) if n.startswith("RLIMIT_")]
    return {n: resource.getrlimit(getattr(resource, n)) for n in names}

disk = os.statvfs("/job")
view = {
    "files": [below(p) for p in ("/job", "/tmp", "/dev/shm")],
    "modes": [os.stat(p).st_mode for p in ("/", "/job", "/tmp", "/dev/shm", "/dev/null")],
    "attributes": [os.listxattr(p) for p in ("/job", "/tmp", "/dev/shm")],
    "free": [disk.f_blocks - disk.f_bfree, disk.f_files - disk.f_ffree],
    "guest code": digest("/guest"),
    "devices": sorted(os.listdir("/dev")),
    "root": sorted(os.listdir("/")),
    "mounts": len(text("/proc/self/mountinfo").splitlines()),
    "environment": sorted(os.environ.items()),
    "working folder": os.getcwd(),
    "umask": os.umask(0o022),
    "names": list(os.uname()),
    "nice": os.getpriority(os.PRIO_PROCESS, 0),
    "processors": sorted(os.sched_getaffinity(0)),
    "policy": os.sched_getscheduler(0),
    "resources": resources(),
    "dispositions": dispositions(),
    "signals": [status.get(n) for n in ("SigIgn", "SigBlk", "SigCgt", "SigPnd", "ShdPnd")],
    "capabilities": [status.get(n) for n in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")],
    "filter": [status.get(n) for n in ("Seccomp", "Seccomp_filters", "NoNewPrivs")],
    "timers": [signal.getitimer(k) for k in (0, 1, 2)],
    "dumpable": libc.prctl(3, 0, 0, 0, 0),
    "subreaper": got(37), "death signal": got(2), "slack": libc.prctl(30, 0, 0, 0, 0),
    "personality": libc.personality(0xffffffff),
    "descriptors": descriptors(),
    "processes": [n for n in os.listdir("/proc") if n.isdigit() and n not in ("1", str(os.getpid()))],
    "unix sockets": [l.split()[-1] for l in text("/proc/net/unix").splitlines()[1:] if len(l.split()) > 7],
    "devices of the net": [l.split(":")[0].strip() for l in text("/proc/net/dev").splitlines() if ":" in l],
    "ipc": [len(text(f"/proc/sysvipc/{k}").splitlines()) for k in ("shm", "sem", "msg")],
    "locks": [l for l in text("/proc/locks").splitlines() if " -1 " not in l],
    "project ids": text("/proc/self/projid_map"),
    "killed first": text("/proc/self/oom_score_adj"),
    "dump filter": text("/proc/self/coredump_filter"),
    "login": text("/proc/self/loginuid"),
    "label": text("/proc/self/attr/current"),
    "modules": sorted(sys.modules),
    "search path": sys.path,
    "hooks": [len(sys.meta_path), len(sys.path_hooks), sys.gettrace() is None, sys.getprofile() is None,
              sys.getrecursionlimit(), sys.getswitchinterval(), len(sys._current_frames())],
    "byte code": sys.dont_write_bytecode,
    "marks": sorted(n for n in vars(sys.modules["guest"]) if not n.startswith("__")),
    "builtins": len(dir(__builtins__)),
    "locked": [status.get("VmLck"), status.get("HugetlbPages")],
}
tell({"view": view, "slot": os.readlink("/proc/self/ns/pid"), "pid": os.getpid()})
"""


def look(sandbox: Any, world: World) -> dict[str, Any]:
    """The view of a job that comes next; "slot" and "pid" tell whether it is the same slot.

    The kernel gives the number of a namespace again; process numbers of a slot only rise.
    """
    done = sandbox.run(plain(VIEW, world))
    assert done.status is Status.OK, f"the next job failed: {done.detail} {done.stderr.text}"
    told: dict[str, Any] = json.loads(done.report)
    return told


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What of a view is not as it was, in words."""
    return [
        f"{name}: {before.get(name)!r} became {after.get(name)!r}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
