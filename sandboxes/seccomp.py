"""The system call filter of a slot: classic BPF, assembled here, with checks of arguments."""

from __future__ import annotations

import ctypes
import stat
import struct
from collections.abc import Iterable

from sandboxes import linux

_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_ERRNO = 0x00050000
_EPERM = 1
_ENOSYS = 38
_EAFNOSUPPORT = 97
_X32_BIT = 0x40000000
_AF_UNIX = 1
_DEVICE_BIT = stat.S_IFCHR & stat.S_IFBLK  # in the type of a device, not of a file, FIFO or socket
_PRIO_PROCESS = 0
_IOPRIO_PROCESS = 1
_ANY_NAMESPACE = linux.NAMESPACES | 0x80  # CLONE_NEWTIME, which clone(2) cannot pass anyway

REMOUNT_FLAGS = linux.MS_REMOUNT | linux.MS_NOSUID | linux.MS_NODEV
"""The only flags with which mount(2) gets past the filter: PID 1 resizes the work folder so."""

_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# Since Linux 5.1 new calls have one number on every machine.
_COMMON = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431,
    "fsmount": 432, "fspick": 433, "pidfd_open": 434, "clone3": 435, "pidfd_getfd": 438,
    "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443, "memfd_secret": 447,
    "process_mrelease": 448, "set_mempolicy_home_node": 450, "open_tree_attr": 467,
}  # fmt: skip
_X86_64 = {
    "socket": 41, "clone": 56, "kill": 62, "semget": 64, "msgget": 68, "shmget": 29, "ptrace": 101,
    "syslog": 103, "rt_sigqueueinfo": 129, "mknod": 133, "uselib": 134, "setpriority": 141,
    "sched_setparam": 142,
    "sched_setscheduler": 144, "vhangup": 153, "modify_ldt": 154, "pivot_root": 155,
    "adjtimex": 159, "chroot": 161, "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166,
    "swapon": 167, "swapoff": 168, "reboot": 169, "sethostname": 170, "setdomainname": 171,
    "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176, "quotactl": 179,
    "tkill": 200, "sched_setaffinity": 203, "lookup_dcookie": 212, "clock_settime": 227,
    "tgkill": 234, "mbind": 237, "mq_open": 240, "kexec_load": 246, "add_key": 248,
    "request_key": 249, "keyctl": 250, "ioprio_set": 251, "migrate_pages": 256, "mknodat": 259,
    "unshare": 272,
    "move_pages": 279, "rt_tgsigqueueinfo": 297, "perf_event_open": 298, "fanotify_init": 300,
    "prlimit64": 302, "name_to_handle_at": 303, "open_by_handle_at": 304, "clock_adjtime": 305,
    "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312,
    "finit_module": 313, "sched_setattr": 314, "memfd_create": 319, "kexec_file_load": 320,
    "bpf": 321, "userfaultfd": 323,
}  # fmt: skip
_AARCH64 = {
    "lookup_dcookie": 18, "ioprio_set": 30, "mknodat": 33, "umount2": 39, "mount": 40,
    "pivot_root": 41,
    "chroot": 51, "vhangup": 58, "quotactl": 60, "acct": 89, "unshare": 97, "kexec_load": 104,
    "init_module": 105, "delete_module": 106, "clock_settime": 112, "syslog": 116, "ptrace": 117,
    "sched_setparam": 118, "sched_setscheduler": 119, "sched_setaffinity": 122, "kill": 129,
    "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "setpriority": 140, "reboot": 142,
    "sethostname": 161, "setdomainname": 162, "settimeofday": 170, "adjtimex": 171, "mq_open": 180,
    "msgget": 186, "semget": 190, "shmget": 194, "socket": 198, "add_key": 217, "request_key": 218,
    "keyctl": 219, "clone": 220, "swapon": 224, "swapoff": 225, "mbind": 235, "migrate_pages": 238,
    "move_pages": 239, "rt_tgsigqueueinfo": 240, "perf_event_open": 241, "prlimit64": 261,
    "fanotify_init": 262, "name_to_handle_at": 264, "open_by_handle_at": 265, "clock_adjtime": 266,
    "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
    "finit_module": 273, "sched_setattr": 274, "memfd_create": 279, "bpf": 280, "userfaultfd": 282,
    "kexec_file_load": 294,
}  # fmt: skip
_NUMBERS = {"x86_64": _COMMON | _X86_64, "aarch64": _COMMON | _AARCH64}

DENIED = (
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease",
    "kcmp", "pidfd_getfd", "unshare", "setns", "umount2", "pivot_root", "chroot",
    "open_tree", "open_tree_attr", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick",
    "mount_setattr", "keyctl", "add_key", "request_key", "bpf", "perf_event_open", "userfaultfd",
    "io_uring_setup", "io_uring_enter", "io_uring_register", "kexec_load", "kexec_file_load",
    "init_module", "finit_module", "delete_module", "reboot", "swapon", "swapoff", "acct",
    "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "open_by_handle_at",
    "name_to_handle_at", "fanotify_init", "lookup_dcookie", "quotactl", "quotactl_fd", "syslog",
    "vhangup", "uselib", "modify_ldt", "iopl", "ioperm", "move_pages", "migrate_pages", "mbind",
    "set_mempolicy_home_node", "memfd_secret", "sethostname", "setdomainname",
    "shmget", "msgget", "semget", "mq_open",
)  # fmt: skip
"""What no job may call, whatever its arguments."""

# name, argument, value, deny when equal. PID 1 is the supervisor; 0 is the caller.
_ARGUMENTS = (
    ("prlimit64", 0, 0, False), ("kill", 0, 1, True), ("tkill", 0, 1, True),
    ("tgkill", 0, 1, True), ("pidfd_open", 0, 1, True),
    ("rt_sigqueueinfo", 0, 1, True), ("rt_tgsigqueueinfo", 0, 1, True),
    ("sched_setparam", 0, 1, True), ("sched_setscheduler", 0, 1, True),
    ("sched_setattr", 0, 1, True), ("sched_setaffinity", 0, 1, True), ("setpriority", 1, 0, False),
    ("setpriority", 0, _PRIO_PROCESS, False), ("ioprio_set", 1, 0, False),
    ("ioprio_set", 0, _IOPRIO_PROCESS, False), ("mount", 3, REMOUNT_FLAGS, False),
)  # fmt: skip

_LOAD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_AT_LEAST = 0x35
_JUMP_BITS = 0x45
_RETURN = 0x06
_OFFSET_NUMBER = 0
_OFFSET_ARCH = 4
_OFFSET_ARGUMENTS = 16

_Instruction = tuple[int, int, int, int]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def supported(machine: str) -> bool:
    """Whether there is a table of call numbers for `machine`."""
    return machine in _NUMBERS


def assemble(machine: str, *, memfd: bool) -> bytes:
    """The filter's instructions. `memfd` permits memfd_create, which only a cgroup can bound.

    A denied call gets EPERM, clone3 ENOSYS (glibc then uses clone, whose flags can be checked),
    a socket other than AF_UNIX EAFNOSUPPORT; a foreign ABI kills the process.

    Raises:
        KeyError: no table for `machine`.
    """
    denied = DENIED if memfd else (*DENIED, "memfd_create")
    return program(machine, denied=denied, namespaces=_ANY_NAMESPACE, arguments=_ARGUMENTS)


Rule = tuple[str, int, int, bool]
"""Name of a call, index of an argument, a value, and whether equality with it is denied."""


def program(
    machine: str,
    *,
    denied: Iterable[str],
    namespaces: int,
    arguments: Iterable[Rule] = (),
    newest: int = 0,
) -> bytes:
    """A filter that denies `denied`, and of `arguments` the calls that break a rule.

    `namespaces` are the CLONE_NEW* flags that neither clone(2) nor, where it is not denied as a
    whole, unshare(2) may have. Calls with a number above `newest` do not exist (0: no such bound).
    Raises KeyError as `assemble` does.
    """
    numbers = _NUMBERS[machine]
    forbidden = {numbers[name] for name in denied if name in numbers}
    code: list[_Instruction] = [
        (_LOAD, 0, 0, _OFFSET_ARCH),
        (_JUMP_EQUAL, 1, 0, _ARCH[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _OFFSET_NUMBER),
        (_JUMP_AT_LEAST, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_JUMP_EQUAL, 0, 1, numbers["clone3"]),
        (_RETURN, 0, 0, _ERRNO | _ENOSYS),
    ]
    if newest:
        code += [(_JUMP_AT_LEAST, 0, 1, newest + 1), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    for number in sorted(forbidden):
        code += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    for name in ("clone", "unshare"):
        if numbers[name] not in forbidden:
            code += _when(numbers[name], 0, (_JUMP_BITS, 0, 1, namespaces), _EPERM)
    for name, argument in (("mknod", 1), ("mknodat", 2)):
        if name in numbers:
            code += _when(numbers[name], argument, (_JUMP_BITS, 0, 1, _DEVICE_BIT), _EPERM)
    code += _when(numbers["socket"], 0, (_JUMP_EQUAL, 1, 0, _AF_UNIX), _EAFNOSUPPORT)
    for name, argument, value, equal in arguments:
        test = (_JUMP_EQUAL, 0, 1, value) if equal else (_JUMP_EQUAL, 1, 0, value)
        code += _when(numbers[name], argument, test, _EPERM)
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)


def _when(number: int, argument: int, test: _Instruction, error: int) -> list[_Instruction]:
    """Deny call `number` where `test` of the low half of an argument falls through."""
    return [
        (_JUMP_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _OFFSET_ARGUMENTS + 8 * argument),
        test,
        (_RETURN, 0, 0, _ERRNO | error),
        (_LOAD, 0, 0, _OFFSET_NUMBER),
    ]


class Filter:
    """A program in the form that the kernel takes; made before the fork of those who install it."""

    __slots__ = ("_buffer", "_head")

    def __init__(self, program: bytes) -> None:
        self._buffer = ctypes.create_string_buffer(program, len(program))
        self._head = _Program(len(program) // 8, ctypes.cast(self._buffer, ctypes.c_void_p))

    def install(self) -> None:
        """Put the caller and all its later children under it, for good. Raises OSError."""
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        head = ctypes.byref(self._head)
        linux.prctl(linux.PR_SET_SECCOMP, linux.SECCOMP_MODE_FILTER, head)


def install(program: bytes) -> None:
    """See `Filter.install`."""
    Filter(program).install()


def engine_profile() -> dict[str, object]:
    """The filter as an engine takes it, for containers whose jobs put on `assemble` themselves.

    It forbids what no supervisor needs either: all of it but namespaces, mounts and their like.
    """
    names = [name for name in DENIED if name != "unshare"]
    return {
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [{"names": names, "action": "SCMP_ACT_ERRNO"}],
    }
