"""Which functions print and never answer: an example of one shows what it prints."""

from __future__ import annotations

import ast
import re

from harness.sketch.context import Context, Draft, Outcome, Scope
from harness.sketch.spec import Comparator, Expr
from runners.guest.parsing import parse

_PRINTS = re.compile(
    r"(?P<call>.+?\))\s+(?:should\s+)?(?:prints?|outputs?|displays?|writes?)\s*:?\s+(?P<text>.+)",
    re.DOTALL,
)


def printers(code: str) -> frozenset[str]:
    """Functions of a Python module that call `print` and return nothing. Never raises."""
    try:
        tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and _prints(node)
    )


def _prints(function: ast.FunctionDef) -> bool:
    found = list(ast.walk(function))
    answers = any(
        isinstance(n, ast.Yield | ast.YieldFrom)
        or (isinstance(n, ast.Return) and n.value is not None)
        for n in found
    )
    return not answers and any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "print"
        for n in found
    )


def prints(call: Expr, context: Context) -> bool:
    """Whether a call is one of a function that prints and never answers."""
    return call[0] == "call" and call[1] is None and call[2] in context.printers


def printed(call: Expr, text: str, rule: str, scope: Scope) -> Draft:
    """The claim that a call writes this text."""
    return Draft(call, Outcome(["str", text], Comparator(op="stdout")), rule, 1.0, scope.setup)


def said(text: str, context: Context) -> tuple[str, str] | None:
    """The call and the text of `show(2) prints "4"`; None for anything else."""
    found = _PRINTS.fullmatch(text) if context.printers else None
    return (found.group("call"), found.group("text")) if found is not None else None
