"""A page in a visible window, for a person's eyes and hands. Nothing is measured here.

The window stands on the person's display, so our sandbox cannot hold it. What holds the page is
Chromium's own sandbox, an empty profile, and that every request is answered here or refused.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from runners.pages.protocol import BrowserFault
from runners.pages.requests import ORIGIN, Shelf

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

_SERVED = ("hit", "approximate", "placeholder")
_SHOWN_FIRST_S = 30


def until_closed(page: Page) -> None:
    """Wait for the person to close the window."""
    page.wait_for_event("close", timeout=0)


def show(
    page: bytes,
    *,
    executable: str,
    flags: Sequence[str],
    shelf: Shelf | None = None,
    meanwhile: Callable[[Page], None] = until_closed,
) -> None:
    """Open `page` in a window of the browser at `executable`, and return when `meanwhile` does.

    `flags` are those that take the network away; time and chance are real here.

    Raises:
        BrowserFault: no window came up, or it went away before the page was in it.
    """
    from playwright.sync_api import Error, sync_playwright

    with tempfile.TemporaryDirectory(prefix="pairproof-window-") as profile:
        try:
            with sync_playwright() as driver:
                context = driver.chromium.launch_persistent_context(
                    profile, executable_path=executable, headless=False, chromium_sandbox=True,
                    args=list(flags), no_viewport=True, accept_downloads=False,
                    service_workers="block", locale="en-US",
                )  # fmt: skip
                context.route("**/*", lambda route: _answer(route, page, shelf))
                context.route_web_socket("**/*", lambda socket: socket.close())
                tab = context.pages[0]
                tab.goto(ORIGIN, timeout=_SHOWN_FIRST_S * 1000, wait_until="commit")
                meanwhile(tab)
        except Error as error:
            raise BrowserFault(f"the window: {error.message.splitlines()[0]}") from error


def _answer(route: Route, page: bytes, shelf: Shelf | None) -> None:
    url = route.request.url
    if url == ORIGIN:
        route.fulfill(status=200, body=page, content_type="text/html; charset=utf-8")
        return
    if url.startswith(ORIGIN):
        route.fulfill(status=404, body="")
        return
    found: Any = shelf.answer(url) if shelf is not None else None
    if found is None or found.outcome not in _SERVED:
        route.abort("blockedbyclient")
        return
    headers = {"access-control-allow-origin": "*", **found.headers,
               "content-type": found.content_type}  # fmt: skip
    route.fulfill(status=200, body=found.body, headers=headers)
