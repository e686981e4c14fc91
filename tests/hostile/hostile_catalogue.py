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
    return "\n".join(lines) + "\n" + _differences()


def _differences() -> str:
    """What is expected otherwise on gVisor's kernel, and why, as a Markdown table."""
    lines = ["", "## What gVisor shows otherwise", "", "| attempt | what | why it harms nobody |"]
    lines.append("| --- | --- | --- |")
    for a in attempts():
        if a.gvisor is not None:
            lines.append(f"| {a.name} | {_otherwise(a)} | {a.gvisor.why} |")
    return "\n".join(lines) + "\n"


def _otherwise(attempt: Attempt) -> str:
    there = attempt.on("docker:runsc")
    said = [f"may succeed: {', '.join(sorted(there.won))}"] if there.won else []
    if (there.ends, there.reaches) != (attempt.ends, attempt.reaches):
        said.append(f"ends as {' or '.join(there.ends)}")
    if attempt.keeps and not there.keeps:
        said.append("the slot retires")
    return "; ".join(said) or "more can be read, see why"


if __name__ == "__main__":
    print(table(), end="")
