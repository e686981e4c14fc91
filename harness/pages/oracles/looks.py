"""Color Scheme, Layout Style, Minimalist Design, Responsive Design: what the page looks like."""

from __future__ import annotations

from harness.pages.colour import Rgb, found_among, lab, named_colours, palette, palette_distance
from harness.pages.oracles.base import Case, Signal, at_least, at_most, present, words_list
from runners.pages.evidence import Layout, PageEvidence

_THEME = ("dark", "light", "theme", "mode", "colour", "color", "contrast", "night", "day")


def colours_of(evidence: PageEvidence) -> list[Rgb]:
    """The distinct computed colours of a visit."""
    return palette(words_list(evidence, "palette"))


def colour_scheme(case: Case) -> list[Signal | None]:
    """A palette at 10 CIEDE2000 or more from the base's (plain to see at a glance), the hex codes
    that the instruction names among the computed colours, or a scheme that reacts to the visitor's
    preference or a toggle (a fifth of the pixels); AA contrast for 9 texts of 10."""
    seen = colours_of(case.evidence)
    named = named_colours(case.instruction)
    found = found_among(named, seen)
    toggled = max(
        (a.effect.pixels for a in case.evidence.actions if _is_theme(a.label)), default=0.0
    )
    texts = case.evidence.contrast.texts
    return [
        at_least("palette_distance", palette_distance(seen, colours_of(case.base)), 10, strong=True)
        if case.base is not None and seen and colours_of(case.base)
        else None,
        at_least("named_colours", len(found) / len(named), 0.5, strong=True,
                 detail=", ".join(_hex(c) for c in named if c not in found))
        if named and seen
        else None,
        at_least("scheme_reacts", max(toggled, case.evidence.media.dark_change), 0.2, strong=True),
        at_least("hues", _hues(seen), 3) if seen else None,
        at_most("contrast_failures", case.evidence.contrast.failing / texts, 0.1)
        if texts >= 5
        else None,
    ]  # fmt: skip


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)


def _is_theme(label: str) -> bool:
    words = label.lower()
    return any(word in words for word in _THEME)


def _hues(colours: list[Rgb]) -> int:
    """Distinct twelfths of the hue circle among colours with some chroma."""
    from math import atan2, degrees, hypot

    labs = [lab(colour) for colour in colours]
    return len({int(degrees(atan2(b, a)) % 360 // 30) for _, a, b in labs if hypot(a, b) > 15})


def _wide(evidence: PageEvidence) -> Layout | None:
    return max(evidence.layouts, key=lambda box: box.width, default=None)


def layout_style(case: Case) -> list[Signal | None]:
    """Boxes elsewhere than in the base: another number of columns, another height by a fifth, other
    counts of grid and flex containers; without a base two columns and a grid or flex container."""
    box = _wide(case.evidence)
    base = _wide(case.base) if case.base is not None else None
    arranged = (case.dom("grid") or 0) + (case.dom("flex") or 0)
    signals: list[Signal | None] = [
        at_least("containers", arranged, 1, strong=case.base is None),
        at_least("columns", box.columns, 2, strong=case.base is None) if box else None,
    ]
    if box is not None and base is not None:
        before = (case.base_dom("grid") or 0) + (case.base_dom("flex") or 0)
        heights = sorted((max(1, box.scroll_height), max(1, base.scroll_height)))
        signals += [
            at_least("columns_differ", abs(box.columns - base.columns), 1, strong=True),
            at_least("height_differs", heights[1] / heights[0] - 1, 0.2, strong=True),
            at_least("containers_differ", abs(arranged - before), 2, strong=True),
        ]
    return signals


def minimalist(case: Case) -> list[Signal | None]:
    """Less of everything than the base: elements by a tenth, colours, fonts, sizes, ink; without a
    base at most 60 elements, 6 colours, 2 fonts, 4 sizes."""
    colours = len(colours_of(case.evidence)) or None
    now = {
        "elements": case.dom("visible"),
        "colours": float(colours) if colours else None,
        "fonts": case.dom("fonts"),
        "font_sizes": case.dom("font_sizes"),
        "ink": max((one.edges for one in case.evidence.looks), default=None),
    }
    if case.base is None:
        limits = {"elements": 60.0, "colours": 6.0, "fonts": 2.0, "font_sizes": 4.0, "ink": 0.05}
        return [at_most(name, now[name], limit, strong=name in ("elements", "colours"))
                for name, limit in limits.items()]  # fmt: skip
    base_colours = len(colours_of(case.base)) or None
    before = {
        "elements": case.base_dom("visible"),
        "colours": float(base_colours) if base_colours else None,
        "fonts": case.base_dom("fonts"),
        "font_sizes": case.base_dom("font_sizes"),
        "ink": max((one.edges for one in case.base.looks), default=None),
    }
    return [
        at_most(f"fewer_{name}", value / max(1e-6, old), 0.9,
                strong=name in ("elements", "colours", "ink"))
        if (value := now[name]) is not None and (old := before[name]) is not None
        else None
        for name in now
    ]  # fmt: skip


def responsive(case: Case) -> list[Signal | None]:
    """No sideways scrolling at any viewport, nothing cut, and a layout that changes with the width
    (other columns, other controls, or rules for widths); a viewport meta element; targets of 24
    pixels."""
    boxes = sorted(case.evidence.layouts, key=lambda box: box.width)
    rules = case.dom("width_rules")
    rules = float(case.document.media_queries) if rules is None else rules
    signals: list[Signal | None] = [
        present("viewport_meta", bool(case.document.viewport)),
        at_least("width_rules", rules, 1, strong=True),
    ]
    if len(boxes) >= 2:
        small = boxes[0]
        reflow = len({(box.columns, box.controls) for box in boxes}) - 1
        signals += [
            at_most("overflow", max(box.overflow for box in boxes), 2, strong=True),
            at_least("reflow", reflow, 1, strong=True),
            at_most("cut", max(box.cut for box in boxes), 0),
            at_most("small_targets", small.small_targets / max(1, small.controls), 0.25),
        ]
    return signals
