"""`@pytest.mark.parametrize` with literal tables: one set of arguments for each row."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Iterator

from harness.sketch.lift_fold import NotLifted
from harness.sketch.lift_scope import Binding, Const, Node, Scope, Shared
from harness.sketch.lift_tables import as_binding

_ASYNC_MARKS = frozenset({"pytest.mark.asyncio", "pytest.mark.anyio"})

MAX_RUNS = 2_000

Arguments = dict[str, Binding]


def arguments(
    shared: Shared, function: ast.FunctionDef | ast.AsyncFunctionDef, *, method: bool
) -> list[Arguments]:
    """The arguments of each run of a test, one empty set where it takes none.

    Raises:
        NotLifted: a fixture, a mark other than parametrize, an empty or computed table.
    """
    scope = Scope(shared)
    tables = []
    is_async = isinstance(function, ast.AsyncFunctionDef)
    marked = False
    for decorator in function.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = _mark(scope, call)
        if name in _ASYNC_MARKS and is_async:
            marked = True
        elif name == "pytest.mark.parametrize" and isinstance(decorator, ast.Call):
            tables.append(_table(scope, decorator))
        else:
            raise NotLifted(f"decorator {ast.unparse(decorator)[:60]}")
    if is_async and not marked:
        raise NotLifted("a coroutine that pytest does not await")
    if math.prod(map(len, tables)) > MAX_RUNS:
        raise NotLifted("too many rows")
    runs = [{k: v for part in rows for k, v in part.items()}
            for rows in itertools.product(*reversed(tables))]  # fmt: skip
    taken = function.args
    if taken.vararg or taken.kwarg or taken.kwonlyargs or taken.defaults or taken.posonlyargs:
        raise NotLifted("a test with unusual parameters")
    names = [arg.arg for arg in taken.args[1 if method else 0 :]]
    if any(set(run) != set(names) for run in runs) or not runs:
        raise NotLifted("fixtures, or a table that is empty")
    return runs


def _mark(scope: Scope, node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_mark(scope, node.value)}.{node.attr}"
    return scope.dotted(node)


def _table(scope: Scope, call: ast.Call) -> list[Arguments]:
    if len(call.args) != 2 or {k.arg for k in call.keywords} - {"ids"}:
        raise NotLifted("parametrize called in another way")
    names = scope.fold(call.args[0])
    single = isinstance(names, str) and "," not in names
    if isinstance(names, str):
        names = [name.strip() for name in names.split(",") if name.strip()]
    rows = list(_rows(scope, call.args[1]))
    return [dict(zip(names, _cells(scope, row, len(names), single=single), strict=True))
            for row in rows]  # fmt: skip


def _rows(scope: Scope, node: ast.expr) -> Iterator[Binding]:
    whole = as_binding(scope, node)
    if isinstance(whole, Const):
        if not isinstance(whole.value, list | tuple):
            raise NotLifted("a table without an order")
        yield from (Const(row, local=False) for row in whole.value)
        return
    if not isinstance(node, ast.List | ast.Tuple):
        raise NotLifted("a computed table")
    for item in node.elts:
        if isinstance(item, ast.Call) and scope.dotted(item.func) == "pytest.param":
            if {k.arg for k in item.keywords} - {"id"}:
                raise NotLifted("a row with marks")
            item = ast.Tuple(elts=item.args, ctx=ast.Load())
            yield Node(item)
        else:
            yield Node(item)


def _cells(scope: Scope, row: Binding, width: int, *, single: bool) -> list[Binding]:
    cells: list[Binding]
    if isinstance(row, Node) and single and not _is_param(row):
        cells = [as_binding(scope, row.node)]
    elif isinstance(row, Node):
        if not isinstance(row.node, ast.Tuple | ast.List):
            raise NotLifted("a row that cannot be read")
        cells = [as_binding(scope, item) for item in row.node.elts]
    elif single:
        cells = [row]
    elif isinstance(row, Const) and isinstance(row.value, tuple | list):
        cells = [Const(item, local=False) for item in row.value]
    else:
        raise NotLifted("a row that cannot be read")
    if len(cells) != width:
        raise NotLifted("a row of another length")
    return cells


def _is_param(row: Node) -> bool:
    return isinstance(row.node, ast.Tuple) and not hasattr(row.node, "lineno")
