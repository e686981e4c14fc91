"""Reads a source into a `Structure`; never raises, whatever the bytes."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from harness.structure.model import Class, Function, Import, Loc, Structure
from runners.guest.parsing import parse

if TYPE_CHECKING:
    from tree_sitter import Language, Node

_ALIASES = {
    "py": "python", "python3": "python", "js": "javascript", "node": "javascript",
    "nodejs": "javascript",
    "jsx": "javascript", "ts": "typescript", "tsx": "typescript", "golang": "go", "rs": "rust",
    "c++": "cpp", "cc": "cpp", "cxx": "cpp",
}  # fmt: skip
MAX_SOURCE_CHARS = 400_000
"""A longer source is only counted by lines: no pair of a data set comes near."""


class Parts(Protocol):
    """What a language's reader gives: definitions and what runs."""

    functions: list[Function]
    classes: list[Class]
    imports: list[Import]
    docstrings: list[Any]
    runs_at_top: bool
    has_main: bool


class LanguageReader(Protocol):
    """One file in `languages/`: a grammar, three queries' words, and how definitions are read."""

    stdin: str
    stdout: str
    comments: tuple[str, ...]
    calls: str

    def grammar(self) -> object:
        """The grammar's pointer, imported where used."""

    def read(self, root: Node) -> Parts:
        """Definitions and imports below `root`."""


def canonical(language: str) -> str:
    """The project's name of a language: "C++" is "cpp", "py" is "python"."""
    name = language.strip().lower()
    return _ALIASES.get(name, name)


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages whose structure can be read, by the files that are there."""
    package = importlib.import_module("harness.structure.languages")
    found = (m.name for m in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


@lru_cache(maxsize=16)
def _tools(language: str) -> tuple[Any, Language, Any, Any, Any]:
    """(reader, grammar, comment query, call query, error query) of one language."""
    from tree_sitter import Language, Query

    reader = importlib.import_module(f"harness.structure.languages.{language}")
    grammar = Language(reader.grammar())
    comments = Query(grammar, " ".join(f"({kind}) @c" for kind in reader.comments))
    return reader, grammar, comments, Query(grammar, reader.calls), Query(grammar, "(ERROR) @e")


def _captures(query: Any, node: Any, name: str) -> list[Any]:
    from tree_sitter import QueryCursor

    found: list[Any] = QueryCursor(query).captures(node).get(name, [])
    return found


def _lines(source: bytes, skipped: list[Any]) -> Loc:
    """Line counts with the skipped nodes blanked out."""
    text = bytearray(source)
    for node in skipped:
        a, b = node.start_byte, node.end_byte
        text[a:b] = re.sub(rb"[^\n]", b" ", bytes(text[a:b]))
    whole = source.decode("utf-8", "replace")
    lines = whole.splitlines()
    code = sum(1 for line in bytes(text).decode("utf-8", "replace").splitlines() if line.strip())
    return Loc(total=len(lines), nonblank=sum(1 for line in lines if line.strip()), code=code)


def _error_ratio(root: Any, query: Any, size: int) -> float:
    if not root.has_error or not size:
        return 0.0
    end = covered = 0
    spans = sorted((n.start_byte, n.end_byte) for n in _captures(query, root, "e"))
    for a, b in spans:
        covered += max(0, b - max(a, end))
        end = max(end, b)
    return max(covered, 1) / size


@lru_cache(maxsize=64)
def _read(code: str, language: str) -> Structure:
    from tree_sitter import Parser

    source = code.encode("utf-8", "replace")
    if language not in languages() or len(code) > MAX_SOURCE_CHARS:
        return Structure(language=language, loc=_lines(source, []))
    reader, grammar, comment_query, call_query, error_query = _tools(language)
    root = Parser(grammar).parse(source).root_node
    parts = reader.read(root)
    calls = frozenset(
        n.text.decode("utf-8", "replace") for n in _captures(call_query, root, "f") if n.text
    )
    return Structure(
        language=language,
        known=True,
        functions=tuple(parts.functions),
        classes=tuple(parts.classes),
        imports=tuple(parts.imports),
        calls=calls,
        reads_stdin=re.search(reader.stdin, code) is not None,
        prints=re.search(reader.stdout, code) is not None,
        runs_at_top=parts.runs_at_top,
        has_main=parts.has_main,
        loc=_lines(source, [*_captures(comment_query, root, "c"), *parts.docstrings]),
        error_ratio=_error_ratio(root, error_query, len(source)),
    )


def read_structure(code: str, language: str) -> Structure:
    """What `code` holds. A language without a grammar gives line counts only. Never raises."""
    name = canonical(language)
    try:
        return _read(code, name)
    except (RecursionError, ImportError, ValueError, AttributeError):
        return Structure(language=name, loc=_lines(code.encode("utf-8", "replace"), []))


def docstring_of(code: str, entry: str) -> str:
    """The docstring of a Python function or class, dedented; empty where there is none."""
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in ast.walk(tree):
        if isinstance(node, kinds) and node.name == entry:
            return ast.get_docstring(node) or ""
    return ""
