"""The tree that a browser would build, by lexbor: the same parsing standard, under 1 ms a page.

lexbor (through selectolax) rather than html5lib: html5lib keeps offsets, but has had no release
since 2020 and is far slower. What lexbor lacks, offsets, tree-sitter has.

How a text ends is asked of the parser and not guessed: a comment of our own is put behind the text,
and where the parser puts that comment says in what state the text ended. Inside a script it is part
of the script; after `</html>` it hangs on the document; else its ancestors are the open elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_MARK = "pairproof:end:of:text"
_COMMENT = f"<!--{_MARK}-->".encode()
_RAW = frozenset({"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"})
_MAX_TRIES = 64
"""Angle brackets tried as the start of the tag that a text ends in."""
_MANY_BYTES = 400_000
_MAX_TEMPLATES = 8
MAY_STAY_OPEN = frozenset(
    {
        "html", "head", "body", "p", "li", "dt", "dd", "option", "optgroup", "thead", "tbody",
        "tfoot", "tr", "td", "th", "colgroup", "caption", "rt", "rp",
    }
)  # fmt: skip
"""Elements whose end tag may be left out (HTML standard, 13.1.2.4)."""


_TEXTS = frozenset({"script", "style", "title"})


@dataclass(frozen=True, slots=True)
class TextEnd:
    """In what state a text ends."""

    inside: str = ""
    """script, style, comment, tag, attribute, cdata, another raw element; empty: none."""
    start: int = -1
    """Byte offset at which that unclosed thing starts; -1 where there is none."""
    open: tuple[str, ...] = ()
    """Elements open at the end, outermost first; empty once `</body>` or `</html>` was read."""
    closed: bool = False
    """`</body>` or `</html>` was the last structure read."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the tree; attribute names are lower case."""

    name: str
    attributes: dict[str, str | None]
    text: str = ""
    """Of scripts, styles and titles."""


def tree_depth(source: bytes) -> int:
    """How deep the page's tree is, in elements, by its deepest leaf."""
    parser = _parsed(source)
    deepest = depth = 0
    node = parser.root
    while node is not None:
        depth += 1
        deepest = max(deepest, depth)
        following = node.first_child
        while following is None and node is not None:
            following = node.next
            if following is None:
                node = node.parent
                depth -= 1
            else:
                depth -= 1
        node = following
    return deepest


def elements(source: bytes) -> list[Element]:
    """Every element of the page's tree in document order, templates' contents left out."""
    return [
        Element(node.tag, node.attributes, node.text() if node.tag in _TEXTS else "")
        for node in _nodes(_parsed(source))
        if node.is_element_node
    ]


def text_end(source: bytes) -> TextEnd:
    """In what state the text ends."""
    return _end(source) or _inside_tag(source) or _template_end(source)


def _parsed(source: bytes) -> Any:
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(source)


def _nodes(parser: Any, *, text: bool = False) -> Iterator[Any]:
    root = parser.root
    if root is None:
        return
    top = root.parent if root.parent is not None else root
    yield from top.traverse(include_text=text)


def _end(source: bytes) -> TextEnd | None:
    """The end by where our comment went; None where it is nowhere: inside a tag or a template."""
    node = _marked(source)
    if node is None:
        return None
    if node.is_text_node:
        return _raw_end(source, node.parent.tag)
    if node.comment_content != _MARK:
        return TextEnd("comment", source.rfind(b"<!"))
    if _after(node, "body", "frameset", "html"):
        return TextEnd(closed=True)
    return TextEnd(open=tuple(_above(node)))


def _marked(source: bytes) -> Any | None:
    """The comment or text that holds the mark put behind `source`."""
    parser = _parsed(source + _COMMENT)
    last = parser.root.parent if parser.root is not None else None
    while last is not None and last.last_child is not None:
        last = last.last_child
    if last is not None and _holds_mark(last):
        return last
    # only what is moved out of a table ends elsewhere than at the end of the tree
    return next((node for node in _nodes(parser, text=True) if _holds_mark(node)), None)


def _holds_mark(node: Any) -> bool:
    if node.is_comment_node:
        return _MARK in node.comment_content
    return node.is_text_node and _MARK in node.text(deep=False)


def _raw_end(source: bytes, name: str) -> TextEnd:
    if name in _RAW:
        return TextEnd(name, source.lower().rfind(b"<" + name.encode()))
    return TextEnd("cdata", source.rfind(b"<![CDATA["))


def _after(node: Any, *names: str) -> bool:
    """Whether a sibling before the node has one of the names: only an end tag leads there."""
    before = node.prev
    while before is not None:
        if before.is_element_node and before.tag in names:
            return True
        before = before.prev
    return False


def _inside_tag(source: bytes) -> TextEnd | None:
    """The end inside a tag: which characters lead out of it says whether a quote is open."""
    ways = ((b">", "tag"), (b'">', "attribute"), (b"'>", "attribute"))
    inside = next((name for way, name in ways if _open_at(source + way) is not None), "")
    if not inside:
        return None
    at = len(source)
    for _ in range(_MAX_TRIES if len(source) < _MANY_BYTES else 4):
        at = source.rfind(b"<", 0, max(at, 0))
        if at < 0 or _open_at(source[:at]) is not None:
            break
    return TextEnd(inside, max(at, 0))


def _template_end(source: bytes) -> TextEnd:
    """The end inside a template, whose contents the tree does not show: closed until it does."""
    closed = source
    for depth in range(1, _MAX_TEMPLATES):
        closed += b"</template>"
        found = _open_at(closed)
        if found is not None:
            return TextEnd(open=(*found, *["template"] * depth))
    return TextEnd("tag", source.rfind(b"<"))


def _open_at(source: bytes) -> list[str] | None:
    """The elements around a comment put behind `source`; None where it does not become one."""
    node = _marked(source)
    if node is None or not node.is_comment_node or node.comment_content != _MARK:
        return None
    return _above(node)


def _above(node: Any) -> list[str]:
    """The names of a node's ancestors, outermost first."""
    names = []
    up = node.parent
    while up is not None and up.is_element_node:
        names.append(up.tag)
        up = up.parent
    return names[::-1]
