"""jsDelivr: npm packages, ES modules of them, some GitHub repositories, Pyodide; and esm.run."""

from __future__ import annotations

import re

from harness.cdn.asks import Address, Ask, split_package
from harness.cdn.files import Combined, PackageFile
from harness.cdn.modules import ModuleFile

HOSTS = ("cdn.jsdelivr.net", "fastly.jsdelivr.net", "esm.run")

_REPOSITORIES = {
    "highlightjs/cdn-release": ("@highlightjs/cdn-assets", "build/"),
    "mrdoob/three.js": ("three", ""),
    "twbs/bootstrap": ("bootstrap", ""),
    "twbs/icons": ("bootstrap-icons", ""),
    "fortawesome/font-awesome": ("@fortawesome/fontawesome-free", ""),
    "davidshimjs/qrcodejs": ("qrcodejs", ""),
    "photonstorm/phaser": ("phaser", ""),
    "alvarotrigo/fullpage.js": ("fullpage.js", ""),
    "jquery/jquery": ("jquery", ""),
    "alpinejs/alpine": ("alpinejs", ""),
    "michalsnik/aos": ("aos", ""),
    "daneden/animate.css": ("animate.css", ""),
    "animate-css/animate.css": ("animate.css", ""),
    "catdad/canvas-confetti": ("canvas-confetti", ""),
    "necolas/normalize.css": ("normalize.css", ""),
    "devicons/devicon": ("devicon", ""),
    "orestbida/cookieconsent": ("vanilla-cookieconsent", ""),
    "kenwheeler/slick": ("slick-carousel", ""),
    "ai/nanoid": ("nanoid", ""),
    "lipis/flag-icons": ("flag-icons", ""),
    "lipis/flag-icon-css": ("flag-icon-css", ""),
}
"""GitHub repositories that npm has with the same files: the package, and a folder to leave out."""


def read(address: Address) -> Ask | None:
    """npm/PACKAGE@RANGE/PATH, .../+esm, gh/OWNER/REPO@TAG/PATH, pyodide/vX/full/PATH."""
    if address.host == "esm.run":
        return _module(address.path)
    root, _, rest = address.path.partition("/")
    if root == "combine":
        return _combined(rest)
    if root == "npm":
        if rest.rstrip("/").endswith("/+esm"):
            return _module(rest.rstrip("/").removesuffix("/+esm"))
        found = split_package(rest)
        if found is None:
            return None
        name, spec, path = found
        return PackageFile(package=name, spec=spec, paths=(path,), origin=True)
    if root == "gh":
        return _repository(rest)
    match = re.fullmatch(r"pyodide/v([^/]+)/(?:full|debug)/(.*)", address.path)
    if match:
        # Python's wheels stand there too, and not in the package: their absence tells nothing.
        return PackageFile(package="pyodide", spec=match[1], paths=(match[2] or "pyodide.js",))
    return None


def _combined(text: str) -> Ask | None:
    asks = [read(Address(host=HOSTS[0], path=part, query={})) for part in text.split(",")]
    files = tuple(ask for ask in asks if isinstance(ask, PackageFile))
    return Combined(files=files) if files and len(files) == len(asks) else None


def _module(text: str) -> Ask | None:
    found = split_package(text)
    if found is None:
        return None
    name, spec, path = found
    return ModuleFile(package=name, spec=spec, entry=path.rstrip("/"))


def _repository(text: str) -> Ask | None:
    match = re.fullmatch(r"([^/]+/[^/@]+)(?:@([^/]*))?/(.*)", text)
    if match is None or match[1].lower() not in _REPOSITORIES:
        return None
    package, folder = _REPOSITORIES[match[1].lower()]
    tag = match[2] or "latest"
    spec = re.sub(r"^v(?=\d)", "", tag) if tag not in ("main", "master", "gh-pages") else "latest"
    if package == "three" and (revision := re.fullmatch(r"r(\d+)", tag)):
        spec = f"0.{revision[1]}"
    return PackageFile(
        package=package, spec=spec, paths=(match[3].removeprefix(folder),), search=True
    )
