"""A response read as Markdown: its prose, its fenced blocks, its sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^ {0,3}(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$")
_INLINE_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_ABBREVIATIONS = re.compile(
    r"\b(?:e\.\s?g|i\.\s?e|vs|cf|approx|resp|viz|et al|dr|mr|mrs|prof|a\.m|p\.m|u\.s|ph\.d)\.",
    re.IGNORECASE,
)
_MAX_PROSE_CHARS = 4000
_LIST_MARK = re.compile(r"^[ \t]*(?:[-*+•]|\d+[.)])[ \t]+", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?=\s|$)|[。!?]+|\n\s*\n")

FENCE_LANGUAGES = {
    "py": "python", "python3": "python", "python2": "python", "pycon": "python",
    "ipython": "python", "js": "javascript", "node": "javascript", "mjs": "javascript",
    "jsx": "javascript", "ts": "typescript", "tsx": "typescript",
    "golang": "go", "rs": "rust", "c++": "cpp",
    "cc": "cpp", "cxx": "cpp", "sh": "bash", "shell": "bash", "zsh": "bash", "rb": "ruby",
    "htm": "html", "cs": "csharp", "c#": "csharp", "kt": "kotlin", "ps1": "powershell",
}  # fmt: skip
"""Other names that fences use, to the names that pairs use."""

PLAIN_FENCES = frozenset({"", "text", "txt", "plain", "plaintext", "code", "none", "language"})
"""Fence tags that claim no language; "language" is the card's own placeholder."""


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    language: str
    """Its tag in lower case, other names resolved."""
    code: str
    line: int
    """1-based line of the opening fence in the response."""
    closed: bool


@dataclass(frozen=True)
class Response:
    """A response in parts."""

    before: str
    """The prose before the first fence; all of it where there is none."""
    blocks: tuple[Block, ...]


def canonical_language(name: str) -> str:
    """A language's or fence tag's name as pairs write it."""
    lowered = name.strip().lower()
    return FENCE_LANGUAGES.get(lowered, lowered)


def read_response(text: str) -> Response:
    """Split a response at its fences. A fence that is never closed runs to the end."""
    before: list[str] = []
    blocks: list[Block] = []
    body: list[str] = []
    opened: tuple[str, str, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        match = _FENCE.match(line)
        if opened is None:
            if match:
                info = match["info"].strip().split()
                tag = info[0].strip("{}.").split(",")[0] if info else ""
                opened, body = (match["marks"], tag, number), []
            elif not blocks:
                before.append(line)
        elif match and not match["info"].strip() and match["marks"].startswith(opened[0]):
            blocks.append(Block(canonical_language(opened[1]), "\n".join(body), opened[2], True))
            opened = None
        else:
            body.append(line)
    if opened is not None:
        blocks.append(Block(canonical_language(opened[1]), "\n".join(body), opened[2], False))
    return Response("\n".join(before).strip(), tuple(blocks))


def sentences(text: str) -> list[str]:
    """The sentences of a piece of prose, of its first 4000 characters. Dots in numbers, names,
    inline code and common abbreviations end none; a line that ends with a colon runs on."""
    plain = _INLINE_CODE.sub("code", text[:_MAX_PROSE_CHARS])
    plain = _ABBREVIATIONS.sub(lambda m: m[0].replace(".", "\u2024"), plain)
    plain = _LIST_MARK.sub("", plain)
    found: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(plain):
        piece = plain[start : match.end()].strip()
        following = plain[match.end() :].lstrip()
        runs_on = piece.endswith(":") or (match[0][0] in ".…" and following[:1].islower())
        if runs_on and following:
            continue
        if any(c.isalnum() for c in piece):
            found.append(piece)
        start = match.end()
    rest = plain[start:].strip()
    if any(c.isalnum() for c in rest):
        found.append(rest)
    return found
