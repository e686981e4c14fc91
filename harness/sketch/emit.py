"""A TestSpec as a pytest file that a person would keep beside the code."""

from __future__ import annotations

import ast
import builtins
import math
import re
from collections.abc import Iterator, Sequence

from harness.sketch.emit_expect import approx, shaped, with_tolerance, yields
from harness.sketch.emit_expr import WIDTH, emit_expr, layout, text_literal
from harness.sketch.emit_groups import grouped, row_ids, table_name
from harness.sketch.lift_expr import called, variables
from harness.sketch.spec import Case, Expr, TestSpec
from runners.guest.parsing import parse_expression

__all__ = ["emit_expr", "emit_pytest"]

_OPERATOR = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "approx": "=="}
_ERRORS = {"JSONDecodeError": "json", "InvalidOperation": "decimal", "CancelledError": "asyncio"}
_RUN_PROGRAM = '''\
PROGRAM = Path(__file__).with_name("{module}.py")


def run_program(text: str, *args: str) -> str:
    """What the program prints for this input, without white space at the ends of lines."""
    command = [sys.executable, str(PROGRAM), *args]
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=60, check=True
    )
    return "\\n".join(line.rstrip() for line in done.stdout.rstrip().split("\\n"))
'''


def emit_pytest(spec: TestSpec, *, module: str = "solution") -> str:
    """A readable pytest file with every case of `spec`, for code that is importable as `module`.

    Cases of one function that differ only in their data become rows of one test; lines of the
    sketch that gave no case stand at the end as comments. The text always parses.
    """
    return _File(spec, module).text()


class _File:
    """Collects tests, and what they need imported."""

    def __init__(self, spec: TestSpec, module: str) -> None:
        self.spec = spec
        self.module = module
        self.needs: set[str] = set()
        self.errors: dict[str, set[str]] = {}
        self.used: set[str] = set()
        self.names: set[str] = set()
        self.program = False

    def text(self) -> str:
        """The whole file."""
        tests = ["\n".join(self._test(group)) for group in grouped(self.spec)]
        subject = f"`{self.spec.entry.name}`" if self.spec.entry.name else "the program"
        head = [f'"""Tests of {subject}."""', "", *self._imports()]
        blocks = ["\n".join(head).rstrip()]
        if self.program:
            blocks[0] += "\n\n" + _RUN_PROGRAM.format(module=self.module).rstrip()
        notes = [f"# Not understood, line {u.line} ({u.reason}): {_one_line(u.text)}"
                 for u in self.spec.unresolved]  # fmt: skip
        blocks += tests
        if notes:
            blocks.append("\n".join(notes))
        return "\n\n\n".join(blocks) + "\n"

    def _imports(self) -> Iterator[str]:
        standard = {name for name in self.needs if name in ("asyncio", "re", "subprocess", "sys")}
        froms = {"Path": "pathlib"} if self.program else {}
        by_module: dict[str, set[str]] = dict(self.errors)
        for name, home in froms.items():
            by_module.setdefault(home, set()).add(name)
        yield from (f"import {name}" for name in sorted(standard))
        for home in sorted(by_module.keys() - {self.module}):
            yield f"from {home} import {', '.join(sorted(by_module[home]))}"
        if standard or by_module.keys() - {self.module}:
            yield ""
        if "pytest" in self.needs:
            yield "import pytest"
            yield ""
        own = sorted(self.used | by_module.get(self.module, set()))
        if own:
            line = f"from {self.module} import {', '.join(own)}"
            if len(line) <= WIDTH:
                yield line
            else:
                yield f"from {self.module} import ("
                yield from (f"    {name}," for name in own)
                yield ")"

    def _test(self, group: Sequence[Case]) -> list[str]:
        if len(group) > 1:
            return self._table(group)
        case = group[0]
        bound = {step[1] for step in case.setup if step[0] == "new"}
        lines: list[str] = []
        for step in case.setup:
            start = f"{step[1]} = " if step[0] == "new" else ""
            step_expr = self._use(step[-1], bound)
            lines.append(f"    {start}{layout(step_expr, 4, before=len(start))}")
        lines += self._claim(case, bound)
        capture = case.comparator.op == "stdout" and case.stdin is None and case.call is not None
        name = self._name(case.name or f"test_{self.spec.entry.name or 'case'}")
        comment = [f"    # {_one_line(case.origin.text)}"] if _tells_more(case) else []
        return [f"def {name}({'capsys' if capture else ''}):", *comment, *lines]

    def _name(self, text: str) -> str:
        base = re.sub(r"\W+", "_", text.rsplit("::", 1)[-1], flags=re.ASCII).strip("_").lower()
        base = base if base.startswith("test_") else f"test_{base or 'case'}"
        name, number = base, 1
        while name in self.names:
            number += 1
            name = f"{base}_{number}"
        self.names.add(name)
        return name

    def _use(self, expr: Expr, bound: set[str]) -> Expr:
        """Note which names of the code an expression needs; await a coroutine entry."""
        for name in _free_names(expr) - bound:
            if name not in dir(builtins):
                self.used.add(name)
        return self._awaited(expr)

    def _awaited(self, expr: Expr) -> Expr:
        if not self.spec.entry.is_async or not isinstance(expr, list):
            return expr
        if expr and expr[0] == "call":
            args = [self._awaited(arg) for arg in expr[3]]
            named = {key: self._awaited(value) for key, value in expr[4].items()}
            call: Expr = ["call", expr[1], expr[2], args, named]
            if expr[1] is None and expr[2] == self.spec.entry.name:
                self.needs.add("asyncio")
                return ["call", ["name", "asyncio"], "run", [call], {}]
            return call
        return [self._awaited(part) if isinstance(part, list) else part for part in expr]

    def _claim(self, case: Case, bound: set[str]) -> list[str]:
        if case.raises is not None or case.comparator.op == "raises":
            return self._raises(case, bound)
        if case.comparator.op == "stdout":
            return self._stdout(case, bound)
        if case.call is None:
            return ["    pass  # the case has no call"]
        call = self._use(case.call, bound)
        left, middle, right, end = self._sides(case, call)
        start = f"    assert {left}"
        if right is None:
            return [f"{start}{layout(call, 4, before=7 + len(left))}{middle}"]
        line = f"{start}{emit_expr(call)}{middle}{emit_expr(right)}{end}"
        if len(line) <= WIDTH:
            return [line]
        expected = f"    expected = {layout(right, 4, before=11)}"
        short = f"{start}{emit_expr(call)}{middle}expected{end}"
        if len(short) <= WIDTH:
            return [expected, short]
        result = f"    result = {layout(call, 4, before=9)}"
        return [expected, result, f"{start}result{middle}expected{end}"]

    def _sides(self, case: Case, call: Expr) -> tuple[str, str, Expr | None, str]:
        """What stands before the call, after it, the expectation, and what follows that."""
        op, expect = case.comparator.op, case.expect or ["null"]
        if op in ("truthy", "falsy"):
            return ("" if op == "truthy" else "not "), "", None, ""
        if op in ("contains", "notcontains", "regex"):
            word = "not in" if op == "notcontains" else "in"
            return f"{emit_expr(expect)} {word} ", "", None, ""
        if op == "len":
            return "len(", ") == ", expect, ""
        if op == "isinstance":
            kinds = [expect[1]] if expect[0] == "str" else [item[1] for item in expect[1]]
            shown = kinds[0] if len(kinds) == 1 else f"({', '.join(kinds)})"
            return "isinstance(", f", {shown})", None, ""
        if op == "unordered":
            return self._unordered(expect)
        sketch = case.comparator.types == "sketch"
        start, end = "", f" {_OPERATOR.get(op, '==')} "
        if sketch and op in ("eq", "ne"):
            direct = case.call is not None and case.call[:3] == ["call", None, self.spec.entry.name]
            expect = shaped(expect, self.spec.entry.returns if direct else "")
            if direct and yields(self.spec.entry.returns) and expect[0] == "list":
                start, end = "list(", f"){end}"
            if expect[0] in ("bool", "null"):
                end = " is " if op == "eq" else " is not "
            expect = with_tolerance(expect)
        if op == "approx":
            limit = _open_limit(case)
            if limit is not None and expect[0] in ("int", "float"):
                return "abs(", " - ", expect, f") < {limit!r}"
            expect = _approx(case, expect)
        if "approx" in emit_expr(expect):
            self.needs.add("pytest")
        return start, end, expect, ""

    def _unordered(self, expect: Expr) -> tuple[str, str, Expr | None, str]:
        items = expect[1] if expect[0] in ("list", "tuple", "set", "braces") else []
        kinds = {item[0] for item in items}
        if len(kinds) <= 1 and kinds <= {"int", "str", "float"}:
            order = _number if kinds <= {"int", "float"} else _text
            return "sorted(", ") == ", ["list", sorted(items, key=order)], ""
        ordered: Expr = ["call", None, "sorted", [["list", items]], {"key": ["name", "repr"]}]
        return "sorted(", ", key=repr) == ", ordered, ""

    def _raises(self, case: Case, bound: set[str]) -> list[str]:
        wanted = case.raises
        kind = (wanted.type if wanted else None) or "Exception"
        kind = kind.rsplit(".", 1)[-1]
        if wanted is not None and wanted.any_error:
            kind = "Exception"
        if not hasattr(builtins, kind):
            self.errors.setdefault(_ERRORS.get(kind, self.module), set()).add(kind)
        self.needs.add("pytest")
        match = ""
        if wanted is not None and wanted.match:
            escaped = re.escape(wanted.match)
            match = f", match={text_literal(wanted.match)}"
            if escaped != wanted.match:
                self.needs.add("re")
                match = f", match=re.escape({text_literal(wanted.match)})"
        call = self._use(case.call or ["null"], bound)
        body = layout(call, 8)
        return [f"    with pytest.raises({kind}{match}):", f"        {body}"]

    def _stdout(self, case: Case, bound: set[str]) -> list[str]:
        expected = str(case.expect[1]) if case.expect else ""
        printed: Expr = ["str", "\n".join(x.rstrip() for x in expected.rstrip().split("\n"))]
        if case.stdin is None and case.call is not None:
            call = layout(self._use(case.call, bound), 4)
            lines = [f"    {call}", "    printed = capsys.readouterr().out"]
            trimmed = '"\\n".join(line.rstrip() for line in printed.rstrip().split("\\n"))'
            return [*lines, f"    assert {trimmed} == {emit_expr(printed)}"]
        self.program = True
        self.needs |= {"subprocess", "sys"}
        args: Expr = ["call", None, "run_program",
                [["str", case.stdin or ""], *(["str", arg] for arg in case.argv)], {}]  # fmt: skip
        line = f"    assert {emit_expr(args)} == {emit_expr(printed)}"
        if len(line) <= WIDTH:
            return [line]
        return [f"    expected = {emit_expr(printed)}", f"    assert {emit_expr(args)} == expected"]

    def _table(self, group: Sequence[Case]) -> list[str]:
        self.needs.add("pytest")
        first = group[0]
        assert first.call is not None
        function = first.call[2]
        names = self._parameters(function, len(first.call[3]))
        ids = row_ids(group)
        rows = []
        start = middle = end = ""
        for case, row_id in zip(group, ids, strict=True):
            call = case.call or ["null"]
            start, middle, expect, end = self._sides(case, call)
            cells: list[Expr] = [*call[3], *([] if expect is None else [expect])]
            row: Expr = ["tuple", cells] if len(cells) > 1 else cells[0]
            if row_id:
                named = {"id": ["str", row_id]}
                row = ["call", ["name", "pytest"], "param", cells, named]
            rows.append(f"        {layout(row, 8, after=1)},")
        expected = expect is not None
        if expected:
            names.append("expected")
        asked: Expr = ["call", None, function, [["name", n] for n in names[: len(first.call[3])]],
                       {}]  # fmt: skip
        asked = self._use(asked, set(names))
        shown = ", ".join(text_literal(n) for n in names)
        return [
            "@pytest.mark.parametrize(",
            f"    {shown if len(names) == 1 else f'({shown})'},",
            "    [",
            *rows,
            "    ],",
            ")",
            f"def {self._name(table_name(group, function))}({', '.join(names)}):",
            f"    assert {start}{emit_expr(asked)}{middle}{'expected' if expected else ''}{end}",
        ]

    def _parameters(self, function: str, count: int) -> list[str]:
        entry = self.spec.entry
        names = [name for name, _, _ in entry.params] if function == entry.name else []
        taken = {"expected", "self", "request", function}
        usable = len(names) >= count and all(n.isidentifier() and n not in taken for n in names)
        return names[:count] if usable else [f"arg{n}" for n in range(1, count + 1)]


def _approx(case: Case, expect: Expr) -> Expr:
    kwargs: dict[str, Expr] = {}
    for name in ("rel", "abs"):
        value = getattr(case.comparator, name)
        if value is not None and (value or name == "abs"):
            kwargs[name] = ["float", float(value).hex()]
    return approx(expect, kwargs)


def _open_limit(case: Case) -> float | None:
    """The limit of a `< 1e-6`, which lifting keeps as the largest float below it."""
    limit = case.comparator.abs
    if not limit or case.comparator.rel or not math.isfinite(limit):
        return None
    above = math.nextafter(limit, math.inf)
    return above if len(repr(above)) < len(repr(limit)) else None


def _number(expr: Expr) -> float:
    return float(expr[1]) if expr[0] == "int" else float.fromhex(expr[1])


def _text(expr: Expr) -> str:
    return str(expr[1])


def _free_names(expr: Expr) -> set[str]:
    """Names that an expression looks up, those inside native text included."""
    found = variables(expr) | called(expr)
    stack: list[object] = [expr]
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            stack.extend(part.values())
        elif isinstance(part, list) and len(part) == 2 and part[0] == "code":
            found |= _native_names(str(part[1]))
        elif isinstance(part, list):
            stack.extend(part)
    return found


def _native_names(text: str) -> set[str]:
    try:
        tree = parse_expression(text)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    own = {arg.arg for n in ast.walk(tree) if isinstance(n, ast.arguments) for arg in n.args}
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - own


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:77]}..."


def _tells_more(case: Case) -> bool:
    """Whether the sketch's line says something that the test's own code does not."""
    return bool(case.origin.text) and case.origin.source == "sketch"
