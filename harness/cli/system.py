"""doctor, schema, init."""

from __future__ import annotations

import json as jsonlib
from pathlib import Path
from typing import Annotated, Any

import typer

from harness import api
from harness.cli.output import with_json
from harness.cli.run import JSON, Sandbox
from harness.config import load_settings
from harness.errors import ExitCode, Misuse

PANEL = "System"

_CONFIG = """\
# pairproof.toml: flags win over PAIRPROOF_... variables, those over this file.

# sandbox = "embedded"      # or docker, docker:uidns, docker:container, docker:runsc
# jobs = 0                  # pairs at once; 0: one per core
# calibration = "auto"      # how much slower than the reference machine: auto, off, or a number

[limits]                    # of one execution
# cpu_s = 5.0
# wall_s = 10.0             # not counting the wait for a busy core
# memory_mb = 512
# pids = 64
# disk_mb = 64
# output_kb = 1024

[policy]                    # what an accepted pair must meet
# min_assurance = "split"  # values, split, paired, native
# min_cases = 1
# sensitive = "review"      # auth, crypto, payments: review or ignore
# repeat_calls = 100
"""


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(rich_help_panel=PANEL)(doctor)
    app.command(rich_help_panel=PANEL)(calibrate)
    app.command(rich_help_panel=PANEL)(schema)
    app.command(rich_help_panel=PANEL)(init)


def doctor(context: typer.Context, json: JSON = False) -> None:
    """Say what this machine can isolate, run and draw. Exits 3 if it cannot isolate."""
    output = with_json(context, json)
    found = api.doctor()
    output.document(found.model_dump(mode="json"))
    if not json:
        for line in _lines(found.model_dump()):
            output.say(line)
    if not found.can_isolate:
        raise typer.Exit(int(ExitCode.CANNOT_JUDGE))


def calibrate(context: typer.Context, sandbox: Sandbox = None, json: JSON = False) -> None:
    """Measure how slow this machine is: limits of time are seconds of a reference machine."""
    from harness.calibration import REFERENCE_S

    output = with_json(context, json)
    found = api.calibrate(settings=load_settings(sandbox=sandbox))
    document = {**found.model_dump(mode="json"), "reference_ms": REFERENCE_S * 1000}
    output.document(document)
    if not json:
        output.say(
            f"a sample takes {found.sample_ms:.2f} ms here, {REFERENCE_S * 1000:.2f} ms on the "
            f"reference machine: limits of time are multiplied by {found.factor:g}"
        )


def _lines(found: dict[str, Any]) -> list[str]:
    lines = []
    for name, box in found["sandboxes"].items():
        word = "ok" if box["available"] else "missing"
        lines.append(f"sandbox {name:<12} {word:<8} {box['reason']}".rstrip())
        if box["remedy"]:
            lines.append(f"{'':21} do this: {box['remedy']}")
        lines += [f"{'':21} {what:<12} {how}" for what, how in box["enforced"].items()]
        lines += [f"{'':21} weaker: {text}" for text in box["missing"]]
    for name, tool in found["toolchains"].items():
        word = "ok" if tool["available"] else "missing"
        lines.append(f"{name:<20} {word:<8} {tool['version']} {tool['where']}".rstrip())
    for place, browser in found["browser"]["places"].items():
        word = "ok" if browser["available"] else "missing"
        told = f"{browser['version']} {browser['isolation']} {browser['reason']}"
        lines.append(f"browser {place:<12} {word:<8} {' '.join(told.split())}".rstrip())
        if browser["remedy"]:
            lines.append(f"{'':21} do this: {browser['remedy']}")
        lines += [f"{'':21} weaker: {text}" for text in browser["missing"]]
    disk = found["disk"]
    lines.append(f"{'disk':<20} {'ok':<8} {disk['free_gb']} GB free")
    return lines


def schema(
    name: Annotated[str, typer.Argument(help="One of: pairproof schema list.")] = "list",
) -> None:
    """Print the JSON Schema of any file that is read or written."""
    from harness.schemas import SCHEMAS, schema_of

    if name == "list":
        typer.echo("\n".join(f"{n:<12} {text}" for n, (_, text) in SCHEMAS.items()))
        typer.echo("formats      the adapters of input rows")
        return
    if name == "formats":
        from harness.formats import available

        for adapter in available().values():
            typer.echo(f"{adapter.name:<20} {adapter.description}")
        return
    if name not in SCHEMAS:
        raise Misuse(f"no schema is called {name!r}", hint=f"there are: {', '.join(SCHEMAS)}")
    typer.echo(jsonlib.dumps(schema_of(name), indent=2))


def init(
    path: Annotated[Path, typer.Argument(help="Where to write.")] = Path("pairproof.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented pairproof.toml."""
    if path.exists() and not force:
        raise Misuse(f"{path} is there already", hint="--force replaces it")
    try:
        path.write_text(_CONFIG)
    except OSError as error:
        raise Misuse(f"cannot write {path}: {error.strerror}") from error
    typer.echo(f"wrote {path}")
