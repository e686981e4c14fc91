"""PP107, PP108, PP117: what the card asks of the row itself (S0-2 to S0-6, S0-22)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.checks._response import sentences
from harness.models import Finding, Severity

_NOTE = re.compile(r"^(S\d-\d+):\s*(.+)$", re.DOTALL)
_MAX_WORDS = 30
_WORD = re.compile(r"\w[\w'’.+#-]*")


class CardNotes:
    """What the reader of the row noted against the card: wrong types, unknown flags, lost parts.

    Why: the reader repairs or drops such values, and the generator should be told (S0-2 to S0-6,
    S0-22). Example: `S0-3: estimated_loc is "8", not an integer`.
    """

    id: ClassVar[str] = "PP107"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="x = 1\n",
            notes=('S0-3: estimated_loc is "8", not an integer',),
            severity=Severity.WARN,
        ),
        Example(fires=False, code="x = 1\n", notes=("unknown key author",)),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One warning for each note that names a requirement."""
        for note in subject.pair.notes:
            match = _NOTE.match(note)
            if match:
                yield Finding(
                    rule=self.id,
                    severity=Severity.WARN,
                    message=note,
                    facts={"requirement": match[1]},
                )


class DecisionBasis:
    """A `decision_basis` of more than one sentence or more than 30 words.

    Why: S0-6 asks for one sentence and no chain of thought. Example: "First I thought. Then ...".
    """

    id: ClassVar[str] = "PP108"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="x = 1\n",
            claims={"decision_basis": "First this. Then that."},
            severity=Severity.WARN,
        ),
        Example(fires=True, code="x = 1\n", claims={"decision_basis": "word " * 31}),
        Example(fires=False, code="x = 1\n", claims={"decision_basis": "word " * 30}),
        Example(
            fires=False,
            code="x = 1\n",
            claims={"decision_basis": "Uses the stdlib only, e.g. `re.sub`; 3.5 times shorter."},
        ),
        Example(fires=False, code="x = 1\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One warning with both counts."""
        basis = subject.pair.claims.decision_basis.strip()
        words, count = len(_WORD.findall(basis)), len(sentences(basis))
        if basis and (words > _MAX_WORDS or count > 1):
            yield Finding(
                rule=self.id,
                severity=Severity.WARN,
                message=f"decision_basis has {words} words in {count} sentences; "
                f"one sentence of at most {_MAX_WORDS} is asked for",
                facts={"requirement": "S0-6", "words": words, "sentences": count},
            )


class NotForTraining:
    """A pair whose own generator says that it is not usable for training.

    Why: such a pair is judged like any other and never admitted (S0-5); the gate reads the claim.
    Example: `"training_usable": false`.
    """

    id: ClassVar[str] = "PP117"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True, code="x = 1\n", claims={"training_usable": False}, severity=Severity.INFO
        ),
        Example(fires=False, code="x = 1\n", claims={"training_usable": True}),
        Example(fires=False, code="x = 1\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One remark."""
        if subject.pair.claims.training_usable is False:
            yield Finding(
                rule=self.id,
                severity=Severity.INFO,
                message="the generator says that the pair is not usable for training",
                facts={"requirement": "S0-5"},
            )
