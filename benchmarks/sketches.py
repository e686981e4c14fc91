"""How many of the examples that people write compile, and which of them a right answer fails.

`python -m benchmarks.sketches [DATA]` reads HumanEval's docstrings and those of HumanEvalPack in
six languages, whole, prose included, and prints one JSON document. Python's cases are run.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.evaluate import holds
from harness.sketch.compile import compile_sketch
from harness.structure import docstring_of

LANGUAGES = ("python", "js", "java", "go", "cpp", "rust")


def shared_data(start: Path) -> Path:
    """The folder of public data: PAIRPROOF_SHARED, else `shared` beside the project."""
    named = os.environ.get("PAIRPROOF_SHARED")
    return (Path(named) if named else start.parent / "shared") / "data"


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a compressed JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def problem(row: dict[str, Any]) -> tuple[str, str, str]:
    """(code, docstring, entry point) of a row of HumanEval or HumanEvalPack."""
    entry = row["entry_point"]
    code = row.get("declaration", row["prompt"]) + row["canonical_solution"]
    if "declaration" not in row:
        return code, docstring_of(code, entry), entry
    return code, row["docstring"], entry


def measure(path: Path, language: str, *, run: bool) -> dict[str, Any]:
    """Counts of one corpus; with `run`, the names of the problems whose cases do not hold."""
    problems = examples = compiled = cases = 0
    failing: list[str] = []
    spent_s = 0.0
    for row in rows_of(path):
        code, text, entry = problem(row)
        started = time.process_time()
        spec = compile_sketch(text, code=code, language=language, entry_point=entry)
        spent_s += time.process_time() - started
        shows = re.search(rf"(?<![\w.]){re.escape(entry)}\s*\(", text) is not None
        problems += 1
        examples += shows
        compiled += bool(shows and spec.cases)
        cases += len(spec.cases)
        if run:
            failing += [row["task_id"] for case in spec.cases if holds(case, code)]
    return {
        "corpus": path.name,
        "language": language,
        "problems": problems,
        "with_example": examples,
        "compiled": compiled,
        "cases": cases,
        "cpu_ms_each": round(1000 * spent_s / max(1, problems), 2),
        "failing": failing,
    }


def main(arguments: list[str] | None = None) -> int:
    """Prints the table; 4 where the data is not there."""
    given = sys.argv[1:] if arguments is None else arguments
    data = Path(given[0]) if given else shared_data(Path(__file__).parents[1])
    if not data.is_dir():
        print(f"{data} is not there: set PAIRPROOF_SHARED", file=sys.stderr)
        return 4
    rows = [measure(data / "humaneval.jsonl.gz", "python", run=True)]
    for language in LANGUAGES:
        path = data / f"humanevalpack-{language}.jsonl.gz"
        rows.append(measure(path, language, run=language == "python"))
    print(json.dumps({"name": "sketches", "rows": rows}, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
