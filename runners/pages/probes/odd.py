"""Faults of the visitor: odd texts, nothing at all, a click too many."""

from __future__ import annotations

import json
from typing import Any

from runners.pages.evidence import Fault
from runners.pages.inputs import at, press, type_text
from runners.pages.probes.witness import Witness, skipped

_MOST_FIELDS = 3
_MARK = "k7"
_MARKUP = f'<img data-mark="{_MARK}" src="data:," onerror="0">'
_LONG = "Lorem ipsum " * 834
"""10,008 characters."""
_WORDS = (_MARKUP, "-1", _LONG)
_NUMBERS = ("-1", "1e308", "")
_WAIT_MS = 60


def odd_input(witness: Witness) -> Fault:
    """Markup, a negative number and 10,000 characters into the first fields, each sent off."""
    fields: list[dict[str, Any]] = witness.run(f"fields({_MOST_FIELDS})")
    if not fields:
        return skipped("odd_input", "no field takes text")
    witness.begin()
    injected: list[str] = []
    typed = 0
    for field in fields:
        for text in _NUMBERS if field["number"] else _WORDS:
            typed += type_text(witness.tab, at(field["name"]), text)
            _send(witness, field)
            if witness.run(f'injected("{_MARK}")') and field["name"] not in injected:
                injected.append(field["name"])
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
    witness.tab.clock.advance(_WAIT_MS)
    witness.begin()
    field = fields[0]
    _send(witness, field)
    witness.tab.clock.advance(_WAIT_MS)
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
    witness.tab.clock.advance(_WAIT_MS)
    return witness.tell("double_click", control.selector)


def _send(witness: Witness, field: dict[str, Any]) -> None:
    if field["button"] and witness.press(field["button"]):
        return
    if field["line"]:
        press(witness.tab, "Enter")
