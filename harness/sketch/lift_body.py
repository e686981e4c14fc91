"""One test's statements, followed in order: setup steps, and one case for each assertion."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from harness.sketch.lift_claims import PYTHON, Claim, Reader
from harness.sketch.lift_expr import Translator, calls, variables
from harness.sketch.lift_fold import NotConstant, NotLifted, immutable, tagged
from harness.sketch.lift_scope import Binding, Const, Inline, Node, Scope, Shared, Var
from harness.sketch.lift_tables import as_binding, parts, rows
from harness.sketch.lift_unittest import method_claims
from harness.sketch.spec import Case, Expr, Origin, Raises

MAX_CASES = 2_000
MAX_STEPS = 400
MAX_FOLLOWED = 20_000
_SPECIALS = frozenset(".^$*+?{}[]\\|()")


@dataclass(slots=True)
class Step:
    """A setup step; `owed` until a case includes it, because the test itself relies on it."""

    expr: Expr
    owed: bool
    raises: bool = False
    """The step ends in an error, which no setup can carry on from."""

    def names(self, taken: set[str]) -> set[str]:
        """The case variables that it binds or mentions."""
        if self.expr[0] == "new":
            return {self.expr[1]} | (variables(self.expr[2]) & taken)
        return variables(self.expr[1]) & taken


class Body:
    """Reads one test. Every method raises NotLifted for a statement that it does not know."""

    def __init__(self, shared: Shared, name: str, cases: list[Case]) -> None:
        self.shared = shared = shared.for_test()
        self.name = name
        self.cases = cases
        self.found: list[Case] = []
        self.steps: list[Step] = []
        self.scope = Scope(shared)
        self.translator = Translator(self.scope, self._promote)
        self.reader = Reader(self.scope, self.translator)
        self.loads: dict[str, int] = {}
        self.followed = 0
        self.in_method = False
        self.unittest = False
        """Whether `self` has the assert methods of unittest."""
        self.caught = ""
        """Name that the last `with raises(...) as name` bound."""

    def read(self, body: list[ast.stmt], *, before: list[ast.stmt] | None = None) -> None:
        """Follow the statements; append the cases, numbered where there are several."""
        whole = [*(before or []), *body]
        for node in (n for stmt in whole for n in ast.walk(stmt)):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                key = self.scope.key(node)
                self.loads[key] = self.loads.get(key, 0) + 1
        self.scope.assigned = frozenset(
            node.id
            for stmt in body
            for node in ast.walk(stmt)
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
        )
        self.run(whole)
        if not self.found:
            raise NotLifted(f"{self.name} asserts nothing")
        if any(step.owed for step in self.steps):
            raise NotLifted(f"{self.name} ends in statements that only must not raise")
        for number, case in enumerate(self.found, 1):
            name = self.name if len(self.found) == 1 else f"{self.name}[{number}]"
            case_id = f"c{len(self.cases) + 1}"
            self.cases.append(case.model_copy(update={"id": case_id, "name": name}))

    def run(self, body: list[ast.stmt]) -> None:
        """Follow a block."""
        for index, node in enumerate(body):
            self.followed += 1
            if self.followed > MAX_FOLLOWED or len(self.steps) > MAX_STEPS:
                raise NotLifted("too long to follow")
            method = getattr(self, "_" + type(node).__name__.lower(), None)
            if method is None:
                raise NotLifted(f"statement {type(node).__name__}")
            if isinstance(node, ast.Assign) and self._inline(node, body[index + 1 :]):
                continue
            method(node)

    # Statements.

    def _pass(self, node: ast.Pass) -> None:
        pass

    def _import(self, node: ast.Import) -> None:
        self.shared.read_import(node)

    def _importfrom(self, node: ast.ImportFrom) -> None:
        self.shared.read_import(node)

    def _assert(self, node: ast.Assert) -> None:
        if self.caught and self._message(node.test):
            return
        for claim in self.reader.claims(node.test):
            self.case(claim, node)

    def _assign(self, node: ast.Assign) -> None:
        if len(node.targets) != 1:
            raise NotLifted("several targets")
        self.assign(node.targets[0], node.value)

    def _annassign(self, node: ast.AnnAssign) -> None:
        if node.value is None:
            raise NotLifted("annotation alone")
        self.assign(node.target, node.value)

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        """Bind a name, an attribute or an item."""
        key = self.scope.key(target)
        if key and (key.startswith("self.") is False or self.in_method):
            self._may_bind(key)
            self.scope.env[key] = self._value(key, value)
        elif isinstance(target, ast.Tuple | ast.List):
            bound = self.scope.fold(value)
            if not isinstance(bound, tuple | list):
                raise NotLifted("unpacks a result")
            self._bind(target, Const(bound))
        elif isinstance(target, ast.Attribute):
            owner = self.translator.expr(target.value)
            if owner[0] != "name" or owner[1] not in self.shared.taken:
                raise NotLifted("sets an attribute of something else than its own object")
            name: Expr = ["str", target.attr]
            self._do(["call", owner, "__setattr__", [name, self.translator.expr(value)], {}])
        elif isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
            held = self.translator.expr(value)
            owner = self.translator.expr(target.value)
            if owner[0] not in ("name", "attr"):
                raise NotLifted("sets an item of a result")
            self._do(["call", owner, "__setitem__", [self.translator.expr(target.slice), held], {}])
        else:
            raise NotLifted("target")

    def _may_bind(self, key: str) -> None:
        taken = self.shared.aliases.keys() | self.shared.modules.keys() | self.shared.solution
        if key in taken or (self.shared.open_names and key in self.shared.facts.names):
            raise NotLifted(f"{key} is bound anew")

    def _value(self, key: str, value: ast.expr) -> Binding:
        try:
            return Const(self.scope.fold(value))
        except NotConstant:
            if isinstance(value, ast.Lambda):
                return Node(value)
        instance = self.translator.is_instance(value)
        expr = self.translator.expr(value)
        if expr[0] == "name" and expr[1] in self.shared.taken:
            return Var(expr[1], instance)
        name = self.scope.fresh(key)
        self.steps.append(Step(["new", name, expr], owed=True))
        return Var(name, instance)

    def _inline(self, node: ast.Assign, rest: list[ast.stmt]) -> bool:
        """`r = f(x)` whose one use is the assertion that follows: no setup is needed."""
        target = node.targets[0]
        if len(node.targets) != 1 or not isinstance(target, ast.Name) or not rest:
            return False
        if not isinstance(rest[0], ast.Assert) or not isinstance(node.value, ast.Call):
            return False
        name = target.id
        names = [n for n in ast.walk(rest[0].test) if isinstance(n, ast.Name)]
        others = {n.id for n in names} - {name}
        plain = all(isinstance(self.scope.env.get(o), Const) or self.scope.dotted(
            ast.Name(id=o, ctx=ast.Load())) for o in others)  # fmt: skip
        if [n.id for n in names].count(name) != 1 or not plain or self.loads.get(name, 0) != 1:
            return False
        if isinstance(rest[0].test, ast.Compare) and len(rest[0].test.ops) > 1:
            return False
        self._may_bind(name)
        if self._folds(node.value):
            return False
        instance = self.translator.is_instance(node.value)
        self.scope.env[name] = Inline(self.translator.expr(node.value), instance)
        return True

    def _folds(self, node: ast.expr) -> bool:
        return self.reader.constant(node)

    def _expr(self, node: ast.Expr) -> None:
        value = node.value
        if isinstance(value, ast.Constant):
            return
        if isinstance(value, ast.Call):
            if self._special(value, node):
                return
        elif isinstance(value, ast.Name) and self.scope.dotted(value):
            return
        elif not isinstance(value, ast.Await):
            raise NotLifted("an expression that is not a call")
        self._do(self.translator.expr(value))

    def _do(self, expr: Expr) -> None:
        self.steps.append(Step(["do", expr], owed=True))

    def _special(self, call: ast.Call, node: ast.stmt) -> bool:
        """print, self.assert..., raises(E, f, ...), sys.path: what is not a call of the code."""
        func = call.func
        if self.scope.dotted(func) == "print":
            for arg in call.args:
                if not self._folds(arg) and not isinstance(arg, ast.Name):
                    self._do(self.translator.expr(arg))
            return True
        if self.scope.dotted(func) in ("sys.path.insert", "sys.path.append"):
            return True
        if self.unittest and isinstance(func, ast.Attribute) and _is_self(func.value):
            self._method(call, func.attr, node)
            return True
        if self.scope.dotted(func) == "pytest.raises":
            self._raises_call(call, node)
            return True
        return False

    def _method(self, call: ast.Call, method: str, node: ast.stmt) -> None:
        if method == "assertRaises" and len(call.args) >= 2:
            self._raises_call(call, node)
            return
        for claim in method_claims(self.reader, call, method):
            self.case(claim, node)

    def _raises_call(self, call: ast.Call, node: ast.stmt) -> None:
        if len(call.args) < 2:
            raise NotLifted("raises without a body")
        # Callee and arguments are evaluated before raises begins to watch.
        early = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
        watched = isinstance(call.args[1], ast.Name | ast.Attribute)
        if not watched or any(isinstance(n, ast.Call) for arg in early for n in ast.walk(arg)):
            raise NotLifted("raises with something that may raise too early")
        kind = self.scope.exception(call.args[0])
        inner = ast.Call(func=call.args[1], args=call.args[2:], keywords=call.keywords)
        expr = self.translator.expr(inner)
        self.case(Claim(expr, PYTHON, None, "lift-raises"), node, Raises(type=kind))

    def _with(self, node: ast.With) -> None:
        if len(node.items) != 1 or not isinstance(node.items[0].context_expr, ast.Call):
            raise NotLifted("with")
        call = node.items[0].context_expr
        bound = node.items[0].optional_vars
        func = call.func
        own = self.unittest and isinstance(func, ast.Attribute) and _is_self(func.value)
        method = func.attr if own and isinstance(func, ast.Attribute) else ""
        if method == "subTest" and bound is None:
            self.run(node.body)
            return
        wanted = self._wanted(call, method)
        if len(node.body) != 1:
            raise NotLifted("several statements that may raise")
        statement = node.body[0]
        if isinstance(statement, ast.Expr | ast.Assign):
            value = statement.value
        else:
            raise NotLifted("something else than a call that may raise")
        if isinstance(value, ast.Call) and self.scope.dotted(value.func) == "print":
            raise NotLifted("prints what may raise")
        expr = self.translator.expr(value)
        if not calls(expr):
            raise NotLifted("nothing that may raise")
        self.case(Claim(expr, PYTHON, None, "lift-raises"), node, wanted)
        self.caught = bound.id if isinstance(bound, ast.Name) else ""
        if bound is not None and not self.caught:
            raise NotLifted("with ... as something else than a name")
        self.scope.env.pop(self.caught, None)

    def _wanted(self, call: ast.Call, method: str) -> Raises:
        name = self.scope.dotted(call.func)
        if name == "pytest.raises" and len(call.args) == 1:
            if {k.arg for k in call.keywords} - {"match"}:
                raise NotLifted("raises with other keywords")
            match = call.keywords[0].value if call.keywords else None
        elif method == "assertRaises" and len(call.args) == 1 and not call.keywords:
            match = None
        elif method == "assertRaisesRegex" and len(call.args) == 2 and not call.keywords:
            match = call.args[1]
        else:
            raise NotLifted("with")
        return Raises(type=self.scope.exception(call.args[0]), match=self._text(match))

    def _text(self, match: ast.expr | None) -> str | None:
        if match is None:
            return None
        text = self.scope.fold(match)
        if not isinstance(text, str) or set(text) & _SPECIALS:
            raise NotLifted("a pattern")
        return text or None

    def _message(self, test: ast.expr) -> bool:
        """`"text" in str(error.value)` after `with raises(...) as error`."""
        if not any(isinstance(n, ast.Name) and n.id == self.caught for n in ast.walk(test)):
            return False
        said = {f"str({self.caught}.value)", f"str({self.caught}.exception)"}
        simple = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.In)
        if not simple or not isinstance(test, ast.Compare) or len(test.ops) != 1:
            raise NotLifted("a message held in another way")
        if ast.unparse(test.comparators[0]) not in said:
            raise NotLifted("a message held in another way")
        text = self.scope.fold(test.left)
        last = self.found[-1]
        if not isinstance(text, str) or last.raises is None or last.raises.match is not None:
            raise NotLifted("a message held in another way")
        raises = last.raises.model_copy(update={"match": text})
        self.found[-1] = last.model_copy(update={"raises": raises})
        return True

    def _for(self, node: ast.For) -> None:
        if node.orelse:
            raise NotLifted("for ... else")
        table = list(rows(self.scope, node.iter))
        if not table:
            raise NotLifted("a loop over nothing")
        for row in table:
            self._bind(node.target, row)
            self.run(node.body)

    def _bind(self, target: ast.expr, row: Binding) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for item, part in zip(target.elts, parts(target, row), strict=True):
                self._bind(item, part)
            return
        key = self.scope.key(target)
        if not key:
            raise NotLifted("loop target")
        self._may_bind(key)
        self.scope.env[key] = as_binding(self.scope, row.node) if isinstance(row, Node) else row

    # Cases.

    def case(self, claim: Claim, node: ast.stmt, raises: Raises | None = None) -> None:
        """Append one case with the setup that it needs, and remember its effects."""
        if len(self.found) + len(self.cases) >= MAX_CASES:
            raise NotLifted("too many cases")
        comparator = claim.comparator
        if raises is not None:
            comparator = comparator.model_copy(update={"op": "raises"})
        text = self.shared.source[node.lineno - 1].strip() if node.lineno else ""
        self.found.append(
            Case(
                id="c0",
                origin=Origin(source="suite", line=node.lineno, text=text[:300], rule=claim.rule),
                setup=tuple(self._setup(claim.call)),
                call=claim.call,
                expect=claim.expect,
                comparator=comparator,
                raises=raises,
            )
        )
        if variables(claim.call) & self.shared.taken and calls(claim.call):
            self.steps.append(Step(["do", claim.call], owed=False, raises=raises is not None))

    def _setup(self, call: Expr) -> list[Expr]:
        """Every step that shares an object with the call, however far, and every one owed."""
        taken = self.shared.taken
        group = set(variables(call) & taken)
        chosen: set[int] = set()
        grown = True
        while grown:
            grown = False
            for index, step in enumerate(self.steps):
                if index not in chosen and (step.owed or step.names(taken) & group):
                    chosen.add(index)
                    group |= step.names(taken)
                    grown = True
        picked = [self.steps[index] for index in sorted(chosen)]
        if any(step.raises for step in picked) or len(picked) > MAX_STEPS:
            raise NotLifted("a setup that raises, or is too long")
        for step in picked:
            step.owed = False
        return [step.expr for step in picked]

    def _promote(self, key: str, bound: Const) -> Expr | None:
        """Make a mutable constant of the test a case variable where it is used again."""
        if not bound.local or self.loads.get(key, 0) < 2 or immutable(bound.value):
            return None
        self.scope.leak(bound.value)
        name = self.scope.fresh(key)
        self.steps.append(Step(["new", name, tagged(bound.value, as_input=True)], owed=False))
        self.scope.env[key] = Var(name)
        return ["name", name]


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"
