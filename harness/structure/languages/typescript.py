"""TypeScript: JavaScript's definitions with types."""

from __future__ import annotations

from harness.structure.languages.javascript import calls, comments, read, stdin, stdout

__all__ = ["calls", "comments", "grammar", "read", "stdin", "stdout"]


def grammar() -> object:
    """The grammar's pointer."""
    import tree_sitter_typescript

    return tree_sitter_typescript.language_typescript()
