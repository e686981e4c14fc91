"""One headless Chromium, alone with a page: no network, no host, driven from outside by a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandboxes.chromium.base import Browser, BrowserFacts, BrowserProbe

PLACES = ("embedded", "docker")
"""What `open_browser` takes for `where`."""


def open_browser(
    where: str = "embedded", *, headed: bool = False, require_chromium_sandbox: bool = True
) -> Browser:
    """Start a browser that answers already. The caller closes it.

    `require_chromium_sandbox`: where the platform forbids Chromium's own sandbox, raise; else the
    browser runs without, and its facts say so.

    Raises:
        SandboxUnavailable: it cannot be isolated as asked; the hint says what to type.
    """
    from sandboxes.base import SandboxUnavailable

    if headed:
        raise SandboxUnavailable(
            "an isolated browser has no display",
            hint="leave out --headed, and look at its pictures",
        )
    if where == "embedded":
        from sandboxes.chromium.embedded import EmbeddedBrowser

        return EmbeddedBrowser(require_chromium_sandbox=require_chromium_sandbox)
    if where == "docker":
        from sandboxes.chromium.docker import DockerBrowser

        return DockerBrowser(require_chromium_sandbox=require_chromium_sandbox)
    raise SandboxUnavailable(
        f"no place {where!r} for a browser", hint=f"use one of: {', '.join(PLACES)}"
    )


def probe(where: str = "embedded") -> BrowserProbe:
    """Start a browser with its own sandbox, else without, and say what holds it."""
    from sandboxes.base import SandboxUnavailable
    from sandboxes.chromium.base import BrowserProbe

    reason, remedy = "", ""
    for required in (True, False):
        try:
            browser = open_browser(where, require_chromium_sandbox=required)
        except SandboxUnavailable as error:
            reason, remedy = reason or str(error), remedy or error.hint
            continue
        facts = browser.facts
        browser.close()
        return BrowserProbe(
            available=True, reason=reason, remedy=remedy, version=facts.version,
            isolation=facts.isolation, enforced=facts.enforced, missing=_missing(facts),
        )  # fmt: skip
    return BrowserProbe(available=False, reason=reason, remedy=remedy)


def _missing(facts: BrowserFacts) -> tuple[str, ...]:
    from sandboxes.chromium import base, fonts

    weaker = []
    if facts.isolation != base.CHROMIUM_SANDBOX:
        weaker.append("renderers are held by our isolation alone, not by Chromium's own sandbox")
    lacking = fonts.missing() if facts.backend == "embedded" else ()
    if lacking:
        weaker.append(f"some scripts are drawn as boxes: apt-get install {' '.join(lacking)}")
    if "polled" in facts.enforced["memory"]:
        weaker.append("memory is polled: no memory control group may be made here")
    return tuple(weaker)
