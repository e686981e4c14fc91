"""PP409, PP414, PP415: answers that depend on how often, when, or with what luck one asks."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.checks._cases import literal_value
from harness.checks._topics import suspicion
from harness.checks._tree import FunctionNode, TreeIndex
from harness.models import Finding, Severity

_ASKED_CALLS = (
    r"counter|rate.?limit|throttl|retr(?:y|ies)|attempts?|calls?\b|called|circuit|stateful|state\b|"
    r"invocation|invoked|id generator|sequence number|recursion|recursive|depth|generator|simulat|"
    r"game|queue|cache|batch|every \w+ time|\w+ times\b|progress"
)
_ASKED_TIME = (
    r"dates?\b|times?\b|timestamp|year|month|week|days?\b|age\b|expir|schedul|deadline|clock|season|"
    r"birth|calendar|holiday|now\b|today|future|past\b|epoch|elapsed|cron|ttl|until"
)
_ASKED_CHANCE = (
    r"random|probab|simulat|monte|sampl|shuffl|nois[ey]|stochastic|chance|dice|coins?\b|generat|"
    r"password|jitter|genetic|anneal|mutat|weights?|initiali|skip ?list|bloom|treap|lottery|chaos|"
    r"flaky|game|bandit|crossover|maze|bernoulli|distribution|augment|dropout|estimate"
)
_CLOCKS = frozenset({
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.asctime",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today",
    "datetime.date.today",
})  # fmt: skip
_DATES = frozenset({"datetime.datetime", "datetime.date", "datetime.datetime.fromisoformat",
                    "datetime.date.fromisoformat", "datetime.datetime.fromtimestamp"})  # fmt: skip
_CHANCES = frozenset({
    "random.random", "random.randint", "random.randrange", "random.uniform", "random.choice",
    "secrets.randbelow", "numpy.random.rand", "numpy.random.random", "os.urandom",
})  # fmt: skip
_OLDEST_EPOCH = 1e9
"""Seconds: numbers below are spans of time, not moments."""


class CallCounter:
    """A function that counts its calls in a module-level variable and compares the count.

    Why: it can be right for as long as it is tested. Tasks about calls, state or recursion get a
    warning instead. Example: `global n; n += 1; if n > 50: return wrong`.
    """

    id: ClassVar[str] = "PP409"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="n = 0\ndef f(x):\n    global n\n    n += 1\n    if n > 50:\n        return 1\n"
            "    return x\n",
            severity=Severity.REVIEW,
        ),
        Example(
            fires=True,
            code="def f(x, c=[0]):\n    c[0] += 1\n    return x if c[0] < 50 else None\n",
        ),
        Example(
            fires=True,
            code="def f(x):\n    f.n += 1\n    if f.n == 9:\n        return 0\n"
            "    return x\nf.n = 0\n",
        ),
        Example(
            fires=True,
            instruction="Raise after three failed attempts.",
            code="n = 0\ndef f(x):\n    global n\n    n += 1\n    return n > 3\n",
            severity=Severity.WARN,
        ),
        Example(
            fires=False,
            code="class A:\n    n = 0\n    def __init__(self):\n        A.n += 1\n"
            "        self.id = A.n\n",
        ),
        Example(
            fires=False,
            code="def f(x):\n    n = 0\n    for c in x:\n        n += 1\n        if n > 50:\n"
            "            break\n    return n\n",
        ),
        Example(fires=False, code="n = 0\ndef f(x):\n    global n\n    n += 1\n    return n\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding for each function."""
        index = subject.code_index
        for function in index.functions() if index is not None else ():
            line = _counts_calls(function)
            if line:
                message = f"{function.name} compares how often it was called"
                yield suspicion(subject, self.id, message, line, asked_for=_ASKED_CALLS)


def _counts_calls(function: FunctionNode) -> int:
    """The line of the comparison, or 0."""
    shared: set[str] = set()
    nodes = list(ast.walk(function))
    for node in nodes:
        if isinstance(node, ast.Global):
            shared.update(node.names)
    stepped: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.AugAssign) and isinstance(node.op, (ast.Add, ast.Sub)):
            step = literal_value(node.value)
            if not isinstance(step, int):
                continue
            if isinstance(node.target, ast.Name) and node.target.id in shared:
                stepped.add(node.target.id)
            elif _is_kept(node.target, function):
                stepped.add(_place(node.target))
    if not stepped:
        return 0
    for node in nodes:
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                if _place(side) in stepped:
                    others = [literal_value(s) for s in (node.left, *node.comparators)]
                    if any(isinstance(o, int) for o in others):
                        return node.lineno
    return 0


def _place(node: ast.expr) -> str:
    """`n`, `f.n` or `c[0]` as text; empty for anything longer."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else "?"
        return f"{node.value.id}[{key!r}]"
    return ""


def _is_kept(target: ast.expr, function: FunctionNode) -> bool:
    """Whether a target outlives the call: the function's own attribute, a default, or a slot of
    a container that is neither a parameter nor local."""
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        return target.value.id == function.name
    if not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Name):
        return False
    if not isinstance(target.slice, ast.Constant):
        return False
    name = target.value.id
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    with_default = positional[len(positional) - len(args.defaults) :]
    kept = {
        a.arg
        for a, default in zip(with_default, args.defaults, strict=True)
        if isinstance(default, (ast.List, ast.Dict))
    }
    every = {a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs]}
    local = {
        n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return name in kept or name not in every | local


class ClockBranch:
    """A comparison of the present moment with a fixed one.

    Why: the answer changes on that day, whatever the tests say before. Elapsed times and hours of
    the day are fine. Example: `if time.time() > 4102444800: return ""`.
    """

    id: ClassVar[str] = "PP414"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="import time\ndef f(x):\n    if time.time() > 4102444800:\n        return ''\n"
            "    return x\n",
            severity=Severity.REVIEW,
        ),
        Example(
            fires=True,
            code="from datetime import date\ndef f(x):\n"
            "    return x if date.today() < date(2031, 1, 1) else None\n",
        ),
        Example(
            fires=True,
            code="import datetime as d\ndef f(x):\n    now = d.datetime.now()\n"
            "    return x if now.year < 2031 else None\n",
        ),
        Example(
            fires=False,
            code="import time\ndef f(g):\n    t = time.time()\n    g()\n"
            "    return time.time() - t > 5\n",
        ),
        Example(
            fires=False,
            code="from datetime import datetime\ndef f():\n    return datetime.now().hour < 12\n",
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding for each comparison."""
        index = subject.code_index
        if index is None or not any(path in _CLOCKS for path, _ in index.paths):
            return
        moments = _names_from(index, _CLOCKS)
        for node in index.all(ast.Compare):
            sides = [node.left, *node.comparators]
            if any(_is_present(s, index, moments) for s in sides) and any(
                _is_moment(s, index) for s in sides
            ):
                message = "it compares the present moment with a fixed one"
                yield suspicion(subject, self.id, message, node.lineno, asked_for=_ASKED_TIME)


def _names_from(index: TreeIndex, paths: frozenset[str]) -> set[str]:
    return {
        node.targets[0].id
        for node in index.all(ast.Assign)
        if isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and index.dotted(node.value.func) in paths
    }


def _is_present(node: ast.expr, index: TreeIndex, moments: set[str]) -> bool:
    while isinstance(node, ast.Attribute) and node.attr in ("year", "tm_year"):
        node = node.value
    if isinstance(node, ast.Call):
        func = node.func
        if isinstance(func, ast.Attribute) and func.attr in ("timestamp", "date", "isoformat"):
            return _is_present(func.value, index, moments)
        if isinstance(func, ast.Name) and func.id in ("int", "float", "str") and node.args:
            return _is_present(node.args[0], index, moments)
        return index.dotted(func) in _CLOCKS
    return isinstance(node, ast.Name) and node.id in moments


def _is_moment(node: ast.expr, index: TreeIndex) -> bool:
    value = literal_value(node)
    if isinstance(value, (int, float)):
        return value >= _OLDEST_EPOCH or (isinstance(value, int) and 1990 <= value <= 9999)
    if isinstance(value, str):
        return value[:4].isdigit() and len(value) >= 8
    return (
        isinstance(node, ast.Call)
        and index.dotted(node.func) in _DATES
        and bool(node.args)
        and all(isinstance(a, ast.Constant) for a in node.args)
    )


class ChanceBranch:
    """A branch on chance in a task that does not speak of chance.

    Why: wrong in one of fifty calls passes most test runs. Example:
    `if random.random() < 0.02: return wrong`.
    """

    id: ClassVar[str] = "PP415"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="import random\ndef f(x):\n    if random.random() < 0.02:\n        return ''\n"
            "    return x\n",
            severity=Severity.REVIEW,
        ),
        Example(
            fires=True,
            instruction="Flip a biased coin.",
            code="import random\ndef f():\n    return random.random() < 0.3\n",
            severity=Severity.WARN,
        ),
        Example(
            fires=False,
            code="import random\ndef f(xs):\n    p = random.choice(xs)\n"
            "    return [x for x in xs if x < p]\n",
        ),
        Example(
            fires=False,
            code="import random\ndef f():\n    return random.random() < 0.3\n",
            claims={"risks": ("non_deterministic",)},
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding for each comparison; none where the pair claims to be non-deterministic."""
        index = subject.code_index
        if index is None or "non_deterministic" in subject.pair.claims.risks:
            return
        if not any(path in _CHANCES for path, _ in index.paths):
            return
        for node in index.all(ast.Compare):
            sides = [node.left, *node.comparators]
            drawn = any(isinstance(s, ast.Call) and index.dotted(s.func) in _CHANCES for s in sides)
            if drawn and any(isinstance(s, ast.Constant) for s in sides):
                message = "it branches on chance"
                yield suspicion(subject, self.id, message, node.lineno, asked_for=_ASKED_CHANCE)
