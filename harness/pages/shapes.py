"""Functions of a script: how long, and how deep blocks stand in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Node = Any
"""A tree-sitter node; the binding is untyped where it matters."""


@dataclass(frozen=True, slots=True)
class FunctionShape:
    """Size of one function: lines from its first to its last, and blocks inside each other."""

    name: str
    line: int
    lines: int
    depth: int
    empty: bool


def text_of(node: Node | None) -> str:
    """The source text of a node; empty for None."""
    return str((node.text or b"").decode("utf-8", "replace")) if node is not None else ""


def walk(root: Node) -> Iterator[Node]:
    """A node and all named ones below it, in no order that matters."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.named_children)


def is_empty(node: Node) -> bool:
    """Whether a function's body holds no statement."""
    body = node.child_by_field_name("body")
    if body is None or body.type != "statement_block":
        return False
    return all(child.type == "comment" for child in body.named_children)


def shapes_of(found: dict[str, list[Node]]) -> Iterator[FunctionShape]:
    """The functions with how deep blocks stand in them, by one sweep over both."""
    nodes = [(n.start_byte, n.end_byte, n) for n in found.get("function", [])]
    nodes += [(n.start_byte, n.end_byte, None) for n in found.get("block", [])]
    around: list[list[Any]] = []
    """[end, function or None for a block, blocks around it, most blocks around anything in it]"""
    for start, end, node in sorted(nodes, key=lambda n: (n[0], -n[1])):
        while around and around[-1][0] <= start:
            yield from _left(around)
        above = around[-1][2] if around else 0
        depth = above + (node is None)
        around.append([end, node, depth, depth])
    while around:
        yield from _left(around)


def _left(around: list[list[Any]]) -> Iterator[FunctionShape]:
    _, node, depth, most = around.pop()
    if around:
        around[-1][3] = max(around[-1][3], most)
    if node is not None:
        first, last = node.start_point[0] + 1, node.end_point[0] + 1
        name = text_of(node.child_by_field_name("name"))
        inside = max(0, most - depth - 1)
        yield FunctionShape(name, first, last - first + 1, inside, is_empty(node))
