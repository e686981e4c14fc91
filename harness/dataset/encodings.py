"""Streams in UTF-16 and UTF-32 as UTF-8, and the byte order mark of UTF-8 taken off."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from harness.dataset.raw import Damaged

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def utf8_chunks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The stream as UTF-8. UTF-16 and UTF-32 are known by their mark, or by the zero bytes beside a
    first brace or bracket. Half pairs stay invalid, so that their row is quarantined."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= 4:
            break
    encoding, skip = _encoding(head)
    head = head[skip:]
    if encoding == "utf-8":
        if head:
            yield head
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    for chunk in _chain(head, chunks):
        yield _decode(decoder, chunk, encoding)
    yield _decode(decoder, b"", encoding, final=True)


def _encoding(head: bytes) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    if head[1:2] == b"\0" and head[:1] in (b"{", b"["):
        return ("utf-32-le" if head[2:4] == b"\0\0" else "utf-16-le"), 0
    if head[:1] == b"\0" and head[1:2] in (b"{", b"["):
        return "utf-16-be", 0
    return "utf-8", 0


def _decode(
    decoder: codecs.IncrementalDecoder, chunk: bytes, encoding: str, *, final: bool = False
) -> bytes:
    try:
        return decoder.decode(chunk, final).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise Damaged(f"the file is no {encoding}: {error.reason}") from None


def _chain(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from chunks
