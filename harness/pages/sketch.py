"""The test sketch of a page to DOM-level cases.

Each line is a case of its own on a fresh page, with three exceptions, all of which say so
themselves: lines under one scenario heading ("Scenario: ...", "Test 2: adding items") go on from
each other; a line that begins with "then", "next" or "after that" goes on from the line before; and
a line of steps without a check is the beginning of the next one. A line that only checks, after a
line that did something and in the same list, may mean the page as it was left: it is tried on a
fresh page with little confidence.

Lines of code (Playwright, the DOM's own names, assertions) run as one program to the next blank
line, `test(...)` or `goto`. Tables of steps in JSON are scenarios. What is not read in full is kept
as unresolved with its reason; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.pages.cases import PageCase
from harness.pages.code import CodeReader
from harness.pages.code_parts import looks_like_code
from harness.pages.expectations import Expectation
from harness.pages.prose import read_prose
from harness.pages.steptable import read_table, unfolded
from harness.sketch.normalise import Line, lines_of
from harness.sketch.spec import Unresolved
from runners.pages.steps import PageStep

MAX_CASES = 500
MAX_CHARS = 200_000
MAX_LINE_CHARS = 1_000
MAX_BLOCK = 400
"""Lines of one run of code."""
MAX_STEPS = 100
"""Steps of one case."""
_GOES_ON = re.compile(
    r"(?:and\s+)?(?:then|next|after that|afterwards|finally)\b[\s,:]*", re.IGNORECASE
)
_HEADING = re.compile(
    r"(?:#{1,6}\s+.+|\*\*.+\*\*:?|(?:scenario|feature|flow)\b.{0,120}|[\w /&()'-]{1,80}:)\s*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\s*(?:\(?\d{1,3}[.)]|[-*•])\s+")
_AT_FIRST = re.compile(
    r"\b(?:initially|by default|on (?:page )?load|at first|at the start)\b", re.I
)
_UNSURE = 0.6
_BY_ID = 0.7


@dataclass(frozen=True, slots=True)
class PageSketch:
    """The cases of a sketch, and the lines that gave none."""

    cases: tuple[PageCase, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()


@dataclass(slots=True)
class _State:
    """What the lines so far leave for the next one."""

    ids: tuple[str, ...] = ()
    cases: list[PageCase] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    last: tuple[PageStep, ...] = ()
    """Steps up to the line before."""
    pending: bool = False
    """These have had no check yet."""
    scenario: bool = False
    acted: bool = False
    """A line of this list did something."""

    def add(
        self, line: Line, steps: tuple[PageStep, ...], told: Iterable[Expectation], sure: float
    ) -> None:
        """One case for each expectation."""
        for each in told:
            if len(self.cases) >= MAX_CASES or len(steps) > MAX_STEPS:
                self.refuse(line, "too_many")
                return
            if _named_by_us(line, steps, each):
                sure = min(sure, _BY_ID)
            self.cases.append(
                PageCase(
                    f"c{len(self.cases) + 1}", line.number, line.raw.strip(), steps, each.probe,
                    each.expect, each.comparator, round(min(sure, each.confidence), 2),
                )
            )  # fmt: skip

    def refuse(self, line: Line, reason: str) -> None:
        """A line that gave no case."""
        self.unresolved.append(Unresolved(line=line.number, text=line.raw.strip(), reason=reason))

    def fresh(self, *, scenario: bool = False) -> None:
        """The next line starts on a fresh page."""
        self.last, self.pending, self.scenario, self.acted = (), False, scenario, False


def compile_page_sketch(sketch: str, ids: tuple[str, ...] = ()) -> PageSketch:
    """The cases of a page's sketch. Deterministic; never raises. With the page's element `ids` a
    plain noun is read too where it is one of them ("the total" is `#total`), with less confidence.

    Reasons of unresolved lines: unparsed (not read in full), no_check (steps that nothing follows),
    goes_on (continues a line that was not read), too_long, too_many.
    """
    state = _State(ids=ids)
    lines = unfolded(lines_of(sketch[:MAX_CHARS]))
    table = read_table(sketch[:MAX_CHARS])
    if table is not None:
        for scenario in table:
            state.fresh()
            for number, steps, told in scenario:
                line = lines[min(number, len(lines)) - 1]
                state.last = (*state.last, *steps)
                state.add(line, state.last, told, 1.0)
        return PageSketch(tuple(state.cases), tuple(state.unresolved))
    at = 0
    while at < len(lines):
        if not lines[at].blank and looks_like_code(lines[at].body):
            _settle(state, lines, at)
            state.fresh()
            at = _code(state, lines, at)
            continue
        _prose(state, lines, at)
        at += 1
    _settle(state, lines, len(lines))
    return PageSketch(tuple(state.cases), tuple(state.unresolved))


def _settle(state: _State, lines: list[Line], at: int) -> None:
    """Steps that no check follows are said to be none."""
    if state.pending:
        before = next((line for line in reversed(lines[:at]) if not line.blank), None)
        if before is not None:
            state.refuse(before, "no_check")
        state.pending = False


def _code(state: _State, lines: list[Line], at: int) -> int:
    """Reads lines of code to the next blank line or prose; gives where it stopped."""
    end = at
    depth = 0
    while end < min(len(lines), at + MAX_BLOCK) and not (lines[end].blank and depth <= 0):
        body = lines[end].body
        if depth <= 0 and end > at and not looks_like_code(body):
            break
        depth += sum(body.count(c) for c in "({[") - sum(body.count(c) for c in ")}]")
        end += 1
    reader = CodeReader()
    for line, steps, told in reader.read([(x.number, x.text) for x in lines[at:end]]):
        found = next(x for x in lines if x.number == line)
        if told is None:
            state.refuse(found, steps if isinstance(steps, str) else "unparsed")
        elif not isinstance(steps, str):
            state.add(found, steps, told, 1.0)
    return end


def _prose(state: _State, lines: list[Line], at: int) -> None:
    line = lines[at]
    if line.blank:
        if not state.scenario:
            _settle(state, lines, at)
            state.fresh()
        return
    if len(line.text) > MAX_LINE_CHARS:
        state.refuse(line, "too_long")
        return
    body = line.body.strip().strip("*").strip()
    goes_on = _GOES_ON.match(body)
    read = read_prose(body[goes_on.end() :] if goes_on else body, state.ids)
    if isinstance(read, str):
        if _HEADING.fullmatch(line.text.strip()) and not _NUMBERED.match(line.text):
            _settle(state, lines, at)
            state.fresh(scenario=True)
            return
        state.refuse(line, read)
        if state.scenario or state.pending:
            # what follows would go on from a page that we cannot bring about
            state.pending = False
            state.last = _BROKEN
        return
    if state.last is _BROKEN and (goes_on or state.scenario):
        state.refuse(line, "goes_on")
        return
    on = bool(goes_on) or state.scenario or state.pending
    steps = (*state.last, *read.steps) if on and state.last is not _BROKEN else read.steps
    lone = not read.steps and not on and state.acted and not _AT_FIRST.search(body)
    state.add(line, steps, read.expectations, _UNSURE if lone else 0.9 if state.scenario else 1.0)
    state.last = steps
    state.pending = not read.expectations
    state.acted = state.acted or bool(read.steps)


def _named_by_us(line: Line, steps: tuple[PageStep, ...], told: Expectation) -> bool:
    """Whether an element is named by an id that does not stand on the line."""
    targets = [step.target for step in steps[-1:]] + [told.probe.target]
    return any(
        each is not None and re.fullmatch(r"#[\w-]+", each.value) and each.value[1:] not in line.raw
        for each in targets
    )


_BROKEN: tuple[PageStep, ...] = (PageStep("wait", value=-1),)
"""In place of steps that were not read."""
