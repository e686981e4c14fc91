"""Other ways to render a page, with the same answers of the store as ours gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, Route, sync_playwright

from harness.cdn.shelf import Shelf
from sandboxes.chromium.binary import find, find_full

_PICTURES = 3
_VIEWPORT = {"width": 1280, "height": 720}
_WIDTHS_PX = (1440, 768, 375)
_WITHIN_MS = 10_000


@contextmanager
def browser_per_page(shelf: Shelf) -> Iterator[Callable[[Path], object]]:
    """As published page graders do: launch, wait for a quiet network, three pictures, one second
    apart."""

    def act(page: Path) -> None:
        with _launched(find_full()) as browser:
            tab = browser.new_page(viewport=_VIEWPORT)  # type: ignore[arg-type]
            _load(tab, page, shelf, "networkidle")
            for number in range(_PICTURES):
                if number:
                    tab.wait_for_timeout(1000)
                tab.screenshot(full_page=True)

    yield act


@contextmanager
def kept_browser(shelf: Shelf) -> Iterator[Callable[[Path], object]]:
    """What is left without anything of ours: one headless shell for all pages, without its sandbox,
    and for a page a context, the load event and a picture at each width. What comes after that
    event is not waited for."""
    with _launched(find()) as browser:

        def act(page: Path) -> None:
            context = browser.new_context()
            tab = context.new_page()
            _load(tab, page, shelf, "load")
            for width in _WIDTHS_PX:
                tab.set_viewport_size({"width": width, "height": 900})
                with suppress(Error):  # a page too busy to be pictured
                    tab.screenshot(timeout=_WITHIN_MS)
            context.close()

        yield act


@contextmanager
def _launched(binary: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def _load(tab: Page, page: Path, shelf: Shelf, until: str) -> None:
    def answer(route: Route) -> None:
        found = shelf.answer(route.request.url)
        if found.served:
            allowed = {"access-control-allow-origin": "*", "content-type": found.content_type}
            route.fulfill(status=200, headers=allowed, body=found.body)
        else:
            route.abort()

    tab.route(lambda url: not url.startswith("file:"), answer)
    with suppress(Error):  # a page that never gets there is pictured as it is
        tab.goto(page.as_uri(), wait_until=until, timeout=_WITHIN_MS)  # type: ignore[arg-type]
