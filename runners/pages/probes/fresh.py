"""A page from its first byte, and once more in the context that is already there."""

from __future__ import annotations

from runners.pages.requests import ORIGIN
from runners.pages.tab import Tab

_LOAD_MS = 3000
_SETTLE_MS = 300
_MOST_RELOADS = 3


_CLEAN = """if (top === self) for (const kind of ["sessionStorage", "localStorage"])
  try { globalThis[kind].clear(); } catch {}"""


def reload(tab: Tab, *, settle_ms: int = _SETTLE_MS) -> bool:
    """Load the page once more, and see `follow`; whether it was complete within its virtual time.

    Raises:
        PageEnded: it hangs, or died.
    """
    _load(tab, ORIGIN, settle_ms)
    follow(tab, settle_ms=settle_ms)
    return tab.loaded


def follow(tab: Tab, *, settle_ms: int = _SETTLE_MS) -> bool:
    """Load the page as often as it asks for itself, as a browser would; whether it came to rest.

    One that does so once in a session, or to have a parameter, does. `_MOST_RELOADS` are granted.
    Raises as `reload`.
    """
    for _ in range(_MOST_RELOADS):
        if not tab.gate.again:
            break
        _load(tab, tab.gate.again, settle_ms)
    return not tab.gate.again


def complete(tab: Tab) -> None:
    """Grant time until the document is complete, or asks for itself. Raises as `reload`."""
    begun = tab.clock.now_ms
    while not (tab.loaded or tab.gate.again) and tab.clock.now_ms - begun < _LOAD_MS:
        tab.clock.advance(40)


def settle(tab: Tab, ms: int) -> None:
    """Let what a load set off come to its end. Raises as `reload`."""
    tab.clock.advance(ms, 50 if tab.animates else 100)


def _load(tab: Tab, url: str, settle_ms: int) -> None:
    tab.gate.serve_again()
    tab.gate.again = ""
    tab.loaded = False
    # A fragment or a state that the page pushed would make it a step within the same document.
    tab.call("Page.navigate", {"url": url})
    complete(tab)
    settle(tab, settle_ms)


def start_over(tab: Tab) -> bool:
    """Load it as if it was never here: without anything that it stored. See `reload`."""
    kinds = "cookies,indexeddb,local_storage,cache_storage,file_systems"
    tab.call("Storage.clearDataForOrigin", {"origin": ORIGIN, "storageTypes": kinds})
    # What it writes as it is left, and its session, go before the first script of the new document.
    script = tab.call("Page.addScriptToEvaluateOnNewDocument", {"source": _CLEAN})
    _load(tab, ORIGIN, _SETTLE_MS)
    tab.call("Page.removeScriptToEvaluateOnNewDocument", dict(script))
    follow(tab)
    return tab.loaded
