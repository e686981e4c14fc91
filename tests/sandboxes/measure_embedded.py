"""Prints what an empty job costs: `python tests/sandboxes/measure_embedded.py`. Not a test.

Processor time is that of everything together: client, supervisor, forked processes.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from sandboxes.base import Job, Process, Profile
from sandboxes.embedded import Embedded

JOBS = 400


def total_cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def series(folder: str, job: Job, count: int) -> tuple[float, list[float]]:
    """Processor seconds of a sandbox's whole life with `count` jobs, and each job's wall time."""
    before = total_cpu_s()
    sandbox = Embedded({"bare": Profile(guest=folder, preload=("empty",))}, slots=1)
    walls = []
    for _ in range(count):
        begun = time.perf_counter()
        sandbox.run(job)
        walls.append(time.perf_counter() - begun)
    sandbox.close()
    return total_cpu_s() - before, walls


def main() -> None:
    one = Process(entry="empty:main")
    two = Process(name="peer", entry="empty:main", reports=False)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "empty.py").write_text("def main(payload, report, peer): pass\n")
        for name, job in (
            ("one process", Job(processes=(one,))),
            ("two processes", Job(processes=(one, two))),
        ):
            start_s = series(folder, job, 1)[0]
            cpu_s, walls = series(folder, job, JOBS + 1)
            print(
                f"{name}: {(cpu_s - start_s) / JOBS * 1e3:.2f} ms CPU, "
                f"{statistics.median(walls) * 1e3:.2f} ms wall; slot start and end "
                f"{start_s * 1e3:.0f} ms CPU, first job after {walls[0] * 1e3:.0f} ms"
            )


if __name__ == "__main__":
    main()
