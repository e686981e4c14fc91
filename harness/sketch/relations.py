"""The relation of a line: the operator or the words between a call and what is expected of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from harness.sketch.calls import bare_arguments, expression, to_call, unticked
from harness.sketch.context import EMPTY, Context, Draft, Outcome, Reading, Scope
from harness.sketch.outcomes import approx, constant, error_in, half_unit, raising, to_outcome
from harness.sketch.scan import mask, split_top
from harness.sketch.spec import Comparator, ComparatorOp, Expr
from harness.sketch.values import is_constant, number

_SUBJECT = (
    r"(?:,?\s+(?:then\s+)?(?:it|the\s+(?:expected\s+)?(?:output|result|answer|return\s+value|function"
    r"|returned\s+value|value|program)))?"
)
_WORDS = (
    r"(?:(?:should|must|will|would|shall)(?:\s+be\s+able\s+to)?\s+(?:return|equal|be\s+equal\s+to|be|give|yield|produce"
    r"|evaluate\s+to|output|result\s+in)|to\s+(?:return|equal|be)|expect(?:s|ed)?|returns?|equals|is\s+equal\s+to|evaluates\s+to|results?\s+in|yields"
    r"|gives|produces|outputs|resolves?\s+(?:to|with)|becomes)"
)
_ARROW = r"(?:-->|==+>|->|=>|→|⇒|➞|⟶|↦|⟹|➜|➔|➡|▶|⟼|»)"


class _Relation(NamedTuple):
    pattern: re.Pattern[str]
    kind: str
    bare: bool
    """Whether the left side may be arguments alone."""


def _relation(pattern: str, kind: str, *, bare: bool = False) -> _Relation:
    return _Relation(re.compile(pattern, re.IGNORECASE), kind, bare)


_RELATIONS = (
    _relation(rf"{_SUBJECT}(?:\s|^)(?:should|must|will)\s+not\s+(?:return|equal|be)\s+", "ne"),
    _relation(rf"{_SUBJECT}(?:\s|^){_WORDS}(?:\s*:)?\s+", "eq", bare=True),
    _relation(
        rf"{_SUBJECT}\s+(?:(?:should|must|will|would|to)\s+)?(?:raises?|throws?|rejects?(?:\s+with)?|panics?(?:\s+with)?"
        r"|errors?\s+with|fails?\s+with)\b\s*",
        "raises",
        bare=True,
    ),
    _relation(
        rf"{_SUBJECT}\s+(?:should\s+)?(?:has|have)\s+(?:a\s+)?(?:length|len|size)\s+(?:of\s+)?",
        "len",
    ),
    _relation(r"\s+(?:should\s+)?(?:does\s+not|doesn't|not)\s+contains?\s+", "notcontains"),
    _relation(r"\s+(?:should\s+)?(?:contains?|includes?)\s+", "contains"),
    _relation(r"\s*(?:≈|~=|≅|=~|≃)\s*", "approx", bare=True),
    _relation(r"\s*(?:===|==)\s*(?![=>])", "eq"),
    _relation(r"\s*(?:!==|!=|≠)\s*", "ne"),
    _relation(r"\s+is\s+not\s+", "ne"),
    _relation(r"\s+is\s+(?:approximately|about|roughly|close\s+to)\s+", "approx"),
    _relation(r"\s+(?:is|be)\s+", "eq"),
    _relation(rf"\s*{_ARROW}\s*", "eq", bare=True),
    _relation(r"\s*:\s+", "colon"),
    _relation(r"\s*>=\s*|\s*≥\s*", "ge"),
    _relation(r"\s*<=\s*|\s*≤\s*", "le"),
    _relation(r"\s+>\s+", "gt"),
    _relation(r"\s+<\s+", "lt"),
    _relation(r"\s+not\s+in\s+", "notin"),
    _relation(r"\s+in\s+", "in"),
    _relation(r"(?<![=!<>:+\-*/%~])\s*=\s*(?![=>~])", "equal-sign"),
)
_ASSERT = re.compile(
    r"(?:assert|ensure|verify|check|expect|confirm)\s+(?:that\s+)?(?=\S)", re.IGNORECASE
)
_SAYS = re.compile(r"for\s+(?=[^\W\d]\w*\()|\*\s+|e\.g\.,?\s+", re.IGNORECASE)
_COMMENT = re.compile(r"\s+(?:#|//)\s*(?:=>|->|→|==|returns?|should\s+return)?:?\s*")
_INVERTED = re.compile(
    r"(?:it\s+)?(?:should\s+|must\s+)?(?:returns?|gives?|yields?|outputs?|produces?|(?P<raises>raises?|throws?))\s+"
    r"(?P<wanted>.+?)\s+(?:for|given|when\s+given|when\s+called\s+with|when|on|if)\s+"
    r"(?:an?\s+input\s+(?:of\s+)?|inputs?\s+)?(?P<given>.+)",
    re.IGNORECASE,
)
_PRINTED = re.compile(r"(?:print|console\.log|fmt\.Println)\((.*)\)", re.DOTALL)
_NEGATION = re.compile(r"(?:not\s+|!)(?=\S)")
_ABS_DIFF = re.compile(r"(?:Math\.|math\.|std::)?f?abs\((.*)\)", re.DOTALL)


def _found(hidden: str) -> Iterator[tuple[int, int, _Relation]]:
    """The leftmost place of each relation, leftmost first, the longest first at one place."""
    places = [
        (m.start(), -m.end(), i)
        for i, r in enumerate(_RELATIONS)
        if (m := r.pattern.search(hidden)) is not None
    ]
    for start, end, i in sorted(places):
        yield start, -end, _RELATIONS[i]


def clause(text: str, context: Context, scope: Scope = EMPTY) -> list[Draft]:
    """The cases that one assertion-like text makes; empty where it does not parse in full."""
    text = text.strip().strip(";").strip()
    if not text:
        return []
    stripped = _ASSERT.sub("", text, count=1) if _ASSERT.match(text) else text
    claimed = stripped != text
    stripped = _SAYS.sub("", stripped, count=1) if _SAYS.match(stripped) else stripped
    stripped = unticked(stripped)
    hidden = mask(stripped)
    commented = _commented(stripped, hidden, context, scope)
    if commented is not None:
        return [commented]
    for start, end, relation in _found(hidden):
        left, right = stripped[:start], stripped[end:]
        drafts = _related(left, right, relation, context, scope)
        if drafts:
            return drafts
    if claimed and "," in hidden and (parts := split_top(stripped, ",")) and len(parts) == 2:
        message = constant(parts[1], context)
        if message is not None and message[0] == "str":
            return clause(f"assert {parts[0]}", context, scope)
    return inverted(stripped, hidden, context) or _boolean(
        stripped, context, scope, claimed=claimed
    )


def inverted(text: str, hidden: str, context: Context) -> list[Draft]:
    """`returns [] for an empty list`, `raises ValueError for -1`: the answer stands first."""
    found = _INVERTED.fullmatch(hidden)
    if found is None:
        return []
    wanted, given = (text[slice(*found.span(g))] for g in ("wanted", "given"))
    reading = bare_arguments(given.strip(), context) or expression(given, context)
    if reading is None:
        return []
    if found.group("raises"):
        outcome = error_in("raises " + wanted)
    else:
        outcome = to_outcome(wanted, context, reading.function)
    if outcome is None:
        return []
    return [Draft(reading.call, outcome, "inverted", min(reading.confidence, 0.9))]


def _commented(text: str, hidden: str, context: Context, scope: Scope) -> Draft | None:
    """`f(x)  # 3`: a call with its answer in a comment."""
    found = _COMMENT.search(hidden)
    if found is None or re.search(rf"==|{_ARROW}", hidden[: found.start()]):
        return None
    left = text[: found.start()].strip().rstrip(";")
    printed = _PRINTED.fullmatch(left)
    reading = expression(printed.group(1) if printed else left, context, scope)
    outcome = to_outcome(text[found.end() :], context, reading.function) if reading else None
    if reading is None or outcome is None:
        return None
    if printed and (outcome.expect is None or outcome.expect[0] == "float"):
        return None
    return draft(reading, outcome, scope, rule="comment")


def draft(reading: Reading, outcome: Outcome, scope: Scope, *, rule: str = "") -> Draft:
    """The case of a reading and an outcome."""
    return Draft(reading.call, outcome, rule or reading.rule, reading.confidence, scope.setup)


def _related(
    left: str, right: str, relation: _Relation, context: Context, scope: Scope
) -> list[Draft]:
    kind = relation.kind
    if kind == "equal-sign" and context.defines:
        return []
    if kind in ("in", "notin"):
        value, reading = constant(left, context), expression(right, context, scope)
        if value is None or reading is None:
            return []
        op: ComparatorOp = "contains" if kind == "in" else "notcontains"
        return [draft(reading, Outcome(value, Comparator(op=op)), scope, rule=op)]
    if kind in ("lt", "le") and (close := _difference(left, right, context, scope)):
        return [close]
    reading = to_call(left, context, scope) if relation.bare else _explicit(left, context, scope)
    if reading is None:
        return _turned(left, right, kind, context, scope)
    if kind == "raises":
        error = error_in("raises " + right.strip()) if right.strip() else raising(None)
        return [draft(reading, error, scope)] if error is not None else []
    if kind in ("contains", "notcontains"):
        parts = [p for piece in split_top(right, ",") for p in _anded(piece)]
        values = [constant(p, context) for p in parts]
        op = "contains" if kind == "contains" else "notcontains"
        if not values or any(v is None for v in values):
            return []
        return [draft(reading, Outcome(v, Comparator(op=op)), scope, rule=op) for v in values]
    outcome = _expected(right, kind, context, reading)
    return [draft(reading, outcome, scope)] if outcome is not None else []


def _anded(text: str) -> list[str]:
    hidden = mask(text)
    return split_top(text, " and ") if " and " in hidden else [text]


def _explicit(text: str, context: Context, scope: Scope) -> Reading | None:
    reading = to_call(text, context, scope)
    return reading if reading is not None and reading.rule in ("call", "native") else None


def _turned(left: str, right: str, kind: str, context: Context, scope: Scope) -> list[Draft]:
    """`3 == f(x)`: the value on the left."""
    if kind != "eq":
        return []
    reading = expression(right, context, scope)
    value = constant(left, context) if reading is not None else None
    if reading is None or value is None:
        return []
    return [draft(reading, Outcome(value), scope, rule="turned")]


def _expected(right: str, kind: str, context: Context, reading: Reading) -> Outcome | None:
    outcome = to_outcome(right, context, reading.function)
    if outcome is None or kind in ("eq", "equal-sign", "colon"):
        return outcome
    op = outcome.comparator.op
    if outcome.expect is None or op not in ("eq", "approx"):
        return None
    if kind == "approx":
        return outcome if op == "approx" else approx(outcome.expect, tolerance=half_unit(right))
    if op == "approx":
        return None
    ops: dict[str, ComparatorOp] = {
        "ne": "ne",
        "len": "len",
        "ge": "ge",
        "le": "le",
        "gt": "gt",
        "lt": "lt",
    }
    return Outcome(outcome.expect, Comparator(op=ops[kind]))


def _difference(left: str, right: str, context: Context, scope: Scope) -> Draft | None:
    """`abs(f(x) - 1.5) < 1e-6` is f(x) close to 1.5: the difference is taken outside."""
    found = _ABS_DIFF.fullmatch(left.strip())
    limit = constant(right, context)
    tolerance = number(limit) if limit is not None else None
    if found is None or tolerance is None or tolerance < 0:
        return None
    inner = found.group(1)
    at = mask(inner).rfind("-")
    while at > 0:
        for one, other in ((inner[:at], inner[at + 1 :]), (inner[at + 1 :], inner[:at])):
            reading, value = expression(one, context, scope), constant(other, context)
            if reading is not None and value is not None:
                return draft(
                    reading, approx(value, tolerance=float(tolerance)), scope, rule="close"
                )
        at = mask(inner).rfind("-", 0, at)
    return None


def _boolean(text: str, context: Context, scope: Scope, *, claimed: bool) -> list[Draft]:
    """A bare call that must be true: after "assert", or "not", or one that asks for a type."""
    negation = _NEGATION.match(text)
    body = text[negation.end() :] if negation else text
    reading = expression(body, context, scope)
    if reading is None or reading.call[0] == "code":
        return []
    call = reading.call
    if call[0] == "call" and call[2] == "equals" and call[1] is not None and len(call[3]) == 1:
        return _java_equals(call, context, scope, negated=negation is not None)
    asks = call[0] == "call" and call[1] is None and call[2] == "isinstance" and len(call[3]) == 2
    if not (claimed or negation or asks):
        return []
    if asks and not negation and _is_builtin_type(call[3][1]):
        outcome = Outcome(["str", call[3][1][1]], Comparator(op="isinstance"))
        return [Draft(call[3][0], outcome, "isinstance", 1.0, scope.setup)]
    op: ComparatorOp = "falsy" if negation else "truthy"
    return [draft(reading, Outcome(None, Comparator(op=op)), scope, rule=op)]


def _java_equals(call: Expr, context: Context, scope: Scope, *, negated: bool) -> list[Draft]:
    """`f(x).equals(List.of(1))`: compared outside, as `==` is."""
    value = call[3][0]
    if not is_constant(value) or not context.uses(call[1], scope):
        return []
    outcome = Outcome(value, Comparator(op="ne" if negated else "eq"))
    return [Draft(call[1], outcome, "equals", 1.0, scope.setup)]


def _is_builtin_type(value: list[object]) -> bool:
    return value[0] == "name" and value[1] in (
        "int", "float", "str", "bool", "bytes", "list", "tuple", "set", "dict", "complex",
    )  # fmt: skip


__all__ = ["bare_arguments", "clause", "draft"]
