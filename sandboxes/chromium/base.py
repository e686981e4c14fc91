"""The contract of an isolated browser. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

CHROMIUM_SANDBOX = "chromium-sandbox"
"""Chromium's own namespaces and filter are on, inside ours."""

CONTAINER_ONLY = "container-only"
"""Only our isolation holds: the platform forbids Chromium's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BrowserFacts:
    """Which browser ran, and what held it: part of every page's provenance.

    `version` is what the browser calls itself ("HeadlessChrome/156.0.8078.79"), `binary_digest`
    "sha256:..." of its file, or of the image that holds it. `flags` are those of its start.
    `isolation` is `CHROMIUM_SANDBOX` or `CONTAINER_ONLY`. `enforced` names the mechanism of each
    limit and of each kind of isolation. `fonts` is a digest of the fonts that pages can use.
    """

    backend: str
    tier: str
    version: str
    binary_digest: str
    flags: tuple[str, ...]
    isolation: str
    enforced: Mapping[str, str]
    fonts: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BrowserProbe:
    """Whether this machine can isolate a browser: `reason` why not, `remedy` what to type.

    `missing` lists weaker points that do not forbid its use.
    """

    available: bool
    reason: str = ""
    remedy: str = ""
    version: str = ""
    isolation: str = ""
    enforced: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


class Browser(Protocol):
    """One running browser. Its pipes belong to one thread; the rest may be called by any.

    DevTools messages go to `write_fd` and come from `read_fd`, which does not block; each message
    is JSON that ends with a NUL byte. The end of `read_fd` is the end of the browser.
    """

    write_fd: int
    read_fd: int
    facts: BrowserFacts

    def cpu_s(self) -> float:
        """Processor seconds of all its processes since the start, those that ended included.

        Never falls; the last known value once the browser is gone.
        """

    def memory_mb(self) -> float:
        """What its processes hold now, in 10^6 bytes, without the page cache of its files."""

    def oom_kills(self) -> int:
        """How many of its processes the kernel, or our poll, killed for memory."""

    def alive(self) -> bool:
        """Whether the browser's first process runs."""

    def close(self) -> None:
        """End every process and remove all that was made for them. Idempotent."""
