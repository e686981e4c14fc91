"""cdnjs, and the mirrors that serve its libraries by the same addresses."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from harness.cdn.asks import Address, Ask, is_package
from harness.cdn.files import PackageFile

HOSTS = ("cdnjs.cloudflare.com", "cdnjs.com", "lib.baomitu.com", "cdn.bootcdn.net",
         "cdn.bootcss.com", "cdn.staticfile.org", "cdn.staticfile.net")  # fmt: skip


@cache
def _table() -> dict[str, list[str]]:
    path = Path(__file__).parent.parent / "data" / "cdnjs.json"
    table: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return {name.lower(): item for name, item in table.items()}


def npm_version(library: str, version: str) -> str:
    """The version as npm writes it: cdnjs keeps three.js by revision and some with a `v`."""
    revision = re.fullmatch(r"r(\d+)", version)
    if revision and library.startswith("three"):
        return f"0.{revision[1]}"
    return re.sub(r"^v(?=\d)", "", version)


def package_of(library: str, version: str) -> tuple[str, tuple[str, ...]]:
    """npm package and folders of a cdnjs library; without an entry in the table, its own name."""
    name = library.lower()
    major = version.lstrip("v").partition(".")[0]
    item = _table().get(f"{name}@{major}") or _table().get(name)
    if item is not None:
        return item[0], tuple(item[1:])
    return name.removesuffix(".js") if not is_package(library) else library, ("dist", "")


def read(address: Address) -> Ask | None:
    """[ajax/libs/]LIBRARY/VERSION/PATH."""
    path = address.path.removeprefix("ajax/").removeprefix("libs/")
    match = re.fullmatch(r"([^/]+)/([^/]+)/(.+)", path)
    if match is None:
        return None
    library, version, file = match.groups()
    package, folders = package_of(library, version)
    if not is_package(package):
        return None
    tried = dict.fromkeys((*folders, "dist", "build", ""))
    paths = tuple(f"{folder}/{file}".lstrip("/") for folder in tried)
    spec = npm_version(library.lower(), version)
    return PackageFile(package=package, spec=spec, paths=paths, search=True)
