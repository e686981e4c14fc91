"""What one visit of a page came to. Facts only: nothing in here says good or bad.

Everything was read from outside the page: over the DevTools protocol, from an isolated world that
shares no object with the page's own scripts, or from pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

Numbers = Mapping[str, float]


class End(StrEnum):
    """How a visit ended. A closed set; a fault of ours is an exception and never one of these."""

    MEASURED = "measured"
    HANG = "hang"
    """Used processor time without answering, or more of it than a whole visit may."""
    CRASH = "crash"
    """The renderer died."""
    MEMORY = "memory"
    """Died of its memory limit."""
    NO_FRAME = "no_frame"
    """Nothing was painted, though the page answered."""


class Phase(StrEnum):
    """The parts of a visit, in their order."""

    LOAD = "load"
    REST = "rest"
    VIEWS = "views"
    MEDIA = "media"
    ACCESSIBILITY = "accessibility"
    KEYBOARD = "keyboard"
    EXPLORE = "explore"
    LINGER = "linger"
    CASES = "cases"
    FAULTS = "faults"


class Owner(StrEnum):
    """Whose an error is, by the first frame that threw it."""

    PAGE = "page"
    LIBRARY = "library"
    ENVIRONMENT = "environment"
    """It comes from what we refused or did not hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageError:
    """One distinct error. `kind`: exception, rejection, console, resource, syntax."""

    kind: str
    text: str
    url: str = ""
    line: int = 0
    column: int = 0
    """1-based; of the top frame."""
    owner: Owner = Owner.PAGE
    phase: Phase = Phase.LOAD
    count: int = 1
    cause: str = ""
    """The refused URL that an error of the environment is charged to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One distinct request and how it was answered.

    `outcome`: document, inline (data: and blob:), hit, approximate, placeholder, miss,
    no_such_version, no_such_package, no_such_file, external, navigation, refused.
    """

    url: str
    kind: str
    outcome: str
    package: str = ""
    version: str = ""
    path: str = ""
    sha256: str = ""
    integrity: str = ""
    """match, mismatch, waived (approximate bytes); empty without the attribute."""
    note: str = ""
    count: int = 1
    phase: Phase = Phase.LOAD


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One picture, and what it shows in numbers.

    `name`: first, settled, moving, mobile, tablet, wide, dark, after. `entropy` in bits of 64 grey
    levels, `colours` of 32x32x32, `dominant` the share of the most frequent grey, `edges` the
    share of neighbouring pixels that differ by over 24 of 255.
    """

    name: str
    width: int
    height: int
    picture: str
    """SHA-256 of the picture's pixels; also the name under which the visit gives its bytes."""
    entropy: float
    colours: int
    dominant: float
    edges: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The boxes at one viewport width, in CSS pixels and counts."""

    name: str
    width: int
    scroll_width: int
    scroll_height: int
    overflow: int
    """By how much the document is wider than the viewport."""
    cut: int
    """Elements that reach beyond the right edge where nothing scrolls."""
    clipped: int
    """Texts that their own box hides a part of."""
    overlaps: int
    """Pairs of controls that cover each other."""
    small_targets: int
    """Controls under 24 by 24 (WCAG 2.2, 2.5.8)."""
    columns: int
    """Distinct left edges of blocks."""
    controls: int = 0
    shown: int = 0
    """Elements with a visible box."""
    offenders: tuple[str, ...] = ()
    """Selectors of the first that are cut, clipped or overlap."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One broken accessibility rule of axe-core. `impact`: critical, serious, moderate, minor."""

    id: str
    impact: str
    nodes: int
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Contrast:
    """Text contrast on solid backgrounds (WCAG 1.4.3: 4.5, large text 3)."""

    texts: int = 0
    failing: int = 0
    offenders: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyboard:
    """What Tab reaches from the top of the document."""

    interactive: int = 0
    stops: int = 0
    """Distinct elements focused."""
    ringed: int = 0
    """Stops at which focus can be seen."""
    trapped: bool = False
    path: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """Answers to emulated preferences. `dark_change` is a share of pixels."""

    dark_change: float = 0.0
    dark_rules: int = 0
    reduced_rules: int = 0
    running: int = 0
    """Animations that run at rest."""
    running_reduced: int = 0
    """Those that still run under prefers-reduced-motion."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Motion:
    """Change without input over one virtual second; differences are shares of pixels."""

    early: float = 0.0
    late: float = 0.0
    mutations: int = 0
    text_changes: int = 0
    draws: int = 0
    gl_calls: int = 0
    running: int = 0
    cheap: int = 0
    """Running animations of nothing but transform and opacity."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """An interactive element. `kind`: button, link, text, number, checkbox, radio, select, ..."""

    selector: str
    kind: str
    label: str = ""
    listeners: tuple[str, ...] = ()
    """Types heard on the element itself, also by attributes and properties."""
    reached: tuple[str, ...] = ()
    """Types heard for it on an ancestor, up to the window."""
    native: bool = False
    """It does something without a script: a link elsewhere, a summary, a label, a popover."""
    visible: bool = True
    in_form: bool = False
    main: bool = False
    """Among the largest of those that a visitor would try first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What one action changed; zero everywhere is a dead control. `nodes`: added or removed;
    `value`: form values other than the one that was typed; `sounds`: begun, or words spoken."""

    nodes: int = 0
    attributes: int = 0
    text: int = 0
    pixels: float = 0.0
    storage: int = 0
    console: int = 0
    requests: int = 0
    dialogs: int = 0
    downloads: int = 0
    navigations: int = 0
    clipboard: int = 0
    scrolled: int = 0
    value: int = 0
    sounds: int = 0
    focus: int = 0
    draws: int = 0
    errors: int = 0

    @property
    def any(self) -> bool:
        """Whether a visitor, or the page's own state, would notice anything but focus."""
        told = asdict(self)
        del told["focus"], told["errors"], told["console"]
        return any(told.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """One step of the exploration: replayable by its fields alone.

    `kind`: click, type, choose, check, key, hover, drag, wheel, submit, upload.
    """

    step: int
    kind: str
    selector: str
    label: str = ""
    value: str = ""
    at_ms: int = 0
    """Virtual time since the document began."""
    effect: Effect = Effect()
    control: str = ""
    """The control's kind."""
    covered: bool = False
    """Something else lay on top of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One injected fault and what the page made of it.

    `name`: storage_denied, fetch_fails, offline, odd_input, empty_submit, long_text, right_to_left,
    zoom, resize, double_click.
    """

    name: str
    applies: bool = True
    errors: int = 0
    """Distinct errors of the page's own that only came under the fault."""
    shown: bool = False
    """Something visible changed: a message, another view."""
    blank: bool = False
    overflow: int = 0
    injected: bool = False
    """Typed markup became an element."""
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseResult:
    """One DOM-level case: what was found outside; the expectation is compared by the host.

    `why` it did not run: target (not there, not shown, covered, or not of the kind that the step
    asks for), words (the step or the probe cannot be carried out on any page), load (the page did
    not load again); empty where it ran.
    """

    id: str
    found: Any = None
    ran: bool = True
    detail: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """What was held fixed, so that two visits can be compared."""

    browser: str = ""
    backend: str = ""
    tier: str = ""
    isolation: str = ""
    driver: str = "pipe"
    clock: str = "frames"
    """frames: virtual time with frame control; page: the driver's own clock."""
    step_ms: int = 20
    creep_ms: float = 0.0
    """Not 0 in the visit after a hang: what each reading of a clock takes there."""
    seed: int = 1
    epoch_s: int = 0
    time_zone: str = "UTC"
    locale: str = "en-US"
    scale: float = 1.0
    width: int = 1280
    height: int = 720
    depth: str = "full"
    fonts: str = ""
    flags: str = ""
    """Digest of the browser's flags."""
    cdn_lock: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageEvidence:
    """All that one visit measured; a part that was not reached is empty."""

    end: End
    detail: str = ""
    """Of an end that is not `measured`: what was seen, and in which phase."""
    phase: Phase = Phase.LOAD
    """The last that was begun."""
    conditions: Conditions = Conditions()
    loaded: bool = False
    """The document was complete within its virtual time."""
    errors: tuple[PageError, ...] = ()
    requests: tuple[Request, ...] = ()
    attempts: Mapping[str, int] = field(default_factory=dict)
    """Refused or stubbed, by name: dialogs, popups, navigations, downloads, permissions, of those
    devices, workers, sockets, rtc, service_workers, file_choosers, fullscreen, prints, beacons,
    sounds, closed_trees, frames, exceptions, console, requests, clock (stuck), restless."""
    looks: tuple[Look, ...] = ()
    dom: Numbers = field(default_factory=dict)
    """Counts of the document at rest; the keys stand in `runners/pages/guest/measure.js`."""
    dom_after: Numbers = field(default_factory=dict)
    """The same counts after the exploration."""
    words: Mapping[str, Any] = field(default_factory=dict)
    """title, lang, dir, charset, text (first 4,000 characters of visible text), palette (computed
    colours, most frequent first), fonts, headings."""
    layouts: tuple[Layout, ...] = ()
    contrast: Contrast = Contrast()
    rules: tuple[Rule, ...] | None = None
    """None where axe-core was not run."""
    keyboard: Keyboard = Keyboard()
    media: Media = Media()
    motion: Motion = Motion()
    controls: tuple[Control, ...] = ()
    actions: tuple[Action, ...] = ()
    faults: tuple[Fault, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    runtime: Numbers = field(default_factory=dict)
    """script_ms, task_ms, long_steps_load and _rest (with over 50 ms of tasks; all three processor
    time of the main thread), layouts, styles, layout_shift, heap_kb, heap_after_kb, nodes,
    nodes_after, listeners, listeners_after, timers, intervals, frames, storage_sets, storage_gets,
    storage_keys, canvas_draws, gl_calls, intl_calls, sockets, fetches, globals, virtual_ms."""
    listeners: Mapping[str, int] = field(default_factory=dict)
    """Event listeners by type, over all nodes, document and window; also attributes, properties."""
    own_listeners: Mapping[str, int] = field(default_factory=dict)
    """Those of them whose handler stands in the page's own text."""
    coverage: Numbers = field(default_factory=dict)
    """functions, functions_run, rules, rules_used: of the page's own text."""
    cpu_s: float = 0.0
    wall_s: float = 0.0

    @property
    def effective(self) -> int:
        """Actions that had an effect."""
        return sum(action.effect.any for action in self.actions)

    def structural(self) -> dict[str, Any]:
        """What two visits of the same page must agree in: everything but times, pictures and the
        conditions, which are held against each other by themselves."""
        told = asdict(self)
        for name in ("cpu_s", "wall_s", "runtime", "detail", "conditions", "looks"):
            del told[name]
        told["looks"] = [seen.name for seen in self.looks]
        return told
