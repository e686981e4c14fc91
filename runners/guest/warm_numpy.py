"""Imports numpy before the fork, with its random generator, which numpy itself loads late."""

from __future__ import annotations

import os
import sys
import threading


def hold(*names: str) -> None:
    """Import packages, or leave no trace of one that cannot be: then each job says so itself.

    Raises RuntimeError where an import started a thread: a fork would hold its locks for ever.
    """
    before = set(sys.modules)
    try:
        for name in names:
            __import__(name)
    except Exception:
        for name in set(sys.modules) - before:
            del sys.modules[name]
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1 or threading.active_count() != 1:
        raise RuntimeError(f"{threads} threads after importing {', '.join(names)}")


# A module whose import is its work, like the others of its kind.
hold("numpy", "numpy.random")
