"""unpkg, and the mirrors that serve npm packages by the same addresses."""

from __future__ import annotations

from harness.cdn.asks import Address, Ask, split_package
from harness.cdn.files import PackageFile
from harness.cdn.modules import ModuleFile

HOSTS = ("unpkg.com", "www.unpkg.com", "app.unpkg.com", "npmcdn.com", "unpkg.zhimg.com")


def read(address: Address) -> Ask | None:
    """PACKAGE@RANGE/PATH; with ?module an ES module whose imports are addresses."""
    found = split_package(address.path)
    if found is None or found[0] == "browse":
        return None
    name, spec, path = found
    if "module" in address.query:
        return ModuleFile(package=name, spec=spec, entry=path.rstrip("/"))
    return PackageFile(package=name, spec=spec, paths=(path,), origin=True, entry="unpkg")
