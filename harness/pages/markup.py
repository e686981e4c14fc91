"""Where the tags, attributes and raw texts of a page stand, by tree-sitter.

tree-sitter keeps byte offsets and always answers, which is what lines and edits need; what a
browser would make of the same text is asked of lexbor (`harness.pages.tree`), which keeps no
offsets. Offsets here are bytes of the UTF-8 text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

Node = Any
"""A tree-sitter node; the binding is untyped where it matters."""
Span = tuple[int, int]

MAX_DEPTH = 1_000
"""tree-sitter takes quadratic time on deeper trees, which no author writes."""
_MAX_FLAT = 10_000
"""Likewise on one error node with that many children."""
_DEEP_BYTES = 16_000
_QUERY = """
(start_tag) @start (self_closing_tag) @start (end_tag) @end (erroneous_end_tag) @end
(raw_text) @raw (comment) @comment (doctype) @doctype (ERROR) @error (text) @text
"""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute as written: `value` is None where there is none. Names are lower case."""

    name: str
    value: str | None
    span: Span
    """Name, equals sign and value with its quotes."""
    value_span: Span
    """The value without its quotes; empty at the end of `span` where there is none."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One start tag, with the raw text after it where it is a script or a style."""

    name: str
    span: Span
    attributes: tuple[Attribute, ...]
    raw: Span | None = None
    self_closing: bool = False

    def get(self, name: str) -> str | None:
        """The value of an attribute, empty for one without a value, None where it is absent."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute.value or ""
        return None


@dataclass(frozen=True)
class Markup:
    """The positions of one page."""

    source: bytes
    tags: tuple[Tag, ...]
    ends: tuple[tuple[str, Span], ...]
    """(name, span) of every end tag, those that close nothing too."""
    comments: tuple[Span, ...]
    doctype: Span | None
    errors: tuple[int, ...]
    """Offsets of tree-sitter's ERROR nodes: a hint, since stray `&` and `>` give some too."""
    texts: tuple[Span, ...]

    @cached_property
    def _lines(self) -> list[int]:
        starts, at = [0], self.source.find(b"\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.source.find(b"\n", at + 1)
        return starts

    def line(self, offset: int) -> int:
        """The 1-based line of an offset; 0 for a negative one."""
        return bisect_right(self._lines, offset) if offset >= 0 else 0

    def text(self, span: Span) -> str:
        """The text of a span."""
        return self.source[span[0] : span[1]].decode("utf-8", "replace")

    def named(self, *names: str) -> Iterator[Tag]:
        """The start tags of these names, in order."""
        return (tag for tag in self.tags if tag.name in names)


def utf8(html: str | bytes) -> bytes:
    """The page as UTF-8 without a byte order mark, with the newlines that a browser would see."""
    data = html.encode("utf-8", "replace") if isinstance(html, str) else html
    data = data.decode("utf-8", "replace").encode("utf-8")
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


@lru_cache(maxsize=1)
def _tools() -> tuple[Any, Any]:
    import tree_sitter_html
    from tree_sitter import Language, Query

    language = Language(tree_sitter_html.language())
    return language, Query(language, _QUERY)


def read_markup(source: bytes, depth: int = 0) -> Markup:
    """The positions of a page given by `utf8`; of a tree deeper than `MAX_DEPTH` those of its
    beginning. Never raises."""
    from tree_sitter import Parser

    language, query = _tools()
    root = Parser(language).parse(source if depth <= MAX_DEPTH else source[:_DEEP_BYTES]).root_node
    found = captured(query, root)
    raws = {node.start_byte: _span(node) for node in found.get("raw", [])}
    tags = tuple(_tag(node, raws) for node in _ordered(found.get("start", [])))
    ends = tuple((_name(node), _span(node)) for node in _ordered(found.get("end", [])))
    doctype = next(iter(_ordered(found.get("doctype", []))), None)
    return Markup(
        source,
        tags,
        ends,
        tuple(_span(node) for node in _ordered(found.get("comment", []))),
        _span(doctype) if doctype is not None else None,
        tuple(sorted({node.start_byte for node in found.get("error", [])})),
        tuple(_span(node) for node in _ordered(found.get("text", []))),
    )


def captured(query: Any, root: Node) -> dict[str, list[Node]]:
    """The nodes of a query by capture name, down to `MAX_DEPTH` levels below `root`; none where
    tree-sitter gave the text up as one flat error."""
    from tree_sitter import QueryCursor

    flat = [root, *root.children[-1:]] if root.has_error else []
    if any(node.type == "ERROR" and node.child_count > _MAX_FLAT for node in flat):
        return {}
    cursor = QueryCursor(query)
    cursor.set_max_start_depth(MAX_DEPTH)
    found: dict[str, list[Node]] = cursor.captures(root)
    # the binding gives them in an order that differs from run to run
    return {name: sorted(nodes, key=_place) for name, nodes in found.items()}


def _place(node: Node) -> tuple[int, int]:
    return node.start_byte, -node.end_byte


def _ordered(nodes: list[Node]) -> list[Node]:
    return sorted(nodes, key=lambda node: node.start_byte)


def _span(node: Node) -> Span:
    return node.start_byte, node.end_byte


def _text(node: Node) -> str:
    return str((node.text or b"").decode("utf-8", "replace"))


def _name(node: Node) -> str:
    for child in node.named_children:
        if child.type in ("tag_name", "erroneous_end_tag_name"):
            return _text(child).lower()
    return ""


def _tag(node: Node, raws: dict[int, Span]) -> Tag:
    attributes = tuple(_attribute(c) for c in node.named_children if c.type == "attribute")
    closing = node.type == "self_closing_tag"
    return Tag(_name(node), _span(node), attributes, raws.get(node.end_byte), closing)


def _attribute(node: Node) -> Attribute:
    name, value, inside = "", None, (node.end_byte, node.end_byte)
    for child in node.named_children:
        if child.type == "attribute_name":
            name = _text(child).lower()
        elif child.type == "attribute_value":
            value, inside = _text(child), _span(child)
        elif child.type == "quoted_attribute_value":
            value, inside = _text(child)[1:-1], (child.start_byte + 1, child.end_byte - 1)
    return Attribute(name, value, _span(node), inside)
