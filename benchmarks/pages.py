"""Real pages: a full Chromium for each, beside ours that renders and ours that probes.

The peers' way is what published page graders do: launch, wait for a quiet network, three pictures
one second apart. CPU is what a control group counts, of browsers that were replaced
meanwhile too (root). Theirs and ours have as many pages at once, in rounds that take turns, on the
same pages of the shared data folder; nobody reaches a network. Medians of wall time over rounds.
The kept browser says what loading and picturing alone cost here: a headless shell that loads page
after page and pictures each at three widths, with no isolation, clock, probe or evidence.
Ratios are over all pages, and by the time of each page over those that bring a Python of their own
(Pyodide: seconds of WebAssembly, which ours sees to the end and theirs photographs on the way) and
over the others.

PAIRPROOF_PAGES_ROUNDS (3), PAIRPROOF_PAGES_N (40) and PAIRPROOF_PAGES_JOBS (2) change the size.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks._browsers import browser_per_page, kept_browser
from benchmarks._engine import accounted
from benchmarks._measure import corpus
from harness.cdn.shelf import open_shelf
from runners.pages.scene import Order
from runners.pages.visitor import Visitor
from sandboxes.chromium import open_browser

ROUNDS = int(os.environ.get("PAIRPROOF_PAGES_ROUNDS", "3"))
PAGES = int(os.environ.get("PAIRPROOF_PAGES_N", "40"))
JOBS = int(os.environ.get("PAIRPROOF_PAGES_JOBS", "2"))

Worker = Callable[[], AbstractContextManager[Callable[[Path], object]]]
"""Opened once by each of the threads that share the pages."""


def run() -> dict[str, Any]:
    """Rows by system; ratios of pages per second, ours over theirs."""
    every = sorted(corpus("pages").glob("*.html"))
    pages = every[:: max(1, len(every) // PAGES)][:PAGES]
    shelf = open_shelf()
    python = {page for page in pages if b"pyodide" in page.read_bytes().lower()}
    rows: dict[str, list[dict[str, Any]]] = {}
    taken: dict[str, list[dict[Path, float]]] = {}
    with accounted() as clock, Visitor(open_browser, slots=JOBS) as visitor:

        def ours(depth: str) -> Worker:
            return lambda: nullcontext(
                lambda page: visitor.visit(Order(page=page.read_bytes(), depth=depth, shelf=shelf))
            )

        systems: dict[str, Worker] = {
            "browser_per_page": partial(browser_per_page, shelf),
            "kept_browser": partial(kept_browser, shelf),
            "render": ours("render"),
            "full": ours("full"),
        }
        for _ in range(ROUNDS + 1):  # the first round warms caches and is not counted
            for name, worker in systems.items():
                times = taken.setdefault(name, [])
                work = partial(_all, worker, pages, times)
                rows.setdefault(name, []).append(clock.measure(name, len(pages), JOBS, work))
    middle = {name: _median(kept[1:]) for name, kept in rows.items()}
    theirs = middle["browser_per_page"]
    wall = {name: row["wall_ms"] for name, row in middle.items()}
    cpu = {name: row["cpu_ms"] for name, row in middle.items()}
    return {
        "name": "pages",
        "rows": list(middle.values()),
        "ratios": {
            "browser_per_page_over_ours": round(theirs["wall_ms"] / wall["render"], 2),
            "browser_per_page_over_full": round(theirs["wall_ms"] / wall["full"], 2),
            "browser_per_page_over_kept_browser": round(
                theirs["wall_ms"] / wall["kept_browser"], 2
            ),
            "browser_per_page_cpu_over_ours": round(cpu["browser_per_page"] / cpu["render"], 2),
            "browser_per_page_cpu_over_full": round(cpu["browser_per_page"] / cpu["full"], 2),
            "full_cpu_s": round(cpu["full"] / 1000, 3),
            **_by_page("python", taken, python),
            **_by_page("others", taken, set(pages) - python),
        },
    }


def _by_page(
    group: str, taken: dict[str, list[dict[Path, float]]], pages: set[Path]
) -> dict[str, float]:
    """Ratios of the time that pages took one by one, as many beside them as in the whole run."""
    spent = {
        name: median(sum(times[page] for page in pages) for times in rounds[1:])
        for name, rounds in taken.items()
    }
    return {
        f"{group}_over_{other}": round(spent["browser_per_page"] / spent[other], 2)
        for other in ("kept_browser", "render", "full")
        if pages
    }


def _all(worker: Worker, pages: list[Path], times: list[dict[Path, float]]) -> None:
    left, spent = iter(pages), dict[Path, float]()

    def work(_: int) -> None:
        with worker() as act:
            for page in left:
                begun = time.monotonic()
                act(page)
                spent[page] = time.monotonic() - begun

    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(work, range(JOBS)))
    times.append(spent)


def _median(rows: list[dict[str, Any]]) -> dict[str, Any]:
    ordered = sorted(rows, key=lambda row: float(row["wall_ms"]))
    return {**ordered[len(ordered) // 2], "rounds": len(rows)}
