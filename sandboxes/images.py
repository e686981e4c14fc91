"""The images in which a container backend runs jobs, by the name of their toolchain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandboxes.base import SandboxUnavailable


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """One built image. `id` is the engine's digest; `toolchain` name to version."""

    name: str
    id: str
    toolchain: Mapping[str, str]


def locked(name: str) -> Image:
    """The image that the lock names for toolchain `name`.

    Raises:
        SandboxUnavailable: none was built on this machine.
    """
    raise SandboxUnavailable(f"there is no image for {name}", hint=f"pairproof images build {name}")
