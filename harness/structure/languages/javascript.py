"""JavaScript: functions, arrow functions with a name, classes, exports. TypeScript reads so too."""

from __future__ import annotations

import re
from dataclasses import replace

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

stdin = r"\bprocess\.stdin\b|/dev/stdin|readFileSync\(\s*0\b|\bDeno\.stdin\b|\breadline\b"
stdout = r"\bconsole\.(?:log|info)\s*\(|\bprocess\.stdout\b"
comments = ("comment",)
calls = "(call_expression function: (_) @f) (new_expression constructor: (_) @f)"
_FUNCTIONS = frozenset({"function_declaration", "generator_function_declaration"})
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration"})
_VALUES = frozenset({"arrow_function", "function_expression", "generator_function"})
_REQUIRE = re.compile(
    r"^(?:const|let|var)\s+(.+?)\s*=\s*require\(\s*['\"]([^'\"]+)['\"]", re.DOTALL
)
_EXPORTS = re.compile(r"\bexports\s*=\s*\{([^}]*)\}|\bexports\s*=\s*(\w+)|\bexports\.(\w+)\s*=")
_EXPORT_LIST = re.compile(r"export\s*\{([^}]*)\}|export\s+default\s+(\w+)\s*;?\s*$")
_NAME = re.compile(r"[^\W\d]\w*")


def grammar() -> object:
    """The grammar's pointer."""
    import tree_sitter_javascript

    return tree_sitter_javascript.language()


def read(root: Node) -> Gathered:
    """Top-level definitions, exported or not; what is exported is public where anything is."""
    out = Gathered()
    exported: set[str] = set()
    for child in named(root):
        _statement(child, out, exported, is_export=False)
    if exported:
        out.functions = [replace(f, public=f.name in exported) for f in out.functions]
        out.classes = [replace(c, public=c.name in exported) for c in out.classes]
    return out.settle_public()


def _statement(node: Node, out: Gathered, exported: set[str], *, is_export: bool) -> None:
    before = len(out.functions), len(out.classes)
    kind = node.type
    if kind in _FUNCTIONS:
        out.functions.append(_function(node, field_text(node, "name")))
    elif kind in _CLASSES:
        out.classes.append(_class(node, field_text(node, "name")))
    elif kind in ("lexical_declaration", "variable_declaration"):
        _variables(node, out)
    elif kind == "export_statement":
        _export(node, out, exported)
    elif kind == "import_statement":
        source = field_text(node, "source").strip("'\"")
        clause = next((text(c) for c in node.named_children if c.type == "import_clause"), "")
        out.imports.append(Import(source, tuple(_NAME.findall(clause)), line_of(node)))
    elif kind == "expression_statement":
        _expression(node, out, exported)
    elif kind in ("for_statement", "for_in_statement", "while_statement", "if_statement"):
        out.runs_at_top = True
    if is_export:
        exported.update(f.name for f in out.functions[before[0] :])
        exported.update(c.name for c in out.classes[before[1] :])


def _export(node: Node, out: Gathered, exported: set[str]) -> None:
    inner = at(node, "declaration")
    if inner is not None:
        _statement(inner, out, exported, is_export=True)
        return
    value = at(node, "value")
    if value is not None and value.type in _VALUES:
        out.functions.append(_function(value, "default"))
        exported.add("default")
        return
    for listed, default in _EXPORT_LIST.findall(text(node)):
        exported.update(_NAME.findall(listed))
        exported.update({default} - {""})


def _expression(node: Node, out: Gathered, exported: set[str]) -> None:
    whole = text(node)
    found = _EXPORTS.findall(whole)
    for listed, single, attribute in found:
        exported.update(part.split(":")[0].strip() for part in listed.split(","))
        exported.update({single, attribute})
    exported.discard("")
    inner = node.named_children[0] if node.named_children else None
    if inner is not None and inner.type == "assignment_expression":
        value = at(inner, "right")
        if value is not None and value.type in _VALUES:
            name = field_text(inner, "left").rpartition(".")[2]
            out.functions.append(_function(value, name))
    elif inner is not None and not found and inner.type in ("call_expression", "await_expression"):
        out.runs_at_top = True


def _variables(node: Node, out: Gathered) -> None:
    required = _REQUIRE.match(text(node))
    if required is not None:
        names = tuple(_NAME.findall(required.group(1)))
        out.imports.append(Import(required.group(2), names, line_of(node)))
    for child in named(node):
        value = at(child, "value") if child.type == "variable_declarator" else None
        if value is not None and value.type in _VALUES:
            out.functions.append(_function(value, field_text(child, "name")))
        elif value is not None and value.type == "class":
            out.classes.append(_class(value, field_text(child, "name")))


def _function(node: Node, name: str, owner: str = "", *, static: bool = False) -> Function:
    single = at(node, "parameter")
    params = (Param(text(single)),) if single is not None else _params(at(node, "parameters"))
    body = at(node, "body")
    is_async = any(c.type == "async" for c in node.children)
    return Function(
        name,
        params,
        field_text(node, "return_type").lstrip(": ").strip(),
        is_async,
        static,
        owner,
        line_of(node),
        last_line_of(node),
        not name.startswith(("_", "#")),
        called_in(body),
    )


def _class(node: Node, name: str) -> Class:
    constructor: tuple[Param, ...] = ()
    methods = []
    for child in named(at(node, "body")):
        if child.type == "method_definition":
            marks = {c.type for c in child.children}
            made = _function(child, field_text(child, "name"), name, static="static" in marks)
            if made.name == "constructor":
                constructor = made.params
            elif not marks & {"get", "set"}:
                methods.append(made)
        elif child.type in ("field_definition", "public_field_definition"):
            value = at(child, "value")
            if value is not None and value.type in _VALUES:
                label = field_text(child, "property") or field_text(child, "name")
                methods.append(_function(value, label, name))
    heritage = [text(c) for c in node.named_children if c.type == "class_heritage"]
    bases = tuple(
        n for h in heritage for n in _NAME.findall(h) if n not in ("extends", "implements")
    )
    return Class(name, constructor, tuple(methods), bases, line_of(node))


def _params(node: Node | None) -> tuple[Param, ...]:
    out: list[Param] = []
    for child in named(node):
        kind = child.type
        if kind == "assignment_pattern":
            out.append(Param(field_text(child, "left"), "", field_text(child, "right")))
        elif kind in ("required_parameter", "optional_parameter"):
            pattern, value = at(child, "pattern"), at(child, "value")
            type_ = field_text(child, "type").lstrip(": ").strip()
            if text(pattern).startswith("..."):
                out.append(Param(text(pattern)[3:], type_, kind="rest"))
                continue
            default = text(value) if value is not None else None
            optional = kind == "optional_parameter" and default is None
            out.append(Param(text(pattern), type_, "undefined" if optional else default))
        elif kind == "rest_pattern":
            out.append(Param(text(child).lstrip("."), kind="rest"))
        else:
            out.append(Param(text(child)))
    return tuple(out)
