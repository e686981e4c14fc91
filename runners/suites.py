"""The host's half of suites: counts the roster, plans the jobs, reads the records. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from runners.base import Evidence, Mode, Source, Suite, TestResult, Variation
from runners.guest.outline import outline
from runners.profiles import profile_of
from sandboxes.base import Job, Limits, Outcome, Process, Status

OUTCOMES = frozenset(("passed", "failed", "error", "skipped", "xfailed", "xpassed"))
MAX_LINES = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """The tests of a suite, counted before anything runs.

    `expected` maps base names to how many tests each stands for (parametrised ones to more than
    one, None where the text does not tell). `duplicates` are names that a later one shadows.
    """

    expected: dict[str, int | None] = field(default_factory=dict)
    duplicates: tuple[str, ...] = ()
    needs_pytest: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The base names, in the order of the text."""
        return tuple(self.expected)

    @property
    def total(self) -> int | None:
        """How many tests must pass; None where the text does not tell."""
        counts = list(self.expected.values())
        return None if None in counts else sum(c for c in counts if c is not None)


NO_TESTS = Roster()
"""The roster of a pair without a suite."""


def count_roster(suite: Suite) -> Roster | None:
    """The roster of a suite; None when it does not parse. Zero tests give an empty one."""
    plan = outline(suite.source, suite.kind)
    if plan is None:
        return None
    return Roster(
        expected=dict(plan.tests),
        duplicates=plan.duplicates,
        needs_pytest=plan.needs_pytest or plan.imports_pytest,
    )


def roster(suite: Suite) -> tuple[str, ...] | None:
    """The base names of a suite's tests; None when it does not parse."""
    counted = count_roster(suite)
    return None if counted is None else counted.names


def base_name(name: str) -> str:
    """ "test_z[param-id]" without its parameters."""
    return name.split("[", 1)[0]


def missing(counted: Roster, tests: tuple[TestResult, ...]) -> tuple[str, ...]:
    """Names of the roster that did not pass as often as they must."""
    passed: dict[str, int] = {}
    for test in tests:
        if test.outcome == "passed":
            name = base_name(test.name)
            passed[name] = passed.get(name, 0) + 1
    return tuple(
        name
        for name, count in counted.expected.items()
        if passed.get(name, 0) < 1 or (count is not None and passed.get(name, 0) != count)
    )


def plan_suite(source: Source, variation: Variation, limits: Limits) -> tuple[Job, ...]:
    """The one job that runs a source's suite. Raises ValueError without a suite."""
    if source.suite is None:
        raise ValueError("the source has no suite: plan its cases instead")
    counted = count_roster(source.suite)
    lightest = "pytest" if counted is not None and counted.needs_pytest else "bare"
    profile = profile_of(source.code, source.suite.source, otherwise=lightest)
    varied = {k: v for k, v in asdict(variation).items() if k != "hash_seed"}
    tests: dict[str, Any] = {
        "suite": source.suite.source,
        "kind": source.suite.kind,
        "entry_point": source.suite.entry_point or source.entry_point,
        "roster": list(counted.names) if counted is not None else [],
        "variation": varied,
        "order_seed": variation.order_seed,
    }
    code: dict[str, Any] = {"code": source.code, "module": "solution", "variation": varied}
    if source.mode is Mode.SPLIT:
        tests["reply_s"] = limits.wall_s * 3
        processes: tuple[Process, ...] = (
            Process(name="tests", entry="split:run_tests", payload=tests),
            Process(name="code", entry="split:serve_code", payload=code, reports=False),
        )
    else:
        both = {**tests, **code}
        processes = (Process(name="tests", entry="native:run_tests", payload=both),)
    return (
        Job(
            processes=processes,
            profile=profile,
            hash_seed=variation.hash_seed,
            limits=limits,
        ),
    )


class _Reader:
    """Reads the lines of one report; whatever breaks the protocol is named."""

    def __init__(self, counted: Roster | None) -> None:
        self.counted = counted
        self.loaded: bool | None = None
        self.load_error: dict[str, Any] | None = None
        self.suite_error: dict[str, Any] | None = None
        self.tests: dict[str, TestResult] = {}
        self.violations: list[str] = []
        self.weak = False
        self.end: int | None = None

    def line(self, raw: bytes) -> None:
        """Read one line."""
        if self.end is not None:
            self.violations.append("a record after the end")
            return
        try:
            record = json.loads(raw)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            self.violations.append(f"a malformed line: {raw[:80]!r}")
        elif "test" in record:
            self._test(record)
        elif "load" in record:
            self._load(record)
        elif isinstance(record.get("suite_error"), dict):
            self.suite_error = record["suite_error"]
        elif record.get("weak") is True:
            self.weak = True
        elif type(record.get("end")) is int:
            self.end = record["end"]
            if self.end != len(self.tests):
                self.violations.append(f"{len(self.tests)} tests, but the end says {self.end}")
        else:
            self.violations.append(f"an unknown record: {sorted(record)[:5]}")

    def _load(self, record: dict[str, Any]) -> None:
        if self.loaded is not None or type(record["load"]) is not bool:
            self.violations.append("a second or malformed load record")
            self.loaded = False
            return
        self.loaded = record["load"]
        error = record.get("error")
        self.load_error = error if isinstance(error, dict) else None

    def _test(self, record: dict[str, Any]) -> None:
        name, outcome = record["test"], record.get("outcome")
        if not isinstance(name, str) or outcome not in OUTCOMES:
            self.violations.append(f"a malformed record of a test: {str(name)[:80]!r}")
            return
        if name in self.tests:
            self.violations.append(f"{name} was recorded twice")
            self.tests[name] = TestResult(name=name, outcome="error", detail="recorded twice")
            return
        if self.loaded is not True:
            self.violations.append(f"{name} was recorded before the code was loaded")
        if self.counted is None or base_name(name) not in self.counted.expected:
            self.violations.append(f"{name} is not on the roster")
        detail = record.get("detail")
        self.tests[name] = TestResult(
            name=name, outcome=str(outcome), detail=detail if isinstance(detail, str) else ""
        )


def read_suite(source: Source, outcomes: tuple[Outcome, ...]) -> Evidence:
    """What the suite's job came to. Total: whatever bytes came back is evidence."""
    outcome = outcomes[0] if outcomes else Outcome(status=Status.FORBIDDEN)
    reader = _Reader(count_roster(source.suite) if source.suite is not None else None)
    lines = [line for line in outcome.report.split(b"\n") if line.strip()]
    for line in lines[:MAX_LINES]:
        reader.line(line)
    if len(lines) > MAX_LINES or outcome.report_cut:
        reader.violations.append("the report was too long")
    facts: dict[str, Any] = {}
    if reader.suite_error is not None:
        facts["suite_error"] = reader.suite_error
    if reader.counted is not None:
        facts["expected"] = dict(reader.counted.expected)
        facts["duplicates"] = list(reader.counted.duplicates)
        facts["missing"] = list(missing(reader.counted, tuple(reader.tests.values())))
    return Evidence(
        outcome=outcome,
        loaded=reader.loaded is True,
        load_error=reader.load_error,
        tests=tuple(reader.tests.values()),
        complete=reader.end is not None and not reader.violations,
        violations=tuple(reader.violations),
        weak_oracle=reader.weak,
        facts=facts,
    )
