"""Python beyond the common grammar, kept as native text: comprehensions, slices, lambdas."""

from __future__ import annotations

import ast
import warnings

from harness.sketch.context import BUILTINS, Context, Scope
from harness.sketch.spec import Expr
from runners.guest.parsing import parse_expression


def native(text: str, context: Context, scope: Scope) -> Expr | None:
    """["code", text] where it is one Python expression that calls the code and needs no other name.

    Comparisons are refused: what they come to would be decided inside the sandbox.
    """
    if context.language != "python" or "(" not in text:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse_expression(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _stores(n)}
    bound |= {a.arg for n in ast.walk(tree) if isinstance(n, ast.Lambda) for a in n.args.args}
    allowed = context.known | BUILTINS | scope.variables | bound
    tested = set(context.functions) | set(context.classes) | scope.variables
    used = False
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare | ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
            return None
        if isinstance(node, ast.Name):
            if node.id not in allowed:
                return None
            used = used or node.id in tested
    return ["code", text.strip()] if used else None


def _stores(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)
