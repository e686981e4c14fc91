"""What a URL asks for, as the rules read it: a pure value that knows how to be answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from harness.cdn.answers import Answer
    from harness.cdn.stock import Stock

_NAME = r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[A-Za-z0-9~][A-Za-z0-9._~-]*"
_NEED = re.compile(rf"({_NAME})@([^ +]+)(?: \+esm(?:/(\S+))?)?", re.ASCII)
_PACKAGE = re.compile(rf"({_NAME})(?:@([^/]*))?(?:/(.*))?", re.ASCII | re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Need:
    """A package that has to be in the store for an answer.

    `spec` is a version, a range or a tag. `module` is the entry of which an ES module has to be
    built ("" is the package's own), None where files are enough.
    """

    package: str
    spec: str
    module: str | None = None

    def __str__(self) -> str:
        if self.module is None:
            return f"{self.package}@{self.spec}"
        return f"{self.package}@{self.spec} +esm" + (f"/{self.module}" if self.module else "")


def read_need(text: str) -> Need | None:
    """The need that `str` wrote; None where `text` is none."""
    match = _NEED.fullmatch(text)
    if match is None:
        return None
    module = (match[3] or "") if " +esm" in text else None
    return Need(package=match[1], spec=match[2], module=module)


def compact(spec: str) -> str:
    """A range without blanks, as a need writes it; `latest` where it cannot do without."""
    spec = re.sub(r"\s*(\|\|)\s*", r"\1", spec.strip())
    return "latest" if not spec or re.search(r"[\s+]", spec) else spec


def is_package(name: str) -> bool:
    """Whether `name` has the shape of a package's name."""
    return re.fullmatch(_NAME, name, re.ASCII) is not None and len(name) <= 214


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A URL in parts: lower-case host, decoded path without its first slash, query."""

    host: str
    path: str
    query: Mapping[str, list[str]]


def read_address(url: str) -> Address | None:
    """The parts of an http(s) URL or of one without a scheme (`//host/path`); None for others."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme.lower() not in ("", "http", "https") or not host:
        return None
    query = parse_qs(parts.query, keep_blank_values=True, max_num_fields=None)
    return Address(host=host, path=unquote(parts.path).lstrip("/"), query=query)


def split_package(text: str) -> tuple[str, str, str] | None:
    """`@a/b@1/x/y` as name, spec and path (`latest` and "" where absent); None where it is none."""
    match = _PACKAGE.fullmatch(text)
    if match is None or not is_package(match[1]):
        return None
    return match[1], (match[2] or "latest").strip() or "latest", match[3] or ""


class Ask(Protocol):
    """What one URL asks for."""

    def needs(self) -> tuple[Need, ...]:
        """The packages that have to be in the store for it."""
        ...

    def answer(self, stock: Stock) -> Answer:
        """What the stock has for it. No network, no disk but the store."""
        ...
