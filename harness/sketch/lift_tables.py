"""Literal tables that a test loops over: their rows, as bindings."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from harness.sketch.lift_fold import NotConstant, NotLifted
from harness.sketch.lift_scope import Binding, Const, Node, Scope


def rows(scope: Scope, node: ast.expr) -> Iterator[Binding]:
    """The elements of a literal table. Raises NotLifted for anything that is computed."""
    if isinstance(node, ast.Call):
        yield from map(Const, _paired(scope, node))
        return
    bound = scope.binding(node)
    if isinstance(bound, Node):
        node = bound.node
    try:
        table = scope.fold(node)
    except NotConstant:
        if not isinstance(node, ast.List | ast.Tuple):
            raise
        yield from (Node(item) for item in node.elts)
        return
    if not isinstance(table, list | tuple | str | dict):
        raise NotLifted("a table without an order")
    yield from (Const(item) for item in table)


def _paired(scope: Scope, node: ast.Call) -> Iterable[Any]:
    """table.items(), enumerate(table), zip(one, other): nothing else is a literal table."""
    if node.keywords:
        raise NotLifted("a computed table")
    if isinstance(node.func, ast.Attribute) and node.func.attr == "items" and not node.args:
        table = scope.fold(node.func.value)
        if isinstance(table, dict):
            return table.items()
    name = scope.dotted(node.func)
    if name not in ("enumerate", "zip") or (name == "enumerate" and len(node.args) != 1):
        raise NotLifted("a computed table")
    tables = [scope.fold(arg) for arg in node.args]
    if not all(isinstance(table, list | tuple | str) for table in tables):
        raise NotLifted("a table without an order")
    return enumerate(tables[0]) if name == "enumerate" else zip(*tables, strict=False)


def as_binding(scope: Scope, node: ast.expr) -> Binding:
    """A constant where the expression folds, else the expression itself."""
    try:
        value: Any = scope.fold(node)
    except NotConstant:
        return Node(node)
    return Const(value)


def parts(target: ast.Tuple | ast.List, row: Binding) -> list[Binding]:
    """One binding for each name of an unpacking target. Raises NotLifted."""
    found: list[Binding]
    if isinstance(row, Node) and isinstance(row.node, ast.Tuple | ast.List):
        found = [Node(item) for item in row.node.elts]
    elif isinstance(row, Const) and isinstance(row.value, tuple | list):
        found = [Const(item) for item in row.value]
    else:
        raise NotLifted("a row that cannot be unpacked")
    if len(found) != len(target.elts) or any(isinstance(t, ast.Starred) for t in target.elts):
        raise NotLifted("a row of another length")
    return found
