"""What a page does unasked: errors, console, dialogs, downloads. Capped, and counted beyond it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from runners.pages.evidence import Owner, PageError, Phase, Request
from runners.pages.requests import ORIGIN, Gate

_MOST = 60
_TEXT = 400
_REFUSED = ("miss", "external", "refused")
_UNDEFINED = re.compile(r"ReferenceError: (?:Can't find variable: )?(\S+) is not defined")
_NO_NETWORK = re.compile(
    r"Failed to fetch|NetworkError|Load failed|ERR_(?:BLOCKED_BY_CLIENT|FAILED|NAME_NOT_RESOLVED"
    r"|PROXY_CONNECTION_FAILED|INTERNET_DISCONNECTED|ACCESS_DENIED)"
    r"|Failed to register a ServiceWorker"
    r"|dynamically imported module|WebSocket|NotAllowedError|SecurityError.*ServiceWorker"
    r"|Permission denied|AbortError"
)


class Happenings:
    """The recorder of one visit."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._errors: dict[tuple[str, str, str, int], PageError] = {}
        self.phase = Phase.LOAD
        self.console = 0
        self.downloads = 0
        self.dialogs = 0
        self.navigations = 0
        self.exceptions = 0

    def exception(self, details: dict[str, Any]) -> None:
        """`Runtime.exceptionThrown`: nobody caught it."""
        self.exceptions += 1
        self._gate.count("exceptions")
        thrown = details.get("exception", {})
        text = thrown.get("description") or thrown.get("value") or details.get("text", "")
        text = str(text).split("\n    at ")[0]
        frames = details.get("stackTrace", {}).get("callFrames") or [details]
        top = frames[0]
        rejected = "in promise" in details.get("text", "")
        syntax = text.startswith("SyntaxError") and not details.get("stackTrace")
        self._add(
            "syntax" if syntax else "rejection" if rejected else "exception",
            text,
            top.get("url", "") or details.get("url", ""),
            top.get("lineNumber", -1) + 1,
            top.get("columnNumber", -1) + 1,
        )

    def swallowed(self, told: str) -> None:
        """Uncaught too, but a handler of the page called it handled: `guest/init.js` tells it."""
        kind, url, line, column, text = (*told.split("\n", 4), *[""] * 5)[:5]
        if kind not in ("exception", "rejection") or not line.isdecimal():
            return
        self.exceptions += 1
        self._gate.count("exceptions")
        self._add(kind, text.removeprefix("Uncaught "), url, int(line), int(column or 0))

    def logged(self, params: dict[str, Any]) -> None:
        """`Runtime.consoleAPICalled`: what a script says; its errors are kept."""
        self.console += 1
        self._gate.count("console")
        if params["type"] in ("error", "assert"):
            words = (str(a.get("value", a.get("description", ""))) for a in params["args"])
            frames = params.get("stackTrace", {}).get("callFrames") or [{}]
            self._add("console", " ".join(words), frames[0].get("url", ""),
                      frames[0].get("lineNumber", -1) + 1, 0)  # fmt: skip

    def entry(self, entry: dict[str, Any]) -> None:
        """`Log.entryAdded`: what the browser says."""
        if entry["level"] != "error":
            return
        if "integrity" in entry["text"]:
            self._gate.mismatch(entry.get("url", ""))
        self._add("resource", f"{entry['source']}: {entry['text']}", entry.get("url", ""),
                  entry.get("lineNumber", -1) + 1, 0)  # fmt: skip

    def count(self, what: str) -> None:
        """A dialog, popup, download, file chooser ..."""
        self._gate.count(what)

    def errors(self) -> tuple[PageError, ...]:
        """Each distinct one, with whose it is by all that is known at the end."""
        refused = [r for r in self._gate.requests() if r.outcome in _REFUSED]
        phases = list(Phase)
        found = (_owned(error, refused) for error in self._errors.values())
        return tuple(
            sorted(found, key=lambda e: (phases.index(e.phase), e.kind, e.url, e.line, e.text))
        )

    def _add(self, kind: str, text: str, url: str, line: int, column: int) -> None:
        key = (kind, text[:_TEXT], url[:_TEXT], line)
        earlier = self._errors.get(key)
        if earlier is not None:
            self._errors[key] = replace(earlier, count=earlier.count + 1)
        elif len(self._errors) < _MOST:
            self._errors[key] = PageError(
                kind=kind, text=key[1], url=key[2], line=line, column=column, phase=self.phase
            )


def _owned(error: PageError, refused: list[Request]) -> PageError:
    """Whose an error is: ours where it follows from what we refused, a library's by its URL."""
    if error.kind == "resource":
        cause = next((r.url for r in refused if r.url == error.url), "")
        ours = bool(cause) or bool(_NO_NETWORK.search(error.text))
        return replace(error, owner=Owner.ENVIRONMENT if ours else Owner.PAGE, cause=cause)
    scripts = [r for r in refused if r.kind in ("Script", "Other", "XHR", "Fetch")]
    if _NO_NETWORK.search(error.text):
        cause = scripts[0].url if scripts else ""
        return replace(error, owner=Owner.ENVIRONMENT, cause=cause)
    absent = [r for r in refused if r.kind == "Script"]
    if absent and (_UNDEFINED.match(error.text) or error.text.startswith("TypeError")):
        return replace(error, owner=Owner.ENVIRONMENT, cause=absent[0].url)
    foreign = error.url.startswith(("http://", "https://")) and not error.url.startswith(ORIGIN)
    return replace(error, owner=Owner.LIBRARY) if foreign else error
