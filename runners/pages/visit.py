"""One visit of one page, top to bottom. The order of the phases is the order of this file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from runners.pages.drivers import TabOf
from runners.pages.evidence import End, PageEvidence, Phase
from runners.pages.patience import PageEnded, Patience
from runners.pages.pictures import Picture
from runners.pages.probes.accessibility import accessibility
from runners.pages.probes.cases import cases
from runners.pages.probes.coverage import begin, end
from runners.pages.probes.explore import explore
from runners.pages.probes.faults import faults
from runners.pages.probes.fresh import complete, follow, settle
from runners.pages.probes.keyboard import keyboard
from runners.pages.probes.linger import linger
from runners.pages.probes.rest import after, rest
from runners.pages.probes.tasks import Steps
from runners.pages.probes.views import media, views
from runners.pages.protocol import BrowserFault, CallFailed, Line, Pipes
from runners.pages.requests import Gate
from runners.pages.scene import Order, Scene
from runners.pages.tab import Tab

_SETTLE_MS = 500


@dataclass(kw_only=True)
class Visited:
    """The evidence, the pictures by digest, and whether the browser can serve another page."""

    evidence: PageEvidence
    pictures: dict[str, Picture] = field(default_factory=dict)
    reusable: bool = True
    earlier: PageEvidence | None = None
    """Of the visit before, where that did not end well: this one was in a fresh browser."""


PhaseOf = Callable[[Scene], None]


def visit(pipes: Pipes, wire: Line, order: Order, tab_of: TabOf = Tab) -> Visited:
    """Visit a page in a fresh context of a running browser. `wire` and `tab_of` are one driver's.

    Raises:
        BrowserFault: the browser failed; nothing is known about the page.
    """
    patience = Patience(wire, pipes, order.budget)
    gate = Gate(order.page, order.shelf, scripts=order.scripts)
    tab = tab_of(wire, patience, gate, seed=order.seed)
    tab.creep_ms = order.creep_ms
    scene = Scene(tab, order, PageEvidence(end=End.MEASURED, conditions=order.conditions))
    scene.spent_s = lambda: patience.cpu_s
    reusable = True
    try:
        try:
            tab.open()
            held = replace(order.conditions, driver=tab.driver, clock=tab.clock.name)
            scene.add(conditions=held)
            for phase, act in phases(order.depth):
                tab.enter(phase)
                scene.add(phase=phase)
                act(scene)
        except PageEnded as ended:
            reusable = False
            if scene.evidence.phase is not Phase.FAULTS:
                scene.add(end=ended.end, detail=f"{scene.evidence.phase.value}: {ended.detail}")
            # What a page does under a fault that we injected stands in that fault, and is no end:
            # everything that a visitor meets was measured before.
        except CallFailed as failed:
            raise BrowserFault(f"{scene.evidence.phase.value}: {failed}") from failed
        finally:
            _close_books(scene, patience)
        if reusable:
            tab.close()
    except (PageEnded, CallFailed):
        reusable = False
    return Visited(evidence=scene.evidence, pictures=scene.pictures, reusable=reusable)


def phases(depth: str) -> tuple[tuple[Phase, PhaseOf], ...]:
    """The parts of a visit of this depth, in their order. Raises ValueError: no such depth."""
    if depth == "render":
        return ((Phase.LOAD, load), (Phase.VIEWS, views))
    if depth == "cases":
        return ((Phase.LOAD, load), (Phase.CASES, cases))
    if depth != "full":
        raise ValueError(f"no depth {depth!r}: use render, full or cases")
    return (
        (Phase.LOAD, load),
        (Phase.REST, rest),
        (Phase.REST, begin),
        (Phase.VIEWS, views),
        (Phase.MEDIA, media),
        (Phase.ACCESSIBILITY, accessibility),
        (Phase.KEYBOARD, keyboard),
        (Phase.EXPLORE, explore),
        (Phase.EXPLORE, after),
        (Phase.EXPLORE, end),
        (Phase.LINGER, linger),
        (Phase.CASES, cases),
        (Phase.FAULTS, faults),
    )


def load(scene: Scene) -> None:
    """Grant time until the document is complete, then let it settle, and load it again if it asks
    for that."""
    tab = scene.tab
    if scene.order.depth == "full":
        scene.steps = Steps(tab)
    tab.navigate()
    complete(tab)
    scene.add(loaded=tab.loaded)
    settle(tab, _SETTLE_MS)
    if tab.gate.again:
        if not follow(tab):
            tab.gate.count("restless")
        scene.add(loaded=tab.loaded)
    scene.look("first", held=True)


def _close_books(scene: Scene, patience: Patience) -> None:
    tab = scene.tab
    scene.add(
        errors=tab.happenings.errors(),
        requests=tab.gate.requests(),
        attempts={**tab.gate.attempts, **tab.told},
        cpu_s=round(patience.cpu_s, 3),
        wall_s=round(patience.wall_s, 3),
    )
