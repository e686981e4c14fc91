"""Tests that come with a row: of which kind they are, and where a check is called."""

from __future__ import annotations

import ast
import re
from typing import Literal

from harness.repair.python import parse

_TEST = re.compile(r"^(?:async\s+)?def\s+test|^class\s+Test", re.M)
_UNITTEST = re.compile(r"^class\s+\w+\s*\(\s*(?:unittest\.)?\w*TestCase\s*\)", re.M)
_CHECK = re.compile(r"^def\s+check\s*\(", re.M)


def suite_kind(source: str) -> Literal["pytest", "check", "script"]:
    """Kind of a Python suite: test functions or classes, `check(candidate)`, bare statements."""
    if _TEST.search(source) or _UNITTEST.search(source):
        return "pytest"
    return "check" if _CHECK.search(source) else "script"


def is_python_suite(text: str) -> bool:
    """Whether `text` is Python that tests something, and not a sketch in prose.

    It defines a test, or parses and has an assertion, an import, a raise or a definition. A text
    that defines tests and does not parse is a (broken) suite.
    """
    if re.search(r"^(?:async\s+)?def\s+(?:test|check)\w*\s*\(|^class\s+Test\w*\s*[:(]", text, re.M):
        return True
    tree = parse(text)
    if tree is None:
        return False
    solid = (ast.Assert, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Raise)
    return any(isinstance(node, solid) for node in ast.walk(tree))


def without_check_call(source: str, entry_point: str) -> str:
    """`source` without a last top-level `check(entry_point)`: whoever runs it calls the check."""
    tree = parse(source)
    if tree is None or not tree.body:
        return source
    last = tree.body[-1]
    match last:
        case ast.Expr(
            value=ast.Call(func=ast.Name(id="check"), args=[ast.Name(id=name)], keywords=[])
        ) if name == entry_point:
            lines = source.split("\n")[: last.lineno - 1]
            return "\n".join(lines).rstrip() + "\n"
    return source
