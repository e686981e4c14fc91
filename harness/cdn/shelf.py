"""The shelf: what stands at a public URL, by the lock, from the store, without any network."""

from __future__ import annotations

import json
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from harness.cdn.answers import Answer
from harness.cdn.asks import Ask
from harness.cdn.lock import Lock, lock_path, read_lock
from harness.cdn.rules import known, read_url
from harness.cdn.stock import Stock
from harness.cdn.store import Store, store_path


class Shelf:
    """Answers URLs. Safe to share between threads; reads nothing but its store."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock

    @property
    def lock(self) -> Lock:
        """The lock that the answers follow."""
        return self.stock.lock

    @cached_property
    def digest(self) -> str:
        """What all answers depend on: the lock, and which of it is in the store. "sha256:<hex>"."""
        here = self.stock.store.present(
            (name, version) for name, item in self.lock.packages.items() for version in item.held
        )
        return "sha256:" + sha256(json.dumps([self.lock.digest, here]).encode()).hexdigest()

    def answer(self, url: str, *, kind: str = "") -> Answer:
        """What stands at `url`; never raises for a URL, whatever it looks like.

        `kind` is the DevTools resource type of the request, where it is known: what was asked for
        by `fetch` or `XMLHttpRequest` of a host without a rule is an API, and told as such.
        """
        ask, ours = _read(url)
        if ask is not None:
            return ask.answer(self.stock)
        if ours:
            return Answer(outcome="miss", note="no rule reads this address")
        called = kind.lower() in ("xhr", "fetch", "eventsource", "websocket", "ping")
        return Answer(outcome="external", note="an API" if called else "no rule for this host")


@lru_cache(maxsize=8192)
def _read(url: str) -> tuple[Ask | None, bool]:
    ask = read_url(url)
    return ask, ask is not None or known(url)


def open_shelf(folder: Path | None = None, *, lock: Path | None = None) -> Shelf:
    """The shelf over a store (`folder`, else PAIRPROOF_CDN, else the user's cache) and a lock.

    An empty or absent store is no error: everything is then a miss. Raises Misuse for a lock that
    cannot be read.
    """
    return Shelf(Stock(read_lock(lock_path(lock)), Store(store_path(folder))))
