"""Where words go: one JSON document on stdout, or text for people; progress on stderr."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from harness.reports.terminal import json_text, visible
from harness.run import Progress

_CURRENT: list[Output] = []
_PLAIN_EVERY_S = 30.0


class Output:
    """What the command prints. `json`: one document on stdout, everything human to stderr."""

    def __init__(self, *, quiet: bool = False, json: bool = False) -> None:
        self.quiet = quiet
        self.json = json
        _CURRENT[:] = [self]

    def document(self, value: dict[str, Any]) -> None:
        """Print the one document, where --json asked for it."""
        if self.json:
            with unread():
                sys.stdout.write(json_text(value) + "\n")
                sys.stdout.flush()

    def say(self, text: str = "") -> None:
        """A line for people. Text of candidates in it cannot steer their terminal."""
        if not self.quiet:
            with unread():
                typer.echo(visible(text), err=self.json)


@contextmanager
def unread() -> Iterator[None]:
    """Where nobody reads what is said any more, the work is still done: the rest goes nowhere."""
    try:
        yield
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)


def current() -> Output | None:
    """The output of the running command, once its options are read."""
    return _CURRENT[0] if _CURRENT else None


def with_json(context: typer.Context, json: bool) -> Output:
    """The context's output with its --json flag set."""
    output = context.obj if isinstance(context.obj, Output) else Output()
    output.json = json
    return output


def row_total(files: Sequence[str], limit: int | None) -> int | None:
    """How many rows there are at most, for the time left; None where only reading would tell."""
    total = 0
    for name in files:
        path = Path(name)
        if path.suffix != ".jsonl" or not path.is_file():
            return limit
        with path.open("rb") as file:
            total += sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    return total if limit is None else min(total, limit)


class ProgressLine:
    """Follows a run on stderr: a live line in a terminal, a plain line every 30 s elsewhere."""

    def __init__(self, *, quiet: bool, total: int | None = None) -> None:
        self.quiet = quiet
        self.total = total
        self.counts: dict[str, int] = {}
        self.last = time.monotonic()
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> ProgressLine:
        if not self.quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            self.bar = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
                console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self.bar.start()
            self.task = self.bar.add_task("verifying", total=self.total, rate="")
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def __call__(self, progress: Progress) -> None:
        """Tell what is done; called by the run after each pair."""
        self.counts = progress.counts or self.counts
        done = progress.done + progress.known + progress.quarantined
        rate = progress.done / progress.elapsed_s if progress.elapsed_s > 0 else 0.0
        text = "  ".join(f"{n} {name}" for name, n in self.counts.items() if n)
        if self.bar is not None:
            self.bar.update(self.task, completed=done, description=text,
                            rate=f"{rate:.1f} pairs/s")  # fmt: skip
        elif not self.quiet and time.monotonic() - self.last >= _PLAIN_EVERY_S:
            self.last = time.monotonic()
            left = ""
            if self.total and rate > 0:
                left = f"  {max(0, self.total - done) / rate:.0f} s left"
            sys.stderr.write(f"{done} done  {text}  {rate:.1f} pairs/s{left}\n")
            sys.stderr.flush()
