"""A suite whose assertions are all plain data becomes a TestSpec, and can be run values-out.

All or nothing: one statement that is not understood in full, and the suite runs natively instead.
Nothing is executed here; the suite's syntax tree is read on the host.
"""

from __future__ import annotations

import ast
import re
from typing import Literal

from harness.sketch.lift_body import Body
from harness.sketch.lift_code import CodeFacts, read_code
from harness.sketch.lift_expr import called
from harness.sketch.lift_fold import NotLifted
from harness.sketch.lift_params import Arguments, arguments
from harness.sketch.lift_scope import SOLUTION_MODULES, Const, Scope, Shared
from harness.sketch.spec import Case, Entry, TestSpec
from runners.guest.parsing import parse

MAX_SOURCE = 500_000
_UNITTEST = frozenset({"unittest.TestCase", "unittest.IsolatedAsyncioTestCase"})
_SETUP = frozenset({"setUp", "setup_method"})

# A suite is a stranger's text: whatever it does to this reader, it is run natively instead.
_UNREADABLE = (SyntaxError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
               RecursionError, MemoryError)  # fmt: skip

Kind = Literal["pytest", "check", "script"]


def lift_suite(source: str, *, kind: Kind, entry_point: str, code: str) -> TestSpec | None:
    """The suite as a TestSpec that says exactly the same, or None.

    `kind` is how the suite is meant to run: "pytest" collects functions and classes, "check" calls
    HumanEval's `check(candidate)` with `entry_point`, "script" runs top to bottom. `code` is the
    code under test; it is read, never run. Never raises.
    """
    try:
        return lift_or_say(source, kind=kind, entry_point=entry_point, code=code)
    except NotLifted:
        return None


def lift_or_say(source: str, *, kind: Kind, entry_point: str, code: str) -> TestSpec:
    """As `lift_suite`, but says why not.

    Raises:
        NotLifted: with the reason, for reports and tests.
    """
    if len(source) > MAX_SOURCE or len(code) > MAX_SOURCE:
        raise NotLifted("too long")
    try:
        tree = parse(source)
        suite = _Suite(source, kind, entry_point, read_code(code))
        suite.read(tree)
    except _UNREADABLE as error:
        raise NotLifted(f"cannot be read: {type(error).__name__}") from None
    if not suite.cases:
        raise NotLifted("asserts nothing")
    name = entry_point if entry_point in suite.facts.names else _subject(suite)
    return TestSpec(entry=_entry(suite.facts, name), cases=tuple(suite.cases))


class _Suite:
    """Walks the top level of a suite."""

    def __init__(self, source: str, kind: Kind, entry: str, facts: CodeFacts) -> None:
        if facts.stateful:
            raise NotLifted("the code keeps state between calls")
        self.kind = kind
        self.entry = entry
        self.facts = facts
        self.cases: list[Case] = []
        self.defined: set[str] = set()
        self.shared = Shared(facts, entry, re.split(r"\r\n|\r|\n", source), kind != "pytest")
        self.scope = Scope(self.shared)

    def read(self, tree: ast.Module) -> None:
        """Collect every case. Raises NotLifted."""
        if self.kind == "pytest" and not _imports_solution(tree, self.entry):
            self.shared.open_names = True
        if self.kind == "script" and not _defines_tests(tree):
            Body(self.shared, "script", self.cases).read(tree.body)
            return
        tests: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = []
        called: list[str] = []
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                if node.name in self.defined or node.name in self.facts.names:
                    raise NotLifted(f"{node.name} is defined twice")
                self.defined.add(node.name)
                tests.append(node)
            else:
                called += self._statement(node)
        for node in tests:
            self._test(node, called)

    def _statement(self, node: ast.stmt) -> list[str]:
        """Imports, constants, a docstring, a call of the tests; the names that it calls."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            self.shared.read_import(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            self._constant(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            pass
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            return self._called(node.value)
        elif isinstance(node, ast.If) and _is_main(node.test) and not node.orelse:
            # Only a script is run as __main__; for the others this block never runs.
            if self.kind == "script":
                return [name for inner in node.body for name in self._statement(inner)]
        else:
            raise NotLifted(f"{type(node).__name__} at the top level")
        return []

    def _constant(self, node: ast.Assign | ast.AnnAssign) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        target = targets[0]
        if len(targets) != 1 or not isinstance(target, ast.Name) or node.value is None:
            raise NotLifted("a binding at the top level")
        name = target.id
        if name == "METADATA" and self.kind == "check":
            return
        clash = name in self.facts.names or name in self.shared.aliases
        if clash or name.startswith("__") or name in ("pytestmark", "pytest_plugins"):
            raise NotLifted(f"{name} is bound by the suite")
        if name in self.shared.constants or name in self.shared.modules:
            raise NotLifted(f"{name} is bound twice")
        self.shared.constants[name] = Const(self.scope.fold(node.value), local=False)

    def _called(self, call: ast.Call) -> list[str]:
        func = call.func
        if self.scope.dotted(func) in ("sys.path.insert", "sys.path.append"):
            return []
        if self.scope.dotted(func) == "print" and not any(
            isinstance(n, ast.Call) for arg in call.args for n in ast.walk(arg)
        ):
            return []
        if self.kind == "check" and isinstance(func, ast.Name) and func.id == "check":
            names = [n.id for n in call.args if isinstance(n, ast.Name)]
            if names == [self.entry] or names == ["candidate"]:
                return ["check"]
        if self.kind == "script" and isinstance(func, ast.Name) and not call.args:
            return [func.id]
        if self.kind == "script" and self.scope.dotted(func) == "unittest.main":
            return ["unittest.main"]
        raise NotLifted("a call at the top level")

    def _test(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, called: list[str]
    ) -> None:
        if isinstance(node, ast.ClassDef):
            if self.kind == "check" or (self.kind == "script" and "unittest.main" not in called):
                raise NotLifted("a class that nothing runs")
            self._class(node)
        elif self.kind == "check":
            self._check(node)
        elif self.kind == "script":
            if called.count(node.name) != 1 or node.decorator_list or node.args.args:
                raise NotLifted(f"{node.name} is not called once")
            if isinstance(node, ast.AsyncFunctionDef):
                raise NotLifted("a coroutine that is not awaited")
            Body(self.shared, node.name, self.cases).read(node.body)
        elif node.name.startswith("test"):
            self._function(node)
        else:
            raise NotLifted(f"{node.name} is a helper, or is not collected")

    def _check(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        plain = isinstance(node, ast.FunctionDef) and not node.decorator_list
        if not plain or node.name != "check" or len(node.args.args) != 1 or node.args.defaults:
            raise NotLifted(f"{node.name} beside check")
        if self.entry not in self.facts.names:
            raise NotLifted(f"{self.entry} is not in the code")
        body = Body(self.shared, "check", self.cases)
        parameter = node.args.args[0].arg
        if parameter != self.entry and parameter in self.facts.names:
            raise NotLifted("the parameter hides a name of the code")
        body.shared.aliases[parameter] = self.entry
        body.read(node.body)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        runs = arguments(self.shared, node, method=False)
        for number, given in enumerate(runs, 1):
            name = node.name if len(runs) == 1 else f"{node.name}[{number}]"
            body = Body(self.shared, name, self.cases)
            body.scope.env.update(given)
            body.read(node.body)

    def _class(self, node: ast.ClassDef) -> None:
        bases = [self.scope.dotted(base) for base in node.bases]
        case = len(bases) == 1 and bases[0] in _UNITTEST
        if node.decorator_list or node.keywords or not (case or not bases):
            raise NotLifted(f"{node.name} inherits or is decorated")
        if not case and not node.name.startswith("Test"):
            raise NotLifted(f"{node.name} is not collected")
        before: list[ast.stmt] = []
        tests: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
        names: set[str] = set()
        constants: dict[str, Const] = {}
        for item in node.body:
            if isinstance(item, ast.Pass) or (
                isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant)
            ):
                continue
            if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
                name = item.targets[0].id
                if name.startswith("__") or name in names or name == "pytestmark":
                    raise NotLifted(name)
                names.add(name)
                constants[f"self.{name}"] = Const(self.scope.fold(item.value), local=False)
                continue
            if not isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) or item.name in names:
                raise NotLifted("an unusual class")
            names.add(item.name)
            if item.name in _SETUP and (case or item.name == "setup_method"):
                before = self._setup(item)
            elif item.name.startswith("test"):
                tests.append(item)
            else:
                raise NotLifted(f"{item.name} is a helper, or is not collected")
        if not tests:
            raise NotLifted(f"{node.name} has no tests")
        for test in tests:
            self._methods(node, test, before, constants, case=case, bases=bases)

    @staticmethod
    def _setup(item: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
        if isinstance(item, ast.AsyncFunctionDef) or item.decorator_list:
            raise NotLifted("an unusual setup")
        extra = item.args.args[1:]
        if len(extra) > (1 if item.name == "setup_method" else 0) or not item.args.args:
            raise NotLifted("an unusual setup")
        return item.body

    def _methods(
        self,
        node: ast.ClassDef,
        test: ast.FunctionDef | ast.AsyncFunctionDef,
        before: list[ast.stmt],
        constants: dict[str, Const],
        *,
        case: bool,
        bases: list[str],
    ) -> None:
        if not test.args.args or test.args.args[0].arg != "self":
            raise NotLifted("a method without self")
        if case:
            awaited = bases == ["unittest.IsolatedAsyncioTestCase"]
            wrong = isinstance(test, ast.AsyncFunctionDef) and not awaited
            if wrong or test.decorator_list or len(test.args.args) != 1:
                raise NotLifted("an unusual method")
            runs: list[Arguments] = [{}]
        else:
            runs = arguments(self.shared, test, method=True)
        for number, given in enumerate(runs, 1):
            name = f"{node.name}::{test.name}"
            body = Body(self.shared, name if len(runs) == 1 else f"{name}[{number}]", self.cases)
            body.in_method = True
            body.unittest = case
            body.scope.env.update(constants)
            body.scope.env.update(given)
            body.read(test.body, before=before)


def _imports_solution(tree: ast.Module, entry: str) -> bool:
    for node in ast.walk(tree):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else (
            [a.name for a in node.names] if isinstance(node, ast.Import) else [])  # fmt: skip
        if any(name in SOLUTION_MODULES or name == entry for name in names):
            return True
    return False


def _defines_tests(tree: ast.Module) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, kinds) for node in tree.body)


def _is_main(test: ast.expr) -> bool:
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")


def _subject(suite: _Suite) -> str:
    """The code's name that the cases mention most; empty where they mention none."""
    counts: dict[str, int] = {}
    for case in suite.cases:
        for expr in [*(step[-1] for step in case.setup), case.call or []]:
            for name in called(expr) & suite.facts.names:
                counts[name] = counts.get(name, 0) + 1
    return max(counts, key=lambda name: counts[name], default="")


def _entry(facts: CodeFacts, name: str) -> Entry:
    function = facts.functions.get(name)
    if function is None:
        kind: Literal["class", "none"] = "class" if name in facts.classes else "none"
        return Entry(kind=kind, name=name)
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    optional = len(positional) - len(args.defaults)
    params = [(a.arg, ast.unparse(a.annotation) if a.annotation else "", i >= optional)
              for i, a in enumerate(positional)]  # fmt: skip
    params += [(a.arg, ast.unparse(a.annotation) if a.annotation else "", d is not None)
               for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True)]  # fmt: skip
    return Entry(
        kind="function",
        name=name,
        params=tuple(params),
        returns=ast.unparse(function.returns) if function.returns else "",
        is_async=isinstance(function, ast.AsyncFunctionDef),
    )
