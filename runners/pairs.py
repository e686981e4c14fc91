"""Paired mode: every test beside a twin in which one expected constant is false.

Code that shares an interpreter with its tests can make a test pass; it cannot know which of two
tests under random names must fail. Only the host knows that.
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from runners.base import TestResult
from runners.guest.outline import outline

_ASSERT_METHODS = frozenset(
    ("assertEqual", "assertEquals", "assertNotEqual", "assertAlmostEqual", "assertIs",
     "assertListEqual", "assertDictEqual", "assertSetEqual", "assertTupleEqual", "assertCountEqual",
     "assertSequenceEqual", "assertMultiLineEqual", "assertTrue", "assertFalse")
)  # fmt: skip
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True, slots=True)
class PairedSuite:
    """A suite of twins. `truth` maps each random base name to whether it must pass.

    `origins` maps random names to the names of the text; `unpaired` lists tests in which no
    constant could be changed: they run, and must pass, but prove less.
    """

    source: str
    truth: Mapping[str, bool] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    unpaired: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PairJudgement:
    """What a run of twins came to.

    `failed` names tests whose true half did not pass; `forged` those whose false half passed;
    `proved` those whose halves came apart as they must.
    """

    proved: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    forged: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True when every test was proved."""
        return bool(self.proved) and not (self.failed or self.forged or self.unproved)


def pair_suite(source: str, seed: int) -> PairedSuite | None:
    """The suite with a twin for each test; None when it does not parse or holds no test to pair.

    Functions at module level and methods of test classes are paired. The same seed gives the same
    suite.
    """
    plan = outline(source)
    if plan is None or not plan.tests:
        return None
    maker = _Maker(random.Random(seed))
    tree = plan.tree
    tree.body = maker.body(tree.body, "")
    if not maker.truth or all(maker.truth.values()):
        return None
    return PairedSuite(
        source=ast.unparse(ast.fix_missing_locations(tree)),
        truth=maker.truth,
        origins=maker.origins,
        unpaired=tuple(maker.unpaired),
    )


def judge_pairs(paired: PairedSuite, tests: tuple[TestResult, ...]) -> PairJudgement:
    """Hold the results of a native run against the truth, parameters taken together.

    A false half must fail by its assertion at least once; a true half must pass every time.
    """
    outcomes: dict[str, list[TestResult]] = {}
    for test in tests:
        outcomes.setdefault(test.name.split("[", 1)[0], []).append(test)
    passed: dict[str, bool] = {}
    refuted: dict[str, bool] = {}
    for name, must_pass in paired.truth.items():
        results = outcomes.get(name, [])
        origin = paired.origins[name]
        if must_pass:
            passed[origin] = bool(results) and all(r.outcome == "passed" for r in results)
        else:
            refuted[origin] = any(_by_assertion(r) for r in results)
    return PairJudgement(
        proved=tuple(n for n, fine in passed.items() if fine and refuted.get(n, False)),
        failed=tuple(n for n, fine in passed.items() if not fine),
        forged=tuple(n for n, fine in passed.items() if fine and refuted.get(n) is False),
        unproved=tuple(n for n, fine in passed.items() if fine and n not in refuted),
    )


def _by_assertion(result: TestResult) -> bool:
    return result.outcome == "failed" and result.detail.startswith(("AssertionError", "Failed"))


class _Maker:
    """Builds twins and remembers which is which."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.truth: dict[str, bool] = {}
        self.origins: dict[str, str] = {}
        self.unpaired: list[str] = []

    def body(self, body: list[ast.stmt], prefix: str) -> list[ast.stmt]:
        """Statements with tests replaced by pairs, in a shuffled order at the tests' places."""
        out: list[ast.stmt] = []
        pairs: list[ast.stmt] = []
        for node in body:
            if isinstance(node, ast.ClassDef) and not prefix and _is_test_class(node):
                node.body = self.body(node.body, f"{node.name}::")
                out.append(node)
            elif isinstance(node, _Function) and _is_test(node):
                pairs += self._pair(node, prefix)
            else:
                out.append(node)
        self.chance.shuffle(pairs)
        return [*out, *pairs] or [ast.Pass()]

    def _pair(self, node: _Function, prefix: str) -> list[ast.stmt]:
        origin = prefix + node.name
        false = copy.deepcopy(node)
        places = list(_places(false))
        real = self._named(node, prefix, origin, truth=True)
        if not places:
            self.unpaired.append(origin)
            return [real]
        constant = self.chance.choice(places)
        constant.value = other_constant(constant.value)
        return [real, self._named(false, prefix, origin, truth=False)]

    def _named(self, node: _Function, prefix: str, origin: str, *, truth: bool) -> _Function:
        node.name = f"test_{self.chance.getrandbits(64):016x}"
        self.truth[prefix + node.name] = truth
        self.origins[prefix + node.name] = origin
        return node


def _is_test(node: _Function) -> bool:
    return node.name.startswith("test") and not any(
        "fixture" in ast.unparse(mark) for mark in node.decorator_list
    )


def _is_test_class(node: ast.ClassDef) -> bool:
    return node.name.startswith("Test") or any("TestCase" in ast.unparse(b) for b in node.bases)


def other_constant(value: object) -> bool | int | float | str | bytes:
    """Another constant of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value + 1.0
    if isinstance(value, str):
        return value + "~"
    if isinstance(value, bytes):
        return value + b"~"
    return "~"


def _places(node: _Function) -> Iterator[ast.Constant]:
    """Constants that an assertion compares with: changing one must make the test fail.

    Only equality is taken: another bound of an inequality may hold as well.
    """
    for part in ast.walk(node):
        if isinstance(part, ast.Assert):
            yield from _of_condition(part.test)
        elif (
            isinstance(part, ast.Call)
            and isinstance(part.func, ast.Attribute)
            and part.func.attr in _ASSERT_METHODS - {"assertNotEqual", "assertTrue", "assertFalse"}
            and len(part.args) >= 2
        ):
            yield from _of_sides(part.args[0], part.args[1])


def _of_condition(test: ast.expr) -> Iterator[ast.Constant]:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for value in test.values:
            yield from _of_condition(value)
    if (
        isinstance(test, ast.Compare)
        and len(test.ops) == 1
        and isinstance(test.ops[0], ast.Eq | ast.Is)
    ):
        yield from _of_sides(test.left, test.comparators[0])


def _of_sides(left: ast.expr, right: ast.expr) -> Iterator[ast.Constant]:
    for side, other in ((right, left), (left, right)):
        if any(isinstance(n, ast.Call | ast.Name) for n in ast.walk(side)):
            if isinstance(side, ast.Call) and ast.unparse(side.func).endswith("approx"):
                side = side.args[0] if side.args else side
            else:
                continue
        if not any(isinstance(n, ast.Call | ast.Name) for n in ast.walk(other)):
            continue
        found = [n for n in ast.walk(side) if isinstance(n, ast.Constant)]
        # A key of a dict or an element of a set may collide with another; a value cannot.
        yield from (n for n in found if n.value is not ...)
        return
