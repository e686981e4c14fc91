"""Cases in tables: a JSON list of objects, a Go table of structs, a markdown table."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

from harness.sketch.calls import bare_arguments, to_call, unticked
from harness.sketch.context import Context, Draft, Outcome, Reading
from harness.sketch.normalise import Line
from harness.sketch.outcomes import error_in, raising, to_outcome
from harness.sketch.scan import mask, split_top
from harness.sketch.sink import Sink
from harness.sketch.spec import Comparator, Expr, Raises
from harness.sketch.values import of_float, of_int, settle_braces
from harness.structure import Function

_INPUT = ("input", "inputs", "args", "arguments", "params", "kwargs", "given", "call")
_OUTPUT = ("expected", "output", "expected_output", "result", "returns", "want", "expect")
_ERROR = ("raises", "throws", "error", "exception", "expected_error")
_NAME = ("name", "test", "case", "id", "description", "title", "test_name")
_STRUCT = re.compile(r"\[\]\s*struct\s*\{(?P<fields>[^{}]*)\}\s*\{")
_FIELD = re.compile(r"((?:[^\W\d]\w*\s*,\s*)*[^\W\d]\w*)\s+([^\s;][^;\n]*)")
_LABEL = re.compile(r"(?:name|desc|description|label|title|testname|scenario)", re.IGNORECASE)
_RULE = re.compile(r"[\s|:\-+]+")
_EXPECTED = re.compile(r"expect|output|result|return|want|raises", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:#|no\.?|test|name|case|desc|description|notes?|scenario|comment|why)\b", re.IGNORECASE
)


def lift(value: Any) -> Expr:
    """A JSON value as tagged lists."""
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int):
        return of_int(value)
    if isinstance(value, float):
        return of_float(value)
    if isinstance(value, str):
        return ["str", value]
    if isinstance(value, list):
        return ["list", [lift(v) for v in value]]
    return ["map", [[["str", str(k)], lift(v)] for k, v in value.items()]]


def json_cases(lines: list[Line], at: int, context: Context, sink: Sink) -> int:
    """A JSON list of cases, or an object that holds one, from line `at` on."""
    if not lines[at].text.lstrip().startswith(("[", "{")):
        return 0
    text = "\n".join(line.text for line in lines[at:])
    try:
        data, end = json.JSONDecoder().raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return 0
    if isinstance(data, dict):
        held = next((v for k, v in data.items() if k in ("tests", "cases", "test_cases")), None)
        data = held if isinstance(held, list) else [data]
    if not isinstance(data, list) or not data or not all(_is_case(d) for d in data):
        return 0
    rest = text[len(text) - len(text.lstrip()) + end :]
    if rest.strip() and not rest.startswith("\n"):
        return 0
    taken = len(lines) - at - rest.count("\n")
    starts = _object_lines(lines[at : at + taken], data)
    for item, line in zip(data, starts, strict=True):
        draft = _json_draft(item, context)
        if draft is None:
            sink.refuse(line.number, line.raw, "unparsed")
        else:
            name = next((str(item[k]) for k in _NAME if k in item), "")
            sink.add([draft], line=line.number, text=line.raw, name=name)
    return taken


def _is_case(item: Any) -> bool:
    return isinstance(item, dict) and any(k in item for k in (*_INPUT, *_OUTPUT, *_NAME))


def _object_lines(lines: list[Line], data: list[Any]) -> list[Line]:
    """For each object, the line on which its input key stands; the first line where unclear."""
    keys = re.compile('"(?:' + "|".join(_INPUT) + r')"\s*:')
    found = [line for line in lines for _ in keys.findall(line.text)]
    return found if len(found) == len(data) else [lines[0]] * len(data)


def _json_draft(item: dict[str, Any], context: Context) -> Draft | None:
    key = next((k for k in _INPUT if k in item), None)
    if key is None:
        return None
    if any(k in item for k in _ERROR):
        named = next(item[k] for k in _ERROR if k in item)
        outcome = error_in(str(named)) or (raising(None) if named is True else None)
    else:
        wanted = next((k for k in _OUTPUT if k in item), None)
        if wanted is None:
            return None
        outcome = _json_outcome(item[wanted])
    reading = _json_call(key, item[key], context)
    if reading is None or outcome is None:
        return None
    return Draft(reading.call, outcome, "json", reading.confidence)


def _json_outcome(value: Any) -> Outcome:
    if isinstance(value, str) and (error := error_in(value)) is not None:
        return error
    return Outcome(lift(value))


def _json_call(key: str, value: Any, context: Context) -> Reading | None:
    if key == "call":
        return to_call(str(value), context)
    function = context.entry.function
    if function is None:
        return None
    least, most = function.arity()
    params = [p.name for p in function.params]
    if isinstance(value, dict) and value and set(value) <= set(params):
        if any(p.required and p.name not in value for p in function.params):
            return None
        keywords = {k: lift(v) for k, v in value.items()}
        ordered = list(value) == params[: len(value)]
        args = list(keywords.values()) if ordered else []
        call = context.call(function, args, {} if ordered else keywords)
        return Reading(call, "json", 1.0, function)
    if isinstance(value, list) and least <= len(value) <= most:
        one = least <= 1 <= most and len(value) == 1 and key not in ("args", "arguments", "params")
        inner_only = one and "list" in function.params[0].type.lower()
        if not (inner_only and not isinstance(value[0], list)):
            call = context.call(function, [lift(v) for v in value], {})
            return Reading(call, "json", 0.8 if one else 1.0, function)
    if least <= 1 <= most:
        return Reading(context.call(function, [lift(value)], {}), "json", 1.0, function)
    return None


def go_table(lines: list[Line], at: int, context: Context, sink: Sink) -> int:
    """`tests := []struct{in, want string}{ {"abc", "cba"}, ... }` and the code around it."""
    function = context.entry.function
    if context.language != "go" or "struct" not in lines[at].text or function is None:
        return 0
    text = "\n".join(line.text for line in lines[at:])
    found = _STRUCT.search(text)
    if found is None or "\n" in text[: found.start()]:
        return 0
    fields = [
        (name.strip(), kind.strip())
        for names, kind in _FIELD.findall(found.group("fields").replace("\n", ";"))
        for name in names.split(",")
    ]
    hidden = mask("{" + text[found.end() :])
    closed = re.search(r"[^\x02]|$", hidden)
    end = found.end() - 1 + (closed.start() if closed else len(hidden))
    inner = text[found.end() : end - 1]
    offset = found.end()
    for row in re.finditer(r"\x02+", mask(inner)):
        number = text[: offset + row.start()].count("\n")
        line = lines[at + number]
        draft = _go_row(inner[row.start() + 1 : row.end() - 1], fields, function, context)
        if draft is None:
            sink.refuse(line.number, line.raw, "unparsed")
        else:
            sink.add([draft[1]], line=line.number, text=line.raw, name=draft[0])
    return max(1, text[:end].count("\n") + 1)


def _go_row(
    row: str, fields: list[tuple[str, str]], function: Function, context: Context
) -> tuple[str, Draft] | None:
    parts = split_top(row, ",")
    values: dict[str, Expr] = {}
    for i, part in enumerate(parts):
        keyed = re.fullmatch(r"([^\W\d]\w*)\s*:\s*(.*)", part, re.DOTALL)
        if i >= len(fields):
            return None
        name = keyed.group(1) if keyed else fields[i][0]
        value = context.parse(keyed.group(2) if keyed else part)
        kind = dict(fields).get(name, "")
        if value is None:
            return None
        values[name] = settle_braces(value, kind)
    label = next((n for n, kind in fields if _LABEL.fullmatch(n) and kind == "string"), "")
    title = values.get(label, ["str", ""])[1] if label else ""
    fails = next(
        (n for n, _ in fields if re.fullmatch(r"(?:want|expect)_?err(?:or)?", n, re.I)), ""
    )
    rest = [n for n, _ in fields if n not in (label, fails)]
    least, most = function.arity()
    failing = bool(fails) and values.get(fails) == ["bool", True]
    fits = least <= len(rest) - 1 <= most and all(n in values for n in rest[:-1])
    if not fits and not (failing and least <= len(rest) - 1):
        return None
    call = context.call(function, [values[n] for n in rest[:-1] if n in values], {})
    if failing:
        raises = Outcome(None, Comparator(op="raises"), Raises(any_error=True))
        return str(title), Draft(call, raises, "go-table")
    if rest[-1] not in values:
        return None
    return str(title), Draft(call, Outcome(values[rest[-1]]), "go-table")


def markdown_table(lines: list[Line], at: int, context: Context, sink: Sink) -> int:
    """A table with a heading for what is given and one for what is expected."""
    if at + 2 >= len(lines) or not lines[at].text.strip().startswith("|"):
        return 0
    rule = lines[at + 1].text.strip()
    if not _RULE.fullmatch(rule) or "-" not in rule:
        return 0
    heads = [h.strip(" `*") for h in _cells(lines[at].text)]
    params = {p.name.lower() for p in context.entry.params}
    wanted = next((i for i, h in enumerate(heads) if _EXPECTED.search(h)), len(heads) - 1)
    other = [i for i, h in enumerate(heads) if _OTHER.match(h) and h.lower() not in params]
    given = [i for i in range(len(heads)) if i != wanted and i not in other]
    end = at + 2
    while end < len(lines) and lines[end].text.strip().startswith("|"):
        line = lines[end]
        end += 1
        cells = [unticked(c.strip()) for c in _cells(line.text)]
        draft = _row(cells, heads, given, wanted, context) if len(cells) >= len(heads) else None
        name = cells[other[0]] if other and len(cells) > other[0] else ""
        if draft is None:
            sink.refuse(line.number, line.raw, "unparsed")
        else:
            sink.add([draft], line=line.number, text=line.raw, name=name)
    return end - at


def _row(
    cells: list[str], heads: list[str], given: list[int], wanted: int, context: Context
) -> Draft | None:
    """One row; columns that are parameters are given by name."""
    params = {p.name.lower() for p in context.entry.params}
    by_name = bool(given) and all(heads[i].lower() in params for i in given)
    if by_name:
        reading = bare_arguments(", ".join(f"{heads[i]}={cells[i]}" for i in given), context)
    else:
        reading = to_call(", ".join(cells[i] for i in given), context)
    if reading is None:
        return None
    outcome = to_outcome(cells[wanted], context, reading.function)
    if outcome is None:
        return None
    return Draft(reading.call, outcome, "table", reading.confidence)


def _cells(text: str) -> list[str]:
    text = text.strip().removeprefix("|").removesuffix("|")
    hidden = mask(text)
    cuts = [-1, *(i for i, c in enumerate(hidden) if c == "|"), len(text)]
    return [text[a + 1 : b].strip() for a, b in itertools.pairwise(cuts)]
