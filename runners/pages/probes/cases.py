"""DOM-level cases: what a visitor does, and what is read of it from outside the page's reach.

The page cannot fake its own result: values are read in the isolated world, and what was expected
never enters the browser.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from runners.pages import inputs
from runners.pages.evidence import CaseResult, Owner
from runners.pages.probes.fresh import reload, start_over
from runners.pages.protocol import CallFailed
from runners.pages.scene import Scene
from runners.pages.steps import PageCase, PageProbe, PageStep, Target
from runners.pages.tab import HEIGHT, WIDTH, Tab, guest

_WAIT_MS = 2000
"""So long an element is waited for, as Playwright does; virtual, so that it costs little."""
_LOOK_MS = 100
_AFTER_STEP_MS = 60
_AFTER_CASE_MS = 300
_LONGEST_WAIT_MS = 30_000
_LONGEST = 20_000
_COUNTED = ("dialogs", "downloads", "clipboard")


class StepFailed(Exception):
    """A step that could not be done: the words say which, and why."""


def cases(scene: Scene) -> None:
    """Lay the results of the order's cases into the evidence. Raises PageEnded, BrowserFault."""
    for case in scene.order.cases:
        scene.add(cases=(*scene.evidence.cases, _Run(scene.tab).case(case)))


class _Run:
    """One case at a time."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._counts: dict[str, int] = {}
        self._errors = 0

    def case(self, case: PageCase) -> CaseResult:
        """Its steps, then its probes: one value, or a list where it reads several."""
        if not case.continues and not self._fresh():
            return CaseResult(id=case.id, ran=False, detail="the page did not load again")
        self._counts, self._errors = self._now(), self._thrown()
        for number, step in enumerate(case.steps, 1):
            try:
                self._step(step)
            except StepFailed as failed:
                words = f"step {number}, {step.do}: {failed}"
                return CaseResult(id=case.id, ran=False, detail=words)
            self._tab.clock.advance(_AFTER_STEP_MS)
        self._tab.clock.advance(_AFTER_CASE_MS)
        try:
            found = [self._read(probe) for probe in case.probes]
        except StepFailed as failed:
            return CaseResult(id=case.id, ran=False, detail=f"reading: {failed}")
        return CaseResult(id=case.id, found=found[0] if len(found) == 1 else found)

    def _fresh(self) -> bool:
        tab = self._tab
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        tab.call("Emulation.setDeviceMetricsOverride", size)
        return start_over(tab)

    def _step(self, step: PageStep) -> None:
        tab = self._tab
        if step.do == "wait":
            tab.clock.advance(min(int(step.value or "0"), _LONGEST_WAIT_MS), 50)
        elif step.do == "reload":
            if not reload(tab):
                raise StepFailed("the page did not load again")
        elif step.do == "resize":
            width, _, height = step.value.partition("x")
            size = {"width": int(width), "height": int(height or HEIGHT)}
            tab.call(
                "Emulation.setDeviceMetricsOverride",
                {**size, "deviceScaleFactor": 1, "mobile": False},
            )
        elif step.do == "press":
            if step.target.value:
                inputs.focus(tab, self._element(step.target))
            inputs.press(tab, step.value)
        else:
            self._touch(step)

    def _touch(self, step: PageStep) -> None:
        """What needs an element."""
        tab, element = self._tab, self._element(step.target)
        if step.do in ("type", "clear"):
            place = inputs.spot(tab, element)
            if place is not None and place.by_value:
                done = inputs.choose(tab, element, step.value) is not None
            else:
                done = inputs.type_text(tab, element, step.value)
            if not done:
                raise StepFailed(f"{_words(step.target)} takes no text")
        elif step.do == "choose":
            if inputs.choose(tab, element, step.value) is None:
                raise StepFailed(f"{_words(step.target)} has no option {step.value!r}")
        elif step.do == "focus":
            inputs.focus(tab, element)
        elif step.do == "scroll":
            inputs.wheel(tab, self._spot(step.target), float(step.value or "300"))
        elif step.do == "hover":
            inputs.hover(tab, self._spot(step.target))
        elif step.do == "drag":
            self._element(step.to)
            inputs.spot(tab, element)
            inputs.drag(tab, self._spot(step.target), self._spot(step.to))
        elif step.do in ("check", "uncheck"):
            if self._ask("read", "checked", step.target, "") is not (step.do == "check"):
                inputs.click(tab, self._spot(step.target))
        else:
            times = 2 if step.do == "double_click" else 1
            inputs.click(tab, self._spot(step.target), times=times)

    def _element(self, target: Target) -> str:
        """Wait until it is shown; the expression that finds it."""
        waited = 0
        while not self._ask("ready", target):
            if waited >= _WAIT_MS:
                raise StepFailed(f"{_words(target)} is not shown")
            self._tab.clock.advance(_LOOK_MS, 50)
            waited += _LOOK_MS
        return f"{_find()}.first({json.dumps(asdict(target))})"

    def _spot(self, target: Target) -> inputs.Spot:
        """Wait until nothing else lies on top of it."""
        element = self._element(target)
        for _ in range(_WAIT_MS // _LOOK_MS):
            place = inputs.spot(self._tab, element)
            if place is not None and place.hit:
                return place
            self._tab.clock.advance(_LOOK_MS, 50)
        raise StepFailed(f"something lies on top of {_words(target)}")

    def _read(self, probe: PageProbe) -> Any:
        if probe.read in _COUNTED:
            return self._now()[probe.read] - self._counts[probe.read]
        if probe.read == "errors":
            return self._thrown() - self._errors
        found = self._ask("read", probe.read, probe.target, probe.name)
        return found[:_LONGEST] if isinstance(found, str) else found

    def _ask(self, what: str, *values: Any) -> Any:
        told = (asdict(v) if isinstance(v, Target) else v for v in values)
        try:
            return self._tab.measure(f"{_find()}.{what}({', '.join(map(json.dumps, told))})")
        except CallFailed as failed:
            raise StepFailed(str(failed)) from failed

    def _now(self) -> dict[str, int]:
        counts = {**self._tab.gate.attempts, **self._tab.told}
        return {name: counts.get(name, 0) for name in _COUNTED}

    def _thrown(self) -> int:
        kinds = ("exception", "rejection", "syntax")
        found = self._tab.happenings.errors()
        return sum(e.count for e in found if e.owner is Owner.PAGE and e.kind in kinds)


def _words(target: Target) -> str:
    name = f" {target.name!r}" if target.name else ""
    number = f" ({target.nth + 1})" if target.nth else ""
    return f"{target.by} {target.value!r}{name}{number}"


def _find() -> str:
    return (
        '(Object.hasOwn(globalThis, "__find") ? globalThis.__find : Object.defineProperty('
        f'globalThis, "__find", {{ value: {guest("find.js")} }}).__find)'
    )
