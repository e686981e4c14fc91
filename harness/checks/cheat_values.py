"""PP408: values that lie when they are compared."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.checks._cases import MISSING, literal_value
from harness.checks._topics import suspicion
from harness.checks._tree import FUNCTIONS, TreeIndex, body_without_docstring
from harness.models import Finding, Severity

_LIES = {"__eq__": True, "__ne__": False}
_ARITHMETIC = frozenset({
    "__sub__", "__rsub__", "__add__", "__radd__", "__mul__", "__rmul__", "__truediv__", "__mod__",
    "__rtruediv__", "__pow__", "__abs__", "__round__", "__neg__", "__divmod__", "__floordiv__",
})  # fmt: skip
_COMPARED = frozenset({"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"})
_MUTATORS = frozenset({
    "clear", "extend", "append", "update", "insert", "pop", "remove", "add", "__init__",
    "__setitem__", "__setattr__", "sort", "reverse", "discard", "setdefault",
})  # fmt: skip
_ASKED = r"wildcard|always equal|any value|matcher|null object|zero vector|null pattern|mock"


class LyingComparison:
    """Classes whose comparison or arithmetic answers a constant, or changes the value compared.

    Why: such a value is equal to every expectation. A dataclass's or a field-wise `__eq__`, and
    one that compares types, are fine. Example: `def __eq__(self, other): return True`.
    """

    id: ClassVar[str] = "PP408"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="class R:\n    def __eq__(self, o): return True\ndef f(x):\n    return R()\n",
            severity=Severity.REVIEW,
        ),
        Example(fires=True, code="class R(str):\n    __eq__ = lambda a, b: True\n"),
        Example(
            fires=True,
            code="class R(list):\n    def __eq__(self, o):\n        self.clear()\n"
            "        self.extend(o)\n        return True\n",
        ),
        Example(
            fires=True,
            code="class R(float):\n    def __sub__(self, o): return 0.0\n    __rsub__ = __sub__\n",
        ),
        Example(
            fires=True,
            code="def f(x):\n    return type('S', (str,), {'__eq__': lambda a, b: True})(x)\n",
        ),
        Example(
            fires=False,
            code="class P:\n    def __init__(self, x):\n        self.x = x\n"
            "    def __eq__(self, o):\n        if not isinstance(o, P):\n"
            "            return NotImplemented\n        return self.x == o.x\n"
            "    def __sub__(self, o):\n        return P(self.x - o.x)\n"
            "    def __bool__(self):\n        return True\n",
        ),
        Example(
            fires=False,
            code="class Low:\n    def __lt__(self, o):\n        return True\n"
            "    def __gt__(self, o):\n        return False\n",
        ),
        Example(
            fires=False,
            code="from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding for each method, the first ten."""
        index = subject.code_index
        if index is None:
            return
        found = [*_in_classes(index), *_made_by_type(index)]
        for message, line in sorted(set(found), key=lambda item: item[1])[:10]:
            yield suspicion(subject, self.id, message, line, asked_for=_ASKED)


def _in_classes(index: TreeIndex) -> Iterator[tuple[str, int]]:
    for node in index.all(ast.ClassDef):
        for item in node.body:
            if isinstance(item, FUNCTIONS):
                yield from _method(item.name, item, node.name)
            elif isinstance(item, ast.Assign) and isinstance(item.value, ast.Lambda):
                for target in item.targets:
                    if isinstance(target, ast.Name):
                        answer = literal_value(item.value.body)
                        if _lies(target.id, answer):
                            yield f"{node.name}.{target.id} is always {answer}", item.lineno


def _method(
    name: str, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str
) -> Iterator[tuple[str, int]]:
    body = body_without_docstring(node.body)
    if len(body) == 1 and isinstance(body[0], ast.Return):
        answer = literal_value(body[0].value)
        if _lies(name, answer):
            yield f"{owner}.{name} is always {answer}", node.lineno
    args = [*node.args.posonlyargs, *node.args.args]
    if name in _COMPARED and args and _mutates(node, args[0].arg):
        yield f"{owner}.{name} changes the value that is compared", node.lineno


def _lies(name: str, answer: object) -> bool:
    if answer is MISSING:
        return False
    if name in _LIES:
        return answer is _LIES[name]
    return name in _ARITHMETIC and isinstance(answer, (int, float)) and answer is not NotImplemented


def _mutates(node: ast.AST, me: str) -> bool:
    for inner in ast.walk(node):
        if isinstance(inner, (ast.Attribute, ast.Subscript)) and not isinstance(
            inner.ctx, ast.Load
        ):
            if _root(inner) == me:
                return True
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            target = inner.func.value
            on_me = _root(target) == me
            on_super = isinstance(target, ast.Call) and getattr(target.func, "id", "") == "super"
            if inner.func.attr in _MUTATORS and (on_me or on_super):
                return True
    return False


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _made_by_type(index: TreeIndex) -> Iterator[tuple[str, int]]:
    """type(name, bases, {...}) whose namespace compares."""
    for call in index.all(ast.Call):
        name = index.dotted(call.func)
        if name not in ("type", "types.new_class") or len(call.args) < 3:
            continue
        names = {literal_value(k) for k in ast.walk(call.args[2]) if isinstance(k, ast.Constant)}
        keywords = {k.arg for k in ast.walk(call.args[2]) if isinstance(k, ast.keyword)}
        lying = (names | keywords) & (_COMPARED | _ARITHMETIC)
        if lying:
            shown = ", ".join(sorted(str(n) for n in lying))
            yield f"a class made at run time defines {shown}", call.lineno
