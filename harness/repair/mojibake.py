"""UTF-8 that was read with a one-byte code page: found by turning the way back."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

CODE_PAGES = ("cp1252", "cp1254", "latin-1", "cp1251", "cp1250", "cp1253")
"""Tried in this order; the first of equals wins."""

MIN_GOOD = 4
GOOD_PER_BAD = 2
"""A lossy repair needs this many whole characters, and this many for each broken one."""

_ODD_LETTERS = range(0x0180, 0x0370)
"""Rare letters and marks: what ordinary accented text beside a quotation mark would turn into."""

_NON_ASCII = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """A way back that makes the text better."""

    code_page: str
    lost: int
    """Characters that cannot be recovered; 0 means that the way back is exact."""


def find(texts: list[str]) -> Recovery | None:
    """The code page that all of `texts` were misread with, or None where nothing is gained.

    A row is one piece: every run of characters that the code page holds must decode as strict
    UTF-8 in every text, at least one sequence must be found, and no result may be a control,
    unassigned or private character. So a text that speaks of mojibake (and also holds the right
    letters) is left alone. Where no page passes, bytes may have been dropped: then a page is taken
    if whole characters outnumber broken ones by `GOOD_PER_BAD`, and the loss is counted.
    """
    runs = [run for text in texts if not text.isascii() for run in _NON_ASCII.findall(text)]
    if not runs:
        return None
    best: tuple[tuple[int, int, int], Recovery] | None = None
    for order, page in enumerate(CODE_PAGES):
        if not any(map(_start(page).search, runs)):
            continue
        good = bad = foreign = 0
        for run in runs:
            for piece in _pieces(run, page):
                if isinstance(piece, str):
                    foreign += len(piece)
                    continue
                whole, broken = _count(piece)
                good, bad = good + whole, bad + broken
        if not good or (bad and (good < MIN_GOOD or good < GOOD_PER_BAD * bad)):
            continue
        rank = (bad, foreign, order)
        if best is None or rank < best[0]:
            best = (rank, Recovery(code_page=page, lost=bad))
    return best[1] if best else None


def recover(text: str, code_page: str) -> str:
    """`text` read the right way; each broken sequence is one U+FFFD, nothing is invented."""
    if text.isascii():
        return text

    def turn(match: re.Match[str]) -> str:
        return "".join(
            p if isinstance(p, str) else p.decode("utf-8", "replace")
            for p in _pieces(match.group(), code_page)
        )

    return _NON_ASCII.sub(turn, text)


def _pieces(run: str, page: str) -> list[str | bytes]:
    """`run` as stretches of bytes (what the page can hold) and of foreign characters."""
    table = _table(page)
    pieces: list[str | bytes] = []
    for c in run:
        byte = table.get(c)
        last = pieces[-1] if pieces else None
        if byte is None:
            if isinstance(last, str):
                pieces[-1] = last + c
            else:
                pieces.append(c)
        elif isinstance(last, bytes):
            pieces[-1] = last + byte
        else:
            pieces.append(byte)
    return pieces


@cache
def _table(page: str) -> dict[str, bytes]:
    """Character to byte for the upper half; browsers read undefined bytes as C1 controls."""
    table: dict[str, bytes] = {}
    for value in range(0x80, 0x100):
        raw = bytes([value])
        table.setdefault(chr(value) if value < 0xA0 else raw.decode(page, "ignore"), raw)
        table[raw.decode(page, "ignore")] = raw
    table.pop("", None)
    return table


@cache
def _start(page: str) -> re.Pattern[str]:
    """What the page makes of the first two bytes of any UTF-8 sequence."""
    by_byte = {raw[0]: re.escape(c) for c, raw in _table(page).items() if not "\x80" <= c < "\xa0"}
    first = "".join(by_byte.get(value, "") for value in range(0xC2, 0xF5))
    next_one = "".join(by_byte.get(value, "") for value in range(0x80, 0xC0))
    return re.compile(f"[{first}][{next_one}\x80-\x9f]")


def _count(raw: bytes) -> tuple[int, int]:
    """(whole characters, broken sequences) of `raw` read as UTF-8."""
    text = raw.decode("utf-8", "replace")
    bad = sum(
        c == "\ufffd" or ord(c) in _ODD_LETTERS or unicodedata.category(c) in {"Cc", "Cn", "Co"}
        for c in text
    )
    return len(text) - bad, bad
