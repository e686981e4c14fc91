"""What a run knows of every pair while it goes on: two small numbers each, for millions of them."""

from __future__ import annotations

from hashlib import blake2b

from harness.models import VerdictStatus

_HASH_BYTES = 8
_STATUS_BITS = 3
_STATUSES = tuple(status.value for status in VerdictStatus)


class Ledger:
    """The last verdict of each pair: a 64-bit hash of its id, one of its fingerprint, its status.

    Two ids of a million share a hash once in 37 million runs; the pair is then judged again by the
    next session, and nothing else happens.
    """

    def __init__(self) -> None:
        self._last: dict[int, int] = {}
        self._counts = dict.fromkeys(_STATUSES, 0)

    def add(self, pair_id: str, fingerprint: str, status: str) -> None:
        """A verdict; it takes the place of an earlier one of the same pair."""
        key = _hash(pair_id)
        before = self._last.get(key)
        if before is not None:
            self._counts[_status(before)] -= 1
        self._last[key] = _hash(fingerprint) << _STATUS_BITS | _STATUSES.index(status)
        self._counts[status] += 1

    def status(self, pair_id: str, fingerprint: str) -> str | None:
        """The status of the pair's last verdict if that has this fingerprint, else None."""
        last = self._last.get(_hash(pair_id))
        if last is None or last >> _STATUS_BITS != _hash(fingerprint):
            return None
        return _status(last)

    def counts(self) -> dict[str, int]:
        """How many pairs stand at each status."""
        return dict(self._counts)


def _status(entry: int) -> str:
    return _STATUSES[entry & (1 << _STATUS_BITS) - 1]


def _hash(text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=_HASH_BYTES).digest(), "big")
