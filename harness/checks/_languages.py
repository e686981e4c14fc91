"""A cautious guess at the language of code that its claimed parser refuses."""

from __future__ import annotations

import ast
import re

_SAMPLE_CHARS = 20_000

_MARKS: tuple[tuple[str, str], ...] = (
    ("html", r"(?i)\A\s*(?:<!doctype html|<html\b)"),
    ("php", r"<\?php\b"),
    ("bash", r"\A#!.*\b(?:ba|z|da)?sh\b"),
    ("rust", r"(?m)^[ \t]*(?:pub )?fn \w+\s*(?:<[^>]*>)?\(|\blet mut \w|^[ \t]*impl\b|println!\("),
    ("go", r"(?m)^package \w+\s*$|^func (?:\(\w+ \*?\w+\) )?\w+\(|\bfmt\.Print"),
    ("cpp", r"(?m)^[ \t]*#include\s*[<\"]|\bstd::\w|\busing namespace std;"),
    ("java", r"(?m)\bpublic (?:static |final )*(?:class|void|int|String)\b|System\.out\.print"),
    ("csharp", r"(?m)^using System\b|\bConsole\.WriteLine\("),
    ("typescript", r"(?m)^[ \t]*(?:export )?interface \w+ \{|"
                   r"\bfunction \w+\([^)]*\w\s*:\s*\w+|"
                   r"\b(?:const|let) \w+\s*:\s*\w+[\w<>\[\]]*\s*="),
    ("javascript", r"(?m)^[ \t]*(?:async |export (?:default )?)?function\s*\*?\s*\w*\s*\("
                   r"[^)]*\)\s*\{|^[ \t]*(?:const|let|var) \w+\s*=|=>\s*\{|"
                   r"\bconsole\.log\(|\bmodule\.exports\b"),
    ("ruby", r"(?m)^[ \t]*def \w+[?!]?(?:\([^)]*\))?\s*$[\s\S]*^[ \t]*end\s*$"),
    ("sql", r"(?is)\A\s*(?:select\b.+\bfrom|create table|insert into)\b"),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _MARKS)


def guess_language(code: str) -> str:
    """The language that `code` plainly is, or empty. Python only where its parser accepts the
    code and it defines or imports something, for many one-liners parse as Python."""
    sample = code[:_SAMPLE_CHARS]
    if _parses_as_python(sample if len(code) <= _SAMPLE_CHARS else ""):
        return "python"
    for name, pattern in _COMPILED:
        if pattern.search(sample):
            return name
    return ""


def _parses_as_python(code: str) -> bool:
    from harness.checks._base import parse_python

    tree, _ = parse_python(code)
    if tree is None:
        return False
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ImportFrom)
    return any(isinstance(node, kinds) for node in tree.body)
