"""Notices what tests patch in the standard library here, so that the code sees it there.

A test that replaces `input`, `time.sleep`, `os.environ` or `sys.stdin` means the code's.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from typing import Any

_SLOTS = (
    ("builtins", ("input", "print", "open")),
    ("time", ("time", "sleep", "monotonic", "perf_counter", "time_ns")),
    ("random", ("random", "randint", "choice", "choices", "shuffle", "uniform", "sample",
                "randrange", "seed")),
    ("os", ("getcwd", "listdir", "getenv", "remove", "system", "makedirs", "getpid")),
    ("os.path", ("exists", "isfile", "isdir", "getsize")),
    ("subprocess", ("run", "check_output", "Popen", "check_call", "call")),
    ("uuid", ("uuid4", "uuid1")),
    ("secrets", ("token_hex", "choice", "randbelow", "token_urlsafe", "token_bytes")),
    ("getpass", ("getpass", "getuser")),
    ("urllib.request", ("urlopen", "Request")),
    ("socket", ("socket", "gethostname", "create_connection")),
    ("shutil", ("which", "copy", "rmtree")),
    ("datetime", ("datetime", "date")),
)  # fmt: skip


class Watch:
    """Remembers the standard library as it was at the start; tells each change once."""

    def __init__(self) -> None:
        self.was: dict[tuple[str, str], Any] = {}
        self.now: dict[tuple[str, str], Any] = {}
        self.environ = dict(os.environ._data)  # type: ignore[attr-defined]
        self.argv = list(sys.argv)
        self.stdin: Any = None
        self.look()

    def look(self) -> None:
        """Take note of modules that were loaded since."""
        for module, names in _SLOTS:
            loaded = sys.modules.get(module)
            if loaded is None or (module, names[0]) in self.was:
                continue
            for name in names:
                self.was[module, name] = self.now[module, name] = getattr(loaded, name, None)

    def changes(self) -> Iterator[tuple[str, str, Any]]:
        """(module, name, new value) of each change since the last look; `self` if undone."""
        for key, before in self.now.items():
            value = vars(sys.modules[key[0]]).get(key[1])
            if value is not before:
                self.now[key] = value
                yield (*key, self if value is self.was[key] else value)
        # The mapping inside: comparing decoded copies on every call would cost more than the call.
        environ = os.environ._data  # type: ignore[attr-defined]
        if environ != self.environ:
            self.environ = dict(environ)
            yield "os", "environ", dict(os.environ)
        if sys.argv != self.argv:
            self.argv = list(sys.argv)
            yield "sys", "argv", self.argv
        if sys.stdin is not self.stdin and type(sys.stdin) is io.StringIO:
            self.stdin = sys.stdin
            yield "sys", "stdin", sys.stdin
