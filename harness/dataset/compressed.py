"""Compressed streams as chunks of bounded size, with all that stands before any damage."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from harness.dataset.raw import Damaged
from harness.errors import Misuse

READ_BYTES = 64 * 1024
CHUNK_BYTES = 1024 * 1024
_ZSTD_READ_BYTES = 256
"""Small, since one call gives all output of its input, up to 128 KiB for four bytes."""


def plain_chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream as it is."""
    while chunk := stream.read(READ_BYTES):
        yield chunk


def gzip_chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The content of all gzip members; raises Damaged after the last good byte."""
    unzip = zlib.decompressobj(wbits=31)
    between = False
    for data in plain_chunks(stream):
        while data:
            if between:
                data = data.lstrip(b"\0")  # padding, as gzip allows
                if not data:
                    break
                unzip, between = zlib.decompressobj(wbits=31), False
            saved = unzip.copy()
            try:
                chunk = unzip.decompress(data, CHUNK_BYTES)
            except zlib.error as error:
                yield from _up_to_damage(saved, data)
                raise Damaged(f"the gzip data is damaged: {error}") from None
            if chunk:
                yield chunk
            between = unzip.eof
            data = unzip.unused_data if between else unzip.unconsumed_tail
    while not between and (chunk := unzip.decompress(unzip.unconsumed_tail, CHUNK_BYTES)):
        yield chunk
    if not between and not unzip.eof:
        raise Damaged("the gzip data ends before its end mark")


def _up_to_damage(unzip: Any, data: bytes) -> Iterator[bytes]:
    """Byte by byte, all that `data` gives before it fails."""
    for i in range(len(data)):
        try:
            chunk = unzip.decompress(data[i : i + 1])
        except zlib.error:
            return
        if chunk:
            yield chunk


def require_zstd() -> Any:
    """The zstandard module; Misuse that names the extra where it is missing."""
    try:
        import zstandard
    except ImportError:
        raise Misuse(
            "This input is compressed with zstd, and zstandard is not installed.",
            hint="Run: pip install 'pairproof[zstd]'",
        ) from None
    return zstandard


def zstd_chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The content of all zstd frames; raises Damaged where a frame breaks or does not end.

    A broken frame costs up to the block that holds the damage.
    """
    zstandard = require_zstd()
    new = zstandard.ZstdDecompressor().decompressobj
    frame, fresh = new(), True
    while data := stream.read(_ZSTD_READ_BYTES):
        while data:
            try:
                chunk = frame.decompress(data)
            except zstandard.ZstdError as error:
                raise Damaged(f"the zstd data is damaged: {error}") from None
            fresh = False
            for start in range(0, len(chunk), CHUNK_BYTES):
                yield chunk[start : start + CHUNK_BYTES]
            data = b""
            if frame.eof:
                data = frame.unused_data
                frame, fresh = new(), True
    if not fresh:
        raise Damaged("the zstd data ends inside a frame")
