"""What the style sheets of a page hold, by tree-sitter-css."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from harness.pages.markup import captured

_QUERY = (
    "(rule_set) @rule (media_statement) @media (keyframes_statement) @keyframes (comment) @comment"
)

_TOKEN = re.compile(
    rb"""/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|\\.|[{};]""", re.DOTALL
)
"""Comments, strings and escapes, as CSS Syntax 3 ends them, and the braces outside of them."""


class Torn(NamedTuple):
    """A brace that nothing closes: its byte offset, and how many rules begin within it that are not
    written to be nested, as those with `&` are."""

    at: int
    within: int


@dataclass(frozen=True, slots=True)
class StyleFacts:
    """Counts of one style sheet."""

    rules: int = 0
    """Rule sets, those inside of @media and @supports too."""
    media: int = 0
    keyframes: int = 0
    comments: tuple[tuple[int, str], ...] = ()
    """(byte offset, text)."""
    torn: Torn | None = None
    """The first style rule that is never closed."""


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
    return StyleFacts(rule, media, keyframes, comments, _torn(source))


def _torn(source: bytes) -> Torn | None:
    open_: list[_Open] = []
    begun = 0
    for token in _TOKEN.finditer(source):
        if token[0] == b"{":
            prelude = source[begun : token.start()]
            if open_ and b"&" not in prelude:
                open_[-1].within += 1
            open_.append(_Open(token.start(), b"@" in prelude))
        elif token[0] == b"}" and open_:
            open_.pop()
        if token[0] in b"{};":
            begun = token.end()
    # What ends inside of @media is closed where it was meant to be.
    return next((Torn(each.at, each.within) for each in open_ if not each.at_rule), None)


@dataclass(slots=True)
class _Open:
    at: int
    at_rule: bool
    within: int = 0
