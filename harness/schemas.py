"""The JSON Schema of every persisted format."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from harness.audit import AuditReport
from harness.config import Settings
from harness.doctor import Diagnosis
from harness.models import Pair, Quarantined, Verdict
from harness.repro import ReproReport
from harness.sketch.spec import TestSpec
from harness.store import Manifest

SCHEMAS: dict[str, tuple[type[BaseModel], str]] = {
    "verdict": (Verdict, "a line of verdicts.jsonl"),
    "quarantine": (Quarantined, "a line of quarantine.jsonl"),
    "manifest": (Manifest, "manifest.json"),
    "pair": (Pair, "a pair as it is kept in a plan"),
    "testspec": (TestSpec, "a compiled sketch, kept in a plan"),
    "config": (Settings, "pairproof.toml"),
    "audit": (AuditReport, "pairproof audit --json"),
    "repro": (ReproReport, "pairproof repro --json"),
    "doctor": (Diagnosis, "pairproof doctor --json"),
}


def schema_of(name: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of a persisted format. Raises KeyError for an unknown name."""
    model, _ = SCHEMAS[name]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
