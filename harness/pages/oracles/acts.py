"""Interaction Mode, Advanced Features, Gamification: what can be done."""

from __future__ import annotations

from harness.pages.oracles.base import Case, Signal, at_least, mentions, present
from runners.pages.evidence import PageEvidence

_FAMILIES = {
    "drag": ("dragstart", "dragover", "drop", "dragenter"),
    "pointer": ("pointerdown", "pointermove", "mousedown", "mousemove"),
    "touch": ("touchstart", "touchmove", "touchend"),
    "keyboard": ("keydown", "keyup", "keypress"),
    "wheel": ("wheel", "scroll"),
    "hover": ("mouseenter", "mouseover", "pointerenter", "pointerover"),
    "context": ("contextmenu", "dblclick"),
    "click": ("click",),
    "input": ("input", "change"),
}
_UNTRIED = frozenset({"touch", "context"})
_FEATURES = (
    r"search|filter|sort|export|download|import|undo|redo|save|share|copy|print|bookmark|favou?rites?"
    r"|compare|history|zoom|edit|tags?|drag|reset|settings"
)
_GAME = (
    r"score|points?|level|badges?|achievements?|xp|streak|lives|combo|high ?score|best|leaderboard"
    r"|rank|coins?|stars?|progress|rewards?|unlocked|quest|challenge"
)


def modes(evidence: PageEvidence) -> set[str]:
    """The families of input that a page listens to."""
    heard = {kind for kind, n in evidence.listeners.items() if n}
    return {name for name, kinds in _FAMILIES.items() if heard & set(kinds)}


def effects(evidence: PageEvidence) -> set[tuple[str, str]]:
    """The distinct things that had an effect: kind of action and selector."""
    return {(a.kind, a.selector) for a in evidence.actions if a.effect.any}


_DEEDS = ("nodes", "text", "storage", "dialogs", "downloads", "navigations", "clipboard", "value",
          "requests", "sounds")  # fmt: skip
"""Effects beyond looks: what a control is there for."""


def deeds(evidence: PageEvidence) -> dict[str, set[str]]:
    """By the label of what was clicked: the effects beyond looks that any such click had."""
    found: dict[str, set[str]] = {}
    for action in evidence.actions:
        if action.kind != "click" or not action.label.strip():
            continue
        done = found.setdefault(action.label.strip().lower(), set())
        done |= {name for name in _DEEDS if getattr(action.effect, name)}
    return found


def silenced(base: PageEvidence, variant: PageEvidence) -> list[str]:
    """Labels that were clicked in both, and whose clicks do nothing any more of what they did in
    the base; empty where they are one, or not more than half of those that did something."""
    now = deeds(variant)
    shared = {label: done for label, done in deeds(base).items() if done and label in now}
    dead = sorted(label for label, done in shared.items() if not done & now[label])
    return dead if len(dead) > 1 and 2 * len(dead) > len(shared) else []


def more_state(case: Case) -> float | None:
    """By how much more the texts, drawings and stored values change with an action of the base."""
    if case.base is None:
        return None

    def state(evidence: PageEvidence) -> dict[str, float]:
        found: dict[str, float] = {}
        for action in evidence.actions:
            done = action.effect.text + action.effect.draws + action.effect.storage
            found[action.label] = max(found.get(action.label, 0), done)
        return found

    before = state(case.base)
    return max((n - before.get(name, 0) for name, n in state(case.evidence).items()), default=0)


def interaction_mode(case: Case) -> list[Signal | None]:
    """Actions of other kinds than the base's that have an effect, or listeners, not empty ones, of
    families that no exploration tries; without a base two families beyond click and field."""
    found = modes(case.evidence)
    kinds = {a.kind for a in case.evidence.actions if a.effect.any}
    hover = any(a.kind == "hover" and a.effect.pixels > 0 for a in case.evidence.actions)
    told = ", ".join(sorted(found))
    signals: list[Signal | None] = []
    if case.base is not None:
        new = (found - modes(case.base)) & _UNTRIED
        empty = sum(one.kind == "empty_handler" for one in case.document.placeholders)
        before = {a.kind for a in case.base.actions if a.effect.any}
        signals += [
            at_least("new_modes", len(new) - empty, 1, strong=True, detail=", ".join(sorted(new))),
            at_least("new_effects", len(kinds - before), 1, strong=True),
        ]
    else:
        signals.append(
            at_least("modes", len(found - {"click", "input"}), 2, strong=True, detail=told)
        )
    return [
        *signals,
        at_least("effect_kinds", len(kinds), 2),
        present("hover_shows", hover),
    ]


def advanced(case: Case) -> list[Signal | None]:
    """More that works than in the base (two distinct effects), features by name, and what leaves a
    trace: downloads, clipboard, storage; without a base three named features with effects."""
    features = mentions(_FEATURES, case.labels)
    done = effects(case.evidence)
    traces = sum(
        bool(a.effect.downloads or a.effect.clipboard or a.effect.storage)
        for a in case.evidence.actions
    )
    signals: list[Signal | None] = [
        at_least("features", features, 3, strong=case.base is None),
        at_least("traces", traces, 1, strong=case.base is None),
        at_least("effective", len(done), 4),
    ]
    if case.base is not None:
        more = len(done) - len(effects(case.base))
        handlers = sum(case.evidence.listeners.values()) - sum(case.base.listeners.values())
        signals += [
            at_least("more_effects", more, 2, strong=True),
            at_least("more_listeners", handlers, 2, strong=True),
        ]
    return signals


def gamification(case: Case) -> list[Signal | None]:
    """Words of a game, a state that actions change, and keys or storage that go with it."""
    game = mentions(_GAME, case.text, case.labels)
    before = mentions(_GAME, _base_text(case)) if case.base is not None else 0
    changed = sum(a.effect.text > 0 or a.effect.draws > 0 for a in case.evidence.actions)
    stored = case.evidence.runtime.get("storage_sets", 0) > 0
    return [
        at_least("game_words", game, 2, strong=True),
        at_least("new_game_words", game - before, 1) if case.base is not None else None,
        at_least("state_changes", changed, 1, strong=case.base is None),
        at_least("more_state", more_state(case), 1, strong=True),
        present("keeps_score", stored),
        present("keys", "keyboard" in modes(case.evidence)),
    ]


def _base_text(case: Case) -> str:
    return str(case.base.words.get("text", "")) if case.base is not None else ""
