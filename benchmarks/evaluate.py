"""Holds compiled cases against solutions that are known to be right, in this process."""

from __future__ import annotations

import contextlib
import io
import math
import re
import sys
from typing import Any

from harness.sketch.spec import Case, Expr
from harness.sketch.values import number
from runners.guest.codec import Evaluator, encode


def same(got: Expr, want: Expr) -> bool:
    """Equal by value: a list is a tuple, 2 is 2.0, a bool is never a number."""
    a, b = number(got), number(want)
    if a is not None and b is not None:
        return a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) or (a != a and b != b)
    text, sequence = ("str", "char"), ("list", "tuple")
    if got[0] in text and want[0] in text:
        return bool(got[1] == want[1])
    if got[0] in sequence and want[0] in sequence:
        return len(got[1]) == len(want[1]) and all(map(same, got[1], want[1]))
    if got[0] == want[0] == "set":
        return _unordered(got[1], want[1])
    if got[0] == want[0] == "map":
        return _unordered([["tuple", p] for p in got[1]], [["tuple", p] for p in want[1]])
    if got[0] in ("some", "ok"):
        return same(got[1], want[1] if want[0] == got[0] else want)
    return bool(got == want)


def _unordered(got: list[Expr], want: list[Expr]) -> bool:
    left = list(want)
    for item in got:
        found = next((i for i, w in enumerate(left) if same(item, w)), None)
        if found is None:
            return False
        left.pop(found)
    return not left


def _close(got: Expr, want: Expr, absolute: float, relative: float) -> bool:
    a, b = number(got), number(want)
    if a is not None and b is not None:
        return abs(a - b) <= max(absolute, relative * abs(b))
    if got[0] in ("list", "tuple") and want[0] in ("list", "tuple"):
        pairs = zip(got[1], want[1], strict=False)
        return len(got[1]) == len(want[1]) and all(
            _close(g, w, absolute, relative) for g, w in pairs
        )
    return same(got, want)


def _compared(case: Case, got: Expr) -> bool:
    op, want = case.comparator.op, case.expect
    if op in ("truthy", "falsy"):
        empty = (
            got in (["null"], ["bool", False])
            or number(got) == 0
            or (got[0] in ("str", "list", "tuple", "set", "map") and not got[1])
        )
        return empty == (op == "falsy")
    if want is None:
        return False
    if op == "approx":
        return _close(got, want, case.comparator.abs or 0.0, case.comparator.rel or 0.0)
    if op == "unordered":
        return _unordered(got[1], want[1])
    if op in ("contains", "notcontains"):
        held = [p[0] for p in got[1]] if got[0] == "map" else got[1]
        inside = want[1] in held if got[0] == "str" else any(same(g, want) for g in held)
        return inside == (op == "contains")
    if op == "len":
        return len(got[1]) == number(want)
    if op == "isinstance":
        return bool(got[0] == {"dict": "map"}.get(want[1], want[1]))
    if op == "regex":
        return re.search(want[1], got[1]) is not None
    a, b = number(got), number(want)
    if op in ("lt", "le", "gt", "ge"):
        if a is None or b is None:
            return False
        return {"lt": a < b, "le": a <= b, "gt": a > b, "ge": a >= b}[op]
    return same(got, want) == (op != "ne")


def holds(case: Case, code: str) -> str:
    """Empty where the case holds for the code, else what came instead. Runs the code here."""
    if case.stdin is not None:
        return _program(case, code)
    scope: dict[str, Any] = {"__name__": "solution"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "solution", "exec"), scope)
        evaluator = Evaluator(scope)
        try:
            for step in case.setup:
                value = evaluator.value(step[-1])
                if step[0] == "new":
                    evaluator.variables[step[1]] = value
            got = encode(evaluator.value(case.call or ["null"]))
        except Exception as error:
            raises = case.raises
            names = [k.__name__ for k in type(error).__mro__]
            right = raises is not None and (raises.any_error or raises.type in names)
            if right and (raises is None or not raises.match or raises.match in str(error)):
                return ""
            return f"raised {error!r}"
    return "" if case.raises is None and _compared(case, got) else f"got {got}"


def _program(case: Case, code: str) -> str:
    out, before = io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(case.stdin or "")
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(code, "solution", "exec"), {"__name__": "__main__"})
    finally:
        sys.stdin = before
    want = case.expect[1] if case.expect else ""
    got = [line.rstrip() for line in out.getvalue().rstrip().splitlines()]
    return "" if got == [line.rstrip() for line in want.rstrip().splitlines()] else f"wrote {got}"
