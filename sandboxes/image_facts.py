"""Versions as an image tells them, read inside a container that can reach nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandboxes import owners
from sandboxes.base import SandboxUnavailable, Toolchain
from sandboxes.image_labels import BUILDING

if TYPE_CHECKING:
    from docker import DockerClient

_DISTRIBUTIONS = """
import importlib.metadata, json
found = importlib.metadata.distributions(path=["/site"])
print(json.dumps({d.name.lower(): d.version for d in found}))
"""


def facts_inside(engine: DockerClient, image: str, toolchain: Toolchain) -> dict[str, str]:
    """Name to version: the toolchain's own facts, and every distribution in /site.

    Raises:
        SandboxUnavailable: a command of the declaration fails inside the image.
    """
    told = {}
    for name, command in sorted(toolchain.facts.items()):
        lines = inside(engine, image, command).split("\n")
        told[name] = lines[0].strip()
    if toolchain.python:
        text = inside(engine, image, ("python3", "-I", "-S", "-c", _DISTRIBUTIONS))
        told |= json.loads(text)
    return dict(sorted(told.items()))


def inside(engine: DockerClient, image: str, command: tuple[str, ...]) -> str:
    """What `command` prints in a fresh container of `image`: no network, nothing writable, no
    capability.

    Raises:
        SandboxUnavailable: it does not start, or does not exit with 0.
    """
    from docker.errors import ContainerError, DockerException

    try:
        printed: bytes = engine.containers.run(
            image,
            list(command),
            remove=True,
            labels={BUILDING: owners.identity()},
            network_mode="none",
            read_only=True,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            user="1000:1000",
            mem_limit="1g",
            pids_limit=64,
        )
    except ContainerError as error:
        said = (error.stderr or b"").decode("utf-8", "replace").strip()[-400:]
        raise SandboxUnavailable(
            f"{' '.join(command[:2])} exits with {error.exit_status} in the image: {said}"
        ) from error
    except DockerException as error:
        raise SandboxUnavailable(f"the image does not run: {error}") from error
    return printed.decode("utf-8", "replace")
