"""What a run knows of every pair while it goes on: two small numbers each, for millions of them."""

from __future__ import annotations

from hashlib import blake2b

from harness.models import VerdictStatus
from harness.numbers import Numbers

_HASH_BYTES = 8
_STATUS_VALUES = 8
_STATUSES = tuple(status.value for status in VerdictStatus)


class Ledger:
    """The last verdict of each pair: hashes of its id (64 bits) and fingerprint (61), its status.

    Two ids of a million share a hash once in 37 million runs; the pair is then judged again by the
    next session, and nothing else happens.
    """

    def __init__(self) -> None:
        self._last = Numbers()
        self._counts = dict.fromkeys(_STATUSES, 0)

    def add(self, pair_id: str, fingerprint: str, status: str) -> None:
        """A verdict; it takes the place of an earlier one of the same pair."""
        key = _hash(pair_id)
        before = self._last.get(key)
        if before is not None:
            self._counts[_status(before)] -= 1
        self._last[key] = _fingerprint(fingerprint) | _STATUSES.index(status)
        self._counts[status] += 1

    def status(self, pair_id: str, fingerprint: str) -> str | None:
        """The status of the pair's last verdict if that has this fingerprint, else None."""
        last = self._last.get(_hash(pair_id))
        if last is None or last - last % _STATUS_VALUES != _fingerprint(fingerprint):
            return None
        return _status(last)

    def counts(self) -> dict[str, int]:
        """How many pairs stand at each status."""
        return dict(self._counts)


def _status(entry: int) -> str:
    return _STATUSES[entry % _STATUS_VALUES]


def _fingerprint(text: str) -> int:
    """Its hash, with room for a status in the last three bits."""
    found = _hash(text)
    return found - found % _STATUS_VALUES


def _hash(text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=_HASH_BYTES).digest(), "big")
