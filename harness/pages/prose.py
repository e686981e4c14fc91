"""One line of prose to steps and expectations: split where clauses end, every one of which must be
read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from harness.pages.acts import steps_of
from harness.pages.claims import expectation_of
from harness.pages.expectations import Expectation
from harness.pages.phrases import MARK, Phrase, phrase_of, target_of
from runners.pages.steps import PageStep

_HARD = re.compile(
    r"\s*(?:->|→|=>|⇒|➜|—>|;|\.\s(?=[A-Z⟦])|,?\s*(?:\band\s+)?\b(?:then|expects?|expected|verify|assert|ensure|"
    r"so that|should see|results? in)\b:?(?:\s+that\b)?)\s*",
    re.IGNORECASE,
)
_SOFT = re.compile(r",\s*(?:and\s+)?|\s+and\s+|:\s+|\s+-\s+|\s+—\s+", re.IGNORECASE)
_MAX_SOFT = 5
_MARK_ONLY = re.compile(rf"(?:then )?{MARK}")
_BEGINS = re.compile(r"(?:after|when|on|once|if|upon|by)\b|\w+ing\b", re.IGNORECASE)
_MAX_WORDS = 40
_NAME = re.compile(
    r"(?:test|case|step|scenario|check|given|when|action)?[\w /&()'’-]{0,80}", re.IGNORECASE
)
"""What may stand before a colon as the name of a case."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A line that was read in full."""

    steps: tuple[PageStep, ...]
    expectations: tuple[Expectation, ...]


def read_prose(text: str, ids: tuple[str, ...] = ()) -> Prose | str:
    """The steps and expectations of a line, or "unparsed". `ids`: the page's, for nouns alone."""
    phrase = phrase_of(text, ids)
    for part in (phrase, *_unnamed(phrase)):
        read = _whole(part)
        if read is not None:
            return read
    return "unparsed"


def _unnamed(phrase: Phrase) -> list[Phrase]:
    """The phrase without a name before a colon or a dash."""
    out = []
    for found in re.finditer(r":\s+|\s+[-—–]\s+", phrase.text):
        if _NAME.fullmatch(phrase.text[: found.start()]):
            out.append(phrase.part(phrase.text[found.end() :]))
    return out[:2]


def _whole(phrase: Phrase) -> Prose | None:
    steps: list[PageStep] = []
    expectations: list[Expectation] = []
    for part in _HARD.split(phrase.text):
        if not part.strip(" .,"):
            continue
        read = _clauses(phrase.part(part), told=bool(expectations))
        if read is None:
            return None
        if read.steps and expectations:
            return None  # an action after a check belongs to the next case
        steps += read.steps
        expectations += read.expectations
    return Prose(tuple(steps), tuple(expectations)) if steps or expectations else None


def _clauses(phrase: Phrase, *, told: bool) -> Prose | None:
    """One part as one clause, else split at commas and "and" in the way with the fewest cuts."""
    cuts = list(_SOFT.finditer(phrase.text))[:_MAX_SOFT]
    for chosen in sorted(product((False, True), repeat=len(cuts)), key=sum):
        pieces, at = [], 0
        for cut, used in zip(cuts, chosen, strict=True):
            if used:
                pieces.append(phrase.text[at : cut.start()])
                at = cut.end()
        pieces.append(phrase.text[at:])
        read = _each(phrase, [p for p in pieces if p.strip()])
        if read is not None:
            return read
    return None


def _each(phrase: Phrase, pieces: list[str]) -> Prose | None:
    steps: list[PageStep] = []
    expectations: list[Expectation] = []
    subject = ""
    for piece in pieces:
        part = phrase.part(piece)
        done = steps_of(part)
        if done is not None and not expectations:
            steps += done
            continue
        if (
            steps
            and not expectations
            and steps[-1].do == "click"
            and _MARK_ONLY.fullmatch(piece.strip())
        ):
            target = target_of(part, piece)
            if target is not None:
                steps.append(PageStep("click", target))
                continue
        cut = _cut(part, steps) if not expectations else None
        if cut is not None:
            steps += cut[0]
            expectations.append(cut[1])
            subject = ""
            continue
        told = expectation_of(part) or (
            expectation_of(phrase.part(f"{subject} {piece}")) if subject else None
        )
        if told is None:
            return None
        subject = subject or _subject(piece)
        expectations.append(told)
    return Prose(tuple(steps), tuple(expectations)) if pieces else None


def _cut(phrase: Phrase, before: list[PageStep]) -> tuple[tuple[PageStep, ...], Expectation] | None:
    """A clause that goes from what is done to what follows without a sign between them."""
    goes_on = bool(before) and before[-1].do == "click"
    if not goes_on and not _BEGINS.match(phrase.text):
        return None
    words = phrase.text.split(" ")
    for at in range(1, min(len(words), _MAX_WORDS)):
        first, rest = " ".join(words[:at]), " ".join(words[at:])
        done = steps_of(phrase.part(first))
        if done is None and goes_on and _MARK_ONLY.fullmatch(first):
            target = target_of(phrase, first)
            done = (PageStep("click", target),) if target is not None else None
        told = expectation_of(phrase.part(rest)) if done else None
        if done and told is not None:
            return done, told
    return None


def _subject(piece: str) -> str:
    """The noun before the first verb: what "and is visible" goes on about."""
    found = re.match(r"(.+?) (?:is|are|has|shows|displays|contains|reads|should|must)\b", piece)
    return found[1] if found else ""
