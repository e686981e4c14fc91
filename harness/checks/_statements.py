"""Small questions about statements of a suite."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from harness.checks._cases import literal_value

_BROAD = frozenset({"Exception", "BaseException", "AssertionError"})
_EMPTY_CALLS = frozenset({"list", "tuple", "dict", "set"})
_INERT = (ast.Pass, ast.Continue, ast.Break)


def holds_nothing(node: ast.expr) -> bool:
    """Whether a literal, or a call without arguments, holds nothing."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return not node.elts
    if isinstance(node, ast.Dict):
        return not node.keys
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("items", "values", "keys"):
            return holds_nothing(node.func.value)
        if isinstance(node.func, ast.Name) and node.func.id == "range" and len(node.args) == 1:
            return bool(literal_value(node.args[0]) == 0)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        return name in _EMPTY_CALLS and not node.args and not node.keywords
    return False


def flat(args: list[ast.expr]) -> Iterator[ast.expr]:
    """The arguments, tuples opened."""
    for arg in args:
        yield from arg.elts if isinstance(arg, ast.Tuple) else [arg]


def names_in(root: ast.AST) -> set[str]:
    """Every name and attribute below `root`."""
    names = {n.id for n in ast.walk(root) if isinstance(n, ast.Name)}
    return names | {n.attr for n in ast.walk(root) if isinstance(n, ast.Attribute)}


def calls_in(root: ast.AST) -> Iterator[ast.Call]:
    """Calls that run when `root` does, in source order: not those of a lambda."""
    stack: list[ast.AST] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.GeneratorExp) and node is root:
            continue
        if isinstance(node, ast.Call):
            yield node
        stack.extend(reversed(list(ast.iter_child_nodes(node))))


def swallows(node: ast.Try | ast.TryStar) -> bool:
    """Whether a failing assertion in the body is caught and dropped."""
    for handler in node.handlers:
        kinds = flat([handler.type]) if handler.type is not None else iter(())
        names = {k.id if isinstance(k, ast.Name) else getattr(k, "attr", "") for k in kinds}
        if (handler.type is None or names & _BROAD) and all(map(_inert, handler.body)):
            return True
    return False


def _inert(statement: ast.stmt) -> bool:
    """Whether a statement of a handler neither fails nor remembers the failure."""
    if isinstance(statement, _INERT):
        return True
    if isinstance(statement, ast.Return):
        return statement.value is None or isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Expr):
        value = statement.value
        if isinstance(value, ast.Constant):
            return True
        if isinstance(value, ast.Call):
            func = value.func
            name = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
            return name in ("print", "debug", "info", "warning", "error", "exception", "log")
    return False
