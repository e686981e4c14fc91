"""PP417: names and code that are put together at run time."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.checks._cases import literal_value
from harness.checks._topics import suspicion
from harness.checks._tree import TreeIndex
from harness.models import Finding, Severity

_RUNNERS = frozenset({"exec", "eval", "compile", "builtins.exec", "builtins.eval"})
_IMPORTERS = frozenset({"__import__", "importlib.import_module", "builtins.__import__"})
_POWERFUL = frozenset({"os", "sys", "builtins", "gc", "inspect", "signal", "ctypes", "posix"})
_ASKED = (
    r"eval\w*|exec\w*|dynamic|plugin|import|metaprogram|reflect|attribute|introspect|dispatch|"
    r"interpreter|compil|sandbox|namespace|expression|calculator|load"
)


class HiddenNames:
    """`exec` and `eval` of a literal that reaches for the interpreter, and names of powerful
    modules or their members that are computed.

    Why: that is how the other rules are avoided. Plain `eval` of an argument is not asked about
    here. Example: `getattr(os, "_ex" + "it")(0)`.
    """

    id: ClassVar[str] = "PP417"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="import os\ndef f(x):\n    getattr(os, '_ex' + 'it')(0)\n",
            severity=Severity.REVIEW,
        ),
        Example(fires=True, code="def f(x):\n    exec('import os; os._exit(0)')\n"),
        Example(fires=True, code="def f(x):\n    return __import__('o' + 's')\n"),
        Example(fires=True, code="import sys\ndef f(x):\n    return vars(sys)[x]\n"),
        Example(
            fires=True,
            instruction="Load plugins by name.",
            code="import importlib\ndef f(n):\n    return importlib.import_module(n)\n",
            severity=Severity.WARN,
        ),
        Example(fires=False, code="def f(x):\n    return eval(x)\n"),
        Example(fires=False, code="def f(o, n):\n    return getattr(o, n, None)\n"),
        Example(fires=False, code="def f(x):\n    return eval('x + 1')\n"),
        Example(fires=False, code="import sys\nx = getattr(sys, 'maxsize', 0)\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding for each place, the first five."""
        index = subject.code_index
        if index is None:
            return
        for message, line in sorted(set(_hidden(index)), key=lambda item: item[1])[:5]:
            yield suspicion(subject, self.id, message, line, asked_for=_ASKED)


def _hidden(index: TreeIndex) -> Iterator[tuple[str, int]]:
    for call in index.all(ast.Call):
        name = index.dotted(call.func)
        first = call.args[0] if call.args else None
        if first is None:
            continue
        text = literal_value(first)
        if name in _RUNNERS and isinstance(text, str):
            if "__" in text or "import" in text:
                yield f"{name} of a literal that reaches for the interpreter", call.lineno
        elif name in _IMPORTERS and not isinstance(text, str):
            yield "it imports a module whose name is computed", call.lineno
        elif name == "getattr" and len(call.args) > 1 and _is_powerful(first, index):
            if not isinstance(literal_value(call.args[1]), str):
                yield f"it computes a name in {index.dotted(first)}", call.lineno
        elif name == "vars" and _is_powerful(first, index):
            yield f"it reads all names of {index.dotted(first)}", call.lineno
    for attribute in index.all(ast.Attribute):
        if attribute.attr == "__dict__" and _is_powerful(attribute.value, index):
            yield f"it reads all names of {index.dotted(attribute.value)}", attribute.lineno


def _is_powerful(node: ast.expr, index: TreeIndex) -> bool:
    if isinstance(node, ast.Name) and node.id not in index.aliases:
        return False
    return index.dotted(node) in _POWERFUL
