"""Hosts on which a project serves its own releases."""

from __future__ import annotations

import re

from harness.cdn.asks import Address, Ask
from harness.cdn.files import PackageFile

_FREE = "@fortawesome/fontawesome-free"
_BOOTSTRAP = (
    (r"font-awesome/([^/]+)/(.+)", "font-awesome", r"\1", r"\2"),
    (r"([^/]+)/([^/]+)/(.+)", r"\1", r"\2", r"dist/\3", r"\3"),
)

_RULES: dict[str, tuple[tuple[str, ...], ...]] = {
    "code.jquery.com": (
        (r"jquery-(\d[\d.]*\d)((?:\.slim)?(?:\.min)?\.js)", "jquery", r"\1", r"dist/jquery\2"),
        # Frozen there.
        (r"jquery-latest((?:\.min)?\.js)", "jquery", "1.11.1", r"dist/jquery\1"),
        (r"jquery-migrate-([\d.]+\d)(\S*\.js)", "jquery-migrate", r"\1", r"dist/jquery-migrate\2"),
        (r"ui/([\d.]+)/(.+)", "jquery-ui-dist", r"\1", r"\2"),
        (r"mobile/([\d.]+)/(.+)", "jquery-mobile", r"\1", r"dist/\2"),
    ),
    "stackpath.bootstrapcdn.com": _BOOTSTRAP,
    "maxcdn.bootstrapcdn.com": _BOOTSTRAP,
    "netdna.bootstrapcdn.com": _BOOTSTRAP,
    "use.fontawesome.com": ((r"releases/v([^/]+)/(.+)", _FREE, r"\1", r"\2"),),
    "kit.fontawesome.com": ((r"\w+\.js", _FREE, "6", "js/all.min.js"),),
    "pro.fontawesome.com": ((r"releases/v([^/]+)/(.+)", _FREE, r"\1", r"\2"),),
    "d3js.org": (
        (r"d3\.v(\d+)(\.min)?\.js", "d3", r"\1", r"dist/d3\2.js", r"build/d3\2.js", r"d3\2.js"),
        (r"(d3-[a-z-]+)\.v(\d+)(\.min)?\.js", r"\1", r"\2", r"dist/\1\3.js", r"build/\1\3.js"),
    ),
    "cdn.plot.ly": (
        (r"plotly-(?:[a-z]\w+-)?(\d[\d.]*\d)(?:\.min)?\.js", "plotly.js-dist-min", r"\1",
         "plotly.min.js"),
        # Frozen there at the last release of version 1.
        (r"plotly(?:-basic)?-latest(?:\.min)?\.js", "plotly.js-dist-min", "1.58.5",
         "plotly.min.js"),
    ),
    "cdn.socket.io": (
        (r"(?:socket\.io-)?(\d[\d.]*\d)/(.+)", "socket.io-client", r"\1", r"dist/\2"),
    ),
    "cdn.babylonjs.com": (
        (r"v(\d[\d.]*)/(.+)", "babylonjs", r"\1", r"\2"),
        (r"(babylon[^/]*)", "babylonjs", "latest", r"\1"),
        (r"loaders/(.+)", "babylonjs-loaders", "latest", r"\1"),
        (r"gui/(.+)", "babylonjs-gui", "latest", r"\1"),
        (r"materialsLibrary/(.+)", "babylonjs-materials", "latest", r"\1"),
    ),
    "preview.babylonjs.com": ((r"(babylon[^/]*)", "babylonjs", "latest", r"\1"),),
    "aframe.io": ((r"releases/([^/]+)/(.+)", "aframe", r"\1", r"dist/\2"),),
    "pixijs.download": (
        (r"v?(\d[^/]*)/(.+)", "pixi.js", r"\1", r"dist/\2"),
        (r"release/(.+)", "pixi.js", "latest", r"dist/\1"),
    ),
    "threejs.org": ((r"((?:build|examples/jsm|examples/fonts)/.+)", "three", "latest", r"\1"),),
    "code.highcharts.com": (
        (r"(\d[\d.]*)/(.+)", "highcharts", r"\1", r"\2"),
        (r"(.+\.(?:js|css))", "highcharts", "latest", r"\1"),
    ),
    "cdn.ckeditor.com": (
        (r"ckeditor5/([\d.]+)/([^/]+)/(.+)", r"@ckeditor/ckeditor5-build-\2", r"\1", r"build/\3"),
    ),
    "cdn.quilljs.com": ((r"([\d.]+)/(.+)", "quill", r"\1", r"dist/\2"),),
    "cdn.datatables.net": (
        (r"(\d[\d.]*)/js/(.+)", "datatables.net", r"\1", r"js/\2"),
        (r"(\d[\d.]*)/css/(.+)", "datatables.net-dt", r"\1", r"css/\2"),
    ),
    "api.mapbox.com": ((r"mapbox-gl-js/v([\d.]+)/(.+)", "mapbox-gl", r"\1", r"dist/\2"),),
    "cdn.amcharts.com": ((r"lib/5/(.+)", "@amcharts/amcharts5", "5", r"\1"),),
    "unicons.iconscout.com": ((r"release/v([\d.]+)/(.+)", "@iconscout/unicons", r"\1", r"\2"),),
    "cdn.materialdesignicons.com": ((r"([\d.]+)/(.+)", "@mdi/font", r"\1", r"\2"),),
    "vjs.zencdn.net": ((r"([\d.]+)/(.+)", "video.js", r"\1", r"dist/\2"),),
    "cdn.tiny.cloud": ((r"1/[^/]+/tinymce/([\d.]+)[^/]*/(.+)", "tinymce", r"\1", r"\2"),),
    "uicdn.toast.com": ((r"([^/]+)/([^/]+)/(.+)", r"@toast-ui/\1", r"\2", r"dist/\3"),),
    "p5js.org": ((r"assets/js/(p5.*\.js)", "p5", "1", r"lib/\1"),),
    "polyfill.io": (),
    "cdn.polyfill.io": (),
}  # fmt: skip
"""By host: a pattern of the whole path, then templates of package, range and paths to try. A host
without a pattern is a CDN of which nothing is published as a package."""

_SUBSTITUTES = {
    "kit.fontawesome.com": "a kit of one customer: the free icons",
    "pro.fontawesome.com": "the free icons",
}

HOSTS = tuple(_RULES)


def read(address: Address) -> Ask | None:
    """The first rule of the host that fits the whole path."""
    for pattern, package, spec, *paths in _RULES[address.host]:
        match = re.fullmatch(pattern, address.path)
        if match is None:
            continue
        return PackageFile(
            package=match.expand(package),
            spec=match.expand(spec),
            paths=tuple(match.expand(path) for path in paths),
            search=True,
            substitute=_SUBSTITUTES.get(address.host, ""),
        )
    return None
