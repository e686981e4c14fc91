"""What a visitor's disk holds: one small file of each kind that pages ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from importlib.resources import files

_TYPES = {
    "note.txt": "text/plain",
    "picture.png": "image/png",
    "picture.jpg": "image/jpeg",
    "picture.gif": "image/gif",
    "picture.webp": "image/webp",
    "drawing.svg": "image/svg+xml",
    "table.csv": "text/csv",
    "table.tsv": "text/tab-separated-values",
    "data.json": "application/json",
    "page.pdf": "application/pdf",
    "page.html": "text/html",
    "feed.xml": "application/xml",
    "note.md": "text/markdown",
    "sound.wav": "audio/wav",
}
"""By name, with the type that a browser gives them, in the order in which they are offered."""
_ALIKE = {"jpeg": "jpg", "htm": "html", "markdown": "md"}
_HINTS = (
    (re.compile(r"json", re.I), "data.json"),
    (re.compile(r"csv|spreadsheet|table", re.I), "table.csv"),
    (re.compile(r"image|photo|picture|png|jpe?g|avatar|img", re.I), "picture.png"),
    (re.compile(r"pdf", re.I), "page.pdf"),
    (re.compile(r"audio|sound|music", re.I), "sound.wav"),
    (re.compile(r"markdown|\.md\b", re.I), "note.md"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A file to hand over: `type` as the browser would tell it to the page."""

    name: str
    type: str
    body: bytes


def sample(accept: str, words: str = "") -> Sample | None:
    """The file for a field: by its `accept` attribute, without one by what is written at it; None
    where no file here is of such a kind."""
    wanted = [one.strip().lower() for one in accept.split(",") if one.strip()]
    if not wanted:
        return named(next((name for hint, name in _HINTS if hint.search(words)), "note.txt"))
    return named(next((n for n in _TYPES if any(_meets(n, one) for one in wanted)), ""))


@cache
def named(name: str) -> Sample | None:
    """The file of that name, or None."""
    if name not in _TYPES:
        return None
    return Sample(name, _TYPES[name], (files("runners.pages") / "samples" / name).read_bytes())


def _meets(name: str, wanted: str) -> bool:
    if wanted.startswith("."):
        ending = wanted[1:]
        return name.endswith(f".{_ALIKE.get(ending, ending)}")
    return wanted == "*" or fnmatch(_TYPES[name], wanted)
