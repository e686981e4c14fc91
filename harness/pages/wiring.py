"""Whether the controls of a page are connected to anything: many weak signs, counted together.

"Nothing happened when it was clicked" alone is no proof: 8 % of good pages do nothing for random
input. What cannot be argued with is that nobody listens: then nothing could happen.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.pages.document import Document
from harness.pages.score.running import moves
from runners.pages.evidence import Action, Control, PageEvidence

ACTIVATING = frozenset(
    [
        "click",
        "dblclick",
        "auxclick",
        "contextmenu",
        "input",
        "change",
        "beforeinput",
        "submit",
        "reset",
        "keydown",
        "keyup",
        "keypress",
        "mousedown",
        "mouseup",
        "mousemove",
        "mouseenter",
        "mouseleave",
        "mouseover",
        "mouseout",
        "wheel",
        "pointerdown",
        "pointerup",
        "pointermove",
        "pointerenter",
        "pointerover",
        "touchstart",
        "touchend",
        "touchmove",
        "drag",
        "dragstart",
        "dragover",
        "dragenter",
        "dragleave",
        "dragend",
        "drop",
        "paste",
        "copy",
        "cut",
        "focus",
        "blur",
        "focusin",
        "focusout",
        "toggle",
        "select",
        "beforetoggle",
        "command",
    ]
)
"""Event types that a visitor sets off."""
_ANYWHERE = ACTIVATING - {"focus", "blur", "focusin", "focusout"}
_FIELDS = frozenset(
    [
        "text",
        "textarea",
        "number",
        "email",
        "url",
        "password",
        "search",
        "tel",
        "date",
        "time",
        "range",
        "color",
        "file",
        "select",
        "checkbox",
        "radio",
        "month",
        "week",
        "datetime-local",
        "contenteditable",
    ]
)
_PREPARING = frozenset({"hover", "wheel", "type"})


@dataclass(frozen=True, slots=True)
class Wiring:
    """What is known of the connection of controls and code."""

    needing: int
    """Visible controls that do nothing without a script."""
    wired: int
    """Those of them that somebody listens to, on themselves or on an ancestor."""
    heard: int
    """Listeners of activating types anywhere, the window's too."""
    written: int
    """Places in the text at which an event is bound."""
    tried: int
    """Actions on such controls, typing and hovering left out."""
    effective: int
    run_share: float | None
    """Functions that ran, of the page's own; None where it has too few to say."""
    moving: bool
    functions: int

    @property
    def share(self) -> float:
        """Of the controls that need a listener, those that have one; 1 where none needs it."""
        return self.wired / self.needing if self.needing else 1.0


def wiring(evidence: PageEvidence, document: Document, min_functions: int = 3) -> Wiring:
    """The signs of one visit."""
    needing = [control for control in evidence.controls if needs_script(control)]
    selectors = {control.selector for control in needing}
    tried = [a for a in evidence.actions if a.kind not in _PREPARING and a.selector in selectors]
    functions = int(evidence.coverage.get("functions", document.functions))
    ran = evidence.coverage.get("functions_run")
    share = ran / functions if ran is not None and functions >= min_functions else None
    return Wiring(
        needing=len(needing),
        wired=sum(map(is_wired, needing)),
        heard=sum(n for kind, n in evidence.listeners.items() if kind in _ANYWHERE),
        written=document.wiring,
        tried=len(tried),
        effective=sum(map(_told, tried)),
        run_share=share,
        moving=moves(evidence),
        functions=functions,
    )


def needs_script(control: Control) -> bool:
    """Whether a visible control is nothing without a listener. A field can be read by others'."""
    return control.visible and not control.native and control.kind not in _FIELDS


def is_wired(control: Control) -> bool:
    """Whether somebody listens to what a visitor does to it.

    A button of a form sends the form, so that a listener for `submit` is one of its own.
    """
    return bool(ACTIVATING & {*control.listeners, *control.reached})


def _told(action: Action) -> bool:
    return action.effect.any
