"""One walk over a Python tree, shared by every check that asks about it."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SHARED = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)
_BUILTINS = frozenset(dir(builtins))
_ROOTS = frozenset({"builtins", "os", "sys", "gc", "inspect"})
_IMPORTERS = frozenset({"__import__", "importlib.import_module", "builtins.__import__"})


class TreeIndex:
    """Nodes by type in source order, their parents, and what imported names stand for."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.parent: dict[ast.AST, ast.AST] = {}
        self._nodes: dict[type[ast.AST], list[ast.AST]] = {}
        self._walk()
        self.bound: set[str] = set()
        """Names that something other than an import binds, in any scope."""
        self.imports: dict[str, str] = {}
        """Local name to the dotted path that it was imported from."""
        self._star = ""
        self._read_bindings()
        self.aliases: dict[str, str] = dict(self.imports)
        """The imports, and names that were given one of them: `run = os.system`."""
        self._read_aliases()

    def _walk(self) -> None:
        nodes, parent = self._nodes, self.parent
        stack: list[ast.AST] = [self.tree]
        while stack:
            node = stack.pop()
            nodes.setdefault(type(node), []).append(node)
            children: list[ast.AST] = []
            for name in node._fields:
                value = getattr(node, name, None)
                if isinstance(value, ast.AST):
                    if not isinstance(value, _SHARED):
                        children.append(value)
                elif isinstance(value, list):
                    children.extend(
                        v for v in value if isinstance(v, ast.AST) and not isinstance(v, _SHARED)
                    )
            for child in children:
                parent[child] = node
            children.reverse()
            stack.extend(children)

    def _read_bindings(self) -> None:
        for node in self.all(ast.Name):
            if not isinstance(node.ctx, ast.Load):
                self.bound.add(node.id)
        self.bound.update(node.arg for node in self.all(ast.arg))
        self.bound.update(node.name for node in self.functions())
        self.bound.update(node.name for node in self.all(ast.ClassDef))
        self.bound.update(node.name for node in self.all(ast.ExceptHandler) if node.name)
        self.bound.update(node.name for node in self.all(ast.MatchAs) if node.name)
        self.bound.update(node.name for node in self.all(ast.MatchStar) if node.name)
        for statement in self.all(ast.Import):
            for alias in statement.names:
                top = alias.name.split(".")[0]
                self.imports[alias.asname or top] = alias.name if alias.asname else top
        for source in self.all(ast.ImportFrom):
            base = "." * source.level + (source.module or "")
            for alias in source.names:
                if alias.name == "*":
                    self._star = base
                self.imports[alias.asname or alias.name] = f"{base}.{alias.name}"

    def _read_aliases(self) -> None:
        roots = {path.split(".")[0] for path in self.imports.values()} | _ROOTS
        for node in self.all(ast.Assign):
            target = node.targets[0]
            if len(node.targets) != 1 or not isinstance(target, ast.Name):
                continue
            if isinstance(node.value, (ast.Name, ast.Attribute, ast.Call)):
                path = self.dotted(node.value)
                if path and path.split(".")[0] in roots and target.id not in _BUILTINS:
                    self.aliases.setdefault(target.id, path)

    def all(self, kind: type[Node]) -> list[Node]:
        """Every node of exactly this type, in source order."""
        return self._nodes.get(kind, [])  # type: ignore[return-value]

    def functions(self) -> Iterator[FunctionNode]:
        """Every def, plain ones first."""
        yield from self.all(ast.FunctionDef)
        yield from self.all(ast.AsyncFunctionDef)

    def dotted(self, node: ast.AST | None) -> str:
        """The dotted path that an expression stands for, imports and `getattr` with a constant
        followed: "os.path.join"; empty where it has none. A builtin is its own name."""
        tail: list[str] = []
        while node is not None:
            if isinstance(node, ast.Attribute):
                tail.append(node.attr)
                node = node.value
            elif isinstance(node, ast.Name):
                tail.append(self._name_path(node.id))
                return ".".join(reversed(tail))
            elif isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
                step = self._through_call(node)
                if step is None:
                    return ""
                name, node = step
                if name:
                    tail.append(name)
                if node is None:
                    return ".".join(reversed(tail))
            else:
                return ""
        return ""

    def _through_call(self, node: ast.Call) -> tuple[str, ast.AST | None] | None:
        args = node.args
        if not args:
            return None
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        last = args[-1] if name != "getattr" else (args[1] if len(args) > 1 else None)
        if name == "getattr" and isinstance(last, ast.Constant) and isinstance(last.value, str):
            return last.value, args[0]
        first = args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            callee = name or (
                f"{node.func.value.id}.{node.func.attr}"
                if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
                else ""
            )
            if self.imports.get(callee, callee) in _IMPORTERS:
                return first.value, None
        return None

    @cached_property
    def paths(self) -> list[tuple[str, ast.expr]]:
        """(dotted path, node) of every use of something imported, the longest path only."""
        found: list[tuple[str, ast.expr]] = []
        nodes: list[ast.expr] = [*self.all(ast.Name), *self.all(ast.Attribute)]
        for node in [*nodes, *self.all(ast.Call)]:
            if isinstance(self.parent.get(node), ast.Attribute):
                continue
            root: ast.AST = node
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and not self._imported(root.id):
                continue
            path = self.dotted(node)
            if path and not (isinstance(node, ast.Call) and path == self.dotted(node.func)):
                found.append((path, node))
        return sorted(found, key=lambda pair: (pair[1].lineno, pair[1].col_offset))

    def _imported(self, name: str) -> bool:
        return name in self.aliases or (bool(self._star) and name not in self.bound)

    def _name_path(self, name: str) -> str:
        known = self.aliases.get(name)
        if known is None and self._star and name not in self.bound and name not in _BUILTINS:
            return f"{self._star}.{name}"
        return known or name

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The node's parents, nearest first, the module last."""
        current = self.parent.get(node)
        while current is not None:
            yield current
            current = self.parent.get(current)

    def function_of(self, node: ast.AST) -> FunctionNode | ast.Lambda | None:
        """The nearest function or lambda that holds `node`, or None at import time."""
        for above in self.ancestors(node):
            if isinstance(above, _SCOPES):
                return above
        return None

    def main_guarded(self, node: ast.AST) -> bool:
        """Whether `node` only runs under `if __name__ == "__main__"`."""
        return any(isinstance(a, ast.If) and is_main_guard(a.test) for a in self.ancestors(node))

    def docstrings(self) -> set[ast.AST]:
        """The constant nodes that are docstrings or bare strings."""
        return {
            statement.value
            for statement in self.all(ast.Expr)
            if isinstance(statement.value, ast.Constant)
        }


def is_main_guard(test: ast.expr) -> bool:
    """Whether a condition compares `__name__` with "__main__"."""
    if not isinstance(test, ast.Compare) or len(test.comparators) != 1:
        return False
    sides = (test.left, test.comparators[0])
    names = {side.id for side in sides if isinstance(side, ast.Name)}
    texts = {side.value for side in sides if isinstance(side, ast.Constant)}
    return names == {"__name__"} and texts == {"__main__"}


def same_tree(left: object, right: object) -> bool:
    """Whether two trees say the same; places do not count. Iterative: depth is no matter."""
    stack = [(left, right)]
    while stack:
        a, b = stack.pop()
        if type(a) is not type(b):
            return False
        if isinstance(a, ast.AST):
            stack.extend(
                (getattr(a, name, None), getattr(b, name, None))
                for name in a._fields
                if name not in ("ctx", "type_comment", "kind")
            )
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return False
            stack.extend(zip(a, b, strict=True))
        elif a != b:
            return False
    return True


def body_without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """A body less its leading string."""
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        value = body[0].value.value
        if isinstance(value, str):
            return body[1:]
    return body
