"""Lines of test code to steps and expectations: Playwright, the DOM's own names, assertions.

Read from tree-sitter's tree, never run; what is not known in full is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from harness.pages.expectations import Expectation, expectation, json_or_text
from harness.pages.scripts import Node, literal, parse_script, text_of
from runners.pages.steps import PageStep, PageTarget

_CODE = re.compile(
    r"(?:await\s+)?(?:page|expect|document|window|localStorage|sessionStorage|assert|console\.assert|"
    r"cy|screen|locator|location)\s*(?:\.|\(|\[)|(?:await\s+)?(?:test|it|describe)\s*\(|\}\s*\)\s*;?\s*$|"
    r"(?:const|let|var)\s+\w+\s*=|async\s+\(|/[/*]"
)
_ACTS = {
    "click": "click", "dblclick": "dblclick", "hover": "hover", "focus": "focus", "clear": "clear",
    "check": "check", "uncheck": "uncheck", "tap": "click", "fill": "type", "type": "type",
    "pressSequentially": "type", "press": "press", "selectOption": "choose", "select": "choose",
    "submit": "submit",
}  # fmt: skip
_FINDERS = {"locator", "querySelector", "querySelectorAll", "$", "$$", "getElementById", "find"}
_BY = {
    "getByText": "text", "getByLabel": "label", "getByPlaceholder": "placeholder",
    "getByLabelText": "label", "getByPlaceholderText": "placeholder",
}  # fmt: skip
_READS = {
    "textContent": ("content", ""), "innerText": ("text", ""), "inputValue": ("property", "value"),
    "count": ("count", ""), "isVisible": ("visible", ""), "isChecked": ("property", "checked"),
    "isDisabled": ("property", "disabled"),
}  # fmt: skip
_PROPERTIES = {
    "textContent": ("content", ""), "innerText": ("text", ""), "innerHTML": ("", ""),
    "length": ("count", ""), "value": ("property", "value"), "checked": ("property", "checked"),
    "disabled": ("property", "disabled"), "open": ("property", "open"),
    "hidden": ("property", "hidden"), "title": ("attribute", "title"), "href": ("attribute", "href"),
    "src": ("attribute", "src"), "lang": ("attribute", "lang"), "dir": ("attribute", "dir"),
}  # fmt: skip
_STATES = {
    "toBeVisible": ("visible", "", True), "toBeHidden": ("visible", "", False),
    "toBeChecked": ("property", "checked", True), "toBeDisabled": ("property", "disabled", True),
    "toBeEnabled": ("property", "disabled", False), "toBeFocused": ("focused", "", True),
    "toHaveFocus": ("focused", "", True), "toBeInTheDocument": ("count", "", None),
    "toBeAttached": ("count", "", None),
}  # fmt: skip
_ORDERS = {">": "gt", ">=": "ge", "<": "lt", "<=": "le"}
_MATCHERS = {
    "toBe": "eq", "toEqual": "eq", "toStrictEqual": "eq", "equal": "eq", "strictEqual": "eq",
    "deepEqual": "eq", "toContain": "contains", "toMatch": "contains", "toBeGreaterThan": "gt",
    "toBeGreaterThanOrEqual": "ge", "toBeLessThan": "lt", "toBeLessThanOrEqual": "le",
    "toHaveLength": "eq", "notEqual": "ne",
}  # fmt: skip
Found = tuple[str, PageTarget | None, str, str]
"""(read, target, name, store)"""
_FLIPPED = {
    "eq": "ne", "contains": "notcontains", "shows": "notshows", "some": "none", "none": "some",
    "ne": "eq", "gt": "le", "le": "gt", "lt": "ge", "ge": "lt", "anycontains": "notanycontains",
}  # fmt: skip
_MISSING = object()


def looks_like_code(text: str) -> bool:
    """Whether a line is one of test code and not of prose."""
    line = text.strip().strip("`")
    if _CODE.match(line) is None:
        return False
    balanced = all(line.count(a) == line.count(b) for a, b in ("()", "[]", "{}"))
    return not balanced or not parse_script(line.encode()).has_error


class CodeReader:
    """Reads one run of lines; steps pile up until the page is loaded anew."""

    def __init__(self) -> None:
        self._steps: list[PageStep] = []
        self._known: dict[str, Node] = {}
        self._broken = False

    def read(
        self, lines: list[tuple[int, str]]
    ) -> Iterator[tuple[int, tuple[PageStep, ...] | str, list[Expectation] | None]]:
        """(line, steps, expectations) of every check, (line, reason, None) of what is not read."""
        source = "\n".join(text.strip().strip("`") for _, text in lines)
        root = parse_script(source.encode())
        for node in self._statements(root):
            number = lines[min(node.start_point[0], len(lines) - 1)][0]
            told = None if node.has_error else self._statement(node)
            if told is None:
                self._broken = True
                yield number, "unparsed", None
            elif told and self._broken:
                yield number, "goes_on", None
            elif told:
                yield number, tuple(self._steps), told

    def _statements(self, node: Node) -> Iterator[Node]:
        """Simple statements in order; the bodies of test(...) blocks each on a fresh page."""
        for child in node.named_children:
            inner = _unwrapped(child)
            if child.type == "comment":
                continue
            if inner.type == "call_expression" and text_of(inner.child_by_field_name("function")) in (
                "test", "it", "describe", "test.describe", "beforeEach", "test.step",
            ):  # fmt: skip
                body = next(
                    (
                        a
                        for a in _arguments(inner)
                        if a.type in ("arrow_function", "function_expression")
                    ),
                    None,
                )
                block = body.child_by_field_name("body") if body is not None else None
                self._steps, self._broken = [], False
                if block is not None:
                    yield from self._statements(block)
                self._steps, self._broken = [], False
                continue
            yield child

    def _statement(self, node: Node) -> list[Expectation] | None:
        """What a statement checks; an empty list for a step; None where it is not read."""
        if node.type in ("lexical_declaration", "variable_declaration"):
            for child in node.named_children:
                name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
                if name is None or value is None:
                    return None
                self._known[text_of(name)] = _unwrapped(value)
            return []
        inner = _unwrapped(node)
        if inner.type == "assignment_expression":
            return self._assigned(inner)
        if inner.type == "binary_expression":
            told = self._compared(inner)
            return [told] if told is not None else None
        if inner.type != "call_expression":
            return None
        return self._call(inner)

    def _call(self, call: Node) -> list[Expectation] | None:
        function, given = call.child_by_field_name("function"), _arguments(call)
        name = text_of(function)
        if name in ("assert", "console.assert", "assert.ok") and given:
            told = self._claimed(given[0])
            return [told] if told is not None else None
        if name in ("assert.equal", "assert.strictEqual", "assert.deepEqual", "assert.notEqual"):
            method = name.partition(".")[2]
            told = self._matched(given[0], _MATCHERS[method], given[1]) if len(given) > 1 else None
            return [told] if told is not None else None
        if function is not None and function.type == "member_expression":
            subject, negated = function.child_by_field_name("object"), False
            method = text_of(function.child_by_field_name("property"))
            if subject.type == "member_expression" and text_of(subject).endswith(
                (".not", ".toBe", ".resolves")
            ):
                negated = text_of(subject).endswith(".not")
                subject = subject.child_by_field_name("object")
            subject = _unwrapped(subject)
            if (
                subject.type == "call_expression"
                and text_of(subject.child_by_field_name("function")) == "expect"
            ):
                inside = _arguments(subject)
                told = self._expected(inside[0], method, given) if inside else None
                if told is None:
                    return None
                return [_negated(told)] if negated else [told]
            return self._act(subject, method, given)
        return None

    def _act(self, subject: Node, method: str, given: list[Node]) -> list[Expectation] | None:
        values = [_value(node) for node in given]
        owner = text_of(subject)
        if owner == "page" and method == "goto":
            place = values[0] if values and isinstance(values[0], str) else ""
            self._steps, self._broken = [], False
            if "#" in place:
                self._steps.append(PageStep("go", value="#" + place.partition("#")[2]))
            return []
        step: PageStep | None = None
        if (owner, method) in (("page", "reload"), ("location", "reload")):
            step = PageStep("reload")
        elif (
            owner == "page" and method == "waitForTimeout" and values and isinstance(values[0], int)
        ):
            step = PageStep("wait", value=values[0])
        elif owner == "page" and method in ("waitForLoadState", "waitForSelector", "bringToFront"):
            return []
        elif (
            owner == "page"
            and method == "setViewportSize"
            and isinstance(values[:1] and values[0], dict)
        ):
            step = PageStep("resize", value=int(values[0].get("width", 1280)))
        elif (
            owner == "page.keyboard"
            and method == "press"
            and isinstance(values[:1] and values[0], str)
        ):
            step = PageStep("press", value=values[0])
        elif method in _ACTS:
            step = self._acted(subject, owner, method, values)
        if step is None:
            return None
        self._steps.append(step)
        return []

    def _acted(self, subject: Node, owner: str, method: str, values: list[Any]) -> PageStep | None:
        rest = values
        if owner == "page":
            target = _css(values[0]) if values and isinstance(values[0], str) else None
            rest = values[1:]
        else:
            target = self._target(subject)
        act = _ACTS[method]
        if target is None:
            return None
        if act not in ("type", "press", "choose"):
            return PageStep(act, target)
        value = rest[0] if rest else None
        if isinstance(value, dict):
            value = value.get("label", value.get("value"))
        return PageStep(act, target, value) if isinstance(value, str) else None

    def _assigned(self, node: Node) -> list[Expectation] | None:
        left, value = node.child_by_field_name("left"), _value(node.child_by_field_name("right"))
        if text_of(left) in ("location.hash", "window.location.hash") and isinstance(value, str):
            self._steps.append(PageStep("go", value="#" + value.lstrip("#")))
            return []
        if (
            left.type == "member_expression"
            and text_of(left.child_by_field_name("property")) == "value"
        ):
            target = self._target(left.child_by_field_name("object"))
            if target is not None and isinstance(value, str):
                self._steps.append(PageStep("type", target, value))
                return []
        return None

    def _expected(self, node: Node, method: str, given: list[Node]) -> Expectation | None:
        values = [_value(each) for each in given]
        subject = _unwrapped(node)
        if text_of(subject) == "page" and values and isinstance(values[0], str):
            if method == "toHaveTitle":
                return expectation("title", values[0])
            return expectation("url", values[0], "contains") if method == "toHaveURL" else None
        target = self._target(subject)
        if target is not None:
            told = _of_element(target, method, values)
            if told is not None:
                return told
        if method in ("toBeTruthy", "toBeFalsy", "toBeNull", "toBeDefined", "toBeUndefined"):
            found = self._found(subject)
            if found is None:
                told = self._claimed(subject)
                return told if told is None or method == "toBeTruthy" else _negated(told)
            none = method in ("toBeFalsy", "toBeNull", "toBeUndefined")
            return _of(found, None, "none" if none else "some")
        if method in _MATCHERS and given:
            return self._matched(subject, _MATCHERS[method], given[0])
        return None

    def _claimed(self, node: Node) -> Expectation | None:
        """What is claimed to be true: a comparison, `x.includes(y)`, `!x` or a plain value."""
        node = _unwrapped(node)
        if node.type == "binary_expression":
            return self._compared(node)
        if node.type == "unary_expression" and text_of(node).startswith("!"):
            told = self._claimed(node.child_by_field_name("argument"))
            return _negated(told) if told is not None else None
        if node.type == "call_expression":
            function, given = node.child_by_field_name("function"), _arguments(node)
            method = text_of(function.child_by_field_name("property"))
            if method == "includes" and given:
                return self._matched(function.child_by_field_name("object"), "contains", given[0])
            if (
                method == "contains"
                and given
                and text_of(function.child_by_field_name("object")).endswith(".classList")
            ):
                target = self._target(
                    function.child_by_field_name("object").child_by_field_name("object")
                )
                value = _value(given[0])
                if target is not None and isinstance(value, str):
                    return expectation("class", value, "contains", target=target)
                return None
        found = self._found(node)
        return _of(found, None, "some") if found is not None else None

    def _compared(self, node: Node) -> Expectation | None:
        sign = text_of(node.child_by_field_name("operator"))
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        op = {"===": "eq", "==": "eq", "!==": "ne", "!=": "ne", **_ORDERS}.get(sign)
        return self._matched(left, op, right) if op is not None else None

    def _matched(self, node: Node, op: str, wanted: Node) -> Expectation | None:
        value = _value(wanted)
        subject = _unwrapped(node)
        if value is _MISSING:
            return None
        if isinstance(value, bool) and op == "eq" and self._found(subject) is None:
            told = self._claimed(subject)
            return told if told is None or value else _negated(told)
        found = self._found(subject)
        if found is None:
            return None
        if value is None:
            return _of(found, None, {"eq": "none", "ne": "some"}.get(op, op))
        if found[0] == "storage" and isinstance(value, str) and op == "eq":
            return json_or_text(value, "storage", name=found[2], store=found[3])
        return _of(found, value, op)

    def _found(self, node: Node) -> Found | None:
        """What an expression reads of the page."""
        node = _unwrapped(self._known.get(text_of(node), node))
        text = text_of(node)
        if text in ("document.title", "page.title()"):
            return "title", None, "", ""
        if text in ("location.hash", "window.location.hash", "document.location.hash"):
            return "hash", None, "", ""
        if text in ("page.url()", "location.href", "window.location.href"):
            return "url", None, "", ""
        if node.type == "call_expression":
            return self._called(node)
        if node.type != "member_expression":
            target = self._target(node)
            return ("visible", target, "", "") if target is not None and "locator" in text else None
        name, before = (
            text_of(node.child_by_field_name("property")),
            node.child_by_field_name("object"),
        )
        if text_of(before) in ("localStorage", "sessionStorage", "window.localStorage"):
            return "storage", None, name, "session" if "session" in text_of(before) else "local"
        if before.type == "member_expression" and text_of(
            before.child_by_field_name("property")
        ) in ("style", "dataset"):
            target = self._target(before.child_by_field_name("object"))
            dashed = re.sub(r"[A-Z]", lambda m: "-" + m[0].lower(), name)
            kind = text_of(before.child_by_field_name("property"))
            read = ("style", dashed) if kind == "style" else ("attribute", "data-" + dashed)
            return (read[0], target, read[1], "") if target is not None else None
        read, extra = _PROPERTIES.get(name, ("", ""))
        target = self._target(before) if read else None
        return (read, target, extra, "") if target is not None else None

    def _called(self, node: Node) -> Found | None:
        function, given = node.child_by_field_name("function"), _arguments(node)
        name = text_of(function)
        values = [_value(each) for each in given]
        if name.endswith(("localStorage.getItem", "sessionStorage.getItem")) and values:
            store = "session" if "session" in name else "local"
            return ("storage", None, values[0], store) if isinstance(values[0], str) else None
        if name == "page.evaluate" and given and given[0].type == "arrow_function":
            return self._found(given[0].child_by_field_name("body"))
        if function.type != "member_expression":
            return None
        method, before = (
            text_of(function.child_by_field_name("property")),
            function.child_by_field_name("object"),
        )
        first = values[0] if values and isinstance(values[0], str) else ""
        target = _css(first) if text_of(before) == "page" and first else self._target(before)
        if method == "trim":
            return self._found(before)
        if target is None:
            return None
        if method == "getAttribute":
            name = values[-1] if isinstance(values[-1], str) else ""
            return "attribute", target, name, ""
        read, extra = _READS.get(method, ("", ""))
        return (read, target, extra, "") if read else None

    def _target(self, node: Node) -> PageTarget | None:
        node = _unwrapped(self._known.get(text_of(node), node))
        text = text_of(node)
        if text in ("document.body", "document.documentElement"):
            return PageTarget("css", "body" if text.endswith("body") else "html")
        if node.type == "subscript_expression":
            index = _value(node.child_by_field_name("index"))
            inner = self._target(node.child_by_field_name("object"))
            return _at(inner, index) if isinstance(index, int) else None
        if node.type != "call_expression":
            return None
        function, given = node.child_by_field_name("function"), _arguments(node)
        if function.type != "member_expression":
            return None
        method, before = (
            text_of(function.child_by_field_name("property")),
            function.child_by_field_name("object"),
        )
        values = [_value(each) for each in given]
        value = values[0] if values and isinstance(values[0], str) else None
        whole = text_of(before) in ("page", "document", "screen", "window.document")
        if method in ("first", "last", "nth"):
            index = {"first": 0, "last": -1}.get(method, values[0] if values else None)
            return _at(self._target(before), index) if isinstance(index, int) else None
        if value is None:
            return None
        if method in _FINDERS:
            inner = PageTarget("css", "#" + value) if method == "getElementById" else _css(value)
            if whole or inner is None:
                return inner
            outer = self._target(before)
            if outer is None or outer.by != "css" or inner.by != "css" or outer.nth is not None:
                return None
            return PageTarget("css", f"{outer.value} {inner.value}")
        if not whole:
            return None
        if method == "getByRole":
            options = values[1] if len(values) > 1 and isinstance(values[1], dict) else {}
            name = options.get("name", "")
            return PageTarget("role", value, name) if isinstance(name, str) else None
        if method == "getByTestId":
            return PageTarget("css", f'[data-testid="{value}"]')
        return PageTarget(_BY[method], value) if method in _BY else None


def _at(target: PageTarget | None, nth: int) -> PageTarget | None:
    return PageTarget(target.by, target.value, target.name, nth) if target is not None else None


def _css(selector: str) -> PageTarget | None:
    """A selector of Playwright: CSS, or `text=...`; other engines are not read."""
    if selector.startswith("text="):
        return PageTarget("text", selector[5:].strip("\"'"))
    found = re.fullmatch(r"([a-z]+):has-text\([\"'](.+)[\"']\)", selector)
    if found and found[1] in ("button", "a"):
        return PageTarget("role", {"a": "link"}.get(found[1], "button"), found[2])
    odd = re.search(r"^\w+=|>>|:has-text|:text|:visible|^//", selector)
    return None if odd else PageTarget("css", selector.removeprefix("css="))


def _of_element(target: PageTarget, method: str, values: list[Any]) -> Expectation | None:
    if method in _STATES:
        read, name, wanted = _STATES[method]
        if wanted is None:
            return expectation("count", 0, "gt", target=target)
        return expectation(read, wanted, target=target, name=name)
    value = values[0] if values else _MISSING
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


def _of(found: Found, value: Any, op: str) -> Expectation:
    read, target, name, store = found
    exact = op == "eq" and read in ("content", "storage", "property", "attribute")
    return expectation(read, value, op, target=target, name=name, store=store, exact=exact)


def _negated(told: Expectation) -> Expectation | None:  # type: ignore[return]
    """The opposite claim."""
    op = told.comparator.op
    if op == "eq" and isinstance(told.expect, bool):
        probe = told.probe
        return expectation(probe.read, not told.expect, target=probe.target, name=probe.name)
    probe = told.probe
    return expectation(probe.read, told.expect, _FLIPPED.get(op, "none"), target=probe.target,
                       name=probe.name, store=probe.store)  # fmt: skip


def _unwrapped(node: Node) -> Node:
    """A node without statement, await, brackets and non-null marks around it."""
    while node is not None and node.type in (
        "expression_statement", "await_expression", "parenthesized_expression", "return_statement",
    ) and node.named_children:  # fmt: skip
        node = node.named_children[0]
    return node


def _arguments(call: Node) -> list[Node]:
    given = call.child_by_field_name("arguments")
    return [c for c in given.named_children if c.type != "comment"] if given is not None else []


def _value(node: Node | None) -> Any:
    """The value of a literal: text, number, bool, null, array, object; `_MISSING` for others. A
    regular expression of plain characters is its text."""
    if node is None:
        return _MISSING
    text = text_of(node)
    if node.type in ("string", "template_string"):
        inside = literal(node)
        return (
            re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), inside)
            if inside is not None
            else _MISSING
        )
    if node.type in ("true", "false", "null", "undefined"):
        return {"true": True, "false": False}.get(node.type)
    if node.type in ("number", "unary_expression"):
        try:
            return json.loads(text)
        except ValueError:
            return _MISSING
    if node.type == "regex":
        pattern = text_of(node.child_by_field_name("pattern"))
        plain = re.fullmatch(r"[\w\s.,:!-]+", pattern) and not node.child_by_field_name("flags")
        return pattern if plain and "." not in pattern else _MISSING
    if node.type == "object":
        pairs = [c for c in node.named_children if c.type == "pair"]
        told = {
            text_of(p.child_by_field_name("key")).strip("'\""): _value(
                p.child_by_field_name("value")
            )
            for p in pairs
        }
        return (
            told
            if len(pairs) == len(node.named_children) and _MISSING not in told.values()
            else _MISSING
        )
    return _MISSING
