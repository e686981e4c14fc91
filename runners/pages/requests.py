"""Every request of a page is answered here or refused: nothing else ever answers one."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, Protocol

from runners.pages.evidence import Phase, Request
from runners.pages.protocol import Call

ORIGIN = "http://localhost/"
"""A secure context where nothing listens: what a page may do on a real host it may do here."""
_ICON = f"{ORIGIN}favicon.ico"
"""Full Chromium asks for it by itself, when it likes: no deed of the page's."""
_MOST = 400
_GIVEN_UP_S = 2.0
_LONGEST = 500
_INTEGRITY = re.compile(r"""<(?:script|link)\b[^>]*?\bintegrity\s*=[^>]*>""", re.IGNORECASE)
_ADDRESS = re.compile(r"""\b(?:src|href)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s+integrity\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_SERVED = ("hit", "approximate", "placeholder")


class Found(Protocol):
    """What a shelf holds for a URL; see `harness.cdn`."""

    @property
    def outcome(self) -> str:
        """How the request was answered: an outcome of `Request`."""

    @property
    def content_type(self) -> str:
        """MIME type."""

    @property
    def body(self) -> bytes:
        """The file."""

    @property
    def package(self) -> str:
        """By its name on npm."""

    @property
    def version(self) -> str:
        """The version that was served."""

    @property
    def path(self) -> str:
        """Within the package."""

    @property
    def sha256(self) -> str:
        """Of the body, hexadecimal."""

    @property
    def note(self) -> str:
        """For people."""

    @property
    def headers(self) -> Mapping[str, str]:
        """More headers than the usual ones."""

    def integrity(self, attribute: str) -> str:
        """match, mismatch, waived (not known to be the CDN's bytes), or empty: nothing to say."""


class Shelf(Protocol):
    """Where the bytes behind public URLs are kept."""

    def answer(self, url: str, *, kind: str = "") -> Found:
        """What `url` stands for. `kind` is the browser's word for what it will be used as."""


Post = Callable[..., Call]


class _Kept(NamedTuple):
    """A request whose answer is held."""

    number: str
    """As in the events of the page's process."""
    url: str
    preflight: bool
    page: bool
    """For the document that is to take the page's place."""


class Gate:
    """The answers to one visit's requests, and the list of them."""

    def __init__(self, page: bytes, shelf: Shelf | None, *, scripts: bool = True) -> None:
        self._shelf = shelf
        self._scripts = scripts
        self._integrity: dict[str, str] = {}
        self._page = self._mind_integrity(page)
        self._seen: dict[tuple[str, str], Request] = {}
        self._served = False
        self._flying: dict[str, tuple[float, str]] = {}
        """Since when, and for which address."""
        self._quiet_after: list[Call] = []
        self._holding = False
        self._held: list[Callable[[], Call]] = []
        self._kept: list[_Kept] = []
        self.stirred = False
        """Something was waited for since this was last set to False."""
        self._asked: list[Call] = []
        self.around: list[Callable[[], Call]] = []
        """Calls to the page's workers, answered by each when it has nothing else to do."""
        self.frame = ""
        """The main frame's id; its document is the page."""
        self.phase = Phase.LOAD
        self.attempts: dict[str, int] = {}
        self.again = ""
        """The latest address at which the page asked for itself, and was not given."""
        self.away = ""
        """The latest other document that it asked for in its own place."""
        self.failing = ""
        """While set, the page's own requests (fetch, XHR) fail with this network error."""

    def quiet(self) -> bool:
        """Whether the page has got every answer that it waits for, but those that are held."""
        self._quiet_after = [call for call in self._quiet_after if not call.done]
        self._asked = [call for call in self._asked if not call.done]
        return not (self._quiet_after or self._asked or self._waited())

    def _waited(self) -> bool:
        """Whether an answer is on its way. A request is not sent before its preflight (CORS) has
        an answer, so neither comes while that one is held."""
        kept = {request.number for request in self._kept}
        behind = {request.url for request in self._kept if request.preflight}
        return any(n not in kept and url not in behind for n, (_, url) in self._flying.items())

    def ask_around(self) -> None:
        """Have the page's workers answered before it is quiet; who did not the last time is busy
        for good."""
        self._asked = [ask() for ask in self.around]
        self.stirred |= bool(self._asked)

    def quiet_at_last(self) -> bool:
        """As `quiet`, where the page's time goes on by itself: what it waits for longer than
        two seconds (an image that nobody wants any more, say) is given up."""
        if self._flying:
            now = time.monotonic()
            self._flying = {k: f for k, f in self._flying.items() if now - f[0] < _GIVEN_UP_S}
        return self.quiet()

    def give_up(self) -> None:
        """Nothing that is waited for now will come."""
        if self._asked:
            self.around.clear()
        for waited in (self._flying, self._quiet_after, self._asked):
            waited.clear()

    @property
    def keeps(self) -> bool:
        """Whether an answer is held."""
        return bool(self._held)

    @property
    def stalls(self) -> bool:
        """Whether no time passes until what is held is released: a document is about to take the
        page's place."""
        return any(request.page for request in self._kept)

    def hold(self) -> None:
        """Keep answers back from now on: how fast we are must not show while time passes."""
        self._holding = True

    def release(self) -> None:
        """Give the answers that were kept back, and no longer keep any."""
        self._holding = False
        held, self._held = self._held, []
        self.stirred |= bool(held)
        self._kept.clear()
        self._quiet_after += [answer() for answer in held]

    def begun(self, number: str, url: str = "") -> None:
        """The page asks for something: told by the page's process, in order with its frames."""
        self._flying[number] = (time.monotonic(), url)
        self.stirred = True

    def ended(self, number: str) -> None:
        """It has its answer, or the news that there is none."""
        self._flying.pop(number, None)

    def count(self, what: str, by: int = 1) -> None:
        """Note an attempt that was refused or counted."""
        self.attempts[what] = self.attempts.get(what, 0) + by

    def requests(self) -> tuple[Request, ...]:
        """All of them, each once. Those of one phase come in no order: theirs is the alphabet's."""
        phases = list(Phase)
        return tuple(
            sorted(self._seen.values(), key=lambda r: (phases.index(r.phase), r.url, r.kind))
        )

    @property
    def total(self) -> int:
        """How many were seen so far."""
        return self.attempts.get("requests", 0)

    def paused(self, params: dict[str, Any], post: Post) -> None:
        """Answer the request that an event of `Fetch.requestPaused` is about."""
        self.stirred = True
        url, kind = params["request"]["url"], params.get("resourceType", "")
        is_page = kind == "Document" and params.get("frameId") == self.frame
        if self._holding:
            preflight = params["request"].get("method") == "OPTIONS"
            self._kept.append(_Kept(params.get("networkId", ""), url, preflight, is_page))
        number = params["requestId"]
        if url == _ICON:
            self._fulfil(number, post, 204, {"content-type": "text/plain"}, b"")
            return
        self.count("requests")
        if is_page:
            self._document(url, number, post)
            return
        if self.failing and kind in ("XHR", "Fetch"):
            self._refuse(number, post, self.failing)
            # What the URL stands for was seen before, or will be: a fault says nothing about it.
            self.count("failed")
            return
        if url.startswith(ORIGIN):
            self._fulfil(number, post, 404, {"content-type": "text/plain"}, b"")
            self._note(url, kind, "no_such_file", note="a page is a single file")
            return
        found = self._shelf.answer(url, kind=kind) if self._shelf is not None else None
        if found is not None and found.outcome in _SERVED:
            headers = {
                "content-type": found.content_type,
                "access-control-allow-origin": "*",
                "cross-origin-resource-policy": "cross-origin",
                "timing-allow-origin": "*",
                **found.headers,
            }
            self._fulfil(number, post, 200, headers, found.body)
        elif found is not None and found.outcome.startswith("no_such"):
            self._fulfil(number, post, 404, {"access-control-allow-origin": "*"}, b"")
        else:
            self._refuse(number, post, "BlockedByClient")
        self._note(url, kind, "external" if found is None else found.outcome, found)

    def _document(self, url: str, number: str, post: Post) -> None:
        if not self._served and url.startswith(ORIGIN):
            self._served = True
            headers = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
            if not self._scripts:
                headers["content-security-policy"] = "script-src 'none'"
            self._fulfil(number, post, 200, headers, self._page)
            return
        if url.partition("#")[0].partition("?")[0] == ORIGIN:
            self.again = url
        else:
            self.away = url
        # An error page would take the page's place; an empty answer leaves it where it is.
        self.count("navigations")
        self._fulfil(number, post, 204, {}, b"")
        self._note(url, "Document", "navigation")

    def serve_again(self) -> None:
        """The next request for the page is a reload that we asked for."""
        self._served = False

    def _mind_integrity(self, page: bytes) -> bytes:
        """Take the hash from elements whose file need not be the CDN's to the byte, and note it."""
        if b"integrity" not in page or self._shelf is None:
            return page
        text = page.decode("utf-8", "surrogateescape")

        def waived(match: re.Match[str]) -> str:
            tag = match.group()
            address = _ADDRESS.search(tag)
            if address is None or self._shelf is None:
                return tag
            url = address.group(1)
            url = f"https:{url}" if url.startswith("//") else url
            given = _ATTRIBUTE.search(tag)
            if not url.startswith("http") or given is None:
                return tag
            told = self._shelf.answer(url).integrity(given.group(1).strip("\"'"))
            if told:
                self._integrity[url] = told
            return _ATTRIBUTE.sub("", tag) if told == "waived" else tag

        return _INTEGRITY.sub(waived, text).encode("utf-8", "surrogateescape")

    def _note(
        self, url: str, kind: str, outcome: str, found: Found | None = None, note: str = ""
    ) -> None:
        key = (url[:_LONGEST], kind)
        earlier = self._seen.get(key)
        if earlier is None and len(self._seen) >= _MOST:
            return
        integrity = ""
        if found is not None and outcome in _SERVED:
            integrity = self._integrity.get(url, "")
        self._seen[key] = Request(
            url=key[0],
            kind=kind,
            outcome=outcome,
            package=found.package if found else "",
            version=found.version if found else "",
            path=found.path if found else "",
            sha256=found.sha256 if found else "",
            note=(found.note if found else "") or note,
            integrity=integrity,
            count=earlier.count + 1 if earlier else 1,
            phase=earlier.phase if earlier else self.phase,
        )

    def mismatch(self, url: str) -> None:
        """The browser refused a file for its hash."""
        for key, request in self._seen.items():
            if request.url == url:
                changed = {name: getattr(request, name) for name in request.__slots__}
                self._seen[key] = Request(**{**changed, "integrity": "mismatch"})

    def _fulfil(
        self, number: str, post: Post, code: int, headers: Mapping[str, str], body: bytes
    ) -> None:
        told = [{"name": name, "value": value} for name, value in headers.items()]
        answer = {
            "requestId": number,
            "responseCode": code,
            "responseHeaders": told,
            "body": base64.b64encode(body).decode(),
        }
        self._answer(partial(post, "Fetch.fulfillRequest", answer))

    def _refuse(self, number: str, post: Post, reason: str) -> None:
        answer = {"requestId": number, "errorReason": reason}
        self._answer(partial(post, "Fetch.failRequest", answer))

    def _answer(self, answer: Callable[[], Call]) -> None:
        if self._holding:
            self._held.append(answer)
        else:
            self._quiet_after.append(answer())
