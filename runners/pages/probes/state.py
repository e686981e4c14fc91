"""What an action may change, counted before and after it, and what changes without any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runners.pages.tab import Tab, guest

_STATE = guest("state.js")
_COUNTED = {
    "storage": ("storage_sets", "database"), "console": ("console",), "requests": ("requests",),
    "dialogs": ("dialogs", "permissions"), "downloads": ("downloads",), "errors": ("exceptions",),
    "draws": ("draws", "gl_calls", "animate", "restyles"), "clipboard": ("clipboard",),
    "navigations": ("navigations", "popups", "prints", "file_choosers", "fullscreen",
                    "history", "pickers"), "sounds": ("audio", "sounds"),
}  # fmt: skip
_SEEN = ("nodes", "attributes", "text", "scrolled", "focus")


@dataclass(frozen=True, slots=True)
class Idle:
    """What a page does unasked: counts for each millisecond, and fields whose values move."""

    rates: Mapping[str, float] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()


def state(tab: Tab) -> dict[str, Any]:
    """Running counts by the names of `Effect`, and under `values` the form's values by field."""
    found: dict[str, Any] = tab.measure(_STATE)
    told, counted = tab.told, tab.gate.attempts
    for name, keys in _COUNTED.items():
        found[name] = sum(counted.get(key, 0) + told.get(key, 0) for key in keys)
    return found


def idle(before: Mapping[str, Any], after: Mapping[str, Any], passed_ms: float) -> Idle:
    """The rates of what changed between two states with no action between them."""
    names = (*_SEEN, *_COUNTED)
    return Idle(
        rates={name: (after[name] - before[name]) / passed_ms for name in names},
        fields=frozenset(changed(before, after)),
    )


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Fields that hold another value than before."""
    return [key for key, value in after["values"].items() if before["values"].get(key) != value]
