"""What Playwright starts as its browser: a copier between its pipes and a browser's own.

The browser's descriptors arrive over the Unix socket that the first argument names. It ends when
either side does, with the other's end closed by that.
"""

from __future__ import annotations

import os
import socket
import sys
import threading

_CHUNK = 1 << 20
_FROM_PLAYWRIGHT, _TO_PLAYWRIGHT = 3, 4


def main() -> None:
    """Copy both ways until one side ends."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(sys.argv[1])
        _, (to_browser, from_browser), _, _ = socket.recv_fds(line, 1, 2)
    os.set_blocking(to_browser, True)
    os.set_blocking(from_browser, True)
    threading.Thread(target=_copy, args=(_FROM_PLAYWRIGHT, to_browser), daemon=True).start()
    _copy(from_browser, _TO_PLAYWRIGHT)


def _copy(source: int, sink: int) -> None:
    try:
        while data := os.read(source, _CHUNK):
            view = memoryview(data)
            while view:
                view = view[os.write(sink, view) :]
    except OSError:
        pass  # the sink is gone: so are we
    os._exit(0)


if __name__ == "__main__":
    main()
