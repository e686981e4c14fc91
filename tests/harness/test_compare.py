"""The comparison on the host: what counts as the same, under both policies of types."""

from __future__ import annotations

from typing import Any

import pytest

from harness.compare import check
from harness.models import Policy
from harness.sketch.spec import Case, Comparator, Raises
from runners.base import Answer
from runners.guest.codec import encode

POLICY = Policy()


def same(
    expected: Any, actual: Any, *, types: str = "sketch", op: str = "eq", **extra: Any
) -> bool:
    case = Case(id="c", expect=encode(expected), comparator=Comparator(op=op, types=types, **extra))
    return check(case, Answer(case_id="c", value=encode(actual)), POLICY).ok


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (3, 3), (3, 3.0), (0.3, 0.1 + 0.2), ("a", "a"), (None, None), ([1, 2], (1, 2)),
        ((1, 2), [1, 2]), ([1, [2, 3]], (1, (2, 3))), ({1, 2}, {2, 1}), ({"a": [1]}, {"a": (1,)}),
        (10**30, 10**30), (float("nan"), float("nan")), (True, True), ({}, {}), ([], ()),
        ({1: "x"}, {1: "x"}), (b"ab", bytearray(b"ab")),
    ],
)  # fmt: skip
def test_a_sketch_accepts_what_its_author_meant(expected: Any, actual: Any) -> None:
    """Lists may be tuples, 3 may be 3.0, floats are near, sets have no order."""
    assert same(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, True), (True, 1), (0, False), (False, 0), ([1], [True]), (3, "3"), ("3", 3), (None, 0),
        (None, ""), ([1, 2], [2, 1]), ([1, 2], {1, 2}), ({1, 2}, [1, 2]), ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": 1, "b": 2}), (0.3, 0.31), (10**30, 10**30 + 1), (1.0, float("nan")),
        ("", []), ({}, []), ({1: "x"}, {True: "x"}), (float("inf"), 1e308), ([True], [1]),
    ],
)  # fmt: skip
def test_a_sketch_rejects_what_only_looks_alike(expected: Any, actual: Any) -> None:
    """A bool is never a number, order counts in sequences, and sets are not lists."""
    assert not same(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [(1, True), (1, 1.0), ([1], [1]), ((1,), (1,)), ({1: 2}, {1: 2}), (0.5, 0.5), ({1}, {1})],
)
def test_python_types_say_what_python_says(expected: Any, actual: Any) -> None:
    """For a Python suite, equality is exactly == over plain values."""
    assert expected == actual
    assert same(expected, actual, types="python")


@pytest.mark.parametrize(
    ("expected", "actual"), [([1], (1,)), (0.3, 0.1 + 0.2), ("1", 1), (float("nan"), float("nan"))]
)
def test_python_types_are_no_laxer_than_python(expected: Any, actual: Any) -> None:
    """A list is not a tuple and floats have no tolerance in a Python suite."""
    assert expected != actual
    assert not same(expected, actual, types="python")


class _Liar:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class _LyingInt(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


@pytest.mark.parametrize("liar", [_Liar(), _LyingInt(7), [_Liar()], type("S", (str,), {})("x")])
@pytest.mark.parametrize("types", ["sketch", "python"])
def test_objects_that_claim_to_be_equal_equal_nothing(liar: Any, types: str) -> None:
    """No __eq__ of the code under test is ever asked."""
    for expected in (3, "x", [3], None, True):
        assert not same(expected, liar, types=types)


def test_comparators() -> None:
    """Each operation holds where it should and fails where it should."""
    assert same(3, [1, 2, 3], op="len") and not same(2, [1, 2, 3], op="len")
    assert same(2, [1, 2], op="contains") and not same(5, [1, 2], op="contains")
    assert same("b", "abc", op="contains") and not same("b", ["abc"], op="contains")
    assert same([1, 2], [2, 1], op="unordered") and not same([1, 1], [1, 2], op="unordered")
    assert same(3.14, 3.14159, op="approx", abs=0.01)
    assert not same(3.14, 3.15159, op="approx", abs=0.01)
    assert same(2, 3, op="gt") and not same(3, 3, op="gt") and same(3, 3, op="ge")
    assert not same(2, "3", op="gt")
    assert same(None, [1], op="truthy") and not same(None, [], op="truthy")
    assert same(None, "", op="falsy") and not same(None, _Liar(), op="falsy")
    assert same(2, 3, op="ne") and not same(2, 2, op="ne") and not same(2, _Liar(), op="ne")
    assert same("int", 3, op="isinstance") and not same("int", "3", op="isinstance")


def test_errors_are_matched_by_their_type_and_a_given_message() -> None:
    """raises holds for the type and its subclasses, and for the message only where one is given."""

    def raised(wanted: Raises, kind: str, *mro: str, message: str = "boom") -> bool:
        names = [f"builtins.{kind}", *(f"builtins.{m}" for m in mro), "builtins.Exception"]
        case = Case(id="c", raises=wanted, comparator=Comparator(op="raises"))
        error = {"type": kind, "mro": names, "message": message}
        return check(case, Answer(case_id="c", error=error), POLICY).ok

    assert raised(Raises(type="ValueError"), "ValueError")
    assert raised(Raises(type="LookupError"), "KeyError", "LookupError")
    assert not raised(Raises(type="ValueError"), "TypeError")
    assert raised(Raises(type="ValueError", match="bo"), "ValueError")
    assert not raised(Raises(type="ValueError", match="no"), "ValueError")
    assert raised(Raises(any_error=True), "ZeroDivisionError")
    assert not raised(Raises(any_error=True), "NameError")
    case = Case(id="c", raises=Raises(type="ValueError"), comparator=Comparator(op="raises"))
    assert not check(case, Answer(case_id="c", value=["null"]), POLICY).ok


@pytest.mark.parametrize(
    "value",
    [
        ["int", "x"], ["list", 3], ["no-such-tag"], [], ["map", [[1]]], ["float", "zz"], ["str", 3],
        ["int", None], ["bool", 1], [[["int"]]], ["record", "a", 3, "tuple"], ["date", "never"],
    ],
)  # fmt: skip
def test_a_malformed_answer_is_a_failed_case(value: list[Any]) -> None:
    """Whatever bytes an attacker sends, the comparison answers no and does not raise."""
    case = Case(id="c", expect=["int", "1"])
    assert not check(case, Answer(case_id="c", value=value), POLICY).ok


def test_a_deep_answer_is_a_failed_case() -> None:
    """Nesting cannot overflow the host."""
    value: list[Any] = ["null"]
    for _ in range(5000):
        value = ["list", [value]]
    case = Case(id="c", expect=["int", "1"])
    assert not check(case, Answer(case_id="c", value=value), POLICY).ok


def test_printed_text_is_compared_without_trailing_space() -> None:
    """Programs are compared by lines, ends of lines not counted."""
    case = Case(id="c", stdin="", expect=["str", "1 2\n3\n"], comparator=Comparator(op="stdout"))
    assert check(case, Answer(case_id="c", printed="1 2  \n3\n\n"), POLICY).ok
    assert not check(case, Answer(case_id="c", printed="1 2\n4\n"), POLICY).ok
