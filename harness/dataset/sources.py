"""Inputs: which files there are, what they hold, and their rows as bytes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.dataset.array import first_json_line, opening, value_rows
from harness.dataset.compressed import gzip_chunks, plain_chunks, require_zstd, zstd_chunks
from harness.dataset.encodings import utf8_chunks
from harness.dataset.lines import lines
from harness.dataset.parquet import require_pyarrow
from harness.dataset.raw import RawRow
from harness.errors import Misuse

Container = Literal["plain", "gzip", "zstd", "parquet"]

_MAGIC: tuple[tuple[bytes, Container], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PAR1", "parquet"),
)
_UNPACK = {"plain": plain_chunks, "gzip": gzip_chunks, "zstd": zstd_chunks}
_ENDING_OF: dict[str, Container] = {
    ".gz": "gzip",
    ".zst": "zstd",
    ".zstd": "zstd",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_TEXT = (".jsonl", ".ndjson", ".json")
KNOWN = (*(name + packed for name in _TEXT for packed in ("", ".gz", ".zst", ".zstd")),)
KNOWN = (*KNOWN, ".parquet", ".pq")
"""Endings of the files that a folder is searched for."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file, or standard input where `path` is None."""

    name: str
    """What records call it: the path as given, "-" for standard input."""
    path: Path | None

    @contextmanager
    def open(self) -> Iterator[io.BufferedReader]:
        """Its bytes; raises Misuse where the system does not give them."""
        try:
            if self.path is None:
                yield as_buffered(sys.stdin.buffer)
            else:
                with self.path.open("rb") as stream:
                    yield stream
        except OSError as error:
            raise _unreadable(self.name, error) from None

    def container(self, stream: io.BufferedReader) -> Container:
        """What the stream holds, by its first bytes; an ending only says what a broken one was."""
        head = stream.peek(8)[:8]
        for magic, container in _MAGIC:
            if head.startswith(magic):
                return container
        ending = Path(self.name).suffix.lower()
        return "parquet" if _ENDING_OF.get(ending) == "parquet" else "plain"

    def text_rows(
        self, stream: io.BufferedReader, container: Container, max_line_bytes: int
    ) -> Iterator[RawRow]:
        """The rows of a text stream: its lines, or the elements of its array.

        Lines are the rule. A .json file and standard input may also hold one array; a .json file
        may hold objects that run over several lines.
        """
        chunks = utf8_chunks(_UNPACK[container](stream))
        is_json = Path(_unpacked(self.name)).suffix.lower() == ".json"
        if not is_json and self.path is not None:
            yield from lines(chunks, max_line_bytes)
            return
        head, chunks = opening(chunks)
        if head.startswith(b"["):
            yield from value_rows(chunks, max_line_bytes, in_array=True)
        elif is_json and head.startswith(b"{") and not first_json_line(head):
            yield from value_rows(chunks, max_line_bytes, in_array=False)
        else:
            yield from lines(chunks, max_line_bytes)


def as_buffered(stream: object) -> io.BufferedReader:
    """`stream` with a `peek`: standard input may have been replaced by plain bytes in memory."""
    if isinstance(stream, io.BufferedReader):
        return stream
    assert isinstance(stream, io.RawIOBase | io.BytesIO)
    return io.BufferedReader(stream)


def expand(paths: Sequence[str | Path], notice: Callable[[str], None]) -> list[Source]:
    """The sources of `paths`, folders searched and sorted by path.

    Raises Misuse for a path that is missing or unreadable and for a missing extra.
    """
    if not paths:
        raise Misuse(
            "No input was given.", hint='Name a file, a folder, or "-" for standard input.'
        )
    return [source for given in paths for source in _expand(given, notice)]


def _expand(given: str | Path, notice: Callable[[str], None]) -> list[Source]:
    if str(given) == "-":
        return [Source(name="-", path=None)]
    path = Path(given)
    try:
        if path.is_dir():
            return _inside(path, notice)
        if path.exists():
            return [_checked(path)]
    except OSError as error:
        raise _unreadable(str(path), error) from None
    raise Misuse(f"{path} does not exist.", hint="Check the path.")


def _inside(folder: Path, notice: Callable[[str], None]) -> list[Source]:
    def refuse(error: OSError) -> None:
        raise _unreadable(str(error.filename), error)

    files = [
        Path(root, name) for root, _, names in os.walk(folder, onerror=refuse) for name in names
    ]
    wanted = [p for p in sorted(files) if p.name.lower().endswith(KNOWN) and p.exists()]
    for path in sorted(set(files) - set(wanted)):
        notice(f"{path} is passed over: no dataset file by its ending")
    if not wanted:
        notice(f"{folder} holds no dataset file")
    return [_checked(path) for path in wanted]


def _checked(path: Path) -> Source:
    """The source of `path`, known to be readable; a pipe is not opened, as it can be read once."""
    source = Source(name=str(path), path=path)
    if path.is_file():
        with source.open() as stream:
            container = source.container(stream)
        if container == "zstd":
            require_zstd()
        elif container == "parquet":
            require_pyarrow()
    return source


def _unpacked(name: str) -> str:
    path = Path(name)
    return str(path.with_suffix("")) if path.suffix.lower() in (".gz", ".zst", ".zstd") else name


def _unreadable(name: str, error: OSError) -> Misuse:
    return Misuse(
        f"{name} cannot be read: {error.strerror or error}.",
        hint="Check the path and its permissions.",
    )
