"""What a visitor would see of a visit: blankness, by picture and by contents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runners.pages.evidence import Look, PageEvidence

_MEDIA = ("canvas", "svg", "images", "media", "frames")
_PLAIN = 0.002
"""Share of neighbouring pixels that differ, below which a picture holds no text or drawing: a
gradient has 0. What stands in a shadow tree is in the picture though the counts pass it by."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Whether nothing is shown at the start and at the end; None where neither was measured."""

    start: bool | None
    end: bool | None
    detail: str = ""

    @property
    def blank(self) -> bool:
        """Nothing at the start, and nothing later as far as that was looked at."""
        return self.start is True and self.end is not False


def look(evidence: PageEvidence, *names: str) -> Look | None:
    """The first picture that has one of the names, in the order of the names."""
    by_name = {one.name: one for one in evidence.looks}
    return next((by_name[name] for name in names if name in by_name), None)


def sight(evidence: PageEvidence, entropy: float = 0.03, visible: int = 3) -> Sight:
    """Blankness at the start and at the end (thresholds: `PagePolicy.blank_*`)."""
    first = look(evidence, "settled", "first")
    last = look(evidence, "after")
    start = _nothing(first, evidence.dom, entropy, visible)
    end = _nothing(last, evidence.dom_after, entropy, visible)
    shown = evidence.dom.get("visible")
    detail = ""
    if first is not None:
        detail = f"the picture has {first.entropy:.3f} bits and {first.colours} colours"
    if shown is not None:
        detail += f"{', ' if detail else ''}{shown:.0f} visible elements"
    return Sight(start, end, detail)


def _nothing(
    picture: Look | None, counts: Mapping[str, float], entropy: float, visible: int
) -> bool | None:
    """Two ways of being blank: a picture of one colour, or a document without contents.

    A gradient behind nothing is no flat picture, and white text on white is no empty document;
    so either suffices.
    """
    flat = None if picture is None else picture.edges == 0 and picture.entropy < entropy
    if "visible" not in counts:
        return flat
    few = counts["visible"] <= visible
    faint = picture is not None and picture.entropy < entropy
    contents = counts.get("text_chars", 0) + counts.get("controls", 0)
    contents += sum(counts.get(name, 0) for name in _MEDIA)
    empty = contents == 0 and (picture is None or picture.edges < _PLAIN)
    return bool(flat) or (few and (faint or empty))
