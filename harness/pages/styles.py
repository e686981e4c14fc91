"""What the style sheets of a page hold, by tree-sitter-css."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from harness.pages.markup import captured

_QUERY = (
    "(rule_set) @rule (media_statement) @media (keyframes_statement) @keyframes (comment) @comment"
)


@dataclass(frozen=True, slots=True)
class StyleFacts:
    """Counts of one style sheet."""

    rules: int = 0
    """Rule sets, those inside of @media and @supports too."""
    media: int = 0
    keyframes: int = 0
    comments: tuple[tuple[int, str], ...] = ()
    """(byte offset, text)."""


@lru_cache(maxsize=1)
def _tools() -> tuple[Any, Any]:
    import tree_sitter_css
    from tree_sitter import Language, Parser, Query

    language = Language(tree_sitter_css.language())
    return Parser(language), Query(language, _QUERY)


def read_style(source: bytes) -> StyleFacts:
    """The counts of one style sheet. Never raises."""
    parser, query = _tools()
    found = captured(query, parser.parse(source).root_node)
    comments = tuple(
        (node.start_byte, (node.text or b"").decode("utf-8", "replace"))
        for node in found.get("comment", [])
    )
    rule, media, keyframes = (len(found.get(n, [])) for n in ("rule", "media", "keyframes"))
    return StyleFacts(rule, media, keyframes, comments)
