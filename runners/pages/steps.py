"""What a driver is told to do with a page, and what to read after it. Plain data, no expectation.

One case goes to the driver as this JSON, and nothing else of it does:

    {"id": "c3",
     "steps": [{"do": "click", "target": {"by": "css", "value": "#add"}},
               {"do": "type", "target": {"by": "field", "value": "Name"}, "value": "milk"},
               {"do": "press", "value": "Enter"},
               {"do": "wait", "value": 500}],
     "probe": {"read": "count", "target": {"by": "css", "value": ".todo"}}}

Each case starts on a page that was loaded afresh with empty storage, and has settled. Fields that
hold their default are left out. A step whose target is not found ends the case: `ran` is false.

Targets, `by`:
    css          a selector
    role         an ARIA role (explicit or implied by the tag), with `name` where given
    text         the innermost visible element whose text holds `value`
    label        the control that a label of that text, or aria-label, names
    placeholder  the control with that placeholder
    field        label, then placeholder, then name or id: whichever is found first
    name         a control of that accessible name, else the innermost element of that text
    page         the body; `value` is empty
Names and texts are compared without regard to case and runs of white space, whole first, then as a
part. Of several matches the first visible one is meant (else the first), unless `nth` is given
(0-based, negative from the end).

Steps, `do`: click, dblclick, hover, focus, clear, check, uncheck, submit (all take a target);
type (target; `value` is the text, in place of what stands there), choose (target; `value` is an
option's label or value), press (`value` is a key as DevTools names it, "Enter", "Control+z"; target
or the focused element), wait (`value` in ms of virtual time), reload (storage is kept), resize
(`value` is the width in CSS pixels), go (`value` is the URL's hash, "#about").

Probes, `read`, with the type of what is found:
    text       str | null      rendered text (innerText) of the target; null: no such element
    content    str | null      textContent
    count      int             how many match; hidden ones too
    shown      int             how many match and are visible
    attribute  str | null      attribute `name`
    property   any | null      plain property `name`: value, checked, disabled, open, scrollTop
    class      [str] | null    class list
    style      str | null      computed style property `name`
    visible    bool            the target is there and visible
    focused    bool            the target is there and has the focus
    storage    str | null      item `name` of `store`: local or session
    title      str             the document's title
    hash       str             location.hash
    url        str             location.href
    errors     [str]           texts of the page's own errors since the case began
    requests   [str]           URLs asked for since the case began, those refused too
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

BYS = ("css", "role", "text", "label", "placeholder", "field", "name", "page")
"""Ways to name a target."""
ACTS = (
    "click", "dblclick", "hover", "focus", "clear", "check", "uncheck", "submit", "type", "choose",
    "press", "wait", "reload", "resize", "go",
)  # fmt: skip
"""What a step can do."""
READS = (
    "text", "content", "count", "shown", "attribute", "property", "class", "style", "visible",
    "focused", "storage", "title", "hash", "url", "errors", "requests",
)  # fmt: skip
"""What a probe can read."""


@dataclass(frozen=True, slots=True)
class PageTarget:
    """An element of the page, by one of `BYS`."""

    by: str
    value: str = ""
    name: str = ""
    nth: int | None = None


@dataclass(frozen=True, slots=True)
class PageStep:
    """One thing that a visitor does, of `ACTS`."""

    do: str
    target: PageTarget | None = None
    value: str | int = ""


@dataclass(frozen=True, slots=True)
class PageProbe:
    """One thing that is read after the steps, of `READS`."""

    read: str
    target: PageTarget | None = None
    name: str = ""
    store: str = ""


@dataclass(frozen=True, slots=True)
class DriverCase:
    """What the driver gets of a case."""

    id: str
    steps: tuple[PageStep, ...]
    probe: PageProbe

    def to_json(self) -> dict[str, Any]:
        """The JSON of the module's docstring."""
        return {
            "id": self.id,
            "steps": [_plain(step) for step in self.steps],
            "probe": _plain(self.probe),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> DriverCase:
        """The case of such a JSON. Raises ValueError on a word outside `ACTS`, `READS`, `BYS`."""
        steps = tuple(PageStep(**{**step, "target": _target(step)}) for step in data["steps"])
        probe = PageProbe(**{**data["probe"], "target": _target(data["probe"])})
        targets = [each for each in (*(s.target for s in steps), probe.target) if each is not None]
        words: list[tuple[str, tuple[str, ...]]] = [(s.do, ACTS) for s in steps]
        words += [(probe.read, READS), *((target.by, BYS) for target in targets)]
        for word, known in words:
            if word not in known:
                raise ValueError(f"{word!r} is none of {', '.join(known)}")
        return cls(data["id"], steps, probe)


def _target(data: dict[str, Any]) -> PageTarget | None:
    told = data.get("target")
    return PageTarget(**told) if told else None


def _plain(part: PageStep | PageProbe | PageTarget) -> dict[str, Any]:
    """The fields that do not hold their default."""
    told = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if isinstance(value, PageTarget):
            told[field.name] = _plain(value)
        elif value != field.default:
            told[field.name] = value
    return told
