"""What every backend must do, run on each tier: the promises of `sandboxes.base`, attacked."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import json
import tempfile
import threading
import time
from typing import Any

import pytest
from sandbox_places import FAST, ROOT, job, pair, shown

from sandboxes.base import Job, Limits, Process, SandboxUnavailable, Status

HOG = "b = []\nfor i in range(400): b.append(bytearray(4 << 20)); b[-1][::4096] = b'x' * 1024\n"


def limits(**changes: Any) -> Limits:
    return dataclasses.replace(FAST, **changes)


def told(outcome: Any) -> Any:
    """What the guest told over the report descriptor."""
    assert outcome.status is Status.OK, shown(outcome)
    return json.loads(outcome.report)


def denied(body: str) -> str:
    """Guest code that tells the name of the error that `body` ends in."""
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    return (
        f"try:\n{indented}\nexcept OSError as e: tell(errno.errorcode[e.errno])\nelse: tell('done')"
    )


# What a job says of itself


def test_small_output_comes_back_whole(sandbox: Any) -> None:
    """Both streams arrive apart, uncut, with their true length and hash."""
    done = sandbox.run(job("print('hä'); print('oops', file=sys.stderr)"))
    assert done.status is Status.OK, shown(done)
    assert done.exit_code == 0 and done.signal is None
    assert done.stdout.head == "hä\n".encode() and not done.stdout.cut
    assert done.stdout.length == 4
    assert done.stdout.sha256 == hashlib.sha256("hä\n".encode()).hexdigest()
    assert done.stderr.text == "oops\n"


def test_large_output_keeps_both_ends_and_the_hash(sandbox: Any) -> None:
    """Of a stream longer than 64 KiB the first and last 32 KiB are kept, and the hash is of all."""
    done = sandbox.run(job("for i in range(40000): print(i)"))
    whole = "".join(f"{i}\n" for i in range(40000)).encode()
    assert done.status is Status.OK, shown(done)
    assert done.stdout.cut and done.stdout.length == len(whole)
    assert done.stdout.head == whole[: 32 << 10] and done.stdout.tail == whole[-(32 << 10) :]
    assert done.stdout.sha256 == hashlib.sha256(whole).hexdigest()


def test_output_that_exactly_fits_is_not_cut(sandbox: Any) -> None:
    """64 KiB are kept whole; one byte more is a cut stream without a gap in its length."""
    fits = sandbox.run(job("sys.stdout.write('x' * 65536)"))
    assert fits.stdout.head == b"x" * 65536 and not fits.stdout.cut
    more = sandbox.run(job("sys.stdout.write('x' * 65536 + 'y')"))
    assert more.stdout.cut and more.stdout.length == 65537 and more.stdout.tail.endswith(b"xy")


@pytest.mark.parametrize(
    ("code", "exit_code", "stderr"),
    [
        ("sys.exit(3)", 3, ""),
        ("sys.exit('why')", 1, "why"),
        ("os._exit(7)", 7, ""),
        ("1 / 0", 1, "ZeroDivisionError"),
    ],
)
def test_exit_codes(sandbox: Any, code: str, exit_code: int, stderr: str) -> None:
    """Every way to end unhappily is `nonzero`, with the code and the words that a shell shows."""
    done = sandbox.run(job(code))
    assert (done.status, done.exit_code) == (Status.NONZERO, exit_code)
    assert stderr in done.stderr.text


def test_signal_is_named(sandbox: Any) -> None:
    """A crash is `signalled` with the number of the signal."""
    done = sandbox.run(job("os.kill(os.getpid(), signal.SIGSEGV)"))
    assert (done.status, done.signal, done.exit_code) == (Status.SIGNALLED, 11, None)


def test_stdin_of_any_size_arrives(sandbox: Any) -> None:
    """Input smaller and larger than a pipe is read to its end."""
    for size in (0, 10, 65536, 700_000):
        done = sandbox.run(job("tell(len(sys.stdin.read()))", stdin="x" * size))
        assert told(done) == size


def test_unread_stdin_does_no_harm(sandbox: Any) -> None:
    """A job that never reads its large input ends as it would have."""
    assert sandbox.run(job("print(1)", stdin="x" * 700_000)).status is Status.OK


def test_payload_of_any_size_arrives(sandbox: Any) -> None:
    """A payload larger than a pipe reaches the guest unchanged."""
    text = "ü\ud800" * 200_000
    process = Process(entry="guest:main", payload={"code": "tell(len(payload['t']))", "t": text})
    assert told(sandbox.run(Job(processes=(process,), limits=FAST))) == len(text)


def test_programs_run_too(sandbox: Any) -> None:
    """`argv` is executed with the job's input, environment and files."""
    process = Process(argv=("/bin/sh", "-c", "cat in.txt; cat; echo $WORD; exit 4"), stdin="b\n")
    done = sandbox.run(
        Job(processes=(process,), files={"in.txt": "a\n"}, env={"WORD": "c"}, limits=FAST)
    )
    assert (done.exit_code, done.stdout.text) == (4, "a\nb\nc\n")


def test_missing_program_is_the_jobs_fault(sandbox: Any) -> None:
    """A program that is not there ends as in a shell, with 127."""
    done = sandbox.run(Job(processes=(Process(argv=("/bin/no-such-thing",)),), limits=FAST))
    assert (done.status, done.exit_code) == (Status.NONZERO, 127)


def test_files_in_and_out(sandbox: Any) -> None:
    """Given files can be read, sub-folders included; named ones come back, links never."""
    code = """
assert open('a/b.txt').read() == 'text'
open('a/out.bin', 'wb').write(bytes(range(256)))
os.symlink('/etc/passwd', 'link'); os.symlink('/etc', 'etc'); os.mkfifo('fifo')
"""
    names = ("a/out.bin", "link", "etc/passwd", "fifo", "none")
    done = sandbox.run(job(code, files={"a/b.txt": "text"}, collect=names))
    assert done.status is Status.OK, shown(done)
    assert dict(done.files) == {"a/out.bin": bytes(range(256))}


# Limits


def test_processor_time_is_limited_below_a_second(sandbox: Any) -> None:
    """A busy loop ends as a timeout soon after its processor time is used up."""
    done = sandbox.run(job("while True: pass", limits=limits(cpu_s=0.3, wall_s=20)))
    assert done.status is Status.TIMEOUT, shown(done)
    assert 0.25 <= done.cpu_s < 1.0


def test_processor_time_of_all_processes_counts(sandbox: Any) -> None:
    """Work handed to children is work; ten children do not have ten times the limit."""
    code = "for i in range(10):\n    if os.fork() == 0:\n        while True: pass\ntime.sleep(60)"
    done = sandbox.run(job(code, limits=limits(cpu_s=0.4, wall_s=20)))
    assert done.status is Status.TIMEOUT and "processor" in done.detail, shown(done)
    assert done.cpu_s < 1.5


def test_sleep_ends_at_the_wall(sandbox: Any) -> None:
    """A job that only waits ends at its wall time."""
    done = sandbox.run(job("time.sleep(60)", limits=limits(wall_s=0.3)))
    assert done.status is Status.TIMEOUT, shown(done)
    assert 0.25 <= done.wall_s < 1.5


def test_memory_hog(sandbox: Any) -> None:
    """More memory than the limit is `memory`, and the next job is not touched by it."""
    done = sandbox.run(job(HOG, limits=limits(memory_mb=96)))
    assert done.status is Status.MEMORY, shown(done)
    assert told(sandbox.run(job("tell(1)"))) == 1


def test_memory_of_many_processes(sandbox: Any) -> None:
    """Processes that are each below the limit are counted together, whatever the first one says."""
    code = """
for i in range(8):
    if os.fork() == 0:
        b = bytearray(b'x') * (30 << 20); time.sleep(30)
time.sleep(4)
os._exit(0)
"""
    done = sandbox.run(job(code, limits=limits(memory_mb=100)))
    assert done.status is Status.MEMORY, shown(done)


def test_memory_without_a_mapping(sandbox: Any) -> None:
    """memfd memory is bounded by the group, or memfd is refused: never unbounded."""
    code = """
fds = []
for i in range(60):
    fd = os.memfd_create('x'); fds.append(fd)
    for k in range(4): os.write(fd, b'x' * (1 << 20))
"""
    done = sandbox.run(job(code, limits=limits(memory_mb=96, file_mb=64)))
    assert done.status is Status.MEMORY or "PermissionError" in done.stderr.text, shown(done)


def test_forks_of_one_zygote_are_not_a_hog(sandbox: Any) -> None:
    """Memory that processes share is not counted for each of them."""
    code = """
data = bytearray(b'x') * (20 << 20)
for i in range(12):
    if os.fork() == 0: time.sleep(0.4); os._exit(0)
time.sleep(0.5); tell(1)
"""
    assert told(sandbox.run(job(code, limits=limits(memory_mb=120)))) == 1


def test_fork_bomb_is_bounded_and_gone(sandbox: Any) -> None:
    """A fork bomb gets no further than the limit, and nothing of it is left."""
    code = """
def bomb():
    os.setsid()
    os.nice(19)
    while True:
        try:
            if os.fork() == 0: os.setsid()
        except OSError: pass
if os.fork() == 0: bomb()
most, until = 0, time.monotonic() + 0.3
while time.monotonic() < until:
    most = max(most, sum(name.isdigit() for name in os.listdir('/proc')))
    time.sleep(0.01)
tell(most)
"""
    # What else a bomb uses up, processor time and the kernel's memory, is not what is bounded here.
    plenty = limits(pids=24, memory_mb=512, cpu_s=60, wall_s=60)
    done = sandbox.run(job(code, limits=plenty))
    assert done.status is Status.OK, shown(done)
    assert 2 <= int(done.report) <= 26, shown(done)
    # gVisor lets some be born while the others are being killed: these count what was reaped.
    most = 52 if sandbox.tier == "docker:runsc" else 26
    assert 1 <= done.leftover <= most, shown(done)
    assert told(sandbox.run(job("tell(sum(n.isdigit() for n in os.listdir('/proc')))"))) <= 2


def test_output_flood(sandbox: Any) -> None:
    """Endless output is `output`, and ends long before the time does."""
    begun = time.monotonic()
    done = sandbox.run(
        job(
            "while True: os.write(1, b'x' * 65536)",
            limits=limits(output_kb=64, cpu_s=60, wall_s=60),
        )
    )
    assert done.status is Status.OUTPUT, shown(done)
    assert time.monotonic() - begun < 30


def test_a_little_too_much_output(sandbox: Any) -> None:
    """A job over its limit that ends by itself is `output` with the true length and hash."""
    done = sandbox.run(job("sys.stdout.write('x' * 100_000)", limits=limits(output_kb=64)))
    assert done.status is Status.OUTPUT and done.stdout.length == 100_000
    assert done.stdout.sha256 == hashlib.sha256(b"x" * 100_000).hexdigest()


def test_report_is_capped(sandbox: Any) -> None:
    """The private descriptor keeps its first bytes and says that there were more."""
    done = sandbox.run(job("os.write(report, b'y' * 20_000)", limits=limits(report_kb=16)))
    assert done.report == b"y" * 16384 and done.report_cut


def test_disk_full(sandbox: Any) -> None:
    """Filling the disk is `disk`, counted over all writable places together."""
    code = """
for place in ('/job', '/tmp', '/dev/shm'):
    for i in range(20): open(f'{place}/f{i}', 'wb').write(b'x' * (1 << 20))
"""
    assert sandbox.run(job(code)).status is Status.DISK
    assert told(sandbox.run(job("open('f', 'wb').write(b'x' * (3 << 20)); tell(1)"))) == 1


def test_inodes_exhausted(sandbox: Any) -> None:
    """Files without content are bounded too, and the next job can make its own."""
    done = sandbox.run(job("for i in range(100_000): open(f'/tmp/{i}', 'w').close()"))
    # gVisor counts no inodes: there the job comes to its end, or to that of its time.
    due = {Status.DISK}
    if sandbox.tier == "docker:runsc":
        due = {Status.OK, Status.TIMEOUT}
    assert done.status in due, shown(done)
    assert told(sandbox.run(job("[open(f'{i}', 'w').close() for i in range(300)]; tell(1)"))) == 1


def test_file_size(sandbox: Any) -> None:
    """One file larger than its limit is `disk`."""
    done = sandbox.run(job("open('f', 'wb').write(b'x' * (5 << 20))"))
    assert done.status is Status.DISK, shown(done)


def test_limits_may_differ_from_job_to_job(sandbox: Any) -> None:
    """Disk and memory limits are those of the job, not of the slot's first one."""
    code = "v = os.statvfs('/job'); tell(v.f_blocks * v.f_frsize >> 20)"
    assert told(sandbox.run(job(code, limits=limits(disk_mb=5)))) == 5
    assert told(sandbox.run(job(code, limits=limits(disk_mb=40)))) == 40


# What stays behind


def test_daemon_does_not_outlive_its_job(sandbox: Any) -> None:
    """A daemon that ignores every signal is counted and gone, its abstract socket with it."""
    code = """
if os.fork() == 0:
    os.setsid()
    for s in range(1, 65):
        try: signal.signal(s, signal.SIG_IGN)
        except (OSError, ValueError): pass
    if os.fork(): os._exit(0)
    os.closerange(0, 100)
    s = socket.socket(socket.AF_UNIX); s.bind('\\0covert'); s.listen(); time.sleep(60)
time.sleep(0.2)
"""
    done = sandbox.run(job(code))
    assert (done.status, done.leftover) == (Status.OK, 1), shown(done)
    looks = denied("socket.socket(socket.AF_UNIX).connect('\\0covert')")
    assert told(sandbox.run(job(looks))) == "ECONNREFUSED"


def test_deep_folders_are_wiped(sandbox: Any) -> None:
    """3000 folders in each other, of modes that forbid entry, are gone for the next job."""
    code = """
for i in range(3000):
    os.mkdir('d' * 60); os.chdir('d' * 60)
open('f', 'w').write('x'); os.chdir('/job'); os.chmod('d' * 60, 0)
"""
    assert sandbox.run(job(code, limits=limits(inodes=8192))).status is Status.OK
    assert told(sandbox.run(job("tell(os.listdir('/job'))"))) == []


def test_nothing_of_one_job_is_seen_by_the_next(sandbox: Any) -> None:
    """Files, environment, modules, rights and working folder of job A are not those of job B."""
    plant = """
for d in ('/job', '/tmp', '/dev/shm'): open(d + '/secret', 'w').write('s')
os.environ['PLANTED'] = '1'; sys.modules['json'].loads = None; sys.path.append('/planted')
guest = sys.modules['guest']; guest.PLANTED = 1; os.umask(0o777)
"""
    look = """
tell([os.listdir(d) for d in ('/job', '/tmp', '/dev/shm')] + [os.environ.get('PLANTED'),
    '/planted' in sys.path, hasattr(sys.modules['guest'], 'PLANTED'), os.umask(0), os.getcwd()])
"""
    for _ in range(2):  # both slots
        assert sandbox.run(job(plant)).status is Status.OK
    expected = [[], [], [], None, False, False, 0o022, "/job"]
    assert told(sandbox.run(job(look))) == expected


MEMORY_SCAN = """
needle = payload['reversed'][::-1].encode()
def scan():
    with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as mem:
        for line in maps:
            span, mode = line.split()[:2]
            low, high = (int(x, 16) for x in span.split('-'))
            if 'r' not in mode or '[v' in line: continue
            for at in range(low, high, 1 << 20):
                try:
                    mem.seek(at); block = mem.read(min(1 << 20, high - at))
                except (OSError, ValueError, OverflowError): break
                i = block.find(needle[:12])
                while i >= 0:
                    hit = block[i:i + len(needle)] == needle and at + i
                    if hit and block[i:i + len(needle) + 4].endswith(b'~A~~'): return True
                    i = block.find(needle[:12], i + 1)
    return False
"""
SECRET = "secret-of-another-job-0123456789"


def test_memory_holds_nothing_of_the_job_before(sandbox: Any) -> None:
    """Payload, input and output of job A are not in the memory that job B inherits."""
    mark = SECRET + "~A~~"
    for _ in range(4):
        first = Process(
            entry="guest:main",
            payload={"code": "t = sys.stdin.read(); print(t); os.write(report, t.encode())",
                     "x": mark},
            stdin=mark,
        )  # fmt: skip
        assert sandbox.run(Job(processes=(first,), limits=FAST)).report == mark.encode()
    code = MEMORY_SCAN + "tell(scan())"
    payload = {"code": code, "reversed": SECRET[::-1]}
    second = Process(entry="guest:main", payload=payload)
    assert told(sandbox.run(Job(processes=(second,), limits=FAST))) is False
    control = "mine = needle + b'~' + b'A~~'\ntell(scan())"
    payload = {"code": MEMORY_SCAN + control, "reversed": SECRET[::-1]}
    third = Process(entry="guest:main", payload=payload)
    assert told(sandbox.run(Job(processes=(third,), limits=FAST))) is True


# What a job sees of the world


def test_no_network(sandbox: Any) -> None:
    """No socket but AF_UNIX can be made, and no device but an unset loopback exists."""
    for family in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET"):
        made = told(sandbox.run(job(denied(f"socket.socket(socket.{family}, socket.SOCK_RAW)"))))
        assert made == "EAFNOSUPPORT"
    devices = "tell([l.split(':')[0].strip() for l in open('/proc/net/dev') if ':' in l])"
    assert "eth0" not in told(sandbox.run(job(devices)))


def test_root_is_read_only(sandbox: Any) -> None:
    """Nothing outside the three writable places can be written."""
    code = """
left = []
for place in ('/', '/usr', '/guest', '/etc', '/site', '/proc', '/dev', '/lib', '/proc/sys/kernel'):
    try: open(place + '/x', 'w').close(); left.append(place)
    except OSError: pass
tell(left)
"""
    assert told(sandbox.run(job(code))) == []


def test_host_files_are_not_there(sandbox: Any) -> None:
    """Home folders, the project, and other processes' roots are out of sight."""
    hidden = [str(ROOT), str(ROOT / "pyproject.toml"), "/root/.ssh", "/proc/1/root", "/proc/1/cwd"]
    if not sandbox.tier.startswith("docker"):  # an image has folders of its own by these names
        hidden += [
            "/home", "/var", "/run", "/sys", "/boot", "/etc/shadow", "/etc/hostname",
            "/root/.bashrc", "/root/.profile",
        ]  # fmt: skip
    closed = ["/proc/1/mem", "/etc/shadow"]
    if sandbox.tier != "docker:runsc":  # gVisor shows it; it holds what jobs have anyway
        closed.append("/proc/1/environ")
    code = f"""
seen = []
for path in {hidden!r}:
    try: os.stat(path); seen.append(path)
    except OSError: pass
for path in {closed!r}:
    try: open(path).close(); seen.append(path)
    except OSError: pass
tell(seen)
"""
    assert told(sandbox.run(job(code))) == []
    with tempfile.NamedTemporaryFile(dir="/tmp", prefix="host-") as marker:
        looks = "tell([n for d in ('/tmp', '/var/tmp', '/dev/shm', '/job') if os.path.isdir(d)"
        assert told(sandbox.run(job(f"{looks} for n in os.listdir(d)])"))) == [], marker.name


def test_our_own_code_is_not_there(sandbox: Any) -> None:
    """Candidate code cannot import the supervisor, the harness, or a package nobody listed."""
    code = """
found = []
for name in ('sandboxes', 'harness', 'runners', 'pytest', 'pydantic', 'pip', 'setuptools'):
    try: __import__(name); found.append(name)
    except ImportError: pass
tell(found + [m for m in sys.modules if m.startswith('sandboxes')])
"""
    held = ["pytest"] if sandbox.tier.startswith("docker") else []  # the image holds it
    assert told(sandbox.run(job(code))) == held


def test_environment_is_ours(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the documented variables and the job's own exist; no path of the host shows."""
    monkeypatch.setenv("HOST_SECRET", "x")
    code = "tell([dict(os.environ), open('/proc/self/environ').read(), sys.argv, sys.orig_argv])"
    environ, block, argv, original = told(sandbox.run(job(code, env={"MINE": "1"})))
    assert environ.pop("MINE") == "1"
    assert set(environ) == {
        "HOME", "TMPDIR", "PATH", "LANG", "PYTHONHASHSEED", "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS", "TZ",
    }  # fmt: skip
    assert "HOST_SECRET" not in block and argv == [""]
    assert not any("pairproof" in word or str(ROOT) in word for word in original)


def test_no_privilege(sandbox: Any) -> None:
    """No capability now, none to gain, no other user to become."""
    code = """
s = dict(l.rstrip('\\n').split(':\\t', 1) for l in open('/proc/self/status') if ':\\t' in l)
def becomes():
    try: os.setuid(0)
    except OSError: return False
    return True
tell([int(s['CapEff'], 16), int(s['CapPrm'], 16), int(s['CapBnd'], 16), int(s.get('CapAmb', '0'), 16),
      str(libc.prctl(39, 0, 0, 0, 0)), s['Seccomp'], os.getuid() != 0, becomes()])
"""
    # An engine leaves what our PID 1 holds in the bounding set, useless without new privileges.
    bounding = 0xE0 if sandbox.tier in ("docker:uid", "docker:container", "docker:runsc") else 0
    assert told(sandbox.run(job(code))) == [0, 0, bounding, 0, "1", "2", True, False]


X86 = {
    "ptrace": 101, "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155,
    "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425, "keyctl": 250,
    "add_key": 248, "request_key": 249, "shmget": 29, "semget": 64, "msgget": 68, "mq_open": 240,
    "chroot": 161, "process_vm_readv": 310, "open_by_handle_at": 304, "kcmp": 312, "fsopen": 430,
}  # fmt: skip
ARM = {
    "ptrace": 117, "unshare": 97, "setns": 268, "mount": 40, "umount2": 39, "pivot_root": 41,
    "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "io_uring_setup": 425, "keyctl": 219,
    "add_key": 217, "request_key": 218, "shmget": 194, "semget": 190, "msgget": 186, "mq_open": 180,
    "chroot": 51, "process_vm_readv": 270, "open_by_handle_at": 265, "kcmp": 272, "fsopen": 430,
}  # fmt: skip


def test_dangerous_calls_are_refused(sandbox: Any) -> None:
    """Namespaces, mounts, tracing, keyrings, SysV IPC and queues, bpf: all EPERM by the filter."""
    code = """
calls = payload['x86_64' if os.uname().machine == 'x86_64' else 'aarch64']
left = {}
for name, number in calls.items():
    ctypes.set_errno(0)
    result = libc.syscall(number, 0x10000000, 4096, 0o1666, 0, 0)
    if result != -1 or ctypes.get_errno() != errno.EPERM: left[name] = ctypes.get_errno()
tell(left)
"""
    process = Process(entry="guest:main", payload={"code": code, "x86_64": X86, "aarch64": ARM})
    assert told(sandbox.run(Job(processes=(process,), limits=FAST))) == {}


def test_supervisor_cannot_be_touched(sandbox: Any) -> None:
    """No signal, limit, priority or file of PID 1 is in reach, and it serves the next job."""
    code = """
import resource
res = []
def attempt(name, action):
    try: action()
    except (OSError, ValueError): return
    res.append(name)
for s in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP, signal.SIGHUP, 40):
    attempt(f'kill {s}', lambda: os.kill(1, s))
attempt('pidfd', lambda: os.pidfd_open(1))
attempt('proc pidfd', lambda: signal.pidfd_send_signal(os.open('/proc/1', os.O_RDONLY), 2))
attempt('prlimit', lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (9, 9)))
attempt('nice', lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))
attempt('nice all', lambda: os.setpriority(os.PRIO_USER, 0, 19))
attempt('affinity', lambda: os.sched_setaffinity(1, {0}))
for name in ('mem', 'environ', 'maps', 'fd/0', 'oom_score_adj'):
    attempt(name, lambda: open(f'/proc/1/{name}', 'r+b'))
tell(res)
"""
    # On gVisor PID 1's own /dev/null can be opened by its name, as it could be anyway.
    reached = ["fd/0"] if sandbox.tier == "docker:runsc" else []
    assert told(sandbox.run(job(code))) == reached
    assert told(sandbox.run(job("tell(1)"))) == 1


def test_kill_of_everything_hits_only_the_job(sandbox: Any) -> None:
    """kill(-1) from a job ends at most that job."""
    sandbox.run(job("os.kill(-1, signal.SIGKILL)\ntime.sleep(0.1)"))
    assert told(sandbox.run(job("tell(1)"))) == 1


def test_hash_seed_is_honoured(sandbox: Any) -> None:
    """The same seed gives the same hashes in any slot, another seed others, 0 the plain ones."""
    code = "tell([hash('pairproof'), hash(b'x' * 9)])"
    seen = {
        seed: [told(sandbox.run(job(code, hash_seed=seed))) for _ in range(2)] for seed in (0, 7)
    }
    assert seen[0][0] == seen[0][1] and seen[7][0] == seen[7][1] and seen[0] != seen[7]


# Two processes


def test_peers_talk(sandbox: Any) -> None:
    """The two processes of a job share a socket; only the reporter holds the report."""
    first = """
s = socket.socket(fileno=peer); s.sendall(b'ping'); tell([s.recv(100).decode(), report, peer])
"""
    second = """
s = socket.socket(fileno=peer); s.recv(4); s.sendall(f'pong {report} {peer}'.encode())
try: os.write(3, b'forged')
except OSError: pass
time.sleep(60)
"""
    done = sandbox.run(pair(first, second))
    assert told(done) == ["pong -1 4", 3, 4]
    assert done.leftover == 0 and done.wall_s < 4


def test_first_process_decides_the_end(sandbox: Any) -> None:
    """A second process that dies does not end the job, nor lend it its exit code."""
    done = sandbox.run(pair("time.sleep(0.2); tell(1)", "os._exit(9)"))
    assert told(done) == 1 and done.exit_code == 0


SPY = """
s = socket.socket(fileno=peer); pid = int(s.recv(20)); got = []
def attempt(name, action):
    try:
        if action() is not False: got.append(name)
    except OSError: pass
for name in ('mem', 'maps', 'environ', 'fd/3', 'fd/0', 'syscall', 'stack'):
    attempt(name, lambda: open(f'/proc/{pid}/{name}', 'rb').read(1) if name != 'mem'
            else open(f'/proc/{pid}/mem', 'r+b'))
attempt('fds', lambda: os.listdir(f'/proc/{pid}/fd'))
attempt('cwd', lambda: os.readlink(f'/proc/{pid}/cwd'))
attempt('ptrace', lambda: libc.ptrace(16, pid, 0, 0) == 0)
attempt('vm_readv', lambda: libc.process_vm_readv(pid, 0, 0, 0, 0, 0) == 0)
attempt('pidfd_getfd', lambda: libc.syscall(438, os.pidfd_open(pid), 3, 0) >= 0)
s.sendall(json.dumps(got).encode() or b'[]')
time.sleep(60)
"""


def test_peer_cannot_look_into_the_reporter(sandbox: Any) -> None:
    """Memory, descriptors and environment of the first process are closed to the second."""
    first = """
s = socket.socket(fileno=peer); s.sendall(str(os.getpid()).encode()); tell(s.recv(1000).decode())
"""
    seen = json.loads(told(sandbox.run(pair(first, SPY))))
    # gVisor shows where memory lies and which descriptors there are, but opens neither.
    shown_there = {"maps", "environ", "fd/0", "fds"} if sandbox.tier == "docker:runsc" else set()
    assert set(seen) <= shown_there


def test_peer_does_not_inherit_the_reporters_payload(sandbox: Any) -> None:
    """What the first process was given is nowhere in the second one's memory."""
    scan = MEMORY_SCAN + "socket.socket(fileno=peer).sendall(str(scan()).encode()); time.sleep(60)"
    first = "tell(socket.socket(fileno=peer).recv(100).decode())"
    secret = {"code": first, "tests": [SECRET + "~A~~"] * 50}
    done = sandbox.run(
        Job(
            processes=(
                Process(entry="guest:main", payload=secret, stdin=SECRET + "~A~~"),
                Process(
                    entry="guest:main",
                    payload={"code": scan, "reversed": SECRET[::-1]},
                    reports=False,
                ),
            ),
            limits=FAST,
        )
    )
    assert told(done) == "False"


def test_a_program_reports_apart_or_not_at_all(sandbox: Any) -> None:
    """A reporting program beside a second process runs under its own user, or is refused."""
    reporter = Process(argv=("/bin/sh", "-c", "sleep 0.2; printf %s $(id -u) >&3"))
    looks = "time.sleep(0.05); print([p for p in os.listdir('/proc') if p.isdigit()])"
    peer = Process(entry="guest:main", payload={"code": looks}, reports=False)
    two = Job(processes=(reporter, peer), limits=FAST)
    if sandbox.tier == "user":
        with pytest.raises(SandboxUnavailable, match="one user id"):
            sandbox.run(two)
        return
    done = sandbox.run(two)
    assert int(done.report) >= 1000
    if sandbox.tier == "root":
        assert len(ast.literal_eval(done.stderr.text)) == 1, shown(done)  # hidepid: itself alone


# Slots


def test_jobs_run_in_parallel(sandbox: Any) -> None:
    """Two jobs overlap in time, each alone in its own slot."""
    code = """
begun = time.time(); time.sleep(0.7)
tell([begun, time.time(), os.readlink('/proc/self/ns/net')])
"""
    results: list[Any] = []

    def one() -> None:
        results.append(told(sandbox.run(job(code))))

    for _ in range(2):  # the first time both slots are started
        results.clear()
        threads = [threading.Thread(target=one) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    (begun_a, ended_a, net_a), (begun_b, ended_b, net_b) = results
    assert max(begun_a, begun_b) < min(ended_a, ended_b)
    if sandbox.tier != "docker:runsc":  # a kernel of its own counts its namespaces anew
        assert net_a != net_b


def test_slot_is_kept_warm_until_something_happens(sandbox: Any) -> None:
    """Ordinary jobs share a slot; after memory ran out the next job gets a new one."""
    # Which PID 1 it is: by its start, or by the count of the slot's processes where that is hidden
    # (hidepid) or says nothing (gVisor starts its clock with the container).
    by_start = sandbox.tier in ("docker:uid", "docker:uidns", "docker:container")
    code = "tell(['pid', os.getpid()])"
    if by_start:
        code = "tell(['born', open('/proc/1/stat').read().split()[21]])"
    number = job(code, hash_seed=11)
    (kind, first), (_, second) = (told(sandbox.run(number)) for _ in range(2))
    if sandbox.tier == "docker:container":
        assert second != first
        return
    assert second == first if kind == "born" else second == first + 1
    hog = sandbox.run(job(HOG, hash_seed=11))
    assert hog.status is Status.MEMORY, shown(hog)
    third = told(sandbox.run(number))[1]
    assert third != second if kind == "born" else third <= first


def test_facts_name_every_mechanism(sandbox: Any) -> None:
    """Provenance says the tier, the digest and what holds each limit."""
    facts = sandbox.facts()
    backend, _, tier = sandbox.tier.rpartition(":")
    assert (facts.backend, facts.tier) == (backend or "embedded", tier)
    assert facts.code.startswith("sha256:")
    assert facts.image.startswith("sha256:") and "python" in facts.toolchain
    for what in ("network", "files", "processes", "memory", "pids", "cpu", "wall", "disk"):
        assert facts.enforced[what]


def test_bad_jobs_are_refused(sandbox: Any) -> None:
    """A job that no plan may contain is an error of the caller, not an outcome."""
    for bad in (
        job("", profile="none"),
        job("", hash_seed=-1),
        job("", files={"../x": ""}),
        job("", collect=("/etc/passwd",)),
        Job(processes=()),
    ):
        with pytest.raises(ValueError):
            sandbox.run(bad)
