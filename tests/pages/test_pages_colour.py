"""Colours: parsing, the published CIEDE2000 pairs, palettes."""

from __future__ import annotations

import pytest

from harness.pages.colour import (
    ciede2000,
    difference,
    found_among,
    lab,
    named_colours,
    palette,
    palette_distance,
    parse_colour,
)

SHARMA = """
50 2.6772 -79.7751 50 0 -82.7485 2.0425
50 3.1571 -77.2803 50 0 -82.7485 2.8615
50 2.8361 -74.0200 50 0 -82.7485 3.4412
50 -1.3802 -84.2814 50 0 -82.7485 1.0000
50 -1.1848 -84.8006 50 0 -82.7485 1.0000
50 -0.9009 -85.5211 50 0 -82.7485 1.0000
50 0 0 50 -1 2 2.3669
50 -1 2 50 0 0 2.3669
50 2.4900 -0.0010 50 -2.4900 0.0009 7.1792
50 2.4900 -0.0010 50 -2.4900 0.0010 7.1792
50 2.4900 -0.0010 50 -2.4900 0.0011 7.2195
50 2.4900 -0.0010 50 -2.4900 0.0012 7.2195
50 -0.0010 2.4900 50 0.0009 -2.4900 4.8045
50 -0.0010 2.4900 50 0.0010 -2.4900 4.8045
50 -0.0010 2.4900 50 0.0011 -2.4900 4.7461
50 2.5 0 50 0 -2.5 4.3065
50 2.5 0 73 25 -18 27.1492
50 2.5 0 61 -5 29 22.8977
50 2.5 0 56 -27 -3 31.9030
50 2.5 0 58 24 15 19.4535
50 2.5 0 50 3.1736 0.5854 1.0000
50 2.5 0 50 3.2972 0 1.0000
50 2.5 0 50 1.8634 0.5757 1.0000
50 2.5 0 50 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""
PAIRS = [tuple(float(x) for x in line.split()) for line in SHARMA.strip().splitlines()]


def test_all_published_pairs_are_here() -> None:
    """Sharma, Wu and Dalal give 34."""
    assert len(PAIRS) == 34


@pytest.mark.parametrize("row", PAIRS)
def test_ciede2000_gives_the_published_differences(row: tuple[float, ...]) -> None:
    """To the four digits of the paper, and the same in both directions."""
    one, two = (row[0], row[1], row[2]), (row[3], row[4], row[5])
    assert ciede2000(one, two) == pytest.approx(row[6], abs=5e-5)
    assert ciede2000(two, one) == pytest.approx(row[6], abs=5e-5)


def test_lab_of_known_colours() -> None:
    """White, black and pure red have the values of every table."""
    assert lab((255, 255, 255)) == pytest.approx((100, 0, 0), abs=0.01)
    assert lab((0, 0, 0)) == pytest.approx((0, 0, 0), abs=0.01)
    assert lab((255, 0, 0)) == pytest.approx((53.24, 80.09, 67.20), abs=0.02)


@pytest.mark.parametrize(
    ("text", "rgb"),
    [
        ("#1a1a1a", (26, 26, 26)),
        ("#FFF", (255, 255, 255)),
        ("#11223300", None),
        ("rgb(1, 2, 3)", (1, 2, 3)),
        ("rgba(1, 2, 3, 0.5)", (1, 2, 3)),
        ("rgba(0, 0, 0, 0)", None),
        ("rgb(1 2 3 / 50%)", (1, 2, 3)),
        ("url(#a)", None),
        ("", None),
    ],
)
def test_colours_are_read_as_browsers_write_them(text: str, rgb: object) -> None:
    """Hex of every length and both notations of rgb; what cannot be seen is no colour."""
    assert parse_colour(text) == rgb


def test_hex_codes_of_an_instruction() -> None:
    """Codes are found in prose, once each; an issue number is none."""
    text = "Use #1a1a1a on #FAFAFA, accents #e63 (see #123), again #1A1A1A; not #abcdefgh."
    assert named_colours(text) == [(26, 26, 26), (250, 250, 250), (238, 102, 51)]


def test_palettes() -> None:
    """The same palette is at no distance, black on white against dark blue on cream is far."""
    light = palette(["#ffffff", "rgb(17, 17, 17)"])
    warm = palette(["#0b1d51", "#f5e6c8"])
    assert palette_distance(light, light) == 0
    assert palette_distance(light, []) == 0
    assert palette_distance(light, warm) == palette_distance(warm, light) > 10
    assert found_among([(26, 26, 26), (200, 0, 0)], [(26, 27, 26)]) == [(26, 26, 26)]
    assert difference((10, 20, 30), (10, 20, 30)) == 0
