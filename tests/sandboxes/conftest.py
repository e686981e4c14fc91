"""Fixtures of the sandbox tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox_places import as_root, as_user, public_folder


@pytest.fixture(scope="session")
def public() -> Iterator[Path]:
    """A folder that every user can read, with guest code and a copy of the package."""
    with public_folder() as folder:
        yield folder


@pytest.fixture(scope="module", params=["root", "user"])
def sandbox(request: pytest.FixtureRequest, public: Path) -> Iterator[Any]:
    """The backends of the conformance suite: one for each tier of the embedded one."""
    made: Any = as_root(public) if request.param == "root" else as_user(public)
    made.tier = request.param
    yield made
    made.close()
