"""How the browser names itself to pages: as the one that a visitor has, not as a headless one.

A page that tells a measuring browser from a visitor's could show each of them something else. What
is hidden here are the names alone; a page that looks for missing devices can still guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_MAJOR = re.compile(r"Chrome/(\d+)")


def guise(version: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of `Emulation.setUserAgentOverride` for an answer of `Browser.getVersion`."""
    agent = str(version["userAgent"]).replace("HeadlessChrome", "Chrome")
    found = _MAJOR.search(agent)
    major = found[1] if found else "0"
    brands = [{"brand": name, "version": major} for name in ("Chromium", "Not_A Brand")]
    about = {
        "brands": brands,
        "platform": "Linux",
        "platformVersion": "",
        "architecture": "x86",
        "model": "",
        "mobile": False,
    }
    return {
        "userAgent": agent,
        "acceptLanguage": "en-US",
        "platform": "Linux x86_64",
        "userAgentMetadata": about,
    }
