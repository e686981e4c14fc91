"""Tagged expressions and answers as Python source, on one line or laid out over several."""

from __future__ import annotations

import keyword
from collections.abc import Callable
from typing import Any

from harness.sketch.spec import Expr

WIDTH = 88
_ASSIGN = {"__setitem__": "[{}] = {}", "__delitem__": "[{}]"}
_MALFORMED = (IndexError, TypeError, ValueError, KeyError, AttributeError, RecursionError)


def emit_expr(expr: Expr) -> str:
    """One line of Python source for an expression, a value or an answer. Total.

    What has no literal is shown as it would be built (`Decimal("1.5")`), an opaque answer as
    `<module.Type>`, and what is no tagged list as `<malformed ...>`.
    """
    try:
        return _EMIT[expr[0]](expr)
    except _MALFORMED:
        return f"<malformed {str(expr)[:60]}>"


def text_literal(text: str) -> str:
    """A string literal, in double quotes unless that takes more escapes."""
    shown = repr(text)
    if shown[0] == "'" and '"' not in text:
        return f'"{shown[1:-1]}"'.replace("\\'", "'")
    return shown


def layout(expr: Expr, indent: int = 0, *, before: int = 0, after: int = 0) -> str:
    """As `emit_expr`, broken at brackets where the line would be wider than `WIDTH`.

    `before` and `after` count the characters that stand on the first and last line beside it.
    """
    line = emit_expr(expr)
    if indent + before + len(line) + after <= WIDTH:
        return line
    opened = _brackets(expr)
    if opened is None:
        return line
    head, parts, tail = opened
    inner = " " * (indent + 4)
    rows = [f"{inner}{label}{layout(part, indent + 4, before=len(label), after=1)},\n"
            for label, part in parts]  # fmt: skip
    return f"{head}\n{''.join(rows)}{' ' * indent}{tail}"


Parts = tuple[str, list[tuple[str, Expr]], str]


def _brackets(expr: Expr) -> Parts | None:
    tag = expr[0]
    if tag in ("list", "tuple", "set", "braces") and expr[1]:
        ends = {"list": "[]", "tuple": "()"}.get(tag, "{}")
        return ends[0], [("", item) for item in expr[1]], ends[1]
    if tag == "map" and expr[1]:
        return "{", [(f"{emit_expr(k)}: ", v) for k, v in expr[1]], "}"
    if tag == "call" and (expr[3] or expr[4]) and expr[2] not in _ASSIGN:
        parts = [("", a) for a in expr[3]] + [(f"{k}=", v) for k, v in expr[4].items()]
        return f"{_callee(expr)}(", parts, ")"
    return None


def _float(text: str) -> str:
    if text in ("nan", "inf", "-inf"):
        return f'float("{text}")'
    return repr(float.fromhex(text))


def _joined(items: list[Expr]) -> str:
    return ", ".join(map(emit_expr, items))


def _tuple(expr: Expr) -> str:
    return f"({_joined(expr[1])},)" if len(expr[1]) == 1 else f"({_joined(expr[1])})"


def _map(expr: Expr) -> str:
    return "{" + ", ".join(f"{emit_expr(k)}: {emit_expr(v)}" for k, v in expr[1]) + "}"


def _operand(expr: Expr) -> str:
    """An operand, in brackets where it is itself an operation."""
    shown = emit_expr(expr)
    loose = expr[0] in ("bin", "neg", "not", "code") or shown.startswith("-")
    return f"({shown})" if loose else shown


def _receiver(expr: Expr) -> str:
    return f"({emit_expr(expr)})" if expr[0] in ("int", "float") else _operand(expr)


def _callee(expr: Expr) -> str:
    receiver, name = expr[1], expr[2]
    if receiver is None:
        return str(name)
    return _receiver(receiver) if name == "__call__" else f"{_receiver(receiver)}.{name}"


def _call(expr: Expr) -> str:
    _, receiver, name, args, kwargs = expr
    if receiver is not None and name == "__setitem__" and len(args) == 2:
        return f"{_receiver(receiver)}[{emit_expr(args[0])}] = {emit_expr(args[1])}"
    if receiver is not None and name == "__setattr__" and len(args) == 2:
        attribute = args[0][1]
        if attribute.isidentifier() and not keyword.iskeyword(attribute):
            return f"{_receiver(receiver)}.{attribute} = {emit_expr(args[1])}"
    named = [f"{key}={emit_expr(value)}" for key, value in kwargs.items()]
    return f"{_callee(expr)}({', '.join([*map(emit_expr, args), *named])})"


def _record(expr: Expr) -> str:
    fields = ", ".join(f"{name}={emit_expr(value)}" for name, value in expr[2])
    return f"{str(expr[1]).rsplit('.', 1)[-1]}({fields})"


def _dated(expr: Expr) -> str:
    return f"{expr[0]}.fromisoformat({text_literal(expr[1])})"


def _numbers(name: str) -> Callable[[Expr], str]:
    return lambda e: f"{name}({', '.join(str(part) for part in e[1:])})"


_EMIT: dict[str, Callable[[Any], str]] = {
    "null": lambda e: "None",
    "bool": lambda e: "True" if e[1] else "False",
    "int": lambda e: e[1] if "x" in e[1] else str(int(e[1])),
    "float": lambda e: _float(e[1]),
    "str": lambda e: text_literal(e[1]),
    "char": lambda e: text_literal(e[1]),
    "bytes": lambda e: repr(bytes.fromhex(e[1])),
    "list": lambda e: f"[{_joined(e[1])}]",
    "tuple": _tuple,
    "set": lambda e: f"{{{_joined(e[1])}}}" if e[1] else "set()",
    "braces": lambda e: f"{{{_joined(e[1])}}}",
    "map": _map,
    "some": lambda e: emit_expr(e[1]),
    "ok": lambda e: emit_expr(e[1]),
    "err": lambda e: f"Err({emit_expr(e[1]) if e[1] else ''})",
    "code": lambda e: e[1],
    "name": lambda e: e[1],
    "attr": lambda e: f"{_receiver(e[1])}.{e[2]}",
    "index": lambda e: f"{_receiver(e[1])}[{emit_expr(e[2])}]",
    "bin": lambda e: f"{_operand(e[2])} {e[1]} {_operand(e[3])}",
    "neg": lambda e: f"-{_operand(e[1])}",
    "not": lambda e: f"not {_operand(e[1])}",
    "call": _call,
    "iter": lambda e: f"iter([{_joined(e[1])}])",
    "complex": lambda e: f"complex({_float(e[1])}, {_float(e[2])})",
    "range": _numbers("range"),
    "fraction": _numbers("Fraction"),
    "timedelta": _numbers("timedelta"),
    "decimal": lambda e: f'Decimal("{e[1]}")',
    "path": lambda e: f"Path({text_literal(e[1])})",
    "date": _dated,
    "time": _dated,
    "datetime": _dated,
    "type": lambda e: str(e[1]).removeprefix("builtins."),
    "enum": lambda e: f"{str(e[1]).rsplit('.', 1)[-1]}.{e[2]}",
    "record": _record,
    "array": lambda e: f"array({emit_expr(e[2])})",
    "scalar": lambda e: f"{e[1]}({emit_expr(e[2])})",
    "series": lambda e: f"Series({emit_expr(e[1])})",
    "frame": lambda e: f"DataFrame({emit_expr(e[1])})",
    "opaque": lambda e: f"<{e[1]}>",
}
