"""DOM-level cases: what a visitor does, and what is read of it from outside the page's reach.

The page cannot fake its own result: values are read in the isolated world, and what was expected
never enters the browser. See `runners.pages.steps` for the words.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from runners.pages import inputs
from runners.pages.evidence import CaseResult, Owner
from runners.pages.probes.fresh import reload, start_over
from runners.pages.protocol import CallFailed
from runners.pages.scene import Scene
from runners.pages.steps import DriverCase, PageProbe, PageStep, PageTarget
from runners.pages.tab import HEIGHT, WIDTH, Tab, lent

_WAIT_MS = 2000
"""So long an element is waited for; virtual, so that it costs little."""
_LOOK_MS = 100
_AFTER_STEP_MS = 60
_AFTER_CASE_MS = 300
_LONGEST_WAIT_MS = 30_000
_LONGEST = 20_000
_UNCAUGHT = ("exception", "rejection", "syntax")
_PAGE = PageTarget("page")


class StepFailed(Exception):
    """A step that could not be done: the words say which, and why; `why` as in `CaseResult`."""

    def __init__(self, words: str, why: str = "target") -> None:
        super().__init__(words)
        self.why = why


def cases(scene: Scene) -> None:
    """Lay the results of the order's cases into the evidence. Raises PageEnded, BrowserFault."""
    run = _Run(scene.tab)
    for case in scene.order.cases:
        scene.add(cases=(*scene.evidence.cases, run.case(case)))


class _Run:
    """One case after another. A case whose steps begin as those just done goes on from there: the
    document is the one that it would get."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._done: tuple[PageStep, ...] | None = None
        self._errors: Counter[tuple[str, str]] = Counter()
        self._requests: Counter[str] = Counter()

    def case(self, case: DriverCase) -> CaseResult:
        """Its steps, then its probe."""
        steps, done = case.steps, self._done
        goes_on = done is not None and steps[: len(done)] == done
        begun = len(done) if goes_on and done is not None else 0
        if not goes_on and not self._fresh():
            return _not_run(case, "the page did not load again", "load")
        self._done = None
        for number, step in enumerate(steps[begun:], begun + 1):
            try:
                self._step(step)
            except (StepFailed, ValueError, CallFailed) as failed:
                why = failed.why if isinstance(failed, StepFailed) else "words"
                return _not_run(case, f"step {number}, {step.do}: {failed}", why)
            self._tab.clock.advance(_AFTER_STEP_MS)
        self._tab.clock.advance(_AFTER_CASE_MS)
        try:
            found = self._read(case.probe)
        except CallFailed as failed:
            return _not_run(case, f"reading {case.probe.read}: {failed}", "words")
        self._done = steps
        return CaseResult(id=case.id, found=found)

    def _fresh(self) -> bool:
        self._errors, self._requests = self._thrown(), self._asked()
        self._resize(WIDTH)
        return start_over(self._tab)

    def _resize(self, width: int) -> None:
        size = {"width": width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        self._tab.call("Emulation.setDeviceMetricsOverride", size)

    def _step(self, step: PageStep) -> None:
        tab, target = self._tab, step.target
        if step.do == "wait":
            tab.clock.advance(min(int(step.value or 0), _LONGEST_WAIT_MS), 50)
        elif step.do == "reload":
            if not reload(tab):
                raise StepFailed("the page did not load again", "load")
        elif step.do == "resize":
            self._resize(int(step.value))
        elif step.do == "go":
            tab.measure(f"location.hash = {json.dumps(str(step.value))}; 0")
        elif step.do == "press":
            if target is not None:
                inputs.focus(tab, self._element(target))
            inputs.press(tab, str(step.value))
        elif target is None:
            raise StepFailed("no target is named", "words")
        elif step.do in ("type", "clear", "choose"):
            self._fill(step, target)
        elif step.do == "focus":
            inputs.focus(tab, self._element(target))
        elif step.do == "hover":
            inputs.hover(tab, self._spot(target))
        elif step.do == "submit":
            self._submit(target)
        elif step.do in ("check", "uncheck"):
            self._element(target)
            if self._ask("pressed", target) is not (step.do == "check"):
                inputs.click(tab, self._spot(target))
        else:
            inputs.click(tab, self._spot(target), times=2 if step.do == "dblclick" else 1)

    def _fill(self, step: PageStep, target: PageTarget) -> None:
        tab, element, text = self._tab, self._element(target), str(step.value)
        place = inputs.spot(tab, element)
        if step.do == "choose" or (place is not None and place.by_value):
            if inputs.choose(tab, element, text) is None:
                raise StepFailed(f"{_words(target)} has no option {text!r}")
        elif not inputs.type_text(tab, element, text):
            raise StepFailed(f"{_words(target)} takes no text")

    def _submit(self, target: PageTarget) -> None:
        self._element(target)
        place = inputs.spot(self._tab, f"{_find()}.sender({json.dumps(asdict(target))})")
        if place is not None and place.hit:
            inputs.click(self._tab, place)
        elif not self._ask("send", target):
            raise StepFailed(f"{_words(target)} is in no form")

    def _element(self, target: PageTarget) -> str:
        """Wait until it is shown; the expression that finds it."""
        waited = 0
        while not self._ask("ready", target):
            if waited >= _WAIT_MS:
                raise StepFailed(f"{_words(target)} is not shown")
            self._tab.clock.advance(_LOOK_MS, 50)
            waited += _LOOK_MS
        return f"{_find()}.first({json.dumps(asdict(target))})"

    def _spot(self, target: PageTarget) -> inputs.Spot:
        """Wait until nothing else lies on top of it."""
        element = self._element(target)
        for _ in range(_WAIT_MS // _LOOK_MS):
            place = inputs.spot(self._tab, element)
            if place is not None and place.hit:
                return place
            self._tab.clock.advance(_LOOK_MS, 50)
        raise StepFailed(f"something lies on top of {_words(target)}")

    def _read(self, probe: PageProbe) -> Any:
        if probe.read == "errors":
            return [text for _, text in self._thrown() - self._errors]
        if probe.read == "requests":
            return sorted(self._asked() - self._requests)
        told = {**asdict(probe), "target": asdict(probe.target or _PAGE)}
        found = self._tab.measure(f"{_find()}.read({json.dumps(told)})")
        return found[:_LONGEST] if isinstance(found, str) else found

    def _ask(self, what: str, target: PageTarget) -> Any:
        return self._tab.measure(f"{_find()}.{what}({json.dumps(asdict(target))})")

    def _thrown(self) -> Counter[tuple[str, str]]:
        """The page's own uncaught errors so far, by kind and text, with how often."""
        return Counter(
            {
                (error.kind, error.text): error.count
                for error in self._tab.happenings.errors()
                if error.owner is Owner.PAGE and error.kind in _UNCAUGHT
            }
        )

    def _asked(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for request in self._tab.gate.requests():
            found[request.url] += request.count
        return found


def _not_run(case: DriverCase, words: str, why: str) -> CaseResult:
    return CaseResult(id=case.id, ran=False, detail=words, why=why)


def _words(target: PageTarget) -> str:
    name = f" {target.name!r}" if target.name else ""
    number = f" (number {target.nth})" if target.nth is not None else ""
    return f"{target.by} {target.value!r}{name}{number}"


def _find() -> str:
    return lent("__find", "find.js")
