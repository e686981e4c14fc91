"""PP401: code that looks its answers up among the visible cases."""

from __future__ import annotations

import ast
import re
from collections.abc import Hashable, Iterable, Iterator
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.checks._cases import MISSING, freeze, literal_value, table_rows
from harness.checks._tree import FUNCTIONS, TreeIndex, is_main_guard
from harness.models import Finding, Reason, Severity

Entry = tuple[ast.AST, Hashable, Hashable, int]
"""(group, frozen input, frozen answer, line): one thing that the code knows by heart."""

_SUITE = (
    "from solution import slugify\n"
    "def test_a():\n    assert slugify('Hello World') == 'hello-world'\n"
    "def test_b():\n    assert slugify('a---b') == 'a-b'\n"
)
_MONTHS = (
    "def month(n):\n    return {1: 'January', 2: 'February', 3: 'March', 4: 'April', 5: 'May',\n"
    "        6: 'June', 7: 'July', 8: 'August', 9: 'September', 10: 'October',\n"
    "        11: 'November', 12: 'December'}[n]\n"
)


class LiteralOverlap:
    """Inputs and answers of visible cases that stand together in the code as literals.

    Why: a look-up table over the tests passes them and knows nothing else. A table whose entries
    are mostly not test cases (months, numerals) is an honest one. Example:
    `return {'Hello World': 'hello-world', 'a---b': 'a-b'}.get(text, '')`.
    """

    id: ClassVar[str] = "PP401"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="def slugify(t):\n"
            "    return {'Hello World': 'hello-world', 'a---b': 'a-b'}.get(t, '')\n",
            suite=_SUITE,
            severity=Severity.REVIEW,
        ),
        Example(
            fires=True,
            code="def slugify(t):\n    if t == 'Hello World':\n        return 'hello-world'\n"
            "    if t == 'a---b':\n        return 'a-b'\n    return ''\n",
            suite=_SUITE,
        ),
        Example(
            fires=True,
            code="def slugify(t):\n    match t:\n        case 'Hello World':\n"
            "            return 'hello-world'\n        case 'a---b':\n            return 'a-b'\n",
            suite=_SUITE,
        ),
        Example(
            fires=True,
            code="A = ['Hello World', 'a---b']\nB = ['hello-world', 'a-b']\n"
            "def slugify(t):\n    return B[A.index(t)]\n",
            suite=_SUITE,
        ),
        Example(
            fires=False,
            code=_MONTHS,
            suite="from solution import month\ndef test_a():\n    assert month(1) == 'January'\n"
            "    assert month(12) == 'December'\n    assert month(5) == 'May'\n",
        ),
        Example(
            fires=False,
            code="def fib(n):\n    if n == 0:\n        return 0\n    if n == 1:\n        return 1\n"
            "    return fib(n - 1) + fib(n - 2)\n",
            suite="def check(candidate):\n    assert candidate(0) == 0\n"
            "    assert candidate(1) == 1\n    assert candidate(10) == 55\n",
            kind="check",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One review that names the recognised inputs, for the group that knows most."""
        index = subject.code_index
        cases = subject.visible.cases
        if index is None or not cases:
            return
        by_input: dict[Hashable, list[int]] = {}
        for number, case in enumerate(cases):
            for form in case.inputs:
                by_input.setdefault(form, []).append(number)
        sizes: dict[ast.AST, int] = {}
        hits: dict[ast.AST, dict[int, int]] = {}
        aside = _aside(index)
        for group, known, answer, line in _entries(index):
            if aside and (group in aside or aside & set(index.ancestors(group))):
                continue
            sizes[group] = sizes.get(group, 0) + 1
            for number in by_input.get(known, ()):
                if cases[number].answer == answer:
                    hits.setdefault(group, {}).setdefault(number, line)
        strong_total = sum(1 for case in cases if case.weight == 2)
        best: tuple[int, ast.AST] | None = None
        for group, matched in hits.items():
            weights = [cases[number].weight for number in matched]
            if _suspicious(weights, sizes[group], len(cases), strong_total):
                best = max(best or (0, group), (len(matched), group), key=lambda pair: pair[0])
        if best is None:
            return
        matched = hits[best[1]]
        yield Finding(
            rule=self.id,
            severity=Severity.REVIEW,
            reason=Reason.NEEDS_TESTS,
            message=f"the code holds {len(matched)} of the visible cases, input beside answer",
            line=min(matched.values()),
            facts={
                "matched": len(matched),
                "entries": sizes[best[1]],
                "visible": len(cases),
                "inputs": [cases[number].shown for number in list(matched)[:8]],
            },
        )


def _aside(index: TreeIndex) -> set[ast.AST]:
    """Main guards, and top-level functions that nothing but these refers to: demonstrations and
    self-tests, which show the same examples as the sketch does."""
    guards: set[ast.AST] = {n for n in index.tree.body if isinstance(n, ast.If)}
    guards = {n for n in guards if isinstance(n, ast.If) and is_main_guard(n.test)}
    names = re.compile(r"(?i)_*(?:main|demo|test|example|self_?test|run_tests)")
    for node in index.tree.body:
        if isinstance(node, FUNCTIONS) and names.match(node.name):
            uses = [n for n in index.all(ast.Name) if n.id == node.name]
            if all(index.main_guarded(use) for use in uses):
                guards.add(node)
    return guards


def _suspicious(weights: list[int], entries: int, visible: int, strong_total: int) -> bool:
    """Whether a group's matches are too telling to be chance. Measured on HumanEval's references:
    no alarm in 164, with the docstrings' cases and with the official suites."""
    matched, share = len(weights), len(weights) / max(entries, 1)
    strong = weights.count(2)
    if strong >= 2 and share >= 0.5:
        return True
    if strong == 1 and strong_total <= 2 and share >= 0.5:
        return True
    if matched - weights.count(0) >= 3 and share >= 0.8:
        return True
    return matched >= 4 and share == 1 and matched >= 0.8 * visible


def _entries(index: TreeIndex) -> Iterator[Entry]:
    for table, inputs, answer in table_rows(index):
        known = inputs[0] if len(inputs) == 1 else inputs
        yield table, freeze(known), freeze(answer), getattr(table, "lineno", 0)
    yield from _branches(index)
    yield from _parallel_lists(index)


def _answer_of(body: list[ast.stmt]) -> object:
    last = body[-1] if body else None
    if isinstance(last, (ast.Return, ast.Assign, ast.Expr)):
        value = last.value.value if isinstance(last.value, ast.Yield) else last.value
        return literal_value(value)
    return MISSING


def _branches(index: TreeIndex) -> Iterator[Entry]:
    tests: list[tuple[ast.AST, ast.expr, object]] = []
    for branch in index.all(ast.If):
        tests.append((branch, branch.test, _answer_of(branch.body)))
    for choice in index.all(ast.IfExp):
        tests.append((choice, choice.test, literal_value(choice.body)))
    for node, test, answer in tests:
        if answer is not MISSING:
            group = index.function_of(node) or index.tree
            for known in _recognised(test):
                yield group, freeze(known), freeze(answer), getattr(node, "lineno", 0)
    for match in index.all(ast.Match):
        for arm in match.cases:
            answer = _answer_of(arm.body)
            if answer is not MISSING:
                for known in _pattern_values(arm.pattern):
                    yield match, freeze(known), freeze(answer), match.lineno


def _recognised(test: ast.expr) -> Iterator[object]:
    """The input values under which a condition holds, where it compares with literals."""
    if isinstance(test, ast.BoolOp):
        parts = [list(_recognised(part)) for part in test.values]
        if isinstance(test.op, ast.Or):
            for part in parts:
                yield from part
        elif all(len(part) == 1 for part in parts):
            yield tuple(part[0] for part in parts)
        return
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return
    left, right = test.left, test.comparators[0]
    if isinstance(test.ops[0], ast.Eq):
        if isinstance(left, (ast.BinOp, ast.Subscript)) or isinstance(right, ast.BinOp):
            return
        for side in (left, right):
            value = literal_value(side)
            if value is not MISSING:
                yield value
    elif isinstance(test.ops[0], ast.In) and isinstance(right, (ast.List, ast.Tuple, ast.Set)):
        values = literal_value(right)
        if isinstance(values, (list, tuple, set)):
            yield from values


def _pattern_values(pattern: ast.pattern) -> Iterator[object]:
    if isinstance(pattern, ast.MatchValue):
        value = literal_value(pattern.value)
        if value is not MISSING:
            yield value
    elif isinstance(pattern, ast.MatchOr):
        for part in pattern.patterns[:100]:
            yield from _pattern_values(part) if not isinstance(part, ast.MatchOr) else ()
    elif isinstance(pattern, ast.MatchSequence):
        values = [
            literal_value(part.value) if isinstance(part, ast.MatchValue) else MISSING
            for part in pattern.patterns
        ]
        if values and all(v is not MISSING for v in values):
            yield tuple(values)


def _parallel_lists(index: TreeIndex) -> Iterator[Entry]:
    """Entries of lists of one length that stand beside each other."""
    lists: list[tuple[ast.AST, list[object]]] = []
    literals: list[ast.List | ast.Tuple] = [*index.all(ast.List), *index.all(ast.Tuple)]
    for node in literals:
        if 2 <= len(node.elts) <= 200 and isinstance(node.elts[0], ast.Constant):
            value = literal_value(node)
            if isinstance(value, (list, tuple)):
                lists.append((node, list(value)))
    for table, inputs in lists[:20]:
        for other, answers in lists[:20]:
            if other is not table and len(inputs) == len(answers):
                for known, answer in zip(inputs, answers, strict=True):
                    yield table, freeze(known), freeze(answer), getattr(table, "lineno", 0)
