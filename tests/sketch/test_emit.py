"""Emitted text is Python that says what the spec says, and reads like a person's tests."""

from __future__ import annotations

import ast
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.sketch.emit import emit_expr, emit_pytest
from harness.sketch.lift import lift_or_say
from harness.sketch.lift_fold import tagged
from harness.sketch.spec import (
    Case,
    Comparator,
    ComparatorOp,
    Entry,
    Expr,
    Origin,
    Raises,
    TestSpec,
    Unresolved,
)
from runners.guest import codec

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
)
HASHABLE = st.recursive(SCALARS, lambda inner: st.tuples(inner, inner), max_leaves=4)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.sets(HASHABLE, max_size=4)
        | st.dictionaries(HASHABLE, inner, max_size=4)
    ),
    max_leaves=12,
)


def same(left: Any, right: Any) -> bool:
    """Equal, of one type, and floats with their sign."""
    if isinstance(left, float):
        return isinstance(right, float) and math.copysign(1, left) == math.copysign(1, right) and (
            left == right
        )  # fmt: skip
    return type(left) is type(right) and left == right


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_values_come_back_from_their_source(value: Any) -> None:
    """The source of a value evaluates to that value, type and all."""
    source = emit_expr(tagged(value))
    assert "\n" not in source
    assert same(eval(source, {}), value)


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.none() | st.text() | st.integers(), lambda i: st.lists(i), max_leaves=20))
def test_anything_that_is_no_expression_is_shown_and_not_raised(junk: Any) -> None:
    """Total: broken tagged lists give a text, never an error."""
    assert isinstance(emit_expr(junk if isinstance(junk, list) else [junk]), str)


@pytest.mark.parametrize(
    ("expr", "source"),
    [
        (["bin", "*", ["bin", "+", ["int", "1"], ["int", "2"]], ["int", "3"]], "(1 + 2) * 3"),
        (["bin", "**", ["int", "-2"], ["int", "2"]], "(-2) ** 2"),
        (["attr", ["int", "5"], "real"], "(5).real"),
        (["not", ["call", ["name", "s"], "empty", [], {}]], "not s.empty()"),
        (["index", ["name", "s"], ["int", "0"]], "s[0]"),
        (["call", ["name", "s"], "__setitem__", [["int", "0"], ["str", "x"]], {}], 's[0] = "x"'),
        (["call", ["name", "s"], "__setattr__", [["str", "size"], ["int", "2"]], {}], "s.size = 2"),
        (["call", None, "f", [["int", "1"]], {"key": ["null"]}], "f(1, key=None)"),
        (["call", ["name", "f"], "__call__", [], {}], "f()"),
        (["float", "nan"], 'float("nan")'),
        (["str", "it's"], '"it\'s"'),
        (["str", 'say "x"'], "'say \"x\"'"),
        (["tuple", [["int", "1"]]], "(1,)"),
        (["set", []], "set()"),
        (["int", "0x" + "f" * 3], "0xfff"),
        (["some", ["int", "1"]], "1"),
        (["decimal", "1.50"], 'Decimal("1.50")'),
        (["record", "m.Point", [["x", ["int", "1"]]], "dataclass"], "Point(x=1)"),
        (["enum", "Color", "RED", ["int", "1"]], "Color.RED"),
        (["opaque", "solution.Node"], "<solution.Node>"),
        (["range", "0", "3", "1"], "range(0, 3, 1)"),
        (["iter", [["int", "1"]]], "iter([1])"),
    ],
)
def test_expressions_are_shown_as_people_write_them(expr: Expr, source: str) -> None:
    """Brackets only where they are needed; answers without a literal by how they are built."""
    assert emit_expr(expr) == source


def call(name: str, *args: Any, **kwargs: Any) -> Expr:
    return ["call", None, name, [tagged(a) for a in args],
            {k: tagged(v) for k, v in kwargs.items()}]  # fmt: skip


def case(number: int, asked: Expr | None, expect: Any = None, *, op: ComparatorOp = "eq",
         name: str = "", **more: Any) -> Case:  # fmt: skip
    comparator = more.pop("comparator", Comparator(op=op))
    said = more.pop("tagged", None) or (tagged(expect) if op not in ("truthy", "falsy") else None)
    return Case(id=f"c{number}", name=name, call=asked, expect=said, comparator=comparator, **more)


ENTRY = Entry(kind="function", name="parts", params=(("text", "str", False),), returns="list[str]")
CODE = """
def parts(text):
    if not isinstance(text, str):
        raise TypeError("text (a str) is wanted")
    return text.split()
def third(n):
    return n / 3
def pairs(n):
    for i in range(n):
        yield i
def corners(n):
    return [(0, n), (n, 0)]
def greet(name):
    print("hello", name, " ")
class Bag:
    def __init__(self):
        self.held = {}
    def put(self, key):
        self.held[key] = self.held.get(key, 0) + 1
    def __len__(self):
        return len(self.held)
"""
WRONG = """
def parts(text):
    return [text]
def third(n):
    return n / 4
def pairs(n):
    yield n
def corners(n):
    return [(1, n)]
def greet(name):
    print("bye", name)
class Bag:
    def __init__(self):
        self.held = {1: 1}
    def put(self, key):
        pass
    def __len__(self):
        return 1
"""
BAG: tuple[Expr, ...] = (
    ["new", "bag", ["call", None, "Bag", [], {}]],
    ["do", ["call", ["name", "bag"], "put", [["str", "a"]], {}]],
    ["do", ["call", ["name", "bag"], "put", [["str", "b"]], {}]],
)
CORNERS: Expr = ["braces", [["list", [["int", "0"], ["int", "2"]]],
                            ["list", [["int", "2"], ["int", "0"]]]]]  # fmt: skip
CASES: dict[str, tuple[Case, Entry]] = {
    "eq": (case(1, call("parts", "a b"), ["a", "b"]), ENTRY),
    "ne": (case(1, call("parts", "a b"), ["a b"], op="ne"), ENTRY),
    "contains": (case(1, call("parts", "a b"), "b", op="contains"), ENTRY),
    "notcontains": (case(1, call("parts", "a b"), "a b", op="notcontains"), ENTRY),
    "len": (case(1, call("parts", "a b"), 2, op="len"), ENTRY),
    "truthy": (case(1, ["call", None, "parts", [["str", " "]], {}], op="falsy"), ENTRY),
    "unordered": (case(1, call("parts", "b a"), ["a", "b"], op="unordered"), ENTRY),
    "unordered_nested": (case(1, call("corners", 2), [(2, 0), (0, 2)], op="unordered"), ENTRY),
    "approx": (case(1, call("third", 1), 0.333, comparator=Comparator(op="approx", abs=0.01)),
               ENTRY),
    "float": (case(1, call("third", 1), 1 / 3 + 1e-12), ENTRY),
    "range": (case(1, call("third", 9), 2.5, op="gt"), ENTRY),
    "raises": (case(1, call("parts", 3), raises=Raises(type="TypeError", match="(a str)")), ENTRY),
    "any_error": (case(1, call("parts", 3), raises=Raises(any_error=True)), ENTRY),
    "generator": (case(1, call("pairs", 2), [0, 1]),
                  Entry(kind="function", name="pairs", returns="Iterator[int]")),
    "tuples": (case(1, call("corners", 2), [[0, 2], [2, 0]]),
               Entry(kind="function", name="corners", returns="list[tuple[int, int]]")),
    "braces": (  # a set's braces, where the code returns a list
        case(1, call("corners", 2), tagged=CORNERS),
               Entry(kind="function", name="corners", returns="list[tuple[int, int]]")),
    "setup": (case(1, ["call", None, "len", [["name", "bag"]], {}], 2, setup=BAG),
              Entry(kind="class", name="Bag")),
    "stdout": (case(1, call("greet", "you"), "hello you", op="stdout"), ENTRY),
    "long": (case(1, call("parts", "word " * 30), ["word"] * 30), ENTRY),
    "odd name": (case(1, call("parts", "a b"), ["a", "b"], name="it's class:  42 — ja?"), ENTRY),
}  # fmt: skip


def run_pytest(folder: Path) -> dict[str, bool]:
    """File name to whether it passed with at least one test."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=short", "-rA", "-p", "no:cacheprovider"],
        cwd=folder, capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    seen: dict[str, bool] = {}
    for line in done.stdout.splitlines():
        if line.startswith(("PASSED ", "FAILED ", "ERROR ")):
            name = line.split()[1].split("::")[0]
            seen[name] = seen.get(name, True) and line.startswith("PASSED ")
    assert seen, done.stdout + done.stderr
    return seen


def test_every_kind_of_case_passes_the_right_code_and_fails_the_wrong(tmp_path: Path) -> None:
    """One file for each comparator, error and setup, run by real pytest on both modules."""
    (tmp_path / "right.py").write_text(CODE)
    (tmp_path / "wrong.py").write_text(WRONG)
    for number, (one, entry) in enumerate(CASES.values()):
        spec = TestSpec(entry=entry, cases=(one,))
        for module in ("right", "wrong"):
            text = emit_pytest(spec, module=module)
            (tmp_path / f"test_{module}_{number}.py").write_text(text)
    seen = run_pytest(tmp_path)
    names = list(CASES)
    assert len(seen) == 2 * len(names)
    right = [n for i, n in enumerate(names) if not seen[f"test_right_{i}.py"]]
    wrong = [n for i, n in enumerate(names) if seen[f"test_wrong_{i}.py"]]
    assert (right, wrong) == ([], [])


def test_programs_are_run_beside_the_file(tmp_path: Path) -> None:
    """Cases with stdin start the program with this Python; space at line ends does not count."""
    spec = TestSpec(
        entry=Entry(kind="program"),
        cases=(
            case(1, None, "6\n4 \n", op="stdout", stdin="1 2 3\n4\n"),
            case(2, None, "", op="stdout", stdin="", name="test_empty", argv=("--x",)),
        ),
    )
    program = "import sys\nfor line in sys.stdin:\n    print(sum(map(int, line.split())))\n"
    (tmp_path / "solution.py").write_text(program)
    (tmp_path / "test_it.py").write_text(emit_pytest(spec))
    assert run_pytest(tmp_path) == {"test_it.py": True}
    (tmp_path / "solution.py").write_text("print(1)\n")
    assert run_pytest(tmp_path) == {"test_it.py": False}


def test_coroutines_are_awaited(tmp_path: Path) -> None:
    """The entry's calls go through asyncio.run, alone and as rows of a table."""
    entry = Entry(kind="function", name="later", params=(("n", "int", False),), is_async=True)
    cases = tuple(case(n, call("later", n), n + 1, name=f"test_{n}") for n in range(3))
    (tmp_path / "solution.py").write_text("async def later(n):\n    return n + 1\n")
    (tmp_path / "test_table.py").write_text(emit_pytest(TestSpec(entry=entry, cases=cases)))
    (tmp_path / "test_one.py").write_text(emit_pytest(TestSpec(entry=entry, cases=cases[:1])))
    assert run_pytest(tmp_path) == {"test_table.py": True, "test_one.py": True}


def test_the_file_reads_like_a_persons() -> None:
    """Three alike cases become one table with the names given; the rest keep test and line."""
    origin = Origin(line=4, text="test_error: parts(3)  raises   TypeError")
    spec = TestSpec(
        entry=ENTRY,
        cases=(
            case(1, call("parts", "a b"), ["a", "b"], name="test_two"),
            case(2, call("parts", ""), [], name="test_none"),
            case(3, call("parts", "x"), ["x"], name="test_one"),
            case(4, call("parts", 3), name="test_error", origin=origin,
                 raises=Raises(type="TypeError")),
        ),
        unresolved=(Unresolved(line=9, text="test_long", reason="no-value"),),
    )  # fmt: skip
    assert (
        emit_pytest(spec)
        == '''\
"""Tests of `parts`."""

import pytest

from solution import parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a b", ["a", "b"], id="two"),
        pytest.param("", [], id="none"),
        pytest.param("x", ["x"], id="one"),
    ],
)
def test_parts(text, expected):
    assert parts(text) == expected


def test_error():
    # test_error: parts(3) raises TypeError
    with pytest.raises(TypeError):
        parts(3)


# Not understood, line 9 (no-value): test_long
'''
    )


def test_names_are_identifiers_and_never_the_same() -> None:
    """Two cases of one name give two tests: none may hide the other."""
    names = ["test_a", "test_a", "test-a", "TEST_A", "", "größe", "class"]
    cases = tuple(
        case(n, ["attr", call("parts", "a"), "x"], n, name=name) for n, name in enumerate(names)
    )
    tree = ast.parse(emit_pytest(TestSpec(entry=ENTRY, cases=cases)))
    found = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(found) == len(set(found)) == len(names)
    assert all(name.startswith("test_") and name.isascii() for name in found)


def test_comments_cannot_become_code() -> None:
    """A sketch line is one comment, whatever line ends it holds."""
    origin = Origin(line=1, text="x\nimport os\r\nos._exit(0)\x0cy\u2028z")
    notes = (Unresolved(line=1, text="a\nassert False\x0b", reason="unparsed"),)
    spec = TestSpec(
        entry=ENTRY,
        cases=(case(1, call("parts", "a"), ["a"], origin=origin),),
        unresolved=notes,
    )
    tree = ast.parse(emit_pytest(spec))
    assert not any(isinstance(node, ast.Import) for node in ast.walk(tree))
    assert sum(isinstance(node, ast.Assert) for node in ast.walk(tree)) == 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=5))
def test_any_data_gives_a_file_that_parses_and_lifts_back(rows: list[tuple[Any, Any]]) -> None:
    """Emitting and lifting are inverse: the same calls and the same expectations come back."""
    comparator = Comparator(types="python")
    cases = tuple(
        Case(id=f"c{n}", name=f"test_{n}", call=["call", None, "f", [tagged(given)], {}],
             expect=tagged(wanted), comparator=comparator)
        for n, (given, wanted) in enumerate(rows)
    )  # fmt: skip
    text = emit_pytest(TestSpec(entry=Entry(kind="function", name="f"), cases=cases))
    back = lift_or_say(text, kind="pytest", entry_point="f", code="def f(x):\n    return x\n")
    evaluator = codec.Evaluator({})
    assert [evaluator.value(c.call[3][0]) for c in back.cases if c.call] == [r[0] for r in rows]
    assert [evaluator.value(c.expect) for c in back.cases if c.expect] == [r[1] for r in rows]
