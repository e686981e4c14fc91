"""Pieces of test code: literals, targets and matchers, as tree-sitter gives them."""

from __future__ import annotations

import json
import re
from typing import Any

from harness.pages.expectations import Expectation, expectation
from harness.pages.scripts import Node, literal, parse_script
from harness.pages.shapes import text_of
from runners.pages.steps import PageTarget

_CODE = re.compile(
    r"(?:await\s+)?(?:page|expect|document|window|localStorage|sessionStorage|assert|console\.assert|"
    r"cy|screen|locator|location)\s*(?:\.|\(|\[)|(?:await\s+)?(?:test|it|describe)\s*\(|\}\s*\)\s*;?\s*$|"
    r"(?:const|let|var)\s+\w+\s*=|async\s+\(|/[/*]"
)
READS = {
    "textContent": ("content", ""), "innerText": ("text", ""), "inputValue": ("property", "value"),
    "count": ("count", ""), "isVisible": ("visible", ""), "isChecked": ("property", "checked"),
    "isDisabled": ("property", "disabled"),
}  # fmt: skip
"""Methods of an element, to what they read."""
PROPERTIES = {
    "textContent": ("content", ""), "innerText": ("text", ""), "innerHTML": ("", ""),
    "length": ("count", ""), "value": ("property", "value"), "checked": ("property", "checked"),
    "disabled": ("property", "disabled"), "open": ("property", "open"),
    "hidden": ("property", "hidden"), "title": ("attribute", "title"),
    "href": ("attribute", "href"),
    "src": ("attribute", "src"), "lang": ("attribute", "lang"), "dir": ("attribute", "dir"),
}  # fmt: skip
"""Properties of an element, to what they read."""
MATCHERS = {
    "toBe": "eq", "toEqual": "eq", "toStrictEqual": "eq", "equal": "eq", "strictEqual": "eq",
    "deepEqual": "eq", "toContain": "contains", "toMatch": "contains", "toBeGreaterThan": "gt",
    "toBeGreaterThanOrEqual": "ge", "toBeLessThan": "lt", "toBeLessThanOrEqual": "le",
    "toHaveLength": "eq", "notEqual": "ne",
}  # fmt: skip
"""Matchers and assertions, to comparators."""
ACTS = {
    "click": "click", "dblclick": "dblclick", "hover": "hover", "focus": "focus", "clear": "clear",
    "check": "check", "uncheck": "uncheck", "tap": "click", "fill": "type", "type": "type",
    "pressSequentially": "type", "press": "press", "selectOption": "choose", "select": "choose",
    "submit": "submit",
}  # fmt: skip
"""Methods that do something, to steps."""
BY = {
    "getByText": "text", "getByLabel": "label", "getByPlaceholder": "placeholder",
    "getByLabelText": "label", "getByPlaceholderText": "placeholder",
}  # fmt: skip
"""Finders of Playwright and Testing Library, to targets."""
_STATES = {
    "toBeVisible": ("visible", "", True), "toBeHidden": ("visible", "", False),
    "toBeChecked": ("property", "checked", True), "toBeDisabled": ("property", "disabled", True),
    "toBeEnabled": ("property", "disabled", False), "toBeFocused": ("focused", "", True),
    "toHaveFocus": ("focused", "", True), "toBeInTheDocument": ("count", "", None),
    "toBeAttached": ("count", "", None),
}  # fmt: skip
_FLIPPED = {
    "eq": "ne", "contains": "notcontains", "shows": "notshows", "some": "none", "none": "some",
    "ne": "eq", "gt": "le", "le": "gt", "lt": "ge", "ge": "lt", "anycontains": "notanycontains",
}  # fmt: skip
MISSING = object()


Found = tuple[str, PageTarget | None, str, str]
"""(read, target, name, store)"""


def at_place(target: PageTarget | None, nth: int) -> PageTarget | None:
    """The n-th match of a target."""
    return PageTarget(target.by, target.value, target.name, nth) if target is not None else None


def css_target(selector: str) -> PageTarget | None:
    """A selector of Playwright: CSS, or `text=...`; other engines are not read."""
    if selector.startswith("text="):
        return PageTarget("text", selector[5:].strip("\"'"))
    found = re.fullmatch(r"([a-z]+):has-text\([\"'](.+)[\"']\)", selector)
    if found and found[1] in ("button", "a"):
        return PageTarget("role", {"a": "link"}.get(found[1], "button"), found[2])
    odd = re.search(r"^\w+=|>>|:has-text|:text|:visible|^//", selector)
    return None if odd else PageTarget("css", selector.removeprefix("css="))


def claim_of_element(target: PageTarget, method: str, values: list[Any]) -> Expectation | None:
    """A matcher of Playwright or jest-dom on an element."""
    if method in _STATES:
        read, name, wanted = _STATES[method]
        if wanted is None:
            return expectation("count", 0, "gt", target=target)
        return expectation(read, wanted, target=target, name=name)
    value = values[0] if values else MISSING
    if method == "toHaveCount" and isinstance(value, int):
        return expectation("count", value, target=target)
    if method == "toBeEmpty":
        return expectation("text", "", target=target)
    if not isinstance(value, str):
        return None
    if method == "toHaveText":
        return expectation("text", value, target=target)
    if method in ("toContainText", "toHaveTextContent"):
        return expectation("text", value, "contains", target=target)
    if method == "toHaveValue":
        return expectation("property", value, target=target, name="value")
    if method in ("toHaveClass", "toContainClass"):
        return expectation("class", value, "contains", target=target) if " " not in value else None
    second = values[1] if len(values) > 1 else None
    if method in ("toHaveAttribute", "toHaveCSS") and isinstance(second, str):
        read = "attribute" if method == "toHaveAttribute" else "style"
        return expectation(read, second, target=target, name=value)
    return None


def claim_of(found: Found, value: Any, op: str) -> Expectation:
    """What was found, held against a value; own values are compared to the letter."""
    read, target, name, store = found
    exact = op == "eq" and read in ("content", "storage", "property", "attribute")
    return expectation(read, value, op, target=target, name=name, store=store, exact=exact)


def opposite(told: Expectation) -> Expectation:
    """The opposite claim."""
    op = told.comparator.op
    if op == "eq" and isinstance(told.expect, bool):
        probe = told.probe
        return expectation(probe.read, not told.expect, target=probe.target, name=probe.name)
    probe = told.probe
    return expectation(probe.read, told.expect, _FLIPPED.get(op, "none"), target=probe.target,
                       name=probe.name, store=probe.store)  # fmt: skip


def unwrapped(node: Node) -> Node:
    """A node without statement, await, brackets and non-null marks around it."""
    while node is not None and node.type in (
        "expression_statement", "await_expression", "parenthesized_expression", "return_statement",
    ) and node.named_children:  # fmt: skip
        node = node.named_children[0]
    return node


def arguments(call: Node) -> list[Node]:
    """The arguments of a call, comments left out."""
    given = call.child_by_field_name("arguments")
    return [c for c in given.named_children if c.type != "comment"] if given is not None else []


def value_of(node: Node | None) -> Any:
    """The value of a literal: text, number, bool, null, array, object; `MISSING` for others. A
    regular expression of plain characters is its text."""
    if node is None:
        return MISSING
    text = text_of(node)
    if node.type in ("string", "template_string"):
        inside = literal(node)
        return (
            re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), inside)
            if inside is not None
            else MISSING
        )
    if node.type in ("true", "false", "null", "undefined"):
        return {"true": True, "false": False}.get(node.type)
    if node.type in ("number", "unary_expression"):
        try:
            return json.loads(text)
        except ValueError:
            return MISSING
    if node.type == "regex":
        pattern = text_of(node.child_by_field_name("pattern"))
        plain = re.fullmatch(r"[\w\s.,:!-]+", pattern) and not node.child_by_field_name("flags")
        return pattern if plain and "." not in pattern else MISSING
    if node.type == "object":
        pairs = [c for c in node.named_children if c.type == "pair"]
        told = {
            text_of(p.child_by_field_name("key")).strip("'\""): value_of(
                p.child_by_field_name("value")
            )
            for p in pairs
        }
        return (
            told
            if len(pairs) == len(node.named_children) and MISSING not in told.values()
            else MISSING
        )
    return MISSING


def looks_like_code(text: str) -> bool:
    """Whether a line is one of test code and not of prose."""
    line = text.strip().strip("`")
    if _CODE.match(line) is None:
        return False
    balanced = all(line.count(a) == line.count(b) for a, b in ("()", "[]", "{}"))
    return not balanced or not parse_script(line.encode()).has_error
