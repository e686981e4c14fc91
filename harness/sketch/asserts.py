"""Assert calls of pytest, unittest, jest, chai, JUnit, Rust, Go and C++ to cases."""

from __future__ import annotations

import re

from harness.sketch.calls import expression, to_call
from harness.sketch.context import Context, Draft, Outcome, Reading, Scope
from harness.sketch.outcomes import approx, constant, raising, to_outcome
from harness.sketch.relations import clause, draft
from harness.sketch.scan import mask, split_top
from harness.sketch.spec import Comparator, ComparatorOp
from harness.sketch.values import number

_CALL = re.compile(
    r"(?:[A-Za-z_]\w*(?:\.|::))*(?P<name>[A-Za-z_]\w*!?)\s*\((?P<body>.*)\)", re.DOTALL
)
_EXPECT = re.compile(
    r"(?:await\s+)?expect\s*\((?P<left>.*)\)\s*(?P<path>(?:\.\w+)*)\.(?P<name>\w+)(?:\((?P<right>.*)\))?",
    re.DOTALL,
)
_EQUAL = frozenset({"assert_eq!", "assertequals", "assertequal", "assert_equal", "assert_equals",
                    "assertarrayequals", "assertiterableequals", "assertlistequal",
                    "assertdictequal", "assertsetequal", "asserttupleequal", "strictequal",
                    "deepequal", "deepstrictequal", "equal", "equals", "same", "expect_eq",
                    "assert_that_eq", "assertsequenceequal", "assertmultilineequal",
                    "expect_streq", "elementsmatch", "assertcountequal", "assertalmostequal",
                    "assertis", "require_eq", "check_eq"})  # fmt: skip
_OPS: dict[str, ComparatorOp] = {"assertcountequal": "unordered", "elementsmatch": "unordered"}
_TRUE = frozenset({"asserttrue", "assert!", "expect_true", "assert_true", "true", "ok", "assert"})
_FALSE = frozenset({"assertfalse", "expect_false", "assert_false", "false", "isfalse"})
_UNEQUAL = frozenset({"assertnotequal", "assertnotequals", "assert_ne!", "expect_ne", "notequal"})
_RAISES = frozenset({"assert_raises", "assertraises", "assertthrows", "throws", "expect_throw",
                     "rejects", "assertthrowsexactly", "assertraisesregex", "raises",
                     "panics"})  # fmt: skip
_ANY = frozenset({"expect_any_throw", "error", "assert_err"})
_NULL = frozenset({"assertnull", "assertisnone", "isnull", "nil"})
_NOT_NULL = frozenset({"assertnotnull", "assertisnotnone", "notnil"})
_CLOSE = frozenset({"expect_near", "assert_near", "indelta"})
_ORDERED: dict[str, ComparatorOp] = {
    "assertgreater": "gt", "assertgreaterequal": "ge", "assertless": "lt", "assertlessequal": "le",
    "expect_gt": "gt", "expect_ge": "ge", "expect_lt": "lt", "expect_le": "le", "greater": "gt",
    "less": "lt",
}  # fmt: skip
_MEMBER: dict[str, ComparatorOp] = {"assertin": "contains", "assertnotin": "notcontains"}
_THUNK = re.compile(
    r"\s*(?:async\s*)?(?:\(\s*\)\s*(?:=>|->)|lambda\s*:|function\s*\(\s*\)|\|\|)\s*(?P<body>.*)",
    re.DOTALL,
)
_TYPE = re.compile(
    r"(?:[\w]+(?:\.|::))*(?P<type>[A-Z]\w*|[a-z]+_error|exception)(?:\.class|::class)?"
)
_JEST: dict[str, ComparatorOp] = {
    "tobe": "eq", "toequal": "eq", "tostrictequal": "eq", "equal": "eq", "eql": "eq", "eq": "eq",
    "tobecloseto": "approx", "tocontain": "contains", "tocontainequal": "contains",
    "tohavelength": "len", "lengthof": "len", "include": "contains", "tobegreaterthan": "gt",
    "tobegreaterthanorequal": "ge", "tobelessthan": "lt", "tobelessthanorequal": "le",
    "tomatch": "regex",
}  # fmt: skip
_WITHOUT_VALUE = {"tobenull": "null", "tobeundefined": "null", "null": "null", "undefined": "null",
                  "tobetruthy": "truthy", "tobefalsy": "falsy", "true": "true", "false": "false",
                  "tobenan": "nan"}  # fmt: skip


def assertion(text: str, context: Context, scope: Scope) -> list[Draft]:
    """The cases of an assert call; none where the text is none or does not parse in full."""
    text = text.strip().rstrip(";").strip()
    if not text.endswith((")", "true", "false", "null", "undefined")):
        return []
    expect = _EXPECT.fullmatch(text)
    if expect is not None:
        return _jest(expect, context, scope)
    found = _CALL.fullmatch(text)
    if found is None or found.group("name") in context.functions:
        return []
    hidden = mask(text)
    if hidden.rstrip("\x02").count("(") or "\x02" not in hidden or not hidden.endswith("\x02"):
        return []
    if re.search("\x02[^\x02]+\x02", hidden):
        return []
    name, body = found.group("name").lower(), found.group("body")
    args = split_top(body, ",")
    if args and args[0] == "t" and context.language == "go":
        args = args[1:]
    return _classic(name, args, context, scope)


def _classic(name: str, args: list[str], context: Context, scope: Scope) -> list[Draft]:
    if not args:
        return []
    if name in _TRUE:
        return clause(f"assert {args[0]}", context, scope)
    if name in _RAISES or name in _ANY:
        return _raising(args, context, scope)
    if name in _CLOSE and len(args) >= 3:
        return _close(args, context, scope)
    if name in _FALSE or name in _NULL or name in _NOT_NULL:
        reading = expression(args[0], context, scope)
        if reading is None:
            return []
        if name in _FALSE:
            outcome = Outcome(None, Comparator(op="falsy"))
        else:
            outcome = Outcome(["null"], Comparator(op="eq" if name in _NULL else "ne"))
        return [draft(reading, outcome, scope, rule="assert-call")]
    if len(args) < 2:
        return []
    if name in _MEMBER:
        return _ordered(args[1], args[0], _MEMBER[name], context, scope)
    if name in _ORDERED:
        return _ordered(args[0], args[1], _ORDERED[name], context, scope)
    if name in _EQUAL:
        return _equal(name, args, context, scope)
    if name in _UNEQUAL:
        return _ordered(args[0], args[1], "ne", context, scope) or _ordered(
            args[1], args[0], "ne", context, scope
        )
    return []


def _equal(name: str, args: list[str], context: Context, scope: Scope) -> list[Draft]:
    for one, other in ((args[0], args[1]), (args[1], args[0])):
        reading = expression(one, context, scope)
        outcome = to_outcome(other, context, reading.function) if reading is not None else None
        if reading is None or outcome is None:
            continue
        if name == "assertalmostequal" and outcome.expect is not None:
            outcome = approx(outcome.expect, tolerance=_places(args[2:]))
        elif len(args) > 2 and outcome.expect is not None and _delta(args[2], context) is not None:
            outcome = approx(outcome.expect, tolerance=_delta(args[2], context))
        elif name in _OPS:
            outcome = Outcome(outcome.expect, Comparator(op=_OPS[name]))
        return [draft(reading, outcome, scope, rule="assert-call")]
    return []


def _delta(text: str, context: Context) -> float | None:
    """JUnit's third argument, where it is a number; a message is none."""
    value = constant(text, context)
    plain = number(value) if value is not None else None
    return float(plain) if plain is not None and context.language == "java" else None


def _places(rest: list[str]) -> float:
    """unittest's tolerance: half a unit of the seventh place, or as stated."""
    for part in rest:
        key, _, value = part.rpartition("=")
        with_number = re.fullmatch(r"\s*([\d.eE+-]+)\s*", value)
        if with_number and key.strip() in ("", "places") and with_number.group(1).isdigit():
            return 0.5 * 10.0 ** -min(int(with_number.group(1)), 300)
        if with_number and key.strip() == "delta":
            return float(with_number.group(1))
    return 0.5e-7


def _close(args: list[str], context: Context, scope: Scope) -> list[Draft]:
    limit = constant(args[2], context)
    tolerance = number(limit) if limit is not None else None
    for one, other in ((args[0], args[1]), (args[1], args[0])):
        reading, value = expression(one, context, scope), constant(other, context)
        if reading is not None and value is not None and tolerance is not None:
            return [draft(reading, approx(value, tolerance=float(tolerance)), scope, rule="close")]
    return []


def _ordered(
    left: str, right: str, op: ComparatorOp, context: Context, scope: Scope
) -> list[Draft]:
    reading, value = expression(left, context, scope), constant(right, context)
    if reading is None or value is None:
        return []
    return [draft(reading, Outcome(value, Comparator(op=op)), scope, rule="assert-call")]


def _raising(args: list[str], context: Context, scope: Scope) -> list[Draft]:
    """`assertRaises(ValueError, f, -1)`, `assertThrows(X.class, () -> f(-1))` and their kin."""
    types = [(i, m) for i, a in enumerate(args) if (m := _TYPE.fullmatch(a)) is not None]
    rest = [a for i, a in enumerate(args) if i not in {i for i, _ in types}]
    if not rest or len(types) > 1:
        return []
    first = _body(rest[0])
    reading: Reading | None
    if re.fullmatch(r"[^\W\d][\w.]*", first):
        reading = expression(f"{first}({', '.join(rest[1:])})", context, scope)
    else:
        reading = expression(first, context, scope)
    if reading is None:
        return []
    name = types[0][1].group("type") if types else None
    return [draft(reading, raising(name), scope, rule="assert-call")]


def _body(thunk: str) -> str:
    """What a function without parameters does; the text itself where it is no such function."""
    found = _THUNK.fullmatch(thunk)
    if found is None:
        return thunk.strip()
    body = found.group("body").strip()
    if body.startswith("{") and body.endswith("}"):
        body = body[1:-1].strip().removeprefix("return ").rstrip("; ")
    return body


def _jest(found: re.Match[str], context: Context, scope: Scope) -> list[Draft]:
    path = [p.lower() for p in found.group("path").split(".") if p]
    name, right = found.group("name").lower(), (found.group("right") or "").strip()
    negated = "not" in path
    reading = to_call(_body(found.group("left")), context, scope)
    if reading is None or reading.rule not in ("call", "native"):
        return []
    if "throw" in name or (name == "rejects" and not right):
        return [] if negated else _thrown(right, reading, scope)
    if name in _WITHOUT_VALUE:
        return _valueless(_WITHOUT_VALUE[name], reading, scope, negated=negated)
    op = _JEST.get(name)
    parts = split_top(right, ",")
    if op is None or not parts or "rejects" in path:
        return []
    if op == "regex":
        pattern = re.fullmatch(r"/(.*)/[gimsu]*", right, re.DOTALL)
        if pattern is None or negated:
            return []
        outcome = Outcome(["str", pattern.group(1)], Comparator(op="regex"))
        return [draft(reading, outcome, scope, rule="expect")]
    value = to_outcome(parts[0] if op == "approx" else right, context, reading.function)
    if value is None or value.expect is None:
        return []
    if op == "approx":
        digits = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 2
        if negated:
            return []
        outcome = approx(value.expect, tolerance=10.0**-digits / 2)
        return [draft(reading, outcome, scope, rule="expect")]
    turned: dict[str, ComparatorOp] = {"eq": "ne", "contains": "notcontains"}
    if negated and op not in turned:
        return []
    outcome = Outcome(value.expect, Comparator(op=turned[op] if negated else op))
    return [draft(reading, outcome, scope, rule="expect")]


def _thrown(right: str, reading: Reading, scope: Scope) -> list[Draft]:
    name = re.match(r"(?:new\s+)?([A-Z]\w*)", right)
    words = re.search(r"""(["'`])(.*?)\1""", right)
    if right and name is None and words is None:
        return []
    outcome = raising(name.group(1) if name else None, words.group(2) if words else None)
    return [draft(reading, outcome, scope, rule="expect")]


def _valueless(what: str, reading: Reading, scope: Scope, *, negated: bool) -> list[Draft]:
    if what in ("truthy", "falsy"):
        op: ComparatorOp = "falsy" if (what == "falsy") != negated else "truthy"
        return [draft(reading, Outcome(None, Comparator(op=op)), scope, rule="expect")]
    values: dict[str, list[object]] = {
        "null": ["null"], "true": ["bool", True], "false": ["bool", False], "nan": ["float", "nan"],
    }  # fmt: skip
    outcome = Outcome(values[what], Comparator(op="ne" if negated else "eq"))
    return [draft(reading, outcome, scope, rule="expect")]
