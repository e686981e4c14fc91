"""One assertion of a test, read as an answer, a comparator and an expectation."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from harness.sketch.lift_expr import Translator, calls, variables
from harness.sketch.lift_fold import NotConstant, NotLifted, tagged
from harness.sketch.lift_scope import Scope
from harness.sketch.spec import Comparator, ComparatorOp, Expr

PYTHON = Comparator(types="python")
_EXACT = Comparator(types="sketch", abs=0.0, rel=0.0)
"""`is`: a bool is never a number."""
_FLIP: dict[str, ComparatorOp] = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
_ORDER: dict[type[ast.cmpop], ComparatorOp] = {
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
}  # fmt: skip
_HOST_TYPES = frozenset({"int", "float", "str", "bool", "list", "tuple", "dict", "set", "bytes"})


@dataclass(frozen=True, slots=True)
class Claim:
    """What one assertion says of one answer."""

    call: Expr
    comparator: Comparator
    expect: Expr | None
    rule: str


class Reader:
    """Reads assertions in one scope. Every method raises NotLifted for what it cannot say."""

    def __init__(self, scope: Scope, translator: Translator) -> None:
        self.scope = scope
        self.expr = translator.expr
        self.is_instance = translator.is_instance

    def claims(self, test: ast.expr) -> Iterator[Claim]:
        """The claims of `assert test`; none where it is the constant True."""
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            for part in test.values:
                yield from self.claims(part)
        elif isinstance(test, ast.Constant):
            if test.value is not True:
                raise NotLifted("asserts a constant")
        elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yield self._negated(test.operand)
        elif isinstance(test, ast.Compare):
            yield from self._compare(test)
        else:
            yield self._truth(test, wanted=True)

    def _negated(self, test: ast.expr) -> Claim:
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            opposite = {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn,
                        ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}  # fmt: skip
            op = opposite.get(type(test.ops[0]))
            if op is None:
                raise NotLifted("an order denied")
            return self._pair(test.left, op(), test.comparators[0])
        if isinstance(test, ast.Compare | ast.BoolOp):
            raise NotLifted("a compound denied")
        return self._truth(test, wanted=False)

    def _truth(self, test: ast.expr, *, wanted: bool) -> Claim:
        name = self.scope.dotted(test.func) if isinstance(test, ast.Call) else ""
        if isinstance(test, ast.Call) and name == "isinstance" and len(test.args) == 2:
            if not wanted:
                raise NotLifted("isinstance denied")
            return self.isinstance(test.args[0], test.args[1])
        if isinstance(test, ast.Call) and name == "math.isclose":
            if not wanted:
                raise NotLifted("isclose denied")
            return self._isclose(test)
        if isinstance(test, ast.Compare | ast.BoolOp | ast.IfExp | ast.NamedExpr | ast.Tuple):
            raise NotLifted("a compound")
        if self.is_instance(test):
            asked: Expr = ["call", None, self._bool(), [self.expr(test)], {}]
            return Claim(asked, PYTHON, ["bool", wanted], "lift-truth")
        call = self._subject(test)
        op: ComparatorOp = "truthy" if wanted else "falsy"
        return Claim(call, Comparator(op=op, types="python"), None, f"lift-{op}")

    def _bool(self) -> str:
        if "bool" in self.scope.shared.facts.names or self.scope.shared.facts.star:
            raise NotLifted("the code has a bool of its own")
        return "bool"

    def isinstance(self, subject: ast.expr, kinds: ast.expr) -> Claim:
        """The claim of isinstance(subject, kinds), for kinds that the host can tell apart."""
        nodes = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
        names = [self.scope.dotted(node) for node in nodes]
        if not names or not set(names) <= _HOST_TYPES or self.scope.shared.facts.deques:
            raise NotLifted("a type that the host cannot tell")
        expect: Expr = ["str", names[0]] if len(names) == 1 else [
            "list", [["str", name] for name in names]]  # fmt: skip
        comparator = Comparator(op="isinstance", types="python")
        return Claim(self._subject(subject), comparator, expect, "lift-isinstance")

    def _compare(self, test: ast.Compare) -> Iterator[Claim]:
        if len(test.ops) == 1:
            yield self._pair(test.left, test.ops[0], test.comparators[0])
            return
        # 1 <= f(x) <= 9 is two claims on one answer; longer chains are not written by people.
        if len(test.ops) != 2 or any(type(op) not in _ORDER for op in test.ops):
            raise NotLifted("a chain")
        middle = test.comparators[0]
        if not self.constant(test.left) or not self.constant(test.comparators[1]):
            raise NotLifted("a chain")
        first = self._pair(test.left, test.ops[0], middle)
        if variables(first.call) & self.scope.shared.taken and calls(first.call):
            raise NotLifted("a chain whose middle may change when it is evaluated again")
        yield first
        yield self._pair(middle, test.ops[1], test.comparators[1])

    def constant(self, node: ast.expr) -> bool:
        """Whether the expression folds."""
        try:
            self.scope.fold(node)
        except NotConstant:
            return False
        return True

    def split(self, left: ast.expr, right: ast.expr) -> tuple[Expr, Any, bool]:
        """(subject, constant, whether the constant stood left); exactly one side is constant."""
        flipped = self.constant(left)
        if flipped == self.constant(right):
            raise NotLifted("not one answer against one constant")
        subject = self._subject(right if flipped else left)
        # Folded after the subject: what the code gets hold of is a constant no more.
        return subject, self.scope.fold(left if flipped else right), flipped

    def _subject(self, node: ast.expr) -> Expr:
        if self.constant(node):
            raise NotLifted("a constant is no answer")
        call = self.expr(node)
        if call[0] == "name" and call[1] not in self.scope.shared.taken:
            raise NotLifted("the code itself is no answer")
        if "return" in self.scope.shared.facts.deques and call[0] != "index":
            raise NotLifted("a deque crosses the wall as a list")
        return call

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Claim:
        if isinstance(op, ast.Eq | ast.NotEq):
            return self.equal(left, right, wanted=isinstance(op, ast.Eq))
        if isinstance(op, ast.Is | ast.IsNot):
            return self.same(left, right, wanted=isinstance(op, ast.Is))
        if isinstance(op, ast.In | ast.NotIn):
            return self.member(left, right, wanted=isinstance(op, ast.In))
        return self.order(left, _ORDER[type(op)], right)

    def equal(self, left: ast.expr, right: ast.expr, *, wanted: bool = True) -> Claim:
        """left == right, one of them constant or pytest.approx of a constant."""
        for subject, other in ((left, right), (right, left)):
            if isinstance(other, ast.Call) and self.scope.dotted(other.func) == "pytest.approx":
                if not wanted:
                    raise NotLifted("approx denied")
                return self._approx(subject, other)
        subject_expr, value, _ = self.split(left, right)
        expect = tagged(value)
        if not wanted:
            return Claim(subject_expr, Comparator(op="ne", types="python"), expect, "lift-ne")
        inner = self._sized(subject_expr)
        if inner is not None and type(value) is int:
            return Claim(inner, Comparator(op="len", types="python"), expect, "lift-len")
        return Claim(subject_expr, PYTHON, expect, "lift-eq")

    def _sized(self, call: Expr) -> Expr | None:
        """The argument of len(f(...)), where f is a function of the code."""
        if call[:3] == ["call", None, "len"] and len(call[3]) == 1 and not call[4]:
            inner: Expr = call[3][0]
            if inner[0] == "call" and inner[1] is None:
                return inner if inner[2] in self.scope.shared.facts.functions else None
        return None

    def same(self, left: ast.expr, right: ast.expr, *, wanted: bool = True) -> Claim:
        """left is right, for None, True and False."""
        subject, value, _ = self.split(left, right)
        if value is not None and not isinstance(value, bool):
            raise NotLifted("identity of a value")
        comparator = _EXACT if wanted else _EXACT.model_copy(update={"op": "ne"})
        return Claim(subject, comparator, tagged(value), "lift-is")

    def member(self, item: ast.expr, holder: ast.expr, *, wanted: bool = True) -> Claim:
        """item in holder: a constant in an answer, or in an object of the code's class."""
        if not self.constant(item) or self.constant(holder):
            raise NotLifted("not a constant in an answer")
        if self.is_instance(holder):
            asked: Expr = ["bin", "in", self.expr(item), self.expr(holder)]
            return Claim(asked, PYTHON, ["bool", wanted], "lift-in")
        call = self._subject(holder)
        op: ComparatorOp = "contains" if wanted else "notcontains"
        expect = tagged(self.scope.fold(item))
        return Claim(call, Comparator(op=op, types="python"), expect, "lift-in")

    def order(self, left: ast.expr, op: ComparatorOp, right: ast.expr) -> Claim:
        """left < right and its kin; abs(answer - constant) < limit becomes a tolerance."""
        near = self._near(left, op, right) or self._near(right, _FLIP[op], left)
        if near is not None:
            return near
        subject, value, flipped = self.split(left, right)
        comparator = Comparator(op=_FLIP[op] if flipped else op, types="python")
        return Claim(subject, comparator, tagged(value), "lift-order")

    def _near(self, node: ast.expr, op: ComparatorOp, limit: ast.expr) -> Claim | None:
        if not (
            isinstance(node, ast.Call) and self.scope.dotted(node.func) in ("abs", "math.fabs")
        ):
            return None
        if op not in ("lt", "le") or len(node.args) != 1 or not self.constant(limit):
            return None
        inner = node.args[0]
        if not (isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub)):
            return None
        tolerance = self.scope.fold(limit)
        if op == "lt" and isinstance(tolerance, int | float):
            # The comparator says <=, so the limit itself is kept out.
            tolerance = math.nextafter(float(tolerance), -math.inf)
        return self.within(inner.left, inner.right, tolerance)

    def within(self, left: ast.expr, right: ast.expr, tolerance: Any) -> Claim:
        """abs(left - right) <= tolerance, one of them a constant number."""
        subject, value, _ = self.split(left, right)
        if type(value) not in (int, float) or not isinstance(tolerance, int | float):
            raise NotLifted("tolerance of something else than a number")
        if not 0 <= tolerance < math.inf or not math.isfinite(value):
            raise NotLifted("a tolerance that nothing meets")
        comparator = Comparator(op="approx", abs=float(tolerance), rel=0.0, types="python")
        return Claim(subject, comparator, tagged(value), "lift-near")

    def _keywords(self, call: ast.Call, allowed: tuple[str, ...], *, skip: int) -> dict[str, Any]:
        names = dict(zip(allowed, call.args[skip:], strict=False))
        for keyword in call.keywords:
            if keyword.arg not in allowed:
                raise NotLifted("an unknown keyword")
            names[keyword.arg] = keyword.value
        if len(call.args) - skip > len(allowed):
            raise NotLifted("too many arguments")
        return {name: self.scope.fold(node) for name, node in names.items()}

    def _isclose(self, call: ast.Call) -> Claim:
        if len(call.args) != 2:
            raise NotLifted("isclose")
        given = self._keywords(call, ("rel_tol", "abs_tol"), skip=2)
        rel, absolute = given.get("rel_tol", 1e-9), given.get("abs_tol", 0.0)
        left, right = call.args
        flipped = self.constant(left)
        value = self.scope.fold(left if flipped else right)
        if type(value) not in (int, float) or not isinstance(rel, float) or rel > 1e-4:
            raise NotLifted("isclose, which is symmetric, with a wide tolerance")
        return self.within(left, right, max(rel * abs(value), absolute))

    def _approx(self, subject: ast.expr, approx: ast.Call) -> Claim:
        if not approx.args or self.constant(subject):
            raise NotLifted("approx")
        given = self._keywords(approx, ("rel", "abs"), skip=1)
        rel, absolute = given.get("rel"), given.get("abs")
        call = self._subject(subject)
        value = self.scope.fold(approx.args[0])
        if rel is None:
            rel = 1e-6 if absolute is None else 0.0
        absolute = 1e-12 if absolute is None else absolute
        parts = list(value.values()) if isinstance(value, dict) else value
        parts = parts if isinstance(parts, list | tuple) else [parts]
        finite = all(type(part) in (int, float) and math.isfinite(part) for part in parts)
        if not finite or not isinstance(rel, int | float) or not isinstance(absolute, int | float):
            raise NotLifted("approx of something else than numbers")
        # approx does not tell a list from a tuple, so neither may the comparator.
        types: Literal["python", "sketch"] = "sketch"
        if type(value) in (int, float):
            types = "python"
        comparator = Comparator(op="approx", abs=float(absolute), rel=float(rel), types=types)
        return Claim(call, comparator, tagged(value), "lift-approx")

    def count_equal(self, left: ast.expr, right: ast.expr) -> Claim:
        """unittest's assertCountEqual: the same items in any order."""
        subject, value, _ = self.split(left, right)
        facts = self.scope.shared.facts
        if "list" in facts.names or facts.star or not isinstance(value, list | tuple | set):
            raise NotLifted("assertCountEqual")
        listed: Expr = ["call", None, "list", [subject], {}]
        comparator = Comparator(op="unordered", types="python")
        return Claim(listed, comparator, tagged(list(value)), "lift-unordered")
