"""URL rules: one file for each family of CDNs, found by being there.

A rule has `HOSTS`, the host names that it reads (".x.org" stands for every host under x.org), and
`read(address)`, which says what an address of such a host asks for, or None.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from harness.cdn.asks import Address, Ask, read_address

Reader = Callable[[Address], Ask | None]


@cache
def load_rules() -> dict[str, Reader]:
    """Every rule's reader by host name or ".suffix"; the first file by name wins a host."""
    found: dict[str, Reader] = {}
    for info in pkgutil.iter_modules([str(Path(__file__).parent)]):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for host in module.HOSTS:
            found.setdefault(host, module.read)
    return found


def reader_of(host: str) -> Reader | None:
    """The rule of a host; None where there is none."""
    rules = load_rules()
    while host:
        found = rules.get(host)
        if found is not None:
            return found
        dot = host.find(".", 1)
        host = host[dot:] if dot > 0 else ""
    return None


def known(url: str) -> bool:
    """Whether some rule reads URLs of this host."""
    address = read_address(url)
    return address is not None and reader_of(address.host) is not None


def read_url(url: str) -> Ask | None:
    """What `url` asks for; None where no rule reads it."""
    address = read_address(url)
    if address is None:
        return None
    reader = reader_of(address.host)
    return reader(address) if reader is not None else None
