"""What every language's reader shares: text of a node, the parts being gathered, names called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from harness.structure.model import Class, Function, Import, Param

Node = Any
"""A tree-sitter node; the binding is untyped where it matters."""

_CALLED = re.compile(r"([^\W\d]\w*)\s*(?:::<[^>]*>)?\(")


@dataclass(slots=True)
class Gathered:
    """Definitions found so far."""

    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    docstrings: list[Node] = field(default_factory=list)
    runs_at_top: bool = False
    has_main: bool = False

    def add_methods(self, name: str, methods: list[Function], **changes: Any) -> None:
        """Add methods to the class of that name, making it where it is not there yet."""
        for i, known in enumerate(self.classes):
            if known.name == name:
                self.classes[i] = Class(
                    name,
                    changes.get("constructor", known.constructor),
                    known.methods + tuple(methods),
                    known.bases,
                    known.line,
                    known.public,
                    changes.get("maker", known.maker),
                )
                return
        self.classes.append(Class(name, methods=tuple(methods), **changes))

    def settle_public(self) -> Gathered:
        """Where nothing is marked public, everything is: a file without exports hides nothing."""
        if not any(f.public for f in self.functions) and not any(c.public for c in self.classes):
            self.functions = [replace(f, public=not f.name.startswith("_")) for f in self.functions]
            self.classes = [replace(c, public=True) for c in self.classes]
        return self


def text(node: Node | None) -> str:
    """The source text of a node; empty for None."""
    if node is None or node.text is None:
        return ""
    return str(node.text.decode("utf-8", "replace"))


def at(node: Node, name: str) -> Node | None:
    """The child in that field."""
    return node.child_by_field_name(name)


def field_text(node: Node, name: str) -> str:
    """The text of the child in that field; empty where there is none."""
    return text(at(node, name))


def line_of(node: Node) -> int:
    """1-based line on which the node starts."""
    return int(node.start_point[0]) + 1


def last_line_of(node: Node) -> int:
    """1-based line on which the node ends."""
    return int(node.end_point[0]) + 1


def called_in(body: Node | None) -> frozenset[str]:
    """Last parts of the names followed by an opening parenthesis in a body."""
    return frozenset(_CALLED.findall(text(body)))


def named(node: Node | None) -> Iterator[Node]:
    """The named children, comments left out."""
    if node is not None:
        for child in node.named_children:
            if "comment" not in child.type:
                yield child


def head(node: Node) -> str:
    """The text of a definition before its body."""
    body = at(node, "body")
    whole = text(node)
    if body is None:
        return whole
    return whole.encode()[: body.start_byte - node.start_byte].decode("utf-8", "replace")


def plain(name: str, kind: str = "", default: Node | None = None) -> Param:
    """A plain parameter from its name, type text and default node."""
    return Param(name, kind.lstrip(": ").strip(), text(default) if default is not None else None)
