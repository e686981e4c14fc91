"""An expectation in the shape that the code's return type asks for, and floats with a tolerance."""

from __future__ import annotations

import ast

from harness.sketch.spec import Expr
from runners.guest.parsing import parse_expression

_SEQUENCES = ("list", "tuple", "braces", "set")


def shaped(expr: Expr, returns: str) -> Expr:
    """A sketch's value turned to the type that the annotation `returns` names: [1, 2] to (1, 2)
    for a tuple, {1, 2} to a set or a list. What the annotation does not say stays as it is."""
    try:
        node = parse_expression(returns.strip()).body if returns.strip() else None
    except (SyntaxError, ValueError, RecursionError):
        node = None
    return _as(expr, node)


def _as(expr: Expr, node: ast.expr | None) -> Expr:
    name, inner = _generic(node)
    if expr[0] in ("some", "ok"):
        return _as(expr[1], node)
    if expr[0] == "map":
        value = inner[1] if name in ("dict", "mapping", "defaultdict") and len(inner) == 2 else None
        return ["map", [[k, _as(v, value)] for k, v in expr[1]]]
    if expr[0] not in _SEQUENCES:
        return expr
    tag = {"list": "list", "tuple": "tuple", "set": "set", "frozenset": "set"}.get(name, expr[0])
    if tag == "braces":
        tag = "set" if expr[1] else "braces"
    each = name == "tuple" and not (len(inner) == 2 and _is_ellipsis(inner[1]))
    items = [_as(item, inner[i] if each and i < len(inner) else inner[0] if inner else None)
             for i, item in enumerate(expr[1])]  # fmt: skip
    return [tag, items]


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _generic(node: ast.expr | None) -> tuple[str, list[ast.expr]]:
    """("list", [inner types]) of list[int]; Optional and `| None` are looked through."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = parse_expression(node.value).body
        except SyntaxError:
            return "", []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [s for s in (node.left, node.right) if ast.unparse(s) != "None"]
        return _generic(sides[0]) if len(sides) == 1 else ("", [])
    if isinstance(node, ast.Subscript):
        name = ast.unparse(node.value).rsplit(".", 1)[-1].lower()
        parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _generic(parts[0]) if name == "optional" else (name, parts)
    return (ast.unparse(node).rsplit(".", 1)[-1].lower() if node is not None else ""), []


def yields(returns: str) -> bool:
    """Whether the annotation says that the answer is consumed by iterating."""
    head = returns.split("[", 1)[0].rsplit(".", 1)[-1]
    return head in ("Iterator", "Generator", "Iterable")


def inexact(expr: Expr) -> bool:
    """Whether a float in it is not a whole number, so that == is too strict for a sketch."""
    if expr[0] == "float":
        text = str(expr[1])
        return text in ("nan",) or (text[-3:] != "inf" and not float.fromhex(text).is_integer())
    if expr[0] in _SEQUENCES:
        return any(inexact(item) for item in expr[1])
    return expr[0] == "map" and any(inexact(value) for _, value in expr[1])


def with_tolerance(expr: Expr) -> Expr:
    """The value with `pytest.approx` around what needs it; around a flat list as a whole."""
    if not inexact(expr):
        return expr
    if expr[0] == "float":
        nan = expr[1] == "nan"
        return approx(expr, {"nan_ok": ["bool", True]} if nan else {})
    if expr[0] in ("list", "tuple") and all(item[0] in ("int", "float") for item in expr[1]):
        return approx(expr, {})
    if expr[0] == "map":
        return ["map", [[k, with_tolerance(v)] for k, v in expr[1]]]
    return [expr[0], [with_tolerance(item) for item in expr[1]]]


def approx(expr: Expr, kwargs: dict[str, Expr]) -> Expr:
    """pytest.approx(expr, ...) as an expression."""
    return ["call", ["name", "pytest"], "approx", [expr], kwargs]
