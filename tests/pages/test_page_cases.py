"""What was found is held against what is expected strictly, and by the sketch's own comparator."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.pages.cases import OPS, PageCase, PageComparator, colour, compare
from runners.pages.steps import PageProbe


def held(op: str, expect: Any, found: Any, *, exact: bool = False) -> bool:
    case = PageCase("c1", 1, "", (), PageProbe("text"), expect, PageComparator(op, exact))
    return compare(case, found)[0]


@pytest.mark.parametrize(
    ("op", "expect", "found"),
    [
        ("eq", "3 items", " 3\n items "), ("eq", 3, 3), ("eq", True, True), ("ne", "a", "b"),
        ("contains", "milk", '["milk"]'), ("contains", "dark", ["a", "dark"]),
        ("notcontains", "dark", ["a"]), ("shows", "5", "Total: 5"), ("shows", "5", "5."),
        ("shows", "$5", "now $5 only"), ("shows", "-5", "is -5"), ("notshows", "5", "15"),
        ("startswith", "ab", "abc"), ("json", ["milk"], ' [ "milk" ]'), ("gt", 3, "4"), ("le", 3, 3),
        ("none", None, None), ("none", None, []), ("some", None, "x"),
        ("colour", "#1a1a1a", "rgb(26, 26, 26)"), ("colour", "red", "rgba(255, 0, 0, 1)"),
        ("anycontains", "/api", ["http://localhost/api/x"]),
        ("notanycontains", "/api", ["http://localhost/"]),
    ],
)  # fmt: skip
def test_what_is_as_expected(op: str, expect: Any, found: Any) -> None:
    """White space runs count as one, numbers of a text are numbers where an order is asked for."""
    assert held(op, expect, found)


@pytest.mark.parametrize(
    ("op", "expect", "found"),
    [
        ("eq", "3", 3), ("eq", 1, True), ("eq", True, 1), ("eq", "a", "A"), ("eq", "a", None),
        ("ne", "a", None), ("contains", "dar", ["dark"]), ("contains", "a", None),
        ("notcontains", "a", None), ("shows", "5", "15"), ("shows", "5", "5.5"), ("shows", "5", "-5"),
        ("shows", "5", "1,5"), ("shows", "", "abc"), ("shows", "Add", "Added"), ("gt", 3, "4 items"),
        ("gt", 0, True), ("json", [1], "[true]"), ("json", ["milk"], "milk"), ("some", None, 0),
        ("none", None, "x"), ("colour", "red", "rgb(254, 0, 0)"), ("colour", "mauve-ish", "red"),
        ("anycontains", "/api", []), ("startswith", "b", "abc"),
    ],
)  # fmt: skip
def test_what_is_not(op: str, expect: Any, found: Any) -> None:
    """No type is turned into another, no part taken for a whole, and nothing found is no pass."""
    assert not held(op, expect, found)


def test_exact_counts_white_space() -> None:
    """textContent is compared to the letter."""
    assert held("eq", " a", " a", exact=True)
    assert not held("eq", "a", " a", exact=True)


def test_the_sentence_tells_both_sides() -> None:
    """Found and expected stand in the detail."""
    case = PageCase("c1", 1, "", (), PageProbe("text"), "3", PageComparator("shows"))
    assert compare(case, "4") == (False, 'found "4", not expected: shows "3"')


def test_colours() -> None:
    """Names, hex and functions are one colour."""
    assert colour("#FFF") == colour("white") == colour("rgb(255 255 255)") == (255, 255, 255, 1.0)
    assert colour("transparent") == colour("rgba(0, 0, 0, 0)")
    assert colour("linear-gradient(red, blue)") is None


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=5,
)


@given(st.sampled_from(OPS), PLAIN, PLAIN)
def test_any_answer_of_a_page_can_be_compared(op: str, expect: Any, found: Any) -> None:
    """What a page sends back may be anything: never an exception."""
    assert isinstance(held(op, expect, found), bool)
