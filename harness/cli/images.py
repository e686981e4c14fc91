"""images bootstrap, build, list, lock, verify, prune."""

from __future__ import annotations

import signal
from dataclasses import asdict
from typing import Annotated

import typer

from harness import images
from harness.cli.output import with_json
from harness.cli.run import JSON
from harness.cli.system import PANEL
from harness.errors import ExitCode

Names = Annotated[
    list[str] | None, typer.Argument(help="Toolchains; all of them where none is named.")
]
Base = Annotated[
    str | None,
    typer.Option("--base", envvar="BASE_IMAGE", help="A Debian image to fill; debian:trixie-slim."),
]

group = typer.Typer(
    name="images",
    help="The container images in which languages run.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    for command in (bootstrap, build, list_images, lock, verify, prune):
        group.command("list" if command is list_images else command.__name__)(command)
    app.add_typer(group, rich_help_panel=PANEL)


def bootstrap(
    context: typer.Context,
    mirror: Annotated[str | None, typer.Option("--mirror", help="URL of a Debian mirror.")] = None,
    json: JSON = False,
) -> None:
    """Make a Debian base with mmdebstrap, for a machine that reaches no registry."""
    from sandboxes.image_base import LOCAL
    from sandboxes.image_base import bootstrap as make
    from sandboxes.image_build import authorities

    output = with_json(context, json)
    with images.opened() as engine:
        made = make(engine, authorities(), mirror)
    output.document({"base": LOCAL, "id": made})
    output.say(f"{LOCAL}  {made[:19]}")


def build(
    context: typer.Context,
    names: Names = None,
    base: Base = None,
    again: Annotated[
        bool, typer.Option("--again", help="Build even what is here as the lock names it.")
    ] = False,
    json: JSON = False,
) -> None:
    """Make the images that the lock names, with exactly what it pins."""
    output = with_json(context, json)
    _end_in_order()
    lines = images.build(names or (), base=base, again=again, say=output.say)
    output.document({"images": [line.model_dump(mode="json") for line in lines]})
    for line in lines:
        how = f"built on {line.base} in {line.wall_s:.0f} s" if line.made else "here already"
        output.say(f"{line.name:<12} {line.id[:19]}  {how}")


def list_images(context: typer.Context, json: JSON = False) -> None:
    """Say which images the engine holds and whether they are the locked ones."""
    from sandboxes.image_lock import lock_path, read_lock
    from sandboxes.image_store import held_images

    output = with_json(context, json)
    with images.opened() as engine:
        held = held_images(engine, read_lock())
    output.document({"lock": str(lock_path()), "images": [asdict(image) for image in held]})
    for image in held:
        size = f"{image.size_mb:7.0f} MB" if image.id else f"{'':10}"
        output.say(f"{image.name:<12} {image.state:<8} {size}  {(image.id or image.digest)[:19]}")


def lock(
    context: typer.Context, names: Names = None, base: Base = None, json: JSON = False
) -> None:
    """Resolve toolchains to what the mirrors offer now, make the images, write the lock."""
    output = with_json(context, json)
    _end_in_order()
    path, lines = images.lock(names or (), base=base, say=output.say)
    output.document({"lock": path, "images": [line.model_dump(mode="json") for line in lines]})
    for line in lines:
        output.say(f"{line.name:<12} {line.id[:19]}  locked in {line.wall_s:.0f} s")
    output.say(f"wrote {path}")


def verify(context: typer.Context, names: Names = None, json: JSON = False) -> None:
    """Hold images against the lock, their versions read from inside. Exits 1 if one differs."""
    output = with_json(context, json)
    checked = images.verify(names or ())
    ok = all(line.ok for line in checked)
    output.document({"ok": ok, "images": [line.model_dump(mode="json") for line in checked]})
    for line in checked:
        output.say(f"{line.name:<12} {'ok' if line.ok else 'differs'}")
        for problem in line.problems:
            output.say(f"{'':12} {problem}")
    if not ok:
        output.say("  pairproof images build makes what the lock names")
        raise typer.Exit(int(ExitCode.NO))


def prune(context: typer.Context, names: Names = None, json: JSON = False) -> None:
    """Remove images of ours that the lock does not name, and containers of ours that ended."""
    from sandboxes.image_lock import read_lock
    from sandboxes.image_store import prune as remove

    output = with_json(context, json)
    with images.opened() as engine:
        done = remove(engine, read_lock(), names or ())
    output.document(asdict(done))
    output.say(f"{len(done.images)} images and {len(done.containers)} containers removed")
    for image in done.in_use:
        output.say(f"{image[:19]} is in use")


def _end_in_order() -> None:
    """Let SIGTERM unwind as Ctrl-C does: a build holds a container and a gigabyte of files."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
