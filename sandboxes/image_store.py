"""What the engine holds of ours: which images, as locked or not, and what is left over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandboxes.base import SandboxUnavailable, Toolchain
from sandboxes.image_facts import facts_inside
from sandboxes.image_labels import LABEL
from sandboxes.image_lock import Locked
from sandboxes.images import inspected, present, same
from sandboxes.leftovers import sweep

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """One image of ours, or one that is locked and not here (`id` is then ""). Size in 10^6 bytes.

    `state` is "locked" (here as the lock names it), "other" (here, named by no lock), "missing".
    """

    name: str
    id: str
    state: str
    size_mb: float
    digest: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pruned:
    """What was removed: ids of images and of containers; the images that are still in use."""

    images: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    in_use: tuple[str, ...] = field(default=())


def held_images(engine: DockerClient, images: Mapping[str, Locked]) -> list[Held]:
    """Every image that the engine holds with our label, and every one that the lock names.

    Raises:
        SandboxUnavailable: the engine failed.
    """
    found, seen = [], set()
    for described in _labelled(engine):
        name = described["Config"]["Labels"][LABEL]
        wanted = images.get(name)
        matches = wanted is not None and same(described, wanted)
        if matches:
            seen.add(name)
        found.append(
            Held(
                name=name,
                id=described["Id"],
                state="locked" if matches else "other",
                size_mb=round(described["Size"] / 1e6, 1),
                digest=wanted.digest if wanted else "",
            )
        )
    found += [
        Held(name=name, id="", state="missing", size_mb=0.0, digest=images[name].digest)
        for name in images
        if name not in seen
    ]
    return sorted(found, key=lambda image: (image.name, image.state, image.id))


def problems(engine: DockerClient, toolchain: Toolchain, wanted: Locked) -> list[str]:
    """What is wrong with the locked image of `toolchain`, as sentences; empty where all is right.

    Its digest is compared, and its facts are read anew inside a container that can reach nothing.
    """
    wrong = []
    if not wanted.resolves(toolchain):
        wrong.append("the declaration has changed since it was locked")
    try:
        image = present(engine, toolchain.name, wanted)
        told = facts_inside(engine, image, toolchain)
    except SandboxUnavailable as error:
        return [*wrong, str(error)]
    wrong += [
        f"{name} is {told.get(name, 'missing')}, locked as {wanted.facts.get(name, 'absent')}"
        for name in sorted(told.keys() | wanted.facts.keys())
        if told.get(name) != wanted.facts.get(name)
    ]
    return wrong


def prune(
    engine: DockerClient, images: Mapping[str, Locked], names: Collection[str] = ()
) -> Pruned:
    """Remove containers that nobody of ours uses, then our images that `images` does not name.

    Of images only those of the toolchains `names`, where any is given.
    Slots of a process that lives, builds that go on, bases, and images in use stay.

    Raises:
        SandboxUnavailable: the engine failed.
    """
    from docker.errors import APIError, DockerException

    gone, kept = [], []
    try:
        ended = sweep(engine)
        for image in held_images(engine, images):
            if image.state != "other" or (names and image.name not in names):
                continue
            try:
                _remove(engine, image.id)
                gone.append(image.id)
            except APIError as error:
                if error.status_code != 409:
                    raise
                kept.append(image.id)
    except DockerException as error:
        raise SandboxUnavailable(f"the engine failed: {error}") from error
    return Pruned(images=tuple(gone), containers=tuple(ended), in_use=tuple(kept))


def _remove(engine: DockerClient, image: str) -> None:
    """Remove an image under all its names; a 409 where a container uses it."""
    described = inspected(engine, image)
    for tag in (described or {}).get("RepoTags") or []:
        engine.images.remove(tag, noprune=True)
    if inspected(engine, image) is not None:
        engine.images.remove(image, noprune=True)


def _labelled(engine: DockerClient) -> list[dict[str, Any]]:
    from docker.errors import DockerException

    try:
        listed = engine.api.images(filters={"label": LABEL})
    except DockerException as error:
        raise SandboxUnavailable(f"the engine failed: {error}") from error
    described = (inspected(engine, each["Id"]) for each in listed)
    return [each for each in described if each is not None]
