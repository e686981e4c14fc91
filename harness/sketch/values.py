"""Tagged values at compile time: constants, folding, free names."""

from __future__ import annotations

import math
from typing import Any

from harness.sketch.spec import Expr

MAX_FOLDED = 100_000
"""Parts or digits that folding may make; "a" * 10**9 stays an expression."""
_TRUNCATES = frozenset({"go", "rust", "java", "cpp"})
_LEAVES = frozenset({"null", "bool", "int", "float", "str", "char", "bytes", "complex"})
_HELD = frozenset({"list", "tuple", "set", "braces"})


def of_int(value: int) -> Expr:
    """The tag of an int."""
    return ["int", str(value)]


def of_float(value: float) -> Expr:
    """The tag of a float; nan and infinities by name."""
    return ["float", value.hex() if math.isfinite(value) else str(value)]


def number(expr: Expr) -> int | float | None:
    """The number that the tag holds, or None."""
    if expr[0] == "int":
        return int(expr[1])
    if expr[0] == "float":
        text = expr[1]
        return float(text) if text in ("nan", "inf", "-inf") else float.fromhex(text)
    return None


def is_constant(expr: Expr) -> bool:
    """Whether the value stands in the expression itself."""
    tag = expr[0]
    if tag in _LEAVES:
        return True
    if tag in _HELD:
        return all(is_constant(e) for e in expr[1])
    if tag == "map":
        return all(is_constant(k) and is_constant(v) for k, v in expr[1])
    if tag in ("some", "ok", "err"):
        return expr[1] is None or is_constant(expr[1])
    return tag in ("decimal", "fraction", "date", "datetime")


def children(expr: Expr) -> list[Expr]:
    """The expressions directly inside `expr`."""
    tag = expr[0]
    if tag in _HELD:
        return list(expr[1])
    if tag == "map":
        return [e for pair in expr[1] for e in pair]
    if tag in ("some", "ok", "err", "neg", "not", "attr"):
        return [expr[1]] if expr[1] is not None else []
    if tag == "index":
        return [expr[1], expr[2]]
    if tag == "bin":
        return [expr[2], expr[3]]
    if tag == "call":
        inner = [expr[1]] if expr[1] is not None else []
        return [*inner, *expr[3], *expr[4].values()]
    return []


def names(expr: Expr) -> set[str]:
    """Names that the expression needs: variables, functions, classes."""
    found: set[str] = set()
    if expr[0] == "name":
        found.add(expr[1])
    elif expr[0] == "call" and expr[1] is None:
        found.add(expr[2])
    for child in children(expr):
        found |= names(child)
    return found


def fold(op: str, left: Expr, right: Expr, language: str) -> Expr:
    """The constant that `left op right` comes to, or the expression itself.

    Whole division of ints in languages that truncate is folded as they do it.
    """
    whole: Expr = ["bin", op, left, right]
    a, b = number(left), number(right)
    try:
        if a is not None and b is not None:
            return _numbers(op, a, b, language) or whole
        text = left[0] == right[0] == "str" or left[0] == right[0] == "list"
        if op == "+" and text:
            return [left[0], left[1] + right[1]]
        if op == "*" and language == "python":
            return _repeat(left, right) or _repeat(right, left) or whole
    except (ArithmeticError, ValueError):
        return whole
    return whole


def _repeat(held: Expr, count: Expr) -> Expr | None:
    if held[0] not in ("str", "list", "tuple") or count[0] != "int" or not is_constant(held):
        return None
    times = max(0, int(count[1]))
    if times * max(1, len(held[1])) > MAX_FOLDED:
        return None
    return [held[0], held[1] * times]


def _numbers(op: str, a: Any, b: Any, language: str) -> Expr | None:
    ints = isinstance(a, int) and isinstance(b, int)
    value: Any
    if op == "+":
        value = a + b
    elif op == "-":
        value = a - b
    elif op == "*":
        value = a * b
    elif op == "**":
        if abs(b) > 4096 or (ints and abs(a).bit_length() * abs(b) > MAX_FOLDED):
            return None
        value = a**b
    elif op == "/" and ints and language in _TRUNCATES:
        value = int(a / b) if abs(a) < 2**52 else None
    elif op == "/":
        value = a / b
    elif op in ("//", "%") and language == "python":
        value = a // b if op == "//" else a % b
    else:
        return None
    if isinstance(value, int):
        return of_int(value) if value.bit_length() < 10_000 else None
    return of_float(value) if isinstance(value, float) else None


def settle_braces(expr: Expr, type_text: str) -> Expr:
    """`{1, 2}` and `{}` as the type has them: a map, a set or a list; else unchanged."""
    if not type_text or expr[0] not in ("braces", "map", "list", "tuple", "set"):
        return expr
    outer, inner = _type_parts(type_text)
    if expr[0] == "braces" or (expr[0] == "map" and not expr[1]):
        if "map" in outer or "dict" in outer or outer in ("record", "object", "counter"):
            return _as_map(expr, inner)
        if "set" in outer:
            return ["set", [settle_braces(e, inner) for e in expr[1]]]
        if outer in ("[]", "vec") or any(w in outer for w in ("vector", "list", "array", "slice")):
            return ["list", [settle_braces(e, inner) for e in expr[1]]]
        return expr
    if expr[0] in ("list", "set") and inner:
        return [expr[0], [settle_braces(e, inner) for e in expr[1]]]
    return expr


def _as_map(expr: Expr, inner: str) -> Expr:
    """Pairs in braces as a map; unchanged where something is no pair."""
    if expr[0] == "map":
        return expr
    if not all(e[0] in ("braces", "tuple", "list") and len(e[1]) == 2 for e in expr[1]):
        return expr
    value_type = inner.partition(",")[2].strip()
    return ["map", [[e[1][0], settle_braces(e[1][1], value_type)] for e in expr[1]]]


def _type_parts(text: str) -> tuple[str, str]:
    """("vector", "vector<int>") of "const std::vector<std::vector<int>>&": outer kind and inner."""
    text = text.strip().removeprefix("const ").lstrip("&*").removeprefix("mut ").strip()
    text = text.rstrip("&* ").removeprefix("std::")
    if text.startswith("map["):
        return "map", "," + text.partition("]")[2]
    if text.startswith("["):
        inner = text.partition("]")[2]
        return "[]", inner or text[1:-1]
    if text.endswith("[]"):
        return "[]", text[:-2]
    for opening, closing in (("<", ">"), ("[", "]")):
        at = text.find(opening)
        if at > 0 and text.endswith(closing):
            return text[:at].rpartition(".")[2].rpartition("::")[2].lower(), text[at + 1 : -1]
    return text.lower(), ""
