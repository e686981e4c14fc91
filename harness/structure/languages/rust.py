"""Rust: functions, structs and enums with their `impl` blocks."""

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

stdin = r"\bstdin\s*\(\)"
stdout = r"\bprintln?!\s*\(|\bstdout\s*\(\)"
comments = ("line_comment", "block_comment")
calls = "(call_expression function: (_) @f) (macro_invocation macro: (_) @f)"


def grammar() -> object:
    """The grammar's pointer."""
    import tree_sitter_rust

    return tree_sitter_rust.language()


def read(root: Node) -> Gathered:
    """Items at top level, modules of tests left out."""
    out = Gathered()
    for node in named(root):
        _item(node, out)
    return out.settle_public()


def _item(node: Node, out: Gathered) -> None:
    if node.type == "function_item":
        made = _function(node, "")
        out.has_main = out.has_main or made.name == "main"
        out.functions.append(made)
    elif node.type in ("struct_item", "enum_item"):
        name = field_text(node, "name")
        if not any(c.name == name for c in out.classes):
            out.classes.append(Class(name, line=line_of(node), public=_is_public(node)))
    elif node.type == "impl_item":
        _implementation(node, out)
    elif node.type == "use_declaration":
        path = field_text(node, "argument")
        out.imports.append(Import(path.split("::")[0], (path,), line_of(node)))
    elif node.type == "mod_item" and "test" not in field_text(node, "name"):
        for child in named(at(node, "body")):
            _item(child, out)


def _is_public(node: Node) -> bool:
    return any(c.type == "visibility_modifier" for c in node.children)


def _implementation(node: Node, out: Gathered) -> None:
    owner = field_text(node, "type").split("<")[0]
    methods = [_function(n, owner) for n in named(at(node, "body")) if n.type == "function_item"]
    maker = next((m for m in methods if m.static and m.name == "new"), None)
    changes = {"constructor": maker.params, "maker": "new"} if maker is not None else {}
    out.add_methods(owner, [m for m in methods if m is not maker], **changes)


def _function(node: Node, owner: str) -> Function:
    name = field_text(node, "name")
    listed = at(node, "parameters")
    bound = any(c.type == "self_parameter" for c in named(listed))
    params = tuple(
        Param(field_text(c, "pattern").removeprefix("mut "), field_text(c, "type"))
        for c in named(listed)
        if c.type == "parameter"
    )
    modifiers = " ".join(text(c) for c in node.children if c.type == "function_modifiers")
    return Function(
        name,
        params,
        field_text(node, "return_type"),
        "async" in modifiers,
        bool(owner) and not bound,
        owner,
        line_of(node),
        last_line_of(node),
        _is_public(node),
        called_in(at(node, "body")),
    )
