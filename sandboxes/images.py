"""The images in which a container backend runs jobs, by the name of their toolchain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandboxes.base import SandboxUnavailable
from sandboxes.image_lock import Locked, read_lock

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """One built image. `id` is the engine's digest; `toolchain` name to version."""

    name: str
    id: str
    toolchain: Mapping[str, str]


def locked(name: str) -> Image:
    """The image that the lock names for toolchain `name`, present in the engine as it was locked.

    Raises:
        SandboxUnavailable: the lock names none, no engine answers, the image was not built on
            this machine, or it was built with other contents.
    """
    from sandboxes.engine import client

    wanted = wanted_image(name)
    engine = client()
    try:
        return Image(name=name, id=present(engine, name, wanted), toolchain=wanted.facts)
    finally:
        engine.close()


def wanted_image(name: str) -> Locked:
    """What the lock says of `name`.

    Raises:
        SandboxUnavailable: nothing, or the lock cannot be read.
    """
    images = read_lock()
    if name not in images:
        raise SandboxUnavailable(
            f"the lock names no image for {name}", hint=f"pairproof images lock {name}"
        )
    return images[name]


def present(engine: DockerClient, name: str, wanted: Locked) -> str:
    """The id under which the engine holds the locked image.

    Raises:
        SandboxUnavailable: it holds none, or one with other contents.
    """
    found = inspected(engine, wanted.digest) or inspected(engine, tag_of(name))
    if found is None:
        raise SandboxUnavailable(
            f"the image of {name} is not built here", hint=f"pairproof images build {name}"
        )
    if not same(found, wanted):
        raise SandboxUnavailable(
            f"the image of {name} here is {found['Id'][:19]}, its lock names {wanted.digest[:19]}",
            hint=f"pairproof images build {name}",
        )
    return str(found["Id"])


def same(found: Mapping[str, Any], wanted: Locked) -> bool:
    """Whether an image as the engine describes it is the locked one.

    Engines that store images by manifest give another id to the same configuration: there the
    contents and what a container of it would inherit are compared.
    """
    from sandboxes.normalise import ENV

    if found["Id"] == wanted.digest:
        return True
    inherited = found.get("Config") or {}
    return (
        found["RootFS"].get("Layers") == [wanted.layer]
        and inherited.get("Env") == list(ENV)
        and not inherited.get("Entrypoint")
        and not inherited.get("Volumes")
    )


def tag_of(name: str) -> str:
    """The name under which the engine keeps the newest image of a toolchain."""
    return f"pairproof/{name}:latest"


def inspected(engine: DockerClient, reference: str) -> dict[str, Any] | None:
    """The engine's description of an image, None where it has no such image.

    Raises:
        SandboxUnavailable: the engine failed.
    """
    from docker.errors import DockerException, ImageNotFound

    try:
        described: dict[str, Any] = engine.api.inspect_image(reference)
    except ImageNotFound:
        return None
    except DockerException as error:
        raise SandboxUnavailable(f"the engine failed: {error}") from error
    return described
