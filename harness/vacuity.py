"""Tests must be able to fail: the same tests meet a perturbed answer, eight stubs and a constant.

Measured (notes: oracle, 2.3): the perturbed answer is accepted by all suites that assert nothing
and by no suite with one real value check. `vacuous`: the perturbed answer or any stub is accepted.
`single_valued`: only a constant, always the first answer, is accepted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.compare import check
from harness.models import Strength
from harness.probes import STUBS, constant_answers, is_direct, perturbed_answer, stub_answer
from harness.sketch.spec import Case
from harness.trial import PLAIN, Bench, Trial
from runners.base import Answer, Mode, Suite
from runners.stubs import (
    constant_first_code,
    doubting_code,
    is_constant,
    perturb_code,
    stub_code,
)
from runners.suites import NO_TESTS, Roster

OWN_COMPARISON = "own_comparison"
UNPROBED = "unprobed"
_NOT_STUBS = frozenset({"constant_first", OWN_COMPARISON, UNPROBED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Tests that run together: cases or a suite, with the trial of the real answer."""

    trial: Trial
    cases: tuple[Case, ...] = ()
    suite: Suite | None = None
    roster: Roster = NO_TESTS


@dataclass(frozen=True, kw_only=True, slots=True)
class Vacuity:
    """What the battery found. `accepted` names the wrong answers that the tests let through."""

    strength: Strength
    accepted: tuple[str, ...] = ()

    @property
    def vacuous(self) -> bool:
        """The perturbed answer or a stub passed."""
        return any(name not in _NOT_STUBS for name in self.accepted)

    @property
    def unprobed(self) -> bool:
        """The code loads, but not with its answers replaced: nothing is known about the tests."""
        return UNPROBED in self.accepted

    @property
    def judged_by_itself(self) -> bool:
        """The code's own comparison calls equal what is not, and the tests rely on it."""
        return OWN_COMPARISON in self.accepted

    @property
    def single_valued(self) -> bool:
        """Only the constant passed."""
        return self.accepted == ("constant_first",)


def battery(
    code: str,
    groups: Sequence[Group],
    functions: frozenset[str],
    bench: Bench,
    *,
    entry_point: str = "",
    guessed: bool = False,
) -> Vacuity:
    """Try every wrong answer against all groups together; one rejecting group is enough.

    `entry_point` is what is under test; without it all public functions answer wrongly. Where it is
    `guessed` among several, tests are single-valued only if they are for all of them together.

    Stops at the first proof of vacuity. Raises SandboxUnavailable where the fault is ours.
    """
    probe = _Probe(code, groups, functions, bench, entry_point)
    accepted: list[str] = []
    rejected_stubs = 0
    for number, name in enumerate(("perturbed", *STUBS)):
        if probe.passes(name):
            accepted.append(UNPROBED if probe.unloadable else name)
            break
        rejected_stubs += number > 0
    stopped = bool(accepted)
    if not stopped and probe.lies():
        accepted.append(OWN_COMPARISON)
    if guessed:
        probe.entry_point = ""
    untried = bool(accepted) or is_constant(code, entry_point)
    constant = not untried and probe.passes("constant_first")
    if constant:
        accepted.append("constant_first")
    return Vacuity(
        accepted=tuple(accepted),
        strength=Strength(
            stubs=len(STUBS) if not stopped else rejected_stubs + (accepted[0] in STUBS),
            stubs_rejected=rejected_stubs,
            perturbed="accepted" if accepted[:1] == ["perturbed"] else "rejected",
            constant_first="untried" if untried else "accepted" if constant else "rejected",
        ),
    )


class _Probe:
    """Runs wrong answers through groups; host-side groups go first since they cost nothing."""

    def __init__(
        self,
        code: str,
        groups: Sequence[Group],
        functions: frozenset[str],
        bench: Bench,
        entry_point: str,
    ) -> None:
        self.code = code
        self.entry_point = entry_point
        self.bench = bench
        on_host = [g for g in groups if self._direct(g, functions)]
        self.host = on_host
        self.unloadable = False
        """Whether code with replaced answers did not load: a failure that no test reported."""
        self.sandboxed = [g for g in groups if g not in on_host]

    @staticmethod
    def _direct(group: Group, functions: frozenset[str]) -> bool:
        return group.suite is None and all(is_direct(c, functions) for c in group.cases)

    def passes(self, name: str) -> bool:
        """Whether every group accepts the wrong answer."""
        if any(not self._host_passes(group, name) for group in self.host):
            return False
        return all(self._sandbox_passes(group, name) for group in self.sandboxed)

    def _host_passes(self, group: Group, name: str) -> bool:
        return all(
            check(case, answer, self.bench.policy).ok
            for case, answer in zip(group.cases, self._answers(group, name), strict=True)
        )

    @staticmethod
    def _answers(group: Group, name: str) -> Iterator[Answer]:
        real = group.trial.answers()
        if name == "perturbed":
            return (perturbed_answer(real[case.id]) for case in group.cases)
        if name == "constant_first":
            return iter(constant_answers(group.cases, real))
        return (stub_answer(case, name) for case in group.cases)

    def lies(self) -> bool:
        """Whether tests pass only because the code's objects compare equal to any other."""
        return any(
            group.suite is not None
            and group.trial.evidence.weak_oracle
            and not self._run(group, doubting_code(self.code))
            for group in self.sandboxed
        )

    def _sandbox_passes(self, group: Group, name: str) -> bool:
        if not self._run(group, wrong_code(self.code, name, self.entry_point)):
            return False
        if group.suite is None or "class " not in self.code:
            return True
        code = wrong_code(self.code, name, self.entry_point, comparisons=False)
        return self._run(group, code)

    def _run(self, group: Group, code: str) -> bool:
        if group.suite is None:
            trial = self.bench.values(code, group.cases, PLAIN)
        else:
            mode = Mode.SPLIT if group.trial.mode is Mode.SPLIT else Mode.NATIVE
            trial = self.bench.suite(code, group.suite, group.roster, PLAIN, mode=mode)
        if not trial.evidence.loaded:
            # The real code loads: that this does not is the code's doing, not the tests'.
            self.unloadable = True
            return True
        return trial.passed


def wrong_code(code: str, name: str, entry_point: str, *, comparisons: bool = True) -> str:
    """The code with its answers replaced: "perturbed", "constant_first", or a stub's name.

    Without `comparisons` those of the code's own classes stay right.
    """
    if name == "perturbed":
        return perturb_code(code, only=entry_point, comparisons=comparisons)
    if name == "constant_first":
        return constant_first_code(code, only=entry_point, comparisons=comparisons)
    return stub_code(code, name, only=entry_point, comparisons=comparisons)
