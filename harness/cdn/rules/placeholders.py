"""Services that give any picture of a size, and photo hosts that pages take their samples from."""

from __future__ import annotations

import re

from harness.cdn.asks import Address, Ask
from harness.cdn.pictures import Colour, Picture

HOSTS = (
    "picsum.photos", "fastly.picsum.photos", "placehold.co", "placehold.it", "via.placeholder.com",
    "placeholder.com", "dummyimage.com", "www.dummyimage.com", "source.unsplash.com",
    "images.unsplash.com", "plus.unsplash.com", "unsplash.it", "placekitten.com", "placebear.com",
    "placeimg.com", "loremflickr.com", "lorempixel.com", "fakeimg.pl", "i.pravatar.cc",
    "pravatar.cc", "ui-avatars.com", "robohash.org", "randomuser.me", "placeskull.com",
    "images.pexels.com", "cdn.pixabay.com", "baconmockup.com", "www.placecage.com", "placedog.net",
    "api.dicebear.com", "avatars.dicebear.com", "via.assets.so", "assets.codepen.io",
)  # fmt: skip

_SIDES = {"randomuser.me": 128, "ui-avatars.com": 64, "i.pravatar.cc": 150, "robohash.org": 300}
_PAIR = re.compile(r"(?<![\w.])(\d{1,4})[x×,](\d{1,4})(?![\d])", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.-])(\d{1,4})(?:@[23]x)?(?=$|[/.])")
_HEX = re.compile(r"[0-9a-f]{3}|[0-9a-f]{6}", re.IGNORECASE)


def read(address: Address) -> Ask | None:
    """Sizes as WxH, W/H or one side in the path, or w and h in the query; 400 by 300 without."""
    if address.host == "randomuser.me" and not re.match(r"api/portraits/", address.path):
        return None
    if address.host == "assets.codepen.io" and not re.search(
        r"\.(?:png|jpe?g|webp|gif|svg)$", address.path, re.IGNORECASE
    ):
        return None
    wide, high = _sides(address)
    colours = [_colour(part) for part in address.path.split("/")[1:] if _is_colour(part)]
    if address.host in ("placehold.co", "dummyimage.com", "via.placeholder.com") and colours:
        ground = colours[0]
        stripe = colours[1] if len(colours) > 1 else (150, 150, 150)
        # Text of that colour covers little of the picture: the stripes lie near the ground.
        mixed = (
            (ground[0] * 4 + stripe[0]) // 5,
            (ground[1] * 4 + stripe[1]) // 5,
            (ground[2] * 4 + stripe[2]) // 5,
        )
        return Picture(width=wide, height=high, ground=ground, stripe=mixed)
    return Picture(width=wide, height=high)


def _sides(address: Address) -> tuple[int, int]:
    asked = [_first(address, names) for names in (("w", "width", "size", "s"), ("h", "height"))]
    if asked[0] or asked[1]:
        side = asked[0] or asked[1]
        square = "size" in address.query or "s" in address.query
        return side, asked[1] or (side if square else max(1, side * 2 // 3))
    path = re.sub(r"^(?:id|seed|photo)/[^/]+/", "", address.path)
    pair = _PAIR.search(path) or _PAIR.search(next(iter(address.query), ""))
    if pair:
        return int(pair[1]), int(pair[2])
    numbers = [int(found) for found in _NUMBER.findall(path)]
    side = _SIDES.get(address.host, 0)
    if side and not (numbers and address.host == "i.pravatar.cc"):
        return side, side
    if len(numbers) >= 2:
        return numbers[0], numbers[1]
    return (numbers[0], numbers[0]) if numbers else (400, 300)


def _first(address: Address, names: tuple[str, ...]) -> int:
    for name in names:
        for text in address.query.get(name, []):
            if text.isdecimal() and len(text) <= 5:
                return int(text)
    return 0


def _is_colour(part: str) -> bool:
    return _HEX.fullmatch(part.partition(".")[0]) is not None


def _colour(part: str) -> Colour:
    text = part.partition(".")[0]
    text = "".join(c * 2 for c in text) if len(text) == 3 else text
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)
