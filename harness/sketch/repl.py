"""Doctest and REPL exchanges: `>>> f(2)` with the answer on the lines after it."""

from __future__ import annotations

import re
import textwrap

from harness.sketch.calls import expression
from harness.sketch.context import EMPTY, Context, Draft, Scope
from harness.sketch.lines import why_unresolved
from harness.sketch.normalise import Line
from harness.sketch.outcomes import error_in, to_outcome
from harness.sketch.printers import printed, prints
from harness.sketch.relations import clause
from harness.sketch.scan import depth_change
from harness.sketch.sink import Sink

_PROMPT = re.compile(r"\s*(?:[-*]\s+)?(?:>>>|In\s*\[\d*\]:)\s?(?P<source>.*)")
_MORE = re.compile(r"\s*\.\.\.(?:\s(?P<source>.*))?$")
_ASSIGNED = re.compile(
    r"(?:const\s+|let\s+|var\s+)?(?P<name>[^\W\d]\w*)\s*:?=(?!=)\s*(?P<value>.+)", re.DOTALL
)
_ANSWER = re.compile(r"\s*(?:Out\s*\[\d*\]:|[-=]+>|→|➞)?\s*(?P<text>.*)")
_MAX_JOINED = 60


def repl(lines: list[Line], at: int, context: Context, sink: Sink) -> int:
    """The exchanges from line `at` on, with the variables that they share."""
    start = at
    scope: Scope | None = EMPTY
    waiting: list[Line] = []
    while at < len(lines):
        found = _PROMPT.match(lines[at].text)
        if found is None:
            if not lines[at].blank or not _another(lines, at):
                break
            at += 1
            continue
        first, source = lines[at], found.group("source")
        at += 1
        at, source = _whole_source(lines, at, source)
        answer: list[str] = []
        while at < len(lines) and not lines[at].blank and not _PROMPT.match(lines[at].text):
            if (
                answer
                and not answer[0].startswith("Traceback")
                and _called(source) not in context.printers
                and depth_change("\n".join(answer)) <= 0
            ):
                break
            text = _ANSWER.match(lines[at].text)
            if _called(source) in context.printers:
                answer.append(lines[at].text.replace("<BLANKLINE>", ""))
            else:
                answer.append(text.group("text").strip() if text else "")
            at += 1
        cases, refused = len(sink.cases), len(sink.unresolved)
        scope = _exchange(first, source.strip(), answer, scope, context, sink)
        if len(sink.cases) > cases:
            waiting.clear()
        elif len(sink.unresolved) == refused:
            waiting.append(first)
    for line in waiting:
        sink.refuse(line.number, line.raw, "no-value")
    return at - start


def _called(source: str) -> str:
    return source.strip().partition("(")[0]


def _another(lines: list[Line], at: int) -> bool:
    """Whether the next line with text is a prompt."""
    following = next((line for line in lines[at:] if not line.blank), None)
    return following is not None and _PROMPT.match(following.text) is not None


def _whole_source(lines: list[Line], at: int, source: str) -> tuple[int, str]:
    """The source with its `...` lines, and those that an open bracket or quote asks for."""
    while at < len(lines) and (more := _MORE.match(lines[at].text)) is not None:
        source += "\n" + (more.group("source") or "")
        at += 1
    joined, end = source, at
    while depth_change(joined) > 0 and end < len(lines) and end - at < _MAX_JOINED:
        if _PROMPT.match(lines[end].text) or lines[end].blank:
            break
        joined += "\n" + lines[end].text
        end += 1
    return (end, joined) if depth_change(joined) == 0 else (at, source)


def _exchange(
    line: Line, source: str, answer: list[str], scope: Scope | None, context: Context, sink: Sink
) -> Scope | None:
    """One prompt with its answer; the scope after it, None once a step was not understood."""
    source = source.rstrip(";").strip()
    if scope is None or not source:
        sink.refuse(line.number, line.raw, "unparsed")
        return scope
    reading = expression(source, context, scope)
    if reading is not None and answer:
        if prints(reading.call, context) and not answer[0].strip().startswith("Traceback"):
            text = textwrap.dedent("\n".join(answer)) + "\n"
            draft = printed(reading.call, text, "doctest", scope)
            sink.add([draft], line=line.number, text=line.raw)
            return scope
        if answer[0].strip().startswith("Traceback"):
            outcome = error_in(answer[-1].partition(":")[0].strip())
        else:
            outcome = to_outcome("\n".join(answer), context, reading.function)
        if outcome is not None:
            draft = Draft(reading.call, outcome, "doctest", reading.confidence, scope.setup)
            sink.add([draft], line=line.number, text=line.raw)
            return scope.with_do(reading.call) if scope.variables else scope
        sink.refuse(line.number, line.raw, "unparsed")
        return scope
    assigned = _ASSIGNED.fullmatch(source)
    if assigned is not None:
        value = context.parse(assigned.group("value"))
        if value is not None and not answer and context.closed(value, scope):
            return scope.with_new(assigned.group("name"), value)
    elif drafts := clause(source, context, scope):
        sink.add(drafts, line=line.number, text=line.raw)
        return scope.after(drafts)
    elif reading is not None:
        return scope.with_do(reading.call)
    elif re.match(r"(?:import|from)\s", source):
        return scope
    sink.refuse(line.number, line.raw, why_unresolved(line.body, context))
    return None if assigned is not None else scope
