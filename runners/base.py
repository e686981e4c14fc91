"""The contract of a language: a source becomes jobs, outcomes become evidence. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from sandboxes.base import Job, Limits, Outcome, Profile, Toolchain

Expr = list[Any]
"""A tagged value or expression, as JSON carries it: ["int", "3"], ["list", [...]], ["call", ...].

The tags stand in `docs/reference/values.md`. Expected values never get into a job."""


class Mode(StrEnum):
    """How a pair's tests are run, strongest proof first."""

    VALUES = "values"
    SPLIT = "split"
    PAIRED = "paired"
    NATIVE = "native"


@dataclass(frozen=True, kw_only=True, slots=True)
class Variation:
    """What differs between repeated runs of the same source.

    `clock_offset_s` moves the clocks that the code sees; `order_seed` shuffles cases and tests
    (0 keeps their order, 1 turns it round); `repeat` calls every case up to so many times
    in the same process.
    `random` is "seeded", or "extreme" for a generator that mixes in the ends of its range.
    """

    name: str = "plain"
    hash_seed: int = 0
    random_seed: int = 1
    random: str = "seeded"
    clock_offset_s: int = 0
    tz: str = "UTC0"
    order_seed: int = 0
    repeat: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Suite:
    """Native tests. `kind`: "pytest" (functions and classes), "check" (`check(candidate)`),
    "script" (assertions at module level)."""

    source: str
    kind: str
    entry_point: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallCase:
    """A case without its expectation: all that may be known inside the sandbox.

    `setup` holds ["new", variable, expr] and ["do", expr] steps. A program case has `stdin`.
    `capture` asks for what the call prints.
    """

    id: str
    call: Expr | None = None
    setup: tuple[Expr, ...] = ()
    stdin: str | None = None
    argv: tuple[str, ...] = ()
    capture: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """What a runner needs of a pair. `code` is the answer; exactly one of cases, suite is set."""

    code: str
    entry_point: str = ""
    cases: tuple[CallCase, ...] = ()
    suite: Suite | None = None
    mode: Mode = Mode.VALUES


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one case came to inside: a value or an error, and what it printed.

    `error` is {"type", "mro": [qualified names], "message"}. `calls` counts how often the case was
    called, `changed` says that a repeated call in one process gave another answer.
    """

    case_id: str
    value: Expr | None = None
    error: Mapping[str, Any] | None = None
    printed: str = ""
    calls: int = 1
    changed: bool = False
    unknown: str = ""
    """Why the guest could not express the case; empty when it was called."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TestResult:
    """One test of a suite. `outcome`: passed, failed, error, skipped, xfailed, xpassed."""

    __test__ = False  # not a pytest class

    name: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """An execution read by the language's runner.

    `loaded` is true when the code under test was loaded; else `load_error` says why. `complete`
    is true when the guest reached its clean end. `violations` names broken rules of the protocol
    (an answer twice, an unknown name, a malformed line). `effects` lists attempts to reach outside.
    """

    outcome: Outcome
    loaded: bool = False
    load_error: Mapping[str, Any] | None = None
    answers: tuple[Answer, ...] = ()
    tests: tuple[TestResult, ...] = ()
    complete: bool = False
    violations: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    weak_oracle: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


class Runner(Protocol):
    """A language. One file in `runners/`; no state."""

    language: ClassVar[str]
    toolchain: ClassVar[Toolchain]
    profiles: ClassVar[Mapping[str, Profile]]

    def plan(self, source: Source, variation: Variation, limits: Limits) -> tuple[Job, ...]:
        """The jobs that answer this source under this variation. Pure."""

    def read(self, source: Source, outcomes: tuple[Outcome, ...]) -> Evidence:
        """What those jobs came to. Pure, total: whatever bytes came back is evidence."""
