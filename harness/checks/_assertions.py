"""Whether one assertion can fail at all, and if it cannot, by which rule."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.checks._cases import MISSING, literal_value
from harness.checks._tree import TreeIndex, same_tree

_MAX_PATTERN_CHARS = 200
_POSITIONAL = re.compile(r"\$|\\[ZbBA]|\(\?[=!<]|\^.*\^")
_ANYTHING = frozenset({".*", ".*?", r"[\s\S]*", r"[\s\S]*?", "(?s).*", "(?s:.*)", r"[\w\W]*"})
_LARGE_TOLERANCE = 1000.0
"""From here on a tolerance is not one, unless the expectation is itself ten times as large."""

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_WEAK_CALLS = frozenset({"isinstance", "hasattr", "callable", "issubclass"})
_WEAK_METHODS = frozenset({"assertIsNotNone", "assertIsInstance", "assertHasAttr"})


@dataclass(frozen=True)
class Judgement:
    """What is known of one assertion without running it."""

    rule: str = ""
    """The rule by which it cannot fail, or empty."""
    why: str = ""
    weak: bool = False
    """It asks for a type or for not-None only."""
    negated_order: bool = False
    """It denies an order, as a NaN does too."""


LIVE = Judgement()


def truth_of(node: ast.expr, depth: int = 0) -> bool | None:
    """Whether an expression is always true or always false; None where that depends."""
    if depth > 50:
        return None
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        starred = any(isinstance(e, ast.Starred) for e in node.elts)
        return None if starred and len(node.elts) == 1 else bool(node.elts)
    if isinstance(node, ast.Dict):
        return bool(node.keys) if None not in node.keys else None
    if isinstance(node, (ast.Lambda, ast.GeneratorExp)):
        return True
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = truth_of(node.operand, depth + 1)
        return None if inner is None else not inner
    if isinstance(node, ast.BoolOp):
        parts = [truth_of(part, depth + 1) for part in node.values]
        decisive = isinstance(node.op, ast.Or)
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    if isinstance(node, ast.Compare):
        return _truth_of_compare(node)
    return None


def _truth_of_compare(node: ast.Compare) -> bool | None:
    if len(node.ops) != 1:
        return None
    left, right = node.left, node.comparators[0]
    a, b = literal_value(left), literal_value(right)
    if (
        isinstance(left, ast.Call)
        and isinstance(left.func, ast.Name)
        and left.func.id == "len"
        and isinstance(node.ops[0], ast.GtE)
        and b == 0
    ):
        return True
    compare = _COMPARE.get(type(node.ops[0]))
    if a is MISSING or b is MISSING or compare is None:
        return None
    try:
        return bool(compare(a, b))
    except (TypeError, ValueError, RecursionError):
        return None


def judge(
    test: ast.expr, index: TreeIndex, subjects: frozenset[str], *, repeatable: bool = True
) -> Judgement:
    """What can be said of `assert test`; `subjects` are the names of the code under test.
    Where the code is not `repeatable`, two equal calls may well give unequal answers."""
    if isinstance(test, (ast.Lambda, ast.GeneratorExp)):
        return Judgement("PP308", "it asserts on a lambda or generator that is never evaluated")
    if isinstance(test, ast.Name) and test.id in subjects:
        return Judgement("PP303", "it asserts on the function itself, which is always true")
    if truth_of(test):
        what = "`or` a true constant" if isinstance(test, ast.BoolOp) else "a constant"
        if isinstance(test, ast.Tuple):
            what = "a tuple, which is always true"
        return Judgement("PP303", f"it asserts on {what}")
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        parts = [judge(part, index, subjects, repeatable=repeatable) for part in test.values[:50]]
        if all(part.rule for part in parts):
            return parts[0]
        return Judgement(weak=all(p.weak or p.rule for p in parts))
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = test.operand
        ordered = isinstance(inner, ast.Compare) and any(isinstance(o, _ORDER) for o in inner.ops)
        return Judgement(negated_order=ordered)
    if isinstance(test, ast.Compare):
        return _judge_compare(test, index, repeatable)
    if isinstance(test, ast.Call):
        return _judge_call(test, index)
    return LIVE


def _says_nothing(left: ast.expr, op: ast.cmpop, right: ast.expr, repeatable: bool) -> bool:
    """Whether both sides are the same thing. Two equal calls are not, where identity is asked for
    (a cache, a singleton), where a class is called, or where the code is not repeatable."""
    if not isinstance(op, (ast.Eq, ast.Is, ast.LtE, ast.GtE)) or not same_tree(left, right):
        return False
    calls = [node.func for node in ast.walk(left) if isinstance(node, ast.Call)]
    names = [f.id if isinstance(f, ast.Name) else getattr(f, "attr", "") for f in calls]
    makes = isinstance(op, ast.Is) or not repeatable or any(n[:1].isupper() for n in names)
    return not (calls and makes)


def _judge_compare(test: ast.Compare, index: TreeIndex, repeatable: bool) -> Judgement:
    if len(test.ops) != 1:
        return LIVE
    left, op, right = test.left, test.ops[0], test.comparators[0]
    if _says_nothing(left, op, right, repeatable):
        return Judgement("PP303", "both sides of the comparison are the same")
    if isinstance(op, (ast.IsNot, ast.NotEq)) and literal_value(right) is None:
        inner = _regex_judgement(left, index)
        return inner if inner.rule else Judgement(weak=True)
    if isinstance(left, ast.Call) and isinstance(op, (ast.Eq, ast.Is)):
        name = left.func.id if isinstance(left.func, ast.Name) else ""
        if name == "type":
            return Judgement(weak=True)
    if isinstance(op, (ast.Lt, ast.LtE)) and _is_abs(left):
        limit = literal_value(right)
        if _too_large(limit, _numbers_in(left)):
            return Judgement("PP310", f"a tolerance of {limit:g} accepts any answer")
    for side in (left, right):
        if isinstance(side, ast.Call) and index.dotted(side.func).endswith("approx"):
            found = _tolerance(side, ("abs", "rel"), side.args[:1])
            if found:
                return Judgement("PP310", found)
    return LIVE


def _judge_call(test: ast.Call, index: TreeIndex) -> Judgement:
    name = index.dotted(test.func)
    if name in _WEAK_CALLS:
        return Judgement(weak=True)
    if name.endswith("isclose"):
        found = _tolerance(test, ("abs_tol", "rel_tol", "atol", "rtol"), test.args[:2])
        if found:
            return Judgement("PP310", found)
    return _regex_judgement(test, index)


def judge_method(
    call: ast.Call, index: TreeIndex, subjects: frozenset[str], *, repeatable: bool = True
) -> Judgement:
    """What can be said of `self.assertX(...)` or another assertion function."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    args = call.args
    if name in ("assertTrue", "assert_", "assertIs") and args and len(args) < 3:
        if name == "assertIs":
            is_true = len(args) == 2 and literal_value(args[1]) is True
            return judge(args[0], index, subjects, repeatable=repeatable) if is_true else LIVE
        return judge(args[0], index, subjects, repeatable=repeatable)
    if name == "assertFalse" and args and truth_of(args[0]) is False:
        return Judgement("PP303", "it asserts on a constant")
    if name.startswith("assert") and "Equal" in name and "Not" not in name and len(args) >= 2:
        a, b = literal_value(args[0]), literal_value(args[1])
        if _says_nothing(args[0], ast.Eq(), args[1], repeatable):
            return Judgement("PP303", "both sides of the comparison are the same")
        if a is not MISSING and b is not MISSING:
            return Judgement("PP303", "it compares two constants") if a == b else LIVE
        if "Almost" in name:
            found = _tolerance(call, ("delta",), args[:2])
            places = _keyword(call, "places")
            if found or (isinstance(places, int) and places <= -3):
                return Judgement("PP310", found or "places below zero accept any answer")
    if name in _WEAK_METHODS:
        return Judgement(weak=True)
    if name == "assertRegex" and len(args) >= 2 and _matches_anything(literal_value(args[1]), ""):
        return Judgement("PP311", "the regular expression matches any text")
    return LIVE


def _regex_judgement(node: ast.expr, index: TreeIndex) -> Judgement:
    if isinstance(node, ast.Call) and node.args:
        name = index.dotted(node.func)
        if name in ("re.match", "re.search", "re.fullmatch") and _matches_anything(
            literal_value(node.args[0]), name
        ):
            return Judgement("PP311", "the regular expression matches any text")
    return LIVE


def _matches_anything(pattern: object, how: str) -> bool:
    if not isinstance(pattern, str) or len(pattern) > _MAX_PATTERN_CHARS:
        return False
    core = pattern.removeprefix("^").removesuffix("$").removeprefix("(").removesuffix(")")
    if core in _ANYTHING:
        return True
    if how == "re.fullmatch" or _POSITIONAL.search(pattern.removeprefix("^")):
        return False
    try:
        return re.compile(pattern).match("") is not None
    except (re.error, RecursionError, OverflowError, MemoryError):
        return False


def _is_abs(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and (
        (isinstance(node.func, ast.Name) and node.func.id == "abs")
        or (isinstance(node.func, ast.Attribute) and node.func.attr in ("abs", "fabs"))
    )


def _numbers_in(node: ast.expr) -> list[float]:
    """Literal numbers that are subtracted inside `abs(a - b)`, not those inside calls."""
    inner = node.args[0] if isinstance(node, ast.Call) and node.args else node
    sides = [inner.left, inner.right] if isinstance(inner, ast.BinOp) else [inner]
    values = [literal_value(side) for side in sides]
    return [float(v) for v in values if isinstance(v, (int, float)) and abs(v) < 1e300]


def _too_large(limit: object, expected: list[float]) -> bool:
    if not isinstance(limit, (int, float)) or isinstance(limit, bool):
        return False
    return limit >= _LARGE_TOLERANCE and all(abs(value) * 10 < limit for value in expected)


def _keyword(call: ast.Call, name: str) -> object:
    return next((literal_value(k.value) for k in call.keywords if k.arg == name), MISSING)


def _tolerance(call: ast.Call, names: tuple[str, ...], operands: list[ast.expr]) -> str:
    values = [literal_value(operand) for operand in operands]
    expected = [float(v) for v in values if isinstance(v, (int, float)) and abs(v) < 1e300]
    for name in names:
        limit = _keyword(call, name)
        if not isinstance(limit, (int, float)) or isinstance(limit, bool):
            continue
        if limit >= 10 if name in ("rel", "rel_tol", "rtol") else _too_large(limit, expected):
            return f"a tolerance of {name}={limit:g} accepts any answer"
    return ""
