"""What an oracle works with and says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.models import Record
from harness.pages.document import Document
from runners.pages.evidence import PageEvidence


class Signal(Record):
    """One measured sign of a variant."""

    name: str
    fired: bool
    value: float
    threshold: float
    """What `value` had to reach, or to stay under where `below`."""
    below: bool = False
    strong: bool = False
    """Enough on its own, with as many others as the type asks for."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A variant with its base, where there is one."""

    evidence: PageEvidence
    document: Document
    base: PageEvidence | None
    base_document: Document | None
    instruction: str

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return words_text(self.evidence)

    def dom(self, name: str) -> float | None:
        """A count of the variant at rest; None where it was not measured."""
        return count(self.evidence.dom, name)

    def base_dom(self, name: str) -> float | None:
        """The same of the base."""
        return count(self.base.dom, name) if self.base is not None else None

    @property
    def labels(self) -> str:
        """The labels of all controls and of what was acted on, a line each."""
        told = [c.label for c in self.evidence.controls]
        return "\n".join([*told, *(a.label for a in self.evidence.actions)])


def count(counts: Mapping[str, float], name: str) -> float | None:
    """A count as a float, None where it is absent."""
    value = counts.get(name)
    return None if value is None else float(value)


def words_text(evidence: PageEvidence) -> str:
    """The visible text that a visit read."""
    return str(evidence.words.get("text", ""))


def words_list(evidence: PageEvidence, name: str) -> list[str]:
    """A list among the words (palette, fonts, headings), as strings."""
    value: Any = evidence.words.get(name, ())
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


def at_least(
    name: str, value: float | None, threshold: float, *, strong: bool = False, detail: str = ""
) -> Signal | None:
    """A sign that fires from a value on; None where it was not measured."""
    if value is None:
        return None
    return Signal(name=name, fired=value >= threshold, value=round(value, 4), threshold=threshold,
                  strong=strong, detail=detail)  # fmt: skip


def at_most(
    name: str, value: float | None, threshold: float, *, strong: bool = False, detail: str = ""
) -> Signal | None:
    """A sign that fires up to a value; None where it was not measured."""
    if value is None:
        return None
    return Signal(name=name, fired=value <= threshold, value=round(value, 4), threshold=threshold,
                  below=True, strong=strong, detail=detail)  # fmt: skip


def present(name: str, held: bool, *, strong: bool = False, detail: str = "") -> Signal:
    """A sign that is there or not."""
    return Signal(name=name, fired=held, value=float(held), threshold=1, strong=strong,
                  detail=detail)  # fmt: skip


def mentions(pattern: str, *texts: str) -> int:
    """How many distinct words of a pattern stand in the texts; whole words, case ignored."""
    found = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.I)
    return len({match[0].lower() for text in texts for match in found.finditer(text)})
