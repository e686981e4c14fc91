"""Python expressions of a test, as the tagged expressions that the guest evaluates."""

from __future__ import annotations

import ast
from collections.abc import Callable

from harness.sketch.lift_fold import NotConstant, NotLifted, immutable, tagged
from harness.sketch.lift_scope import Const, Inline, Node, Scope, Var
from harness.sketch.spec import Expr

BUILTINS = frozenset({
    "len", "sorted", "list", "set", "frozenset", "tuple", "dict", "str", "int", "float", "bool",
    "bytes", "sum", "abs", "round", "min", "max", "isinstance", "any", "all", "repr", "next",
    "iter", "range", "reversed", "enumerate", "zip", "map", "filter", "hash", "callable",
    "hasattr", "getattr", "divmod", "pow", "complex", "bytearray", "type",
})  # fmt: skip
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**",
}  # fmt: skip


class Translator:
    """Turns expressions into inputs; constants that can change keep their identity."""

    def __init__(self, scope: Scope, promote: Callable[[str, Const], Expr | None]) -> None:
        self.scope = scope
        self.promote = promote
        """Makes a constant a case variable where it is used more than once, else None."""

    def expr(self, node: ast.expr) -> Expr:
        """The tagged expression of `node`. Raises NotLifted."""
        direct = self._bound(node)
        if direct is not None:
            return direct
        try:
            value = self.scope.fold(node)
        except NotConstant:
            method = getattr(self, "_" + type(node).__name__.lower(), None)
            if method is None:
                raise NotLifted(f"expression {type(node).__name__}") from None
            result: Expr = method(node)
            return result
        if not immutable(value):
            self.scope.leak(value)
        return tagged(value, as_input=True)

    def is_instance(self, node: ast.expr) -> bool:
        """Whether `node` is an object of the code's own class, made by the test."""
        bound = self.scope.binding(node)
        if isinstance(bound, Var | Inline):
            return bound.instance
        return isinstance(node, ast.Call) and (
            self.scope.code_name(node.func) in self.scope.shared.facts.classes
        )

    def _bound(self, node: ast.expr) -> Expr | None:
        bound = self.scope.binding(node)
        if isinstance(bound, Var):
            return ["name", bound.name]
        if isinstance(bound, Inline):
            return bound.expr
        if isinstance(bound, Node):
            return self.expr(bound.node)
        if isinstance(bound, Const) and not immutable(bound.value):
            promoted = self.promote(self.scope.key(node), bound)
            if promoted is not None:
                return promoted
            self.scope.leak(bound.value)
            return tagged(bound.value, as_input=True)
        return None

    def _name(self, node: ast.Name) -> Expr:
        code = self.scope.code_name(node)
        if code:
            return ["name", code]
        return ["name", self._builtin(node)]

    def _builtin(self, node: ast.expr) -> str:
        facts = self.scope.shared.facts
        name = self.scope.dotted(node)
        if name not in BUILTINS or name in facts.names or facts.star:
            raise NotLifted(f"name {ast.unparse(node)[:60]}")
        return name

    def _attribute(self, node: ast.Attribute) -> Expr:
        code = self.scope.code_name(node)
        if code:
            return ["name", code]
        self._no_module(node.value)
        if node.attr in self.scope.shared.facts.deques:
            raise NotLifted("a deque crosses the wall as a list")
        return ["attr", self.expr(node.value), node.attr]

    def _no_module(self, node: ast.expr) -> None:
        if self.scope.dotted(node) or (isinstance(node, ast.Name) and node.id == "self"):
            raise NotLifted(f"{ast.unparse(node)[:60]} cannot be called from a case")

    def _subscript(self, node: ast.Subscript) -> Expr:
        if isinstance(node.slice, ast.Slice):
            raise NotLifted("slice")
        return ["index", self.expr(node.value), self.expr(node.slice)]

    def _binop(self, node: ast.BinOp) -> Expr:
        operator = _OPERATORS.get(type(node.op))
        if operator is None:
            raise NotLifted("operator")
        return ["bin", operator, self.expr(node.left), self.expr(node.right)]

    def _unaryop(self, node: ast.UnaryOp) -> Expr:
        if not isinstance(node.op, ast.USub | ast.Not):
            raise NotLifted("operator")
        return ["neg" if isinstance(node.op, ast.USub) else "not", self.expr(node.operand)]

    def _list(self, node: ast.List) -> Expr:
        return ["list", self._all(node.elts)]

    def _tuple(self, node: ast.Tuple) -> Expr:
        return ["tuple", self._all(node.elts)]

    def _set(self, node: ast.Set) -> Expr:
        return ["set", self._all(node.elts)]

    def _dict(self, node: ast.Dict) -> Expr:
        pairs = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise NotLifted("unpacked map")
            pairs.append([self.expr(key), self.expr(value)])
        return ["map", pairs]

    def _all(self, nodes: list[ast.expr]) -> list[Expr]:
        out: list[Expr] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                value = self.scope.fold(node.value)
                if not immutable(value):
                    self.scope.leak(value)
                out.extend(tagged(item, as_input=True) for item in value)
            else:
                out.append(self.expr(node))
        return out

    def _lambda(self, node: ast.Lambda) -> Expr:
        return self._native(node)

    def _native(self, node: ast.expr) -> Expr:
        """Native text that needs nothing but builtins which the code leaves alone."""
        facts = self.scope.shared.facts
        own = {arg.arg for n in ast.walk(node) if isinstance(n, ast.arguments)
               for arg in [*n.posonlyargs, *n.args, *n.kwonlyargs]}  # fmt: skip
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id not in own:
                shadowed = part.id in facts.names or facts.star
                if self.scope.dotted(part) not in BUILTINS or shadowed:
                    raise NotLifted(f"name {part.id} inside native text")
            if isinstance(part, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
                raise NotLifted("native text with an effect")
        return ["code", ast.unparse(node)]

    def _await(self, node: ast.Await) -> Expr:
        return self._coroutine(node.value)

    def _coroutine(self, node: ast.expr) -> Expr:
        """A call of a coroutine of the code; the guest awaits what a call returns."""
        facts = self.scope.shared.facts
        if isinstance(node, ast.Call):
            name = self.scope.code_name(node.func) or getattr(node.func, "attr", "")
            if name in facts.async_names and name not in facts.sync_names:
                return self._call(node, awaited=True)
        raise NotLifted("awaits something else than a coroutine of the code")

    def _call(self, node: ast.Call, *, awaited: bool = False) -> Expr:
        if self.scope.dotted(node.func) == "asyncio.run":
            if len(node.args) != 1 or node.keywords:
                raise NotLifted("asyncio.run")
            return self._coroutine(node.args[0])
        code = self.scope.code_name(node.func)
        last = code or getattr(node.func, "attr", "")
        if not awaited and last in self.scope.shared.facts.async_names:
            raise NotLifted("a coroutine that is not awaited")
        receiver: Expr | None = None
        if code:
            name = code
        elif isinstance(node.func, ast.Name):
            bound = self.scope.binding(node.func)
            if isinstance(bound, Var):
                receiver, name = ["name", bound.name], "__call__"
            elif bound is not None:
                raise NotLifted("calls a name of the test")
            else:
                name = self._builtin(node.func)
        elif isinstance(node.func, ast.Attribute):
            self._no_module(node.func.value)
            receiver, name = self.expr(node.func.value), node.func.attr
        else:
            receiver, name = self.expr(node.func), "__call__"
        args = self._all(node.args)
        kwargs: dict[str, Expr] = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise NotLifted("unpacked keywords")
            kwargs[keyword.arg] = self.expr(keyword.value)
        return ["call", receiver, name, args, kwargs]


def variables(expr: Expr) -> set[str]:
    """The names that an expression mentions: case variables, and names of the code."""
    if not isinstance(expr, list):
        return set()
    found: set[str] = set()
    if len(expr) == 2 and expr[0] == "name" and isinstance(expr[1], str):
        return {expr[1]}
    if len(expr) == 2 and expr[0] in ("str", "char", "code", "int", "float", "bytes"):
        return set()
    for part in expr:
        if isinstance(part, list):
            found |= variables(part)
        elif isinstance(part, dict):
            for value in part.values():
                found |= variables(value)
    return found


def calls(expr: Expr) -> bool:
    """Whether evaluating the expression can run code: anything but names and constants."""
    if not isinstance(expr, list) or not expr:
        return False
    if expr[0] in ("call", "index", "attr", "bin", "neg", "not", "code"):
        return True
    return any(calls(part) for part in expr if isinstance(part, list))


def called(expr: Expr) -> set[str]:
    """The functions and classes that an expression calls by name, without a receiver."""
    found: set[str] = set()
    stack: list[object] = [expr]
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            stack.extend(part.values())
        elif isinstance(part, list):
            if len(part) == 5 and part[0] == "call" and part[1] is None:
                found.add(part[2])
            stack.extend(part)
    return found
