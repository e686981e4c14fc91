"""Fenced code blocks: finding them, closing them, and taking code out of its wrapping."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPEN = re.compile(r"^([ \t]*)(`{3,}|~{3,})[ \t]*([^`\n]*?)[ \t]*$")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block of a text."""

    tag: str
    """First word of the info string, as written."""
    code: str
    """Its lines, without the last line end, dedented by the fence's own indent."""
    line: int
    """1-based line of the opening fence."""
    fence: str
    """The opening fence's characters."""
    closed: bool


def blocks(text: str) -> list[Block]:
    """The fenced blocks of `text` in order; the last one may be unclosed."""
    found: list[Block] = []
    indent = fence = tag = ""
    start = 0
    body: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _OPEN.match(line) if "```" in line or "~~~" in line else None
        if not fence:
            if match:
                indent, fence, info = match.groups()
                tag, start, body = info.split(maxsplit=1)[0] if info else "", number, []
        elif match and _closes(match, indent, fence):
            found.append(Block(tag=tag, code="\n".join(body), line=start, fence=fence, closed=True))
            fence = ""
        else:
            body.append(line.removeprefix(indent))
    if fence:
        code = "\n".join(body).rstrip("\n")
        found.append(Block(tag=tag, code=code, line=start, fence=fence, closed=False))
    return found


def _closes(match: re.Match[str], indent: str, fence: str) -> bool:
    """As CommonMark has it: a bare fence, as long, and indented by three more at most.

    So a fence inside a docstring does not end the block.
    """
    deeper = len(match[1].expandtabs(4)) - len(indent.expandtabs(4))
    return match[2].startswith(fence) and not match[3] and deeper < 4


def close(text: str) -> str | None:
    """`text` with its last fence closed, or None where nothing is open."""
    found = blocks(text)
    if not found or found[-1].closed:
        return None
    return text.rstrip("\n") + "\n" + found[-1].fence


def unwrap(code: str) -> tuple[str, str] | None:
    """(code, tag) where `code` is nothing but one fenced block, else None."""
    stripped = code.strip()
    if not stripped.startswith(("```", "~~~")):
        return None
    found = blocks(stripped)
    if len(found) != 1 or found[0].line != 1:
        return None
    if found[0].closed and stripped.count("\n") != found[0].code.count("\n") + 2:
        return None
    return found[0].code, found[0].tag


def retag(text: str, block: Block, tag: str) -> str:
    """`text` with the tag of `block` replaced by `tag`."""
    lines = text.split("\n")
    head, mark, rest = lines[block.line - 1].partition(block.fence)
    lines[block.line - 1] = head + mark + tag + rest.strip().removeprefix(block.tag)
    return "\n".join(lines)
