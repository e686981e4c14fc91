"""Measured oddities that prove no fault and that no finished page shows: a person should look."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.pages.document import Document
from harness.pages.endless import endless
from harness.pages.leaving import is_itself
from harness.pages.unsent import unsent
from harness.reasons import Reason
from runners.pages.evidence import PageEvidence, Phase

_EMPTY_VALUE = re.compile(r"[^\w]*(?:NaN|undefined)[^\w]*")
"""May be the answer to a text that was no number, so that it counts where none was typed."""
_PRESSED = frozenset({"button", "submit", "element", "tab", "switch", "menuitem", "option"})
_MOST_WITHOUT_EFFECT = 6
_COVERED = 3
_TORN = 2
_MISSING = re.compile(r"\b[\w.$]+ is not a function\b|\b[\w$]+ is not defined\b")
_READS_ADDRESS = re.compile(r"\blocation\b|URLSearchParams")

Doubt = Callable[[PageEvidence, Document], str]


def raw_text(evidence: PageEvidence, _: Document) -> str:
    """Shown text that stands for a value which was never put in."""
    shown = [str(text) for text in evidence.words.get("raw", ())]
    fair = all(a.control == "number" for a in evidence.actions if a.kind == "type" and a.value)
    later = [str(text) for text in evidence.words.get("raw_after", ())]
    shown += [text for text in later if fair or not _EMPTY_VALUE.fullmatch(text)]
    return f"shows {shown[0]!r} where a value should stand" if shown else ""


def left_out(_: PageEvidence, document: Document) -> str:
    """Remarks in the place of code."""
    remarks = [one for one in document.placeholders if one.kind == "comment"]
    return f"line {remarks[0].line}: code is left out: {remarks[0].text}" if remarks else ""


def without_effect(evidence: PageEvidence, _: Document) -> str:
    """Many buttons that are heard, and nothing that any action changes but the focus."""
    pressed = {a.selector for a in evidence.actions if a.kind == "click" and a.control in _PRESSED}
    changed = any(a.effect.any for a in evidence.actions if a.kind != "submit")
    if changed or len(pressed) < _MOST_WITHOUT_EFFECT:
        return ""
    return f"{len(pressed)} buttons were pressed, and nothing changed"


def covered(evidence: PageEvidence, _: Document) -> str:
    """Controls of which none can be hit, as something else lies on top of each."""
    clicks = [a for a in evidence.actions if a.kind == "click"]
    hit = any(a.effect.any or not a.covered for a in clicks)
    if hit or len(clicks) < _COVERED:
        return ""
    return f"something lies on top of each of {len(clicks)} controls, and takes the clicks"


def idle_timer(evidence: PageEvidence, _: Document) -> str:
    """A timer that was given nothing to run: the function was called in place of being passed."""
    return "a timer was set that runs nothing" if evidence.attempts.get("idle_timers") else ""


def sends_itself(evidence: PageEvidence, document: Document) -> str:
    """A form that scripts hear being sent, and that the browser then sends to the page itself, in
    which nothing reads what was sent: a visitor loses what was entered."""
    if not evidence.listeners.get("submit"):
        return ""
    if any(_READS_ADDRESS.search(script.text) for script in document.scripts):
        return ""
    for request in evidence.requests:
        acted = request.outcome == "navigation" and request.phase is Phase.EXPLORE
        if acted and "?" in request.url and is_itself(request.url):
            return "a form that scripts handle is sent all the same, and loads the page again"
    return ""


def torn_style(_: PageEvidence, document: Document) -> str:
    """A sheet that ends inside of a rule, with others in it that were not meant to be."""
    line, within = document.torn_style or (0, 0)
    if within < _TORN:
        return ""
    return f"line {line}: a style rule is never closed, and {within} others stand in it"


def empty_canvas(evidence: PageEvidence, _: Document) -> str:
    """Scripts draw, and every canvas of the page has no area."""
    empty, drawn = evidence.dom.get("canvas_empty", 0), evidence.runtime.get("canvas_draws", 0)
    if not drawn or not empty or empty < evidence.dom.get("canvas", 0):
        return ""
    return "what is drawn is not shown: the canvas has no area"


def thrown_within(evidence: PageEvidence, _: Document) -> str:
    """A library that caught what a handler of the page's threw, and said so: a name is missing."""
    for error in evidence.errors:
        acted = error.phase in (Phase.KEYBOARD, Phase.EXPLORE, Phase.LINGER)
        if acted and error.kind == "console" and _MISSING.search(error.text):
            return f"an action fails within a library: {error.text.partition(chr(10))[0]}"
    return ""


def unfinished(evidence: PageEvidence, document: Document) -> str:
    """A page that opens `html` or `body` and closes neither, with controls and before any code: the
    text may have ended between two elements, where no parser sees it."""
    coded = any(script.kind != "data" for script in document.scripts)
    if document.closed or document.fragment or coded:
        return ""
    idle = [c for c in evidence.controls if not c.native and not c.listeners]
    return f"it is never closed, and no code stands behind {idle[0].selector}" if idle else ""


def waits_in_vain(evidence: PageEvidence, document: Document) -> str:
    """Listeners for what nobody sends."""
    return unsent(evidence, document)


def never_ends(_: PageEvidence, document: Document) -> str:
    """A loop without a way out, in code that the visit did not reach."""
    return endless(document)


_DOUBTS: tuple[tuple[Doubt, Reason], ...] = (
    (covered, Reason.DEAD_CONTROLS),
    (without_effect, Reason.DEAD_CONTROLS),
    (thrown_within, Reason.ACTION_ERROR),
    (raw_text, Reason.RAW_TEXT),
    (empty_canvas, Reason.BLANK),
    (left_out, Reason.LEFT_OUT),
    (never_ends, Reason.TIMEOUT),
    (waits_in_vain, Reason.DEAD_CONTROLS),
    (idle_timer, Reason.AMBIGUOUS),
    (sends_itself, Reason.AMBIGUOUS),
    (torn_style, Reason.MALFORMED),
    (unfinished, Reason.TRUNCATED),
)


def doubt(evidence: PageEvidence, document: Document) -> tuple[Reason, str] | None:
    """The first doubt of a page in which no fault was found, and the words for it."""
    for looks, reason in _DOUBTS:
        told = looks(evidence, document)
        if told:
            return reason, told
    return None
