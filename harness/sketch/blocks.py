"""Shapes that span lines, first match wins; each says how many lines it took."""

from __future__ import annotations

from collections.abc import Callable

from harness.sketch.bodies import bodies
from harness.sketch.context import Context
from harness.sketch.labelled import given_when_then, input_output, yaml_like
from harness.sketch.normalise import Line
from harness.sketch.repl import repl
from harness.sketch.sink import Sink
from harness.sketch.tables import go_table, json_cases, markdown_table

Block = Callable[[list[Line], int, Context, Sink], int]
"""(lines, place, context, sink) to the number of lines taken; 0 where the shape does not start."""

BLOCKS: tuple[Block, ...] = (
    json_cases,
    go_table,
    markdown_table,
    yaml_like,
    input_output,
    given_when_then,
    repl,
    bodies,
)
