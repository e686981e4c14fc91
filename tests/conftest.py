"""Shared fixtures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared():
    """The folder with data/ and seeds/: beside the project, or named by PAIRPROOF_SHARED."""
    for folder in (
        Path(__file__).parents[2] / "shared",
        Path(os.environ.get("PAIRPROOF_SHARED", "shared")),
    ):
        if (folder / "data").is_dir():
            return folder
    pytest.skip("no data here: set PAIRPROOF_SHARED to the folder that holds data/ and seeds/")


@pytest.fixture(scope="session")
def seeds(shared):
    """The folder with the project's five sources."""
    return shared / "seeds"
