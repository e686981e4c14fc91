"""PP111, PP112: imports and standard library members that do not exist (S0-11)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, ClassVar

from harness.checks._base import Example, Subject
from harness.checks._modules import (
    GONE_MODULES,
    KNOWN_MODULES,
    NEW_MODULES,
    load_safe,
    missing_member,
    other_versions,
)
from harness.checks._tree import TreeIndex
from harness.models import Finding, Reason, Severity

_MAX_NAMES = 50
"""Names that are looked at; a pair with more is no pair of 150 lines."""

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_MEMBER_ERRORS = _IMPORT_ERRORS | {"AttributeError", "NameError"}


def _finding(rule: str, severity: Severity, message: str, line: int, **facts: Any) -> Finding:
    rejects = severity is Severity.REJECT
    return Finding(
        rule=rule,
        severity=severity,
        reason=Reason.API_HALLUCINATED if rejects else "",
        message=message,
        line=line,
        facts=facts,
    )


def guarded(node: ast.AST, index: TreeIndex, errors: frozenset[str]) -> bool:
    """Whether `node` stands in a try that catches one of `errors`, or under TYPE_CHECKING."""
    below = node
    for above in index.ancestors(node):
        if isinstance(above, ast.Try) and below in above.body:
            for handler in above.handlers:
                kind = handler.type
                kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
                names = {index.dotted(k).rsplit(".", 1)[-1] for k in kinds if k is not None}
                if kind is None or names & errors:
                    return True
        elif isinstance(above, ast.If) and index.dotted(above.test).endswith("TYPE_CHECKING"):
            return True
        below = above
    return False


class UnknownImport:
    """Imports that the sandbox cannot satisfy.

    Why: S0-11 asks for the standard library and for common libraries only where necessary. What
    the sandbox lacks is a warning, for the run decides; a name that neither the standard library,
    the sandbox nor a list of common distributions knows is invented. Example:
    `import superjsonlib`.
    """

    id: ClassVar[str] = "PP111"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(fires=True, code="import superjsonlib\n", severity=Severity.REJECT),
        Example(fires=True, code="from pandas import DataFrame\n", severity=Severity.WARN),
        Example(fires=True, code="from .util import x\n", severity=Severity.WARN),
        Example(fires=True, code="import distutils.core\n", severity=Severity.WARN),
        Example(
            fires=True,
            code="try:\n    import superjson\nexcept ImportError:\n    superjson = None\n",
            severity=Severity.WARN,
        ),
        Example(fires=False, code="import os, sys\nfrom collections.abc import Mapping\n"),
        Example(fires=False, code="from __future__ import annotations\nimport __main__\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding for each module, at its first import."""
        index = subject.code_index
        if index is None:
            return
        seen: set[str] = set()
        for name, node in _imported(index):
            if name in seen or len(seen) >= _MAX_NAMES:
                continue
            seen.add(name)
            if not name:
                message = "a relative import: the code is judged alone, without a package"
                yield _finding(self.id, Severity.WARN, message, node.lineno, relative=True)
            elif _is_standard(name):
                continue
            elif name in subject.modules:
                message = f"it uses {name}, which is not of the standard library"
                facts = {"module": name, "known": True, "held": True}
                yield _finding(self.id, Severity.INFO, message, node.lineno, **facts)
            elif name in GONE_MODULES:
                message = f"import not available: {name} is gone from the standard library"
                yield _finding(self.id, Severity.WARN, message, node.lineno, module=name, gone=True)
            else:
                known = name in KNOWN_MODULES
                optional = guarded(node, index, _IMPORT_ERRORS)
                facts = {"module": name, "known": known, "held": False, "optional": optional}
                if known or optional:
                    message = f"import not available: {name}"
                    yield _finding(self.id, Severity.WARN, message, node.lineno, **facts)
                else:
                    names = sorted(sys.stdlib_module_names | KNOWN_MODULES)
                    close = get_close_matches(name, names, n=1, cutoff=0.8)
                    message = f"no such module is known: {name}"
                    yield _finding(
                        self.id, Severity.REJECT, message, node.lineno, **facts, close=close
                    )


def _is_standard(name: str) -> bool:
    return name not in GONE_MODULES and (
        name in sys.stdlib_module_names or name in NEW_MODULES or name == "__main__"
    )


def _imported(index: TreeIndex) -> Iterator[tuple[str, ast.stmt]]:
    for statement in index.all(ast.Import):
        for alias in statement.names:
            yield alias.name.split(".")[0], statement
    for source in index.all(ast.ImportFrom):
        yield "" if source.level else (source.module or "").split(".")[0], source


class InventedMember:
    """Members that the standard library's modules do not have.

    Why: invented functions are the commonest invented API (S0-11, failure mode "hallucinated
    APIs"). The real modules are asked, from a list of those whose import has no effect. Members
    of other versions and platforms are never called invented. Example: `from math import clamp`.
    """

    id: ClassVar[str] = "PP112"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(fires=True, code="from math import clamp\n", severity=Severity.REJECT),
        Example(fires=True, code="import os\ndef f(a):\n    return os.pathh.join(a, a)\n"),
        Example(fires=True, code="import os.path as p\ndef f(a):\n    return p.joinn(a)\n"),
        Example(fires=True, code="import xml.etree.Tree\n"),
        Example(fires=True, code="import string\nx = string.letters\n", severity=Severity.WARN),
        Example(fires=False, code="from math import gcd\nimport os\nx = os.path.join('a', 'b')\n"),
        Example(fires=False, code="from itertools import batched\n"),
        Example(fires=False, code="import subprocess\nsubprocess.STARTUPINFO()\n"),
        Example(fires=False, code="def f(string):\n    return string.trim()\nimport string\n"),
        Example(
            fires=False, code="try:\n    from math import clamp\nexcept ImportError:\n    pass\n"
        ),
        Example(fires=False, code="import math\nif hasattr(math, 'clamp'):\n    math.clamp(1)\n"),
        Example(fires=False, code="import urllib.request\nurllib.request.urlopen('x')\n"),
        Example(fires=False, code="import datetime\nx = datetime.datetime.now()\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding for each member, at its first use."""
        index = subject.code_index
        if index is None or subject.pair.language.version.startswith("2"):
            return
        asked = {
            call.args[1].value
            for call in index.all(ast.Call)
            if index.dotted(call.func) in ("hasattr", "getattr")
            and len(call.args) > 1
            and isinstance(call.args[1], ast.Constant)
        }
        seen: set[tuple[str, str]] = set()
        for path, node in _member_paths(index):
            missing = missing_member(path)
            if len(seen) >= _MAX_NAMES:
                return
            if missing is None or missing in seen or missing[1] in asked:
                continue
            seen.add(missing)
            module, member = missing
            if guarded(node, index, _MEMBER_ERRORS):
                continue
            facts = {"module": module, "member": member}
            if member in other_versions(module):
                if _was_python_2(module, member):
                    message = f"{module}.{member} is gone from the standard library"
                    yield _finding(self.id, Severity.WARN, message, node.lineno, **facts)
                continue
            close = get_close_matches(member, dir(load_safe(module)), n=1, cutoff=0.7)
            message = f"the module {module} has no {member}"
            yield _finding(self.id, Severity.REJECT, message, node.lineno, **facts, close=close)


def _was_python_2(module: str, member: str) -> bool:
    return (module, member) in {
        ("string", "letters"), ("string", "lowercase"), ("string", "uppercase"),
        ("string", "maketrans"), ("string", "join"), ("itertools", "izip"), ("itertools", "imap"),
        ("sys", "maxint"), ("time", "clock"), ("fractions", "gcd"), ("os", "getcwdu"),
        ("urllib", "urlopen"), ("urllib", "quote"), ("urllib", "urlencode"),
        ("inspect", "getargspec"), ("collections", "Mapping"), ("collections", "Iterable"),
    }  # fmt: skip


def _member_paths(index: TreeIndex) -> Iterator[tuple[str, ast.stmt | ast.expr]]:
    stdlib = sys.stdlib_module_names
    for statement in index.all(ast.Import):
        for alias in statement.names:
            if "." in alias.name and alias.name.split(".")[0] in stdlib:
                yield alias.name, statement
    for source in index.all(ast.ImportFrom):
        if source.module and not source.level and source.module.split(".")[0] in stdlib:
            for alias in source.names:
                if alias.name != "*":
                    yield f"{source.module}.{alias.name}", source
    for path, node in index.paths:
        root: ast.AST = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Load)
            and isinstance(root, ast.Name)
            and root.id in index.imports
            and root.id not in index.bound
        ):
            yield path, node
