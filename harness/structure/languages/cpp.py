"""C++: free functions, classes and structs with their inline methods."""

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

stdin = r"\bcin\b|\bscanf\s*\(|\bgetline\s*\("
stdout = r"\bcout\b|\bprintf\s*\("
comments = ("comment",)
calls = "(call_expression function: (_) @f)"


def grammar() -> object:
    """The grammar's pointer."""
    import tree_sitter_cpp

    return tree_sitter_cpp.language()


def read(root: Node) -> Gathered:
    """Definitions at top level and in namespaces; `static` functions are not public."""
    out = Gathered()
    _scope(root, out)
    return out.settle_public()


def _scope(node: Node | None, out: Gathered) -> None:
    for child in named(node):
        kind = child.type
        if kind == "function_definition":
            made = _function(child, "")
            if made is not None and "::" not in made.name:
                out.has_main = out.has_main or made.name == "main"
                out.functions.append(made)
        elif kind in ("class_specifier", "struct_specifier"):
            _class(child, out)
        elif kind == "template_declaration":
            _scope(child, out)
        elif kind in ("namespace_definition", "linkage_specification"):
            _scope(at(child, "body"), out)
        elif kind == "preproc_include":
            out.imports.append(Import(field_text(child, "path").strip('<>"'), (), line_of(child)))


def _class(node: Node, out: Gathered) -> None:
    name, body = field_text(node, "name"), at(node, "body")
    if body is None or not name:
        return
    public = node.type == "struct_specifier"
    methods: list[Function] = []
    constructors: list[tuple[Param, ...]] = []
    for child in body.named_children:
        if child.type == "access_specifier":
            public = text(child).strip(": ") == "public"
        elif child.type in ("function_definition", "declaration", "field_declaration"):
            made = _function(child, name, public=public)
            if made is None or made.name.startswith(("~", "operator")):
                continue
            if made.name == name:
                constructors.append(made.params)
            else:
                methods.append(made)
    constructor = min(constructors, key=len) if constructors else ()
    bases = tuple(text(c).lstrip(": ") for c in named(node) if c.type == "base_class_clause")
    out.classes.append(Class(name, constructor, tuple(methods), bases, line_of(node)))


def _declarator(node: Node) -> Node | None:
    """The function declarator under pointers and references."""
    found = at(node, "declarator")
    while found is not None and found.type != "function_declarator":
        inner = at(found, "declarator")
        if inner is None and found.type == "reference_declarator" and found.named_children:
            inner = found.named_children[-1]
        found = inner
    return found


def _function(node: Node, owner: str, *, public: bool = True) -> Function | None:
    declarator = _declarator(node)
    if declarator is None:
        return None
    name = field_text(declarator, "declarator")
    storage = [text(c) for c in node.children if c.type == "storage_class_specifier"]
    static = "static" in storage
    return Function(
        name,
        _params(at(declarator, "parameters")),
        field_text(node, "type"),
        static=static and bool(owner),
        owner=owner,
        line=line_of(node),
        end_line=last_line_of(node),
        public=public and not (static and not owner),
        calls=called_in(at(node, "body")),
    )


def _params(node: Node | None) -> tuple[Param, ...]:
    out: list[Param] = []
    for child in named(node):
        if child.type not in ("parameter_declaration", "optional_parameter_declaration"):
            continue
        declared, value = at(child, "declarator"), at(child, "default_value")
        whole = text(declared)
        type_ = field_text(child, "type")
        if type_ == "void" and declared is None:
            continue
        mark = "".join(c for c in whole[:2] if c in "&*")
        default = text(value) if value is not None else None
        out.append(Param(whole.lstrip("&* ") or "_", type_ + mark, default))
    return tuple(out)
