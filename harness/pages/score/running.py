"""Dimensions 18 to 20: how the page runs."""

from __future__ import annotations

from harness.pages.document import Document
from harness.pages.score.base import Value, absent, clip, number, scored
from runners.pages.evidence import PageEvidence

_STILL = 0.0005
"""Share of pixels below which two pictures count as the same."""


def moves(evidence: PageEvidence) -> bool:
    """Whether anything moves without input."""
    motion = evidence.motion
    return bool(
        motion.running
        or motion.draws
        or motion.gl_calls
        or max(motion.early, motion.late) > _STILL
        or evidence.media.running
    )


def motion(evidence: PageEvidence, _: Document) -> Value:
    """18. Motion: 10 x the mean of: share of running animations of transform and opacity alone,
    no long step (1 less a quarter for each of the second at rest whose tasks took over 50 ms of
    processor time), and reduced motion honoured (fewer animations run, or a rule for it); each
    where it applies.

    Not applicable where nothing moves.
    """
    if not moves(evidence):
        return absent("nothing moves")
    at_rest, media = evidence.motion, evidence.media
    parts: dict[str, float] = {}
    if at_rest.running:
        parts["cheap"] = clip(at_rest.cheap / at_rest.running)
    long = number(evidence.runtime, "long_steps_rest")
    if long is not None:
        parts["fluent"] = clip(1 - long / 4)
    if media.running or at_rest.running:
        stopped = media.running and media.running_reduced < media.running
        parts["reduced"] = 1.0 if stopped or media.reduced_rules else 0.0
    if not parts:
        return absent("what moves is drawn by scripts, and its tasks were not measured")
    return scored(10 * sum(parts.values()) / len(parts), **parts)


def _falling(value: float, best: float, worst: float) -> float:
    return clip((worst - value) / (worst - best))


def cost(evidence: PageEvidence, _: Document) -> Value:
    """19. Runtime cost: 10 x the mean of falling shares of: script time for each virtual second
    (50 ms best, 500 worst, in quarters since it is a time), layouts for each virtual second (20
    to 200), layout shift (0.1 to 0.25, as Core Web Vitals), and elements (1,500 to 10,000).

    Not applicable where two of the four were not measured.
    """
    seconds = (number(evidence.runtime, "virtual_ms") or 0) / 1000
    parts: dict[str, float] = {}
    script, layouts = number(evidence.runtime, "script_ms"), number(evidence.runtime, "layouts")
    if seconds > 0 and script is not None:
        parts["script"] = round(4 * _falling(script / seconds, 50, 500)) / 4
    if seconds > 0 and layouts is not None:
        parts["layouts"] = _falling(layouts / seconds, 20, 200)
    shift, elements = number(evidence.runtime, "layout_shift"), number(evidence.dom, "elements")
    if shift is not None:
        parts["shift"] = _falling(shift, 0.1, 0.25)
    if elements is not None:
        parts["elements"] = _falling(elements, 1500, 10000)
    if len(parts) < 2:
        return absent("too little of the running was measured")
    return scored(10 * sum(parts.values()) / len(parts), **parts)


def stability(evidence: PageEvidence, _: Document) -> Value:
    """20. Stability over time: 10 x the mean of what is left of heap (after collection), nodes and
    listeners once their growth under the actions is taken off: none is 1, growth by three times
    the larger of the start and a floor (4 MB, 500 nodes, 50 listeners) is 0. In quarters, since no
    two collections leave the same heap.

    Not applicable where no action had an effect: a page that does nothing does not grow.
    """
    if not evidence.effective:
        return absent("no action had an effect")
    parts: dict[str, float] = {}
    pairs = (("heap_kb", "heap_after_kb", 4096.0), ("nodes", "nodes_after", 500.0),
             ("listeners", "listeners_after", 50.0))  # fmt: skip
    for before_name, after_name, floor in pairs:
        before, after = (number(evidence.runtime, name) for name in (before_name, after_name))
        if before is not None and after is not None:
            left = 1 - clip((after - before) / max(before, floor) / 3)
            parts[before_name] = round(4 * left) / 4
    if not parts:
        return absent("growth was not measured")
    return scored(10 * sum(parts.values()) / len(parts), **parts)
