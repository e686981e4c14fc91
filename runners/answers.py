"""The values-out driver from the host's side: cases become jobs, report lines become answers."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from runners.base import Answer, CallCase, Evidence, Source, Variation
from runners.profiles import profile_of
from sandboxes.base import Job, Limits, Outcome, Process, Status

_CASE_KEYS = frozenset({"case", "value", "error", "unknown", "calls", "changed", "printed"})


def plan_values(source: Source, variation: Variation, limits: Limits) -> tuple[Job, ...]:
    """One job that answers all calls, then one job for each program case."""
    varied = asdict(variation)
    profile = profile_of(source.code, otherwise="values")
    calls = [case for case in source.cases if case.stdin is None]
    programs = [case for case in source.cases if case.stdin is not None]
    jobs = []
    if calls or not programs:
        if variation.order_seed == 1:
            calls.reverse()
        elif variation.order_seed:
            random.Random(variation.order_seed).shuffle(calls)
        payload = {
            "code": source.code,
            "cases": [_frame(case) for case in calls],
            "variation": varied,
            "repeat": variation.repeat,
        }
        jobs.append(_job("values:main", payload, profile, variation, limits))
    for case in programs:
        payload = {"code": source.code, "argv": list(case.argv), "variation": varied}
        jobs.append(_job("values:program", payload, profile, variation, limits, case.stdin or ""))
    return tuple(jobs)


def _frame(case: CallCase) -> dict[str, Any]:
    frame: dict[str, Any] = {"id": case.id, "call": case.call}
    if case.setup:
        frame["setup"] = list(case.setup)
    if case.capture:
        frame["capture"] = True
    return frame


def _job(
    entry: str,
    payload: dict[str, Any],
    profile: str,
    variation: Variation,
    limits: Limits,
    stdin: str = "",
) -> Job:
    process = Process(entry=entry, payload=payload, stdin=stdin)
    return Job(processes=(process,), profile=profile, hash_seed=variation.hash_seed, limits=limits)


def report_lines(report: bytes) -> Iterator[dict[str, Any] | None]:
    """The objects of a report, in order; None for each line that is not a JSON object."""
    for line in report.split(b"\n"):
        if not line:
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            yield None
            continue
        yield record if isinstance(record, dict) else None


def read_values(source: Source, outcomes: tuple[Outcome, ...]) -> Evidence:
    """What the jobs of `plan_values` came to, in the order of the source's cases."""
    programs = [case for case in source.cases if case.stdin is not None]
    calls = {case.id for case in source.cases if case.stdin is None}
    has_call_job = bool(calls) or not programs
    reader = _Reader(calls)
    if has_call_job:
        reader.read(outcomes[0])
    for case, outcome in zip(programs, outcomes[has_call_job:], strict=False):
        reader.read_program(case.id, outcome)
    order = {case.id: i for i, case in enumerate(source.cases)}
    worst = next((o for o in outcomes if o.status is not Status.OK), outcomes[0])
    return Evidence(
        outcome=worst,
        loaded=reader.loaded,
        load_error=reader.load_error,
        answers=tuple(sorted(reader.answers.values(), key=lambda a: order[a.case_id])),
        complete=reader.ends == has_call_job + len(programs),
        violations=tuple(reader.violations),
        effects=tuple(reader.effects),
    )


class _Reader:
    """Collects report lines; whatever breaks the protocol becomes a violation."""

    def __init__(self, calls: set[str]) -> None:
        self.calls = calls
        self.answers: dict[str, Answer] = {}
        self.violations: list[str] = []
        self.effects: list[str] = []
        self.loaded = False
        self.load_error: dict[str, Any] | None = None
        self.ends = 0

    def read(self, outcome: Outcome) -> None:
        ended = False
        for record in report_lines(outcome.report):
            if record is None:
                self.violations.append("a report line that is not an object")
            elif ended:
                self.violations.append("a report line after the end")
            elif "end" in record:
                ended = record["end"] == len(self.calls)
                self.ends += ended
            elif "effect" in record:
                self.effects.append(str(record["effect"])[:80])
            elif "load" in record:
                self._load(record)
            else:
                self._case(record)
        if outcome.report_cut:
            self.violations.append("a report longer than its limit")

    def _load(self, record: dict[str, Any]) -> None:
        if self.loaded or self.load_error is not None:
            self.violations.append("loaded twice")
        elif record["load"] is True:
            self.loaded = True
        else:
            self.load_error = clean_error(record.get("error"))

    def _case(self, record: dict[str, Any]) -> None:
        case_id = record.get("case")
        if not isinstance(case_id, str) or case_id not in self.calls:
            self.violations.append("an answer to no case")
        elif case_id in self.answers:
            self.violations.append(f"case {case_id} answered twice")
        elif not self.loaded or not set(record) <= _CASE_KEYS:
            self.violations.append(f"case {case_id}: malformed answer")
        else:
            self.answers[case_id] = _answer(case_id, record)

    def read_program(self, case_id: str, outcome: Outcome) -> None:
        error = None
        ended = False
        for record in report_lines(outcome.report):
            if record is None:
                self.violations.append("a report line that is not an object")
            elif "effect" in record:
                self.effects.append(str(record["effect"])[:80])
            elif record.get("load") is False:
                error = clean_error(record.get("error"))
            elif "end" in record:
                ended = True
        self.loaded = True
        if not ended or outcome.status not in (Status.OK, Status.NONZERO):
            return
        self.ends += 1
        if outcome.status is Status.NONZERO and error is None:
            error = {"type": "SystemExit", "mro": ["builtins.SystemExit"],
                     "message": str(outcome.exit_code)}  # fmt: skip
        text = outcome.stdout.text if outcome.stdout else ""
        self.answers[case_id] = Answer(
            case_id=case_id, value=["str", text], error=error, printed=text
        )


def _answer(case_id: str, record: dict[str, Any]) -> Answer:
    value = record.get("value")
    error = record.get("error")
    calls = record.get("calls", 1)
    return Answer(
        case_id=case_id,
        value=value if isinstance(value, list) else None,
        error=clean_error(error) if error is not None else None,
        printed=str(record.get("printed", "")),
        calls=calls if isinstance(calls, int) else 1,
        changed=bool(record.get("changed")),
        unknown=str(record.get("unknown", ""))[:200],
    )


def clean_error(error: Any) -> dict[str, Any]:
    """An error record of the expected shape, whatever was sent."""
    if not isinstance(error, dict):
        return {"type": "unknown", "mro": [], "message": ""}
    mro = error.get("mro")
    return {
        "type": str(error.get("type", "unknown"))[:200],
        "mro": [str(name)[:200] for name in mro[:12]] if isinstance(mro, list) else [],
        "message": str(error.get("message", ""))[:500],
    }
