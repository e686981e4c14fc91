# ruff: noqa: E501 - code and sketches stand as they were written
"""Each rule of the compiler on its own: what a line becomes, and what is never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from harness.sketch.compile import compile_sketch
from harness.sketch.spec import Case, TestSpec

F = "def f(n, base=10):\n    return n\n"


def spec_of(text: str, code: str = F, language: str = "python", **more: Any) -> TestSpec:
    return compile_sketch(text, code=code, language=language, **more)


def only(text: str, code: str = F, language: str = "python", **more: Any) -> Case:
    spec = spec_of(text, code, language, **more)
    assert len(spec.cases) == 1, (spec.cases, spec.unresolved)
    return spec.cases[0]


@pytest.mark.parametrize(
    "text",
    [
        "f(1) does not raise",
        "f(2) never raises ValueError",
        "f(3) -> 3 or 4",
        "f(1) == f(2)",
        "f(f(3)) == f(3)",
        "base=2 -> '101'",
        "The function f returns 3",
        "5 -> 6 -> 7",
        "f(x) == 3",
        "0 < f(3) < 5",
        "assert f(3) and f(4)",
        "f(1) == 1 if n else 2",
        "f(5) returns 3 for odd",
        "f(5) prints 3",
        "30 = 2 * 3 * 5",
        "all(f(i) == i for i in range(9))",
        "f(1) == [1, 2",
        "f(1) == 'a",
        "f(1, 2, 3) -> ",
        "don't do f(3) == 3",
        "1 <= n <= 1000",
        "f(n) = f(n - 1) + 1",
        'f(1) == "it"s"',
        "f(1) == 2nd",
        "f(1) returns a list",
        "f(os.getcwd()) == 3",
        "f(1) == {1, 2: 3}",
    ],
)
def test_never_a_partial_guess(text: str) -> None:
    """A line that does not parse in full gives no case, and is kept word for word (S0-14)."""
    spec = spec_of(text)
    assert spec.cases == ()
    assert [u.text for u in spec.unresolved] == [text]


@pytest.mark.parametrize(
    ("text", "op", "expect"),
    [
        ("f(1) should not return 2", "ne", ["int", "2"]),
        ("f(1) != 2", "ne", ["int", "2"]),
        ("f(3) is not None", "ne", ["null"]),
        ("f(3) is None", "eq", ["null"]),
        ("f(3) >= 2", "ge", ["int", "2"]),
        ("f(3) > 2", "gt", ["int", "2"]),
        ("f(3) has length 2", "len", ["int", "2"]),
        ("2 in f(3)", "contains", ["int", "2"]),
        ("2 not in f(3)", "notcontains", ["int", "2"]),
        ("f(3) does not contain 2", "notcontains", ["int", "2"]),
        ("f(3) → [2, 1] (any order)", "unordered", ["list", [["int", "2"], ["int", "1"]]]),
        ("isinstance(f(3), str)", "isinstance", ["str", "str"]),
        ("3 == f(3)", "eq", ["int", "3"]),
        ("f(3) = 3", "eq", ["int", "3"]),
        ("f(3) → True (because 3 is odd)", "eq", ["bool", True]),
        ("f(3) == 3  # a remark", "eq", ["int", "3"]),
        ("f(3) == 1 + 9 = 10", "eq", ["int", "10"]),
        ("`f(3)` → `3`", "eq", ["int", "3"]),
        ("an empty string returns 0", "eq", ["int", "0"]),
        ("f(3) => 'ValueError'", "eq", ["str", "ValueError"]),
        ("f(3) == {1, 2}", "eq", ["set", [["int", "1"], ["int", "2"]]]),
        ("f(3) == {}", "eq", ["map", []]),
        ("f(3) == b'\\x00'", "eq", ["bytes", "00"]),
        ("f(3) == float('inf')", "eq", ["float", "inf"]),
        ("f(3) == -2**2", "eq", ["int", "-4"]),
        ("f(3) == 9007199254740993", "eq", ["int", "9007199254740993"]),
        ("f(3) == set()", "eq", ["set", []]),
        ("f(3) == 'a' 'b'", "eq", ["str", "ab"]),
        ("f(3) == (1,)", "eq", ["tuple", [["int", "1"]]]),
        ("for f(3) == 3", "eq", ["int", "3"]),
    ],
)  # fmt: skip
def test_relations(text: str, op: str, expect: Any) -> None:
    """Each relation has its comparator, and the value is read exactly (S0-14)."""
    case = only(text)
    assert (case.comparator.op, case.expect) == (op, expect)


@pytest.mark.parametrize(
    ("text", "absolute"),
    [
        ("f(2) ≈ 1.5", 1e-6),
        ("f(2) -> about 1.5", 1e-6),
        ("f(2) -> 1.5 ± 0.01", 0.01),
        ("f(2) -> 1.5 (within 1e-3)", 1e-3),
        ("abs(f(2) - 1.5) < 1e-4", 1e-4),
        ("f(2) == pytest.approx(1.5, abs=0.2)", 0.2),
    ],
)
def test_tolerances(text: str, absolute: float) -> None:
    """A stated tolerance is taken; approximately alone is 1e-6; differences are taken outside."""
    case = only(text)
    assert case.comparator.op == "approx"
    assert case.comparator.abs == pytest.approx(absolute)
    assert case.call == ["call", None, "f", [["int", "2"]], {}]


def test_floats_without_a_tolerance_leave_it_to_the_policy() -> None:
    """`f(1) == 0.1` states no tolerance, so the case states none."""
    comparator = only("f(1) == 0.1").comparator
    assert (comparator.op, comparator.abs, comparator.rel) == ("eq", None, None)


@pytest.mark.parametrize(
    ("text", "kind", "match", "any_error"),
    [
        ("f(1) raises ValueError", "ValueError", None, False),
        ("f(1) raises a ValueError when n is negative", "ValueError", None, False),
        ("f(1) raises ValueError('bad n')", "ValueError", "bad n", False),
        ("f(1) raises ValueError with message 'bad'", "ValueError", "bad", False),
        ("f(1) -> ValueError", "ValueError", None, False),
        ("f(1) raises an error", None, None, True),
        ("f(1) raises Exception", "Exception", None, True),
        ("f(1) raises", None, None, True),
    ],
)
def test_errors(text: str, kind: str | None, match: str | None, any_error: bool) -> None:
    """An error has a type and a message only where the sketch gives them (S0-14)."""
    raises = only(text).raises
    assert raises is not None
    assert (raises.type, raises.match, raises.any_error) == (kind, match, any_error)


@pytest.mark.parametrize(
    ("text", "arguments", "confidence"),
    [
        ("1, 2 -> 3", [["int", "1"], ["int", "2"]], 1.0),
        ("(1, 2) -> 3", [["int", "1"], ["int", "2"]], 0.8),
        ("n=5, base=2 -> 3", [["int", "5"], ["int", "2"]], 1.0),
        ("[1, 2] -> 3", [["list", [["int", "1"], ["int", "2"]]]], 1.0),
    ],
)
def test_readings_of_bare_arguments(text: str, arguments: Any, confidence: float) -> None:
    """Two readings that both fit are settled by arity, and say so by their confidence (S0-14)."""
    case = only(text)
    assert case.call == ["call", None, "f", arguments, {}]
    assert case.origin.confidence == confidence


def test_a_guessed_entry_point_is_less_sure() -> None:
    """With several functions, arguments alone go to the last of them, and are less sure of it."""
    code = "def alpha(a): return a\ndef beta(a): return -a\n"
    case = only("5 -> -5", code)
    assert (case.call[2], case.origin.confidence) == ("beta", 0.6)  # type: ignore[index]
    assert only("test_alpha: 5 -> 5", code).call[2] == "alpha"  # type: ignore[index]
    assert only("5 -> 5", code, instruction="Write `alpha(a)`.").call[2] == "alpha"  # type: ignore[index]


STACK = """
class Stack:
    def __init__(self): self.d = []
    def push(self, x): self.d.append(x)
    def pop(self): return self.d.pop()
    def is_empty(self): return not self.d
"""


def test_every_step_of_a_sequence_is_kept() -> None:
    """What earlier assertions called has been called before the later ones (S0-14)."""
    spec = spec_of("after push(5), pop() returns 5 and is_empty() returns True", STACK)
    assert len(spec.cases) == 2
    assert [s[0] for s in spec.cases[1].setup] == ["new", "do", "do"]


@pytest.mark.parametrize(
    "text", ["s.push(1) -> None", "push 1 and look", "s = Stack(); t.pop() == 1"]
)
def test_objects_that_were_never_made_are_not_guessed(text: str) -> None:
    """A step on an unknown object gives no case."""
    assert spec_of(text, STACK).cases == ()


def test_asserted_steps_are_not_taken_for_actions() -> None:
    """`assert s.is_empty()` in a sequence is a case, not a call without an answer."""
    spec = spec_of("s = Stack(); assert s.is_empty(); s.push(1); assert not s.is_empty()", STACK)
    assert [c.comparator.op for c in spec.cases] == ["truthy", "falsy"]


def test_expectations_do_not_enter_the_setup() -> None:
    """A variable that only holds what is expected is written out, and is no step of the case."""
    body = "def test_x():\n    expected = [1, 2]\n    n = 3\n    got = f(n)\n    assert got == expected"
    case = only(body)
    assert case.expect == ["list", [["int", "1"], ["int", "2"]]]
    assert [s[1] for s in case.setup] == ["n", "got"]


def test_a_statement_that_is_not_understood_ends_its_test() -> None:
    """After a loop nobody knows the state: the rest of that test is refused, not guessed."""
    body = (
        "def test_a():\n    s = Stack()\n    for i in range(3):\n        s.push(i)\n"
        "    assert s.pop() == 2\n\ndef test_b():\n    assert Stack().is_empty()"
    )
    spec = spec_of(body, STACK)
    assert [c.name for c in spec.cases] == ["test_b"]
    assert "    assert s.pop() == 2" in [u.text for u in spec.unresolved]


def test_curly_quotes_inside_a_value_stay() -> None:
    """A typographic apostrophe that is content is not made straight (S0-14)."""
    case = only('f("it’s") == "it’s"')
    assert case.expect == ["str", "it’s"]
    assert only("f(“it’s”) == “its”").call[3] == [["str", "it’s"]]  # type: ignore[index]


def test_relations_inside_strings_do_not_count() -> None:
    """Arrows and equals signs inside quotes are text."""
    case = only("'x -> y' -> 'z == w'")
    assert case.expect == ["str", "z == w"]


def test_definitions_are_not_examples() -> None:
    """Where the text defines f(n) = ..., a line f(1) = 3 is part of the definition."""
    assert spec_of("f(1) = 3\nf(n) = 1 + n / 2").cases == ()


@pytest.mark.parametrize(
    ("language", "code", "text", "expect"),
    [
        ("go", "package main\nfunc F(a int) []int { return nil }", "F(1) == {1, 2}",
         ["list", [["int", "1"], ["int", "2"]]]),
        ("go", "package main\nfunc F(a int) map[string]int { return nil }", "F(1) -> {}",
         ["map", []]),
        ("cpp", "std::map<std::string,int> F(int a) { return {}; }", 'F(1) == {{"a", 1}}',
         ["map", [[["str", "a"], ["int", "1"]]]]),
        ("cpp", "char F(int a) { return 'a'; }", "F(1) == 'a'", ["char", "a"]),
        ("java", "class A { static Set<Integer> F(int a) { return null; } }", "F(1) -> {1}",
         ["set", [["int", "1"]]]),
        ("rust", "pub fn f(a: i32) -> Result<i32, String> { Ok(a) }", "f(1) == Ok(1)",
         ["ok", ["int", "1"]]),
        ("javascript", "function f(a) { return a }", "f(1) === {a: 1}",
         ["map", [[["str", "a"], ["int", "1"]]]]),
        ("javascript", "function f(a) { return a }", "f(`x`) → `y`", ["str", "y"]),
    ],
)  # fmt: skip
def test_types_settle_braces(language: str, code: str, text: str, expect: Any) -> None:
    """Braces are a list, a set or a map as the declared type has it."""
    assert only(text, code, language).expect == expect


def test_origin_ids_and_reproducibility() -> None:
    """Every case has its own id, its line and the line's own text; twice the same spec (S0-14)."""
    text = "intro\n- test_a: f(1) == 1\n- test_b: f(2) == 2; f(3) == 3"
    spec = spec_of(text)
    assert [c.id for c in spec.cases] == ["c1", "c2", "c3"]
    assert [c.origin.line for c in spec.cases] == [2, 3, 3]
    assert [c.origin.text for c in spec.cases] == [text.split("\n")[i] for i in (1, 2, 2)]
    assert spec.digest() == spec_of(text).digest()


def test_program_cases() -> None:
    """A program is given its input and held to what it writes."""
    code = "import sys\nprint(sum(int(x) for x in sys.stdin.read().split()))\n"
    case = only("Input:\n1 2\n3\nOutput:\n6", code)
    assert (case.stdin, case.expect, case.comparator.op) == ("1 2\n3\n", ["str", "6"], "stdout")
    assert case.call is None


def test_methods_of_a_home_class_are_called_on_an_instance() -> None:
    """`class Solution` is a home for its method: the case makes the instance."""
    code = "class Solution:\n    def two(self, nums, target):\n        return []\n"
    case = only("Input: nums = [1], target = 2\nOutput: []", code)
    assert case.call is not None
    assert case.call[1] == ["call", None, "Solution", [], {}]
    assert case.call[2] == "two"
