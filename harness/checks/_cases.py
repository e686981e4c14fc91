"""The inputs and answers that a pair shows, and how telling each of them is."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.checks._tree import TreeIndex
from harness.sketch.spec import Expr

if TYPE_CHECKING:
    from harness.checks._base import Subject

MISSING = object()
"""Stands for "not a literal"."""

_LITERALS = (ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.UnaryOp)
_WRAPPERS = frozenset({"list", "sorted", "tuple", "set", "round", "str", "dict", "abs", "next"})
_TABLE_USERS = frozenset({"parametrize", "enumerate", "zip", "param", "list", "tuple"})
_MAX_CASES = 2000
_MAX_DEPTH = 40


@dataclass(frozen=True)
class VisibleCase:
    """One input with its answer."""

    inputs: tuple[Hashable, ...]
    """The frozen forms by which code could recognise this input."""
    answer: Hashable
    weight: int
    """0 for inputs that any code may name (0, "", "a"), 1 for plain words and small numbers, 2 for
    inputs that right code has no reason to name."""
    shown: str
    """The input for people, cut at 60 characters."""


@dataclass(frozen=True)
class VisibleCases:
    """All of them, without doubles."""

    cases: tuple[VisibleCase, ...]

    @property
    def answers(self) -> frozenset[Hashable]:
        """The frozen answers that are more than a flag or a small number."""
        return frozenset(c.answer for c in self.cases if _telling_answer(c.answer))


def literal_value(node: ast.AST | None) -> Any:
    """The value of a literal expression, or `MISSING`. Never raises."""
    if not isinstance(node, _LITERALS):
        return MISSING
    if isinstance(node, ast.Constant):
        return node.value
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return MISSING


def freeze(value: Any, depth: int = 0) -> Hashable:
    """A hashable form: lists and tuples alike, a bool never a number. Opaque values are unequal
    to everything."""
    if depth > _MAX_DEPTH:
        return ("opaque", id(value))
    if value is None or isinstance(value, bool):
        return ("flag", value)
    if isinstance(value, (int, float, complex)):
        return ("number", value)
    if isinstance(value, str):
        return ("text", value)
    if isinstance(value, bytes):
        return ("bytes", value)
    if isinstance(value, (list, tuple)):
        return ("list", tuple(freeze(v, depth + 1) for v in value))
    if isinstance(value, (set, frozenset)):
        return ("set", frozenset(freeze(v, depth + 1) for v in value))
    if isinstance(value, dict):
        pairs = ((freeze(k, depth + 1), freeze(v, depth + 1)) for k, v in value.items())
        return ("map", frozenset(pairs))
    return ("opaque", id(value))


def weigh(value: Any) -> int:
    """How telling a literal is as an input: 0, 1 or 2 (see `VisibleCase.weight`)."""
    if value is None or isinstance(value, bool):
        return 0
    if isinstance(value, (int, float)):
        if isinstance(value, float) and value != value // 1:
            return 2 if len(repr(value)) > 3 else 1
        size = abs(value)
        return 0 if size <= 10 else 1 if size < 1000 or size in (1000, 10000) else 2
    if isinstance(value, (str, bytes)):
        text = value if isinstance(value, str) else value.decode("latin-1")
        if len(text) < 4:
            return 0 if len(text) < 2 else 1
        return 1 if text.isalpha() and len(text) < 13 else 2
    if isinstance(value, dict):
        value = [*value, *value.values()]
    parts = [weigh(v) for v in value] if isinstance(value, (list, tuple, set, frozenset)) else []
    if len(parts) >= 3 or (len(parts) == 2 and any(parts)):
        return 2
    return 1 if parts else 0


def _telling_answer(answer: Hashable) -> bool:
    kind, value = answer if isinstance(answer, tuple) and len(answer) == 2 else ("", None)
    if kind == "text":
        return len(str(value)) >= 4
    if kind == "number":
        return isinstance(value, float) or (isinstance(value, int) and abs(value) > 10)
    return kind == "list" and isinstance(value, tuple) and len(value) >= 2


def _forms(args: tuple[Any, ...]) -> tuple[Hashable, ...]:
    values: list[Any] = [args]
    if len(args) == 1:
        only = args[0]
        values = [only, (only,)]
        if isinstance(only, str):
            values += [only.strip(), only.lower(), only.upper(), repr(only)]
            values += ["".join(only.split()).lower()]
        elif not isinstance(only, bool):
            values += [str(only)]
            if isinstance(only, (list, tuple)):
                values += [str(tuple(only)), sorted(only, key=str)]
    else:
        values += [str(args), ",".join(map(str, args))]
    return tuple(dict.fromkeys(freeze(v) for v in values))


def _case(args: tuple[Any, ...], answer: Any) -> VisibleCase | None:
    if not args:
        return None
    try:
        weights = [weigh(a) for a in args]
        weight = max(weights)
        if len(args) > 1 and weight < 2 and sum(1 for a in args if a is not None) > 1:
            weight += 1
        shown = ", ".join(repr(a) for a in args)[:60]
        return VisibleCase(_forms(args), freeze(answer), weight, shown)
    except (ValueError, RecursionError, OverflowError, TypeError):
        return None


def _value_of_expr(expr: Expr, depth: int = 0) -> Any:
    """The Python value of a tagged expression; raises LookupError where it has none."""
    if depth > _MAX_DEPTH or not expr:
        raise LookupError(expr)
    tag, rest = expr[0], expr[1:]
    if tag == "null":
        return None
    if tag in ("bool", "str", "char"):
        return rest[0]
    if tag == "int":
        return int(rest[0], 0)
    if tag == "float":
        return float.fromhex(rest[0])
    if tag == "bytes":
        return bytes.fromhex(rest[0])
    if tag in ("list", "tuple", "set", "braces"):
        return [_value_of_expr(e, depth + 1) for e in rest[0]]
    if tag == "map":
        return {
            freeze(_value_of_expr(k, depth + 1)): _value_of_expr(v, depth + 1) for k, v in rest[0]
        }
    if tag in ("some", "ok"):
        return _value_of_expr(rest[0], depth + 1)
    if tag == "neg":
        return -_value_of_expr(rest[0], depth + 1)
    raise LookupError(tag)


def _from_spec(subject: Subject) -> Iterator[VisibleCase | None]:
    for case in subject.spec.cases if subject.spec else ():
        if case.call is None or case.expect is None or case.comparator.op == "ne":
            continue
        try:
            if case.call[0] != "call":
                continue
            _, receiver, _, args, kwargs = case.call
            if receiver is None:
                values = [_value_of_expr(a) for a in [*args, *kwargs.values()]]
                yield _case(tuple(values), _value_of_expr(case.expect))
        except (LookupError, ValueError, TypeError, AttributeError, OverflowError):
            continue


def _unwrap(node: ast.expr) -> ast.expr:
    while isinstance(node, (ast.Call, ast.Await, ast.BinOp)):
        if isinstance(node, ast.Await):
            node = node.value
        elif isinstance(node, ast.BinOp):
            return node
        elif isinstance(node.func, ast.Name) and node.func.id in _WRAPPERS and node.args:
            node = node.args[0]
        else:
            break
    return node


def _call_case(call: ast.expr, answer: Any) -> VisibleCase | None:
    node = _unwrap(call)
    if not isinstance(node, ast.Call):
        return None
    values = [literal_value(a) for a in [*node.args, *(k.value for k in node.keywords)]]
    if not values or any(v is MISSING for v in values):
        return None
    return _case(tuple(values), answer)


def _from_asserts(index: TreeIndex) -> Iterator[VisibleCase | None]:
    sides: list[tuple[ast.expr, ast.expr]] = []
    for node in index.all(ast.Compare):
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.Eq, ast.Is)):
            sides.append((node.left, node.comparators[0]))
        elif isinstance(node.ops[0], (ast.Lt, ast.LtE)):
            inner = _unwrap(node.left)
            if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub):
                sides.append((inner.left, inner.right))
    for call in index.all(ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name.startswith("assert") and len(call.args) >= 2:
            sides.append((call.args[0], call.args[1]))
        elif name in ("assertTrue", "assertFalse") and call.args:
            yield _call_case(call.args[0], name == "assertTrue")
    for left, right in sides:
        for one, other in ((left, right), (right, left)):
            value = literal_value(other)
            if value is MISSING and isinstance(other, ast.Call) and other.args:
                value = literal_value(_unwrap(other.args[0]))
            if value is not MISSING:
                yield _call_case(one, value)
    for statement in index.all(ast.Assert):
        test, answer = statement.test, True
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, answer = test.operand, False
        yield _call_case(test, answer)


def table_rows(index: TreeIndex) -> Iterator[tuple[ast.AST, tuple[Any, ...], Any]]:
    """(table, inputs, answer) of every literal row of every list, tuple or dict of rows."""
    tables: list[ast.List | ast.Tuple | ast.Set] = [
        *index.all(ast.List),
        *index.all(ast.Tuple),
        *index.all(ast.Set),
    ]
    for table in tables:
        for row in table.elts:
            cells: list[ast.expr] = []
            if isinstance(row, ast.Call):
                cells = row.args
            elif isinstance(row, (ast.Tuple, ast.List)):
                cells = row.elts
            if len(cells) < 2:
                continue
            values = [literal_value(cell) for cell in cells]
            if all(v is not MISSING for v in values):
                yield table, tuple(values[:-1]), values[-1]
    for mapping in index.all(ast.Dict):
        for key, item in zip(mapping.keys, mapping.values, strict=True):
            left, right = literal_value(key), literal_value(item)
            if left is not MISSING and right is not MISSING:
                yield mapping, (left,), right


def _from_tables(index: TreeIndex) -> Iterator[VisibleCase | None]:
    for table, inputs, answer in table_rows(index):
        above = index.parent.get(table)
        if isinstance(above, ast.Call):
            func = above.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name not in _TABLE_USERS:
                continue
        elif isinstance(above, (ast.Tuple, ast.List, ast.Compare, ast.keyword)):
            continue
        yield _case(inputs, answer)
        if len(inputs) == 1 and isinstance(inputs[0], (tuple, list)):
            yield _case(tuple(inputs[0]), answer)


def visible_cases(subject: Subject) -> VisibleCases:
    """Every case that the spec or the suite of `subject` shows, doubles dropped."""
    found: dict[Hashable, VisibleCase] = {}
    sources = [_from_spec(subject)]
    if subject.suite_index is not None:
        sources += [_from_asserts(subject.suite_index), _from_tables(subject.suite_index)]
    for source in sources:
        for case in source:
            if case is not None:
                found.setdefault((case.inputs[0], case.answer), case)
            if len(found) >= _MAX_CASES:
                break
    return VisibleCases(tuple(found.values()))
