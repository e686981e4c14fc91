"""A visit as files: what `pairproof render` leaves for people and scripts."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.errors import Misuse
from harness.pages.gallery import pair_page
from harness.pages.recorded import PageRecord
from runners.pages.evidence import PageEvidence


def write_folder(record: PageRecord, folder: Path) -> list[str]:
    """Write a rendered page's evidence; returns the names, sorted.

    evidence.json (every visit whole), trace.json (the exploration, which `--replay` takes),
    accessibility.json, requests.json (what was asked for and what answered), score.json and
    verdict.json where there are such, looks/NAME.webp, index.html.

    Raises Misuse where the folder cannot be written.
    """
    files: dict[str, bytes] = {
        "evidence.json": _json({"visits": [asdict(visit) for visit in record.visits]}),
        **{f"looks/{name}.webp": data for name, data in record.looks.items()},
        "index.html": pair_page(record, pictures={name: f"looks/{name}.webp"
                                                  for name in record.looks}).encode(),
    }  # fmt: skip
    if record.visit is not None:
        files["trace.json"] = _json(trace_of(record.visit))
        files["accessibility.json"] = _json(accessibility_of(record.visit))
        files["requests.json"] = _json({"requests": [asdict(r) for r in record.visit.requests]})
    if record.score is not None:
        files["score.json"] = _json(record.score.model_dump(mode="json"))
    if record.verdict is not None:
        files["verdict.json"] = _json(record.verdict.model_dump(mode="json"))
    try:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        raise Misuse(f"cannot write to {folder}: {error.strerror}") from error
    return sorted(files)


def trace_of(visit: PageEvidence) -> dict[str, Any]:
    """The exploration: each step by the fields that replay it, with what it changed."""
    return {
        "seed": visit.conditions.seed,
        "conditions": asdict(visit.conditions),
        "actions": [asdict(action) for action in visit.actions],
    }


def accessibility_of(visit: PageEvidence) -> dict[str, Any]:
    """What matters to people who read, see or steer pages otherwise.

    `rules` is None where axe-core was not run.
    """
    told = asdict(visit)
    return {
        "rules": told["rules"],
        "contrast": told["contrast"],
        "keyboard": told["keyboard"],
        "media": told["media"],
        "lang": visit.words.get("lang", ""),
        "small_targets": {layout.name: layout.small_targets for layout in visit.layouts},
    }


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=1, ensure_ascii=True, sort_keys=True).encode() + b"\n"
