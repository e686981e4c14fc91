"""Numbers of system calls, written down apart from the filter that they are to test."""

from __future__ import annotations

import os

_X86_64 = {
    "mmap": 9, "mprotect": 10, "shmget": 29, "shmat": 30, "socket": 41, "clone": 56, "kill": 62,
    "semget": 64, "msgget": 68, "ptrace": 101, "syslog": 103, "personality": 135, "mlock": 149,
    "vhangup": 153, "modify_ldt": 154, "pivot_root": 155, "prctl": 157, "arch_prctl": 158,
    "adjtimex": 159, "chroot": 161, "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166,
    "swapon": 167, "swapoff": 168, "reboot": 169, "sethostname": 170, "setdomainname": 171,
    "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176, "quotactl": 179,
    "tkill": 200, "timer_create": 222, "clock_settime": 227, "tgkill": 234, "mbind": 237,
    "mq_open": 240, "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250,
    "ioprio_set": 251, "inotify_init1": 294, "inotify_add_watch": 254, "migrate_pages": 256,
    "unshare": 272, "move_pages": 279, "rt_sigqueueinfo": 129, "timerfd_create": 283,
    "rt_tgsigqueueinfo": 297, "perf_event_open": 298, "fanotify_init": 300, "prlimit64": 302,
    "name_to_handle_at": 303, "open_by_handle_at": 304, "clock_adjtime": 305, "setns": 308,
    "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "finit_module": 313,
    "sched_setattr": 314, "seccomp": 317, "memfd_create": 319, "kexec_file_load": 320, "bpf": 321,
    "execveat": 322, "userfaultfd": 323, "mlockall": 151, "capset": 126, "mknodat": 259,
}  # fmt: skip
_AARCH64 = {
    "mmap": 222, "mprotect": 226, "shmget": 194, "shmat": 196, "socket": 198, "clone": 220,
    "kill": 129, "semget": 190, "msgget": 186, "ptrace": 117, "syslog": 116, "personality": 92,
    "mlock": 228, "vhangup": 58, "pivot_root": 41, "prctl": 167, "adjtimex": 171, "chroot": 51,
    "acct": 89, "settimeofday": 170, "mount": 40, "umount2": 39, "swapon": 224, "swapoff": 225,
    "reboot": 142, "sethostname": 161, "setdomainname": 162, "init_module": 105,
    "delete_module": 106, "quotactl": 60, "tkill": 130, "timer_create": 107, "clock_settime": 112,
    "tgkill": 131, "mbind": 235, "mq_open": 180, "kexec_load": 104, "add_key": 217,
    "request_key": 218, "keyctl": 219, "ioprio_set": 30, "inotify_init1": 26,
    "inotify_add_watch": 27, "migrate_pages": 238, "unshare": 97, "move_pages": 239,
    "rt_sigqueueinfo": 138, "timerfd_create": 85, "rt_tgsigqueueinfo": 240, "perf_event_open": 241,
    "fanotify_init": 262, "prlimit64": 261, "name_to_handle_at": 264, "open_by_handle_at": 265,
    "clock_adjtime": 266, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271,
    "kcmp": 272, "finit_module": 273, "sched_setattr": 274, "seccomp": 277, "memfd_create": 279,
    "kexec_file_load": 294, "bpf": 280, "execveat": 281, "userfaultfd": 282, "mlockall": 230,
    "capset": 91, "mknodat": 33,
}  # fmt: skip
_COMMON = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431,
    "fsmount": 432, "fspick": 433, "pidfd_open": 434, "clone3": 435, "openat2": 437,
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443,
    "landlock_create_ruleset": 444, "landlock_restrict_self": 446, "memfd_secret": 447,
    "process_mrelease": 448,
}  # fmt: skip
X86 = os.uname().machine == "x86_64"
NUMBERS = {**_COMMON, **(_X86_64 if X86 else _AARCH64)}
