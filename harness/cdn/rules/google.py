"""Google's hosted libraries, Firebase, and the fonts' own files."""

from __future__ import annotations

import re

from harness.cdn.asks import Address, Ask, split_package
from harness.cdn.files import PackageFile
from harness.cdn.fonts import FILES, guess_file

HOSTS = ("ajax.googleapis.com", "www.gstatic.com", "fonts.gstatic.com")

_LIBRARIES = {
    "jquery": ("jquery", "dist/"),
    "jqueryui": ("jquery-ui-dist", ""),
    "angularjs": ("angular", ""),
    "threejs": ("three", "build/"),
    "d3js": ("d3", "dist/"),
    "webfont": ("webfontloader", ""),
    "model-viewer": ("@google/model-viewer", "dist/"),
    "mootools": ("mootools", "dist/"),
    "shaka-player": ("shaka-player", "dist/"),
    "dojo": ("dojo", ""),
    "hammerjs": ("hammerjs", ""),
    "swfobject": ("swfobject-amd", ""),
    "lottie-web": ("lottie-web", "build/player/"),
}


def read(address: Address) -> Ask | None:
    """ajax/libs/LIBRARY/VERSION/PATH, firebasejs/VERSION/FILE, s/FAMILY/..., model-viewer."""
    if address.host == "fonts.gstatic.com":
        return _font(address.path)
    match = re.fullmatch(r"firebasejs/([^/]+)/(.+)", address.path)
    if match:
        return PackageFile(package="firebase", spec=match[1], paths=(match[2],))
    match = re.fullmatch(r"ajax/libs/([^/]+)/([^/]+)/(.+)", address.path)
    if match is None or match[1] not in _LIBRARIES:
        return None
    package, folder = _LIBRARIES[match[1]]
    spec = re.sub(r"^r(?=\d)", "0.", match[2]) if package == "three" else match[2]
    return PackageFile(package=package, spec=spec, paths=(folder + match[3], match[3]), search=True)


def _font(path: str) -> Ask | None:
    if path.startswith(FILES):
        found = split_package(path.removeprefix(FILES))
        if found is None:
            return None
        return PackageFile(package=found[0], spec=found[1], paths=(found[2],))
    return guess_file(path)
