"""Waiting for what happens: how long it takes is the machine's affair."""

from __future__ import annotations

import time
from collections.abc import Callable

LONG_S = 120.0
"""Many times what anything here takes, and less than a test may."""
_LOOK_EVERY_S = 0.02


def comes(what: Callable[[], object], within_s: float = LONG_S) -> bool:
    """Look until `what` is true; whether it was within so many seconds."""
    until = time.monotonic() + within_s
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True
