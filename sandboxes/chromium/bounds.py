"""What a browser may use, and who it is inside; the same in every place."""

from __future__ import annotations

MEMORY_MB = 1024
"""What all its processes may hold together, in MiB: ten times an ordinary page's need."""

PIDS = 400
"""How many processes and threads; an ordinary page needs about a hundred."""

SHM_MB, TMP_MB = 256, 256
"""The sizes of shared memory, and of temporary files with the profile, in MiB."""

INODES = 16384
"""How many files each of the two may hold."""

UID = 10001
"""The browser's user id inside."""

ENV = {
    "HOME": "/tmp",
    "TMPDIR": "/tmp",
    "LANG": "en_US.UTF-8",
    "TZ": "UTC",
    "PATH": "/usr/bin:/bin",
}
"""The browser's whole environment."""
