"""What a language needs so that a person can take one recorded pair up again.

One file for each kind of pair: which files it is made of, which command shows what was run, and
where two verdicts may not differ. Pairs of a language without a file of its own are Python's.
"""

from __future__ import annotations

from typing import Any, Protocol

from harness.kits.page import PageKit
from harness.kits.python import PythonKit
from harness.models import Pair, Verdict
from harness.pages.differences import Difference
from harness.pipeline import PAGE, Examined
from harness.store import Run


class Kit(Protocol):
    """One kind of pair."""

    shell_profile: str
    """The sandbox's profile in which its files can be tried by hand; empty where there is none."""

    def files(self, run: Run, recorded: Verdict, plan: dict[str, Any]) -> dict[str, bytes]:
        """The pair as files, by name, with a `run.sh`. Raises Misuse: an artifact is gone."""

    def command(self, run: Run, plan: dict[str, Any]) -> str:
        """What would be run, for people."""

    def same(self, changed: frozenset[str]) -> bool:
        """Whether verdicts that differ in these fields still agree."""

    def compare(self, run: Run, recorded: Verdict, again: Examined) -> tuple[Difference, ...]:
        """Where the evidence behind two verdicts differs. Raises Misuse: it is gone."""


def kit_of(pair: Pair) -> Kit:
    """The kit of a pair's language."""
    return PageKit() if pair.language.name == PAGE else PythonKit()
