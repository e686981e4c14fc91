"""Go: functions, methods by their receiver, structs with the function that makes them."""

from __future__ import annotations

import re

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

stdin = r"\bos\.Stdin\b|\bfmt\.Scan"
stdout = r"\bfmt\.(?:Print|Fprint)|\bos\.Stdout\b"
comments = ("comment",)
calls = "(call_expression function: (_) @f)"
_WORD = re.compile(r"[^\W\d]\w*")


def grammar() -> object:
    """The grammar's pointer."""
    import tree_sitter_go

    return tree_sitter_go.language()


def read(root: Node) -> Gathered:
    """Functions, types and methods; capitalised names are public."""
    out = Gathered()
    methods: dict[str, list[Function]] = {}
    for node in named(root):
        if node.type == "function_declaration":
            made = _function(node, "")
            out.has_main = out.has_main or made.name == "main"
            out.functions.append(made)
        elif node.type == "method_declaration":
            words = _WORD.findall(re.sub(r"\[[^\]]*\]", "", field_text(node, "receiver")))
            owner = words[-1] if words else ""
            methods.setdefault(owner, []).append(_function(node, owner))
        elif node.type == "type_declaration":
            for spec in named(node):
                kind = at(spec, "type")
                if kind is not None and kind.type != "interface_type":
                    name = field_text(spec, "name")
                    out.classes.append(Class(name, line=line_of(spec), public=name[:1].isupper()))
        elif node.type == "import_declaration":
            out.imports.extend(_imports(node))
    for owner, found in methods.items():
        maker = next((f for f in out.functions if _makes(f, owner)), None)
        changes = {"constructor": maker.params, "maker": maker.name} if maker is not None else {}
        out.add_methods(owner, found, **changes)
    made_by = {c.maker for c in out.classes}
    out.functions = [f for f in out.functions if f.name not in made_by] + [
        f for f in out.functions if f.name in made_by
    ]
    return out.settle_public()


def _makes(function: Function, owner: str) -> bool:
    return function.name.lower() in ("new" + owner.lower(), "new") and owner in function.returns


def _function(node: Node, owner: str) -> Function:
    name = field_text(node, "name")
    return Function(
        name,
        _params(at(node, "parameters")),
        field_text(node, "result"),
        owner=owner,
        line=line_of(node),
        end_line=last_line_of(node),
        public=name[:1].isupper(),
        calls=called_in(at(node, "body")),
    )


def _params(node: Node | None) -> tuple[Param, ...]:
    out: list[Param] = []
    for child in named(node):
        type_ = field_text(child, "type")
        kind = "rest" if child.type == "variadic_parameter_declaration" else "plain"
        names = child.children_by_field_name("name")
        for name in names:
            out.append(Param(text(name), type_, kind="rest" if kind == "rest" else "plain"))
        if not names:
            out.append(Param("_", type_, kind="rest" if kind == "rest" else "plain"))
    return tuple(out)


def _imports(node: Node) -> list[Import]:
    found: list[Import] = []
    for child in named(node):
        if child.type == "import_spec":
            found.append(Import(field_text(child, "path").strip('"`'), (), line_of(child)))
        else:
            found.extend(_imports(child))
    return found
