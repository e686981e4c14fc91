"""Test bodies: indented under `def test_x():` or `test_x:`, or in braces: `test("x", ...)`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.sketch.calls import expression
from harness.sketch.context import EMPTY, Context, Scope
from harness.sketch.lines import prefixes, read_line, why_unresolved
from harness.sketch.normalise import Line, unbulleted
from harness.sketch.outcomes import raising
from harness.sketch.relations import draft
from harness.sketch.scan import depth_change, mask, split_top
from harness.sketch.sink import Sink
from harness.sketch.values import is_constant

_DEF = re.compile(
    r"\s*(?:async\s+)?def\s+(?P<name>\w+)\s*\((?P<params>.*)\)\s*(?:->\s*[\w.]+\s*)?:\s*(?P<rest>.*)"
)
_LABEL = re.compile(
    r"\s*(?:[-*]\s+|\d+[.)]\s+)?(?P<name>(?:test|it|should)[\w /.-]*?)(?:\(\))?\s*:\s*",
    re.IGNORECASE,
)
_JS = re.compile(
    r"\s*(?:test|it)(?:\.only)?\s*\(\s*(?P<q>[\"'`])(?P<name>.*?)(?P=q)\s*,\s*(?:async\s*)?(?:\(\s*\w*\s*\)\s*=>|function\s*\w*\(\s*\w*\s*\))\s*"
)
_NATIVE = re.compile(
    r"\s*(?:func\s+(?P<go>Test\w*)\s*\(\s*t\s+\*testing\.T\s*\)"
    r"|(?:pub\s+)?(?:async\s+)?fn\s+(?P<rust>\w+)\s*\(\s*\)"
    r"|(?:@Test\s+)?(?:public\s+|private\s+)?void\s+(?P<java>\w+)\s*\(\s*\)(?:\s*throws\s+\w+)?"
    r"|TEST(?:_F)?\s*\(\s*\w+\s*,\s*(?P<cpp>\w+)\s*\))\s*(?=\{)"
)
_SHELL = re.compile(
    r"\s*(?:class\s+Test\w*.*:|(?:public\s+)?class\s+\w*Tests?\s*\{|describe\s*\(.*\{|#\[(?:cfg\()?test\)?\]|@Test"
    r"|mod\s+tests\s*\{|use\s+super::\*;|\}\s*\)?\s*;?|import\s+[\w.*{} ,]+(?:\s+from\s+.*)?;?"
    r"|from\s+[\w.]+\s+import\s+.*"
    r"|(?:const|let|var)\s.*require\(.*\);?|if\s+__name__.*|(?:pytest|unittest)\.main\(.*\))\s*"
)
_WITH = re.compile(
    r"with\s+(?:pytest|self)\.(?:raises|assertRaises|assertRaisesRegex)\s*\((?P<args>.*)\)(?:\s+as\s+\w+)?\s*:\s*(?P<rest>.*)"
)
_ASSIGN = re.compile(
    r"(?:(?:const|let(?:\s+mut)?|var|auto|final|int|double|float|bool|boolean|String|std::string|long)\s+)?"
    r"(?P<name>[^\W\d]\w*)(?:\s*:\s*[^=]+?)?\s*:?=(?!=)\s*(?P<value>.+)",
    re.DOTALL,
)
_EQUALITY = re.compile(r"==|=>|→|->|:(?!=)")
_REMARK = re.compile(r"\s*(?:#|//|\"\"\").*|pass|\.\.\.")


@dataclass(slots=True)
class _Test:
    """A test that is being read: what it has made so far."""

    scope: Scope
    constants: dict[str, str]
    given: set[str]
    """Variables that were handed to the code: their value may have changed."""
    refused: bool = False


def bodies(lines: list[Line], at: int, context: Context, sink: Sink) -> int:
    """Reads the test that starts on line `at`; lines that only frame tests are taken too."""
    text = lines[at].text
    if text.strip() and _SHELL.fullmatch(text):
        return 1
    if found := _DEF.fullmatch(text):
        end, inner = _indented(lines, at)
        params = [p for p in split_top(found.group("params"), ",") if p.split(":")[0] != "self"]
        if found.group("rest"):
            inner = [Line(lines[at].number, lines[at].raw, found.group("rest")), *inner]
        if params and not found.group("rest") and not inner:
            return 0
        if params:
            sink.refuse(lines[at].number, lines[at].raw, "needs-mock")
            return end - at
        _read(found.group("name"), inner, context, sink, lines[at])
        return end - at
    if (found := _LABEL.fullmatch(text)) is not None:
        end, inner = _indented(lines, at)
        if inner:
            _read(found.group("name"), inner, context, sink, lines[at])
            return end - at
        return 0
    found = _JS.match(text) or _NATIVE.match(text)
    if found is not None:
        return _braced(lines, at, found, context, sink)
    if _WITH.fullmatch(text.strip()):
        end, inner = _indented(lines, at)
        _read("", [lines[at], *inner], context, sink, lines[at])
        return end - at
    return _one_liner(lines[at], context, sink)


def _one_liner(line: Line, context: Context, sink: Sink) -> int:
    """`result = f(3); result == 3`; sequences on an object are read as such elsewhere."""
    if ";" not in line.text or context.entry.kind == "class":
        return 0
    for name, rest in [("", line.body), *prefixes(line.body)]:
        parts = split_top(rest, ";")
        first = mask(parts[0]) if parts else ""
        if len(parts) > 1 and _ASSIGN.fullmatch(parts[0]) and not _EQUALITY.search(first):
            _read(name, [Line(line.number, line.raw, part) for part in parts], context, sink, line)
            return 1
    return 0


def _indented(lines: list[Line], at: int) -> tuple[int, list[Line]]:
    """Where the body under line `at` ends, and its lines that are not blank."""
    end = at + 1
    while end < len(lines) and (lines[end].blank or lines[end].indent > lines[at].indent):
        end += 1
    while end > at + 1 and lines[end - 1].blank:
        end -= 1
    return end, [line for line in lines[at + 1 : end] if not line.blank]


def _braced(lines: list[Line], at: int, found: re.Match[str], context: Context, sink: Sink) -> int:
    """A body in braces, over as many lines as its bracket is open."""
    name = next((v for k, v in found.groupdict().items() if k != "q" and v), "")
    text, end = lines[at].text, at + 1
    while depth_change(text) > 0 and end < len(lines):
        text += "\n" + lines[end].text
        end += 1
    start = found.end()
    hidden = mask(text[start:])
    close = re.search(r"[^\x02]|$", hidden)
    block = text[start : start + (close.start() if close else len(hidden))].strip()
    if depth_change(text) != 0:
        return 0
    if block.startswith("{") and block.endswith("}"):
        inner, offset = block[1:-1], text.index("{", start) + 1
    else:
        inner, offset = text[start:].strip().rstrip(";").removesuffix(")"), start
    statements = []
    for place, statement in _statements(inner):
        line = lines[at + text[: offset + place].count("\n")]
        statements.append(Line(line.number, line.raw, statement))
    _read(name, statements, context, sink, lines[at])
    return end - at


def _statements(text: str) -> list[tuple[int, str]]:
    """Statements with their offsets: cut at semicolons and line ends outside brackets."""
    hidden = mask(text)
    out, start = [], 0
    for i, char in enumerate(hidden + ";"):
        if char in ";\n":
            piece = text[start:i]
            if piece.strip():
                out.append((start + len(piece) - len(piece.lstrip()), piece.strip()))
            start = i + 1
    return out


def _read(name: str, body: list[Line], context: Context, sink: Sink, head: Line) -> None:
    """The statements of one test in order; one that is not understood ends it."""
    before, refused = len(sink.cases), len(sink.unresolved)
    test = _Test(EMPTY, {}, set())
    at = 0
    while at < len(body):
        line = body[at]
        at += 1
        text = line.text
        while depth_change(text) > 0 and at < len(body):
            text += "\n" + body[at].text
            at += 1
        text = text.strip()
        text = (text if _REMARK.fullmatch(text) else unbulleted(text)).rstrip(";").strip()
        if _REMARK.fullmatch(text) or not text:
            continue
        raising_block = _WITH.fullmatch(text)
        if raising_block is not None:
            held = [raising_block.group("rest").strip()] if raising_block.group("rest") else []
            while at < len(body) and body[at].indent > line.indent:
                held.append(body[at].text.strip())
                at += 1
            inner = held[0] if len(held) == 1 else ""
            understood = _with(line, raising_block.group("args"), inner, name, test, context, sink)
        else:
            understood = _statement(line, text, name, test, context, sink)
        if not understood:
            sink.refuse(line.number, line.raw, why_unresolved(text, context))
            if not _only_asks(text):
                for rest in body[at:]:
                    sink.refuse(rest.number, rest.raw, "unparsed")
                break
    if len(sink.cases) == before and len(sink.unresolved) == refused:
        sink.refuse(head.number, head.raw, "no-value")


def _only_asks(text: str) -> bool:
    """Whether a statement changes nothing that later ones see."""
    return text.startswith(("assert", "expect", "self.assert", "//", "#"))


def _with(
    line: Line, args: str, inner: str, name: str, test: _Test, context: Context, sink: Sink
) -> bool:
    parts = split_top(args, ",")
    match = next((re.fullmatch(r"match\s*=\s*r?([\"'])(.*)\1", p) for p in parts[1:]), None)
    words = match.group(2) if match else None
    if not parts or (words and re.search(r"[\\^$.*+?()\[\]{}|]", words)):
        words = None
    reading = expression(inner.rstrip(";"), context, test.scope)
    if not parts or reading is None or not re.fullmatch(r"[\w.]+", parts[0]):
        return False
    made = draft(reading, raising(parts[0], words), test.scope, rule="raises-block")
    sink.add([made], line=line.number, text=line.raw, name=name)
    return True


def _statement(line: Line, text: str, name: str, test: _Test, context: Context, sink: Sink) -> bool:
    """An assertion, an assignment or a call for its effect."""
    assigned = _ASSIGN.fullmatch(text)
    if assigned is not None and not re.match(r"(?:assert|expect)\b", text):
        value = context.parse(assigned.group("value"))
        if value is not None and context.closed(value, test.scope):
            variable = assigned.group("name")
            test.scope = test.scope.with_new(variable, value)
            if is_constant(value):
                test.constants[variable] = assigned.group("value").strip()
            test.given |= _mentioned(assigned.group("value"), test)
            return True
    for trial in (text, _substituted(text, test)):
        read = read_line(trial, context, test.scope) if trial else None
        if read is not None and read.drafts:
            sink.add(read.drafts, line=line.number, text=line.raw, name=name)
            test.scope = test.scope.after(read.drafts)
            test.given |= _mentioned(text, test)
            return True
    reading = expression(text, context, test.scope)
    if reading is None:
        return False
    test.given |= _mentioned(text, test)
    test.scope = test.scope.with_do(reading.call)
    return True


def _mentioned(text: str, test: _Test) -> set[str]:
    return {v for v in test.scope.variables if re.search(rf"\b{re.escape(v)}\b", text)}


def _substituted(text: str, test: _Test) -> str:
    """The statement with constants that the code never saw written out: `expected = [1]`."""
    free = {k: v for k, v in test.constants.items() if k not in test.given}
    if not free:
        return ""
    pattern = re.compile(r"(?<![\w.])(" + "|".join(map(re.escape, free)) + r")(?![\w(])")
    return pattern.sub(lambda m: free[m.group()], text)
