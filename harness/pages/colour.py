"""Colours as a browser computes them, and how far apart two of them look (CIEDE2000)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

Rgb = tuple[int, int, int]
Lab = tuple[float, float, float]

_HEX = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})(?![0-9a-zA-Z_-])")
_RGB = re.compile(
    r"rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)(?:\s*[,/]\s*([\d.]+%?))?\s*\)", re.I
)
_WHITE = (0.95047, 1.0, 1.08883)
"""CIE D65, 2 degrees: the white of sRGB (IEC 61966-2-1)."""
_CUBE, _LINEAR = 216 / 24389, 24389 / 27
"""The junction of the two branches of L*, as rationals (CIE 15)."""


def parse_colour(text: str) -> Rgb | None:
    """`#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb()` and `rgba()` as 0..255; None for others.

    A colour with no alpha left is None too: nothing of it is seen.
    """
    text = text.strip()
    if _HEX.fullmatch(text):
        digits = text[1:]
        if len(digits) <= 4:
            digits = "".join(digit * 2 for digit in digits)
        if digits[6:] == "00":
            return None
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    found = _RGB.fullmatch(text)
    if found is None:
        return None
    if found[4] is not None and float(found[4].rstrip("%")) == 0:
        return None
    red, green, blue = (min(255, round(float(found[n]))) for n in (1, 2, 3))
    return red, green, blue


def palette(texts: Iterable[str]) -> list[Rgb]:
    """The distinct colours among computed values, in their order."""
    return list(dict.fromkeys(c for c in map(parse_colour, texts) if c is not None))


def named_colours(text: str) -> list[Rgb]:
    """The hex codes that a prose text names, in their order, once each.

    Codes of three or four digits count only with a letter: `#123` is as often a number of a list.
    """
    found = []
    for match in _HEX.finditer(text):
        if len(match[0]) > 5 or re.search("[a-fA-F]", match[0]):
            found.append(match[0])
    return palette(found)


def lab(colour: Rgb) -> Lab:
    """CIELAB (D65) of an sRGB colour (IEC 61966-2-1, CIE 15)."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (part / 255 for part in colour)
    )
    xyz = (
        0.4124564 * red + 0.3575761 * green + 0.1804375 * blue,
        0.2126729 * red + 0.7151522 * green + 0.0721750 * blue,
        0.0193339 * red + 0.1191920 * green + 0.9503041 * blue,
    )
    x, y, z = (
        v ** (1 / 3) if v > _CUBE else (_LINEAR * v + 16) / 116
        for v in (value / white for value, white in zip(xyz, _WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _hue(b: float, a: float) -> float:
    return 0.0 if a == 0 and b == 0 else degrees(atan2(b, a)) % 360


def ciede2000(one: Lab, two: Lab) -> float:
    """The CIEDE2000 difference; about 1 is the least that an eye sees, 10 is plain to see.

    Formula: CIE 142-2001 in the order of Sharma, Wu and Dalal, "The CIEDE2000 color-difference
    formula: implementation notes, supplementary test data, and mathematical observations" (2005).
    """
    (l1, a1, b1), (l2, a2, b2) = one, two
    mean = (hypot(a1, b1) + hypot(a2, b2)) / 2
    stretch = 1 + 0.5 * (1 - sqrt(mean**7 / (mean**7 + 25**7)))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = hypot(a1, b1), hypot(a2, b2)
    h1, h2 = _hue(b1, a1), _hue(b2, a2)
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    if c1 * c2 != 0 and h2 - h1 == 180:
        turn = 180.0
    light, chroma = l2 - l1, c2 - c1
    arc = 2 * sqrt(c1 * c2) * sin(radians(turn / 2))
    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2
    if c1 * c2 == 0:
        h_mean = h1 + h2
    elif abs(h1 - h2) <= 180:
        h_mean = (h1 + h2) / 2
    else:
        h_mean = ((h1 + h2 + 360) / 2) % 360
    weight = (
        1
        - 0.17 * cos(radians(h_mean - 30))
        + 0.24 * cos(radians(2 * h_mean))
        + 0.32 * cos(radians(3 * h_mean + 6))
        - 0.20 * cos(radians(4 * h_mean - 63))
    )
    bend = 30 * exp(-(((h_mean - 275) / 25) ** 2))
    scale_l = 1 + 0.015 * (l_mean - 50) ** 2 / sqrt(20 + (l_mean - 50) ** 2)
    scale_c = 1 + 0.045 * c_mean
    scale_h = 1 + 0.015 * c_mean * weight
    twist = -sin(radians(2 * bend)) * 2 * sqrt(c_mean**7 / (c_mean**7 + 25**7))
    x, y, z = light / scale_l, chroma / scale_c, arc / scale_h
    return sqrt(max(0.0, x * x + y * y + z * z + twist * y * z))


def difference(one: Rgb, two: Rgb) -> float:
    """CIEDE2000 of two sRGB colours."""
    return ciede2000(lab(one), lab(two))


def palette_distance(one: Sequence[Rgb], two: Sequence[Rgb]) -> float:
    """How far two palettes are apart: the mean of each colour's nearest in the other, both ways.

    0 where they hold the same colours, and where one of them is empty: nothing was measured then.
    """
    if not one or not two:
        return 0.0
    first, second = [lab(c) for c in one], [lab(c) for c in two]
    there = [min(ciede2000(a, b) for b in second) for a in first]
    back = [min(ciede2000(a, b) for a in first) for b in second]
    return (sum(there) / len(there) + sum(back) / len(back)) / 2


def found_among(wanted: Sequence[Rgb], seen: Sequence[Rgb], within: float = 2.0) -> list[Rgb]:
    """Those of `wanted` that stand among `seen`, up to a difference that few eyes notice."""
    return [w for w in wanted if any(difference(w, s) <= within for s in seen)]
