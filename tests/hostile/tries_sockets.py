"""Sockets, IPC and keyrings."""

from __future__ import annotations

from hostile_attempt import Attempt, Differs

ATTEMPTS = (
    Attempt(
        name="socket-internet",
        category="sockets",
        tries="reach a listener on the host's loopback by TCP and UDP, IPv4 and IPv6",
        code="""
for family in (socket.AF_INET, socket.AF_INET6):
    address = "127.0.0.1" if family == socket.AF_INET else "::ffff:127.0.0.1"
    attack(f"tcp {family}", lambda: socket.socket(family).connect((address, HOST["tcp"])))
    attack(f"udp {family}", lambda: socket.socket(family, socket.SOCK_DGRAM).sendto(b"out", (address, HOST["udp"])))
attack("create", lambda: socket.create_connection(("127.0.0.1", HOST["tcp"]), 0.5))
attack("name", lambda: socket.getaddrinfo("example.org", 80))
""",
    ),
    Attempt(
        name="socket-families",
        category="sockets",
        tries="make raw, packet, netlink, vsock, bluetooth, alg, xdp and every other kind of socket",
        code="""
for family in [f for f in range(0, 46) if f != 1]:
    for kind in (1, 2, 3):
        attack(f"{family} {kind}", lambda: call("socket", family, kind, 0))
for high in (2, 16, 40):
    attack(f"high {high}", lambda: call("socket", (1 << 32) | high, 1, 0))
""",
    ),
    Attempt(
        name="socket-pair-families",
        category="sockets",
        tries="get a foreign socket by socketpair, by upgrading a Unix one, or by a received descriptor",
        code="""
for family in (2, 10, 16, 30):
    attack(str(family), lambda: socket.socketpair(family, socket.SOCK_STREAM))
a, b = socket.socketpair()
attack("ioctl", lambda: fcntl.ioctl(a, 0x8914, bytes(40)))
attack("device", lambda: fcntl.ioctl(a, 0x8913, b"eth0".ljust(40, b"\\0")))
harmless("bind to device", lambda: a.setsockopt(socket.SOL_SOCKET, 25, b"lo"))
""",
    ),
    Attempt(
        name="socket-abstract-host",
        category="sockets",
        tries="connect to an abstract and to a named Unix socket of the host",
        code="""
attack("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + HOST["token"]))
attack("named", lambda: socket.socket(socket.AF_UNIX).connect(HOST["folder"] + "/socket"))
for path in ("/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/private",
             "/run/containerd/containerd.sock", "/dev/log"):
    attack(path, lambda: socket.socket(socket.AF_UNIX).connect(path))
    attack("datagram " + path, lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).connect(path))
""",
    ),
    Attempt(
        name="socket-abstract-next-job",
        category="sockets",
        tries="leave a listener on an abstract socket for the next job to talk to",
        code="""
def serve():
    os.setsid(); s = socket.socket(socket.AF_UNIX); s.bind("\\0covert"); s.listen(); time.sleep(60)
fork(serve); time.sleep(0.05); tried.append("serve")
""",
        look="""
try: socket.socket(socket.AF_UNIX).connect("\\0covert"); tell("reached")
except OSError as e: tell(errno.errorcode[e.errno])
""",
        check=lambda scene: _is(scene.found, "ECONNREFUSED"),
    ),
    Attempt(
        name="socket-passed-descriptors",
        category="sockets",
        tries="keep descriptors alive in flight on a Unix socket that nobody holds",
        code="""
for _ in range(50):
    a, b = socket.socketpair()
    f = open("/job/kept", "w")
    socket.send_fds(a, [b"x"], [f.fileno(), b.fileno(), 3])
    a.close(); b.close()
tried.append("in flight")
""",
        gvisor=Differs(
            why="gVisor never closes what is in flight on a socket that nobody holds, so that the "
            "slot is given up",
            keeps=False,
        ),
    ),
    Attempt(
        name="ipc-system-v",
        category="IPC",
        tries="make System V shared memory, semaphores and queues that outlive the job",
        code="""
attack("shm", lambda: call("shmget", HOST["key"], 4096, 0o1666))
attack("shm private", lambda: call("shmget", 0, 4096, 0o1666))
attack("sem", lambda: call("semget", HOST["key"], 1, 0o1666))
attack("msg", lambda: call("msgget", HOST["key"], 0o1666))
attack("huge", lambda: call("shmget", 0, 2 << 20, 0o1666 | 0o4000))
""",
    ),
    Attempt(
        name="ipc-posix",
        category="IPC",
        tries="leave POSIX queues, semaphores and shared memory",
        code="""
name = "/" + HOST["token"]
attack("queue", lambda: call("mq_open", HOST["token"].encode(), 0o102, 0o666, None))
harmless("memory", lambda: open("/dev/shm" + name, "w").write("left"))
libc.sem_open.restype = ctypes.c_void_p
harmless("semaphore", lambda: libc.sem_open(name.encode(), 0o100, 0o666, 1))
""",
        look="tell(os.listdir('/dev/shm'))",
        check=lambda scene: _is(scene.found, []),
    ),
    Attempt(
        name="ipc-locks",
        category="IPC",
        tries="leave locks and leases on files that every job shares",
        code="""
for path in ("/guest/guest.py", "/usr", "/", os.__file__):
    def lock():
        fd = os.open(path, os.O_RDONLY)
        if os.fork() == 0: os.setsid(); time.sleep(60)
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    harmless(path, lock)
    harmless("lease " + path, lambda: fcntl.fcntl(os.open(path, os.O_RDONLY), 1024, fcntl.F_RDLCK) if path.endswith("t.py") else False)
""",
        look="""
free = []
for path in ("/guest/guest.py", "/usr", "/"):
    try: fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB); free.append(path)
    except OSError: pass
tell(len(free))
""",
        check=lambda scene: _is(scene.found, 3),
    ),
    Attempt(
        name="keyring",
        category="keyrings",
        tries="add, search, link and request keys in every keyring",
        code="""
token = HOST["token"].encode()
for ring in (-1, -2, -3, -4, -5, -6, -7, -8):
    attack(f"add {ring}", lambda: call("add_key", b"user", token, b"left", 4, ring))
    attack(f"describe {ring}", lambda: call("keyctl", 6, ring, None, 0, 0))
    attack(f"link {ring}", lambda: call("keyctl", 8, ring, -4, 0, 0))
attack("request", lambda: call("request_key", b"user", token, b"callout", -3))
attack("join", lambda: call("keyctl", 1, token, 0, 0, 0))
attack("persistent", lambda: call("keyctl", 22, -1, -3, 0, 0))
""",
        look="tell(open('/proc/keys').read().count(HOST['token']) if os.path.exists('/proc/keys') else 0)",
        check=lambda scene: _is(scene.found, 0),
    ),
    Attempt(
        name="keyring-of-others",
        category="keyrings",
        tries="use keys of its user, of the session and of the host by number, and take quota from others",
        code="""
def numbers():
    try: return [int(l.split()[0], 16) for l in open("/proc/keys")]
    except FileNotFoundError: return []
for number in [1, 2, 1000] + numbers():
    attack(f"read {number}", lambda: call("keyctl", 11, number, None, 0, 0))
    attack(f"own {number}", lambda: call("keyctl", 4, number, os.getuid(), -1, 0))
    attack(f"revoke {number}", lambda: call("keyctl", 3, number, 0, 0, 0))
    attack(f"time out {number}", lambda: call("keyctl", 15, number, 1, 0, 0))
attack("quota", lambda: [call("add_key", b"user", b"k%d" % i, b"x" * 1000, 1000, -4) for i in range(50)])
""",
    ),
)


def _is(found: object, expected: object) -> None:
    assert found == expected
