"""EvalPlus's tables, `assertion(f(*inp), exp, atol)` over zip(inputs, results), as plain asserts.

Its helper compares floats with numpy's allclose, to which an empty list is close to everything. The
rows say what was meant, and are held against answers one by one, with the same tolerance.
"""

from __future__ import annotations

import ast

from runners.guest.parsing import parse

MAX_ROWS = 2_000
_RTOL = 1e-7
_ATOL = 1e-6


def unrolled(source: str) -> str | None:
    """The suite with its table as one assertion a row, or None where it is no such table.

    An answer that the rows accept is accepted by the table too.
    """
    if "assertion(" not in source or "allclose" not in source:
        return None
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not any(isinstance(n, ast.FunctionDef) and n.name == "assertion" for n in tree.body):
        return None
    inside = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "check"]
    body = _rows(inside[-1].body if inside else tree.body)
    if body is None:
        return None
    if not inside:
        return "\n".join([*_imports(tree), *body]) + "\n"
    name = inside[-1].args.args[0].arg if inside[-1].args.args else ""
    lines = "\n".join(f"    {line}" for line in body)
    return "\n".join([*_imports(tree), f"def check({name}):", lines, ""])


def _imports(tree: ast.Module) -> list[str]:
    kept = [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "math"]
    return ["import pytest", *map(ast.unparse, kept)]


def _rows(body: list[ast.stmt]) -> list[str] | None:
    tables: dict[str, list[ast.expr]] = {}
    loop: ast.For | None = None
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=rows)):
                tables[name] = rows
            case ast.For():
                if loop is not None:
                    return None
                loop = node
    if loop is None:
        return None
    match loop:
        case ast.For(
            target=ast.Tuple(elts=[_, ast.Tuple(elts=[ast.Name(id=given), ast.Name(id=wanted)])]),
            iter=ast.Call(
                func=ast.Name(id="enumerate"),
                args=[
                    ast.Call(
                        func=ast.Name(id="zip"), args=[ast.Name(id=inputs), ast.Name(id=results)]
                    )
                ],
            ),
            body=[
                ast.Expr(
                    value=ast.Call(
                        func=ast.Name(id="assertion"),
                        args=[
                            ast.Call(
                                func=ast.Name(id=function),
                                args=[ast.Starred(value=ast.Name(id=used))],
                                keywords=[],
                            ),
                            ast.Name(id=expected),
                            ast.Constant(value=tolerance),
                        ],
                    )
                )
            ],
        ) if used == given and expected == wanted and isinstance(tolerance, int | float):
            pass
        case _:
            return None
    rows, answers = tables.get(inputs) or [], tables.get(results) or []
    if not rows or len(rows) != len(answers) or len(rows) > MAX_ROWS:
        return None
    lines = [
        _line(function, row, answer, tolerance) for row, answer in zip(rows, answers, strict=True)
    ]
    return [line for line in lines if line] if all(lines) else None


def _line(function: str, row: ast.expr, answer: ast.expr, tolerance: float) -> str:
    if not isinstance(row, ast.List | ast.Tuple):
        return ""
    try:
        value = ast.literal_eval(answer)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        value = None
    call = f"{function}({', '.join(ast.unparse(item) for item in row.elts)})"
    wanted = ast.unparse(answer)
    if tolerance == 0 and _floats(value):
        tolerance = _ATOL
    if not tolerance or value == [] or value == ():
        return f"assert {call} == {wanted}"
    return f"assert {call} == pytest.approx({wanted}, rel={_RTOL}, abs={float(tolerance)})"


def _floats(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(isinstance(item, float) for item in value)
    return isinstance(value, float)
