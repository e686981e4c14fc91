"""Fixtures of the hostile suite. A new tier is one entry of `sandbox_places.TIERS`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_view import look
from hostile_world import World, leftovers
from sandbox_places import TIERS, place, public_folder

LOOK_EVERY = 8


class Tier:
    """A sandbox under attack with its bait.

    `owner` is the host's process whose descendants the jobs are (0: they are an engine's). `warm`
    says that a slot serves many jobs. `clean` is what a job sees before any attempt, `slot` and
    `pid` tell which slot served the last job.
    """

    def __init__(self, name: str, sandbox: Any) -> None:
        self.name = name
        self.sandbox = sandbox
        process = getattr(sandbox, "process", None)
        self.owner: int = 0 if ":" in name else process.pid if process else os.getpid()
        self.others = frozenset(leftovers(self.owner))
        """Processes of other sandboxes that this process holds: an idle browser, say."""
        self.warm = name != "docker:container"
        self.world = World(Path(f"/proc/{self.owner}").stat().st_uid if self.owner else 0)
        seen = look(sandbox, self.world)
        self._tried = 0
        self.clean: dict[str, Any] = seen["view"]
        self.slot: str = seen["slot"]
        self.pid: int = seen["pid"]

    def due(self) -> bool:
        """Whether to look with the eyes of a next job, after one more attempt.

        What outlives a container lies with the host or the engine, and would still be seen some
        attempts later: where every look costs a container, every eighth attempt is followed by one.
        """
        self._tried += 1
        return self.warm or self._tried % LOOK_EVERY == 1

    def close(self) -> None:
        """End everything."""
        self.world.close()
        self.sandbox.close()


@pytest.fixture(scope="session")
def public() -> Iterator[Path]:
    """A folder that every user can read, with guest code and a copy of the package."""
    with public_folder() as folder:
        yield folder


@pytest.fixture(scope="session", params=TIERS)
def tier(request: pytest.FixtureRequest, public: Path) -> Iterator[Tier]:
    """Every backend tier that this machine has, one after another."""
    made = Tier(request.param, place(request.param, public))
    yield made
    made.close()
