"""What a person needs beside the verdict: the stored plan, and tests that can be shipped."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from harness.models import Pair, Verdict
from harness.pages.journey import Seen
from harness.pipeline import Examined, Lab
from harness.prepare import Prepared
from harness.sketch.emit import emit_pytest
from harness.store import Store
from harness.trial import PLAIN, values_source
from runners.base import Mode, Source
from sandboxes.base import Job

PLAN_VERSION = 1


def keep_artifacts(store: Store, pair: Pair, examined: Examined, lab: Lab) -> Verdict:
    """Store plan and tests by hash; the verdict names them."""
    if examined.page is not None:
        return _keep_page(store, pair, examined.verdict, examined.page, lab)
    prepared = examined.prepared
    digest = store.artifact(_json(plan_document(pair, prepared, lab)))
    kept = {"plan": digest}
    if prepared is not None and prepared.cases:
        kept["pytest"] = store.artifact(emit_pytest(prepared.spec).encode())
    return examined.verdict.model_copy(update={"plan": digest, "artifacts": kept})


def _keep_page(store: Store, pair: Pair, verdict: Verdict, seen: Seen, lab: Lab) -> Verdict:
    """The page, its evidence, and its pictures as WebP."""
    kept = {"plan": store.artifact(_json(plan_document(pair, None, lab)))}
    if seen.visits:
        evidence = [asdict(visit) for visit in seen.visits]
        kept["evidence"] = store.artifact(_json({"visits": evidence}))
        kept["page"] = store.artifact(seen.html.encode("utf-8", "surrogatepass"))
        if seen.score is not None:
            kept["score"] = store.artifact(_json(seen.score.model_dump(mode="json")))
        for shown in seen.visits[-1].looks:
            kept[f"look-{shown.name}"] = store.artifact(seen.pictures[shown.picture].webp())
    return verdict.model_copy(update={"plan": kept["plan"], "artifacts": kept})


def plan_document(pair: Pair, prepared: Prepared | None, lab: Lab) -> dict[str, Any]:
    """All that `repro` needs: the pair, policy and limits, and the jobs of the first run."""
    return {
        "plan_version": PLAN_VERSION,
        "pair": pair.model_dump(mode="json"),
        "policy": lab.policy.model_dump(mode="json"),
        "limits": asdict(lab.bench.limits),
        "calibration": lab.calibration.model_dump(mode="json"),
        "spec": prepared.spec.model_dump(mode="json") if prepared else None,
        "jobs": [_job(job) for job in first_jobs(prepared, lab)] if prepared else [],
    }


def first_jobs(prepared: Prepared, lab: Lab) -> list[Job]:
    """The jobs of the first run: the suite as it is run first, then the sketch's cases."""
    runner, limits = lab.bench.runner, lab.bench.effective
    code = prepared.pair.code
    sources = []
    if prepared.lifted is not None:
        sources.append(values_source(code, prepared.lifted.cases, prepared.pair.entry_point))
    elif prepared.suite is not None and prepared.has_suite:
        sources.append(Source(code=code, suite=prepared.suite, mode=Mode.SPLIT))
    if prepared.cases or not sources:
        sources.append(values_source(code, prepared.cases, prepared.pair.entry_point))
    return [job for source in sources for job in runner.plan(source, PLAIN, limits)]


def _job(job: Job) -> dict[str, Any]:
    return {
        "processes": [
            {"name": p.name, "entry": p.entry, "argv": list(p.argv), "payload": dict(p.payload),
             "stdin": p.stdin, "reports": p.reports}
            for p in job.processes
        ],
        "profile": job.profile, "hash_seed": job.hash_seed, "files": dict(job.files),
        "env": dict(job.env), "limits": asdict(job.limits), "collect": list(job.collect),
    }  # fmt: skip


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=1, ensure_ascii=True, sort_keys=True).encode() + b"\n"
