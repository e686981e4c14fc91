"""How much of what pages ask for is on the shelf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from harness.cdn.answers import PAGE_FAULTS, SERVED
from harness.cdn.shelf import Shelf


class Line(BaseModel):
    """One address that was not answered with what it asked for."""

    model_config = ConfigDict(frozen=True)

    url: str
    pages: int
    outcome: str
    note: str


class Rates(BaseModel):
    """Counts by outcome over distinct addresses, and weighted by the pages that name them.

    `served` is the share with a body (hit, approximate, placeholder). `settled` also counts what
    does not exist on the real CDN: there the answer is as true as a body.
    """

    model_config = ConfigDict(frozen=True)

    distinct: int
    weighted: int
    outcomes: dict[str, int]
    outcomes_weighted: dict[str, int]
    served: float
    served_weighted: float
    settled: float
    settled_weighted: float
    exact: int
    others: tuple[Line, ...]


def rate(shelf: Shelf, urls: Mapping[str, int]) -> Rates:
    """Ask the shelf for every address of `urls` (address to number of pages)."""
    outcomes: Counter[str] = Counter()
    weighted: Counter[str] = Counter()
    others: list[Line] = []
    exact = 0
    for url, pages in urls.items():
        answer = shelf.answer(url)
        outcomes[answer.outcome] += 1
        weighted[answer.outcome] += pages
        exact += answer.exact
        if answer.outcome not in ("hit", "placeholder"):
            others.append(Line(url=url, pages=pages, outcome=answer.outcome, note=answer.note))

    def share(counted: Mapping[str, int], names: frozenset[str]) -> float:
        total = sum(counted.values())
        return sum(counted[name] for name in names) / total if total else 0.0

    both = SERVED | PAGE_FAULTS
    return Rates(
        distinct=sum(outcomes.values()),
        weighted=sum(weighted.values()),
        outcomes=dict(sorted(outcomes.items())),
        outcomes_weighted=dict(sorted(weighted.items())),
        served=share(outcomes, SERVED),
        served_weighted=share(weighted, SERVED),
        settled=share(outcomes, both),
        settled_weighted=share(weighted, both),
        exact=exact,
        others=tuple(sorted(others, key=lambda line: (line.outcome, line.url))),
    )


def summary(rates: Rates) -> dict[str, Any]:
    """The rates as one JSON document."""
    return rates.model_dump(mode="json")
