"""Tailwind's play script of version 3; version 4 is an ordinary package."""

from __future__ import annotations

import re

from harness.cdn.asks import Address, Ask
from harness.cdn.files import PackageFile

HOSTS = ("cdn.tailwindcss.com",)


def read(address: Address) -> Ask | None:
    """[VERSION][?plugins=NAME,...]: one plugin has a script of its own, several share one."""
    match = re.fullmatch(r"(?:v?(\d[\d.]*))?/?", address.path)
    if match is None:
        return None
    given = ",".join(address.query.get("plugins", []))
    plugins = [re.sub(r"@.*", "", name).strip() for name in given.split(",") if name.strip()]
    name = "tailwindcss"
    if plugins:
        name += f"-with-{plugins[0] if len(plugins) == 1 else 'all-plugins'}"
    paths = [f"{match[1]}/{name}.js"] * bool(match[1]) + [f"{name}.js"]
    return PackageFile(package="tailwindcss-cdn", spec=match[1] or "3", paths=tuple(paths))
