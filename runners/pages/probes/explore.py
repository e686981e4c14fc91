"""A seeded exploration: every control is tried, and what each trial changed is recorded.

Effects are read from the isolated world, from the browser's own events and, where neither tells of
one, from the pixels. A change that comes without input is measured at rest and subtracted.
"""

from __future__ import annotations

import random
from dataclasses import asdict, replace
from typing import Any

from runners.pages import inputs
from runners.pages.evidence import Action, Control, Effect
from runners.pages.pictures import Picture, difference
from runners.pages.probes.state import changed, state
from runners.pages.probes.wiring import hear_again, wiring
from runners.pages.scene import Scene
from runners.pages.tab import guest
from runners.pages.uploads import named, sample

_MOST_ACTIONS = 18
_MOST_ANEW = 6
"""Of them for what was built anew."""
_MOST_FIELDS = 4
_MOST_FILES = 2
_KEYS = ("ArrowRight", "ArrowDown", "Space", "Enter", "a", "ArrowLeft", "ArrowUp")
_FIELDS = ("text", "search", "email", "tel", "url", "password", "number", "textarea", "editable")
_VALUES = ("date", "time", "month", "week", "datetime-local", "color", "range", "select")
_DRAGGED = ("dragstart", "pointerdown", "mousedown", "touchstart")
_CONTROLS = guest("controls.js")
_NEXT = guest("next.js")
_KEYBOARD = Control(selector="", kind="keyboard")
_AWAY = inputs.Spot(1, 1, hit=False, by_value=False)
_LONGEST = 400
_TYPED_KEYS = 3
"""Enough for what listens to keys; each costs about 1 CPU ms."""
_TYPED = {
    "number": "42", "email": "ada@example.com", "tel": "5551234", "password": "Passw0rd!",
    "url": "https://example.com/",
}  # fmt: skip
_CHOSEN = {
    "date": "2026-03-04", "time": "10:30", "month": "2026-03", "week": "2026-W10",
    "datetime-local": "2026-03-04T10:30", "color": "#336699", "range": "70",
}  # fmt: skip
_SMALL = 0.0004
_AFTER_MS = 166
"""With the time of the input itself no multiple of what timers are set to: none ends as we look."""


def explore(scene: Scene) -> None:
    """Try fields first, then everything else in an order drawn from the seed; or take the steps
    of an earlier exploration again, where the order gives them."""
    wiring(scene)
    explorer = _Explorer(scene)
    if scene.order.trace:
        explorer.replay(scene.order.trace)
    else:
        explorer.run()


class _Explorer:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.tab = scene.tab
        self.draw = random.Random(scene.order.seed)
        self.actions: list[Action] = []
        self.controls: list[Control] = []
        self.places: list[int] = []
        self.missed: list[int] = []
        """Controls that were gone when their turn came."""
        self.used: set[tuple[int, str]] = set()
        """Controls and actions of a replay."""
        self.picture: Picture | None = None

    def run(self) -> None:
        self._all(self._found(), _MOST_ACTIONS)
        if any(action.effect.nodes for action in self.actions):
            self._once_more(min(_MOST_ACTIONS, len(self.actions) + _MOST_ANEW))
        self._keys()
        self.scene.add(controls=tuple(self.controls), actions=tuple(self.actions))

    def _all(self, waiting: list[int], most: int) -> None:
        while waiting and len(self.actions) < most:
            index = waiting.pop(0)
            for kind in _kinds(self.controls[index]):
                effect = self._try(kind, index)
                if effect is None:
                    self.missed.append(index)
                    break
                if effect.nodes or effect.attributes:
                    waiting += self._found()

    def _once_more(self, most: int) -> None:
        while len(self.actions) < most:
            taken = len(self.actions)
            self._all(self._anew(), most)
            if not self.missed or len(self.actions) == taken:
                break

    def _anew(self) -> list[int]:
        """What was built while others were tried, with its listeners, and what was not there any
        more: perhaps because of what was typed, so that the fields are emptied."""
        missed, self.missed = self.missed, []
        typed = {a.selector: a.value for a in self.actions if a.kind == "type"} if missed else {}
        for index, control in enumerate(self.controls):
            if control.kind in _FIELDS and typed.pop(control.selector, ""):
                self._try("type", index, given="")
        return self._heard_anew() + missed

    def replay(self, trace: tuple[Action, ...]) -> None:
        """Take recorded steps again; a step whose element is not there leaves no action."""
        self._found()
        for step in trace:
            taken = len(self.actions)
            if step.kind == "key":
                self._keys()
            else:
                effect = self._again(step)
                if effect is not None and (effect.nodes or effect.attributes):
                    self._found()
            if len(self.actions) > taken:
                self.actions[-1] = replace(self.actions[-1], step=step.step)
        self.scene.add(controls=tuple(self.controls), actions=tuple(self.actions))

    def _again(self, step: Action) -> Effect | None:
        """A recorded step on what its selector names now: a page may have built it anew."""
        for look in (list, self._found, self._heard_anew):
            look()
            for index in self._named(step):
                effect = self._try(step.kind, index, given=step.value)
                if effect is not None:
                    self.used.add((index, step.kind))
                    return effect
        return None

    def _heard_anew(self) -> list[int]:
        hear_again(self.scene)
        return self._found()

    def _named(self, step: Action) -> list[int]:
        """The controls that may be meant. An exploration tries each once, in the order of its
        finds; what stands at a place can change."""
        alike = [i for i, c in enumerate(self.controls) if c.selector == step.selector]
        return sorted(
            alike,
            key=lambda i: ((i, step.kind) in self.used, self.controls[i].label != step.label, i),
        )

    def _found(self) -> list[int]:
        """Controls not seen before, fields first."""
        start = len(self.controls)
        for told in self.tab.measure(_CONTROLS):
            self.places.append(told.pop("at"))
            listeners, reached = tuple(told.pop("listeners")), tuple(told.pop("reached"))
            self.controls.append(Control(listeners=listeners, reached=reached, **told))
        new = list(range(start, len(self.controls)))
        self.draw.shuffle(new)
        files = [i for i in new if self.controls[i].kind == "file"]
        fields = [i for i in new if self.controls[i].kind in (*_FIELDS, *_VALUES)]
        first = fields[:_MOST_FIELDS] + files[:_MOST_FILES]
        rest = [i for i in new if i not in first]
        return first + sorted(rest, key=lambda i: not self.controls[i].main)

    def _try(self, kind: str, index: int, *, given: str | None = None) -> Effect | None:
        """One action, or None where the control is gone or covered entirely, or takes no file that
        there is. `given` is the value to use in place of one of ours."""
        if len(self.actions) >= _MOST_ACTIONS:
            return None
        control, place = self.controls[index], self.places[index]
        element = f"__controls[{place}]"
        spot = inputs.spot(self.tab, element)
        if kind == "upload":
            spot = spot or _AWAY  # what its label or a button opens is a dialog, not the field
        if spot is None:
            return None
        # The scrolling there is ours: its event comes with the next frame.
        self.tab.clock.advance(20)
        begun = self.tab.clock.now_ms
        before = state(self.tab)
        pixels = self._needs_pixels(control)
        if pixels and self.picture is None:
            self.picture = self.scene.picture(held=True)
        value = self._act(kind, control, spot, element, given)
        if kind == "upload" and not value:
            return None
        self.tab.clock.advance(_AFTER_MS, _AFTER_MS // 2)
        effect = self._effect(before, state(self.tab), self.tab.clock.now_ms - begun, kind)
        if pixels and not effect.any:
            effect = self._by_pixels(effect)
        else:
            self.picture = None
        covered = kind != "upload" and not spot.hit
        self._record(kind, control, value, begun, effect, covered=covered)
        return effect

    def _act(
        self, kind: str, control: Control, spot: inputs.Spot, element: str, given: str | None
    ) -> str:
        tab = self.tab
        if kind in ("choose", "type") and given is not None:
            if kind == "choose":
                return inputs.choose(tab, element, given) or ""
            inputs.type_text(tab, element, given, keys=_TYPED_KEYS)
            return given
        if kind == "choose":
            value = f"#{2 + self.draw.randrange(2)}" if control.kind == "select" else ""
            value = value or _CHOSEN[control.kind]
            return inputs.choose(tab, element, value) or inputs.choose(tab, element, "#1") or ""
        if kind == "upload":
            return self._upload(control, element, given)
        if kind == "type":
            value = self._text(control, element)
            inputs.type_text(tab, element, value, keys=_TYPED_KEYS)
            return value
        if kind == "submit":
            inputs.press(tab, "Enter")
        elif kind == "hover":
            inputs.hover(tab, spot)
        elif kind == "drag":
            inputs.drag(tab, spot, replace(spot, x=spot.x + 60, y=spot.y + 30))
        elif kind == "wheel":
            inputs.wheel(tab, spot, 120)
        else:
            inputs.click(tab, spot)
        return ""

    def _text(self, control: Control, element: str) -> str:
        """An example that the page itself gives, which it understands; of a number the next one, as
        the same in all fields would be a range of nothing."""
        if control.kind != "number":
            hint = str(self.tab.measure(f"{element}.placeholder || ''"))[:_LONGEST]
            return hint or _TYPED.get(control.kind, "hello world")
        return str(self.tab.measure(f"({_NEXT})({element})")) or _TYPED["number"]

    def _upload(self, control: Control, element: str, given: str | None) -> str:
        """The name of the file that the field took, or nothing."""
        if given is None:
            accept = str(self.tab.measure(f"{element}.accept || ''"))
            file = sample(accept, f"{control.label} {control.selector}")
        else:
            file = named(given)
        return file.name if file and inputs.give(self.tab, element, file) else ""

    def _keys(self) -> None:
        """Keys that games and editors listen to, where anything listens."""
        heard = self.scene.evidence.listeners
        if not any(heard.get(kind) for kind in ("keydown", "keyup", "keypress")):
            return
        inputs.blur(self.tab)
        begun, before = self.tab.clock.now_ms, state(self.tab)
        for key in _KEYS:
            inputs.press(self.tab, key)
        effect = self._effect(before, state(self.tab), self.tab.clock.now_ms - begun, "key")
        self._record("key", _KEYBOARD, " ".join(_KEYS), begun, effect)

    def _record(
        self, kind: str, on: Control, value: str, at_ms: int, effect: Effect, covered: bool = False
    ) -> None:
        self.actions.append(
            Action(
                step=len(self.actions) + 1, kind=kind, selector=on.selector, label=on.label,
                value=value[:200], at_ms=at_ms, effect=effect, control=on.kind, covered=covered,
            )
        )  # fmt: skip

    def _effect(
        self, before: dict[str, Any], after: dict[str, Any], passed_ms: float, kind: str
    ) -> Effect:
        idle = self.scene.idle
        delta = {name: after[name] - before[name] for name in before if name != "values"}
        for name, count in delta.items():
            if count <= 2 * idle.rates.get(name, 0.0) * passed_ms:
                delta[name] = 0
        others = set(changed(before, after)) - idle.fields
        own = 1 if kind in ("type", "choose", "upload") else 0
        return Effect(**delta, value=max(0, len(others) - own))

    def _needs_pixels(self, control: Control) -> bool:
        """Style alone answers these: `:checked`, `:target`, a canvas. A focus ring is no answer."""
        return control.kind in ("checkbox", "radio", "label", "canvas") or (
            control.kind == "link" and control.native
        )

    def _by_pixels(self, effect: Effect) -> Effect:
        inputs.blur(self.tab)
        inputs.hover(self.tab, _AWAY)
        now = self.scene.picture(held=True)
        changed = difference(self.picture, now) if self.picture is not None else 0.0
        self.picture = now
        if changed < _SMALL or self.scene.evidence.motion.late > _SMALL:
            return effect
        return Effect(**{**asdict(effect), "pixels": changed})


def _kinds(control: Control) -> tuple[str, ...]:
    """What is tried on a control, in this order."""
    if control.kind in _VALUES:
        return ("choose",)
    if control.kind == "file":
        return ("upload",)
    if control.kind in _FIELDS:
        return ("type", "submit") if control.kind not in ("textarea", "editable") else ("type",)
    heard = control.listeners
    more: tuple[str, ...] = ("click",)
    if any(kind in heard for kind in ("mouseenter", "mouseover", "pointerenter")):
        more = ("hover", *more)
    if "wheel" in heard:
        more = (*more, "wheel")
    if any(kind in heard for kind in _DRAGGED):
        more = (*more, "drag")
    return more
