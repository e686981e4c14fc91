"""The page of a pair: its code, or the one page that its response holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from harness.models import Pair
from harness.pages.cuts import find_cut
from harness.pages.markup import read_markup, utf8
from harness.pages.tree import text_end

_DOCUMENT = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_MARKUP = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype|[a-z][\w-]*)[\s>/]", re.IGNORECASE | re.DOTALL
)
_WITHIN = re.compile(r"^[ \t]*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.MULTILINE)
_END = re.compile(r"</html\s*>", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)")
_PAGE_TAGS = frozenset({"html", "htm", "xhtml", "html5"})
_PART_TAGS = frozenset({"css", "scss", "javascript", "js", "jsx"})


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page, or the reason why there is none.

    `reason`: empty (there is a page), no_text, no_page (nothing that looks like markup),
    several_pages (more than one fenced page, and which is meant cannot be told).
    """

    html: str = ""
    source: Literal["code", "fence", "response", ""] = ""
    line: int = 0
    """1-based line of the response at which the page begins; 0 for code."""
    reason: str = ""
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class _Block:
    tag: str
    text: str
    line: int
    closed: bool


def page_of(pair: Pair) -> PageText:
    """The page of a pair: from its code where that holds one, else from its response."""
    found = page_in(pair.code)
    if found and found.source == "response":
        return PageText(found.html, "code", 0, "", found.notes)
    if found or not pair.response.strip():
        return found
    other = page_in(pair.response)
    return other if other or not pair.code.strip() else found


def page_in(text: str) -> PageText:
    """The page of a text: all of it where it starts as markup, else its one fenced page, else what
    stands between words about it, from its first tag to its last.

    Nothing of the page is changed. Of several fenced pages that differ, the only one with a doctype
    or an html tag is taken.
    """
    if not text.strip():
        return PageText(reason="no_text")
    if _DOCUMENT.match(text):
        return PageText(text, "response", 1, "", _after(text))
    blocks = _blocks(text)
    pages = [b for b in blocks if _is_page(b)]
    chosen = pages if len({b.text.strip() for b in pages}) == 1 else []
    if not chosen:
        chosen = [b for b in pages if _DOCUMENT.match(b.text)]
        if len({b.text.strip() for b in chosen}) > 1 or (pages and not chosen):
            return PageText(reason="several_pages")
    if not chosen:
        if blocks:
            return PageText(reason="no_page")
        if _MARKUP.match(text) is not None:
            return PageText(text, "response", 1)
        return _between(text)
    block = chosen[0]
    return PageText(block.text, "fence", block.line + 1, "", tuple(_notes(block, blocks)))


def _between(text: str) -> PageText:
    begin = _WITHIN.search(text)
    if begin is None:
        return PageText(reason="no_page")
    ends = [found.end() for found in _END.finditer(text, begin.end())]
    html = text[begin.start() : ends[-1] if ends else len(text)]
    line = text.count("\n", 0, begin.start()) + 1
    return PageText(html, "response", line, "", ("text stands before the page",))


def _is_page(block: _Block) -> bool:
    if block.tag in _PAGE_TAGS:
        return bool(block.text.strip())
    return block.tag == "" and _DOCUMENT.match(block.text) is not None


def _notes(block: _Block, blocks: list[_Block]) -> list[str]:
    notes = [] if block.closed else ["the fence of the page is never closed"]
    parts = sorted({b.tag for b in blocks if b.tag in _PART_TAGS})
    if parts:
        notes.append(f"other fenced parts are not in the page: {', '.join(parts)}")
    return notes


def _after(text: str) -> tuple[str, ...]:
    rest = _END.split(text)[-1].strip()
    return ("text stands behind </html>",) if _END.search(text) and rest else ()


def _blocks(text: str) -> list[_Block]:
    """The fenced blocks. Where a page holds a line that would close its fence (in a template
    literal, say), the next closing line that leaves the page uncut is its end."""
    lines = text.split("\n")
    out: list[_Block] = []
    at = 0
    while at < len(lines):
        found = _FENCE.fullmatch(lines[at].rstrip("\r"))
        at += 1
        if found is None:
            continue
        words = found["info"].strip().split()
        tag = words[0].strip("{}.").split(",")[0].lower() if words else ""
        ends = [i for i in range(at, len(lines)) if _closes(lines[i], found["marks"])][:20]
        end, closed = _end_of(lines, at, ends)
        out.append(_Block(tag, "\n".join(lines[at:end]), at, closed))
        at = end + 1
    return out


def _closes(line: str, marks: str) -> bool:
    found = _FENCE.fullmatch(line.rstrip("\r"))
    return found is not None and not found["info"].strip() and found["marks"].startswith(marks)


def _end_of(lines: list[str], start: int, ends: list[int]) -> tuple[int, bool]:
    if not ends:
        return len(lines), False
    first = "\n".join(lines[start : ends[0]])
    if len(ends) == 1 or not _DOCUMENT.match(first) or not _is_cut(first):
        return ends[0], True
    for end in ends[1:]:
        if not _is_cut("\n".join(lines[start:end])):
            return end, True
    return ends[0], True


def _is_cut(html: str) -> bool:
    source = utf8(html)
    return find_cut(read_markup(source), text_end(source)) is not None
