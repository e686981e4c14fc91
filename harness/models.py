"""The records: one word per idea. Everything persisted is one of these.

All are frozen and carry their field docstrings into the JSON Schema that `pairproof schema` prints.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from harness.pages.line import PageLine as PageLine
from harness.pages.policy import PagePolicy
from harness.reasons import WITHHELD as WITHHELD
from harness.reasons import Reason as Reason
from harness.reasons import VerdictStatus as VerdictStatus
from harness.record import Record as Record

SCHEMA_VERSION = 1


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, as "sha256:<hex>"."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class Language(Record):
    """A language with the version that the pair asks for; an empty version means any."""

    name: str
    """Lower-case name, "python"."""
    version: str = ""
    """As claimed, "3.11"; it selects the image."""


class Repair(Record):
    """One change that was made to a row before it was judged. Never silent."""

    kind: str
    """unescape_once, mojibake, fence, newlines, bom, control_characters, indentation_suspect."""
    field: str
    """The row's field that was changed."""
    detail: str = ""
    """What was done, with the code page where there was one, and whether anything was lost."""
    lossy: bool = False
    """True when the original text cannot be recovered in full."""


class SuiteText(Record):
    """Tests that came with the pair, in the language's own framework."""

    source: str
    kind: Literal["pytest", "check", "script"]
    """pytest: functions and classes; check: HumanEval's check(candidate); script: bare asserts."""


class Claims(Record):
    """What the pair says of itself; measured against what is found, never trusted."""

    difficulty: str = ""
    """easy, medium, hard, or empty."""
    estimated_loc: int | None = None
    risks: tuple[str, ...] = ()
    """Of uses_external_api, non_deterministic, language_idiom_questionable, fabricated_specific."""
    training_usable: bool | None = None
    topic: str = ""
    would_refuse: bool | None = None
    decision_basis: str = ""


class Place(Record):
    """Where a row or a finding stands."""

    file: str = ""
    line: int = 0


class Pair(Record):
    """One instruction with one answer."""

    id: str
    language: Language
    instruction: str = ""
    response: str = ""
    """The whole answer, explanation and fenced code."""
    code: str = ""
    """The code that is judged."""
    code_only: str | None = None
    """The row's own copy of the code, where it gave one beside the response."""
    sketch: str = ""
    """The test sketch, free text."""
    suite: SuiteText | None = None
    entry_point: str = ""
    """The function or class under test, where the row names it."""
    claims: Claims = Claims()
    format: str = ""
    """The adapter that read the row."""
    origin: Place = Place()
    repairs: tuple[Repair, ...] = ()
    notes: tuple[str, ...] = ()
    """What the adapter noticed: unknown keys, text outside the JSON, missing parts."""
    metadata: dict[str, Any] = {}

    def content_digest(self) -> str:
        """Hash over what is judged; place and notes do not count."""
        return digest(
            self.model_dump(mode="json", exclude={"origin", "notes", "metadata", "format"})
        )


class Severity(StrEnum):
    """What a finding does to the verdict."""

    INFO = "info"
    WARN = "warn"
    REVIEW = "review"
    """Cannot be accepted without a person."""
    REJECT = "reject"


class Finding(Record):
    """What one check says."""

    rule: str
    """Id of the rule, "PP103"; never reused."""
    severity: Severity
    message: str
    reason: str = ""
    """The verdict's reason code that this finding gives, for review and reject."""
    line: int = 0
    """1-based line in the code, the suite or the sketch; 0 where there is none."""
    facts: dict[str, Any] = {}


class Assurance(StrEnum):
    """How strong the proof is, strongest first."""

    VALUES = "values"
    SPLIT = "split"
    PAIRED = "paired"
    NATIVE = "native"
    EXIT = "exit"
    NONE = "none"


class Strength(Record):
    """How well the tests can tell right from wrong."""

    stubs: int = 0
    """Stub bodies tried."""
    stubs_rejected: int = 0
    perturbed: Literal["rejected", "accepted", "untried"] = "untried"
    """The real answer changed in kind, under the same tests."""
    constant_first: Literal["rejected", "accepted", "untried"] = "untried"
    """Always the first answer."""
    mutants: int | None = None
    """Mutants of the response; filled by the mutation check."""
    killed_assert: int | None = None
    killed_crash: int | None = None
    score: float | None = None
    interval: tuple[float, float] | None = None
    heldout: int | None = None
    """Held-out inputs that were decided by a reference."""


LineOutcome = Literal["passed", "failed", "missing", "error", "skipped"]


class CaseLine(Record):
    """One line of the evidence: a case or a test, where it came from and what it came to."""

    id: str
    name: str = ""
    source: str = "sketch"
    """sketch, suite, llm, heldout, metamorphic, differential."""
    line: int = 0
    """Line of the sketch or suite that it came from."""
    text: str = ""
    rule: str = ""
    confidence: float = 1.0
    """How sure the reading is; below 1 where another reading was possible."""
    outcome: LineOutcome
    expected: str = ""
    got: str = ""
    detail: str = ""


class RunLine(Record):
    """One execution of the pair's tests under one variation."""

    variation: str
    mode: str
    status: str
    """The sandbox's word: ok, nonzero, signalled, timeout, memory, output, disk, forbidden."""
    passed: int = 0
    planned: int = 0
    cpu_ms: float = 0.0
    wall_ms: float = 0.0
    peak_memory_mb: float = 0.0
    detail: str = ""


class Flag(Record):
    """A claim of the pair beside what was measured."""

    claimed: bool
    measured: bool
    evidence: tuple[str, ...] = ()


class Calibration(Record):
    """How slow the machine is beside the reference: limits of time are multiplied by `factor`."""

    factor: float = Field(default=1.0, ge=1)
    source: str = "off"
    """measured, kept (from an earlier run), set, off."""
    machine: str = ""
    """Digest over processor, Python and image: what it is good for."""
    sample_ms: float = 0.0
    """The shortest sample."""


NOT_CALIBRATED = Calibration()
"""Limits are taken as seconds of this machine."""


class Provenance(Record):
    """What the verdict rests on."""

    harness: str
    backend: str = ""
    tier: str = ""
    code: str = ""
    image: str = ""
    toolchain: dict[str, str] = {}
    enforced: dict[str, str] = {}
    policy: str = ""
    """Digest of the policy."""
    calibration: float = 1.0
    """What the limits of time were multiplied with on this machine."""
    checks: str = ""
    """Digest over the ids and versions of the checks."""


class Verdict(Record):
    """What was measured of one pair: one line of `verdicts.jsonl`."""

    pair_id: str
    status: VerdictStatus
    reasons: tuple[Reason, ...] = ()
    assurance: Assurance = Assurance.NONE
    strength: Strength = Strength()
    fingerprint: str = ""
    """Hash over pair, plan, image, tool, check and policy versions: the resume key."""
    verdict_version: int = SCHEMA_VERSION
    language: str = ""
    format: str = ""
    origin: Place = Place()
    content: str = ""
    """Digest of the pair's content."""
    plan: str = ""
    """Digest of the stored plan, an artifact that `repro` runs again."""
    cases_planned: int = 0
    cases_passed: int = 0
    cases: tuple[CaseLine, ...] = ()
    unresolved: tuple[CaseLine, ...] = ()
    """Sketch lines that gave no case, with the reason in `detail`."""
    runs: tuple[RunLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    flags: dict[str, Flag] = {}
    repairs: tuple[Repair, ...] = ()
    artifacts: dict[str, str] = {}
    """Name to digest: pytest file, plan, output."""
    loc: dict[str, int] = {}
    """total, nonblank, code."""
    provenance: Provenance
    page: PageLine | None = None
    """Of a page alone."""
    detail: str = ""
    """One sentence for people."""

    def essence(self) -> dict[str, Any]:
        """What must be equal when the pair is run again: everything but times and places."""
        data = self.model_dump(mode="json", exclude={"origin", "runs"})
        data["runs"] = [
            {k: r[k] for k in ("variation", "mode", "status", "passed", "planned")}
            for r in (run.model_dump(mode="json") for run in self.runs)
        ]
        return data


class Quarantined(Record):
    """A row that could not be read: kept with its place and reason, and the run goes on."""

    file: str
    line: int
    reason: str
    """json, not_an_object, encoding, line_too_long, no_format, invalid, duplicate_row ..."""
    detail: str = ""
    length: int = 0
    """Bytes of the row."""
    sha256: str = ""
    excerpt: str = ""
    """Its first 200 characters, control characters escaped."""


class Policy(Record):
    """The thresholds that a pair must meet to be accepted."""

    min_assurance: Literal["values", "split", "paired", "native"] = "split"
    """Below split, the code shares a process with its tests and can read what they expect."""
    min_cases: Annotated[int, Field(ge=1)] = 1
    """Cases and tests that must have passed."""
    list_is_tuple: bool = True
    """A sketch that says [1, 2] also accepts (1, 2)."""
    number_types: bool = True
    """A sketch that says 2 also accepts 2.0; a bool is never a number."""
    float_rel: float = 1e-9
    float_abs: float = 1e-9
    """Tolerance for a sketch's floats without a comparator of their own."""
    loc_tolerance: float = 0.2
    """Slack of the difficulty bands (S0-12)."""
    repeat_calls: int = 100
    """How often a case is called in one process to find answers that change."""
    pages: PagePolicy = PagePolicy()
    """What decides over pages."""
    sensitive: Literal["review", "ignore"] = "review"
    """What happens to auth, crypto and payments (S0-21)."""
