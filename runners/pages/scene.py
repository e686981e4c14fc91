"""What the phases of one visit share: the tab, and the evidence as it grows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from runners.pages.evidence import Action, Conditions, Look, PageEvidence
from runners.pages.patience import Budget
from runners.pages.pictures import Picture, decode, look
from runners.pages.probes.state import Idle
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
    idle: Idle = field(default_factory=Idle)
    functions: dict[tuple[str, int, int], bool] = field(default_factory=dict)
    """Of the page's own text: whether it ran, by script and offsets."""

    def add(self, **found: Any) -> None:
        """Lay what was measured beside what is known."""
        self.evidence = replace(self.evidence, **found)

    def look(self, name: str) -> Look:
        """Keep a picture of what is shown now."""
        picture = decode(self.tab.clock.look())
        told = look(name, picture)
        self.pictures[picture.digest] = self.shown[name] = picture
        self.add(looks=(*self.evidence.looks, told))
        return told
