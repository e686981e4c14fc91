"""One run of a soak, in a process of its own that looks at its memory and at what it leaves.

`python -m benchmarks._soaked PAIRS OUT SANDBOX JOBS`: one JSON document on stdout.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._traces import left_behind, traces
from harness import api
from harness.config import load_settings
from harness.run import Progress

_EVERY = 200
_SETTLED = 1000
"""After so many pairs caches are full and slots are warm: memory should not grow any more."""


class Sampler:
    """Samples (pairs done, resident MB) as a run goes on."""

    def __init__(self) -> None:
        self.samples: list[tuple[int, float]] = []

    def __call__(self, progress: Progress) -> None:
        if progress.done % _EVERY == 0 and progress.done:
            self.samples.append((progress.done, resident_mb()))

    def row(self) -> dict[str, Any]:
        """What it came to. The first sample of a short run is its settled one."""
        settled = next(
            (mb for done, mb in self.samples if done >= min(_SETTLED, self.samples[-1][0] // 2)),
            0.0,
        )
        end = self.samples[-1][1] if self.samples else resident_mb()
        return {
            "rss_after_first_1000_mb": settled,
            "rss_end_mb": end,
            "rss_growth": round(end / settled, 3) if settled else None,
            "rss_samples_mb": [mb for _, mb in self.samples],
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }


def resident_mb() -> float:
    """What this process holds in memory now."""
    text = Path("/proc/self/status").read_text()
    return round(int(text.partition("VmRSS:")[2].split()[0]) / 1024, 1)


def open_descriptors() -> int:
    """How many descriptors this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def main() -> int:
    """Verify, and print counts, memory, descriptors, and what was left behind."""
    source, out, sandbox, jobs = sys.argv[1:]
    sampler = Sampler()
    settings = load_settings(sandbox=sandbox, jobs=int(jobs))
    scratch = Path(tempfile.gettempdir())
    found, before = traces(scratch), open_descriptors()
    summary = api.verify(source, out=out, settings=settings, observer=sampler)
    row = {
        "counts": summary.counts,
        **sampler.row(),
        "descriptors_at_start": before,
        "descriptors_at_end": open_descriptors(),
        "left_behind": left_behind(found, scratch),
    }
    print(json.dumps(row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
