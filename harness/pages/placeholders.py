"""What a page promises and leaves out: comments in place of code, handlers and links to nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NOUN = (
    r"(?:code|functions?|scripts?|styles?|css|javascript|js|html|markup|logic|implementations?|"
    r"methods?|file)"
)
_AS_IT_WAS = (
    r"(?:\s+(?:as\s+before|(?:the\s+)?same\s+as\s+(?:before|above)|here|unchanged|omitted|"
    r"goes\s+here|stays?\s+the\s+same|"
    r"remains?\s+(?:the\s+same|unchanged)|from\s+(?:above|before)|for\s+brevity))*"
)
_LEFT_OUT = re.compile(
    rf"(?:the\s+)?(?:rest|remainder)\s+of\s+(?:the\s+|your\s+|our\s+|this\s+|my\s+)?(?:\w+\s+)?{_NOUN}"
    rf"{_AS_IT_WAS}|"
    rf"(?:the\s+|your\s+)?(?:remaining|existing|previous)\s+(?:code|logic|implementation){_AS_IT_WAS}|"
    r"(?:code\s+)?(?:stays?\s+the\s+|remains?\s+the\s+)?same\s+as\s+(?:before|above)",
    re.IGNORECASE,
)
_ELIDED = re.compile(
    r"(?:(?:the|all|your|and|with)\s+)*(?:rest|remainder|remaining|existing|previous|other|more|same|"
    rf"additional|similar|full)\b(?:\s+\w+){{0,3}}?\s+(?:{_NOUN}|content|sections?|elements?|items?|"
    rf"rules|handlers|rows|cards){_AS_IT_WAS}",
    re.IGNORECASE,
)
"""Counts only with an ellipsis beside it: "Other styles" is an ordinary heading."""
_DOTS = re.compile(r"^(?:\.{3,}|…)\s*|\s*(?:\.{3,}|…)$")
_TO_WRITE = re.compile(
    r"(?:todo|fixme|to-?do)\b[\s:\-(]*(?:implement|write|complete|finish|fill|add\s+(?:the\s+)?"
    r"(?:code|logic|implementation|functionality))\b.*|"
    r"(?:implement|implementation|logic|code|functionality|content|styles?|your\s+\w+(?:\s+\w+)?)"
    r"\s+(?:goes|go|to\s+be\s+(?:added|implemented|written)|will\s+go|would\s+go|comes)"
    r"(?:\s+here)?\W*|"
    r"(?:add|put|insert|place|write|implement)\s+(?:your|the|rest\s+of(?:\s+the)?)\s+"
    r"(?:\w+\s+){0,3}here\W*|"
    r"(?:not\s+(?:yet\s+)?implemented(?:\s+yet)?|implementation\s+omitted.*|"
    r"omitted\s+for\s+brevity|code\s+continues(?:\s+here)?|to\s+be\s+(?:continued|implemented))\W*",
    re.IGNORECASE | re.DOTALL,
)
_EDGE = re.compile(r"^(?:<!--|/\*+|//+|\*)+\s*|\s*(?:--!?>|\*+/)$")
_MAX_CHARS = 160
"""A placeholder is a short remark; a longer comment explains something."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One thing left out. `kind`: comment, todo, empty_handler, dead_link, undefined_handler."""

    kind: str
    line: int
    text: str


def comment_kind(comment: str) -> str:
    """`comment` for a remark that stands in place of code ("rest of code", "TODO: implement"),
    `todo` for any other TODO, empty for an ordinary comment. Markers may stand around it."""
    if len(comment) > 3 * _MAX_CHARS:
        return ""
    text = comment.strip()
    while (shorter := _EDGE.sub("", text).strip()) != text:
        text = shorter
    text = re.sub(r"[()]", "", text.strip("-=*#[] \t")).strip()
    if len(text) > _MAX_CHARS:
        return ""
    bare = _DOTS.sub("", text).rstrip(".!: ")
    if _LEFT_OUT.fullmatch(bare) or _TO_WRITE.fullmatch(text):
        return "comment"
    if bare != text.rstrip(".!: ") and _ELIDED.fullmatch(bare):
        return "comment"
    return "todo" if re.match(r"(?:todo|fixme)\b", text, re.IGNORECASE) else ""
