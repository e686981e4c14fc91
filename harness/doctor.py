"""What this machine can isolate, run and draw, found by trying."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import Field

import sandboxes
from harness.models import Record
from runners import languages
from sandboxes import chromium
from sandboxes.chromium import binary


class Diagnosis(Record):
    """The answer of `pairproof doctor`."""

    sandboxes: dict[str, dict[str, Any]]
    """By backend: available, reason, remedy, enforced, missing."""
    toolchains: dict[str, dict[str, Any]]
    """By language: available, version, where, packages."""
    browser: dict[str, Any]
    """available, version, isolation, enforced, reason, remedy, where; and the same by place."""
    disk: dict[str, Any]
    host: dict[str, Any] = Field(default_factory=dict)

    @property
    def can_isolate(self) -> bool:
        """Whether any backend can be used."""
        return any(box["available"] for box in self.sandboxes.values())


def diagnose() -> Diagnosis:
    """Probe every backend and toolchain; takes a second or two, changes nothing."""
    boxes = {}
    for name, kind in sandboxes.available().items():
        probe = asdict(kind.probe())
        boxes[name] = {**probe, "missing": list(probe["missing"])}
    return Diagnosis(
        sandboxes=boxes,
        toolchains={name: _toolchain(name) for name in languages()},
        browser=_browser(),
        disk=_disk(),
        host={
            "kernel": platform.release(),
            "machine": platform.machine(),
            "cores": len(os.sched_getaffinity(0)),
            "user": "root" if os.geteuid() == 0 else "ordinary",
        },
    )


def _toolchain(language: str) -> dict[str, Any]:
    if language == "python":
        return {
            "available": True,
            "version": platform.python_version(),
            "where": sys.base_prefix,
        }
    return {"available": False, "version": "", "where": ""}


def _browser() -> dict[str, Any]:
    """Where pages can be rendered: the first place that works, and what each says."""
    places = {}
    for where in chromium.PLACES:
        probe = asdict(chromium.probe(where))
        places[where] = {**probe, "missing": list(probe["missing"])}
    best = next((found for found in places.values() if found["available"]), places["embedded"])
    return {**best, "where": binary.installed(), "places": places}


def _disk() -> dict[str, Any]:
    usage = shutil.disk_usage(Path.cwd())
    return {"free_gb": round(usage.free / 1e9, 1), "total_gb": round(usage.total / 1e9, 1)}
