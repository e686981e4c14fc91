"""One clause of prose to what is read of the page and what is expected."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from harness.pages.cases import EQUAL, PageComparator, colour
from harness.pages.phrases import MARK, Phrase, target_of, unescaped
from runners.pages.steps import PageProbe, PageTarget


@dataclass(frozen=True, slots=True)
class Expectation:
    """A probe with what is expected of it."""

    probe: PageProbe
    expect: Any = None
    comparator: PageComparator = EQUAL
    confidence: float = 1.0


def expectation(
    read: str, expect: Any = None, op: str = "eq", *, target: PageTarget | None = None,
    name: str = "", store: str = "", sure: float = 1.0, exact: bool = False,
) -> Expectation:  # fmt: skip
    """An expectation in one line."""
    probe = PageProbe(read, target, name, store)
    return Expectation(probe, expect, PageComparator(op, exact), sure)


COUNTS = {
    "no": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "a": 1, "an": 1, "a single": 1,
}  # fmt: skip
_NOT = re.compile(
    r"\b(?:(?:does|do|is|are|should|must|has|have|will|did|was)(?: not|n't)|no longer|not)\b"
)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else COUNTS[text.lower()]


def read_storage(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """An item of localStorage or sessionStorage."""
    kind, told = found["store"].lower(), found["key"]
    mark = re.search(MARK, told)
    key = phrase.literal(mark[0]).value if mark else told.strip("()[]. ")
    store = "session" if kind.startswith("session") else "local"
    return _stored(phrase, store, key, found["op"] or "", found["value"] or "")


def _stored(phrase: Phrase, store: str, key: str, op: str, value: str) -> Expectation | None:
    op = op.lower().strip()
    if not value:
        absent = bool(_NOT.search(op)) or "null" in op or "removed" in op or "empty" in op
        return expectation("storage", None, "none" if absent else "some", name=key, store=store)
    wanted = phrase.value(value)
    if wanted is None:
        wanted = phrase.plain(value) if value[:1] in "[{" or value in ("true", "false") else None
    if wanted is None:
        return (
            expectation("storage", None, "none", name=key, store=store) if value == "null" else None
        )
    if any(word in op for word in ("contain", "includ")):
        kind = "notcontains" if op.startswith("not") else "contains"
        return expectation("storage", wanted, kind, name=key, store=store)
    return json_or_text(wanted, "storage", name=key, store=store)


def json_or_text(wanted: str, read: str, **more: Any) -> Expectation:
    """An array or object is compared as JSON, another text as it stands."""
    if wanted[:1] in "[{":
        try:
            return expectation(read, json.loads(wanted), "json", **more)
        except ValueError:
            pass
    return expectation(read, wanted, exact=True, **more)


def read_title(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """The document's title."""
    value = phrase.value(found["value"])
    op = found["op"].lower()
    return _worded("title", op, value, None)


def _worded(
    read: str, op: str, value: str | None, target: PageTarget | None, **more: Any
) -> Expectation | None:
    if value is None:
        return None
    negated = op.startswith("not ")
    op = op.removeprefix("not ")
    if any(word in op for word in ("contain", "includ")):
        kind = "contains"
    elif any(word in op for word in ("show", "display", "say")):
        kind = "shows"
    else:
        kind = "eq"
    if negated:
        kind = {"eq": "ne"}.get(kind, "not" + kind)
    return expectation(read, value, kind, target=target, **more)


def read_hash(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """The URL, or its hash."""
    value = phrase.literal(found["value"]).value
    if "contain" in found["op"].lower() or "includ" in found["op"].lower():
        return expectation("url", value, "contains")
    return expectation("hash", value if value.startswith("#") else "#" + value)


def read_errors(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """No error of the page."""
    return expectation("errors", None, "none")


def read_request(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """A request that is or is not made."""
    where = found["url"]
    value = phrase.literal(where).value if where else ""
    if found["no"]:
        return expectation("requests", value or None, "notanycontains" if value else "none")
    return expectation("requests", value or None, "anycontains" if value else "some")


def read_class(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """A class that an element has or has not."""
    target = target_of(phrase, found["target"])
    told = found["value"]
    name = phrase.plain(told).strip(".")
    if target is None or " " in name:
        return None
    op = "notcontains" if found["no"] else "contains"
    return expectation("class", name, op, target=target)


def read_count(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """How many elements match a selector."""
    target = target_of(phrase, found["target"])
    if target is None or target.by == "page":
        return None
    least = found["n"].lower() in ("a", "an")
    return expectation("count", _number(found["n"]), "ge" if least else "eq", target=target)


def read_count_of(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """Likewise, where a number stands first."""
    mark = re.fullmatch(MARK, found["target"].strip())
    literal = phrase.literal(found["target"].strip()) if mark else None
    if literal is not None and not literal.is_css:
        return None
    return read_count(phrase, found)


def read_items(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """`#list has 3 items`: its list items or rows, else its children."""
    target = target_of(phrase, found["target"])
    word, n = found["item"].lower(), _number(found["n"])
    if target is None:
        return None
    parts = "tbody tr, tr:not(thead tr)" if word.startswith("row") else "li"
    if word.startswith(("child", "element", "node")):
        parts = "*"
    inner_tag = {"link": "a", "butt": "button", "opti": "option"}.get(word[:4], "")
    if inner_tag:
        where = target.value if target.by == "css" else "body" if target.by == "page" else ""
        told = PageTarget("css", f"{where} {inner_tag}")
        return expectation("count", n, target=told) if where else None
    if target.by == "css":
        inner = ", ".join(f"{target.value} > {part.strip()}" for part in parts.split(","))
        sure = 1.0 if word.startswith("child") else 0.7
        return expectation("count", n, target=PageTarget("css", inner), sure=sure)
    if target == PageTarget("role", "list"):
        inner = "main li, li" if parts == "li" else parts
        return expectation("count", n, target=PageTarget("css", "li"), sure=0.6)
    return None


def read_attribute(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """An attribute, or one of the properties that stand for it."""
    target = target_of(phrase, found["target"])
    if target is None:
        return None
    name = phrase.plain(found["name"]).strip("[]")
    told = found["value"]
    value = phrase.value(told) if told else None
    if told and value is None:
        value = told if told in ("true", "false") else None
        if value is None:
            return None
    if name in ("value", "checked", "disabled"):
        return expectation("property", value, target=target, name=name) if value else None
    if value is None:
        return expectation("attribute", "", "contains", target=target, name=name)
    return expectation("attribute", value, target=target, name=name)


def read_value(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """The value of a field."""
    target = target_of(phrase, found["target"], field=True)
    value = phrase.value(found["value"])
    if target is None:
        return None
    return _worded("property", found["op"].lower(), value, target, name="value")


def read_style(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """A computed style."""
    target = target_of(phrase, found["target"])
    if target is None:
        return None
    name = phrase.plain(found["name"]).strip().lower().replace(" ", "-")
    told = found["value"].strip()
    value = phrase.value(told) or told.rstrip(".")
    if name in ("background", "background-color", "color", "text-color", "border-color"):
        name = {"background": "background-color", "text-color": "color"}.get(name, name)
        return (
            expectation("style", value, "colour", target=target, name=name)
            if colour(value)
            else None
        )
    if not re.fullmatch(MARK, told) and not re.fullmatch(r"[\w.%-]+", told):
        return None
    return expectation("style", value, target=target, name=name)


def read_state(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """Visible, hidden, focused, enabled, checked, empty."""
    target = target_of(phrase, found["target"])
    state = found["state"].lower()
    negated = bool(found["no"])
    if target is None:
        return None
    quoted = target.by == "name"
    if state in ("visible", "shown", "displayed", "appears", "present", "exists", "in the document",
                 "rendered", "visible on the page", "open", "opens", "shows up"):  # fmt: skip
        # a quoted text that appears is a text, not a control
        where = PageTarget("text", target.value, nth=target.nth) if quoted else target
        return expectation("visible", not negated, target=where)
    if state in ("hidden", "gone", "removed", "disappears", "invisible", "closed", "closes"):
        where = PageTarget("text", target.value, nth=target.nth) if quoted else target
        return expectation("visible", negated, target=where)
    if state in ("focused", "has focus", "receives focus", "has the focus"):
        return expectation("focused", not negated, target=target)
    if state in ("enabled", "disabled", "checked", "unchecked", "selected"):
        name = "checked" if state in ("checked", "unchecked", "selected") else "disabled"
        wanted = (state not in ("enabled", "unchecked")) != negated
        return expectation("property", wanted, target=target, name=name)
    if state in ("empty", "cleared", "blank"):
        if target.by in ("field", "label", "placeholder"):
            return expectation(
                "property", "", "ne" if negated else "eq", target=target, name="value"
            )
        sure = 0.7 if target.by == "css" else 0.5
        return expectation("text", "", "ne" if negated else "eq", target=target, sure=sure)
    return None


def read_text(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """The text of an element."""
    value = phrase.value(found["value"])
    target = target_of(phrase, found["target"])
    if target is None or value is None:
        return None
    op = found["op"].lower()
    if target.by in ("field", "label", "placeholder"):
        return _worded("property", op, value, target, name="value")
    if target.by == "page" and not op.startswith("not"):
        op = "contains" if "contain" in op else "shows"
    quoted = target.by == "name"
    return None if quoted else _worded("text", op, value, target)


def read_shown_text(phrase: Phrase, found: re.Match[str]) -> Expectation | None:
    """A text that the page shows."""
    literal = phrase.literal(found["value"])
    where = (
        PageTarget("css", literal.value)
        if literal.is_css
        else PageTarget("text", unescaped(literal.value))
    )
    return expectation("visible", not found["no"], target=where)
