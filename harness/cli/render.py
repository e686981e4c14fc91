"""render and gallery: pages for people to look at."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from harness import api
from harness.cli.output import with_json
from harness.cli.run import JSON, Sandbox
from harness.config import load_settings
from harness.errors import ExitCode, Misuse

PANEL = "Pages"


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(rich_help_panel=PANEL)(render)
    app.command(rich_help_panel=PANEL)(gallery)


def render(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="FILE|RUN|-", help="A page, a run folder, or - for stdin.")
    ],
    pair: Annotated[str | None, typer.Argument(help="With a run folder: the pair's id.")] = None,
    depth: Annotated[
        str, typer.Option("--depth", help="full: every probe; render: pictures and errors.")
    ] = "full",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write evidence and pictures here.")
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", help="Draws the order in which controls are tried.")
    ] = 1,
    twice: Annotated[
        bool, typer.Option("--twice", help="Visit it twice; exits 1 and names what differs.")
    ] = False,
    replay: Annotated[
        Path | None,
        typer.Option(
            "--replay", help="Take the steps of a trace.json again; exits 1 if any differs."
        ),
    ] = None,
    headed: Annotated[
        bool,
        typer.Option("--headed", help="Then open it in a window, offline, outside of our sandbox."),
    ] = False,
    sandbox: Sandbox = None,
    json: JSON = False,
) -> None:
    """Show what the isolated browser makes of one page. Exits 0 whatever the verdict.

    [bold]pairproof render page.html -o shown[/bold], then open shown/index.html
    """
    from harness.pages.differences import told
    from harness.pages.folder import write_folder
    from harness.pages.headed import check_display, show_page
    from harness.pages.summary import summary

    output = with_json(context, json)
    if replay is not None and twice:
        raise Misuse("--replay compares with a trace, --twice two visits", hint="give one of them")
    if headed:
        check_display()
    rendered = api.render(
        source, pair, depth=depth, seed=seed, times=2 if twice else 1, trace=replay,
        settings=load_settings(sandbox=sandbox),
    )  # fmt: skip
    record, differing = rendered.record, rendered.differing
    files = write_folder(record, out) if out is not None else []
    if not json:
        for line in summary(record):
            output.say(line)
        if twice or replay is not None:
            word = "twice" if twice else "replay"
            output.say(f"{word:<9} {'the same' if not differing else 'not the same:'}")
            for difference in differing:
                output.say(f"    {told(difference)}")
        if out is not None:
            output.say(f"{out}: {', '.join(files)}")
    output.document(rendered.document(str(out) if out is not None else "", files))
    if headed:
        output.say("a window shows the page, offline; close it to go on")
        show_page(rendered.html, rendered.shelf)
    if differing:
        raise typer.Exit(int(ExitCode.NO))


def gallery(
    context: typer.Context,
    run: Annotated[Path, typer.Argument(help="The run folder.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to write. [default: RUN/gallery]")
    ] = None,
    json: JSON = False,
) -> None:
    """Write the pages of a run as static HTML: pictures, scores, errors, what was tried."""
    from harness.pages.gallery import write_gallery

    output = with_json(context, json)
    written = write_gallery(api.load_run(run), out if out is not None else run / "gallery")
    output.document(asdict(written))
    if not json:
        for pair_id in written.unreadable:
            output.say(f"{pair_id}: its artifacts cannot be read, so its verdict stands alone")
        output.say(f"{written.pages} pages: open {written.folder}/index.html")
