"""The twelve variant types: whether a page differs along its axis and keeps what its base does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from harness.models import Record
from harness.pages.document import Document
from harness.pages.oracles import acts, lives, looks, people
from harness.pages.oracles.base import Case, Signal, words_text
from runners.pages.evidence import PageEvidence

_KEPT_WORDS = 0.6
"""Share of the base's words that must be readable still: a variant may rephrase and add."""
_KEPT_EFFECTS = 0.7
"""Share of the base's number of effective controls that must be left."""
_FEW_WORDS = 5


@dataclass(frozen=True, slots=True)
class VariantType:
    """One type: its name as in the data, its signs, and how many strong ones it takes.

    `rewords`: the base's words may all be others (a translation). `sheds`: controls may go.
    """

    name: str
    signals: Callable[[Case], list[Signal | None]]
    strong: int = 1
    rewords: bool = False
    sheds: bool = False


TYPES: tuple[VariantType, ...] = (
    VariantType("Color Scheme", looks.colour_scheme),
    VariantType("Layout Style", looks.layout_style),
    VariantType("Interaction Mode", acts.interaction_mode),
    VariantType("Responsive Design", looks.responsive, 2),
    VariantType("Animation Effects", lives.animation),
    VariantType("Accessibility Features", people.accessibility, 2),
    VariantType("Advanced Features", acts.advanced),
    VariantType("Minimalist Design", looks.minimalist, sheds=True),
    VariantType("Data Visualization", lives.data_visualization),
    VariantType("Real-time Updates", lives.real_time),
    VariantType("Gamification", acts.gamification, 2),
    VariantType("Internationalization", people.internationalization, 2, rewords=True),
)


class VariantVerdict(Record):
    """What the oracle of a type says of one page."""

    type: str
    differs_along_axis: bool
    keeps_base: bool | None = None
    """None without a base."""
    signals: tuple[Signal, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why not, in words; empty where all is well."""

    @property
    def share(self) -> float:
        """Of the signs that could be measured, those that fired: dimension 8 over 10."""
        if not self.signals:
            return 0.0
        return sum(signal.fired for signal in self.signals) / len(self.signals)


def variant_type(name: str) -> VariantType | None:
    """The type of a name, whatever its case, hyphens and British spelling; None for a stranger."""
    return _BY_KEY.get(_key(name))


def judge_variant(
    name: str,
    evidence: PageEvidence,
    document: Document,
    base_evidence: PageEvidence | None = None,
    base_document: Document | None = None,
    instruction: str = "",
) -> VariantVerdict:
    """Ask the oracle of a type.

    Raises:
        KeyError: no such type; the message lists the twelve.
    """
    kind = variant_type(name)
    if kind is None:
        known = ", ".join(one.name for one in TYPES)
        raise KeyError(f"no variant type is called {name!r}; the types are: {known}")
    case = Case(evidence, document, base_evidence, base_document, instruction)
    signals = tuple(signal for signal in kind.signals(case) if signal is not None)
    strong = [signal for signal in signals if signal.strong]
    fired = sum(signal.fired for signal in strong)
    differs = bool(strong) and fired >= min(kind.strong, len(strong))
    reasons = []
    wrong = _contradicts(kind, signals)
    if wrong:
        differs = False
        reasons.append(wrong)
    if not differs and not wrong:
        asked = ", ".join(f"{s.name} {s.value:g} (asked {'≤' if s.below else '≥'} {s.threshold:g})"
                          for s in strong if not s.fired)  # fmt: skip
        reasons.append(f"{fired} of {kind.strong} strong signs: {asked or 'nothing was measured'}")
    lost = _lost(kind, case)
    return VariantVerdict(
        type=kind.name,
        differs_along_axis=differs,
        keeps_base=None if base_evidence is None else not lost,
        signals=signals,
        reasons=(*reasons, *lost),
    )


def _contradicts(kind: VariantType, signals: tuple[Signal, ...]) -> str:
    """What no other sign makes up for."""
    by_name = {signal.name: signal for signal in signals}
    named = by_name.get("named_colours")
    if kind.name == "Color Scheme" and named is not None and not named.fired:
        return f"colours of the instruction are not on the page: {named.detail}"
    worse = by_name.get("rules_over_base")
    if kind.name == "Accessibility Features" and worse is not None and not worse.fired:
        return f"breaks more accessibility rules than its base, by a weight of {worse.value:g}"
    overflow = by_name.get("overflow")
    if kind.name == "Responsive Design" and overflow is not None and not overflow.fired:
        return f"scrolls sideways by {overflow.value:g} px"
    return ""


def _lost(kind: VariantType, case: Case) -> list[str]:
    """What of the base is gone."""
    if case.base is None:
        return []
    lost = []
    base_words = _words(words_text(case.base))
    if not kind.rewords and len(base_words) >= _FEW_WORDS:
        kept = len(base_words & _words(case.text)) / len(base_words)
        limit = _KEPT_WORDS / 2 if kind.sheds else _KEPT_WORDS
        if kept < limit:
            lost.append(f"{kept:.0%} of the base's words are left (asked {limit:.0%})")
    before, after = len(acts.effects(case.base)), len(acts.effects(case.evidence))
    limit = _KEPT_EFFECTS / 2 if kind.sheds else _KEPT_EFFECTS
    if before and after < limit * before:
        lost.append(f"{after} effective actions of the base's {before} (asked {limit:.0%})")
    dead = acts.silenced(case.base, case.evidence)
    if dead:
        told = ", ".join(repr(label) for label in dead[:3])
        lost.append(f"controls of the base that no longer do what they did: {told}")
    ran = {case_.id for case_ in case.base.cases if case_.ran}
    gone = ran - {case_.id for case_ in case.evidence.cases if case_.ran}
    if gone:
        lost.append(f"cases of the base that cannot be run: {', '.join(sorted(gone)[:3])}")
    return lost


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{3,}", text.lower()))


def _key(name: str) -> str:
    words = re.sub(r"\(.*?\)", "", name.lower()).replace("i18n", "internationalization")
    key = re.sub(r"[^a-z]", "", words)
    return key.replace("colour", "color").replace("isation", "ization")


_ALIASES = {
    "colorscheme": "Color Scheme", "color": "Color Scheme", "layout": "Layout Style",
    "interaction": "Interaction Mode", "responsive": "Responsive Design",
    "animation": "Animation Effects", "animations": "Animation Effects",
    "accessibility": "Accessibility Features", "advanced": "Advanced Features",
    "minimalist": "Minimalist Design", "minimal": "Minimalist Design",
    "datavisualizations": "Data Visualization", "realtime": "Real-time Updates",
    "gamified": "Gamification",
}  # fmt: skip
_BY_NAME = {one.name: one for one in TYPES}
_BY_KEY = {key: _BY_NAME[name] for key, name in _ALIASES.items()} | {
    _key(one.name): one for one in TYPES
}
