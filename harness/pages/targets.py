"""Elements that scripts ask for by id, that never exist, and that are used all the same.

Asking alone proves nothing: good pages look up what a later version took out and never use it, or
ask first whether it is there. So the text must also show a use that nothing guards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.pages.document import Document
from harness.pages.scripts import Node, argument, parse_script, read_script, text_of
from harness.pages.shapes import walk
from runners.pages.evidence import PageEvidence

_COMPUTED = re.compile(
    r"""\.id\s*=(?!=)\s*(?!["'`][\w-]+["'`])|['"]id['"]\s*,\s*(?!["'`][\w-]+["'`])"""
    r"""|\bid\s*=\s*\\?["']?(?:\$\{|["']\s*\+)|\bid\s*:\s*(?!["'`])"""
)
"""An id that is given by name: any string of the page may then be one."""
_WRAPPERS = frozenset({"parenthesized_expression", "await_expression"})
_DECLARED = ("class_declaration", "function_declaration", "variable_declarator")
_GUARDS = {
    "if_statement": "condition",
    "ternary_expression": "condition",
    "while_statement": "condition",
    "binary_expression": "left",
}


def lost_targets(evidence: PageEvidence, document: Document) -> list[str]:
    """Ids that scripts look up and use without a guard, that the text never makes, and that stand
    in no document seen. Labels and ARIA attributes that point nowhere are left to the score.
    """
    scripts = [s.text.encode() for s in document.scripts if s.kind != "data"]
    facts = [read_script(text) for text in scripts]
    looked_up = {lookup.id for fact in facts for lookup in fact.lookups}
    wanted = looked_up - {*document.ids, *map(str, evidence.words.get("ids", ()) or ())}
    if not wanted:
        return []
    maybe = {name for fact in facts for name in fact.may_name}
    begun = tuple({p for fact in facts for p in fact.prefixes if len(p) > 1})
    whole = b"\n".join(scripts).decode("utf-8", "replace")
    any_id = _COMPUTED.search(whole) is not None
    wanted = {
        w for w in wanted
        if not w.startswith(begun) and not _made(w, whole) and not (any_id and w in maybe)
    }  # fmt: skip
    used = {name for text in scripts for name, is_used in _uses(text, wanted) if is_used}
    return sorted(used)


def _made(name: str, scripts: str) -> bool:
    """Whether a script gives the id to an element: by property, attribute, option or markup."""
    given = rf"""(?:\bid\s*[=:]|['"]id['"]\s*[,:])\s*\\?["'`]?{re.escape(name)}(?![\w-])"""
    return re.search(given, scripts) is not None


def _uses(source: bytes, wanted: set[str]) -> Iterator[tuple[str, bool]]:
    """Every lookup of a wanted id in a script, with whether its result is used unguarded."""
    lookups = [lookup for lookup in read_script(source).lookups if lookup.id in wanted]
    if not lookups:
        return
    root = parse_script(source)
    found = _found(root)
    for lookup in lookups:
        node = root.descendant_for_byte_range(*lookup.span)
        while node is not None and node.type != "call_expression":
            node = node.parent
        if node is not None:
            yield lookup.id, _used(node, found)


def _used(call: Node, found: dict[str, list[Node]]) -> bool:
    """Whether the result of a lookup is taken a member of, or handed on, and nothing asks first."""
    node, parent = call, call.parent
    while parent is not None and parent.type in _WRAPPERS:
        node, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.type == "member_expression":
        return not _optional(parent)
    if _given(node, found):
        return True
    name = ""
    if parent.type == "variable_declarator":
        name = text_of(parent.child_by_field_name("name"))
    elif parent.type == "assignment_expression" and parent.child_by_field_name("right") == node:
        name = text_of(parent.child_by_field_name("left"))
    elif parent.type == "pair":
        name = "." + text_of(parent.child_by_field_name("key"))
    if not name or name.startswith(("{", "[")):
        return False
    taken = [m for m in found["member"] if _is(m.child_by_field_name("object"), name)]
    used = any(not _optional(m) for m in taken)
    used = used or any(_is(first, name) for first in found["given"])
    return used and not _guarded(found, name)


def _given(node: Node, found: dict[str, list[Node]]) -> bool:
    """Whether a lookup is what an object is made of: a chart, an editor, a map."""
    return any(first == node for first in found["given"])


def _found(root: Node) -> dict[str, list[Node]]:
    """The member expressions of a script, what may guard a use, and the first arguments of `new`
    for classes that the script does not declare: those of libraries need the element, one of the
    page's own may ask first whether it got one."""
    found: dict[str, list[Node]] = {"member": [], "guard": [], "given": []}
    own = set()
    for node in walk(root):
        if node.type == "member_expression":
            found["member"].append(node)
        elif node.type in _GUARDS:
            found["guard"].append(node)
        elif node.type == "new_expression":
            found["given"].append(node)
        elif node.type in _DECLARED:
            own.add(text_of(node.child_by_field_name("name")))
    strange = (
        n for n in found["given"] if text_of(n.child_by_field_name("constructor")) not in own
    )
    found["given"] = [first for n in strange if (first := argument(n, 0)) is not None]
    return found


def _is(node: Node | None, name: str) -> bool:
    """Whether a node is a variable, or for a name with a dot in front the property of anything."""
    text = text_of(node)
    if name.startswith("."):
        return node is not None and node.type == "member_expression" and text.endswith(name)
    return text == name


def _optional(member: Node) -> bool:
    return any(child.type == "optional_chain" for child in member.children)


def _guarded(found: dict[str, list[Node]], name: str) -> bool:
    """Whether any condition asks for the name itself, on which a use may depend."""
    for node in found["guard"]:
        operator = text_of(node.child_by_field_name("operator"))
        if operator and operator not in ("&&", "||", "??"):
            continue
        condition = node.child_by_field_name(_GUARDS[node.type])
        if condition is not None and any(_is(part, name) for part in _bare(condition)):
            return True
    return False


def _bare(node: Node) -> Iterator[Node]:
    """The parts of a condition that are asked for themselves, not for a member or a result."""
    if node.type in ("identifier", "member_expression"):
        yield node
    elif node.type in ("parenthesized_expression", "unary_expression", "binary_expression"):
        for child in node.named_children:
            yield from _bare(child)
