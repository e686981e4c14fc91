"""Whether the controls of a page are connected to anything: many weak signs, counted together.

"Nothing happened when it was clicked" alone is no proof: 8 % of good pages do nothing for random
input. What cannot be argued with is that nobody listens: then nothing could happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness.pages.document import Document
from harness.pages.policy import PagePolicy
from harness.pages.score.running import moves
from runners.pages.evidence import Action, Control, PageEvidence

_ACTIVATING = """
    click dblclick auxclick contextmenu input change beforeinput submit reset keydown keyup keypress
    mousedown mouseup mousemove mouseenter mouseleave mouseover mouseout wheel pointerdown pointerup
    pointermove pointerenter pointerover touchstart touchend touchmove drag dragstart dragover
    dragenter dragleave dragend drop paste copy cut focus blur focusin focusout toggle select
    beforetoggle command
    """
ACTIVATING = frozenset(_ACTIVATING.split())
"""Event types that a visitor sets off."""
_ANYWHERE = ACTIVATING - {"focus", "blur", "focusin", "focusout"}
_KINDS = """
    text textarea number email url password search tel date time range color file select checkbox
    radio month week datetime-local contenteditable editable
    """
FIELDS = frozenset(_KINDS.split())
"""Kinds that take a value."""
_MUTE = frozenset({"canvas", "element", "label", "option"})
"""Kinds that promise nothing by themselves: what looks the same is often only looked at."""
_PREPARING = frozenset({"hover", "wheel", "type"})


@dataclass(frozen=True, slots=True)
class Wiring:
    """What is known of the connection of controls and code."""

    needing: int
    """Visible controls that do nothing without a script."""
    wired: int
    """Those of them that somebody listens to, on themselves or on an ancestor."""
    fields: int
    """Visible fields outside of forms: what is put into them is read by code or by nobody."""
    heard: int
    """Listeners of activating types anywhere, the window's too."""
    own: int
    """Those of them whose handler stands in the page's own text."""
    written: int
    """Places in the text at which an event that a visitor sets off is bound, or may be."""
    tried: int
    """Actions on such controls, typing and hovering left out."""
    effective: int
    answered: int
    """Actions of any kind, on controls that are nothing by themselves, that code answered."""
    run_share: float | None
    """Functions that ran, of the page's own; None where it has too few to say."""
    moving: bool
    functions: int
    ran: float | None
    """Functions of the page's own that ran; None where that was not measured."""
    timers: float
    """Intervals and timers that were set: code that may look at fields by itself."""

    @property
    def share(self) -> float:
        """Of the controls that need a listener, those that have one; 1 where none needs it."""
        return self.wired / self.needing if self.needing else 1.0


def wiring(evidence: PageEvidence, document: Document, min_functions: int = 3) -> Wiring:
    """The signs of one visit."""
    coded = any(script.kind != "data" for script in document.scripts)
    needing = [
        control
        for control in evidence.controls
        if needs_script(control) and (coded or control.kind != "link")
    ]
    by_selector = {control.selector: control for control in needing}
    tried = [a for a in evidence.actions if a.kind not in _PREPARING and a.selector in by_selector]
    native = {control.selector for control in evidence.controls if control.native}
    # what is typed into editable contents changes the document, and nobody answered
    written_in = {c.selector for c in evidence.controls if c.kind == "editable"}
    functions = int(evidence.coverage.get("functions", document.functions))
    ran = evidence.coverage.get("functions_run")
    share = ran / functions if ran is not None and functions >= min_functions else None
    return Wiring(
        needing=len(needing),
        wired=sum(map(is_wired, needing)),
        fields=sum(c.visible and not c.in_form and c.kind in FIELDS for c in evidence.controls),
        heard=_activating(evidence.listeners),
        own=_activating(evidence.own_listeners),
        written=_written(document),
        tried=len(tried),
        effective=sum(_told(action, by_selector[action.selector]) for action in tried),
        answered=sum(
            _told(_unfollowed(action, by_selector), by_selector.get(action.selector))
            for action in evidence.actions
            if action.kind != "hover" and action.selector not in native | written_in
        ),
        run_share=share,
        moving=moves(evidence),
        functions=functions,
        ran=ran,
        timers=sum(evidence.runtime.get(name, 0) for name in ("intervals", "timers")),
    )


def disconnected(found: Wiring, policy: PagePolicy) -> str:
    """Why nothing of the page is connected to its code, in words; empty where it is, or may be."""
    if found.effective:
        return ""
    idle = found.run_share is not None and found.run_share < policy.run_share
    tried = f"{found.tried} actions without any effect"
    if found.needing and not found.wired and not found.heard:
        return f"{found.needing} controls, and nothing listens: {tried}"
    if found.needing and found.share < policy.wired_share and (idle or not found.written):
        loose = found.needing - found.wired
        return f"{loose} of {found.needing} controls have no listener; {tried}"
    if found.needing and not found.own and not found.written and not found.answered:
        return f"{found.needing} controls, and no listener is the page's own: {tried}"
    still = not found.moving and not found.timers and not found.answered and not found.heard
    if still and found.fields and found.functions:
        return f"{found.fields} fields and {found.functions} functions, and nothing listens"
    if still and found.functions and found.ran == 0:
        return f"{found.functions} functions, of which none ran, and nothing binds one"
    if still and idle:
        return f"{found.functions} functions, {found.run_share:.0%} ran, and nothing binds the rest"
    return ""


def _written(document: Document) -> int:
    """By attributes, properties and listeners, those of a type that is no literal too."""
    named = [document.properties, document.handlers]
    bound = sum(n for each in named for name, n in each.items() if name[2:] in ACTIVATING)
    heard = sum(n for kind, n in document.listeners.items() if kind in ACTIVATING or not kind)
    return bound + heard + document.bindings


def _activating(listeners: Mapping[str, int]) -> int:
    return sum(count for kind, count in listeners.items() if kind in _ANYWHERE)


def needs_script(control: Control) -> bool:
    """Whether a visible control promises something and is nothing without a listener. Fields may be
    read when something else is pressed, and are counted apart."""
    return control.visible and not control.native and control.kind not in (FIELDS | _MUTE)


def is_wired(control: Control) -> bool:
    """Whether somebody listens to what a visitor does to it.

    A button of a form sends the form, so that a listener for `submit` is one of its own.
    """
    return bool(ACTIVATING & {*control.listeners, *control.reached})


def _unfollowed(action: Action, controls: Mapping[str, Control]) -> Action:
    """The action without what a browser does by itself for a link to nowhere."""
    control = controls.get(action.selector)
    if control is None or control.kind != "link" or is_wired(control):
        return action
    return replace(action, effect=replace(action.effect, navigations=0, scrolled=0))


def _told(action: Action, control: Control | None) -> bool:
    """Whether code answered. Scrolling to a control is the visitor's own doing, and a form without
    code is sent by the browser, which loads the page anew."""
    effect = replace(action.effect, scrolled=0)
    if control is not None and control.in_form and not is_wired(control):
        effect = replace(effect, navigations=0, requests=0)
    return effect.any
