"""Ids that are unique over a whole run, in a few bytes for each."""

from __future__ import annotations

import hashlib

from harness.models import Pair
from harness.numbers import Numbers


class Ids:
    """What has been seen: 64-bit hashes of ids and of contents, never the texts."""

    def __init__(self) -> None:
        self._contents = Numbers()
        self._next = Numbers()

    def unique(self, pair: Pair) -> Pair | None:
        """`pair`, under `id#2` where another content has its id; None where it is a repetition."""
        content = _hash(f"{pair.id}\n{pair.content_digest()}")
        if content in self._contents:
            return None
        self._contents[content] = 1
        key = _hash(pair.id)
        number = self._next.get(key)
        if number is None:
            self._next[key] = 2
            return pair
        while _hash(name := f"{pair.id}#{number}") in self._next:
            number += 1
        self._next[key] = number + 1
        self._next[_hash(name)] = 2
        note = (
            f"the id {pair.id!r} belongs to an earlier row with other content; this one is {name!r}"
        )
        return pair.model_copy(update={"id": name, "notes": (*pair.notes, note)})


def _hash(text: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=8).digest()
    )
