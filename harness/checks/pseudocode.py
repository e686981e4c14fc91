"""PP103: code that parses and does nothing (S0-9)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.checks._topics import mentions
from harness.checks._tree import FUNCTIONS, FunctionNode, TreeIndex, body_without_docstring
from harness.models import Finding, Reason, Severity

_ASKED = r"nothing|no-?op\b|placeholder|stub|abstract|protocol|interface|empty function|skeleton"
_EXEMPT_BASES = ("ABC", "Protocol", "ABCMeta", "Exception", "Error", "Warning")
_EXEMPT_DECORATORS = frozenset({"abstractmethod", "overload", "abstractproperty"})
_ELIDED = re.compile(
    r"(?im)^[ \t]*#+[ \t]*(?:\.\.\.|(?:todo|fixme)\b|"
    r"(?:your|add|insert|put|write) (?:your )?(?:own )?(?:code|logic|implementation) (?:here|goes)|"
    r"(?:the )?rest of (?:the|your) (?:code|function|implementation)|"
    r"implementation (?:goes here|omitted)|same as (?:before|above)|pseudo-?code)"
)


class Pseudocode:
    """An entry point whose body is only `...`, `pass` or NotImplementedError, and elisions.

    Why: S0 asks for runnable code, no pseudocode. Abstract methods, protocols, overloads and
    error classes may be empty. Example: `def slugify(text): ...`.
    """

    id: ClassVar[str] = "PP103"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(fires=True, code="def f(x): ...\n", severity=Severity.REJECT),
        Example(fires=True, code='def f(x):\n    """Trim."""\n', severity=Severity.REJECT),
        Example(fires=True, code="def f(x):\n    raise NotImplementedError('soon')\n"),
        Example(fires=True, code="class F:\n    def a(self): pass\n    def b(self): ...\n"),
        Example(
            fires=True,
            code="def f(x):\n    y = x\n    # ... rest of the code\n    return y\n",
            severity=Severity.WARN,
        ),
        Example(
            fires=True,
            entry_point="f",
            code="def f(x):\n    return x\ndef g(x):\n    pass\n",
            severity=Severity.WARN,
        ),
        Example(
            fires=False,
            code="from abc import ABC, abstractmethod\nclass Shape(ABC):\n    @abstractmethod\n"
            "    def area(self):\n        raise NotImplementedError\nclass Unit(Shape):\n"
            "    def area(self):\n        return 1\n",
        ),
        Example(
            fires=False,
            code="class Base:\n    def go(self):\n        raise NotImplementedError\n"
            "class A(Base):\n    def go(self):\n        return 1\n",
        ),
        Example(
            fires=False,
            code="class TooLong(Exception):\n    pass\ndef f(x):\n    raise TooLong(x)\n",
        ),
        Example(fires=False, instruction="Write a no-op function f.", code="def f(x):\n    pass\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """A rejection where the entry point is empty, warnings for what else is."""
        index = subject.code_index
        if index is None or mentions(subject, _ASKED):
            return
        empty = dict(_empty_definitions(index))
        defined = [n for n in index.tree.body if isinstance(n, (*FUNCTIONS, ast.ClassDef))]
        entry = subject.entry_name
        rejected = {entry} & set(empty) if entry in {n.name for n in defined} else set()
        if not rejected and defined and all(n.name in empty for n in defined):
            rejected = set(empty)
        for name, line in empty.items():
            fatal = name in rejected
            yield Finding(
                rule=self.id,
                severity=Severity.REJECT if fatal else Severity.WARN,
                reason=Reason.PARSE if fatal else "",
                message=f"pseudocode: the body of {name} does nothing",
                line=line,
            )
        for match in list(_ELIDED.finditer(subject.pair.code))[:5]:
            line = subject.pair.code.count("\n", 0, match.start()) + 1
            yield Finding(
                rule=self.id,
                severity=Severity.WARN,
                message=f"a comment stands for code: {match[0].strip()[:60]}",
                line=line,
            )


def _empty_definitions(index: TreeIndex) -> Iterator[tuple[str, int]]:
    """Top-level functions, and classes with methods, that do nothing; subclassed ones may."""
    bases = {index.dotted(base) for node in index.all(ast.ClassDef) for base in node.bases}
    for node in index.tree.body:
        if isinstance(node, FUNCTIONS):
            if _does_nothing(node, index):
                yield node.name, node.lineno
        elif isinstance(node, ast.ClassDef) and node.name not in bases:
            kinds = [
                index.dotted(base) for base in [*node.bases, *(k.value for k in node.keywords)]
            ]
            methods = [m for m in node.body if isinstance(m, FUNCTIONS)]
            exempt = any(kind.split("[")[0].endswith(_EXEMPT_BASES) for kind in kinds)
            if methods and not exempt and all(_does_nothing(m, index) for m in methods):
                yield node.name, node.lineno


def _does_nothing(node: FunctionNode, index: TreeIndex) -> bool:
    decorators = {index.dotted(d).rsplit(".", 1)[-1] for d in node.decorator_list}
    if decorators & _EXEMPT_DECORATORS:
        return False
    return all(_is_nothing(s, index) for s in body_without_docstring(node.body))


def _is_nothing(node: ast.stmt, index: TreeIndex) -> bool:
    if isinstance(node, ast.Pass):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Raise) and node.exc is not None:
        error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return index.dotted(error) == "NotImplementedError"
    return False
