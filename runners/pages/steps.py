"""A case of a page as data: what a visitor does, and what is read afterwards.

Expected values are no part of it: they stay with the host, and what was read is compared there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

By = Literal["any", "css", "text", "role", "label", "placeholder", "test_id"]
Do = Literal[
    "click", "double_click", "type", "clear", "choose", "check", "uncheck", "press", "hover",
    "focus", "drag", "scroll", "wait", "reload", "resize",
]  # fmt: skip
Read = Literal[
    "text", "texts", "count", "visible", "exists", "value", "checked", "enabled", "focused",
    "attribute", "style", "title", "url", "local_storage", "session_storage", "dialogs", "errors",
    "downloads", "clipboard",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """An element as a visitor would name it; of several, number `nth` (0 is the first).

    `any` takes `value` for an accessible name, a label, a placeholder or visible text, in this
    order; `role` takes the role in `value` and the accessible name in `name`.
    """

    by: By = "any"
    value: str = ""
    name: str = ""
    nth: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PageStep:
    """One thing that a visitor does.

    `value`: text to type, option to choose, key to press, milliseconds to wait, pixels to scroll,
    width and height (`375x667`); `to`: where a drag ends.
    """

    do: Do
    target: Target = Target()
    value: str = ""
    to: Target = Target()


@dataclass(frozen=True, kw_only=True, slots=True)
class PageProbe:
    """What is read. `name`: the attribute, the CSS property, or the key in a storage."""

    read: Read
    target: Target = Target()
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageCase:
    """Steps, then probes, on a freshly loaded document, or where the case before left it."""

    id: str
    steps: tuple[PageStep, ...] = ()
    probes: tuple[PageProbe, ...] = ()
    continues: bool = False
