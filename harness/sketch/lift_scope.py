"""Names of a suite while one test is read: constants, case variables, and the code's own names."""

from __future__ import annotations

import ast
import builtins
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from harness.sketch.lift_code import CodeFacts
from harness.sketch.lift_fold import Folder, NotConstant, NotLifted, immutable
from harness.sketch.spec import Expr

SOLUTION_MODULES = frozenset({"solution", "main", "answer", "candidate", "module", "your_module"})
_TEST_MODULES = frozenset({"pytest", "unittest"})
_PYTEST_NAMES = frozenset({"raises", "approx", "mark", "param"})
_PLAIN_MODULES = frozenset({
    "asyncio", "collections", "collections.abc", "copy", "dataclasses", "datetime", "decimal",
    "enum", "fractions", "functools", "itertools", "json", "math", "operator", "random", "re",
    "statistics", "string", "typing", "unittest",
})  # fmt: skip
"""Modules whose names can be looked up here: to import one that does not exist is an error."""


@dataclass(frozen=True, slots=True)
class Const:
    """A name bound to a constant; `value` keeps its identity, so aliases stay aliases."""

    value: Any
    local: bool = True
    """Bound anew by each run of the test, not shared with other tests."""


@dataclass(frozen=True, slots=True)
class Var:
    """A name bound by a setup step of the case."""

    name: str
    instance: bool = False
    """Made by calling a class of the code."""


@dataclass(frozen=True, slots=True)
class Inline:
    """A result that is used once, in the next statement: its expression stands for it."""

    expr: Expr
    instance: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """An argument that is not a constant, such as a lambda or an exception's class."""

    node: ast.expr


Binding = Const | Var | Inline | Node


@dataclass(slots=True)
class Shared:
    """What all tests of one suite share."""

    facts: CodeFacts
    entry: str
    source: list[str]
    open_names: bool
    """The code's names need no import: check and script suites, or a suite that imports none."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Name in the suite to name in the code."""
    modules: dict[str, str] = field(default_factory=dict)
    """Name in the suite to dotted name of the standard library or of pytest."""
    solution: set[str] = field(default_factory=set)
    """Names that the module under test itself goes by."""
    constants: dict[str, Const] = field(default_factory=dict)
    leaked: dict[int, Any] = field(default_factory=dict)
    """Mutable constants that were handed to the code, by identity (kept alive)."""
    taken: set[str] = field(default_factory=set)

    def for_test(self) -> Shared:
        """The same for one test: its imports are its own, the objects of the module are not."""
        return replace(
            self,
            aliases=dict(self.aliases),
            modules=dict(self.modules),
            solution=set(self.solution),
            taken=set(),
        )

    def read_import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Note what an import binds. Raises NotLifted for what cannot be followed."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                self._module(alias.name, alias.asname)
            return
        module = node.module or ""
        if node.level or module in ("__future__",):
            if node.level:
                raise NotLifted("relative import")
            return
        if module in SOLUTION_MODULES or module == self.entry:
            for alias in node.names:
                if alias.name == "*":
                    self.open_names = True
                elif alias.name not in self.facts.names:
                    raise NotLifted(f"{alias.name} is not in the code")
                else:
                    self.aliases[alias.asname or alias.name] = alias.name
            return
        self._known(module)
        for alias in node.names:
            if alias.name in ("*", "mock") or not _exists(module, alias.name):
                raise NotLifted(f"import of {alias.name} from {module}")
            self.modules[alias.asname or alias.name] = f"{module}.{alias.name}"

    def _module(self, name: str, asname: str | None) -> None:
        if name in SOLUTION_MODULES or name == self.entry:
            self.solution.add(asname or name)
            return
        self._known(name)
        self.modules[asname or name.split(".")[0]] = name if asname else name.split(".")[0]

    @staticmethod
    def _known(module: str) -> None:
        root = module.split(".")[0]
        if module.startswith("unittest.mock"):
            raise NotLifted("mocks")
        if root not in sys.stdlib_module_names and root not in _TEST_MODULES:
            raise NotLifted(f"module {root}")
        if "." in module and module not in _PLAIN_MODULES:
            raise NotLifted(f"module {module}")


class Scope:
    """Resolves names inside one test."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self.env: dict[str, Binding] = {}
        self.assigned: frozenset[str] = frozenset()
        """Names that the test binds somewhere: to use one before that is an error in Python."""
        self.folder = Folder(self._constant, self.dotted)

    def fold(self, node: ast.expr) -> Any:
        """The constant value of `node`. Raises NotConstant."""
        return self.folder.fold(node)

    def key(self, node: ast.expr) -> str:
        """The environment's key of a name or of self.name; empty for anything else."""
        if isinstance(node, ast.Name):
            return node.id
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        ):
            return f"self.{node.attr}"
        return ""

    def binding(self, node: ast.expr) -> Binding | None:
        """What the test or its module bound to the name."""
        key = self.key(node)
        if key in self.assigned and key not in self.env:
            raise NotLifted(f"{key} is used before it is bound")
        return self.env.get(key) or self.shared.constants.get(key)

    def _constant(self, node: ast.expr) -> Any:
        bound = self.binding(node)
        if isinstance(bound, Const):
            if any(id(part) in self.shared.leaked for part in mutable_parts(bound.value)):
                raise NotConstant("handed to the code before")
            return bound.value
        if isinstance(bound, Node):
            return self.fold(bound.node)
        raise NotConstant("not a constant")

    def dotted(self, node: ast.expr) -> str:
        """Full name of a builtin or of something imported, "math.isclose"; empty when unknown."""
        if isinstance(node, ast.Attribute):
            owner = self.dotted(node.value)
            return f"{owner}.{node.attr}" if owner in self.shared.modules.values() else ""
        if not isinstance(node, ast.Name) or self.binding(node) is not None:
            return ""
        if node.id in self.shared.modules:
            return self.shared.modules[node.id]
        if self.code_name(node):
            return ""
        return node.id if hasattr(builtins, node.id) else ""

    def code_name(self, node: ast.expr) -> str:
        """The name in the code that `node` stands for; empty when it is none."""
        if isinstance(node, ast.Attribute):
            owned = isinstance(node.value, ast.Name) and node.value.id in self.shared.solution
            return node.attr if owned and node.attr in self.shared.facts.names else ""
        if not isinstance(node, ast.Name) or self.binding(node) is not None:
            return ""
        if node.id in self.shared.aliases:
            return self.shared.aliases[node.id]
        if self.shared.open_names and node.id in self.shared.facts.names:
            return "" if node.id in self.shared.modules else node.id
        return ""

    def exception(self, node: ast.expr) -> str:
        """Name of an exception class, builtin, imported or the code's. Raises NotLifted."""
        bound = self.binding(node)
        if isinstance(bound, Node):
            return self.exception(bound.node)
        name = self.code_name(node)
        if name:
            return name
        dotted = self.dotted(node)
        known = getattr(builtins, dotted, None)
        if isinstance(known, type) and issubclass(known, BaseException):
            return known.__name__
        if "." in dotted and dotted.split(".")[0] in sys.stdlib_module_names:
            return dotted.rsplit(".", 1)[-1]
        raise NotLifted("not an exception's class")

    def fresh(self, name: str) -> str:
        """A case variable's name that nothing else has."""
        base = name.removeprefix("self.")
        used = self.shared.taken | self.shared.facts.names
        candidate, n = base, 1
        while candidate in used:
            n += 1
            candidate = f"{base}_{n}"
        self.shared.taken.add(candidate)
        return candidate

    def leak(self, value: Any) -> None:
        """Note that the code gets hold of a constant. Raises NotLifted the second time."""
        for part in mutable_parts(value):
            if id(part) in self.shared.leaked:
                raise NotLifted("one mutable object is handed over twice")
            self.shared.leaked[id(part)] = part


def _exists(module: str, name: str) -> bool:
    if module == "pytest":
        return name in _PYTEST_NAMES
    return module in _PLAIN_MODULES and hasattr(importlib.import_module(module), name)


def mutable_parts(value: Any) -> Iterator[Any]:
    """The mutable containers inside a constant, itself included."""
    if immutable(value):
        return
    if not isinstance(value, tuple | frozenset):
        yield value
    if isinstance(value, dict):
        for item in value.values():
            yield from mutable_parts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from mutable_parts(item)
