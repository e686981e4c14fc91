"""The values of a JSON text one by one: an array's elements, or objects that run over lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from harness.dataset.lines import Held
from harness.dataset.raw import Damaged, RawRow

HEAD_BYTES = 64 * 1024
"""How far the beginning is looked at to tell lines from one text."""

_IN_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.S)
_OUTSIDE = re.compile(rb'["{}\[\],]')


def opening(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """(the beginning without leading white space, the whole stream again)."""
    kept: list[bytes] = []
    head, seen = b"", 0
    problem: Damaged | None = None
    try:
        for chunk in chunks:
            kept.append(chunk)
            head = (head + chunk).lstrip()
            seen += len(chunk)
            if len(head) >= HEAD_BYTES or seen >= 16 * HEAD_BYTES:
                break
    except Damaged as error:
        problem = error

    def again() -> Iterator[bytes]:
        yield from kept
        if problem:
            raise problem
        yield from chunks

    return head[:HEAD_BYTES], again()


def first_json_line(head: bytes) -> bool:
    """Whether the first line of `head` is one JSON value, or too long to tell."""
    line, end, _ = head.partition(b"\n")
    if not end and len(head) >= HEAD_BYTES:
        return True
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def value_rows(chunks: Iterator[bytes], max_line_bytes: int, *, in_array: bool) -> Iterator[RawRow]:
    """One row for each element of an array, or each object of a text; `line` is where it begins.

    Longer elements than `max_line_bytes` come with length and hash only. A text that ends too
    early, or goes on after its array, gives one last row that says so.
    """
    scanner = _Scanner(max_line_bytes, in_array=in_array)
    damage = ""
    try:
        for chunk in chunks:
            yield from scanner.feed(chunk)
    except Damaged as error:
        damage = str(error)
    yield from scanner.finish(damage)


class _Scanner:
    """Where in the text we are: inside a string, how deep, and in which element."""

    def __init__(self, max_line_bytes: int, *, in_array: bool) -> None:
        self._held = Held(max_line_bytes)
        self._in_array = in_array
        self._opened = not in_array
        self._closed = False
        self._in_string = False
        self._depth = 0
        self._line = 1
        self._carry = b""

    def feed(self, chunk: bytes) -> Iterator[RawRow]:
        chunk, self._carry = self._carry + chunk, b""
        at, end = 0, len(chunk)
        if not self._opened:
            at = chunk.find(b"[") + 1
            self._line += chunk.count(b"\n", 0, at)
            self._opened = at > 0
            if not self._opened:
                self._line += chunk.count(b"\n")
                return
        while at < end:
            if self._closed:
                self._add(chunk[at:])
                return
            if self._in_string:
                stop = _IN_STRING.match(chunk, at).end()  # type: ignore[union-attr]
                self._add(chunk[at:stop])
                if stop < end and chunk[stop] != 0x22:
                    self._carry = chunk[stop:]  # a backslash whose other half comes next
                    return
                self._in_string = stop == end
                self._add(chunk[stop : stop + 1])
                at = stop + 1
                continue
            match = _OUTSIDE.search(chunk, at)
            if match is None:
                self._add(chunk[at:])
                return
            self._add(chunk[at : match.start()])
            at = match.end()
            yield from self._mark(match.group())

    def _mark(self, mark: bytes) -> Iterator[RawRow]:
        if mark == b"," and self._depth == 0:
            yield from self._emit()
            return
        if mark == b"]" and self._depth == 0 and self._in_array:
            yield from self._emit()
            self._closed = True
            return
        self._add(mark)
        if mark == b'"':
            self._in_string = True
        elif mark in b"{[":
            self._depth += 1
        elif mark in b"}]" and self._depth:
            self._depth -= 1
            if not self._depth and not self._in_array:
                yield from self._emit()

    def _add(self, part: bytes) -> None:
        if not part:
            return
        if self._held.blank:
            body = part.lstrip()
            self._line += part.count(b"\n", 0, len(part) - len(body))
            part = body
            self._held.number = self._line
        self._held.add(part)
        self._line += part.count(b"\n")

    def _emit(self) -> Iterator[RawRow]:
        row = self._held.row()
        if row is not None:
            yield row
        self._held.clear()

    def finish(self, damage: str) -> Iterator[RawRow]:
        """What is left at the end of the text."""
        if self._carry:
            self._add(self._carry)
        if damage:
            row = self._held.row(damage=damage)
        elif self._closed:
            row = self._held.row(damage="" if self._held.blank else "text after the array's end")
        else:
            ended = "the file ends inside its array" if self._in_array else ""
            row = self._held.row(torn=True, damage=ended if self._held.blank else "")
        if row is not None:
            yield row
