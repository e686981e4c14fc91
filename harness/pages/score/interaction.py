"""Dimensions 9 to 13: what a visitor's actions come to."""

from __future__ import annotations

from harness.pages.blame import own_errors
from harness.pages.document import Document
from harness.pages.policy import PagePolicy
from harness.pages.score.base import Value, absent, clip, scored, wilson
from harness.pages.wiring import disconnected, wiring
from runners.pages.evidence import Effect, PageEvidence, Phase

_PREPARING = frozenset({"hover", "wheel", "type"})
"""Kinds of action of which most good pages take no notice: they count where feedback is asked."""
_INPUTS = frozenset({"odd_input", "empty_submit", "long_text"})
_TABS = 8
"""Stops that are asked of a page with many controls."""


def effect(evidence: PageEvidence, document: Document) -> Value:
    """9. Interaction effect: 10 x W / 0.6, where W is Wilson's lower 80 % bound of the share of
    actions that had an effect. Typing, hovering and wheeling are not counted as attempts.

    0 where nothing of the page is connected to its code (`harness.pages.wiring`). Not applicable
    without a control, or where nothing was tried.
    """
    loose = disconnected(wiring(evidence, document), PagePolicy())
    if loose:
        return scored(0, disconnected=loose)
    tried = [action for action in evidence.actions if action.kind not in _PREPARING]
    if not evidence.controls and not tried:
        return absent("the page has no control")
    if not tried:
        return absent("no control was tried")
    hits = sum(action.effect.any for action in tried)
    return scored(10 * wilson(hits, len(tried)) / 0.6, effective=hits, attempted=len(tried))


def inputs(evidence: PageEvidence, _: Document) -> Value:
    """10. Input handling: 10 x the share of probes passed among empty submit, very long and odd
    input. A probe passes without a new error, without injected markup and with the page still
    there; half of it is lost where nothing told the visitor (empty submit, odd input).

    Not applicable where no probe applies.
    """
    probes = [f for f in evidence.faults if f.name in _INPUTS and f.applies]
    if not probes:
        return absent("no field to probe")
    points = 0.0
    for probe in probes:
        if not (probe.errors or probe.injected or probe.blank):
            points += 1.0 if probe.shown or probe.name == "long_text" else 0.5
    failed = [p.name for p in probes if p.errors or p.injected or p.blank]
    return scored(10 * points / len(probes), probes=len(probes), failed=failed)


def robustness(evidence: PageEvidence, _: Document) -> Value:
    """11. Robustness: 10 - 2.5 for each distinct error of the page's own under exploration,
    keyboard and injected faults, and for each fault that leaves it blank.

    Not applicable where no action had an effect and no fault was injected: what does nothing does
    not break. Whether it applies never depends on errors, so that one more cannot raise a total.
    """
    if not evidence.effective and not any(f.applies for f in evidence.faults):
        return absent("no action had an effect")
    explored = len(own_errors(evidence, Phase.EXPLORE, Phase.KEYBOARD, Phase.CASES))
    told = len(own_errors(evidence, Phase.FAULTS))
    injected = max(told, sum(f.errors for f in evidence.faults if f.applies))
    blank = sum(f.blank for f in evidence.faults if f.applies)
    lost = explored + injected + blank
    return scored(10 - 2.5 * lost, explored=explored, under_faults=injected, blank=blank)


def feedback(evidence: PageEvidence, _: Document) -> Value:
    """12. Feedback: 10 x (share of the effective actions after which the visitor sees or is told
    something: contents, form values, drawing, pixels, a dialog + 0.1 where hovering shows + 0.1
    where there is a live region). What only storage, network or clipboard show is not seen.

    Not applicable without an effective action.
    """
    effective = [a for a in evidence.actions if a.kind != "hover" and a.effect.any]
    if not effective:
        return absent("no action had an effect")
    seen = sum(_seen(action.effect) for action in effective)
    hover = any(a.kind == "hover" and a.effect.pixels > 0 for a in evidence.actions)
    live = evidence.dom.get("live", 0) > 0
    share = seen / len(effective)
    return scored(10 * clip(share + 0.1 * hover + 0.1 * live), seen=seen, effective=len(effective),
                  hover=hover, live=live)  # fmt: skip


def _seen(effect: Effect) -> bool:
    return bool(
        effect.pixels or effect.nodes or effect.attributes or effect.text or effect.value
        or effect.draws or effect.dialogs or effect.downloads or effect.navigations
        or effect.sounds
    )  # fmt: skip


def keyboard(evidence: PageEvidence, _: Document) -> Value:
    """13. Keyboard: 10 x (0.5 stops / min(8, interactive) + 0.3 share of stops with a visible ring
    + 0.2 where focus is not trapped).

    Not applicable without an interactive element.
    """
    path = evidence.keyboard
    if path.interactive <= 0:
        return absent("the page has no interactive element")
    reach = clip(path.stops / min(_TABS, path.interactive))
    ring = clip(path.ringed / path.stops) if path.stops else 0.0
    value = 0.5 * reach + 0.3 * ring + (0.2 if path.stops and not path.trapped else 0.0)
    return scored(10 * value, stops=path.stops, interactive=path.interactive, ringed=path.ringed,
                  trapped=path.trapped)  # fmt: skip
