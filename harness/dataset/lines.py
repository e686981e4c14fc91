"""A stream of bytes as lines, in memory that does not grow with the length of a line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from harness.dataset.raw import EXCERPT_CHARS, Damaged, RawRow

_HEAD = EXCERPT_CHARS * 4


def newlines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same stream with CRLF and CR as LF; a CR at the end of a chunk waits for the next one."""
    held = b""
    for chunk in chunks:
        chunk, held = held + chunk, b""
        if chunk.endswith(b"\r"):
            chunk, held = chunk[:-1], b"\r"
        yield chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in chunk else chunk
    if held:
        yield b"\n"


def lines(chunks: Iterator[bytes], max_line_bytes: int) -> Iterator[RawRow]:
    """Every line that is not blank. One longer than `max_line_bytes` is passed over in chunks and
    comes with its length and hash only; a damaged stream ends in one row that says so."""
    held = Held(max_line_bytes)
    damage = ""
    try:
        for chunk in newlines(chunks):
            start = 0
            while (end := chunk.find(b"\n", start)) >= 0:
                held.add(chunk[start:end])
                start = end + 1
                row = held.row()
                if row is not None:
                    yield row
                held.number += 1
                held.clear()
            held.add(chunk[start:])
    except Damaged as error:
        damage = str(error)
    row = held.row(torn=True, damage=damage)
    if row is not None:
        yield row


class Held:
    """The row that is being put together, up to a length; beyond it only its head and hash."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max = max_line_bytes
        self.number = 1
        self.clear()

    def clear(self) -> None:
        """Forget the row."""
        self._parts: list[bytes] = []
        self._length = 0
        self._head = b""
        self._hash: hashlib._Hash | None = None
        self._too_long = False
        self.blank = True

    def add(self, part: bytes) -> None:
        """More bytes of the row."""
        if not part:
            return
        self._length += len(part)
        self.blank = self.blank and not part.strip()
        if not self._too_long and self._length > self._max:
            whole = b"".join(self._parts)
            self._too_long = True
            self._hash = hashlib.sha256(whole)
            self._head = (whole + part)[:_HEAD]
            self._parts = []
        if self._too_long:
            assert self._hash is not None
            self._hash.update(part)
        else:
            self._parts.append(part)

    def row(self, *, torn: bool = False, damage: str = "") -> RawRow | None:
        """The row so far, marked as damaged where `damage` says how; None for a blank one."""
        if self.blank and not damage:
            return None
        if self._too_long:
            assert self._hash is not None
            detail = f"{self._length} bytes; the limit is {self._max}"
            return RawRow(
                line=self.number,
                data=self._head,
                problem="damaged" if damage else "line_too_long",
                detail=damage or detail,
                length=self._length,
                sha256=self._hash.hexdigest(),
            )
        data = b"".join(self._parts)
        if damage:
            return RawRow(line=self.number, data=data, problem="damaged", detail=damage)
        return RawRow(line=self.number, data=data, torn=torn)
