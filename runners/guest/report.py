"""The private result channel: JSON lines, one for every test, by the tests' process alone."""

from __future__ import annotations

import json
import os
from typing import Any

MAX_DETAIL_CHARS = 2000
_write = os.write


class Report:
    """Writes records; a name is never recorded twice."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lines: list[str] = []
        self._pid = os.getpid()
        self.seen: set[str] = set()

    def line(self, record: dict[str, Any]) -> None:
        """Write one record."""
        if os.getpid() != self._pid:
            return  # a child that a test forked has nothing to say
        data = json.dumps(record, ensure_ascii=True).encode() + b"\n"
        while data:
            data = data[_write(self._fd, data) :]

    def loaded(self, error: dict[str, Any] | None) -> None:
        """Whether the code could be loaded."""
        self.line({"load": True} if error is None else {"load": False, "error": error})

    def test(self, name: str, outcome: str, detail: str = "") -> None:
        """What one test came to."""
        if name not in self.seen:
            self.seen.add(name)
            self.line({"test": name, "outcome": outcome, "detail": detail[:MAX_DETAIL_CHARS]})

    def suite_error(self, error: BaseException) -> None:
        """The suite itself could not be loaded."""
        self.line({"suite_error": describe(error)})

    def end(self, weak: bool) -> None:
        """The clean end."""
        if weak:
            self.line({"weak": True})
        self.line({"end": len(self.seen)})


def describe(error: BaseException) -> dict[str, Any]:
    """{"type", "mro", "message"} of an exception, whatever its `__str__` does."""
    kind = type(error)
    try:
        message = str(error)[:MAX_DETAIL_CHARS]
    except Exception:
        message = ""
    mro = [f"{c.__module__}.{c.__qualname__}" for c in kind.__mro__]
    return {"type": kind.__qualname__, "mro": mro, "message": message}


def shorten(error: BaseException, source: str, filename: str) -> str:
    """ "AssertionError: message (line 3: assert f(1) == 2)"."""
    about = describe(error)
    text = f"{about['type']}: {about['message']}" if about["message"] else str(about["type"])
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    lines = source.splitlines()
    if 0 < line <= len(lines):
        text = f"{text[: MAX_DETAIL_CHARS - 300]} (line {line}: {lines[line - 1].strip()[:200]})"
    return text
