"""What pages are judged with: browsers, the shelf of public files, the policy."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cached_property
from typing import Any, Protocol

from harness.models import digest
from harness.pages.policy import PagePolicy
from runners.pages.evidence import Conditions
from runners.pages.requests import Shelf
from runners.pages.visitor import Started, Visitor
from sandboxes.base import SandboxUnavailable

JUDGEMENT_VERSION = 5
"""Counts up when the same evidence may get another verdict or score."""


class LockedShelf(Shelf, Protocol):
    """A shelf whose answers follow from a lock and a store."""

    @property
    def digest(self) -> str:
        """Hash over both."""


class PageLab:
    """Opened by its first page: a run without pages starts no browser and reads no shelf.

    Safe for many threads.
    """

    def __init__(
        self,
        start: Callable[[], Started],
        *,
        policy: PagePolicy,
        shelf: Callable[[], LockedShelf] | None = None,
        slots: int = 1,
        factor: float = 1.0,
        driver: str = "pipe",
    ) -> None:
        self.policy = policy
        self.visitor = Visitor(start, slots=slots, factor=factor, driver=driver)
        self._open_shelf = shelf
        self._lock = threading.Lock()
        self._unavailable: SandboxUnavailable | None = None

    @cached_property
    def shelf(self) -> LockedShelf | None:
        """Where public URLs are answered from. Raises Misuse: its lock cannot be read."""
        return self._open_shelf() if self._open_shelf is not None else None

    def conditions(self) -> Conditions:
        """What is held fixed. Raises SandboxUnavailable: no browser can be isolated here."""
        with self._lock:
            if self._unavailable is not None:
                raise self._unavailable
            try:
                return self._conditions
            except SandboxUnavailable as error:
                self._unavailable = error
                raise

    @cached_property
    def _conditions(self) -> Conditions:
        return replace(self.visitor.conditions(), cdn_lock=self.shelf.digest if self.shelf else "")

    def terms(self) -> list[Any]:
        """What the verdict of a page depends on beside the page."""
        try:
            held = asdict(self.conditions())
        except SandboxUnavailable as error:
            held = {"unavailable": str(error)}
        return [JUDGEMENT_VERSION, digest(self.policy.model_dump(mode="json")), held]

    def close(self) -> None:
        """End every browser."""
        self.visitor.close()
