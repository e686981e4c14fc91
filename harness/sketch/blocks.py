"""Whole-sketch shapes, first match wins: JSON, tables, Input/Output, YAML-like, Given/When/Then, REPL."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.sketch.calls import expression
from harness.sketch.context import EMPTY, Context, Draft, Scope
from harness.sketch.lines import read_line, why_unresolved
from harness.sketch.normalise import Line
from harness.sketch.outcomes import error_in, to_outcome
from harness.sketch.relations import clause
from harness.sketch.scan import depth_change
from harness.sketch.sink import Sink

Block = Callable[[list[Line], Context, Sink], bool]
_PROMPT = re.compile(r"\s*(?:>>>|In\s*\[\d*\]:)\s?(?P<source>.*)")
_MORE = re.compile(r"\s*\.\.\.(?:\s(?P<source>.*))?$")
_ASSIGNED = re.compile(r"(?P<name>[^\W\d]\w*)\s*=(?!=)\s*(?P<value>.+)", re.DOTALL)


def repl(lines: list[Line], context: Context, sink: Sink) -> bool:
    """`>>> f(2)` with the answer on the next lines; other lines are read as they stand."""
    if not any(_PROMPT.match(line.text) for line in lines):
        return False
    scope: Scope | None = EMPTY
    at = 0
    while at < len(lines):
        found = _PROMPT.match(lines[at].text)
        if found is None:
            _plain_line(lines[at], context, sink)
            at += 1
            continue
        start, source = lines[at], found.group("source")
        at += 1
        while at < len(lines) and (
            (more := _MORE.match(lines[at].text)) is not None or _goes_on(source, lines[at])
        ):
            source += "\n" + ((more.group("source") or "") if more else lines[at].text)
            at += 1
        answer: list[str] = []
        while at < len(lines) and not lines[at].blank and not _PROMPT.match(lines[at].text):
            if answer and not answer[0].startswith("Traceback") and not _goes_on("\n".join(answer), None):
                break
            answer.append(lines[at].text.strip())
            at += 1
        scope = _exchange(start, source.strip(), answer, scope, context, sink)
    return True


def _goes_on(source: str, following: Line | None) -> bool:
    if depth_change(source) > 0:
        return following is None or not following.blank
    return False


def _plain_line(line: Line, context: Context, sink: Sink) -> None:
    if line.blank:
        return
    read = read_line(line.body, context)
    if read.drafts:
        sink.add(read.drafts, line=line.number, text=line.raw, name=read.name)
    else:
        sink.refuse(line.number, line.raw, why_unresolved(line.body, context))


def _exchange(
    line: Line, source: str, answer: list[str], scope: Scope | None, context: Context, sink: Sink
) -> Scope | None:
    """One prompt with its answer; the scope after it, None once a step was not understood."""
    source = source.rstrip(";").strip()
    if scope is None or not source:
        sink.refuse(line.number, line.raw, "unparsed")
        return scope
    drafts: list[Draft] = []
    reading = expression(source, context, scope)
    if answer and reading is not None:
        if answer[0].startswith("Traceback"):
            name, _, message = answer[-1].partition(":")
            outcome = error_in(name.strip())
        else:
            outcome = to_outcome("\n".join(answer), context, reading.function)
        if outcome is not None:
            drafts = [Draft(reading.call, outcome, "doctest", reading.confidence, scope.setup)]
            sink.add(drafts, line=line.number, text=line.raw)
            return scope.with_do(reading.call) if scope.variables else scope
        sink.refuse(line.number, line.raw, "unparsed")
        return scope
    if not answer or answer == ["True"]:
        drafts = clause(source, context, scope)
        if drafts:
            sink.add(drafts, line=line.number, text=line.raw)
            return scope
    assigned = _ASSIGNED.fullmatch(source)
    if assigned is not None and not answer:
        value = context.parse(assigned.group("value"))
        if value is not None and context.closed(value, scope):
            return scope.with_new(assigned.group("name"), value)
    elif reading is not None and not answer:
        return scope.with_do(reading.call)
    if re.match(r"(?:import|from)\s", source):
        return scope
    sink.refuse(line.number, line.raw, why_unresolved(line.body, context))
    return None if assigned is not None else scope


BLOCKS: tuple[Block, ...] = (repl,)
