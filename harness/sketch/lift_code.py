"""What a suite's reader must know of the code under test, from its syntax tree alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from harness.sketch.lift_fold import NotLifted
from runners.guest.parsing import parse

_SAFE_STAR = frozenset({"typing", "collections", "itertools", "functools", "dataclasses", "math"})
_BUILDERS = frozenset({"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict",
                       "count", "cycle", "iter", "bytearray", "local", "ContextVar"})  # fmt: skip
_READERS = frozenset({"get", "items", "keys", "values", "index", "count", "copy", "union",
                      "issubset", "issuperset", "intersection", "difference", "most_common",
                      "join"})  # fmt: skip
_READING_CALLS = frozenset({"len", "sorted", "sum", "min", "max", "any", "all", "enumerate", "zip",
                            "list", "tuple", "set", "frozenset", "dict", "range", "map", "filter",
                            "reversed", "isinstance", "str", "repr"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """Names and habits of the code under test."""

    tree: ast.Module
    names: frozenset[str]
    """Bound at its top level."""
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]
    classes: frozenset[str]
    async_names: frozenset[str]
    """Functions and methods that are coroutines."""
    sync_names: frozenset[str]
    star: bool
    """Imports names that cannot be known from here."""
    stateful: bool
    """An answer may depend on the calls before it."""
    deques: frozenset[str]
    """Names and attributes that hold a deque, which crosses the wall as a list."""


def read_code(code: str) -> CodeFacts:
    """The facts of a module. Raises NotLifted where the code does not parse."""
    try:
        tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotLifted("the code does not parse") from None
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
    classes: set[str] = set()
    names: set[str] = set()
    star = False
    for node in _top_level(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions[node.name] = node
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            classes.add(node.name)
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(a.asname or a.name).split(".")[0] for a in node.names}
            star |= isinstance(node, ast.ImportFrom) and node.names[0].name == "*" and (
                node.module not in _SAFE_STAR
            )  # fmt: skip
        else:
            names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _stores(n)}
    defs = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return CodeFacts(
        tree=tree,
        names=frozenset(names),
        functions=functions,
        classes=frozenset(classes),
        async_names=frozenset(n.name for n in defs if isinstance(n, ast.AsyncFunctionDef)),
        sync_names=frozenset(n.name for n in defs if isinstance(n, ast.FunctionDef)),
        star=star,
        stateful=_stateful(tree, frozenset(functions) | classes),
        deques=_deques(tree),
    )


def _stores(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
                yield from _top_level(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from _top_level(handler.body)


def _call_name(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _mutable(node: ast.AST | None) -> bool:
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp,
                ast.GeneratorExp)  # fmt: skip
    return isinstance(node, displays) or _call_name(node or ast.Pass()) in _BUILDERS


def _stateful(tree: ast.Module, owners: frozenset[str] | set[str]) -> bool:
    """Whether one call may leave something for the next: globals, defaults, class attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global) or _call_name(node) == "globals":
            return True
        if isinstance(node, ast.arguments):
            values = [*node.defaults, *(d for d in node.kw_defaults if d is not None)]
            if any(_mutable(value) for value in values):
                return True
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            owner = node.value
            if isinstance(owner, ast.Name) and (owner.id in owners or owner.id == "cls"):
                return True
            if _call_name(owner) == "type" or getattr(owner, "attr", "") == "__class__":
                return True
        if isinstance(node, ast.ClassDef) and any(
            isinstance(item, ast.Assign | ast.AnnAssign) and _mutable(item.value)
            for item in node.body
        ):
            return True
    return _module_state(tree)


def _module_state(tree: ast.Module) -> bool:
    """Whether a function does more than read a mutable value of the module."""
    shared: set[str] = set()
    for node in _top_level(tree.body):
        aliased = isinstance(node, ast.Assign) and getattr(node.value, "id", "") in shared
        if isinstance(node, ast.Assign) and (aliased or not _constant_like(node.value)):
            shared |= {t.id for t in node.targets if isinstance(t, ast.Name)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            shared |= (
                set() if node.value is None or _constant_like(node.value) else {node.target.id}
            )
    if not shared:
        return False
    parents = {c: p for p in ast.walk(tree) for c in ast.iter_child_nodes(p)}
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    uses = (n for f in functions for n in ast.walk(f) if isinstance(n, ast.Name))
    return any(n.id in shared and not _only_reads(n, parents) for n in uses)


def _constant_like(node: ast.expr) -> bool:
    """Literals of immutable kind, type expressions, and calls that make immutable objects."""
    if isinstance(node, ast.Constant | ast.Lambda | ast.JoinedStr | ast.Name | ast.Attribute):
        return True
    if isinstance(node, ast.UnaryOp | ast.BinOp | ast.Subscript | ast.BoolOp | ast.Compare):
        return True
    if isinstance(node, ast.Tuple):
        return all(_constant_like(item) for item in node.elts)
    made = {"compile", "frozenset", "tuple", "TypeVar", "namedtuple", "Decimal", "Fraction", "int",
            "float", "str", "bytes", "range", "getLogger", "Enum", "NewType", "object"}  # fmt: skip
    return _call_name(node) in made


def _only_reads(node: ast.Name, parents: dict[ast.AST, ast.AST]) -> bool:
    parent = parents[node]
    if not isinstance(node.ctx, ast.Load):
        return False
    if isinstance(parent, ast.Subscript):
        return isinstance(parent.ctx, ast.Load) and parent.value is node
    if isinstance(parent, ast.Compare | ast.BinOp):
        return True
    if isinstance(parent, ast.For | ast.comprehension):
        return parent.iter is node
    if isinstance(parent, ast.Attribute):
        return parent.attr in _READERS
    return isinstance(parent, ast.Call) and node in parent.args and (
        _call_name(parent) in _READING_CALLS
    )  # fmt: skip


def _deques(tree: ast.Module) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign | ast.AnnAssign)
            and _call_name(node.value or node) == "deque"
        ):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {t.id if isinstance(t, ast.Name) else t.attr
                      for t in targets if isinstance(t, ast.Name | ast.Attribute)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value is not None:
            name = getattr(node.value, "id", getattr(node.value, "attr", ""))
            if name in found or _call_name(node.value) == "deque":
                return frozenset(found | {"return"})
    return frozenset(found)
