"""Fixtures of the sandbox tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox_places import TIERS, place, public_folder


@pytest.fixture(scope="session")
def public() -> Iterator[Path]:
    """A folder that every user can read, with guest code and a copy of the package."""
    with public_folder() as folder:
        yield folder


@pytest.fixture(scope="module", params=TIERS)
def sandbox(request: pytest.FixtureRequest, public: Path) -> Iterator[Any]:
    """The backends of the conformance suite, one for each tier."""
    made: Any = place(request.param, public)
    yield made
    made.close()
