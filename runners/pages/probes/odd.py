"""Faults of the visitor: odd texts, nothing at all, a click too many."""

from __future__ import annotations

import json
from typing import Any

from runners.pages.evidence import Fault
from runners.pages.inputs import at, press, type_text
from runners.pages.probes.witness import Witness, skipped

_MOST_FIELDS = 3
_LONG = "Lorem ipsum " * 834
"""10,008 characters."""
_ROUNDS = (("", "1e308"), ("-1", "-1"), (_LONG, ""))
"""What goes into texts, and into numbers; markup is made for each field, so that it has a name."""
_FRAME_MS = 20
_WAIT_MS = 66
"""With the time of a click no multiple of what timers are set to."""


def odd_input(witness: Witness) -> Fault:
    """Markup, a negative number and 10,000 characters into the first fields, each sent off."""
    fields: list[dict[str, Any]] = witness.run(f"fields({_MOST_FIELDS})")
    if not fields:
        return skipped("odd_input", "no field takes text")
    witness.begin()
    typed = 0
    injected: list[str] = []
    for text, number in _ROUNDS:
        for place, field in enumerate(fields):
            words = number if field["number"] else text or _markup(place)
            typed += type_text(witness.tab, at(field["name"]), words, ms=_FRAME_MS, paste=True)
        for field in {f["button"] or f["name"]: f for f in fields}.values():
            _send(witness, field)
        if not text:
            injected = [
                f["name"] for i, f in enumerate(fields) if witness.run(f'injected("{_mark(i)}")')
            ]
    witness.tab.clock.advance(_FRAME_MS)
    detail = f"{typed} texts into {len(fields)} fields"
    if injected:
        detail += f", markup of {', '.join(injected)} became an element"
    return witness.tell("odd_input", detail, injected=bool(injected))


def empty_submit(witness: Witness) -> Fault:
    """Empty every field and press the button that belongs to the first."""
    fields = [f for f in witness.run(f"fields({_MOST_FIELDS})") if f["button"] or f["line"]]
    if not fields:
        return skipped("empty_submit", "no field with anything to send it")
    witness.run("empty()")
    witness.tab.clock.advance(_WAIT_MS, _WAIT_MS)
    witness.begin()
    field = fields[0]
    _send(witness, field)
    witness.tab.clock.advance(_WAIT_MS, _WAIT_MS)
    told = witness.tell("empty_submit", field["button"] or "Enter")
    if not told.shown and witness.run(f"held({json.dumps(field['name'])})"):
        return witness.tell("empty_submit", "held back by the form's own constraints", shown=True)
    return told


def double_click(witness: Witness) -> Fault:
    """The main control, twice in a row."""
    control = witness.main_control()
    if control is None:
        return skipped("double_click", "no button is shown")
    witness.begin()
    if not witness.press(control.selector, times=2):
        return skipped("double_click", f"{control.selector} cannot be hit any more")
    witness.tab.clock.advance(_WAIT_MS, _WAIT_MS)
    return witness.tell("double_click", control.selector)


def _send(witness: Witness, field: dict[str, Any]) -> None:
    if field["button"] and witness.press(field["button"]):
        return
    if field["line"]:
        press(witness.tab, "Enter")


def _mark(place: int) -> str:
    return f"odd-{place}"


def _markup(place: int) -> str:
    return f'<img data-mark="{_mark(place)}" src="data:," onerror="0">'
