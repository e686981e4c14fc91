"""Images of toolchains: made, locked, checked and removed; every fault is told with its remedy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic import Field

from harness.errors import CannotJudge, Misuse
from harness.models import Record
from runners import languages
from sandboxes.base import SandboxUnavailable, Toolchain
from sandboxes.chromium.image import TOOLCHAIN as BROWSER
from sandboxes.image_lock import Locked, read_lock, wanted_by, write_lock
from sandboxes.images import inspected, same, wanted_image

if TYPE_CHECKING:
    from docker import DockerClient

Say = Callable[[str], None]
_SLOW_S = 3600
"""One request to the engine, the load of an image among them, on a starved machine."""


class ImageLine(Record):
    """One image: of which toolchain, its id, and whether this call made it or found it here."""

    name: str
    id: str
    made: bool
    base: str = ""
    facts: dict[str, str] = Field(default_factory=dict)
    wall_s: float = 0.0


class Checked(Record):
    """What `verify` found of one image: `problems` is empty where it is as locked."""

    name: str
    ok: bool
    problems: list[str]


def toolchains(names: Sequence[str] = ()) -> dict[str, Toolchain]:
    """Toolchains by name; where no name is given the browser's, and all that a language declares.

    Raises:
        Misuse: a name that none declares.
    """
    declared = (*(runner.toolchain for runner in languages().values()), BROWSER)
    known = {toolchain.name: toolchain for toolchain in declared}
    for name in names:
        if name not in known:
            raise Misuse(f"no toolchain is called {name!r}", hint=f"there are: {', '.join(known)}")
    return {name: known[name] for name in dict.fromkeys(names or known)}


@contextmanager
def opened() -> Iterator[DockerClient]:
    """The engine; what it cannot do ends as CannotJudge with the same hint."""
    from sandboxes.engine import client

    try:
        engine = client(timeout_s=_SLOW_S)
        try:
            yield engine
        finally:
            engine.close()
    except SandboxUnavailable as error:
        raise CannotJudge(str(error), hint=error.hint) from error


def build(names: Sequence[str], *, base: str | None, again: bool, say: Say) -> list[ImageLine]:
    """Make the locked images of `names` (all where empty) where the engine does not hold them.

    `again` makes them even where it does. The base is `base`, else as `image_base` chooses.

    Raises:
        Misuse: no such toolchain.
        CannotJudge: no engine, no lock for it, a pin that is gone, or an image that came out with
            another digest than the lock names.
    """
    with opened() as engine:
        return [
            _build(engine, toolchain, wanted_image(name), base, again, say)
            for name, toolchain in toolchains(names).items()
        ]


def _build(
    engine: DockerClient,
    toolchain: Toolchain,
    wanted: Locked,
    base: str | None,
    again: bool,
    say: Say,
) -> ImageLine:
    from sandboxes.image_base import base_image
    from sandboxes.image_build import build_image

    name = toolchain.name
    if not wanted.resolves(toolchain):
        raise SandboxUnavailable(
            f"the declaration of {name} has changed since it was locked",
            hint=f"pairproof images lock {name}",
        )
    found = inspected(engine, wanted.digest)
    if found is not None and not again:
        return ImageLine(name=name, id=found["Id"], made=False, facts=dict(wanted.facts))
    machine = str(engine.version()["Arch"])
    if machine != wanted.architecture:
        raise SandboxUnavailable(
            f"the lock of {name} is for {wanted.architecture}, this engine is {machine}",
            hint=f"PAIRPROOF_IMAGES_LOCK=my.lock.toml pairproof images lock {name}",
        )
    start = time.monotonic()
    on = base_image(engine, base, say)
    built = build_image(engine, toolchain, on, wanted.pins, say)
    described = inspected(engine, built.id)
    if described is None or not same(described, wanted) or dict(built.facts) != dict(wanted.facts):
        raise SandboxUnavailable(
            f"the image of {name} came out as {built.id[:19]}, its lock names "
            f"{wanted.digest[:19]}: {_difference(built.facts, wanted.facts)}",
            hint=f"pairproof images lock {name} records what this machine makes",
        )
    wall_s = round(time.monotonic() - start, 1)
    return ImageLine(
        name=name, id=built.id, made=True, base=on, facts=dict(built.facts), wall_s=wall_s
    )


def _difference(told: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    wrong = [
        f"{name} {told.get(name, 'missing')} instead of {wanted.get(name, 'nothing')}"
        for name in sorted(told.keys() | wanted.keys())
        if told.get(name) != wanted.get(name)
    ]
    return ", ".join(wrong) or "the same versions in other bytes"


def lock(names: Sequence[str], *, base: str | None, say: Say) -> tuple[str, list[ImageLine]]:
    """Resolve `names` (all where empty) anew, make their images and write the lock; its path.

    Raises:
        Misuse: no such toolchain.
        CannotJudge: no engine, no base, a step failed, or the lock cannot be written.
    """
    from sandboxes.image_base import base_image
    from sandboxes.image_build import build_image

    lines = []
    path = ""
    with opened() as engine:
        for name, toolchain in toolchains(names).items():
            start = time.monotonic()
            on = base_image(engine, base, say)
            built = build_image(engine, toolchain, on, None, say)
            images = {**read_lock(), name: Locked(
                architecture=built.architecture, base=on, digest=built.id,
                layer=built.layer, wanted=wanted_by(toolchain), pins=built.pins, facts=built.facts,
            )}  # fmt: skip
            path = str(write_lock(images))
            lines.append(
                ImageLine(name=name, id=built.id, made=True, base=on, facts=dict(built.facts),
                          wall_s=round(time.monotonic() - start, 1))
            )  # fmt: skip
    return path, lines


def verify(names: Sequence[str]) -> list[Checked]:
    """Whether the images of `names` (all locked ones where empty) are here, as locked, and sound.

    Raises:
        Misuse: no such toolchain.
        CannotJudge: no engine, or the lock names none of them.
    """
    from sandboxes.image_store import problems

    with opened() as engine:
        lines = []
        for name, toolchain in toolchains(names or tuple(read_lock())).items():
            wrong = problems(engine, toolchain, wanted_image(name))
            if not wrong:
                wrong = [f"self-test: {fault}" for fault in _self_test(name)]
            lines.append(Checked(name=name, ok=not wrong, problems=wrong))
        return lines


def _self_test(name: str) -> list[str]:
    """Which promises a slot, or a browser, of the image does not keep."""
    from sandboxes import chromium
    from sandboxes.docker import Docker

    if name != BROWSER.name:
        return Docker.self_test(name)
    found = chromium.probe("docker")
    return [found.reason] if found.reason else []
