"""Streams in UTF-16 and UTF-32 as UTF-8, and the byte order mark of UTF-8 taken off."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import chain

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
    for chunk in chain((head,), chunks):
        yield from _decoded(decoder, chunk, encoding)
    yield from _decoded(decoder, b"", encoding, final=True)


def _encoding(head: bytes) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    if head[1:2] == b"\0" and head[:1] in (b"{", b"["):
        return ("utf-32-le" if head[2:4] == b"\0\0" else "utf-16-le"), 0
    if head[:1] == b"\0" and head[1:2] in (b"{", b"["):
        return "utf-16-be", 0
    return "utf-8", 0


def _decoded(
    decoder: codecs.IncrementalDecoder, chunk: bytes, encoding: str, *, final: bool = False
) -> Iterator[bytes]:
    try:
        text = decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        good = error.object[: error.start].decode(encoding, "surrogatepass")
        yield good.encode("utf-8", "surrogatepass")
        raise Damaged(f"the file is no {encoding}: {error.reason}") from None
    yield text.encode("utf-8", "surrogatepass")
