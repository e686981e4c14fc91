"""Faults of the form: longer texts, the other direction, zoom, a small window."""

from __future__ import annotations

from runners.pages.evidence import Fault
from runners.pages.probes.witness import Witness, skipped
from runners.pages.tab import HEIGHT, WIDTH

_PHONE = (375, 667)
_FRAME_MS = 40


def long_text(witness: Witness) -> Fault:
    """Every text 40 % longer, as a translation is: what no longer fits."""
    witness.begin()
    changed = witness.run("stretch()")
    if not changed:
        return skipped("long_text", "no text is shown")
    witness.tab.clock.advance(_FRAME_MS, _FRAME_MS)
    told = witness.tell("long_text", f"{changed} texts", shown=False)
    _back(witness)
    return told


def right_to_left(witness: Witness) -> Fault:
    """The other direction: what sticks out, and whether the layout turned (`shown`)."""
    witness.begin()
    was = witness.run("edges()")
    if not was:
        return skipped("right_to_left", "nothing is shown")
    witness.run("turn()")
    witness.tab.clock.advance(_FRAME_MS, _FRAME_MS)
    moved = sum(a != b for a, b in zip(was, witness.run("edges()"), strict=False))
    told = witness.tell(
        "right_to_left", f"{moved} of {len(was)} boxes moved", shown=2 * moved > len(was)
    )
    _back(witness)
    return told


def zoom(witness: Witness) -> Fault:
    """At 200 %, which leaves half as many CSS pixels (WCAG 1.4.4)."""
    return _window(witness, "zoom", WIDTH // 2, HEIGHT // 2)


def resize(witness: Witness) -> Fault:
    """A window as narrow as a phone and back."""
    return _window(witness, "resize", *_PHONE)


def _window(witness: Witness, name: str, width: int, height: int) -> Fault:
    witness.begin()
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    witness.tab.call("Emulation.setDeviceMetricsOverride", size)
    witness.tab.clock.advance(_FRAME_MS, _FRAME_MS)
    overflow = witness.view().overflow
    full = {**size, "width": WIDTH, "height": HEIGHT}
    witness.tab.call("Emulation.setDeviceMetricsOverride", full)
    witness.tab.clock.advance(_FRAME_MS, _FRAME_MS)
    return witness.tell(name, f"{width}x{height}", overflow=overflow)


def _back(witness: Witness) -> None:
    witness.run("back()")
    witness.tab.clock.advance(_FRAME_MS, _FRAME_MS)
