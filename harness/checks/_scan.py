"""Reads the body of one test: its assertions in the order in which they would run."""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import dataclass

from harness.checks._assertions import LIVE, Judgement, judge, judge_method, truth_of
from harness.checks._cases import literal_value
from harness.checks._reading import Note, Scan, Site
from harness.checks._statements import calls_in, flat, holds_nothing, names_in, swallows
from harness.checks._tree import FUNCTIONS, FunctionNode, TreeIndex, same_tree

_BUILTINS = frozenset(dir(builtins)) - {"exec", "eval", "globals", "getattr", "exit", "quit"}
_ASSERTING = re.compile(
    r"(?i)^_*(assert|check|verif|expect|ensure|should|fail|raise|must|exit|skip)"
)
_RAISES = frozenset({"raises", "assertRaises", "assertRaisesRegex", "warns", "assertWarns",
                     "assertRaisesRegexp", "deprecated_call", "assertLogs"})  # fmt: skip
_BROAD = frozenset({"Exception", "BaseException", "AssertionError"})
_SKIPS = frozenset({"pytest.skip", "pytest.xfail", "unittest.SkipTest"})
_LAZY = (ast.Lambda, ast.GeneratorExp)
_MAX_DEPTH = 60


@dataclass(frozen=True)
class _Context:
    dead: Judgement = LIVE
    """Why nothing below can fail, if so."""
    guards: tuple[ast.expr, ...] = ()
    mocked: frozenset[str] = frozenset()
    depth: int = 0

    def with_dead(self, rule: str, why: str) -> _Context:
        dead = self.dead if self.dead.rule else Judgement(rule, why)
        return _Context(dead, self.guards, self.mocked, self.depth + 1)

    def deeper(self) -> _Context:
        return _Context(self.dead, self.guards, self.mocked, self.depth + 1)


class Scanner:
    """Reads tests of one suite; `subjects` are the names of the code under test, `unknown` those
    of functions that may assert, and `repeatable` says whether equal calls give equal answers."""

    def __init__(
        self,
        index: TreeIndex,
        subjects: frozenset[str],
        *,
        unknown: frozenset[str] = frozenset(),
        repeatable: bool = True,
    ) -> None:
        self.repeatable = repeatable
        self.index = index
        self.subjects = subjects
        self.unknown = unknown
        self.functions: dict[str, FunctionNode] = {
            n.name: n for n in index.tree.body if isinstance(n, FUNCTIONS)
        }
        self.empty: set[str] = self._empty_names()

    def _empty_names(self) -> set[str]:
        counts: dict[str, int] = {}
        empty: set[str] = set()
        for name in self.index.all(ast.Name):
            if not isinstance(name.ctx, ast.Load):
                counts[name.id] = counts.get(name.id, 0) + 1
        used = {
            n.id
            for n in self.index.all(ast.Name)
            if isinstance(n.ctx, ast.Load) and not self._only_walked(n)
        }
        for node in self.index.all(ast.Assign):
            target = node.targets[0]
            if (
                isinstance(target, ast.Name)
                and holds_nothing(node.value)
                and counts[target.id] == 1
            ):
                empty.add(target.id)
        return empty - used

    def _only_walked(self, name: ast.Name) -> bool:
        """Whether a use of a name only goes over its elements."""
        above = self.index.parent.get(name)
        if isinstance(above, (ast.For, ast.AsyncFor, ast.comprehension)):
            return above.iter is name
        if isinstance(above, ast.Call):
            last = self.index.dotted(above.func).rsplit(".", 1)[-1]
            return last in ("parametrize", "enumerate", "zip", "list", "sorted", "len")
        return False

    def is_empty(self, node: ast.expr) -> bool:
        """Whether a table or an iterable holds nothing."""
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("enumerate", "zip", "list", "sorted", "iter", "reversed")
            and node.args
        ):
            return self.is_empty(node.args[0])
        return holds_nothing(node) or (isinstance(node, ast.Name) and node.id in self.empty)

    def scan(self, body: list[ast.stmt], mocked: frozenset[str] = frozenset()) -> Scan:
        """Read a body; never raises."""
        result = Scan()
        self._body(body, _Context(mocked=mocked), result, frozenset(), {})
        return result

    def _body(
        self,
        body: list[ast.stmt],
        context: _Context,
        out: Scan,
        seen: frozenset[str],
        local: dict[str, FunctionNode],
    ) -> None:
        if context.depth > _MAX_DEPTH:
            out.doubt = True
            return
        local = dict(local)
        for statement in body:
            if isinstance(statement, FUNCTIONS):
                local[statement.name] = statement
        for statement in body:
            self._statement(statement, context, out, seen, local)
            if isinstance(statement, (ast.Return, ast.Continue, ast.Break)):
                context = context.with_dead("PP302", "nothing runs after return")
            elif isinstance(statement, ast.Expr) and self._is_skip(statement.value):
                out.skipped = out.skipped or context.depth == 0
                line = statement.lineno
                out.notes.append(Note("PP314", line, "the test skips itself"))
                context = context.with_dead("PP314", "the test was skipped before")
        self._uncalled(body, local, out)

    def _uncalled(self, body: list[ast.stmt], local: dict[str, FunctionNode], out: Scan) -> None:
        for node in body:
            if isinstance(node, FUNCTIONS) and any(
                isinstance(n, ast.Assert) for n in ast.walk(node)
            ):
                loads = [
                    n
                    for n in self.index.all(ast.Name)
                    if n.id == node.name and isinstance(n.ctx, ast.Load)
                ]
                if not loads and not node.decorator_list:
                    out.notes.append(
                        Note("PP308", node.lineno, f"{node.name}, which asserts, is never called")
                    )

    def _is_skip(self, value: ast.expr) -> bool:
        if not isinstance(value, ast.Call):
            return False
        name = self.index.dotted(value.func)
        return name in _SKIPS or name.endswith(".skipTest")

    def _statement(
        self,
        node: ast.stmt,
        context: _Context,
        out: Scan,
        seen: frozenset[str],
        local: dict[str, FunctionNode],
    ) -> None:
        if isinstance(node, ast.Assert):
            self._add(node.test, node.lineno, context, out)
            self._expressions(node.test, context, out, seen, local, asserted=True)
        elif isinstance(node, ast.Raise):
            self._site(node.lineno, LIVE, context, out)
        elif isinstance(node, ast.If):
            self._expressions(node.test, context, out, seen, local)
            truth = truth_of(node.test)
            if truth is False:
                inner = context.with_dead("PP304", "it stands under a condition that never holds")
            else:
                guards = (*context.guards, node.test)
                inner = _Context(context.dead, guards, context.mocked, context.depth + 1)
            self._body(node.body, inner, out, seen, local)
            self._body(node.orelse, context.deeper(), out, seen, local)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._expressions(node.iter, context, out, seen, local)
            inner = context.deeper()
            if self.is_empty(node.iter):
                out.notes.append(Note("PP305", node.lineno, "the loop goes over an empty table"))
                inner = context.with_dead("PP305", "the loop goes over an empty table")
            self._body(node.body, inner, out, seen, local)
            self._body(node.orelse, context.deeper(), out, seen, local)
        elif isinstance(node, ast.While):
            inner = context.deeper()
            if truth_of(node.test) is False:
                inner = context.with_dead("PP304", "it stands in a loop that never runs")
            self._body(node.body, inner, out, seen, local)
            self._body(node.orelse, context.deeper(), out, seen, local)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self._with(node, context, out, seen, local)
        elif isinstance(node, (ast.Try, ast.TryStar)):
            inner = context.deeper()
            if swallows(node):
                inner = context.with_dead("PP312", "its failure is caught and dropped")
            before = len(out.sites)
            self._body(node.body, inner, out, seen, local)
            if inner.dead.rule == "PP312" and len(out.sites) > before:
                out.notes.append(
                    Note("PP312", node.lineno, "a failing assertion is caught and dropped")
                )
            for handler in node.handlers:
                self._body(handler.body, context.deeper(), out, seen, local)
            self._body(node.orelse, context.deeper(), out, seen, local)
            self._body(node.finalbody, context.deeper(), out, seen, local)
        elif isinstance(node, ast.Match):
            for case in node.cases:
                self._body(case.body, context.deeper(), out, seen, local)
        elif isinstance(node, ast.Expr):
            if isinstance(node.value, _LAZY):
                out.notes.append(
                    Note("PP308", node.lineno, "a lambda or generator that is never evaluated")
                )
            elif isinstance(node.value, ast.Compare):
                out.notes.append(
                    Note("PP302", node.lineno, "a comparison whose result is not asserted")
                )
            self._expressions(node.value, context, out, seen, local)
        elif not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom)):
            self._expressions(node, context, out, seen, local)

    def _with(
        self,
        node: ast.With | ast.AsyncWith,
        context: _Context,
        out: Scan,
        seen: frozenset[str],
        local: dict[str, FunctionNode],
    ) -> None:
        inner = context.deeper()
        raises: ast.Call | None = None
        for item in node.items:
            call = item.context_expr
            if not isinstance(call, ast.Call):
                continue
            name = self.index.dotted(call.func)
            last = name.rsplit(".", 1)[-1]
            caught = {self.index.dotted(a).rsplit(".", 1)[-1] for a in flat(call.args)}
            if last in _RAISES:
                raises = call
                if caught & _BROAD:
                    out.notes.append(
                        Note("PP309", node.lineno, f"{last}({', '.join(sorted(caught))}) is broad")
                    )
                    asserts = any(isinstance(n, ast.Assert) for s in node.body for n in ast.walk(s))
                    if asserts:
                        inner = context.with_dead("PP309", "its failure is what is expected")
                        if any(isinstance(s, ast.Raise) for s in node.body):
                            raises = None
            elif last == "suppress" and caught & _BROAD:
                out.notes.append(Note("PP312", node.lineno, "a failing assertion is suppressed"))
                inner = context.with_dead("PP312", "its failure is suppressed")
            elif last in ("patch", "object") or name.endswith((".patch", ".patch.object")):
                mocked = self.patched(call)
                if mocked:
                    out.notes.append(
                        Note("PP306", node.lineno, f"{', '.join(sorted(mocked))} is replaced")
                    )
                inner = _Context(inner.dead, inner.guards, inner.mocked | mocked, inner.depth)
            else:
                self._expressions(call, context, out, seen, local)
        if raises is not None:
            self._site(node.lineno, LIVE, context, out)
        body = [s for s in node.body if not (isinstance(s, ast.Raise) and inner.dead.rule)]
        self._body(body, inner, out, seen, local)

    def patched(self, call: ast.Call) -> frozenset[str]:
        """Names of the code under test that a mock.patch call replaces."""
        texts = [literal_value(a) for a in call.args[:2]]
        names = {t.rsplit(".", 1)[-1] for t in texts if isinstance(t, str)}
        return frozenset(names & self.subjects)

    def _add(self, test: ast.expr, line: int, context: _Context, out: Scan) -> None:
        judgement = judge(test, self.index, self.subjects, repeatable=self.repeatable)
        if not judgement.rule and any(same_tree(test, guard) for guard in context.guards):
            judgement = Judgement("PP304", "it is guarded by the condition that it checks")
        self._site(line, self._unless_mocked(test, judgement, context), context, out)

    def _unless_mocked(self, test: ast.AST, judgement: Judgement, context: _Context) -> Judgement:
        if judgement.rule or not context.mocked:
            return judgement
        used = names_in(test) & self.subjects
        if used and used <= context.mocked:
            return Judgement("PP306", "it asks a mock that stands for the code under test")
        return judgement

    def _site(self, line: int, judgement: Judgement, context: _Context, out: Scan) -> None:
        if context.dead.rule:
            judgement = context.dead
        out.sites.append(Site(line, judgement))
        if judgement.rule not in ("", "PP305", "PP312", "PP314"):
            out.notes.append(Note(judgement.rule, line, f"cannot fail: {judgement.why}"))
        if judgement.negated_order:
            out.notes.append(
                Note("PP315", line, "it denies an order, which a NaN satisfies; assert the order")
            )

    def _expressions(
        self,
        root: ast.AST,
        context: _Context,
        out: Scan,
        seen: frozenset[str],
        local: dict[str, FunctionNode],
        *,
        asserted: bool = False,
    ) -> None:
        for call in calls_in(root):
            handed = {
                a.id
                for a in [*call.args, *(k.value for k in call.keywords)]
                if isinstance(a, ast.Name)
            }
            if any(self._is_helper(n, local) and n not in self.subjects for n in handed):
                out.doubt = out.doubt or not context.dead.rule
            name = self.index.dotted(call.func)
            last = name.rsplit(".", 1)[-1]
            if isinstance(call.func, ast.Name) and self._is_helper(call.func.id, local):
                if call.func.id in self.subjects and call.func.id not in local:
                    continue
                self._follow(call, context, out, seen, local)
            elif isinstance(call.func, ast.Attribute) and last.startswith("assert"):
                judgement = judge_method(
                    call, self.index, self.subjects, repeatable=self.repeatable
                )
                if last in _RAISES:
                    judgement = LIVE
                self._site(call.lineno, self._unless_mocked(call, judgement, context), context, out)
            elif last in _RAISES or name in ("sys.exit", "pytest.fail", "exit", "quit", "os._exit"):
                self._site(call.lineno, LIVE, context, out)
            elif not asserted and self._may_assert(call, name, last):
                out.doubt = out.doubt or not context.dead.rule

    def _is_helper(self, name: str, local: dict[str, FunctionNode]) -> bool:
        return name in local or name in self.functions

    def _may_assert(self, call: ast.Call, name: str, last: str) -> bool:
        if isinstance(call.func, ast.Name):
            known = call.func.id in self.subjects or call.func.id in _BUILTINS
            return not known and call.func.id in self.unknown | self.index.bound
        if isinstance(call.func, ast.Attribute):
            if self._is_skip(call):
                return False
            return bool(_ASSERTING.match(last)) or last in ("main", "run", "run_module", "testmod")
        return not isinstance(call.func, ast.Lambda)

    def _follow(
        self,
        call: ast.Call,
        context: _Context,
        out: Scan,
        seen: frozenset[str],
        local: dict[str, FunctionNode],
    ) -> None:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        target = local.get(name) or self.functions[name]
        key = (name, context.dead.rule, context.mocked)
        if name in seen or key in out.followed:
            return
        dropped = isinstance(self.index.parent.get(call), ast.Expr)
        if isinstance(target, ast.AsyncFunctionDef) and dropped:
            out.notes.append(Note("PP308", call.lineno, f"the coroutine {name}() is never awaited"))
            return
        out.followed.add(key)
        self._body(target.body, context.deeper(), out, seen | {name}, local)
