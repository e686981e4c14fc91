"""The URL rules, against addresses that pages are known to use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cdn.asks import read_need
from harness.cdn.files import PackageFile
from harness.cdn.fonts import FontSheet
from harness.cdn.modules import ModuleFile
from harness.cdn.pictures import Picture
from harness.cdn.rules import known, load_rules, read_url


def told(url: str) -> str:
    """Package, range and first path of what `url` asks for."""
    ask = read_url(url)
    if isinstance(ask, PackageFile):
        return f"{ask.package}@{ask.spec}/{ask.paths[0]}"
    if isinstance(ask, ModuleFile):
        return f"{ask.package}@{ask.spec} +esm/{ask.entry}"
    return type(ask).__name__


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://cdn.jsdelivr.net/npm/@babel/standalone@7/babel.min.js",
         "@babel/standalone@7/babel.min.js"),
        ("https://cdn.jsdelivr.net/npm/chart.js", "chart.js@latest/"),
        ("https://cdn.jsdelivr.net/npm/marked/+esm", "marked@latest +esm/"),
        ("https://cdn.jsdelivr.net/npm/three@0.160/examples/jsm/a.js/+esm",
         "three@0.160 +esm/examples/jsm/a.js"),
        ("https://cdn.jsdelivr.net/gh/highlightjs/cdn-release@11.7.0/build/highlight.min.js",
         "@highlightjs/cdn-assets@11.7.0/highlight.min.js"),
        ("https://cdn.jsdelivr.net/gh/mrdoob/three.js@r128/build/three.js",
         "three@0.128/build/three.js"),
        ("https://cdn.jsdelivr.net/pyodide/v0.25.0/full/pyodide.js", "pyodide@0.25.0/pyodide.js"),
        ("https://esm.run/marked@12", "marked@12 +esm/"),
        ("https://esm.sh/react-dom@18.2.0/client", "react-dom@18.2.0 +esm/client"),
        ("https://esm.sh/v135/preact@10/hooks", "preact@10 +esm/hooks"),
        ("https://esm.sh/swiper@11/swiper-bundle.css", "swiper@11/swiper-bundle.css"),
        ("https://cdn.skypack.dev/canvas-confetti", "canvas-confetti@latest +esm/"),
        ("https://ga.jspm.io/npm:lodash@4.17.21/lodash.js", "lodash@4.17.21 +esm/lodash.js"),
        ("https://unpkg.com/htm?module", "htm@latest +esm/"),
        ("https://unpkg.com/lucide@latest", "lucide@latest/"),
        ("https://cdnjs.cloudflare.com/ajax/libs/three.js/r128/three.min.js",
         "three@0.128/build/three.min.js"),
        ("https://cdnjs.cloudflare.com/ajax/libs/font-awesome/4.7.0/css/font-awesome.min.css",
         "font-awesome@4.7.0/css/font-awesome.min.css"),
        ("https://cdnjs.cloudflare.com/ajax/libs/font-awesome/6.4.0/css/all.min.css",
         "@fortawesome/fontawesome-free@6.4.0/css/all.min.css"),
        ("https://cdnjs.cloudflare.com/ajax/libs/popper.js/1.16.0/umd/popper.min.js",
         "popper.js@1.16.0/dist/umd/popper.min.js"),
        ("https://cdnjs.cloudflare.com/ajax/libs/unheard-of/1.0.0/it.js",
         "unheard-of@1.0.0/dist/it.js"),
        ("https://ajax.googleapis.com/ajax/libs/jqueryui/1.12.1/jquery-ui.min.js",
         "jquery-ui-dist@1.12.1/jquery-ui.min.js"),
        ("https://code.jquery.com/jquery-3.5.1.slim.min.js",
         "jquery@3.5.1/dist/jquery.slim.min.js"),
        ("https://stackpath.bootstrapcdn.com/bootstrap/4.5.2/css/bootstrap.min.css",
         "bootstrap@4.5.2/dist/css/bootstrap.min.css"),
        ("https://maxcdn.bootstrapcdn.com/font-awesome/4.7.0/css/font-awesome.min.css",
         "font-awesome@4.7.0/css/font-awesome.min.css"),
        ("https://d3js.org/d3.v7.min.js", "d3@7/dist/d3.min.js"),
        ("https://cdn.plot.ly/plotly-2.27.0.min.js", "plotly.js-dist-min@2.27.0/plotly.min.js"),
        ("https://cdn.plot.ly/plotly-latest.min.js", "plotly.js-dist-min@1.58.5/plotly.min.js"),
        ("https://cdn.tailwindcss.com", "tailwindcss-cdn@3/tailwindcss.js"),
        ("https://cdn.tailwindcss.com/3.4.1?plugins=forms",
         "tailwindcss-cdn@3.4.1/3.4.1/tailwindcss-with-forms.js"),
        ("https://use.fontawesome.com/releases/v5.15.4/css/all.css",
         "@fortawesome/fontawesome-free@5.15.4/css/all.css"),
        ("https://www.gstatic.com/firebasejs/9.17.1/firebase-app.js",
         "firebase@9.17.1/firebase-app.js"),
        ("https://polyfill.io/v3/polyfill.min.js", "NoneType"),
        ("https://example.org/jquery.js", "NoneType"),
        ("https://esm.sh/gh/somebody/something", "NoneType"),
        ("https://esm.sh/jsr/@std/path", "NoneType"),
        ("https://unpkg.com/browse/react@18/", "NoneType"),
        ("https://unpkg.com/", "NoneType"),
        ("https://cdn.jsdelivr.net/combine/npm/jquery@3,npm/aos@2/dist/aos.js", "Combined"),
    ],
)  # fmt: skip
def test_an_address_asks_for_a_package(url: str, expected: str) -> None:
    """Package, range and path stand in the address; each CDN writes them its own way."""
    assert told(url) == expected


def test_the_most_used_addresses_are_read(shared: Path) -> None:
    """Of the 84 addresses that generated pages use most, rules read all but two."""
    urls = [row["url"] for row in json.loads((shared / "data/cdn-urls.json").read_text())["top"]]
    assert len(urls) == 84
    assert all(known(url) for url in urls)
    assert [url for url in urls if read_url(url) is None] == [
        "https://www.gstatic.com/charts/loader.js",
        "https://polyfill.io/v3/polyfill.min.js?features=es6",
    ]


def test_needs_are_written_and_read_back(shared: Path) -> None:
    """The lock's words for a need lose nothing, for every address of a corpus."""
    document = json.loads((shared / "data/cdn-urls.json").read_text())
    needs = {n for row in document["corpus"] if (ask := read_url(row["url"])) for n in ask.needs()}
    assert len(needs) > 100
    assert {read_need(str(need)) for need in needs} == needs


def test_fonts_are_read_with_their_faces() -> None:
    """Weights, ranges of weights and slants of both interfaces come to the same faces."""
    ask = read_url(
        "https://fonts.googleapis.com/css2?family=Space+Mono:ital,wght@0,400;0,700;1,400"
        "&family=EB+Garamond:wght@400..600&family=VT323&display=swap"
    )
    assert isinstance(ask, FontSheet)
    mono, garamond, vt323 = ask.families
    assert (mono.package, mono.weights, mono.italic) == ("@fontsource/space-mono", (400, 700), True)
    assert (garamond.package, garamond.weights) == ("@fontsource/eb-garamond", (400, 500, 600))
    assert (vt323.weights, vt323.italic) == ((400,), False)
    old = read_url("https://fonts.googleapis.com/css?family=Lato:300,700italic|Roboto")
    assert isinstance(old, FontSheet)
    assert [(f.name, f.weights, f.italic) for f in old.families] == [
        ("Lato", (300, 700), True),
        ("Roboto", (400,), False),
    ]
    icons = read_url("https://fonts.googleapis.com/icon?family=Material+Icons")
    assert isinstance(icons, FontSheet)
    assert icons.families[0].package == "material-icons"


@pytest.mark.parametrize(
    ("url", "size"),
    [
        ("https://picsum.photos/200/300", (200, 300)),
        ("https://picsum.photos/id/237/200/300", (200, 300)),
        ("https://picsum.photos/seed/cat/640/480?grayscale", (640, 480)),
        ("https://picsum.photos/250", (250, 250)),
        ("https://placehold.co/600x400/000/fff?text=Hi", (600, 400)),
        ("https://via.placeholder.com/150", (150, 150)),
        ("https://via.placeholder.com/300x200.png?text=a", (300, 200)),
        ("https://dummyimage.com/320x240/aaa/fff", (320, 240)),
        ("https://source.unsplash.com/random/800x600", (800, 600)),
        ("https://images.unsplash.com/photo-1506744038136-46273834b3fb?w=900&h=500", (900, 500)),
        ("https://placekitten.com/g/200/287", (200, 287)),
        ("https://i.pravatar.cc/100?img=3", (100, 100)),
        ("https://randomuser.me/api/portraits/men/32.jpg", (128, 128)),
        ("https://ui-avatars.com/api/?name=A&size=96", (96, 96)),
    ],
)
def test_a_placeholder_has_the_size_that_was_asked_for(url: str, size: tuple[int, int]) -> None:
    """Each service writes width and height its own way."""
    ask = read_url(url)
    assert isinstance(ask, Picture)
    assert (ask.width, ask.height) == size


def test_rules_are_found_by_being_there() -> None:
    """Every file of the folder brings its hosts."""
    assert {"cdn.jsdelivr.net", "unpkg.com", "d3js.org", "picsum.photos"} <= set(load_rules())
