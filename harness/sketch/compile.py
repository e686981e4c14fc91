"""Compiles a sketch: blocks where one starts, else line by line; nothing is dropped in silence."""

from __future__ import annotations

from dataclasses import replace

from harness.sketch.blocks import BLOCKS
from harness.sketch.context import Context, Draft
from harness.sketch.lines import read_line, why_unresolved
from harness.sketch.normalise import Line, lines_of
from harness.sketch.printers import printers
from harness.sketch.scan import depth_change
from harness.sketch.sink import Sink
from harness.sketch.spec import Entry, TestSpec
from harness.structure import EntryPoint, canonical, entry_of, read_structure

MAX_CHARS = 200_000
"""Text of a sketch that is read; the lines after it are refused."""
MAX_LINE_CHARS = 10_000
MAX_JOINED = 60
"""Lines that one open bracket may span."""


def compile_sketch(
    sketch: str, *, code: str, language: str, instruction: str = "", entry_point: str = ""
) -> TestSpec:
    """The sketch as typed cases, each with the line it came from; lines that do not parse in full
    are kept as unresolved. Deterministic; never raises."""
    name = canonical(language)
    structure = read_structure(code, name)
    entry = entry_of(structure, instruction, entry_point)
    context = Context.of(structure, entry, sketch)
    if name == "python" and structure.prints:
        context = replace(context, printers=printers(code))
    sink = Sink()
    lines = _bounded(lines_of(sketch), sink)
    _read(lines, context, sink)
    return TestSpec(
        language=name,
        entry=entry_record(entry),
        cases=tuple(sink.cases),
        unresolved=tuple(sink.unresolved),
    )


def _bounded(lines: list[Line], sink: Sink) -> list[Line]:
    """The lines with those that are too long to read left blank, and refused."""
    out, left = [], MAX_CHARS
    for line in lines:
        left -= len(line.text)
        if len(line.text) > MAX_LINE_CHARS or left < 0:
            sink.refuse(line.number, line.raw, "too-long")
            line = Line(line.number, line.raw, "")
        out.append(line)
    return out


def entry_record(entry: EntryPoint) -> Entry:
    """The entry point as the spec records it."""
    params = tuple((p.name, p.type, not p.required) for p in entry.params)
    function = entry.function
    return Entry(
        kind=entry.kind,
        name=entry.name,
        params=params,
        returns=function.returns if function is not None else "",
        is_async=function is not None and function.is_async,
    )


def _read(lines: list[Line], context: Context, sink: Sink) -> None:
    """Blocks where one starts, single lines between them."""
    at = 0
    while at < len(lines):
        if lines[at].blank:
            at += 1
            continue
        taken = next((n for block in BLOCKS if (n := block(lines, at, context, sink))), 0)
        if taken:
            at += taken
            continue
        line, count = joined(lines, at)
        at += count
        read = read_line(line.body, context)
        if not read.drafts and count > 1:
            at -= count - 1
            line = lines[at - 1]
            read = read_line(line.body, context)
        _keep(line, read.drafts, read.name, context, sink)


def _keep(line: Line, drafts: list[Draft], name: str, context: Context, sink: Sink) -> None:
    if drafts:
        sink.add(drafts, line=line.number, text=line.raw, name=name)
    else:
        sink.refuse(line.number, line.raw, why_unresolved(line.body, context))


def joined(lines: list[Line], at: int) -> tuple[Line, int]:
    """The line with those that follow it while a bracket is open, and how many they are."""
    line = lines[at]
    open_ = depth_change(line.text)
    if open_ <= 0:
        return line, 1
    text, count = line.text, 1
    while open_ > 0 and count < MAX_JOINED and at + count < len(lines):
        following = lines[at + count]
        if following.blank:
            break
        text += "\n" + following.text
        open_ = depth_change(text)
        count += 1
    return (Line(line.number, line.raw, text), count) if open_ == 0 else (line, 1)
