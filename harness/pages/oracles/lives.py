"""Animation Effects, Data Visualization, Real-time Updates: what moves and what is drawn."""

from __future__ import annotations

from harness.pages.oracles.base import Case, Signal, at_least, mentions, present
from runners.pages.evidence import PageEvidence

_STILL = 0.0005
"""Share of pixels below which two pictures count as the same."""
_AXES = (
    r"legend|axis|average|total|chart|graph|data|values?|percent|jan|feb|mar|apr|may|jun|jul|aug|sep"
    r"|oct|nov|dec|mon|tue|wed|thu|fri|q[1-4]|(?:19|20)\d\d"
)
_LIBRARIES = ("chart.js", "chartjs", "d3", "echarts", "plotly", "highcharts", "apexcharts", "vega",
              "recharts", "c3", "leaflet")  # fmt: skip


def _moved(evidence: PageEvidence) -> float:
    return max(evidence.motion.early, evidence.motion.late)


def animation(case: Case) -> list[Signal | None]:
    """Pictures that differ at rest, animations that run, or elements that an animation or
    transition applies to, which actions set off; reduced motion honoured; more of it than in the
    base. Keyframes that nothing uses move nothing."""
    here, media = case.evidence.motion, case.evidence.media
    keyframes = case.dom("keyframes")
    keyframes = float(case.document.keyframes) if keyframes is None else keyframes
    running = max(here.running, media.running)
    signals: list[Signal | None] = [
        at_least("frames_differ", _moved(case.evidence), _STILL, strong=True),
        at_least("running", running, 1, strong=True),
        at_least("animated", case.dom("animated"), 1, strong=case.base is None),
        at_least("keyframes", keyframes, 1),
        at_least("transitions", case.dom("transitions"), 2),
        present("reduced_motion", media.reduced_rules > 0 or media.running_reduced < media.running),
    ]
    if case.base is not None:
        before = case.base_dom("keyframes") or 0
        more = (case.dom("animated") or 0) - (case.base_dom("animated") or 0)
        ran = max(case.base.motion.running, case.base.media.running)
        signals += [
            at_least("more_animated", more, 1, strong=True),
            at_least("more_keyframes", keyframes - before, 1),
            at_least("more_running", running - ran, 1),
        ]
    return signals


def data_visualization(case: Case) -> list[Signal | None]:
    """Marks (canvas calls, SVG shapes), words of axes or a legend, marks that change with actions,
    a chart library among what was loaded."""
    shapes = case.dom("svg_shapes")
    draws = case.evidence.runtime.get("canvas_draws", 0) + case.evidence.motion.draws
    draws += case.evidence.runtime.get("gl_calls", 0)
    marks = (shapes or 0) + draws
    changed = sum(
        a.effect.draws > 0 or (a.effect.nodes > 0 and (shapes or 0) > 0)
        for a in case.evidence.actions
        if a.kind != "hover"
    )
    hover = any(a.kind == "hover" and a.effect.any for a in case.evidence.actions)
    packages = {r.package.lower() for r in case.evidence.requests if r.package}
    base_marks = (case.base_dom("svg_shapes") or 0) + (
        case.base.runtime.get("canvas_draws", 0) + case.base.motion.draws if case.base else 0
    )
    return [
        at_least("marks", marks, 5, strong=True),
        at_least("more_marks", marks - base_marks, 5, strong=True) if case.base else None,
        at_least("axis_words", mentions(_AXES, case.text), 2),
        at_least("marks_change", changed, 1),
        present("hover_tells", hover),
        present("library", any(name in one for one in packages for name in _LIBRARIES)),
    ]


def real_time(case: Case) -> list[Signal | None]:
    """Text or drawing that changes without input, timers or sockets behind it, and more of it than
    in the base."""
    motion, runtime = case.evidence.motion, case.evidence.runtime
    changes = motion.text_changes + motion.draws
    timers = runtime.get("intervals", 0) + runtime.get("timers", 0)
    sockets = runtime.get("sockets", 0) + case.evidence.attempts.get("sockets", 0)
    live = case.dom("live")
    signals: list[Signal | None] = [
        at_least("changes_by_itself", changes, 1, strong=True),
        at_least("timers", timers, 1),
        present("sockets", sockets > 0),
        at_least("live_regions", live, 1),
    ]
    if case.base is not None:
        before = case.base.motion.text_changes + case.base.motion.draws
        signals.append(at_least("more_changes", changes - before, 1, strong=True))
    return signals
