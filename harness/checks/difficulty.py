"""PP109, PP110: the claimed difficulty and size beside the counted lines (S0-12, S0-13)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.models import Finding, Severity

BANDS: dict[str, tuple[int, int]] = {"easy": (0, 15), "medium": (15, 50), "hard": (50, 150)}
"""Half-open (low, high] in lines that are neither blank nor comments: S0's bands, the shared
borders 15 and 50 given to the easier one."""

_MIN_SLACK_LINES = 3
_LOC_SLACK = 0.3


def band_of(lines: int) -> str:
    """The band that holds `lines`, or empty above all of them and at zero."""
    return next((name for name, (low, high) in BANDS.items() if low < lines <= high), "")


def _code(lines: int) -> str:
    return "".join(f"x{n} = {n}\n" for n in range(lines))


class Difficulty:
    """A claimed difficulty whose band does not hold the counted lines.

    Why: an easy task at a hard label skews every split by difficulty (S0-13). It is a soft flag
    with its distance: a relabelling candidate, never a rejection. The bands have 20% slack
    (`policy.loc_tolerance`). Example: 8 lines that claim medium.
    """

    id: ClassVar[str] = "PP109"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_code(8),
            claims={"difficulty": "medium"},
            severity=Severity.WARN,
        ),
        Example(fires=True, code=_code(200), claims={"difficulty": "hard"}),
        Example(fires=True, code=_code(19), claims={"difficulty": "easy"}),
        Example(fires=False, code=_code(18), claims={"difficulty": "easy"}),
        Example(fires=False, code=_code(13), claims={"difficulty": "medium"}),
        Example(fires=False, code=_code(8)),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One warning, `kind` difficulty_mismatch or out_of_band in its facts."""
        claimed = subject.pair.claims.difficulty.lower()
        lines = subject.loc.get("code", 0)
        if claimed not in BANDS or lines <= 0:
            return
        slack = subject.policy.loc_tolerance
        low, high = BANDS[claimed]
        if low * (1 - slack) < lines <= high * (1 + slack):
            return
        measured = band_of(lines)
        beyond = lines > BANDS["hard"][1] * (1 + slack)
        kind = "out_of_band" if beyond else "difficulty_mismatch"
        distance = low + 1 - lines if lines <= low else lines - high
        yield Finding(
            rule=self.id,
            severity=Severity.WARN,
            message=f"{kind}: {lines} lines of code, {claimed} means {low + 1} to {high}",
            facts={
                "kind": kind,
                "claimed": claimed,
                "measured": measured or "out_of_band",
                "lines": lines,
                "distance": distance,
            },
        )


class EstimatedLines:
    """An `estimated_loc` far from all three counts of the lines.

    Why: S0 does not say whether blank lines and comments count, so the closest of the three is
    taken; more than 3 lines and 30% off is `loc_mismatch`. Example: 40 claimed, 8 counted.
    """

    id: ClassVar[str] = "PP110"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code=_code(8),
            claims={"estimated_loc": 40},
            severity=Severity.WARN,
        ),
        Example(fires=True, code=_code(20), claims={"estimated_loc": 13}),
        Example(fires=False, code=_code(20), claims={"estimated_loc": 14}),
        Example(fires=False, code=_code(2), claims={"estimated_loc": 5}),
        Example(fires=False, code="# a\n\n" * 10 + _code(2), claims={"estimated_loc": 22}),
        Example(fires=False, code=_code(8)),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One warning with the claim and the counts."""
        claimed = subject.pair.claims.estimated_loc
        counts = {k: subject.loc[k] for k in ("total", "nonblank", "code") if k in subject.loc}
        if claimed is None or not counts:
            return
        closest = min(counts.values(), key=lambda count: abs(count - claimed))
        if abs(claimed - closest) > max(_MIN_SLACK_LINES, _LOC_SLACK * closest):
            yield Finding(
                rule=self.id,
                severity=Severity.WARN,
                message=f"loc_mismatch: {claimed} lines claimed, {closest} counted",
                facts={"kind": "loc_mismatch", "claimed": claimed, "closest": closest, **counts},
            )
