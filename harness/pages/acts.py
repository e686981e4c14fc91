"""One clause of prose to what a visitor does."""

from __future__ import annotations

import re

from harness.pages.phrases import MARK, Phrase, target_of, unescaped
from runners.pages.steps import PageStep, PageTarget

_KEYS = {
    "enter": "Enter", "return": "Enter", "escape": "Escape", "esc": "Escape", "tab": "Tab",
    "space": "Space", "spacebar": "Space", "backspace": "Backspace", "delete": "Delete",
    "up": "ArrowUp", "down": "ArrowDown", "left": "ArrowLeft", "right": "ArrowRight",
    "arrowup": "ArrowUp", "arrowdown": "ArrowDown", "arrowleft": "ArrowLeft",
    "arrowright": "ArrowRight", "home": "Home", "end": "End", "pageup": "PageUp",
    "pagedown": "PageDown",
}  # fmt: skip
_KEY_WORD = "|".join(_KEYS)
_KEY = re.compile(
    r"(?:press|hit|pressing|hitting)(?:es)? (?:the )?("
    r"(?:(?:ctrl|control|shift|alt|cmd|meta)\s?\+\s?)*"
    rf"(?:(?:{_KEY_WORD})(?: arrow)?|⟦\d+⟧|[a-z0-9]|f\d{{1,2}}))(?: arrow)?(?: key)?"
    r"(?: (?:in|on|inside|into|within) (.+))?",
    re.IGNORECASE,
)
_CLICK = re.compile(
    r"(?:you |the user |user )?(double[- ]?)?(?:click|clicking|tap|tapping|press|pressing|activate|"
    r"push|hit)(?:s|es|ed)?(?: on)? (.+?)(?: (once|twice|three times|(\d+) times))?",
    re.IGNORECASE,
)
_TYPE = re.compile(
    r"(?:type|enter|input|write|put|typing|entering)(?:s|ed)? "
    rf"(?:the text |text |value )?({MARK}|\d[\d.,]*)"
    r" (?:in|into|to|inside|in to) (.+)",
    re.IGNORECASE,
)
_FILL = re.compile(
    rf"(?:fill|filling)(?: in| out)? (.+?) with ({MARK}|\d[\d.,]*)"
    rf"|(?:set|setting|change) (?:the value of )?(.+?) to ({MARK}|\d[\d.,]*)",
    re.IGNORECASE,
)
_CHOOSE = re.compile(
    rf"(?:select|choose|pick|selecting|choosing) (?:the )?(?:option )?({MARK})(?: option)?"
    r" (?:in|from|on) (.+)",
    re.IGNORECASE,
)
_PLAIN = (
    ("clear", re.compile(r"clear(?:ing)? (.+)", re.IGNORECASE)),
    ("check", re.compile(r"(?:check|tick)(?:ing)? (.+)", re.IGNORECASE)),
    ("uncheck", re.compile(r"(?:uncheck|untick)(?:ing)? (.+)", re.IGNORECASE)),
    ("hover", re.compile(r"hover(?:ing)?(?: over| on)? (.+)", re.IGNORECASE)),
    ("focus", re.compile(r"focus(?:ing)?(?: on)? (.+)", re.IGNORECASE)),
    ("submit", re.compile(r"submit(?:ting)? (.+)", re.IGNORECASE)),
)
_WAIT = re.compile(
    r"(?:wait|waiting)(?: for)? (\d+(?:\.\d+)?) ?(ms|milliseconds?|s|secs?|seconds?)", re.IGNORECASE
)
_AFTER_TIME = re.compile(r"(\d+(?:\.\d+)?) ?(ms|milliseconds?|s|secs?|seconds?)", re.IGNORECASE)
_RELOAD = re.compile(
    r"(?:reload|refresh|reloading|refreshing)(?: (?:the )?(?:page|browser))?"
    r"|(?:page )?(?:reload|refresh)",
    re.IGNORECASE,
)
_RESIZE = re.compile(
    r"(?:resize|resizing|set)(?: the)?(?: window| viewport| browser| page| screen)?(?: width)? to "
    r"(\d{2,4})(?: ?px)?(?: ?[x×] ?\d{2,4}(?: ?px)?)?(?: wide| width)?"
    r"|(?:at|on) (?:a )?(?:viewport |window |screen )?"
    r"(?:width (?:of )?)?(\d{3,4}) ?px(?: wide| width)?",
    re.IGNORECASE,
)
_GO = re.compile(rf"(?:go|navigate|going|navigating) to (?:the hash )?({MARK})", re.IGNORECASE)
_OPEN = re.compile(
    r"(?:open|load|visit|opening|loading)(?: the)? (?:page|app|application|document|site|file)"
    r"|(?:the )?page (?:loads|is loaded|load)|on (?:page )?load|initially"
    r"|at (?:the )?(?:start|first)"
    r"|by default|on start(?:up)?",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:after|when|on|once|if|upon|by|then|next|and|first|finally|now|user|"
    r"the user|you|i)\s+(?=\S)",
    re.IGNORECASE,
)
_FIELD_ACTS = frozenset({"clear", "check", "uncheck", "focus"})
_NAMED = re.compile(r"(?:the )?[A-Z][\w+]*(?: [A-Z]?[\w+]+){0,2}")
"""A name without quotes: it begins with a capital, "click Save changes"."""
MAX_TIMES = 50


def steps_of(phrase: Phrase) -> tuple[PageStep, ...] | None:
    """The steps of a clause, none for "on load"; None where it is not read in full."""
    text = phrase.text.strip(" ,.:;")
    for _ in range(4):
        steps = _read(phrase, text)
        if steps is not None:
            return steps
        shorter = _LEAD.sub("", text, count=1) if _LEAD.match(text) else text
        if shorter == text:
            return None
        text = shorter
    return None


def _read(phrase: Phrase, text: str) -> tuple[PageStep, ...] | None:
    if _OPEN.fullmatch(text):
        return ()
    if _RELOAD.fullmatch(text):
        return (PageStep("reload"),)
    if found := _WAIT.fullmatch(text) or _AFTER_TIME.fullmatch(text):
        factor = 1 if found[2].lower().startswith("m") else 1000
        return (PageStep("wait", value=round(float(found[1]) * factor)),)
    if found := _RESIZE.fullmatch(text):
        return (PageStep("resize", value=int(found[1] or found[2])),)
    if found := _GO.fullmatch(text):
        place = phrase.literal(found[1]).value
        return (PageStep("go", value=place),) if place.startswith("#") else None
    if found := _TYPE.fullmatch(text):
        return _on_field(phrase, "type", found[2], found[1])
    if found := _FILL.fullmatch(text):
        return _on_field(phrase, "type", found[1] or found[3], found[2] or found[4])
    if found := _CHOOSE.fullmatch(text):
        return _on_field(phrase, "choose", found[2], found[1])
    for act, pattern in _PLAIN:
        if found := pattern.fullmatch(text):
            target = target_of(phrase, found[1], field=act in _FIELD_ACTS)
            return (PageStep(act, target),) if target is not None else None
    return _pressed(phrase, text) or _clicked(phrase, text)


def _on_field(phrase: Phrase, act: str, where: str, what: str) -> tuple[PageStep, ...] | None:
    target = target_of(phrase, where, field=True)
    value = unescaped(phrase.plain(what))
    return (PageStep(act, target, value),) if target is not None else None


def _pressed(phrase: Phrase, text: str) -> tuple[PageStep, ...] | None:
    found = _KEY.fullmatch(text)
    if found is None:
        return None
    *held, last = re.split(r"\s?\+\s?", found[1]) if found[1] != "+" else [found[1]]
    key = phrase.plain(last) if re.fullmatch(MARK, last) else last
    name = _KEYS.get(key.lower().removesuffix(" arrow"), "")
    if not name and (len(key) == 1 or re.fullmatch(r"F\d{1,2}", key, re.IGNORECASE)):
        # a quoted sign is the name of a button oftener than a key
        name = "" if re.fullmatch(MARK, last) else key
    if not name:
        return None
    names = {"ctrl": "Control", "control": "Control", "cmd": "Meta", "meta": "Meta"}
    value = "+".join([*(names.get(h.lower(), h.capitalize()) for h in held), name])
    target: PageTarget | None = None
    if found[2]:
        target = target_of(phrase, found[2], field=True)
        if target is None:
            return None
    return (PageStep("press", target, value),)


def _clicked(phrase: Phrase, text: str) -> tuple[PageStep, ...] | None:
    found = _CLICK.fullmatch(text)
    if found is None:
        return None
    target = target_of(phrase, found[2])
    if target is None and _NAMED.fullmatch(found[2]):
        target = PageTarget("name", found[2].removeprefix("the "))
    if target is None:
        return None
    words = {None: 1, "once": 1, "twice": 2, "three times": 3}
    times = int(found[4]) if found[4] else words[found[3].lower() if found[3] else None]
    step = PageStep("dblclick" if found[1] else "click", target)
    return (step,) * times if 0 < times <= MAX_TIMES else None
