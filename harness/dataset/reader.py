"""read_pairs: any number of inputs as one stream of pairs and of rows that could not be read."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from harness import formats
from harness.dataset.decode import Undecodable, decode_row
from harness.dataset.ids import Ids
from harness.dataset.parquet import parquet_rows
from harness.dataset.raw import RawRow
from harness.dataset.sources import Source, expand
from harness.errors import Misuse
from harness.models import Pair, Place, Quarantined

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Longer rows are passed over and quarantined."""

_log = logging.getLogger(__name__)


def read_pairs(
    paths: Sequence[str | Path],
    *,
    format: str = "auto",
    max_line_bytes: int = MAX_LINE_BYTES,
    notice: Callable[[str], None] | None = None,
) -> Iterator[Pair | Quarantined]:
    """Every row of `paths`, in order, as a Pair or as Quarantined; no row is dropped.

    `paths` are files (JSONL plain, .gz or .zst; .json with an array; Parquet), folders of them, or
    "-" for standard input. `format` is the name of an adapter, or "auto" to choose one per row.
    `notice` gets a sentence for each file of a folder that is passed over; without it they are
    logged. Memory is bounded by `max_line_bytes` and about 170 bytes for each row.

    Raises Misuse at once for a path that is missing or unreadable, an unknown format, or a file
    that needs an extra which is not installed (pipes: when they are read). Content never raises.
    """
    paths = [paths] if isinstance(paths, str | Path) else paths
    if format != "auto" and format not in formats.available():
        names = ", ".join(["auto", *formats.available()])
        raise Misuse(f"There is no format {format!r}.", hint=f"Use one of: {names}.")
    if max_line_bytes < 1:
        raise Misuse(f"max_line_bytes is {max_line_bytes}.", hint="Give a number of 1 or more.")
    sources = expand(paths, notice or _log.warning)
    return _read(sources, format, max_line_bytes)


def _read(sources: list[Source], name: str, max_line_bytes: int) -> Iterator[Pair | Quarantined]:
    ids = Ids()
    for source in sources:
        for raw, row, notes in _rows(source, max_line_bytes):
            if isinstance(row, Quarantined):
                yield row
                continue
            found = _adapt(source.name, raw, row, name)
            if isinstance(found, Pair):
                if notes:
                    found = found.model_copy(update={"notes": (*found.notes, *notes)})
                unique = ids.unique(found)
                found = unique or raw.quarantined(
                    source.name, "duplicate_row", f"the row of id {found.id!r} came before"
                )
            yield found


def _rows(
    source: Source, max_line_bytes: int
) -> Iterator[tuple[RawRow, dict[str, Any] | Quarantined, list[str]]]:
    """Every row of a source with its object, or with the reason why there is none."""
    with source.open() as stream:
        container = source.container(stream)
        if container == "parquet":
            yield from _parquet(source, stream)
            return
        for raw in source.text_rows(stream, container, max_line_bytes):
            if raw.problem:
                yield raw, raw.quarantined(source.name, raw.problem, raw.detail), []
                continue
            try:
                row, notes = decode_row(raw.data, torn=raw.torn)
            except Undecodable as error:
                yield raw, raw.quarantined(source.name, error.reason, error.detail), []
                continue
            yield raw, row, notes


def _parquet(
    source: Source, stream: io.BufferedReader
) -> Iterator[tuple[RawRow, dict[str, Any] | Quarantined, list[str]]]:
    for raw, row in parquet_rows(stream):
        if row is None:
            yield raw, raw.quarantined(source.name, raw.problem, raw.detail), []
        else:
            yield raw, row, []


def _adapt(file: str, raw: RawRow, row: dict[str, Any], name: str) -> Pair | Quarantined:
    try:
        adapter = formats.choose(row) if name == "auto" else formats.available()[name]
        if adapter is None:
            fields = ", ".join(sorted(row)[:20]) or "none"
            return raw.quarantined(file, "no_format", f"no format fits the fields: {fields}")
        pair = adapter.read(row, Place(file=file, line=raw.line))
        pair.model_dump_json()  # whatever cannot be written must not reach the run's one writer
        return pair
    except formats.Unreadable as error:
        return raw.quarantined(file, error.reason, error.detail)
    except Exception as error:
        # An adapter may be a stranger's, and a row must never end the run.
        said = f"the adapter failed on it: {type(error).__name__}: {error}"
        return raw.quarantined(file, "adapter_error", said)
