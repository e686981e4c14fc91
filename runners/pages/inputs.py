"""Mouse, keys and field values as a visitor gives them: real input events, aligned to frames.

An element is named by an expression of the isolated world, for instance `at("#save")`.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from runners.pages.tab import Tab, lent
from runners.pages.uploads import Sample

_BY_KEYS = 60
"""Longer texts arrive in one piece, as a paste does."""
_SHIFT = 8
_DROP_MS = 20
_MOVE_MS = 20
_SOON_MS = 4
_MODIFIERS = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": _SHIFT}
_NAMED: Mapping[str, tuple[str, int, str]] = {
    "Tab": ("Tab", 9, ""),
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "Backspace": ("Backspace", 8, ""),
    "Delete": ("Delete", 46, ""),
    "Space": ("Space", 32, " "),
    "ArrowLeft": ("ArrowLeft", 37, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "ArrowRight": ("ArrowRight", 39, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "Home": ("Home", 36, ""),
    "End": ("End", 35, ""),
    "PageUp": ("PageUp", 33, ""),
    "PageDown": ("PageDown", 34, ""),
    "Insert": ("Insert", 45, ""),
    **{f"F{n}": (f"F{n}", 111 + n, "") for n in range(1, 13)},
}
Event = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an element can be hit, in CSS pixels of the viewport."""

    x: float
    y: float
    hit: bool
    """What lies on top there is the element or a part of it."""
    by_value: bool
    """Set with `choose`; keys and clicks do not get far."""


def at(css: str) -> str:
    """The first element that matches a selector, as an expression."""
    return f"{hand()}.one({json.dumps(css)})"


def spot(tab: Tab, element: str) -> Spot | None:
    """Scroll to an element; None where it has no box in view. Raises PageEnded, CallFailed."""
    found = tab.measure(f"{hand()}.spot({element})")
    if not found:
        return None
    return Spot(found["x"], found["y"], found["hit"], found["byValue"])


def focus(tab: Tab, element: str) -> bool:
    """Give it the focus; whether it took it."""
    return bool(tab.measure(f"{hand()}.focus({element})"))


def blur(tab: Tab) -> None:
    """Take the focus from wherever it is."""
    tab.measure(f"{hand()}.blur()")


def hover(tab: Tab, place: Spot, *, ms: int = 40) -> None:
    """Move the mouse there."""
    tab.act(_mouse("mouseMoved", place), ms=ms)


def click(tab: Tab, place: Spot, *, times: int = 1, ms: int = 40) -> None:
    """Click there, `times` in a row as a double click is."""
    events = [_mouse("mouseMoved", place)]
    for count in range(1, times + 1):
        events.append(_mouse("mousePressed", place, button="left", buttons=1, clickCount=count))
        events.append(_mouse("mouseReleased", place, button="left", clickCount=count))
    tab.act(*events, ms=ms)


def drag(tab: Tab, begin: Spot, end: Spot) -> None:
    """Press at `begin`, move in three steps, let go at `end`.

    What the page lets be dragged is dropped there: the browser hands its drags over to us, as its
    own would wait for a desktop.
    """
    tab.dragged = None
    down = _mouse("mousePressed", begin, button="left", buttons=1, clickCount=1)
    tab.act(_mouse("mouseMoved", begin), down, ms=_SOON_MS)
    for part in (1, 2, 3):
        # Each in a frame of its own, as moves within one are made into one; and right before it, as
        # a move that waits for 0.1 s of real time is heard without one.
        tab.clock.advance(_MOVE_MS - _SOON_MS)
        x, y = (a + (b - a) * part / 3 for a, b in ((begin.x, end.x), (begin.y, end.y)))
        between = replace(begin, x=x, y=y)
        tab.act(_mouse("mouseMoved", between, button="left", buttons=1), ms=_SOON_MS)
    over: list[Event] = []
    if tab.dragged is not None:
        held = {"x": end.x, "y": end.y, "data": tab.dragged}
        kinds = ("dragEnter", "dragOver", "drop")
        over = [("Input.dispatchDragEvent", {"type": kind, **held}) for kind in kinds]
    tab.act(*over, _mouse("mouseReleased", end, button="left", clickCount=1), ms=_DROP_MS)


def wheel(tab: Tab, place: Spot, down: float) -> None:
    """Turn the wheel there by `down` pixels."""
    tab.act(_mouse("mouseWheel", place, deltaX=0, deltaY=down))
    # It waits for a frame that is displayed, and its scrolling for the next.
    tab.clock.look()
    tab.clock.look()


def press(tab: Tab, key: str, *, ms: int = 40) -> None:
    """Press a key (`Enter`, `ArrowUp`, `a`, ...) or a combination like `Shift+Tab`.

    Raises:
        ValueError: no such key.
    """
    *held, name = key.split("+") if len(key) > 1 else [key]
    if any(one not in _MODIFIERS for one in held) or (len(name) != 1 and name not in _NAMED):
        raise ValueError(f"no key {key!r}: use a letter, or one of {', '.join(_NAMED)}")
    modifiers = sum(_MODIFIERS[one] for one in held)
    tab.act(*_key(name, modifiers), ms=ms)


def type_text(
    tab: Tab, element: str, text: str, *, ms: int = 40, paste: bool = False, keys: int = _BY_KEYS
) -> bool:
    """Replace what a field holds by typing, or in one piece; False where it takes no focus.

    Of a text longer than `keys` only so many letters at its end are typed, what stands before them
    arrives in one piece: all of it where even `_BY_KEYS` are too few.
    """
    if not tab.measure(f"{hand()}.select({element})"):
        return False
    events: list[Event] = [*_key("Backspace", 0)]
    if paste or len(text) > _BY_KEYS:
        events.append(("Input.insertText", {"text": text}))
    else:
        if len(text) > keys:
            events.append(("Input.insertText", {"text": text[:-keys]}))
        for letter in text[-keys:]:
            events.extend(_key("Enter" if letter == "\n" else letter, 0))
    tab.act(*events, ms=ms)
    return True


def choose(tab: Tab, element: str, value: str, *, ms: int = 40) -> str | None:
    """Set a select (value, text, or `#2` for its second option), date, time, colour or range.

    What stands in it afterwards; None where there is no such option.
    """
    chosen = tab.measure(f"{hand()}.set({element}, {json.dumps(value)})")
    tab.act(ms=ms)
    return None if chosen is None else str(chosen)


def give(tab: Tab, element: str, file: Sample, *, ms: int = 40) -> bool:
    """Hand a file to a file field, seen or not, as its dialog does; False where it takes none."""
    body = b64encode(file.body).decode()
    told = ", ".join(json.dumps(value) for value in (file.name, file.type, body))
    given = bool(tab.measure(f"{hand()}.give({element}, {told})"))
    tab.act(ms=ms)
    return given


def hand() -> str:
    """`guest/hand.js` as an expression; made once in each document."""
    return lent("__hand", "hand.js")


def _mouse(kind: str, place: Spot, **more: Any) -> Event:
    return ("Input.dispatchMouseEvent", {"type": kind, "x": place.x, "y": place.y, **more})


def _key(name: str, modifiers: int) -> tuple[Event, Event]:
    if name in _NAMED:
        code, number, text = _NAMED[name]
        key = " " if name == "Space" else name
    else:
        key = text = name
        upper = name.upper()
        plain = len(upper) == 1 and upper.isascii() and upper.isalnum()
        code = ("Digit" if upper.isdigit() else "Key") + upper if plain else ""
        code, number = ("Space", 32) if name == " " else (code, ord(upper) if plain else 0)
    about: dict[str, Any] = {"key": key, "code": code, "windowsVirtualKeyCode": number}
    about["modifiers"] = modifiers
    down = {"type": "keyDown" if text else "rawKeyDown", **about}
    if text and not modifiers & ~_SHIFT:
        down |= {"text": text, "unmodifiedText": text}
    return (
        ("Input.dispatchKeyEvent", down),
        ("Input.dispatchKeyEvent", {"type": "keyUp", **about}),
    )
