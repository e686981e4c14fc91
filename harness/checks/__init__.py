"""Checks: one file each, found by being here. A check reads; it never runs candidate code.

Ids: PP1xx the form of the pair (S0), PP2xx the sketch, PP3xx suites that cannot fail, PP4xx code that
cheats, PP5xx what was seen while running, PP6xx vacuity. An id is never reused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from harness.models import Finding, Pair, Policy
from harness.sketch.spec import TestSpec


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What source checks look at. `tree` is the language's own parse of the code (Python), or None
    where it does not parse; `modules` are the top-level modules that the sandbox holds."""

    pair: Pair
    policy: Policy
    tree: ast.Module | None = None
    parse_error: str = ""
    suite_tree: ast.Module | None = None
    spec: TestSpec | None = None
    loc: Mapping[str, int] = field(default_factory=dict)
    modules: frozenset[str] = frozenset()


class Check(Protocol):
    """One question about a pair that needs no execution.

    The docstring of the class says what it finds, why it matters, and gives an example.
    `examples` are (code or suite, fires) pairs that the contract suite holds the check to.
    """

    id: ClassVar[str]
    version: ClassVar[int]

    def run(self, subject: Subject) -> Iterable[Finding]:
        """The findings, in the order of their lines. Pure; never raises on any input."""
