"""Where isolated browsers are tested."""

from __future__ import annotations

import os

import pytest

from sandboxes.base import SandboxUnavailable
from sandboxes.chromium import PLACES, open_browser
from sandboxes.chromium.base import Browser

__all__ = ["PLACES", "opened"]


def opened(where: str) -> Browser:
    """A browser. Skips, with the line to type, where this machine has none."""
    if where == "embedded" and os.geteuid() != 0:
        pytest.skip("needs root: sudo -E python -m pytest tests/sandboxes")
    try:
        return open_browser(where)
    except SandboxUnavailable as error:
        missing = (
            "no Chromium is installed",
            "the image of",
            "engine answers",
            "the lock names no",
        )
        if any(words in str(error) for words in missing):
            pytest.skip(f"{error}: {error.hint}")
        raise
