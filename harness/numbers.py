"""A map between 64-bit numbers for millions of entries, in 24 to 48 bytes each.

A dict of such numbers takes about 200 bytes an entry: a run that remembers every pair would grow by
that for each.
"""

from __future__ import annotations

from array import array

_FIRST_SLOTS = 1024
_EMPTY = 0
_FULL = 2 / 3


class Numbers:
    """Open addressing with linear probing: keys must be hashes, spread over all 64 bits.

    0 stands for a free slot, so that the keys 0 and 1 are one. Nothing is ever removed.
    """

    def __init__(self) -> None:
        self._keys = _zeros(_FIRST_SLOTS)
        self._values = _zeros(_FIRST_SLOTS)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: int) -> bool:
        return self._keys[self._slot(key)] != _EMPTY

    def get(self, key: int) -> int | None:
        """The value of `key`, or None."""
        slot = self._slot(key)
        return self._values[slot] if self._keys[slot] != _EMPTY else None

    def __setitem__(self, key: int, value: int) -> None:
        """Raises OverflowError where either number has more than 64 bits or is negative."""
        slot = self._slot(key)
        if self._keys[slot] == _EMPTY:
            if self._count + 1 > _FULL * len(self._keys):
                self._grow()
                slot = self._slot(key)
            self._count += 1
        self._values[slot] = value
        self._keys[slot] = key or 1

    def _slot(self, key: int) -> int:
        """Where `key` stands, or where it would."""
        keys, key, last = self._keys, key or 1, len(self._keys) - 1
        slot = key & last
        while keys[slot] not in (_EMPTY, key):
            slot = slot + 1 & last
        return slot

    def _grow(self) -> None:
        keys, values = self._keys, self._values
        self._keys, self._values = _zeros(2 * len(keys)), _zeros(2 * len(keys))
        for key, value in zip(keys, values, strict=True):
            if key != _EMPTY:
                slot = self._slot(key)
                self._keys[slot], self._values[slot] = key, value


def _zeros(count: int) -> array[int]:
    return array("Q", bytes(8 * count))
