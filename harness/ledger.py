"""What a run knows of every pair while it goes on: a few bytes each, for millions of them."""

from __future__ import annotations

from hashlib import blake2b

from harness.models import VerdictStatus

_BYTES = 16
_STATUSES = tuple(status.value for status in VerdictStatus)


class Ledger:
    """The last verdict of each pair, as 128-bit hashes of its id and of its fingerprint."""

    def __init__(self) -> None:
        self._last: dict[bytes, bytes] = {}
        self._counts = dict.fromkeys(_STATUSES, 0)

    def add(self, pair_id: str, fingerprint: str, status: str) -> None:
        """A verdict; it takes the place of an earlier one of the same pair."""
        key = _hash(pair_id)
        before = self._last.get(key)
        if before is not None:
            self._counts[_STATUSES[before[0]]] -= 1
        self._last[key] = bytes([_STATUSES.index(status)]) + _hash(fingerprint)
        self._counts[status] += 1

    def status(self, pair_id: str, fingerprint: str) -> str | None:
        """The status of the pair's last verdict if that has this fingerprint, else None."""
        last = self._last.get(_hash(pair_id))
        if last is None or last[1:] != _hash(fingerprint):
            return None
        return _STATUSES[last[0]]

    def counts(self) -> dict[str, int]:
        """How many pairs stand at each status."""
        return dict(self._counts)


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
