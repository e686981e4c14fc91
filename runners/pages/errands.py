"""What a page waits for beside its requests: workers, sockets, documents, work of other threads.

The gate keeps the list. `guest/waits.js` tells of work that has an end; the browser of the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runners.pages.protocol import Call
from runners.pages.requests import Gate

_OURS = ("waits", "waits no more", "worker", "download")


class Errands:
    """The errands of one page, for its gate."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._contexts: set[int] = set()
        self._scripts: dict[str, str] = {}
        """The latest by URL; the request of a worker ends in the worker's own session."""
        self._asked = self._came = 0
        self._saved = self._saving = 0

    def told(self, payload: str, context: int) -> bool:
        """What `waits.js` says in a context; whether it was one of its words."""
        if payload == "waits":
            self._contexts.add(context)
            self._gate.begun(_context(context))
        elif payload == "waits no more":
            self._over(context)
        elif payload == "worker":
            self._asked += 1
            if self._asked > self._came:
                self._gate.begun(_worker(self._asked))
        elif payload == "download":
            self._saved += 1
            if self._saved > self._saving:
                self._gate.begun(_download(self._saved))
        return payload in _OURS

    def worker(self, url: str, ask: Callable[[], Call]) -> None:
        """One has come; `ask` calls it, and is answered when it has nothing else to do."""
        self._gate.ended(self._scripts.get(url, ""))
        self._came += 1
        self._gate.ended(_worker(self._came))
        self._gate.around.append(ask)

    def download(self) -> None:
        """One has begun."""
        self._saving += 1
        self._gate.ended(_download(self._saving))

    def event(self, method: str, params: dict[str, Any]) -> None:
        """An event of the page's session."""
        if method == "Network.requestWillBeSent":
            if params.get("type") == "Script":
                self._scripts[params["request"]["url"]] = params["requestId"]
        elif method == "Page.frameRequestedNavigation":
            if params["url"].startswith("http") and params["disposition"] == "currentTab":
                self._gate.begun(_document(params["frameId"]))
        elif method in ("Page.frameStoppedLoading", "Page.frameDetached"):
            self._gate.ended(_document(params["frameId"]))
        elif method == "Fetch.requestPaused" and params.get("resourceType") == "Document":
            self._gate.ended(_document(params.get("frameId", "")))
        elif method == "Network.webSocketCreated":
            self._gate.begun(params["requestId"])
        elif method == "Network.webSocketClosed":
            self._gate.ended(params["requestId"])
        elif method == "Runtime.executionContextDestroyed":
            self._over(params["executionContextId"])
        elif method == "Runtime.executionContextsCleared":
            for context in tuple(self._contexts):
                self._over(context)

    def _over(self, context: int) -> None:
        self._contexts.discard(context)
        self._gate.ended(_context(context))


def _context(number: int) -> str:
    return f"context {number}"


def _worker(number: int) -> str:
    return f"worker {number}"


def _download(number: int) -> str:
    return f"download {number}"


def _document(frame: str) -> str:
    return f"document of {frame}"
