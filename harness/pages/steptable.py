"""Tables of steps in JSON, simple YAML or Markdown: each list of steps is a scenario.

    [{"action": "click", "target": "#add"}, {"expect": "count", "target": "li", "value": 3}]
    {"steps": [...]}   {"tests": [{"name": "...", "steps": [...]}]}
    - click: "#add"
    - expect: count
      target: li
      value: 3

Rows of a Markdown table with a column of actions and one of expectations are lines of their own.

Every step is put in words and read as prose, so that a table says no more than a line can.
"""

from __future__ import annotations

import json
import re
from typing import Any

from harness.pages.expectations import Expectation
from harness.pages.prose import read_prose
from harness.sketch.normalise import Line
from runners.pages.steps import PageStep

_YAML = re.compile(r"\s*(?P<new>-\s+)?(?P<key>[A-Za-z_]+)\s*:\s*(?P<value>.*)")
_ACTION_COLUMN = re.compile(r"(?:user )?(?:actions?|steps?|do|input|interaction)", re.IGNORECASE)
_EXPECT_COLUMN = re.compile(
    r"(?:expect(?:ed|ation)?s?|results?|expected (?:result|outcome|output)|outcome|assert(?:ion)?)",
    re.IGNORECASE,
)
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
    if text[:1] in ("[", "{"):
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            return None
    else:
        told = _yaml(text)
    scenarios = [_scenario(each) for each in _lists(told)]
    if not scenarios or any(each is None for each in scenarios):
        return None
    return [each for each in scenarios if each is not None]


def _yaml(text: str) -> list[dict[str, str]]:
    """Rows of `- key: value` with more keys below, where the whole text is of that form; empty for
    any other. `- click: "#add"` is the row of that action."""
    rows: list[dict[str, str]] = []
    for line in text.splitlines():
        found = _YAML.fullmatch(line)
        if not line.strip() or re.fullmatch(r"\s*(?:steps|tests|cases)\s*:\s*", line):
            continue
        if found is None or (not found["new"] and not rows):
            return []
        value = found["value"].strip()
        if value[:1] == value[-1:] and value[:1] in ("'", '"') and len(value) > 1:
            value = value[1:-1]
        key = found["key"].lower()
        if found["new"]:
            rows.append({})
        if key in _ACTIONS and key not in ("check",):
            place = "target" if "{t}" in _ACTIONS[key] else "value"
            rows[-1] |= {"action": key, place: value}
        else:
            rows[-1][key] = value
    known = {"action", "do", "expect", "assert"}
    return rows if all(known & row.keys() for row in rows) else []


def unfolded(lines: list[Line]) -> list[Line]:
    """The lines with rows of a Markdown table read as `action -> expectation`, by the columns'
    names; other tables are left as they are."""
    out: list[Line] = []
    columns: tuple[list[int], list[int]] | None = None
    for line in lines:
        text = line.text.strip()
        if not text.startswith("|") or not text.endswith("|"):
            columns = None
            out.append(line)
            continue
        cells = [cell.strip() for cell in text[1:-1].split("|")]
        if columns is None:
            columns = (_columns(cells, _ACTION_COLUMN), _columns(cells, _EXPECT_COLUMN))
            out.append(Line(line.number, line.raw, "") if all(columns) else line)
        elif re.fullmatch(r"[|:\s-]+", text):
            out.append(Line(line.number, line.raw, ""))
        elif all(columns) and all(at < len(cells) for part in columns for at in part):
            parts = [" ".join(cells[at] for at in part) for part in columns]
            out.append(
                Line(line.number, line.raw, " -> ".join(p for p in parts if p not in ("", "-")))
            )
        else:
            out.append(line)
    return out


def _columns(cells: list[str], name: re.Pattern[str]) -> list[int]:
    return [at for at, cell in enumerate(cells) if name.fullmatch(cell)][:1]


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
