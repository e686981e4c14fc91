"""CDNs that serve npm packages as ES modules: esm.sh, Skypack, JSPM."""

from __future__ import annotations

import re

from harness.cdn.asks import Address, Ask, split_package
from harness.cdn.files import PackageFile
from harness.cdn.modules import BUILD_HOST, BUILD_PATH, ModuleBuild, ModuleFile

HOSTS = (BUILD_HOST, "cdn.esm.sh", "cdn.skypack.dev", "ga.jspm.io", "jspm.dev")


def read(address: Address) -> Ask | None:
    """[vN/|stable/|*]PACKAGE@RANGE/ENTRY[?deps=P@V,...][&external=P,...]."""
    text = re.sub(r"^(?:v\d+|stable|pin)/", "", address.path)
    text = re.sub(r"^(?:npm:|-/)", "", text)
    if re.match(r"(?:gh|jsr|pr|new|run|tsx|https?:)(?:$|[/:])", text):
        return None
    everything = text.startswith("*")
    found = split_package(text.lstrip("*"))
    if found is None:
        return None
    name, spec, path = found
    external = tuple(_items(address, "external"))
    if everything:
        external = ("*",)
    given = (split_package(item) for item in _items(address, "deps"))
    pinned = tuple((item[0], item[1]) for item in given if item is not None)
    if path.startswith(BUILD_PATH) and address.host == BUILD_HOST:
        entry = path.removeprefix(BUILD_PATH).removesuffix(".mjs")
        return ModuleBuild(
            package=name, spec=spec, entry="" if entry == "index" else entry,
            pinned=pinned, external=external,
        )  # fmt: skip
    if re.search(r"\.(?:css|json|wasm|png|svg|woff2?|ttf)$", path):
        return PackageFile(package=name, spec=spec, paths=(path,), origin=True)
    entry = path.rstrip("/")
    return ModuleFile(package=name, spec=spec, entry=entry, pinned=pinned, external=external)


def _items(address: Address, name: str) -> list[str]:
    return [item for text in address.query.get(name, []) for item in text.split(",") if item]
