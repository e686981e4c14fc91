"""Java: classes with constructors and methods; records too."""

from __future__ import annotations

from harness.structure.languages._common import (
    Gathered,
    Node,
    at,
    called_in,
    field_text,
    last_line_of,
    line_of,
    named,
    text,
)
from harness.structure.model import Class, Function, Import, Param

stdin = r"\bSystem\.in\b"
stdout = r"\bSystem\.out\b"
comments = ("line_comment", "block_comment")
calls = "(method_invocation name: (_) @f) (object_creation_expression type: (_) @f)"
_TYPES = frozenset({"class_declaration", "record_declaration", "enum_declaration"})


def grammar() -> object:
    """The grammar's pointer."""
    import tree_sitter_java

    return tree_sitter_java.language()


def read(root: Node) -> Gathered:
    """Top-level and nested classes; methods are found under their class."""
    out = Gathered()
    for node in named(root):
        if node.type in _TYPES:
            _class(node, out)
        elif node.type == "import_declaration":
            path = next((text(c) for c in node.named_children), "")
            out.imports.append(Import(path, (path.rpartition(".")[2],), line_of(node)))
        elif node.type == "method_declaration":
            out.functions.append(_method(node, ""))
    return out


def _modifiers(node: Node) -> str:
    return " ".join(text(c) for c in node.children if c.type == "modifiers")


def _class(node: Node, out: Gathered) -> None:
    name = field_text(node, "name")
    constructor = _params(at(node, "parameters")) if node.type == "record_declaration" else ()
    methods, constructors = [], []
    for child in named(at(node, "body")):
        if child.type == "method_declaration":
            made = _method(child, name)
            if made.name == "main" and made.static:
                out.has_main = True
            else:
                methods.append(made)
        elif child.type == "constructor_declaration":
            constructors.append(_params(at(child, "parameters")))
        elif child.type in _TYPES:
            _class(child, out)
    if constructors:
        constructor = min(constructors, key=len)
    bases = tuple(
        text(c).removeprefix("extends ").removeprefix("implements ")
        for c in node.named_children
        if c.type in ("superclass", "super_interfaces")
    )
    out.classes.append(Class(name, constructor, tuple(methods), bases, line_of(node)))


def _method(node: Node, owner: str) -> Function:
    words = _modifiers(node).split()
    return Function(
        field_text(node, "name"),
        _params(at(node, "parameters")),
        field_text(node, "type"),
        static="static" in words,
        owner=owner,
        line=line_of(node),
        end_line=last_line_of(node),
        public="private" not in words,
        calls=called_in(at(node, "body")),
    )


def _params(node: Node | None) -> tuple[Param, ...]:
    out: list[Param] = []
    for child in named(node):
        if child.type == "formal_parameter":
            out.append(Param(field_text(child, "name"), field_text(child, "type")))
        elif child.type == "spread_parameter":
            parts = [text(c) for c in child.named_children]
            name = parts[-1] if parts else "rest"
            out.append(Param(name, parts[-2] if len(parts) > 1 else "", kind="rest"))
    return tuple(out)
