"""Tables of steps in JSON (or the YAML that looks like it): each list of steps is a scenario.

    [{"action": "click", "target": "#add"}, {"expect": "count", "target": "li", "value": 3}]
    {"steps": [...]}   {"tests": [{"name": "...", "steps": [...]}]}

Every step is put in words and read as prose, so that a table says no more than a line can.
"""

from __future__ import annotations

import json
import re
from typing import Any

from harness.pages.expectations import Expectation
from harness.pages.prose import read_prose
from runners.pages.steps import PageStep

Row = tuple[int, tuple[PageStep, ...], tuple[Expectation, ...]]
_TARGET = ("target", "selector", "element", "on", "locator", "into", "in")
_VALUE = ("value", "text", "equals", "expected", "contains", "is", "to", "key", "ms")
_CHECKS = {
    "text": "{t} is {v}", "count": "{t} count is {n}", "visible": "{t} is visible",
    "hidden": "{t} is hidden", "value": "value of {t} is {v}", "title": "page title is {v}",
    "contains": "{t} contains {v}", "class": "{t} has class {v}", "exists": "{t} exists",
    "storage": "localStorage.getItem({k}) contains {v}", "hash": "url hash is {v}",
    "focused": "{t} is focused", "no_errors": "no errors",
}  # fmt: skip
_ACTIONS = {
    "click": "click {t}", "dblclick": "double-click {t}", "type": "type {v} into {t}",
    "fill": "type {v} into {t}", "select": "select {v} in {t}", "choose": "select {v} in {t}",
    "check": "check {t}", "uncheck": "uncheck {t}", "hover": "hover {t}", "press": "press {v}",
    "wait": "wait {n} ms", "reload": "reload", "resize": "resize to {n}", "clear": "clear {t}",
    "focus": "focus {t}", "go": "go to {v}",
}  # fmt: skip


def read_table(sketch: str) -> list[list[Row]] | None:
    """The scenarios of a sketch that is a JSON table in whole, as (line, steps, expectations) rows;
    None for any other text, and where a row is not read."""
    text = re.sub(r"^\s*```\w*\n|\n```\s*$", "", sketch).strip()
    if text[:1] not in "[{":
        return None
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    scenarios = [_scenario(each) for each in _lists(told)]
    if not scenarios or any(each is None for each in scenarios):
        return None
    return [each for each in scenarios if each is not None]


def _lists(told: Any) -> list[Any]:
    if isinstance(told, dict):
        inner = next((told[k] for k in ("tests", "cases", "scenarios", "steps") if k in told), None)
        return _lists(inner) if inner is not None else []
    if not isinstance(told, list) or not told:
        return []
    nested = [each for each in told if isinstance(each, dict) and "steps" in each]
    if len(nested) == len(told):
        out = []
        for each in told:
            after = each.get("expect", each.get("checks", []))
            out.append([*each["steps"], *(after if isinstance(after, list) else [after])])
        return out
    return [told]


def _scenario(rows: list[Any]) -> list[Row] | None:
    out: list[Row] = []
    for row in rows:
        words = row if isinstance(row, str) else _words(row) if isinstance(row, dict) else None
        read = read_prose(words) if words else "unparsed"
        if isinstance(read, str):
            return None
        out.append((1, read.steps, read.expectations))
    return out


def _words(row: dict[str, Any]) -> str | None:
    kind = next(
        (str(row[k]) for k in ("action", "do", "step", "type") if isinstance(row.get(k), str)), ""
    )
    shapes = _ACTIONS
    if not kind or (kind in ("expect", "assert", "check") and ("expect" in row or "check" in row)):
        check = row.get("expect", row.get("check", row.get("assert")))
        kind, shapes = str(check), _CHECKS
        if not isinstance(check, str):
            kind = next((k for k in _CHECKS if k in row), "")
    target = next((row[k] for k in _TARGET if k in row), "")
    value = next((row[k] for k in _VALUE if k in row and row[k] != kind), "")
    shape = shapes.get(kind.lower()) or _CHECKS.get(kind.lower())
    if shape is None:
        return None
    return shape.format(
        t=f"`{target}`", v=json.dumps(str(value)), n=value, k=f"'{row.get('key', target)}'"
    )
