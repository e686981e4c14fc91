"""Placeholder pictures: of the size that was asked for, generated here."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache

from harness.cdn.answers import Answer
from harness.cdn.asks import Need
from harness.cdn.stock import Stock, served

MOST_PIXELS = 4096
"""Of a side."""

Colour = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """Width and height in pixels; two colours that it is striped with."""

    width: int
    height: int
    ground: Colour = (204, 204, 204)
    stripe: Colour = (176, 184, 196)

    def needs(self) -> tuple[Need, ...]:
        """Nothing."""
        return ()

    def answer(self, stock: Stock) -> Answer:
        """A PNG, always."""
        wide, high = (min(MOST_PIXELS, max(1, side)) for side in (self.width, self.height))
        return served(
            png(wide, high, self.ground, self.stripe),
            kind="image/png",
            outcome="placeholder",
            note=f"a picture of ours, {wide} by {high}",
        )


@lru_cache(maxsize=256)
def png(width: int, height: int, ground: Colour, stripe: Colour) -> bytes:
    """A PNG (ISO/IEC 15948) of one bit a pixel, with diagonal stripes 32 pixels wide."""
    pattern = ((1 << 32) - 1) << 32
    size = (width + 7) // 8
    rows = bytearray()
    for y in range(height):
        turn = y % 64
        turned = ((pattern << turn) | (pattern >> (64 - turn))) & ((1 << 64) - 1)
        rows += b"\0" + (turned.to_bytes(8, "big") * (size // 8 + 1))[:size]
    header = struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", bytes((*ground, *stripe))),
            _chunk(b"IDAT", zlib.compress(bytes(rows), 1)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
