"""What a fault does to a page: errors that are new, and what is shown before and after."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from runners.pages.evidence import Action, Control, Fault, Owner, PageError
from runners.pages.inputs import at, choose, click, give, hand, press, spot, type_text
from runners.pages.requests import ORIGIN
from runners.pages.scene import Scene
from runners.pages.tab import guest
from runners.pages.uploads import named

_UNCAUGHT = ("exception", "rejection", "syntax")
_NO_NETWORK = re.compile(r"Failed to fetch|NetworkError|Load failed|dynamically imported module")


@dataclass(frozen=True, slots=True)
class View:
    """What is shown, as a visitor would compare it."""

    text: int
    """A hash of the visible text, of the marks of fields, and of how many things are shown."""
    chars: int
    marks: int
    """Pictures, drawings and controls in view, up to 21."""
    overflow: int
    """By how much the document is wider than the viewport, in CSS pixels."""

    @property
    def blank(self) -> bool:
        """Neither text nor anything drawn."""
        return not self.chars and not self.marks


class Witness:
    """Watches one fault after another. `network` also takes in what only a lost network throws."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.tab = scene.tab
        self._seen: dict[tuple[str, str], int] = {}
        self._before = View(0, 0, 0, 0)
        self._viewed: tuple[int, View] | None = None
        """The last view, good for as long as nothing more was asked of the page."""

    def begin(self) -> None:
        """A fault begins: what was seen so far is not its doing."""
        self._seen = {_key(error): error.count for error in self._uncaught()}
        self._before = self.view()

    def tell(self, name: str, detail: str = "", *, network: bool = False, **more: Any) -> Fault:
        """The fault as it came out, compared with how things stood at `begin`."""
        new = {_key(error): error for error in self._uncaught() if self._new(error, network)}
        after = self.view()
        told = {
            "errors": len(new),
            "shown": after.text != self._before.text,
            "blank": after.blank and not self._before.blank,
            "overflow": max(0, after.overflow - self._before.overflow),
            **more,
        }
        words = "; ".join(error.text[:120] for error in list(new.values())[:2])
        return Fault(name=name, detail=": ".join(part for part in (detail, words) if part), **told)

    def lost(self) -> list[PageError]:
        """What the page's own text threw, uncaught, for want of a network in the whole visit."""
        return [error for error in self._uncaught() if _for_want_of_network(error)]

    def view(self) -> View:
        """What is shown now."""
        if self._viewed is None or self._viewed[0] != self.tab.calls:
            found: dict[str, int] = self.run("view()")
            view = View(found["text"], found["chars"], found["marks"], found["overflow"])
            self._viewed = (self.tab.calls, view)
        return self._viewed[1]

    def run(self, call: str) -> Any:
        """A function of `guest/faults.js`."""
        source = guest("faults.js").replace("HAND", hand())
        return self.tab.measure(
            '(Object.hasOwn(globalThis, "__faults") ? globalThis.__faults : Object.defineProperty('
            f'globalThis, "__faults", {{ value: {source} }}).__faults).{call}'
        )

    def press(self, selector: str, *, times: int = 1) -> bool:
        """Click there; False where it cannot be hit."""
        place = spot(self.tab, at(selector))
        if place is None or not place.hit:
            return False
        click(self.tab, place, times=times)
        return True

    def again(self, actions: Sequence[Action]) -> int:
        """Repeat recorded actions; how many could be."""
        done = 0
        for action in actions:
            if action.kind in ("type", "choose"):
                act = choose if action.kind == "choose" else type_text
                done += bool(act(self.tab, at(action.selector), action.value))
            elif action.kind == "upload":
                file = named(action.value)
                done += bool(file and give(self.tab, at(action.selector), file))
            elif action.kind == "key":
                for key in action.value.split():
                    press(self.tab, key)
                done += 1
            else:
                done += self.press(action.selector)
        return done

    def main_control(self) -> Control | None:
        """The button that a visitor would try first."""
        found = [c for c in self.scene.evidence.controls if c.visible and c.kind == "button"]
        return next((c for c in found if c.main), found[0] if found else None)

    def _new(self, error: PageError, network: bool) -> bool:
        before = self._seen.get(_key(error), 0)
        if error.owner is Owner.PAGE:
            return not before
        # Much of the network is refused at all times: here each throw counts, not the first alone.
        return network and _for_want_of_network(error) and error.count > before

    def _uncaught(self) -> list[PageError]:
        return [error for error in self.tab.happenings.errors() if error.kind in _UNCAUGHT]


def skipped(name: str, why: str) -> Fault:
    """A fault for which the page gives no ground."""
    return Fault(name=name, applies=False, detail=why)


def _key(error: PageError) -> tuple[str, str]:
    return error.kind, error.text


def _for_want_of_network(error: PageError) -> bool:
    own = not error.url or error.url.startswith(ORIGIN)
    return own and bool(_NO_NETWORK.search(error.text))
