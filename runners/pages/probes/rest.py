"""The document at rest: its counts and words, its wiring, what moves without input."""

from __future__ import annotations

from typing import Any

from runners.pages.evidence import Contrast, Motion
from runners.pages.pictures import difference
from runners.pages.probes.state import idle, state
from runners.pages.scene import Scene
from runners.pages.tab import guest

_EARLY_MS, _LATE_MS = 400, 600
_STILL_MS = 200
"""From frame to frame where neither a script nor a style asks for any."""
_DRAWN = ("draws", "gl_calls")
_MEASURE = guest("measure.js")
_RUNNING = guest("running.js")


def rest(scene: Scene) -> None:
    """Count, then look on for one second."""
    tab = scene.tab
    found = tab.measure(_MEASURE)
    words: dict[str, Any] = found["words"]
    dom = found["dom"]
    scene.add(
        dom=dom,
        words=words,
        contrast=Contrast(
            texts=dom["contrast_texts"],
            failing=dom["contrast_failing"],
            offenders=tuple(words.pop("weak")),
        ),
    )
    scene.add(motion=_motion(scene))


def after(scene: Scene) -> None:
    """The same counts when everything was tried, and a last picture."""
    scene.look("after")
    found = scene.tab.measure(_MEASURE)
    words = {**scene.evidence.words, "raw_after": found["words"]["raw"]}
    scene.add(dom_after=found["dom"], words=words)


def _motion(scene: Scene) -> Motion:
    tab = scene.tab
    running, cheap = tab.measure(_RUNNING)
    begun = state(tab)
    before = _counts(scene)
    still = not running and not tab.animates
    tab.clock.advance(_EARLY_MS, _STILL_MS if still else 40)
    scene.look("settled", held=True)
    tab.clock.advance(_LATE_MS, _STILL_MS if still else 100)
    moved = _counts(scene)
    scene.idle = idle(begun, state(tab), _EARLY_MS + _LATE_MS)
    early = difference(scene.shown["first"], scene.shown["settled"])
    late = 0.0
    if early or moved != before:
        scene.look("moving", held=True)
        late = difference(scene.shown["settled"], scene.shown["moving"])
    return Motion(
        early=early,
        late=late,
        mutations=sum(moved[i] - before[i] for i in (0, 1)),
        text_changes=moved[2] - before[2],
        draws=moved[3] - before[3],
        gl_calls=moved[4] - before[4],
        running=running,
        cheap=cheap,
    )


def _counts(scene: Scene) -> list[int]:
    """Nodes, attributes, texts by the isolated world; draws and GL calls by the stubs."""
    seen = scene.tab.measure("[__seen.nodes, __seen.attributes, __seen.text]")
    return [*seen, *(scene.tab.told.get(name, 0) for name in _DRAWN)]
