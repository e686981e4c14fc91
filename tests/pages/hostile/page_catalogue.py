"""Every hostile page, found in the modules `tries_*` beside this one."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path

from page_attempt import HostilePage

SLOW = frozenset({"document-commands", "size-ten-megabytes", "store-blobs"})
"""Those that take more than ten seconds on a busy machine."""


def hostile_pages() -> list[HostilePage]:
    """All of them, by module and place in it."""
    found: list[HostilePage] = []
    for path in sorted(Path(__file__).parent.glob("tries_*.py")):
        found += importlib.import_module(path.stem).PAGES
    return found


def tables() -> str:
    """Groups with counts, then one line for each page, as Markdown."""
    pages = hostile_pages()
    lines = ["| group | pages |", "| --- | --- |"]
    lines += [f"| {group} | {count} |" for group, count in Counter(p.group for p in pages).items()]
    lines += [
        f"| all | {len(pages)} |",
        "",
        "| group | page | what is tried |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {p.group} | {p.name} | {p.tries.replace('|', '/')} |" for p in pages]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(tables(), end="")
