"""Python's own parser, one thread at a time.

CPython 3.11 counts the depth of the tree that it builds in a place that all threads share: two
parses at once can end in "SystemError: AST constructor recursion depth mismatch". Everything on
the host that parses Python goes through here.
"""

from __future__ import annotations

import ast
import threading

_ONE = threading.Lock()


def parse(source: str) -> ast.Module:
    """The tree of a module. Raises what `ast.parse` raises."""
    with _ONE:
        return ast.parse(source)


def parse_expression(source: str) -> ast.Expression:
    """The tree of one expression. Raises what `ast.parse` raises."""
    with _ONE:
        return ast.parse(source, mode="eval")
