"""The public corpora as pairs; a test that wants one which is not here is skipped, visibly."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.checks import run_checks, subject_for
from harness.models import Finding, Language, Pair, Policy, Severity, SuiteText

PROJECT = Path(__file__).resolve().parents[2]
STOPPING = (Severity.REVIEW, Severity.REJECT)


def data_file(name: str) -> Path:
    """The file `name` of the shared data, or a skip that says where it was looked for."""
    folders = [PROJECT.parent / "shared" / "data"]
    if os.environ.get("PAIRPROOF_SHARED"):
        folders.append(Path(os.environ["PAIRPROOF_SHARED"]) / "data")
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    pytest.skip(f"{name} is in none of {[str(f) for f in folders]}; set PAIRPROOF_SHARED")


def rows(name: str) -> list[dict[str, Any]]:
    """The JSON lines of a shared file, plain or gzipped."""
    path = data_file(name)
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in raw.decode().splitlines() if line.strip()]


def python(code: str, **fields: Any) -> Pair:
    """A Python pair with this code; `suite` and `kind` make its suite."""
    source, kind = fields.pop("suite", ""), fields.pop("kind", "pytest")
    if source:
        fields["suite"] = SuiteText(source=source, kind=kind)
    fields.setdefault("id", "pair")
    return Pair(language=Language(name="python", version="3.11"), code=code, **fields)


def humaneval() -> list[Pair]:
    """The 164 references with their official suites."""
    return [
        python(
            row["prompt"] + row["canonical_solution"],
            id=row["task_id"],
            instruction=row["prompt"],
            suite=row["test"],
            kind="check",
            entry_point=row["entry_point"],
        )
        for row in rows("humaneval.jsonl.gz")
    ]


def attacks() -> list[Pair]:
    """The Python attacks; sketches of the pair-mismatch family stay sketches."""
    pairs = []
    for row in rows("attacks.jsonl"):
        if row["language"] != "python":
            continue
        tests: str = row["tests"]
        is_suite = "import" in tests or "assert" in tests
        response = row.get("response", "")
        pairs.append(
            python(
                row["solution"],
                id=row["id"],
                instruction=row["task"],
                response=response,
                code_only=row["solution"] if response else None,
                suite=tests if is_suite else "",
                kind="pytest" if "def test" in tests or "TestCase" in tests else "script",
                sketch="" if is_suite else tests,
            )
        )
    return pairs


def findings_of(pair: Pair, **options: Any) -> tuple[Finding, ...]:
    """All findings of a pair under the default policy."""
    options.setdefault("policy", Policy())
    return run_checks(subject_for(pair, **options))


def stopping(findings: tuple[Finding, ...]) -> Iterator[Finding]:
    """Those that stop acceptance."""
    return (finding for finding in findings if finding.severity in STOPPING)
