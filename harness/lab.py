"""Opens what verdicts are made with: a sandbox, its facts, the language's runner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import packages_distributions

import sandboxes
from harness.calibration import calibrate
from harness.config import Settings
from harness.errors import CannotJudge, Misuse
from harness.memory import return_large_blocks
from harness.models import Calibration
from harness.pages.lab import PageLab
from harness.pipeline import Lab
from harness.trial import Bench
from runners import languages
from sandboxes.base import Facts, Profile, SandboxUnavailable

LANGUAGE = "python"


@contextmanager
def open_lab(settings: Settings, *, recorded: Calibration | None = None) -> Iterator[Lab]:
    """A lab for as long as the block lasts; the sandbox is closed at its end.

    `recorded` is the calibration that a run was begun with; it holds on the same machine.

    Raises:
        Misuse: no backend has this name.
        CannotJudge: the backend cannot isolate network, files and processes here.
    """
    runner = languages()[LANGUAGE]
    kinds = sandboxes.names()
    if settings.sandbox not in kinds:
        raise Misuse(f"no sandbox is called {settings.sandbox!r}",
                     hint=f"there are: {', '.join(kinds)}")  # fmt: skip
    jobs = settings.effective_jobs()
    return_large_blocks()
    try:
        sandbox = sandboxes.create(settings.sandbox, _held(runner.profiles), slots=jobs)
    except SandboxUnavailable as error:
        raise CannotJudge(str(error), hint=error.hint or "pairproof doctor says more") from error
    try:
        try:
            facts = sandbox.facts()
        except SandboxUnavailable as error:
            raise CannotJudge(
                str(error), hint=error.hint or "pairproof doctor says more"
            ) from error
        calibration = calibrate(settings, sandbox, facts, recorded=recorded)
        bench = Bench(
            sandbox=sandbox, runner=runner, limits=settings.limits.limits(),
            policy=settings.policy, factor=calibration.factor,
        )  # fmt: skip
        pages = _pages(settings, slots=jobs, factor=calibration.factor)
        try:
            yield Lab(
                bench=bench, calibration=calibration, facts=facts, modules=_modules(facts),
                pages=pages,
            )  # fmt: skip
        finally:
            pages.close()
    finally:
        sandbox.close()


def _pages(settings: Settings, *, slots: int, factor: float) -> PageLab:
    """Browsers in the same kind of isolation as the code; none is started yet."""
    from harness.cdn.shelf import open_shelf
    from sandboxes.chromium import open_browser

    where = settings.sandbox.partition(":")[0]
    return PageLab(
        lambda: open_browser(where),
        policy=settings.policy.pages,
        shelf=open_shelf,
        slots=slots,
        factor=factor,
        driver=settings.page_driver,
    )


def _held(profiles: Mapping[str, Profile]) -> dict[str, Profile]:
    """The profiles with those packages that this machine has."""
    installed = {owner for owners in packages_distributions().values() for owner in owners}
    return {
        name: replace(
            profile, distributions=tuple(d for d in profile.distributions if d in installed)
        )
        for name, profile in profiles.items()
    }


def _modules(facts: Facts) -> frozenset[str]:
    """Top-level modules of the packages that the sandbox holds."""
    plain = {name.partition(".")[0] for name in facts.modules if not name.endswith(".dist-info")}
    return frozenset(name for name in plain if name.isidentifier() and name != "__pycache__")
