"""Every attempt, found in the modules `tries_*` beside this one."""

from __future__ import annotations

import importlib
from pathlib import Path

from hostile_attempt import Attempt


def attempts() -> list[Attempt]:
    """All of them, by category and name."""
    found: list[Attempt] = []
    for path in sorted(Path(__file__).parent.glob("tries_*.py")):
        found += importlib.import_module(path.stem).ATTEMPTS
    return found


def table() -> str:
    """The attempts as a Markdown table."""
    lines = ["| category | attempt | what is tried |", "| --- | --- | --- |"]
    lines += [f"| {a.category} | {a.name} | {a.tries} |" for a in attempts()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
