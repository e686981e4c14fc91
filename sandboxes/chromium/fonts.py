"""The fonts of this machine that pages can use, and their digest."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache

FOLDERS = ("/usr/share/fonts", "/usr/share/fontconfig", "/etc/fonts", "/var/cache/fontconfig")
"""What the browser is shown: fonts of packages, their settings, and the list that was made of both.
"""

_DIGESTED = FOLDERS[:3]
_SAMPLE_BYTES = 4096


@lru_cache(maxsize=1)
def digest() -> str:
    """ "sha256:..." over names, sizes and first bytes of all font and settings files.

    A font begins with a table of check sums over the rest of it.
    """
    state = hashlib.sha256()
    for folder in _DIGESTED:
        for where, below, names in os.walk(folder):
            below.sort()
            for name in sorted(names):
                path = os.path.join(where, name)
                try:
                    with open(path, "rb") as file:
                        size = os.fstat(file.fileno()).st_size
                        state.update(f"{path}\0{size}\0".encode("utf-8", "surrogateescape"))
                        state.update(file.read(_SAMPLE_BYTES))
                except OSError:
                    continue
    return f"sha256:{state.hexdigest()}"
