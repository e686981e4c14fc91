"""Parquet files row by row: one batch in memory at a time, and damage kept to its row group."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from harness.dataset.decode import MAX_DEPTH, depth_exceeds
from harness.dataset.raw import RawRow
from harness.errors import Misuse

BATCH_ROWS = 128

_Found = tuple[RawRow, dict[str, Any] | None]


def require_pyarrow() -> Any:
    """The pyarrow.parquet module; Misuse that names the extra where it is missing."""
    try:
        import pyarrow.parquet
    except ImportError:
        raise Misuse(
            "This input is a Parquet file, and pyarrow is not installed.",
            hint="Run: pip install 'pairproof[parquet]'",
        ) from None
    return pyarrow.parquet


def parquet_rows(stream: io.BufferedReader) -> Iterator[_Found]:
    """Every row with its object; a row group that cannot be read is one row without an object.

    A stream that cannot be searched (a pipe) is copied to a temporary file first.
    """
    parquet = require_pyarrow()
    with tempfile.TemporaryFile() as copy:
        file: BinaryIO = stream
        if not stream.seekable():
            shutil.copyfileobj(stream, copy)
            copy.seek(0)
            file = copy
        try:
            opened = parquet.ParquetFile(file)
        except Exception as error:
            # Its errors share no base but this, and a broken file may raise any of them.
            yield _damaged(1, f"the Parquet file cannot be opened: {error}"), None
            return
        with opened:
            start = 1
            for group in range(opened.num_row_groups):
                count = opened.metadata.row_group(group).num_rows
                yield from _group(opened, group, start, count)
                start += count


def _group(opened: Any, group: int, start: int, count: int) -> Iterator[_Found]:
    number = start
    try:
        for batch in opened.iter_batches(batch_size=BATCH_ROWS, row_groups=[group]):
            for index in range(batch.num_rows):
                yield _row(number, batch, index)
                number += 1
    except Exception as error:
        lost = start + count - number
        said = f"row group {group} cannot be read, {lost} of its rows are lost: {error}"
        yield _damaged(number, said), None


def _row(number: int, batch: Any, index: int) -> _Found:
    try:
        row = {
            name: _plain(column[index].as_py())
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        }
    except UnicodeDecodeError as error:
        what = f"offset {error.start} of a field is not UTF-8"
        return RawRow(line=number, data=b"", problem="encoding", detail=what), None
    except (ValueError, OverflowError, RecursionError) as error:
        return RawRow(line=number, data=b"", problem="invalid", detail=str(error)), None
    data = json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace")
    if depth_exceeds(row, MAX_DEPTH):
        what = f"nested deeper than {MAX_DEPTH} levels"
        return RawRow(line=number, data=data, problem="too_deep", detail=what), None
    return RawRow(line=number, data=data), row


def _plain(value: Any) -> Any:
    """`value` in JSON's own types: bytes as UTF-8 text, what JSON does not have as its text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return str(value)


def _damaged(number: int, detail: str) -> RawRow:
    return RawRow(line=number, data=b"", problem="damaged", detail=detail)
