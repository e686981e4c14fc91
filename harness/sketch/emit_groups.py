"""Which cases of a spec become the rows of one parametrized test, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.sketch.emit_expect import yields
from harness.sketch.spec import Case, Expr, TestSpec

MIN_ROWS = 3
"""So many cases that differ only in data become one parametrized test."""

_DATA = frozenset({"null", "bool", "int", "float", "str", "char", "bytes", "list", "tuple", "set",
                   "braces", "map", "complex"})  # fmt: skip


def grouped(spec: TestSpec) -> list[list[Case]]:
    """Cases in order; those that differ only in data stand together, at the first one's place."""
    groups: dict[object, list[Case]] = {}
    for number, case in enumerate(spec.cases):
        groups.setdefault(_alike(case, spec) or number, []).append(case)
    out: list[list[Case]] = []
    for group in groups.values():
        out += [group] if len(group) >= MIN_ROWS else [[case] for case in group]
    order = {case.id: n for n, case in enumerate(spec.cases)}
    return sorted(out, key=lambda group: order[group[0].id])


def _alike(case: Case, spec: TestSpec) -> str | None:
    """What cases must share to be rows of one table; None where a case stands alone."""
    call = case.call
    if case.setup or case.raises or case.stdin is not None or call is None or call[0] != "call":
        return None
    if call[1] is not None or call[4] or not call[3] or not all(_is_data(a) for a in call[3]):
        return None
    if case.comparator.op not in ("eq", "truthy", "falsy", "len", "approx"):
        return None
    exact = case.comparator.types == "sketch" and (case.expect or [""])[0] in ("bool", "null")
    shape = f"{exact} {(case.expect or [''])[0] == 'list' and yields(spec.entry.returns)}"
    return f"{call[2]} {len(call[3])} {case.comparator.model_dump_json()} {shape}"


def _is_data(expr: Expr) -> bool:
    if expr[0] in ("list", "tuple", "set", "braces"):
        return all(_is_data(item) for item in expr[1])
    if expr[0] == "map":
        return all(_is_data(k) and _is_data(v) for k, v in expr[1])
    return expr[0] in _DATA


def row_ids(group: Sequence[Case]) -> list[str]:
    """Row ids from names that a person gave; all empty where one has none but a number."""
    names = [re.sub(r"^test_?", "", case.name) for case in group]
    plain = [re.sub(r"\[\d+\]$|_?\d+$", "", name) for name in names]
    if len(set(plain)) < 2 or len(set(names)) < len(names) or not all(names):
        return [""] * len(group)
    return names


def table_name(group: Sequence[Case], function: str) -> str:
    """The test's name: the one that all rows came from, else after the function."""
    stems = {re.sub(r"\[\d+\]$", "", case.name) for case in group}
    stem = stems.pop() if len(stems) == 1 else ""
    return stem if stem.startswith("test_") else f"test_{function}"
