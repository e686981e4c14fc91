"""PP201: what the test sketch gives to run (S0-14)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.models import Finding, Severity


class SketchWithoutCases:
    """A sketch that gives no case: names only, prose, or nothing that could be read.

    Why: the sketch is informational (S0-14), so this is no fault of the pair, but its tests must
    come from elsewhere. Example: `- test_basic`.
    """

    id: ClassVar[str] = "PP201"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="def f(x):\n    return x\n",
            sketch="- test_basic\n- test_empty",
            severity=Severity.INFO,
        ),
        Example(fires=False, code="def f(x):\n    return x\n", sketch="f(1) == 1"),
        Example(fires=False, code="def f(x):\n    return x\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One remark, with the reasons of the unresolved lines where the sketch was compiled."""
        lines = [line.strip() for line in subject.pair.sketch.splitlines() if line.strip()]
        if not lines:
            return
        if subject.spec is None:
            if all(_is_name(line) for line in lines):
                yield self._remark({"lines": len(lines), "names_only": True})
        elif not subject.spec.cases:
            reasons = Counter(line.reason for line in subject.spec.unresolved)
            names = all(_is_name(line) for line in lines)
            yield self._remark({"lines": len(lines), "names_only": names, "reasons": dict(reasons)})

    def _remark(self, facts: dict[str, object]) -> Finding:
        return Finding(
            rule=self.id,
            severity=Severity.INFO,
            message="the sketch gives no case to run",
            facts=facts,
        )


def _is_name(line: str) -> bool:
    bare = line.lstrip("-*+•0123456789.) ").rstrip(":;,. ")
    return bare.replace("()", "").replace("_", "a").isalnum()
