"""Cases under labels: Input and Output, YAML-like keys, Given/When/Then."""

from __future__ import annotations

import re

from harness.sketch.calls import to_call
from harness.sketch.context import Context, Draft
from harness.sketch.lines import stdio
from harness.sketch.normalise import Line, unbulleted
from harness.sketch.outcomes import error_in, to_outcome
from harness.sketch.scan import mask
from harness.sketch.sink import Sink
from harness.sketch.stateful import sequence

_GIVEN = re.compile(
    r"\s*(?:[-*]\s+|\d+[.)]\s+)?(?:sample\s+|example\s+)?(?:input|stdin)s?\s*#?\d*\s*(?::|$)\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"\s*(?:[-*]\s+)?(?:(?:sample|example|expected)\s+)*(?:output|stdout|expected|result|returns?)s?\s*#?\d*\s*(?::|$)\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\s*(?:explanation|note|constraints?|example|sample|test|case|scenario)\b.*", re.IGNORECASE
)
_KEY = re.compile(
    r"(?P<lead>\s*(?:-\s+)?)[\"']?(?P<key>[A-Za-z_]\w*)[\"']?\s*:(?!:)\s*(?P<value>.*)"
)
_INPUTS = frozenset({"input", "inputs", "args", "arguments", "params", "call", "kwargs", "given"})
_OUTPUTS = frozenset(
    {"expected", "output", "expected_output", "result", "returns", "want", "expect"}
)
_ERRORS = frozenset({"raises", "throws", "error", "expected_error", "exception"})
_NAMES = frozenset({"name", "test", "case", "id", "description", "title", "desc", "test_name"})
_STEP = re.compile(
    r"\s*(?:[-*]\s+)?(?P<word>scenario|given|when|then|and|but)\b[\s:]*(?P<rest>.*)", re.IGNORECASE
)
_ARTICLES = re.compile(
    r"(?:the\s+)?(?:an?\s+)?(?:input|string|list|value|number|array|integer|text|dict|tuple)\s*(?:is|of|:)?\s*",
    re.IGNORECASE,
)
_MAX_LINES = 400
_RESULT = re.compile(
    r"(?:it|the\s+)?\s*(?:result|output|return\s+value|returned\s+value|answer|function(?:\s+result)?)?\s*"
    r"(?:is|should\s+be|should\s+equal|equals|returns|==|will\s+be|should\s+return|should|be|must\s+be)?\s+",
    re.IGNORECASE,
)


def input_output(lines: list[Line], at: int, context: Context, sink: Sink) -> int:
    """`Input:` with `Output:` after it: a run of the program, or a call of the function."""
    found = _GIVEN.fullmatch(lines[at].text)
    if found is None or _WANTED.search(mask(found.group("rest"))):
        return 0
    given = [found.group("rest")] if found.group("rest").strip() else []
    end = at + 1
    while end < len(lines) and _WANTED.fullmatch(lines[end].text) is None:
        if _GIVEN.fullmatch(lines[end].text) or len(given) > _MAX_LINES:
            return 0
        given.append(lines[end].text)
        end += 1
    if end >= len(lines):
        return 0
    label = _WANTED.fullmatch(lines[end].text)
    inline = label.group("rest") if label else ""
    wanted = [inline] if inline.strip() else []
    end += 1
    while end < len(lines) and not _ends(lines, end, inline):
        wanted.append(lines[end].text)
        end += 1
    drafts = _run_or_call(given, wanted, context)
    if not drafts:
        if lines[at].blank:
            return 0
        sink.refuse(lines[at].number, lines[at].raw, "unparsed")
        return end - at
    name = ""
    before = lines[at - 1].body.rstrip(": ") if at else ""
    if re.fullmatch(r"[\w .-]{1,60}", before):
        name = before
    sink.add(drafts, line=lines[at].number, text=lines[at].raw, name=name)
    return end - at


def _ends(lines: list[Line], at: int, inline: str) -> bool:
    """Whether the output is over: at another label, or at a blank line before one."""
    text = lines[at].text
    if _GIVEN.fullmatch(text) or _STOP.fullmatch(text):
        return True
    if not lines[at].blank:
        return bool(inline.strip())
    following = next((line.text for line in lines[at:] if not line.blank), None)
    return following is None or bool(
        inline.strip() or _GIVEN.fullmatch(following) or _STOP.fullmatch(following)
    )


def _run_or_call(given: list[str], wanted: list[str], context: Context) -> list[Draft]:
    structure, function = context.structure, context.entry.function
    program = structure.reads_stdin and (
        context.entry.kind == "program" or structure.has_main or structure.runs_at_top
    )
    if (function is not None and function.params) or not program:
        text, answer = ", ".join(g.strip() for g in given if g.strip()), "\n".join(wanted).strip()
        reading = to_call(text, context)
        outcome = to_outcome(answer, context, reading.function) if reading else None
        if reading is not None and outcome is not None:
            return [Draft(reading.call, outcome, "input-output", reading.confidence)]
        return []
    dedented = [_dedent(given), _dedent(wanted)]
    if not dedented[1].strip():
        return []
    return [stdio(dedented[0] + "\n" if dedented[0] else "", dedented[1], "stdio-block")]


def _dedent(lines: list[str]) -> str:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    margin = min((len(t) - len(t.lstrip()) for t in lines if t.strip()), default=0)
    return "\n".join(t[margin:] for t in lines)


def yaml_like(lines: list[Line], at: int, context: Context, sink: Sink) -> int:
    """`- name: x` / `input: ...` / `expected: ...`; nested keys are named arguments."""
    first = _KEY.fullmatch(lines[at].text)
    if first is None or first.group("key").lower() not in _INPUTS | _NAMES:
        return 0
    if "-" not in first.group("lead") and _GIVEN.fullmatch(lines[at].text):
        return 0
    end = at + 1
    while end < min(len(lines), at + _MAX_LINES) and not lines[end].blank:
        found = _KEY.fullmatch(lines[end].text)
        again = (
            found is not None
            and "-" in found.group("lead")
            and found.group("lead").index("-") <= len(first.group("lead").rstrip("- "))
        )
        if again or (found is None and not lines[end].text.lstrip().startswith("-")):
            break
        end += 1
    fields = _fields(lines[at:end])
    given = next((v for k, v in fields.items() if k in _INPUTS), None)
    wanted = next((v for k, v in fields.items() if k in _OUTPUTS), None)
    error = next((v for k, v in fields.items() if k in _ERRORS), None)
    if given is None or (wanted is None and error is None):
        return 0
    reading = to_call(given, context)
    function = reading.function if reading is not None else None
    outcome = error_in(error) if error else to_outcome(wanted or "", context, function)
    if reading is None or outcome is None:
        if "-" not in first.group("lead") and first.group("key").lower() in _INPUTS:
            return 0
        sink.refuse(lines[at].number, lines[at].raw, "unparsed")
        return end - at
    name = next((v for k, v in fields.items() if k in _NAMES), "").strip("\"'")
    draft = Draft(reading.call, outcome, "yaml", reading.confidence)
    sink.add([draft], line=lines[at].number, text=lines[at].raw, name=name)
    return end - at


def _fields(lines: list[Line]) -> dict[str, str]:
    """Keys to their text; what is nested under a key is joined as named arguments or values."""
    out: dict[str, str] = {}
    current, depth = "", -1
    for line in lines:
        found = _KEY.fullmatch(line.text)
        indent = len(found.group("lead")) if found else line.indent
        if found is not None and (depth < 0 or indent <= depth):
            depth = indent
            current = found.group("key").lower()
            out[current] = found.group("value").strip()
        elif current:
            inner = line.text.strip()
            part = f"{found.group('key')}={found.group('value')}" if found else inner.lstrip("- ")
            out[current] = f"{out[current]}, {part}" if out[current] else part
    return out


def given_when_then(lines: list[Line], at: int, context: Context, sink: Sink) -> int:
    """One scenario: `Given n = 10`, `When fib is called`, `Then the result is 55`."""
    first = _STEP.fullmatch(lines[at].text)
    if first is None or first.group("word").lower() not in ("scenario", "given"):
        return 0
    steps: dict[str, list[str]] = {"given": [], "when": [], "then": []}
    title, word, end = "", "", at
    while end < len(lines):
        found = _STEP.fullmatch(lines[end].text)
        if found is None:
            if not lines[end].blank or not _more_steps(lines, end):
                break
            end += 1
            continue
        key = found.group("word").lower()
        if key in ("scenario", "given") and (word == "then" or (key == "scenario" and word)):
            break
        if key == "scenario":
            title, word = found.group("rest").strip(), "scenario"
        else:
            word = word if key in ("and", "but") else key
            if word not in steps:
                return 0
            steps[word].append(unbulleted(found.group("rest")))
        end += 1
    if not steps["then"] or not steps["given"] + steps["when"]:
        return 0
    drafts = _scenario(steps, context)
    if drafts:
        sink.add(drafts, line=lines[at].number, text=lines[at].raw, name=title)
    else:
        for line in lines[at:end]:
            sink.refuse(line.number, line.raw, "unparsed")
    return end - at


def _more_steps(lines: list[Line], at: int) -> bool:
    following = next((line.text for line in lines[at:] if not line.blank), "")
    found = _STEP.fullmatch(following)
    return found is not None and found.group("word").lower() in ("when", "then", "and", "but")


def _scenario(steps: dict[str, list[str]], context: Context) -> list[Draft]:
    if context.entry.kind == "class":
        return sequence("; ".join([*steps["given"], *steps["when"], *steps["then"]]), context)
    name = context.entry.name
    called = [w for w in steps["when"] if name and re.search(rf"\b{re.escape(name)}\s*\(", w)]
    text = called[0] if called else ", ".join(steps["given"])
    reading = to_call(text.rstrip("."), context)
    if reading is None:
        bare = _ARTICLES.match(text)
        reading = to_call(text[bare.end() :].rstrip("."), context) if bare else None
    if reading is None:
        return []
    out = []
    for then in steps["then"]:
        outcome = error_in(then) or to_outcome(then, context, reading.function)
        if outcome is None and (found := _RESULT.match(then)):
            outcome = to_outcome(then[found.end() :], context, reading.function)
        if outcome is None:
            return []
        out.append(Draft(reading.call, outcome, "given-when-then", reading.confidence))
    return out
