"""What the shelf makes by itself: font sheets, modules by address, placeholder pictures."""

from __future__ import annotations

import struct
import zlib

from harness.cdn.lock import Lock, listed
from harness.cdn.pictures import png
from harness.cdn.shelf import Shelf
from harness.cdn.stock import Stock
from harness.cdn.store import Module, Store
from tests.cdn.conftest import Publish

FACE = """@font-face {{ font-family: 'Inter'; font-weight: {weight};
 src: url(./files/inter-latin-{weight}-normal.woff2) format('woff2'), url(./files/inter-latin-{weight}-normal.woff) format('woff'); }}"""


def fonts(store: Store, publish: Publish) -> Shelf:
    files = {f"{weight}.css": FACE.format(weight=weight) for weight in (400, 700)} | {
        f"files/inter-latin-{weight}-normal.woff2": f"font {weight}" for weight in (400, 700)
    }
    held = {"5.0.0": publish("@fontsource/inter", "5.0.0", files)}
    lock = Lock(packages={"@fontsource/inter": listed(["5.0.0"], {"latest": "5.0.0"}, held)})
    return Shelf(Stock(lock, store))


def test_a_font_sheet_leads_to_font_files(store: Store, publish: Publish) -> None:
    """Every face points at a file that the same shelf answers, and only at WOFF2."""
    shelf = fonts(store, publish)
    sheet = shelf.answer("https://fonts.googleapis.com/css2?family=Inter:wght@400;700")
    assert (sheet.outcome, sheet.exact) == ("hit", False)
    assert sheet.content_type.startswith("text/css")
    urls = [part.split(")")[0] for part in sheet.body.decode().split("url(")[1:]]
    assert len(urls) == 2
    found = [shelf.answer(url) for url in urls]
    assert [(a.outcome, a.content_type, a.body) for a in found] == [
        ("hit", "font/woff2", b"font 400"),
        ("hit", "font/woff2", b"font 700"),
    ]


def test_a_missing_face_is_approximate_and_a_missing_family_a_miss(
    store: Store, publish: Publish
) -> None:
    """Fonts are never the page's fault: what we hold is served, and what we lack is named."""
    shelf = fonts(store, publish)
    base = "https://fonts.googleapis.com/css2?family="
    some = shelf.answer(f"{base}Inter:wght@400;900&family=Nowhere")
    assert some.outcome == "approximate"
    assert "900.css" in some.note
    assert "@fontsource/nowhere" in some.note
    light = shelf.answer(f"{base}Inter:wght@100")
    assert (light.outcome, b"font-weight: 400" in light.body) == ("approximate", True)
    assert shelf.answer(f"{base}Nowhere").outcome == "miss"
    # Google answers 400.
    assert shelf.answer("https://fonts.googleapis.com/css2").outcome == "no_such_file"


def test_modules_import_by_address(store: Store, publish: Publish) -> None:
    """Imports go to the page's pinned version, else to the locked one, or stay bare if external."""
    held = {
        "react": {v: publish("react", v, {"index.js": v}) for v in ("18.2.0", "18.3.1")},
        "react-dom": {"18.2.0": publish("react-dom", "18.2.0", {"index.js": "x"})},
        "lib": {"1.0.0": publish("lib", "1.0.0", {"index.js": "x"})},
    }
    text = 'import a from "pairproof:react";import b from "pairproof:react/jsx-runtime";'
    build = Module(
        sha256=store.put(text.encode()),
        default=True,
        outside=("react@^18", "react@^18 jsx-runtime"),
    )
    store.write_modules("lib", "1.0.0", {"": build, "sub": Module(error="cannot be built")})
    store.write_modules("react-dom", "18.2.0", {"client": build})
    lock = Lock(
        packages={
            name: listed(list(item), {"latest": max(item)}, item) for name, item in held.items()
        }
    )
    shelf = Shelf(Stock(lock, store))
    stub = shelf.answer("https://cdn.jsdelivr.net/npm/lib@1/+esm")
    assert stub.outcome == "hit"
    assert stub.body.decode() == (
        'export * from "https://esm.sh/lib@1.0.0/+build/index.mjs";\n'
        'export { default } from "https://esm.sh/lib@1.0.0/+build/index.mjs";\n'
    )
    react = "https://esm.sh/react@{}/+build/{}.mjs"

    def imported(url: str) -> list[str]:
        inner = shelf.answer(url).body.decode().split('"')[1]
        return shelf.answer(inner).body.decode().split('"')[1::2]

    assert imported("https://esm.sh/lib") == [
        react.format("18.3.1", "index"),
        react.format("18.3.1", "jsx-runtime"),
    ]
    assert imported("https://esm.sh/lib?deps=react@18.2.0") == [
        react.format("18.2.0", "index") + "?deps=react@18.2.0",
        react.format("18.2.0", "jsx-runtime") + "?deps=react@18.2.0",
    ]
    assert imported("https://esm.sh/*lib") == ["react", "react/jsx-runtime"]
    assert imported("https://esm.sh/lib?external=react") == ["react", "react/jsx-runtime"]
    # Released together: React DOM never gets another version of React than its own.
    assert imported("https://esm.sh/react-dom@18.2.0/client")[0] == react.format("18.2.0", "index")
    missing = shelf.answer("https://esm.sh/lib/sub")
    assert (missing.outcome, "cannot be built" in missing.note) == ("miss", True)


def test_a_placeholder_is_a_picture_of_its_size() -> None:
    """A PNG whose header, checksums and pixels agree; of any width."""
    for width, height in ((1, 1), (7, 3), (640, 480), (65, 2)):
        body = png(width, height, (1, 2, 3), (4, 5, 6))
        assert body[:8] == b"\x89PNG\r\n\x1a\n"
        chunks, at = {}, 8
        while at < len(body):
            (size,) = struct.unpack(">I", body[at : at + 4])
            name, data = body[at + 4 : at + 8], body[at + 8 : at + 8 + size]
            (checked,) = struct.unpack(">I", body[at + 8 + size : at + 12 + size])
            assert zlib.crc32(name + data) == checked
            chunks[name], at = data, at + 12 + size
        assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (width, height)
        assert len(zlib.decompress(chunks[b"IDAT"])) == height * ((width + 7) // 8 + 1)


def test_placeholders_are_flagged(shelf: Shelf) -> None:
    """The outcome is never a hit, and a size beyond reason is cut."""
    answer = shelf.answer("https://picsum.photos/200/300")
    assert (answer.outcome, answer.content_type) == ("placeholder", "image/png")
    large = shelf.answer("https://placehold.co/9999x1")
    assert "4096 by 1" in large.note
