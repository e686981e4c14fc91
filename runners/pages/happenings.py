"""What a page does unasked: errors, console, dialogs, downloads. Capped, and counted beyond it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from runners.pages.evidence import Owner, PageError, Phase, Request
from runners.pages.requests import Gate

_MOST = 60
_MOST_HEARD = 400
_TEXT = 400
_REFUSED = ("miss", "external", "refused")
_UNDEFINED = re.compile(r"ReferenceError: (?:Can't find variable: )?(\S+) is not defined")
_OF_REQUESTS = re.compile(r"fetch|network|load failed|ERR_|imported module", re.IGNORECASE)
"""Words that any script can throw: an excuse only where a request was refused."""
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
        self._heard: list[PageError] = []
        self._reported: dict[str, list[tuple[str, tuple[int, int]]]] = {
            "exception": [], "rejection": [],
        }  # fmt: skip
        self.phase = Phase.LOAD
        self.console = 0
        self.downloads = 0
        self.dialogs = 0
        self.navigations = 0
        self.exceptions = 0

    def heard(self, payload: str) -> None:
        """An error as the page's window heard it, before any handler could call it handled."""
        _, kind, line, column, url, text, *_ = (*payload.split("\n", 5), *[""] * 5)
        if not (line.isdecimal() and column.isdecimal()) or len(self._heard) > _MOST_HEARD:
            return
        if kind == "exception" and line == "0":
            return  # the browser's own, for instance of a ResizeObserver: no script threw
        text = text.removeprefix("Uncaught ")[:_TEXT]
        told = PageError(
            kind=kind, text=text, url=url, line=int(line), column=int(column), phase=self.phase
        )
        self._heard.append(told)

    def exception(self, details: dict[str, Any], *, aside: bool = False) -> None:
        """`Runtime.exceptionThrown`: nobody caught it. `aside`: in a worker or a frame apart."""
        self.exceptions += 1
        self._gate.count("exceptions")
        thrown = details.get("exception", {})
        text = thrown.get("description") or thrown.get("value") or details.get("text", "")
        text = str(text).split("\n    at ")[0]
        frames = details.get("stackTrace", {}).get("callFrames") or [details]
        top = frames[0]
        rejected = "in promise" in details.get("text", "")
        if not aside:
            place = (details.get("lineNumber", -1) + 1, details.get("columnNumber", -1) + 1)
            self._reported["rejection" if rejected else "exception"].append((text, place))
        syntax = text.startswith("SyntaxError") and not details.get("stackTrace")
        self._add(
            "syntax" if syntax else "rejection" if rejected else "exception",
            text,
            top.get("url", "") or details.get("url", ""),
            top.get("lineNumber", -1) + 1,
            top.get("columnNumber", -1) + 1,
        )

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
        served = {r.url for r in self._gate.requests() if r.sha256}
        errors = (*self._errors.values(), *self._silenced())
        found = (_owned(error, refused, served) for error in errors)
        return tuple(
            sorted(found, key=lambda e: (phases.index(e.phase), e.kind, e.url, e.line, e.text))
        )

    def _silenced(self) -> list[PageError]:
        """Errors that the window heard and nobody reported: a handler called them handled."""
        found: list[PageError] = []
        for kind, reported in self._reported.items():
            heard = [error for error in self._heard if error.kind == kind]
            more = len(heard) - len(reported)
            texts, places = {text for text, _ in reported}, {place for _, place in reported}
            new = [e for e in heard if e.text not in texts and (e.line, e.column) not in places]
            distinct: dict[tuple[str, int], PageError] = {}
            for error in new[: max(0, more)]:
                # The first of its kind says in which phase it came.
                first = distinct.setdefault((error.text, error.line), replace(error, count=0))
                distinct[error.text, error.line] = replace(first, count=first.count + 1)
            found += list(distinct.values())[:_MOST]
        return found

    def _add(self, kind: str, text: str, url: str, line: int, column: int) -> None:
        key = (kind, text[:_TEXT], url[:_TEXT], line)
        earlier = self._errors.get(key)
        if earlier is not None:
            self._errors[key] = replace(earlier, count=earlier.count + 1)
        elif len(self._errors) < _MOST:
            self._errors[key] = PageError(
                kind=kind, text=key[1], url=key[2], line=line, column=column, phase=self.phase
            )


def _owned(error: PageError, refused: list[Request], served: set[str]) -> PageError:
    """Whose an error is: ours where it follows from what we refused, a library's by its URL."""
    if error.kind == "resource":
        cause = next((r.url for r in refused if r.url == error.url), "")
        ours = bool(cause) or bool(_NO_NETWORK.search(error.text))
        return replace(error, owner=Owner.ENVIRONMENT if ours else Owner.PAGE, cause=cause)
    scripts = [r for r in refused if r.kind in ("Script", "Other", "XHR", "Fetch")]
    if _NO_NETWORK.search(error.text) and (refused or not _OF_REQUESTS.search(error.text)):
        cause = scripts[0].url if scripts else ""
        return replace(error, owner=Owner.ENVIRONMENT, cause=cause)
    absent = [r for r in refused if r.kind == "Script"]
    unknown = _UNDEFINED.match(error.text)
    if absent and (unknown or error.text.startswith("TypeError")):
        name = unknown.group(1).lower() if unknown else ""
        likely = [r for r in absent if name and name in r.url.lower()] or absent
        return replace(error, owner=Owner.ENVIRONMENT, cause=likely[0].url)
    # A script can call itself by any URL: a library's is one that was served under it.
    return replace(error, owner=Owner.LIBRARY) if error.url in served else error
