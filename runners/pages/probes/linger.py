"""A page that is left alone for a while: what hangs, breaks or leads away only then."""

from __future__ import annotations

from runners.pages.probes.fresh import start_over
from runners.pages.scene import Scene

_ALONE_MS = 10_000
_FIRST_MS, _LONGEST_MS = 100, 1000
"""Steps that grow: one that is dear is found out while it is short."""
_MOST_CPU_S = 2.0


def linger(scene: Scene) -> None:
    """Let ten seconds of the page's time pass, or as many as `_MOST_CPU_S` is enough for.

    Where it leaves, and does so again in a document that nobody touched, `attempts` has
    `leaves_late`.

    Raises:
        PageEnded: it hangs, or died.
    """
    if _leaves(scene) and start_over(scene.tab) and _leaves(scene):
        scene.tab.gate.count("leaves_late")


def _leaves(scene: Scene) -> bool:
    """Whether it asks for another document within that time."""
    tab = scene.tab
    tab.gate.away = ""
    begun, used = tab.clock.now_ms, scene.spent_s()
    step = _FIRST_MS
    while not tab.gate.away and scene.spent_s() - used < _MOST_CPU_S:
        left = _ALONE_MS - (tab.clock.now_ms - begun)
        if left <= 0:
            break
        tab.clock.advance(min(step, left), step)
        step = min(2 * step, _LONGEST_MS)
    return bool(tab.gate.away)
