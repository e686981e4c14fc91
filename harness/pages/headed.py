"""`render --headed`: the same page in a window, where there is a display to open one on."""

from __future__ import annotations

import os
from collections.abc import Mapping

from harness.errors import CannotJudge, Misuse
from runners.pages.protocol import BrowserFault
from runners.pages.requests import Shelf
from runners.pages.window import show
from sandboxes.base import SandboxUnavailable
from sandboxes.chromium.binary import find_full
from sandboxes.chromium.flags import reasons

_INSTEAD = "leave out --headed: --out DIR writes the pictures and DIR/index.html to look at"
_OFFLINE = (
    "--proxy-",
    "--host-resolver-rules",
    "--force-webrtc",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--no-first-run",
    "--no-default-browser-check",
)


def check_display(environment: Mapping[str, str] = os.environ) -> None:
    """Raises Misuse where a window cannot be opened, or not with Chromium's own sandbox."""
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        raise Misuse("no display here to open a window on", hint=_INSTEAD)
    if os.geteuid() == 0:
        raise Misuse(
            "a window is held by Chromium's own sandbox, which does not work for root",
            hint=f"run it as an ordinary user, or {_INSTEAD}",
        )


def show_page(html: str, shelf: Shelf | None = None) -> None:
    """Open a window with the page and wait until it is closed.

    Raises:
        Misuse: no display, or root. CannotJudge: no full Chromium here, or no window came up.
    """
    check_display()
    try:
        executable = find_full()
        show(html.encode("utf-8", "surrogatepass"), executable=executable,
             flags=offline_flags(), shelf=shelf)  # fmt: skip
    except SandboxUnavailable as error:
        raise CannotJudge(str(error), hint=error.hint) from error
    except BrowserFault as error:
        raise CannotJudge(str(error), hint=_INSTEAD) from error


def offline_flags() -> tuple[str, ...]:
    """Those flags of the isolated browser that take the network from this one too."""
    return tuple(flag for flag in reasons() if flag.startswith(_OFFLINE))
