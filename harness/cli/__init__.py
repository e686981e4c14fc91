"""The command line: the API with help, progress and exit codes. One place maps errors to exits."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from harness.cli import cdn, images, render, run, system
from harness.cli.output import Output, current
from harness.errors import ExitCode, HarnessError
from harness.reports.terminal import visible
from harness.version import harness_version

app = typer.Typer(
    name="pairproof",
    help="Runs LLM-written code in sandboxes and says which of it is true.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
run.register(app)
render.register(app)
system.register(app)
images.register(app)
cdn.register(app)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"pairproof {harness_version()}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only errors.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it and end.")
    ] = False,
) -> None:
    """Runs LLM-written code in sandboxes and says which of it is true."""
    context.obj = Output(quiet=quiet)


def main() -> None:
    """Run the command; every `HarnessError` ends with its message, its hint and its exit code."""
    try:
        app()
    except HarnessError as error:
        _say(error)
        sys.exit(int(error.exit_code))
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(int(ExitCode.INTERRUPTED))


def _say(error: HarnessError) -> None:
    output = current()
    if output is not None and output.json:
        document = {"error": str(error), "hint": error.hint, "exit_code": int(error.exit_code)}
        sys.stdout.write(json.dumps(document) + "\n")
    sys.stderr.write(visible(f"pairproof: {error}\n"))
    if error.hint:
        sys.stderr.write(visible(f"  {error.hint}\n"))
