"""Google Fonts' style sheets."""

from __future__ import annotations

from harness.cdn.asks import Address, Ask
from harness.cdn.fonts import FontSheet, read_families

HOSTS = ("fonts.googleapis.com", "fonts.bunny.net", "fonts.loli.net")


def read(address: Address) -> Ask | None:
    """css?family=A:400,700|B, css2?family=A:ital,wght@0,400;1,700&family=B, icon?family=C."""
    if address.path.rstrip("/") not in ("css", "css2", "icon"):
        return None
    return FontSheet(families=read_families(address.query.get("family", [])))
