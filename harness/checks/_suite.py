"""A suite read as tests: which of them run, which use the code, which can fail."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.checks._assertions import truth_of
from harness.checks._reading import Note, Scan
from harness.checks._scan import Scanner
from harness.checks._tree import FUNCTIONS, FunctionNode, TreeIndex, is_main_guard

if TYPE_CHECKING:
    from harness.checks._base import Subject

_TEST_LIBRARIES = frozenset({
    "pytest", "hypothesis", "mock", "numpy", "pandas", "freezegun", "parameterized", "ddt", "six",
    "pytest_mock", "pytest_asyncio", "anyio", "trio", "scipy", "sympy", "torch", "attr", "attrs",
    "responses", "requests_mock", "faker", "testfixtures", "nose", "allure", "requests", "conftest",
})  # fmt: skip
_VARYING = frozenset({"random", "secrets", "time", "datetime", "uuid", "numpy", "os", "threading"})
_MOCKS = frozenset({"MagicMock", "Mock", "AsyncMock", "NonCallableMock", "create_autospec"})
_DYNAMIC = frozenset({"__import__", "exec", "eval", "globals", "locals", "vars", "getattr", "dir"})


@dataclass(frozen=True)
class TestItem:
    """One test that the framework would collect."""

    __test__ = False

    name: str
    line: int
    scan: Scan
    problem: str = ""
    """Why it does not count as run: skipped, expected to fail, an empty table."""

    @property
    def can_fail(self) -> bool:
        """Whether some wrong answer may fail it; true whenever in doubt."""
        return not self.problem and not self.scan.skipped and self.scan.can_fail


@dataclass(frozen=True)
class SuiteReport:
    """What is known of a suite before it runs."""

    tests: tuple[TestItem, ...]
    notes: tuple[Note, ...]
    """In the order of their lines."""
    uses_solution: bool
    """False only when it is certain that nothing of the code under test is named."""

    @property
    def can_fail(self) -> bool:
        """Whether any wrong answer may fail any test; true whenever in doubt."""
        return self.uses_solution and any(test.can_fail for test in self.tests)


class _Reader:
    def __init__(self, subject: Subject, index: TreeIndex, kind: str) -> None:
        self.index, self.kind, self.notes = index, kind, list[Note]()
        self.entry = entry = subject.entry_name
        own = _public_names(subject.tree) | ({entry} if entry else set())
        modules, imported, self.star = self._imports(own)
        replaced = self._replaced(own - imported)
        params = {
            a.arg
            for f in index.functions()
            if f.name == "check"
            for a in [*f.args.posonlyargs, *f.args.args]
        }
        self.subjects = frozenset((own | imported | params) - replaced)
        self.modules = modules
        self.knows_code = bool(own)
        foreign = frozenset(index.imports) - self.subjects - modules
        self.strangers = self._foreign_callables(foreign)
        self.scanner = Scanner(
            index,
            self.subjects,
            unknown=self.strangers,
            repeatable=_is_repeatable(subject.code_index),
        )

    def _imports(self, own: set[str]) -> tuple[set[str], set[str], bool]:
        """Local names of modules of the code, names imported from them, whether by star. Where
        the code's own names are known, other imported names are a stranger's helpers."""
        modules: set[str] = set()
        names: set[str] = set()
        star = False
        for local, path in self.index.imports.items():
            top = path.lstrip(".").split(".")[0]
            if top in sys.stdlib_module_names or top in _TEST_LIBRARIES:
                continue
            if local == "*":
                star = True
            elif "." in path.lstrip(".") or path.startswith("."):
                if not own or path.rsplit(".", 1)[-1] in own:
                    names.add(local)
            else:
                modules.add(local)
        return modules, names, star

    def _replaced(self, own: set[str]) -> set[str]:
        """Names of the code that the suite defines for itself instead of importing them."""
        replaced: set[str] = set()
        for node in self.index.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                made = node.value.func if isinstance(node.value, ast.Call) else None
                if name in own and self.index.dotted(made).rsplit(".", 1)[-1] in _MOCKS:
                    replaced.add(name)
                    self.notes.append(Note("PP306", node.lineno, f"{name} is a mock"))
            elif (
                isinstance(node, (*FUNCTIONS, ast.ClassDef))
                and node.name in own
                and not self.star
                and node.name not in self.index.imports
            ):
                replaced.add(node.name)
                if node.name == self.entry or own <= replaced:
                    message = f"the suite defines {node.name} itself"
                    self.notes.append(Note("PP306", node.lineno, message))
        return replaced

    def _foreign_callables(self, names: frozenset[str]) -> frozenset[str]:
        """Imported functions that may assert: anything not from the standard library."""
        return frozenset(
            name
            for name in names
            if self.index.imports[name].split(".")[0] not in sys.stdlib_module_names
        )

    def uses_solution(self) -> bool:
        if not self.knows_code or self.star:
            return True
        names = {n.id for n in self.index.all(ast.Name) if isinstance(n.ctx, ast.Load)}
        strangers = {s for s in self.strangers if not _of_test_library(self.index.imports[s])}
        if names & (self.subjects | self.modules | strangers | _DYNAMIC):
            return True
        texts = (n.value for n in self.index.all(ast.Constant) if isinstance(n.value, str))
        wanted = {"solution", ".py", *self.subjects}
        return any(word in text for text in texts for word in wanted if word)

    def collected(self) -> Iterator[tuple[str, FunctionNode, list[ast.expr], bool]]:
        """(name, function, its decorators and its class's, whether in a plain TestCase)."""
        seen: dict[str, ast.stmt] = {}
        for node in _module_level(self.index.tree.body):
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                earlier = seen.get(node.name)
                if earlier is not None and node.name.lower().startswith("test"):
                    self._shadowed(node.name, earlier.lineno)
                seen[node.name] = node
        for name, node in seen.items():
            if isinstance(node, FUNCTIONS) and name.startswith("test"):
                yield name, node, node.decorator_list, False
            elif isinstance(node, ast.ClassDef):
                yield from self._methods(node, seen)

    def _methods(
        self, node: ast.ClassDef, seen: dict[str, ast.stmt]
    ) -> Iterator[tuple[str, FunctionNode, list[ast.expr], bool]]:
        bases = [self.index.dotted(base).rsplit(".", 1)[-1] for base in node.bases]
        local = [seen[b] for b in bases if isinstance(seen.get(b), ast.ClassDef)]
        plain = any(base == "TestCase" for base in bases)
        case = plain or any(base.endswith("TestCase") for base in bases)
        for parent in local:
            if isinstance(parent, ast.ClassDef):
                names = [self.index.dotted(base) for base in parent.bases]
                case = case or any(name.endswith("TestCase") for name in names)
        if not case and not node.name.startswith("Test"):
            return
        methods: dict[str, FunctionNode] = {}
        for parent in [*local, node]:
            for item in parent.body if isinstance(parent, ast.ClassDef) else ():
                if isinstance(item, FUNCTIONS) and item.name.startswith("test"):
                    if item.name in methods and parent is node and methods[item.name] in node.body:
                        self._shadowed(item.name, methods[item.name].lineno)
                    methods[item.name] = item
        for name, method in methods.items():
            yield (
                f"{node.name}.{name}",
                method,
                [*node.decorator_list, *method.decorator_list],
                plain,
            )

    def _shadowed(self, name: str, line: int) -> None:
        self.notes.append(Note("PP313", line, f"{name} is defined again below and never runs"))

    def item(
        self, name: str, node: FunctionNode, decorators: list[ast.expr], plain: bool
    ) -> TestItem:
        mocked: set[str] = set()
        problem = ""
        for decorator in decorators:
            problem = problem or self._decorator(decorator, node.lineno)
            if isinstance(decorator, ast.Call):
                path = self.index.dotted(decorator.func)
                if path.endswith(("patch", "patch.object")):
                    mocked |= self.scanner.patched(decorator)
        if mocked:
            message = f"{', '.join(sorted(mocked))} is replaced"
            self.notes.append(Note("PP306", node.lineno, message))
        if plain and isinstance(node, ast.AsyncFunctionDef):
            problem = problem or "a coroutine that unittest never awaits"
            self.notes.append(Note("PP308", node.lineno, f"{name}: {problem}"))
        scan = self.scanner.scan(node.body, frozenset(mocked))
        if not scan.sites and not scan.doubt and not problem:
            self.notes.append(Note("PP302", node.lineno, f"{name} asserts nothing"))
        return TestItem(name, node.lineno, scan, problem)

    def _decorator(self, decorator: ast.expr, line: int) -> str:
        call = decorator if isinstance(decorator, ast.Call) else None
        path = self.index.dotted(call.func if call else decorator)
        last = path.rsplit(".", 1)[-1]
        if last in ("skip", "xfail", "expectedFailure") and path.startswith(("pytest", "unittest")):
            conditional = last == "xfail" and call is not None and bool(call.args)
            self.notes.append(Note("PP314", line, f"marked {last}"))
            return "" if conditional else f"marked {last}"
        if last in ("skipif", "skipIf", "skipUnless"):
            condition = truth_of(call.args[0]) if call and call.args else None
            self.notes.append(Note("PP314", line, f"marked {last}"))
            return f"marked {last}" if condition is (last != "skipUnless") else ""
        if last == "parametrize" and call is not None:
            table = next((k.value for k in call.keywords if k.arg == "argvalues"), None)
            table = call.args[1] if len(call.args) > 1 else table
            if table is not None and self.scanner.is_empty(table):
                self.notes.append(Note("PP305", line, "parametrized over an empty table"))
                return "parametrized over an empty table"
        return ""

    def module_skip(self) -> str:
        for node in self.index.tree.body:
            if not isinstance(node, ast.Assign):
                continue
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id == "pytestmark":
                for value in getattr(node.value, "elts", [node.value]):
                    problem = self._decorator(value, node.lineno)
                    if problem:
                        return problem
        return ""


def _public_names(tree: ast.Module | None) -> set[str]:
    body = tree.body if tree is not None else []
    return {n.name for n in body if isinstance(n, (*FUNCTIONS, ast.ClassDef)) and n.name != "main"}


def _of_test_library(path: str) -> bool:
    return path.lstrip(".").split(".")[0] in _TEST_LIBRARIES


def _is_repeatable(code: TreeIndex | None) -> bool:
    """Whether two equal calls surely give equal answers: no classes of its own, no chance, no
    clock, no state."""
    if code is None:
        return False
    keeps_state = bool(code.all(ast.Global)) or bool(code.all(ast.Yield))
    if keeps_state or code.all(ast.ClassDef):
        return False
    return not any(path.split(".")[0] in _VARYING for path in code.imports.values())


def _module_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for name in ("body", "orelse", "finalbody"):
            if isinstance(node, (ast.If, ast.Try, ast.With)):
                yield from _module_level(getattr(node, name, []))


def read_suite(subject: Subject) -> SuiteReport | None:
    """The report on a subject's Python suite; None where there is none or it does not parse."""
    index, suite = subject.suite_index, subject.pair.suite
    if index is None or suite is None or not index.tree.body:
        return None
    reader = _Reader(subject, index, suite.kind)
    whole = [
        n
        for n in index.tree.body
        if not isinstance(n, (*FUNCTIONS, ast.ClassDef))
        and not (suite.kind == "pytest" and isinstance(n, ast.If) and is_main_guard(n.test))
    ]
    module_scan = reader.scanner.scan(whole)
    skip = reader.module_skip()
    if module_scan.skipped and suite.kind == "pytest":
        skip = skip or "the module skips itself"
    items: list[TestItem] = []
    runs_framework = any(
        index.dotted(c.func) in ("unittest.main", "pytest.main") for c in index.all(ast.Call)
    )
    if suite.kind == "check":
        checks = [f for f in index.functions() if f.name == "check"]
        items = [reader.item("check", f, f.decorator_list, False) for f in checks[-1:]]
    if suite.kind == "pytest" or runs_framework or (suite.kind == "check" and not items):
        items += [reader.item(*found) for found in reader.collected()]
    if suite.kind == "script" or module_scan.sites or (suite.kind == "check" and not items):
        items.append(TestItem("<module>", 1, module_scan))
    if skip:
        items = [TestItem(i.name, i.line, i.scan, i.problem or skip) for i in items]
    notes = [*reader.notes, *(n for i in items for n in i.scan.notes)]
    ordered = sorted(set(notes), key=lambda n: (n.line, n.rule, n.message))
    return SuiteReport(tuple(items), tuple(ordered), reader.uses_solution())
