"""What the phases of one visit share: the tab, and the evidence as it grows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from runners.pages.evidence import Action, Conditions, Look, PageEvidence
from runners.pages.patience import Budget
from runners.pages.pictures import Picture, decode, look
from runners.pages.probes.state import Idle
from runners.pages.probes.tasks import Steps
from runners.pages.requests import Shelf
from runners.pages.steps import DriverCase
from runners.pages.tab import Tab

DEFAULT_BUDGET = Budget()
DEFAULT_CONDITIONS = Conditions()


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to visit and how. `depth`: render (pictures and errors), full (every probe), cases
    (nothing but the cases)."""

    page: bytes
    depth: str = "full"
    seed: int = 1
    creep_ms: float = 0.0
    """What each reading of a clock takes: for the visit that confirms a hang."""
    budget: Budget = DEFAULT_BUDGET
    shelf: Shelf | None = None
    cases: tuple[DriverCase, ...] = ()
    scripts: bool = True
    """False: the page's own scripts, handlers and script URLs are not run, by its content security
    policy. The text stays as it is."""
    conditions: Conditions = DEFAULT_CONDITIONS
    trace: tuple[Action, ...] = ()
    """Steps to take again in place of an exploration; none explores."""


@dataclass
class Scene:
    """What the phases share: the tab, and the evidence as it grows."""

    tab: Tab
    order: Order
    evidence: PageEvidence
    pictures: dict[str, Picture] = field(default_factory=dict)
    shown: dict[str, Picture] = field(default_factory=dict)
    """By name, the latest of it."""
    scripts: dict[str, str] = field(default_factory=dict)
    """URL by script id."""
    spent_s: Callable[[], float] = float
    """Processor seconds of this visit so far."""
    idle: Idle = field(default_factory=Idle)
    steps: Steps | None = None
    functions: dict[tuple[str, int, int], bool] = field(default_factory=dict)
    """Of the page's own text: whether it ran, by script and offsets."""
    _last: tuple[bytes, Picture] | None = None
    """The picture that was taken last, with the bytes that it was decoded of."""

    def add(self, **found: Any) -> None:
        """Lay what was measured beside what is known."""
        self.evidence = replace(self.evidence, **found)

    def picture(self, *, held: bool = False) -> Picture:
        """What is shown now, not kept; `held` as in `Clock.look`."""
        png = self.tab.clock.look(held=held)
        if self._last is None or png != self._last[0]:
            self._last = (png, decode(png))
        return self._last[1]

    def look(self, name: str, *, held: bool = False) -> Look:
        """Keep a picture of what is shown now; `held` as in `Clock.look`."""
        picture = self.picture(held=held)
        known = next((seen for seen in self.evidence.looks if seen.picture == picture.digest), None)
        told = replace(known, name=name) if known else look(name, picture)
        self.pictures[picture.digest] = self.shown[name] = picture
        self.add(looks=(*self.evidence.looks, told))
        return told
