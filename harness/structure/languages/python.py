"""Python: functions, classes, dataclasses, imports, docstrings."""

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
from harness.structure.model import Class, Function, Import, Param, ParamKind

stdin = r"(?<![\w.])input\s*\(|\bsys\.stdin\b|\bfileinput\b|\bopen\(\s*0\b"
stdout = r"(?<![\w.])print\s*\(|\bsys\.stdout\b"
comments = ("comment",)
calls = "(call function: (_) @f)"
_BLOCKS = frozenset({"if_statement", "try_statement", "with_statement", "block", "else_clause",
                     "except_clause", "elif_clause", "finally_clause"})  # fmt: skip
_QUIET = frozenset({"import_statement", "import_from_statement", "future_import_statement",
                    "pass_statement", "function_definition", "class_definition",
                    "decorated_definition", "type_alias_statement"})  # fmt: skip


def grammar() -> object:
    """The grammar's pointer."""
    import tree_sitter_python

    return tree_sitter_python.language()


def read(root: Node) -> Gathered:
    """Top-level definitions, those under `if` and `try` included, and imports at any depth."""
    out = Gathered()
    _docstring(root, out)
    _block(root, out, top=True)
    return out


def _block(node: Node, out: Gathered, *, top: bool) -> None:
    for child in named(node):
        inner = at(child, "definition") if child.type == "decorated_definition" else child
        decorators = (
            [text(d) for d in named(child) if d.type == "decorator"] if inner is not child else []
        )
        kind = inner.type if inner is not None else ""
        if inner is None:
            continue
        if kind == "function_definition":
            out.functions.append(_function(inner, decorators, "", out))
        elif kind == "class_definition":
            out.classes.append(_class(inner, decorators, out))
        elif kind in ("import_statement", "import_from_statement", "future_import_statement"):
            out.imports.extend(_imports(inner))
        elif kind in _BLOCKS:
            if kind == "if_statement" and "__name__" in field_text(inner, "condition"):
                out.has_main = True
            _block(inner, out, top=top)
        elif top and kind not in _QUIET and node.type in ("module", "block"):
            out.runs_at_top = out.runs_at_top or _does_something(inner)


def _does_something(node: Node) -> bool:
    """Whether a statement calls anything; assignments of constants and docstrings do not."""
    if node.type in ("for_statement", "while_statement"):
        return True
    return node.type == "expression_statement" and "(" in text(node) and not _is_string(node)


def _is_string(node: Node) -> bool:
    return bool(node.named_children) and node.named_children[0].type in (
        "string",
        "concatenated_string",
    )


def _docstring(block: Node | None, out: Gathered) -> None:
    first = next(named(block), None)
    if first is not None and first.type == "expression_statement" and _is_string(first):
        out.docstrings.append(first)


def _function(node: Node, decorators: list[str], owner: str, out: Gathered) -> Function:
    name, body = field_text(node, "name"), at(node, "body")
    _docstring(body, out)
    _inside(body, out)
    static = any(d.startswith("@staticmethod") for d in decorators)
    bound = owner and not static
    params = _params(at(node, "parameters"))
    return Function(
        name,
        params[1:] if bound and params else params,
        field_text(node, "return_type"),
        text(node).startswith("async"),
        static or any(d.startswith("@classmethod") for d in decorators),
        owner,
        line_of(node),
        last_line_of(node),
        not name.startswith("_"),
        called_in(body),
    )


def _inside(body: Node | None, out: Gathered) -> None:
    """Imports and docstrings of nested definitions."""
    for child in named(body):
        if child.type in ("import_statement", "import_from_statement"):
            out.imports.extend(_imports(child))
        elif child.type in ("function_definition", "class_definition"):
            _docstring(at(child, "body"), out)
            _inside(at(child, "body"), out)
        elif child.type in _BLOCKS:
            _inside(child, out)


def _class(node: Node, decorators: list[str], out: Gathered) -> Class:
    name, body = field_text(node, "name"), at(node, "body")
    _docstring(body, out)
    methods, fields = [], []
    constructor: tuple[Param, ...] | None = None
    for child in named(body):
        inner = at(child, "definition") if child.type == "decorated_definition" else child
        if inner is not None and inner.type == "function_definition":
            marks = [text(d) for d in named(child) if d.type == "decorator"]
            made = _function(inner, marks if inner is not child else [], name, out)
            if made.name == "__init__":
                constructor = made.params
            elif not any(m.startswith("@property") for m in marks if inner is not child):
                methods.append(made)
        elif child.type == "expression_statement" and ":" in text(child):
            fields.extend(_field(child))
    if constructor is None and any("dataclass" in d for d in decorators):
        constructor = tuple(fields)
    bases = tuple(text(b) for b in named(at(node, "superclasses")))
    return Class(
        name, constructor or (), tuple(methods), bases, line_of(node), not name.startswith("_")
    )


def _field(statement: Node) -> list[Param]:
    first = statement.named_children[0]
    kind = at(first, "type") if first.type == "assignment" else None
    if kind is None or "ClassVar" in text(kind):
        return []
    right = at(first, "right")
    default = text(right) if right is not None else None
    return [Param(field_text(first, "left"), text(kind), default)]


def _params(node: Node | None) -> tuple[Param, ...]:
    out: list[Param] = []
    kind: ParamKind = "plain"
    for child in named(node):
        match child.type:
            case "identifier":
                out.append(Param(text(child), kind=kind))
            case "typed_parameter":
                name = text(child.named_children[0])
                type_ = field_text(child, "type")
                if name.startswith("**"):
                    out.append(Param(name[2:], type_, kind="keywords"))
                elif name.startswith("*"):
                    out.append(Param(name[1:], type_, kind="rest"))
                    kind = "keyword"
                else:
                    out.append(Param(name, type_, kind=kind))
            case "default_parameter" | "typed_default_parameter":
                value, type_ = field_text(child, "value"), field_text(child, "type")
                out.append(Param(field_text(child, "name"), type_, value, kind))
            case "list_splat_pattern":
                out.append(Param(text(child)[1:], kind="rest"))
                kind = "keyword"
            case "dictionary_splat_pattern":
                out.append(Param(text(child)[2:], kind="keywords"))
            case "keyword_separator":
                kind = "keyword"
            case "positional_separator":
                out[:] = [Param(p.name, p.type, p.default, "positional") for p in out]
    return tuple(out)


def _imports(node: Node) -> list[Import]:
    line = line_of(node)
    if node.type == "import_statement":
        return [Import(_dotted(n), (), line) for n in named(node)]
    if node.type == "future_import_statement":
        return [Import("__future__", tuple(_dotted(n) for n in named(node)), line)]
    module = at(node, "module_name")
    names = [_dotted(n) for n in node.children_by_field_name("name")]
    star = ["*"] if any(c.type == "wildcard_import" for c in node.named_children) else []
    return [Import(text(module), tuple(names + star), line)]


def _dotted(node: Node) -> str:
    return field_text(node, "name") if node.type == "aliased_import" else text(node)
