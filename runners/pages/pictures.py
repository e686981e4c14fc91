"""Pictures as numbers: what is shown, and how much two of them differ."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runners.pages.evidence import Look

if TYPE_CHECKING:
    import numpy

_LEVELS = 64
_RED, _GREEN, _BLUE = 77, 150, 29
"""Shares of 256 of the channels in what an eye takes for brightness (ITU-R BT.601: 0.299, ...)."""
_EDGE = 24
_SAME = 12
"""So much may one channel of 255 differ between equal pixels."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Decoded pixels, height by width by RGB, with the digest that names them."""

    pixels: numpy.ndarray[Any, Any]
    digest: str

    def webp(self) -> bytes:
        """As WebP of quality 80, to be kept."""
        from PIL import Image

        out = io.BytesIO()
        Image.fromarray(self.pixels).save(out, "WEBP", quality=80, method=0)
        return out.getvalue()


def decode(png: bytes) -> Picture:
    """A picture of the browser's."""
    import numpy
    from PIL import Image

    image = Image.open(io.BytesIO(png))
    pixels = numpy.asarray(image if image.mode == "RGB" else image.convert("RGB"))
    return Picture(pixels, hashlib.sha256(pixels.data).hexdigest())


def look(name: str, picture: Picture) -> Look:
    """The numbers of `Look` for a picture."""
    import numpy

    height, width = picture.pixels.shape[:2]
    red, green, blue = numpy.moveaxis(picture.pixels[::2, ::2], 2, 0).astype(numpy.uint16)
    grey = (red * _RED + green * _GREEN + blue * _BLUE) >> 8
    tones = numpy.bincount(grey.ravel(), minlength=256) / grey.size
    shares = tones.reshape(_LEVELS, -1).sum(axis=1)
    some = shares[shares > 0]
    seen = numpy.zeros(1 << 15, dtype=bool)
    seen[(red >> 3) << 10 | (green >> 3) << 5 | blue >> 3] = True
    steps = numpy.abs(numpy.diff(grey.astype(numpy.int16), axis=1)) > _EDGE
    return Look(
        name=name,
        width=width,
        height=height,
        picture=picture.digest,
        entropy=round(float(-(some * numpy.log2(some)).sum()) + 0.0, 3),
        colours=int(numpy.count_nonzero(seen)),
        dominant=round(float(tones.max()), 4),
        edges=round(float(steps.mean()), 4),
    )


def difference(one: Picture, other: Picture) -> float:
    """The share of pixels that differ visibly, 0 to 1; 1 where the sizes do."""
    import numpy

    if one.digest == other.digest:
        return 0.0
    if one.pixels.shape != other.pixels.shape:
        return 1.0
    rows = numpy.flatnonzero((one.pixels != other.pixels).any(axis=(1, 2)))
    mine, theirs = one.pixels[rows], other.pixels[rows]
    apart = (numpy.maximum(mine, theirs) - numpy.minimum(mine, theirs)) > _SAME
    differing = numpy.count_nonzero(apart[..., 0] | apart[..., 1] | apart[..., 2])
    return round(int(differing) / (one.pixels.size // 3), 6)
