"""Python: how a pair's code is run and how the result is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runners.answers import plan_values, read_values
from runners.base import Evidence, Source, Variation
from runners.profiles import PROFILES
from runners.suites import plan_suite, read_suite
from sandboxes.base import Job, Limits, Outcome, Profile, Toolchain

TOOLCHAIN = Toolchain(
    name="python",
    system=("python3",),
    python=("numpy", "pandas", "pytest", "scipy"),
    facts={"python": ("python3", "-c", "import platform; print(platform.python_version())")},
)


class Python:
    """CPython pairs: cases values-out, suites apart from the code."""

    language: ClassVar[str] = "python"
    toolchain: ClassVar[Toolchain] = TOOLCHAIN
    profiles: ClassVar[Mapping[str, Profile]] = PROFILES

    def plan(self, source: Source, variation: Variation, limits: Limits) -> tuple[Job, ...]:
        """Jobs for cases or for a suite, as the source's mode says."""
        if source.suite is not None:
            return plan_suite(source, variation, limits)
        return plan_values(source, variation, limits)

    def read(self, source: Source, outcomes: tuple[Outcome, ...]) -> Evidence:
        """What the jobs came to."""
        if source.suite is not None:
            return read_suite(source, outcomes)
        return read_values(source, outcomes)


RUNNER = Python()
