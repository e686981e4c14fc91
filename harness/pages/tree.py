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


def elements(source: bytes) -> list[Element]:
    """Every element of the page's tree in document order, templates' contents left out."""
    return [
        Element(node.tag, node.attributes, node.text() if node.tag in _TEXTS else "")
        for node in _nodes(_parsed(source))
        if node.is_element_node
    ]


def text_end(source: bytes) -> TextEnd:
    """In what state the text ends."""
    return _end(source) or _inside_tag(source)


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
    """The end by where our comment went; None where it is nowhere, which is inside a tag."""
    marked = None
    parser = _parsed(source + _COMMENT)
    for node in _nodes(parser, text=True):
        if node.is_comment_node and _MARK in node.comment_content:
            marked = node
        elif node.is_text_node and _MARK in node.text(deep=False):
            return _raw_end(source, node.parent.tag)
    if marked is None:
        return _template_end(source)
    if marked.comment_content != _MARK:
        return TextEnd("comment", source.rfind(b"<!"))
    above = []
    node = marked.parent
    while node is not None and node.is_element_node:
        above.append(node.tag)
        node = node.parent
    if _after(marked, "body", "frameset", "html"):
        return TextEnd(closed=True)
    return TextEnd(open=tuple(reversed(above)))


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


def _template_end(source: bytes) -> TextEnd | None:
    """The end inside a template, whose contents the tree does not show."""
    depth, names = source, ["template"]
    for _ in range(8):
        depth = depth + b"</template>"
        found = _end_once(depth)
        if found is not None:
            return TextEnd(open=(*found, *names))
        names.append("template")
    return None


def _end_once(source: bytes) -> list[str] | None:
    for node in _nodes(_parsed(source + _COMMENT)):
        if node.is_comment_node and node.comment_content == _MARK:
            above = []
            up = node.parent
            while up is not None and up.is_element_node:
                above.append(up.tag)
                up = up.parent
            return above[::-1]
    return None


def _inside_tag(source: bytes) -> TextEnd:
    """The end inside a tag: which character leads out of it says whether a quote is open."""
    inside = "tag" if _end_once(source + b">") is not None else "attribute"
    at = len(source)
    for _ in range(64):
        at = source.rfind(b"<", 0, at)
        if at < 0:
            break
        if _end_once(source[:at]) is not None:
            return TextEnd(inside, at)
    return TextEnd(inside, max(at, 0))
