"""A row before it is decoded, and the way a row that cannot be read is written down."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from harness.models import Quarantined
from harness.repair.characters import escape_controls

EXCERPT_CHARS = 200


class Damaged(Exception):
    """The rest of a file cannot be read: a torn archive, a broken page. Carries a sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawRow:
    """The bytes of one row, or of its head where the row itself cannot be used."""

    line: int
    """1-based line, element or row number."""
    data: bytes
    """The whole row, or its first bytes where `problem` is set."""
    problem: str = ""
    """A quarantine reason where the row is known to be unusable, else ""."""
    detail: str = ""
    length: int = -1
    """Bytes of the whole row; -1 means len(data)."""
    sha256: str = ""
    """Hex hash of the whole row where `data` is only its head."""
    torn: bool = False
    """True for a last line without a line end."""

    def quarantined(self, file: str, reason: str, detail: str) -> Quarantined:
        """This row with the reason why it is no pair."""
        return Quarantined(
            file=file,
            line=self.line,
            reason=reason,
            detail=escape_controls(detail)[:1000],
            length=self.length if self.length >= 0 else len(self.data),
            sha256=self.sha256 or hashlib.sha256(self.data).hexdigest(),
            excerpt=excerpt(self.data),
        )


def excerpt(data: bytes) -> str:
    """The first 200 characters of `data` on one line; bytes that are no UTF-8 show as \\x..."""
    text = data[: EXCERPT_CHARS * 4].decode("utf-8", "backslashreplace")
    return escape_controls(text[:EXCERPT_CHARS])[:EXCERPT_CHARS]
