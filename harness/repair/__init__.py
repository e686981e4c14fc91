"""The repair lane: what is done to a row's texts before anything is judged, each change recorded.

A repair is made only where the text cannot be used as it stands and can be used afterwards; what is
merely odd becomes a note. `docs/reference/input.md` has the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from harness.models import Repair
from harness.repair.lane import Lane

Role = Literal["instruction", "response", "code", "sketch", "suite"]


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """The texts after the lane, with all that was done to them."""

    texts: dict[str, str]
    repairs: tuple[Repair, ...]
    notes: tuple[str, ...]


def repair_row(
    texts: Mapping[Role, str], *, language: str = "", names: Mapping[Role, str] | None = None
) -> Repaired:
    """The row's texts after every repair that is needed; pure, never raises.

    `language` is the lower-case name that the row claims, or "" where it claims none. `names` maps
    a role to the row's own field name, which the records then carry.
    """
    lane = Lane(
        {str(role): text for role, text in texts.items()},
        language=language,
        names={str(role): name for role, name in (names or {}).items()},
    )
    lane.run()
    return Repaired(texts=lane.texts, repairs=tuple(lane.repairs), notes=tuple(lane.notes))
