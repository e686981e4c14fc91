"""What was measured of a page, in words for people; the page's own words are quoted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from runners.pages.evidence import Action, Effect, Layout, Owner, PageError, PageEvidence, Request

_ONE: dict[str, tuple[str, str]] = {
    "nodes": ("one node", "{} nodes"),
    "attributes": ("one attribute", "{} attributes"),
    "text": ("one text", "{} texts"),
    "storage": ("stored once", "stored {} times"),
    "requests": ("one request", "{} requests"),
    "dialogs": ("a dialog", "{} dialogs"),
    "downloads": ("a download", "{} downloads"),
    "navigations": ("leads away", "leads away {} times"),
    "clipboard": ("copied to the clipboard", "copied {} times"),
    "scrolled": ("scrolled", "scrolled"),
    "sounds": ("a sound", "{} sounds"),
    "value": ("another field changed", "{} other fields changed"),
    "draws": ("drew", "drew {} times"),
}
_DONE = {
    "click": "clicked {it}", "type": "typed {value} into {it}", "choose": "set {it} to {value}",
    "check": "ticked {it}", "key": "pressed {value}", "hover": "moved the mouse to {it}",
    "drag": "dragged {it}", "wheel": "turned the wheel over {it}",
    "submit": "pressed Enter in {it}", "upload": "gave {value} to {it}",
}  # fmt: skip
_PART = 0.0005


def effect_words(effect: Effect) -> str:
    """What an action changed: "2 nodes, one text", or "nothing"."""
    said = []
    for name, (one, many) in _ONE.items():
        count = getattr(effect, name)
        if count:
            said.append(one if count == 1 else many.format(count))
    if effect.pixels:
        share = f"{effect.pixels:.1%}" if effect.pixels >= _PART else "a few"
        said.append(f"{share} of the pixels")
    if effect.errors:
        said.append("an error" if effect.errors == 1 else f"{effect.errors} errors")
    return ", ".join(said) or "nothing"


def action_words(action: Action) -> str:
    """What was done, to what: `clicked button “Save”`."""
    value = action.value if action.kind == "key" else f"“{action.value}”"
    name = f"“{action.label}”" if action.label else action.selector
    done = _DONE.get(action.kind, "{kind} {it}")
    return done.format(kind=action.kind, value=value, it=f"{action.control} {name}".strip())


def error_words(error: PageError) -> str:
    """One error with its place: `line 12: ReferenceError ... (in an action, 3 times)`."""
    place = f"line {error.line}: " if error.line else ""
    about = [f"in phase {error.phase.value}"]
    if error.owner is not Owner.PAGE:
        about.append(f"of the {error.owner.value}")
    if error.count > 1:
        about.append(f"{error.count} times")
    if error.cause:
        about.append(f"after {error.cause}")
    return f"{place}{error.kind}: {error.text} ({', '.join(about)})"


def layout_words(layout: Layout) -> str:
    """What is wrong at one width, or an empty text."""
    said = []
    if layout.overflow > 0:
        said.append(f"{layout.overflow} px wider than the viewport")
    for count, one, many in (
        (layout.cut, "element is cut off", "elements are cut off"),
        (layout.clipped, "text is clipped", "texts are clipped"),
        (layout.overlaps, "pair of controls overlaps", "pairs of controls overlap"),
    ):
        if count:
            said.append(f"{count} {one if count == 1 else many}")
    return ", ".join(said)


def by_outcome(requests: Iterable[Request]) -> dict[str, int]:
    """Distinct requests by how they were answered, the most frequent first."""
    return dict(Counter(request.outcome for request in requests).most_common())


def dead(visit: PageEvidence) -> tuple[Action, ...]:
    """Actions without any effect."""
    return tuple(action for action in visit.actions if not action.effect.any)


def attempts(visit: PageEvidence) -> Iterator[tuple[str, int]]:
    """What the page tried and was refused, or that was counted, in words."""
    for name, count in sorted(visit.attempts.items()):
        if count and name in _TOLD:
            yield _TOLD[name], count


_TOLD = {
    "dialogs": "dialogs", "popups": "new windows", "navigations": "navigations away",
    "downloads": "downloads", "permissions": "permission prompts", "sockets": "sockets",
    "rtc": "WebRTC connections", "service_workers": "service workers", "beacons": "beacons",
    "file_choosers": "file choosers", "fullscreen": "full screen", "prints": "prints",
}  # fmt: skip
