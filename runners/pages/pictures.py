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

    pixels = numpy.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    return Picture(pixels, hashlib.sha256(pixels.tobytes()).hexdigest())


def look(name: str, picture: Picture) -> Look:
    """The numbers of `Look` for a picture."""
    import numpy

    pixels = picture.pixels
    height, width = pixels.shape[:2]
    small = pixels[::2, ::2]
    grey = (small @ numpy.array([0.299, 0.587, 0.114])).astype(numpy.uint8)
    shares = numpy.bincount((grey >> 2).ravel(), minlength=_LEVELS) / grey.size
    some = shares[shares > 0]
    coarse = (small >> 3).astype(numpy.uint32)
    packed = coarse[..., 0] << 10 | coarse[..., 1] << 5 | coarse[..., 2]
    steps = numpy.abs(numpy.diff(grey.astype(numpy.int16), axis=1)) > _EDGE
    return Look(
        name=name,
        width=width,
        height=height,
        picture=picture.digest,
        entropy=round(float(-(some * numpy.log2(some)).sum()) + 0.0, 3),
        colours=int(numpy.count_nonzero(numpy.bincount(packed.ravel()))),
        dominant=round(float(numpy.bincount(grey.ravel()).max() / grey.size), 4),
        edges=round(float(steps.mean()), 4),
    )


def difference(one: Picture, other: Picture) -> float:
    """The share of pixels that differ visibly, 0 to 1; 1 where the sizes do."""
    import numpy

    if one.digest == other.digest:
        return 0.0
    if one.pixels.shape != other.pixels.shape:
        return 1.0
    apart = numpy.abs(one.pixels.astype(numpy.int16) - other.pixels.astype(numpy.int16))
    return round(float((apart.max(axis=2) > _SAME).mean()), 6)
