"""verify, repro, audit, report."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from harness import api
from harness.cli.output import ProgressLine, row_total, with_json
from harness.config import load_settings
from harness.errors import ExitCode, Misuse
from harness.reports.terminal import visible
from harness.run import RETRIES, Stop

PANEL = "Run"
_NAMED = 20
JSON = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Sandbox = Annotated[
    str | None,
    typer.Option(
        "--sandbox",
        envvar="PAIRPROOF_SANDBOX",
        rich_help_panel="Isolation",
        help="embedded, docker, docker:uidns, docker:container, docker:runsc, or an installed one.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(rich_help_panel=PANEL)(verify)
    app.command(rich_help_panel=PANEL)(repro)
    app.command(rich_help_panel=PANEL)(audit)
    app.command(rich_help_panel=PANEL)(report)


def _limit(name: str, text: str) -> Any:
    return typer.Option(f"--{name}", rich_help_panel="Isolation", help=text)


def verify(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(help="JSONL (.gz, .zst), Parquet, folders of them, or - for stdin."),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Run folder; give the same one to resume.")
    ] = Path("runs/latest"),
    format: Annotated[
        str, typer.Option("--format", help="auto, or an adapter's name: pairproof schema formats.")
    ] = "auto",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first N.")] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Only ids that hold TEXT or match a glob.")
    ] = None,
    retry: Annotated[
        str, typer.Option("--retry", help="Judge again: " + ", ".join(RETRIES) + ".")
    ] = "unscored",
    fail_on: Annotated[
        list[str] | None, typer.Option("--fail-on", help="Exit 1 if any pair ends with STATUS.")
    ] = None,
    sandbox: Sandbox = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Pairs at once. [default: cores]")
    ] = None,
    cpu: Annotated[float | None, _limit("cpu", "CPU seconds an execution may use. [5]")] = None,
    wall: Annotated[
        float | None, _limit("wall", "Seconds, without waiting for a core. [10]")
    ] = None,
    memory: Annotated[int | None, _limit("memory", "MiB an execution may use. [512]")] = None,
    processes: Annotated[int | None, _limit("processes", "Processes at once. [64]")] = None,
    output_kb: Annotated[int | None, _limit("output", "KiB kept of each stream. [1024]")] = None,
    disk: Annotated[int | None, _limit("disk", "MiB an execution may write. [64]")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only errors.")] = False,
    json: JSON = False,
) -> None:
    """Run every pair and record one verdict each. Resumes by itself.

    Exits 0 when it has finished, however many pairs were rejected: rejection is data.

    [bold]pairproof verify pairs.jsonl -o runs/a[/bold]
    """
    output = with_json(context, json)
    output.quiet |= quiet
    if retry not in RETRIES:
        raise Misuse(f"--retry {retry!r}", hint="one of: " + ", ".join(RETRIES))
    limits = {
        "cpu_s": cpu,
        "wall_s": wall,
        "memory_mb": memory,
        "pids": processes,
        "output_kb": output_kb,
        "disk_mb": disk,
    }
    given = {name: value for name, value in limits.items() if value is not None}
    settings = load_settings(sandbox=sandbox, jobs=jobs)
    if given:
        merged = {**settings.limits.model_dump(), **given}
        settings = load_settings(sandbox=sandbox, jobs=jobs, limits=merged)
    stop = Stop()
    with (
        _interruptible(stop),
        ProgressLine(quiet=output.quiet, total=row_total(files, limit)) as progress,
    ):
        summary = api.verify(
            files,
            out=out,
            format=format,
            limit=limit,
            only=only or (),
            retry=retry,
            settings=settings,
            observer=progress,
            stop=stop,
        )
    output.document({k: v for k, v in asdict(summary).items() if k != "detail"})
    if not json:
        _print_summary(output.say, summary)
    if any(summary.counts.get(status, 0) for status in fail_on or ()):
        raise typer.Exit(int(ExitCode.NO))


@contextmanager
def _interruptible(stop: Stop) -> Iterator[None]:
    """Ctrl-C and SIGTERM once finish what is in flight, twice drop it."""

    def ask(number: int, frame: FrameType | None) -> None:
        stop.ask()

    kept = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _print_summary(say: Any, summary: Any) -> None:
    from harness.cli.summary import summary_lines

    for line in summary_lines(Path(summary.run), summary):
        say(line)


def repro(
    context: typer.Context,
    run: Annotated[Path, typer.Argument(help="The run folder.")],
    pair: Annotated[str, typer.Argument(help="The pair's id.")],
    sandbox: Sandbox = None,
    shell: Annotated[
        bool, typer.Option("--shell", help="A shell inside the sandbox, or for a page beside it.")
    ] = False,
    print_: Annotated[bool, typer.Option("--print", help="Only print what is run.")] = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write files and a run.sh to this folder.")
    ] = None,
    json: JSON = False,
) -> None:
    """Run one recorded pair again, exactly, on this machine. Exits 1 if the verdict differs."""
    from harness import repro as reproduction
    from harness.pages.differences import told

    output = with_json(context, json)
    recorded = api.load_run(run)
    if print_ or export is not None:
        _, plan = reproduction.stored_plan(recorded, pair)
        if print_:
            output.document(plan)
            if not json:
                output.say(reproduction.shell_command(recorded, plan))
        if export is not None:
            names = reproduction.export(recorded, pair, export)
            if not print_:
                output.document({"folder": str(export), "files": names})
            if not json:
                output.say(f"{export}: {', '.join(names)}\nrun it with: sh {export}/run.sh")
        return
    settings = load_settings(sandbox=sandbox)
    if shell:
        raise typer.Exit(reproduction.open_shell(recorded, pair, settings))
    report = api.repro(run, pair, settings=settings)
    output.document(report.model_dump(mode="json"))
    if not json:
        moved = {"status", "reasons"} & set(report.changed)
        word = "different verdict" if moved else "same verdict"
        if not report.same and not moved:
            word += ", other evidence"
        output.say(f"{pair}: {word}: {report.after['status']} {report.after['detail']}")
        for difference in report.differences[:_NAMED]:
            output.say(f"  {told(difference)}")
        if len(report.differences) > _NAMED:
            output.say(f"  and {len(report.differences) - _NAMED} more: --json names them")
    if not report.same:
        raise typer.Exit(int(ExitCode.NO))


def audit(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="A catalogue; the built-in one by default.")
    ] = None,
    sandbox: Sandbox = None,
    json: JSON = False,
) -> None:
    """Try to forge passes with a catalogue of attacks. Exits 1 if any succeeds."""
    from harness.audit import by_category

    output = with_json(context, json)
    report = api.audit(file, settings=load_settings(sandbox=sandbox))
    output.document(report.model_dump(mode="json"))
    if not json:
        for category, attacks, forged in by_category(report):
            output.say(f"{category:<20} {attacks:>4} attacks  {forged} forged")
        for item in report.items:
            if item.forged:
                output.say(f"FORGED {item.id} ({item.language}, {item.category})")
        output.say(
            f"{report.forged} of {report.runnable} runnable attacks forged a pass "
            f"({report.total - report.runnable} in languages that cannot run here)"
        )
    if report.forged:
        raise typer.Exit(int(ExitCode.NO))


def report(
    context: typer.Context,
    run: Annotated[Path, typer.Argument(help="The run folder.")],
    kind: Annotated[str, typer.Option("--kind", help="markdown or json.")] = "markdown",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; stdout by default.")
    ] = None,
) -> None:
    """Write a one-page summary of a run."""
    from harness.reports import write_report

    text = write_report(kind, api.load_run(run))
    if out is None:
        typer.echo(visible(text), nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Misuse(f"cannot write {out}: {error.strerror}") from error
