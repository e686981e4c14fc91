"""What the shelf says to one URL, and whether its bytes keep an `integrity` attribute's promise."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "timing-allow-origin": "*",
        "cache-control": "public, max-age=31536000",
        "x-content-type-options": "nosniff",
    }
)
"""Sent with every body: those that the public CDNs send and pages depend on."""

SERVED = frozenset({"hit", "approximate", "placeholder"})
"""Outcomes that carry a body."""

PAGE_FAULTS = frozenset({"no_such_version", "no_such_package", "no_such_file"})
"""Outcomes that are facts about the page: the real CDN has nothing there either."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What stands at a URL. `outcome` is one of a closed set:

    hit: the file that was asked for, of the version that was asked for. approximate: another
    version, or another build. placeholder: a generated picture. miss: a rule knows the URL, and the
    store does not hold it. no_such_version, no_such_package, no_such_file: the registry's own list
    says that there is none. external: no rule knows the host.
    """

    outcome: str
    content_type: str = ""
    body: bytes = b""
    package: str = ""
    version: str = ""
    path: str = ""
    sha256: str = ""
    """Of `body`, in hexadecimal; empty without a body."""
    note: str = ""
    """Why it is no plain hit, or how the bytes differ from those of the CDN."""
    headers: Mapping[str, str] = field(default_factory=lambda: HEADERS)
    exact: bool = False
    """The bytes are those of the published package, on a CDN that serves them unchanged: only then
    does a wrong `integrity` attribute tell something of the page."""

    @property
    def served(self) -> bool:
        """Whether there is a body to send."""
        return self.outcome in SERVED

    def integrity(self, attribute: str) -> str:
        """What an `integrity` attribute comes to with this answer: `match`, `mismatch` (the page's
        own fault), `waived` (the bytes are not known to be those of the CDN: take the attribute
        off), or empty without an attribute or a body."""
        if not attribute.strip() or not self.served:
            return ""
        if integrity_matches(self.body, attribute):
            return "match"
        return "mismatch" if self.exact else "waived"


def integrity_matches(body: bytes, attribute: str) -> bool:
    """Whether `body` satisfies an `integrity` attribute (W3C Subresource Integrity, 3.3.4).

    Of several hashes those of the strongest algorithm count, one of them has to match. An attribute
    without a known algorithm asks for nothing and is satisfied.
    """
    given: dict[str, list[str]] = {}
    for item in attribute.split():
        name, dash, value = item.partition("-")
        if dash and name.lower() in ("sha256", "sha384", "sha512"):
            given.setdefault(name.lower(), []).append(value.partition("?")[0])
    if not given:
        return True
    strongest = max(given)
    found = hashlib.new(strongest, body).digest()
    return any(_decoded(value) == found for value in given[strongest])


def _decoded(value: str) -> bytes:
    try:
        padded = value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4)
        return base64.b64decode(padded, validate=True)
    except ValueError:
        return b""
