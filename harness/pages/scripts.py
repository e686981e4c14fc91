"""What the inline scripts and handlers of a page say, by tree-sitter-javascript.

Whether a script is valid is V8's word and not read here: the error nodes of tree-sitter are a hint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from harness.pages.markup import captured
from harness.pages.shapes import FunctionShape, is_empty, shapes_of
from harness.pages.shapes import text_of as text_of

Node = Any
"""A tree-sitter node; the binding is untyped where it matters."""

_QUERY = """
(ERROR) @error
(comment) @comment
(string_fragment) @string
(call_expression) @call
(new_expression constructor: (_) @new)
(assignment_expression) @assign
(member_expression) @member
[(function_declaration) (function_expression) (arrow_function) (method_definition)
 (generator_function) (generator_function_declaration)] @function
[(statement_block) (switch_body)] @block
(jsx_attribute . (property_identifier) @jsx)
"""
_LOOKUPS = {
    "getElementById": "", "querySelector": "#", "querySelectorAll": "#", "closest": "#",
    "select": "#", "selectAll": "#",
    "matches": "#", "$": "#", "jQuery": "#", "$$": "#",
}  # fmt: skip
_HASH = re.compile(r"#([A-Za-z_][\w-]*)")
MAX_BYTES = 200_000
"""A script of a page is a tenth of that; a longer one is a bundle, or meant to keep us busy."""
_GLOBAL_OBJECTS = ("window", "globalThis", "self", "top")
_STORES = ("localStorage", "sessionStorage", "indexedDB", "cookieStore")
EVENT_PROPERTY = re.compile(r"on[a-z]{3,30}")
JSX_EVENT = re.compile(r"on[A-Z]\w+")
_SHORTHANDS = frozenset(
    {"click", "change", "submit", "keydown", "keyup", "keypress", "hover", "dblclick", "mousedown",
     "mouseup", "mousemove", "mouseenter", "mouseleave", "input"}
)  # fmt: skip
_BY_ITSELF = frozenset(
    {"tick", "start", "end", "load", "ready", "init", "error", "connect", "disconnect", "message",
     "data", "resize", "interrupt"}
)  # fmt: skip
"""What `.on` also tells of, though no visitor sets it off: of simulations, sockets, loading."""
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "identifier"})
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_ID_MADE = re.compile(r"(?<![\w-])id\s*=\s*[\"']?([A-Za-z_][\w-]*)")
_NAMES_OTHERS = frozenset(
    {"addEventListener", "removeEventListener", "createElement", "createElementNS", "getItem",
     "setItem", "removeItem", "add", "remove", "toggle", "contains", "on", "off", "getContext",
     "getAttribute", "Event", "CustomEvent", "includes", "startsWith", "endsWith", "log"}
)  # fmt: skip
_BEGUN = re.compile(r"(?:\A|[\s\S]*(?<![\w-])id\s*=\s*[\"']?)([A-Za-z_][\w-]*)\Z")


@dataclass(frozen=True, slots=True)
class Lookup:
    """An element id that a script looks for, with the bytes of the id itself in the script."""

    id: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ScriptFacts:
    """One script. Spans are bytes of the script; lines are 1-based within it."""

    errors: tuple[tuple[int, str], ...] = ()
    """(offset, text) of tree-sitter's error and missing nodes, outermost first."""
    lookups: tuple[Lookup, ...] = ()
    may_name: frozenset[str] = frozenset()
    """Ids that the script may give to elements: `id="..."` in markup that it writes, and every
    literal of one word that is not plainly something else (a lookup, an event type, a tag name)."""
    prefixes: frozenset[str] = frozenset()
    """Beginnings of names that are put together at run time, "row-" of `row-${i}`."""
    comments: tuple[tuple[int, str], ...] = ()
    functions: tuple[FunctionShape, ...] = ()
    listeners: tuple[str, ...] = ()
    """Event types of addEventListener calls; empty where the type is not a literal."""
    bindings: int = 0
    """Events bound through a library: `.on("click", ...)`, `.click(...)` and `onClick=` of JSX."""
    properties: tuple[str, ...] = ()
    """`on...` properties that something other than null is assigned to."""
    empty_handlers: tuple[int, ...] = ()
    """Offsets of handlers with an empty body."""
    globals: frozenset[str] = frozenset()
    """Names that a classic script of this text leaves on the global object."""
    assigned: frozenset[str] = frozenset()
    """Those of them that are assigned (`window.f = ...`), which a module can do too."""
    called: frozenset[str] = frozenset()
    """Plain names called at the top level of the text."""
    intl: int = 0
    storage: int = 0
    blocks: int = 0


NO_FACTS = ScriptFacts()
"""Of a script that is not code."""


@lru_cache(maxsize=1)
def _tools() -> tuple[Any, Any]:
    import tree_sitter_javascript
    from tree_sitter import Language, Query

    language = Language(tree_sitter_javascript.language())
    return language, Query(language, _QUERY)


@lru_cache(maxsize=16)
def script_query(pattern: str) -> Any:
    """A query over scripts."""
    from tree_sitter import Query

    return Query(_tools()[0], pattern)


@lru_cache(maxsize=1)
def _parser() -> Any:
    from tree_sitter import Parser

    return Parser(_tools()[0])


def parse_script(source: bytes) -> Node:
    """The root node of a script."""
    return _parser().parse(source).root_node


def captures(root: Node) -> dict[str, list[Node]]:
    """The nodes that everything here is read from, by kind."""
    return captured(_tools()[1], root)


@lru_cache(maxsize=256)
def read_script(source: bytes) -> ScriptFacts:
    """The facts of one script, of its first `MAX_BYTES`. Never raises."""
    source = source[:MAX_BYTES]
    root = parse_script(source)
    found = captures(root)
    calls = found.get("call", [])
    lookups = [lookup for call in calls for lookup in _lookups(call)]
    looked = {start for call in calls if (start := _looked_at(call)) is not None}
    pieces = [node for node in found.get("string", []) if node.start_byte not in looked]
    listened = [call for call in calls if is_listening(call)]
    assigned = [node for node in found.get("assign", []) if event_property(node)]
    handlers = [argument(call, 1) for call in listened]
    handlers += [node.child_by_field_name("right") for node in assigned]
    assigned_ = frozenset(_assigned(found))
    return ScriptFacts(
        errors=tuple(_errors(root, found.get("error", []))),
        lookups=tuple(lookups),
        may_name=frozenset(name for node in pieces for name in _names(node)),
        prefixes=frozenset(prefix for node in pieces if (prefix := _prefix(node))),
        comments=tuple((n.start_byte, text_of(n)) for n in found.get("comment", [])),
        functions=tuple(shapes_of(found)),
        listeners=tuple(literal(argument(call, 0)) or "" for call in listened),
        bindings=sum(is_binding(call) for call in calls)
        + sum(JSX_EVENT.fullmatch(text_of(node)) is not None for node in found.get("jsx", [])),
        properties=tuple(event_property(node) for node in assigned),
        empty_handlers=tuple(n.start_byte for n in handlers if n is not None and is_empty(n)),
        globals=frozenset(n for child in root.named_children for n in _declared(child)) | assigned_,
        assigned=assigned_,
        called=frozenset(_called(root)),
        intl=sum(_is_intl(node) for node in found.get("member", [])),
        storage=sum(_is_store(node) for node in found.get("member", [])),
        blocks=len(found.get("block", [])),
    )


def literal(node: Node | None) -> str | None:
    """The text of a plain string literal (or a template without substitutions), else None."""
    if node is None or node.type not in ("string", "template_string"):
        return None
    if any(child.type == "template_substitution" for child in node.named_children):
        return None
    return text_of(node)[1:-1]


def is_listening(call: Node) -> bool:
    """Whether a call is one of addEventListener."""
    return callee(call) == "addEventListener"


def callee(call: Node) -> str:
    """The name that a call is made by: that of the property, or the plain name; else empty."""
    function = call.child_by_field_name("function")
    if function is None:
        return ""
    if function.type == "member_expression":
        return text_of(function.child_by_field_name("property"))
    return text_of(function) if function.type == "identifier" else ""


def owner(member: Node) -> str:
    """The plain name before the dot; empty where something longer stands there."""
    before = member.child_by_field_name("object")
    return text_of(before) if before is not None and before.type == "identifier" else ""


def event_property(assign: Node) -> str:
    """`onclick` where `x.onclick = handler` is assigned; empty otherwise and for null."""
    left = assign.child_by_field_name("left")
    right = assign.child_by_field_name("right")
    if left is None or left.type != "member_expression" or right is None:
        return ""
    name = text_of(left.child_by_field_name("property"))
    cleared = right.type in ("null", "undefined")
    return name if EVENT_PROPERTY.fullmatch(name) and not cleared else ""


def is_binding(call: Node) -> bool:
    """Whether a call binds an event in the manner of jQuery or D3, with a handler given."""
    function = call.child_by_field_name("function")
    if function is None or function.type != "member_expression":
        return False
    name = text_of(function.child_by_field_name("property"))
    first = argument(call, 0)
    if name in ("on", "one"):
        kind = literal(first)
        return kind is not None and kind not in _BY_ITSELF and argument(call, 1) is not None
    return name in _SHORTHANDS and first is not None and first.type in _FUNCTIONS


def argument(call: Node, index: int) -> Node | None:
    """An argument of a call, comments not counted; None where it is absent."""
    arguments = call.child_by_field_name("arguments")
    if arguments is None or arguments.type != "arguments":
        return None
    given = [child for child in arguments.named_children if child.type != "comment"]
    return given[index] if len(given) > index else None


def _lookups(call: Node) -> Iterator[Lookup]:
    prefix = _LOOKUPS.get(callee(call))
    node = argument(call, 0) if prefix is not None else None
    value = literal(node)
    if value is None or node is None:
        return
    start = node.start_byte + 1
    if prefix == "":
        yield Lookup(value, (start, start + len(value.encode())))
        return
    for found in _HASH.finditer(value):
        at = start + len(value[: found.start(1)].encode())
        yield Lookup(found.group(1), (at, at + len(found.group(1).encode())))


def _looked_at(call: Node) -> int | None:
    """Where the text of a lookup's literal starts."""
    node = argument(call, 0)
    return node.start_byte + 1 if node is not None and any(True for _ in _lookups(call)) else None


def _names(node: Node) -> Iterator[str]:
    text = text_of(node)
    yield from _ID_MADE.findall(text)
    if _WORD.fullmatch(text) and not _is_other(node):
        yield text


def _is_other(node: Node) -> bool:
    """Whether a literal of one word is an event type, a tag name, a key or one side of a test."""
    around = node.parent.parent if node.parent is not None else None
    if around is None:
        return False
    if around.type in ("binary_expression", "switch_case", "subscript_expression"):
        return True
    call = around.parent if around.type == "arguments" else None
    if call is None:
        return False
    if callee(call) == "setAttribute":
        return literal(argument(call, 0)) != "id"
    return callee(call) in _NAMES_OTHERS


def _prefix(node: Node) -> str:
    following = node.next_sibling
    text = text_of(node)
    found = _BEGUN.match(text if len(text) <= 200 else " " + text[-200:])
    if found is None:
        return ""
    built = following is not None and following.type == "template_substitution"
    return found[1] if built or found[1][-1] in "-_" else ""


def _errors(root: Node, errors: list[Node]) -> Iterator[tuple[int, str]]:
    if not root.has_error:
        return
    end = -1
    told = 0
    for node in sorted(errors, key=lambda n: (n.start_byte, -n.end_byte)):
        if node.start_byte >= end:
            told += 1
            yield node.start_byte, text_of(node)[:80]
            end = node.end_byte
    if not told:
        missing = _missing(root)
        yield (missing.start_byte, f"missing {missing.type}") if missing else (0, "")


def _missing(node: Node) -> Node | None:
    """The first missing node, by the path of nodes that have an error."""
    while node is not None:
        if node.is_missing:
            return node
        node = next((child for child in node.children if child.has_error), None)
    return None


def _is_intl(member: Node) -> bool:
    if owner(member) == "Intl":
        return True
    name = text_of(member.child_by_field_name("property"))
    return name.startswith("toLocale") and name.endswith("String")


def _is_store(member: Node) -> bool:
    if owner(member) in _STORES:
        return True
    return owner(member) == "window" and text_of(member.child_by_field_name("property")) in _STORES


def _assigned(found: dict[str, list[Node]]) -> Iterator[str]:
    for node in found.get("assign", []):
        left = node.child_by_field_name("left")
        if left is None:
            continue
        if left.type == "identifier":
            yield text_of(left)
        elif left.type == "member_expression" and owner(left) in _GLOBAL_OBJECTS:
            yield text_of(left.child_by_field_name("property"))
    for call in found.get("call", []):
        if callee(call) == "assign":
            target, given = argument(call, 0), argument(call, 1)
            if target is None or target.type != "identifier" or given is None:
                continue
            if text_of(target) in _GLOBAL_OBJECTS:
                for pair in given.named_children:
                    key = pair.child_by_field_name("key") if pair.type == "pair" else pair
                    yield text_of(key)


def _declared(node: Node) -> Iterator[str]:
    if node.type in ("function_declaration", "generator_function_declaration", "class_declaration"):
        yield text_of(node.child_by_field_name("name"))
    elif node.type in ("lexical_declaration", "variable_declaration"):
        for child in node.named_children:
            name = child.child_by_field_name("name")
            if name is not None:
                yield from re.findall(r"[^\W\d][\w$]*|\$[\w$]*", text_of(name))
    elif node.type in ("if_statement", "for_statement", "for_in_statement", "statement_block",
                       "try_statement"):  # fmt: skip
        # `var` and functions of a block reach the global object in classic scripts
        for child in node.named_children:
            yield from _declared(child)


def _called(root: Node) -> Iterator[str]:
    for statement in root.named_children:
        node = statement
        if node.type == "return_statement":
            node = next(iter(node.named_children), node)
        elif node.type == "expression_statement":
            node = node.named_children[0] if node.named_children else node
        if node.type == "call_expression":
            function = node.child_by_field_name("function")
            if function is not None and function.type == "identifier":
                yield text_of(function)
