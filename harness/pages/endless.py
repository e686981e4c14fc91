"""Loops that no run leaves: `while (true)` without a way out, where a visit may not get to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.pages.document import Document
from harness.pages.scripts import Node, parse_script, text_of
from harness.pages.shapes import walk

_MAYBE = re.compile(r"while\s*\(\s*(?:true|1|!0)\s*\)|for\s*\([^;()]*;\s*(?:true|1|!0)?\s*;")
_ALWAYS = frozenset({"true", "1", "!0"})
_LOOPS = frozenset(
    {"while_statement", "do_statement", "for_statement", "for_in_statement", "switch_statement"}
)
_OUT = frozenset({"return_statement", "throw_statement", "yield_expression", "await_expression"})
_FUNCTIONS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition",
     "generator_function", "generator_function_declaration", "class_body"}
)  # fmt: skip


def endless(document: Document) -> str:
    """The first such loop, in words, or nothing. Scripts of workers are data, and not read: there a
    loop may have its own life."""
    for script in document.scripts:
        if script.kind == "data" or not _MAYBE.search(script.text):
            continue
        for node in walk(parse_script(script.text.encode())):
            if _forever(node) and not any(_leaves(node)):
                line = script.line + node.start_point[0]
                return f"line {line}: a loop without an end and without a way out"
    return ""


def _forever(node: Node) -> bool:
    if node.type not in ("while_statement", "do_statement", "for_statement"):
        return False
    condition = node.child_by_field_name("condition")
    said = text_of(condition).strip("(); \n\t") if condition is not None else ""
    return said in _ALWAYS or (node.type == "for_statement" and not said)


def _leaves(loop: Node) -> Iterator[bool]:
    """Whether each statement of the loop's own leads out of it."""
    waiting = [(child, False) for child in loop.named_children]
    while waiting:
        node, inner = waiting.pop()
        if node.type in _FUNCTIONS:
            continue
        labelled = node.type == "break_statement" and bool(node.named_children)
        plain = node.type == "break_statement" and not inner
        yield node.type in _OUT or labelled or plain or _labelled_continue(node)
        deeper = inner or node.type in _LOOPS
        waiting += [(child, deeper) for child in node.named_children]


def _labelled_continue(node: Node) -> bool:
    return node.type == "continue_statement" and bool(node.named_children)
