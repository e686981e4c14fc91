"""What a suite holds, read from its syntax tree: tests by name, imports, names it does not define.

The host counts the roster with it before anything runs; the guest chooses its runner with it.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from runners.guest.parsing import parse
else:
    from parsing import parse

MAX_COUNT = 100_000
_FRAMEWORK_DEFS = frozenset(
    ("setup_module", "teardown_module", "setup_function", "teardown_function", "setup", "teardown",
     "setUpModule", "tearDownModule", "pytestmark", "pytest_generate_tests")
)  # fmt: skip
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Outline:
    """A suite before it runs.

    `tests` maps base names ("test_x", "TestC::test_y") to how many tests they stand for; None where
    that cannot be told from the text. `duplicates` are names that are defined twice: the first is
    shadowed. `free` are names that are read and bound nowhere in the module.
    """

    tree: ast.Module
    tests: dict[str, int | None] = field(default_factory=dict)
    duplicates: tuple[str, ...] = ()
    needs_pytest: bool = False
    imports_pytest: bool = False
    imports: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()


def outline(source: str, kind: str = "pytest") -> Outline | None:
    """Read a suite; None when it does not parse."""
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    imports, bound, read = _names(tree)
    pytest_too = "pytest" in {name.split(".")[0] for name in imports}
    free = frozenset(read - bound - _BUILTIN)
    if kind != "pytest":
        tests: dict[str, int | None] = {kind: 1} if kind == "check" or _can_fail(tree) else {}
        return Outline(tree, tests, (), False, pytest_too, imports, free)
    reader = _Reader(tree)
    reader.read()
    return Outline(tree, reader.tests, tuple(dict.fromkeys(reader.duplicates)),
                   reader.needs_pytest, pytest_too, imports, free)  # fmt: skip


def _can_fail(tree: ast.Module) -> bool:
    """Whether a script holds anything that says no: an assertion, or a raise."""
    return any(
        isinstance(node, ast.Assert | ast.Raise)
        or (isinstance(node, ast.Attribute) and node.attr.startswith(("assert", "fail")))
        for node in ast.walk(tree)
    )


_BUILTIN = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__"}


def _names(tree: ast.Module) -> tuple[frozenset[str], set[str], set[str]]:
    """Imported modules, names bound at module level, and names read anywhere."""
    imports: set[str] = set()
    bound: set[str] = set()
    read: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.Import):
            imports |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imports.add(node.module or "solution")
    inner: set[str] = set()
    for node in tree.body:
        _module_bound(node, inner)
    return frozenset(imports), inner, read


def _module_bound(node: ast.AST, bound: set[str]) -> None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        bound.add(node.name)
        return
    if isinstance(node, ast.Import | ast.ImportFrom):
        bound.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        return
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        bound.add(node.id)
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.Lambda):
        return
    for child in ast.iter_child_nodes(node):
        _module_bound(child, bound)


class _Reader:
    """Counts the tests as pytest would collect them."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.tests: dict[str, int | None] = {}
        self.duplicates: list[str] = []
        self.needs_pytest = False
        self.classes: dict[str, ast.ClassDef] = {}
        self.literals: dict[str, int] = {}
        self.fixtures: dict[str, _Function] = {}
        self.marks: list[ast.expr] = []

    def read(self) -> None:
        """Fill `tests`, `duplicates` and `needs_pytest`."""
        body = list(_flat(self.tree.body))
        for node in body:
            if isinstance(node, ast.ClassDef):
                self.classes[node.name] = node
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if any(_dotted(d).split(".")[-1] == "fixture" for d in node.decorator_list):
                    self.fixtures[node.name] = node
                if node.name in _FRAMEWORK_DEFS:
                    self.needs_pytest = True
            elif isinstance(node, ast.Assign) and len(node.targets) == 1:
                self._assignment(node)
        if self.fixtures:
            self.needs_pytest = True
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if node.name.startswith("test") and node.name not in self.fixtures:
                    if node.decorator_list or _parameters(node):
                        self.needs_pytest = True
                    self._add(node.name, self._count(node, self.marks))
            elif isinstance(node, ast.ClassDef):
                self._class(node, "")

    def _assignment(self, node: ast.Assign) -> None:
        target = node.targets[0]
        if not isinstance(target, ast.Name):
            return
        if target.id == "pytestmark":
            self.needs_pytest = True
            value = node.value
            self.marks += value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
        length = self._length(node.value)
        if length is not None:
            self.literals[target.id] = length

    def _add(self, name: str, count: int | None) -> None:
        if name in self.tests:
            self.duplicates.append(name)
        if count != 0:
            self.tests[name] = count

    def _class(self, node: ast.ClassDef, prefix: str) -> None:
        unittest = self._is_unittest(node, set())
        if not unittest and not node.name.startswith("Test"):
            return
        self.needs_pytest = True
        chain = self._chain(node)
        if not unittest and any(_defines(c, "__init__") for c in chain):
            return
        if any(_says_no_test(item) for item in node.body):
            return
        marks = [*self.marks, *(d for c in chain for d in c.decorator_list)]
        seen: set[str] = set()
        for cls in chain:
            own: set[str] = set()
            for item in _flat(cls.body):
                if isinstance(item, ast.ClassDef) and cls is node and not unittest:
                    self._class(item, f"{prefix}{node.name}::")
                if not isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                if not item.name.startswith("test"):
                    continue
                if item.name in own:
                    self.duplicates.append(f"{prefix}{node.name}::{item.name}")
                own.add(item.name)
                if item.name in seen:
                    continue
                self._set(f"{prefix}{node.name}::{item.name}", self._count(item, marks))
            seen |= own

    def _set(self, name: str, count: int | None) -> None:
        if count != 0:
            self.tests[name] = count

    def _chain(self, node: ast.ClassDef) -> list[ast.ClassDef]:
        """The class and its bases in this module, nearest first."""
        chain, todo = [], [node]
        while todo:
            cls = todo.pop(0)
            if cls in chain:
                continue
            chain.append(cls)
            names = [_dotted(base) for base in cls.bases]
            todo += [self.classes[n] for n in names if n in self.classes]
        return chain

    def _is_unittest(self, node: ast.ClassDef, seen: set[str]) -> bool:
        for base in node.bases:
            name = _dotted(base)
            if name.split(".")[-1] in ("TestCase", "IsolatedAsyncioTestCase"):
                return True
            if name in self.classes and name not in seen:
                seen.add(name)
                if self._is_unittest(self.classes[name], seen):
                    return True
        return False

    def _count(self, node: _Function, marks: list[ast.expr]) -> int | None:
        """How many tests a function stands for: parametrised marks and fixtures multiplied."""
        count: int | None = 1
        named: set[str] = set()
        for mark in [*node.decorator_list, *marks]:
            if isinstance(mark, ast.Call) and _dotted(mark.func).endswith("mark.parametrize"):
                count = _times(count, self._mark_length(mark))
                if mark.args and isinstance(mark.args[0], ast.Constant):
                    named |= {part.strip() for part in str(mark.args[0].value).split(",")}
        for fixture in self._fixtures_of(node, named):
            count = _times(count, self._fixture_length(fixture))
        return count

    def _fixtures_of(self, node: _Function, named: set[str]) -> list[_Function]:
        found: dict[str, _Function] = {}
        todo = [p for p in _parameters(node) if p not in named]
        todo += [n for n, f in self.fixtures.items() if _is_autouse(f)]
        while todo:
            name = todo.pop()
            fixture = self.fixtures.get(name)
            if fixture is not None and name not in found:
                found[name] = fixture
                todo += _parameters(fixture)
        return list(found.values())

    def _fixture_length(self, node: _Function) -> int | None:
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call):
                for keyword in mark.keywords:
                    if keyword.arg == "params":
                        return self._length(keyword.value)
        return 1

    def _mark_length(self, mark: ast.Call) -> int | None:
        values = mark.args[1] if len(mark.args) > 1 else None
        for keyword in mark.keywords:
            if keyword.arg == "argvalues":
                values = keyword.value
        length = None if values is None else self._length(values)
        # pytest makes one skipped test of an empty list: it can never pass, so it stays expected.
        return 1 if length == 0 else length

    def _length(self, value: ast.expr) -> int | None:
        if isinstance(value, ast.List | ast.Tuple):
            return None if any(isinstance(e, ast.Starred) for e in value.elts) else len(value.elts)
        if isinstance(value, ast.Dict):
            return None
        if isinstance(value, ast.Name):
            return self.literals.get(value.id)
        if isinstance(value, ast.Call) and _dotted(value.func) == "range":
            try:
                return min(len(range(*[ast.literal_eval(a) for a in value.args])), MAX_COUNT)
            except (ValueError, TypeError, OverflowError):
                return None
        return None


def _flat(body: list[ast.stmt]) -> list[ast.stmt]:
    """Statements, with those inside if, try and with blocks."""
    out: list[ast.stmt] = []
    for node in body:
        out.append(node)
        if isinstance(node, ast.If) and _is_main_guard(node.test):
            out += _flat(node.orelse)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            for part in ("body", "orelse", "finalbody"):
                out += _flat(getattr(node, part, []))
    return out


def _is_main_guard(test: ast.expr) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(test))


def _dotted(node: ast.expr) -> str:
    """ "a.b.c" of a name, an attribute or a call of one."""
    if isinstance(node, ast.Call):
        return _dotted(node.func)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _parameters(node: _Function) -> list[str]:
    spec = node.args
    return [a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]


def _defines(node: ast.ClassDef, name: str) -> bool:
    return any(
        isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and item.name == name
        for item in node.body
    )


def _says_no_test(item: ast.stmt) -> bool:
    return (
        isinstance(item, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == "__test__" for t in item.targets)
        and isinstance(item.value, ast.Constant)
        and not item.value.value
    )


def _is_autouse(node: _Function) -> bool:
    return any(
        keyword.arg == "autouse" and isinstance(keyword.value, ast.Constant) and keyword.value.value
        for mark in node.decorator_list
        if isinstance(mark, ast.Call)
        for keyword in mark.keywords
    )


def _times(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a * b
