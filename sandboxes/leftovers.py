"""Containers that nobody of ours uses any more: whose they were, and their removal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandboxes import owners
from sandboxes.container import LABEL as SLOT
from sandboxes.image_labels import BUILDING

if TYPE_CHECKING:
    from docker import DockerClient

_FORGOTTEN = timedelta(hours=2)
"""No build takes so long; the owner of another boot, or machine, cannot be asked."""


def sweep(engine: DockerClient) -> list[str]:
    """Remove what is left over of slots and builds; the ids of what was removed.

    What belongs to a process that lives stays, ended or not: it may hold the word of the kernel
    on why it ended, which its owner has yet to read.

    Raises:
        DockerException: the engine failed.
    """
    from docker.errors import NotFound

    ended = []
    for container in engine.containers.list(all=True, ignore_removed=True):
        if _left_over(container.labels, container.attrs):
            try:
                container.remove(force=True, v=True)
            except NotFound:
                continue
            ended.append(str(container.id))
    return ended


def _left_over(labels: Mapping[str, str], about: Mapping[str, Any]) -> bool:
    """Whether a slot or a build has lost its owner, or ended so long ago that it must have."""
    owner = labels.get(SLOT) or labels.get(BUILDING)
    if not owner:
        return False
    state = about.get("State")
    status = state.get("Status") if isinstance(state, dict) else state
    return owners.is_dead(owner) or (status != "running" and _age(about) > _FORGOTTEN)


def _age(about: Mapping[str, Any]) -> timedelta:
    made = about["Created"]
    if isinstance(made, int):
        return datetime.now(UTC) - datetime.fromtimestamp(made, UTC)
    return datetime.now(UTC) - datetime.fromisoformat(str(made)[:19]).replace(tzinfo=UTC)
