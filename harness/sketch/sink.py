"""Gathers cases in order and gives them their ids; keeps what was refused, with the reason."""

from __future__ import annotations

from collections.abc import Iterable

from harness.sketch.context import Draft
from harness.sketch.spec import Case, Unresolved

MAX_CASES = 2_000
"""A sketch with more is cut, and says so."""


class Sink:
    """The cases and the refused lines of one sketch."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.unresolved: list[Unresolved] = []

    def add(self, drafts: Iterable[Draft], *, line: int, text: str, name: str = "") -> None:
        """Cases of one line of the sketch."""
        for draft in drafts:
            if len(self.cases) >= MAX_CASES:
                self.refuse(line, text, "too-many")
                return
            self.cases.append(draft.case(len(self.cases) + 1, line=line, text=text, name=name))

    def refuse(self, line: int, text: str, reason: str) -> None:
        """A line that gave no case; blank text is not kept."""
        if text.strip():
            self.unresolved.append(Unresolved(line=line, text=text, reason=reason))
