"""Fixtures of the hostile suite. A new tier is one entry of TIERS."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_view import look
from hostile_world import World
from sandbox_places import as_root, as_user, public_folder


class Tier:
    """A sandbox under attack with its bait. `clean` is what a job sees before any attempt.

    `owner` is the host's process whose descendants the jobs are (0: not known).
    """

    def __init__(self, name: str, sandbox: Any) -> None:
        self.name = name
        self.sandbox = sandbox
        process = getattr(sandbox, "process", None)
        self.owner: int = process.pid if process else os.getpid()
        uid = Path(f"/proc/{self.owner}").stat().st_uid
        self.world = World(uid)
        self.clean: dict[str, Any] = look(sandbox, self.world)["view"]

    def close(self) -> None:
        """End everything."""
        self.world.close()
        self.sandbox.close()


TIERS: dict[str, Callable[[Path], Any]] = {"root": as_root, "user": as_user}


@pytest.fixture(scope="session")
def public() -> Iterator[Path]:
    """A folder that every user can read, with guest code and a copy of the package."""
    with public_folder() as folder:
        yield folder


@pytest.fixture(scope="session", params=list(TIERS))
def tier(request: pytest.FixtureRequest, public: Path) -> Iterator[Tier]:
    """Every backend tier that this machine has, one after another."""
    made = Tier(request.param, TIERS[request.param](public))
    yield made
    made.close()
