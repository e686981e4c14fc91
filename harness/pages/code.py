"""Lines of test code to steps and expectations: Playwright, the DOM's own names, assertions.

Read from tree-sitter's tree, never run; what is not known in full is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from harness.pages.code_parts import (
    ACTS,
    BY,
    MATCHERS,
    MISSING,
    PROPERTIES,
    READS,
    Found,
    arguments,
    at_place,
    claim_of,
    claim_of_element,
    css_target,
    opposite,
    unwrapped,
    value_of,
)
from harness.pages.expectations import Expectation, expectation, json_or_text
from harness.pages.scripts import Node, parse_script
from harness.pages.shapes import text_of
from runners.pages.steps import PageStep, PageTarget

_FINDERS = {"locator", "querySelector", "querySelectorAll", "$", "$$", "getElementById", "find"}
_ORDERS = {">": "gt", ">=": "ge", "<": "lt", "<=": "le"}


_BLOCKS = ("test", "it", "describe", "test.describe", "beforeEach", "test.step")


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
            inner = unwrapped(child)
            if child.type == "comment":
                continue
            called = inner.child_by_field_name("function")
            if inner.type == "call_expression" and text_of(called) in _BLOCKS:
                body = next(
                    (
                        a
                        for a in arguments(inner)
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
                self._known[text_of(name)] = unwrapped(value)
            return []
        inner = unwrapped(node)
        if inner.type == "assignment_expression":
            return self._assigned(inner)
        if inner.type == "binary_expression":
            told = self._compared(inner)
            return [told] if told is not None else None
        if inner.type != "call_expression":
            return None
        return self._call(inner)

    def _call(self, call: Node) -> list[Expectation] | None:
        function, given = call.child_by_field_name("function"), arguments(call)
        name = text_of(function)
        if name in ("assert", "console.assert", "assert.ok") and given:
            told = self._claimed(given[0])
            return [told] if told is not None else None
        if name in ("assert.equal", "assert.strictEqual", "assert.deepEqual", "assert.notEqual"):
            method = name.partition(".")[2]
            told = self._matched(given[0], MATCHERS[method], given[1]) if len(given) > 1 else None
            return [told] if told is not None else None
        if function is not None and function.type == "member_expression":
            subject, negated = function.child_by_field_name("object"), False
            method = text_of(function.child_by_field_name("property"))
            if subject.type == "member_expression" and text_of(subject).endswith(
                (".not", ".toBe", ".resolves")
            ):
                negated = text_of(subject).endswith(".not")
                subject = subject.child_by_field_name("object")
            subject = unwrapped(subject)
            if (
                subject.type == "call_expression"
                and text_of(subject.child_by_field_name("function")) == "expect"
            ):
                inside = arguments(subject)
                told = self._expected(inside[0], method, given) if inside else None
                if told is None:
                    return None
                return [opposite(told)] if negated else [told]
            return self._act(subject, method, given)
        return None

    def _act(self, subject: Node, method: str, given: list[Node]) -> list[Expectation] | None:
        values = [value_of(node) for node in given]
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
        elif method in ACTS:
            step = self._acted(subject, owner, method, values)
        if step is None:
            return None
        self._steps.append(step)
        return []

    def _acted(self, subject: Node, owner: str, method: str, values: list[Any]) -> PageStep | None:
        rest = values
        if owner == "page":
            target = css_target(values[0]) if values and isinstance(values[0], str) else None
            rest = values[1:]
        else:
            target = self._target(subject)
        act = ACTS[method]
        if target is None:
            return None
        if act not in ("type", "press", "choose"):
            return PageStep(act, target)
        value = rest[0] if rest else None
        if isinstance(value, dict):
            value = value.get("label", value.get("value"))
        return PageStep(act, target, value) if isinstance(value, str) else None

    def _assigned(self, node: Node) -> list[Expectation] | None:
        left, value = node.child_by_field_name("left"), value_of(node.child_by_field_name("right"))
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
        values = [value_of(each) for each in given]
        subject = unwrapped(node)
        if text_of(subject) == "page" and values and isinstance(values[0], str):
            if method == "toHaveTitle":
                return expectation("title", values[0])
            return expectation("url", values[0], "contains") if method == "toHaveURL" else None
        target = self._target(subject)
        if target is not None:
            told = claim_of_element(target, method, values)
            if told is not None:
                return told
        if method in ("toBeTruthy", "toBeFalsy", "toBeNull", "toBeDefined", "toBeUndefined"):
            found = self._found(subject)
            if found is None:
                told = self._claimed(subject)
                return told if told is None or method == "toBeTruthy" else opposite(told)
            none = method in ("toBeFalsy", "toBeNull", "toBeUndefined")
            return claim_of(found, None, "none" if none else "some")
        if method in MATCHERS and given:
            return self._matched(subject, MATCHERS[method], given[0])
        return None

    def _claimed(self, node: Node) -> Expectation | None:
        """What is claimed to be true: a comparison, `x.includes(y)`, `!x` or a plain value."""
        node = unwrapped(node)
        if node.type == "binary_expression":
            return self._compared(node)
        if node.type == "unary_expression" and text_of(node).startswith("!"):
            told = self._claimed(node.child_by_field_name("argument"))
            return opposite(told) if told is not None else None
        if node.type == "call_expression":
            function, given = node.child_by_field_name("function"), arguments(node)
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
                value = value_of(given[0])
                if target is not None and isinstance(value, str):
                    return expectation("class", value, "contains", target=target)
                return None
        found = self._found(node)
        return claim_of(found, None, "some") if found is not None else None

    def _compared(self, node: Node) -> Expectation | None:
        sign = text_of(node.child_by_field_name("operator"))
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        op = {"===": "eq", "==": "eq", "!==": "ne", "!=": "ne", **_ORDERS}.get(sign)
        return self._matched(left, op, right) if op is not None else None

    def _matched(self, node: Node, op: str, wanted: Node) -> Expectation | None:
        value = value_of(wanted)
        subject = unwrapped(node)
        if value is MISSING:
            return None
        if isinstance(value, bool) and op == "eq" and self._found(subject) is None:
            told = self._claimed(subject)
            return told if told is None or value else opposite(told)
        found = self._found(subject)
        if found is None:
            return None
        if value is None:
            return claim_of(found, None, {"eq": "none", "ne": "some"}.get(op, op))
        if found[0] == "storage" and isinstance(value, str) and op == "eq":
            return json_or_text(value, "storage", name=found[2], store=found[3])
        return claim_of(found, value, op)

    def _found(self, node: Node) -> Found | None:
        """What an expression reads of the page."""
        node = unwrapped(self._known.get(text_of(node), node))
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
            told = ("style", dashed) if kind == "style" else ("attribute", "data-" + dashed)
            return (told[0], target, told[1], "") if target is not None else None
        read, extra = PROPERTIES.get(name, ("", ""))
        target = self._target(before) if read else None
        return (read, target, extra, "") if target is not None else None

    def _called(self, node: Node) -> Found | None:
        function, given = node.child_by_field_name("function"), arguments(node)
        name = text_of(function)
        values = [value_of(each) for each in given]
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
        target = css_target(first) if text_of(before) == "page" and first else self._target(before)
        if method == "trim":
            return self._found(before)
        if target is None:
            return None
        if method == "getAttribute" and values and isinstance(values[-1], str):
            return "attribute", target, values[-1], ""
        read, extra = READS.get(method, ("", ""))
        return (read, target, extra, "") if read else None

    def _target(self, node: Node) -> PageTarget | None:
        node = unwrapped(self._known.get(text_of(node), node))
        text = text_of(node)
        if text in ("document.body", "document.documentElement"):
            return PageTarget("css", "body" if text.endswith("body") else "html")
        if node.type == "subscript_expression":
            index = value_of(node.child_by_field_name("index"))
            inner = self._target(node.child_by_field_name("object"))
            return at_place(inner, index) if isinstance(index, int) else None
        if node.type != "call_expression":
            return None
        function, given = node.child_by_field_name("function"), arguments(node)
        if function.type != "member_expression":
            return None
        method, before = (
            text_of(function.child_by_field_name("property")),
            function.child_by_field_name("object"),
        )
        values = [value_of(each) for each in given]
        value = values[0] if values and isinstance(values[0], str) else None
        whole = text_of(before) in ("page", "document", "screen", "window.document")
        if method in ("first", "last", "nth"):
            index = {"first": 0, "last": -1}.get(method, values[0] if values else None)
            return at_place(self._target(before), index) if isinstance(index, int) else None
        if value is None:
            return None
        if method in _FINDERS:
            inner = (
                PageTarget("css", "#" + value) if method == "getElementById" else css_target(value)
            )
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
        return PageTarget(BY[method], value) if method in BY else None
