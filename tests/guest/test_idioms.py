"""Common test idioms work across the split: right code passes, wrong code does not."""

from __future__ import annotations

import ast

import pytest

from runners.base import Suite
from runners.suites import base_name, roster
from tests.guest.conftest import outcomes
from tests.guest.idioms import IDIOMS, Idiom


@pytest.mark.parametrize("name", IDIOMS)
def test_right_code_passes_and_wrong_code_fails(name: str, tmp_path: object) -> None:
    """Every test on the roster passes for right code, and at least one fails for wrong."""
    idiom: Idiom = IDIOMS[name]
    assert idiom.old in idiom.right
    wrong = idiom.right.replace(idiom.old, idiom.new, 1)
    ast.parse(wrong)
    expected = roster(Suite(source=idiom.suite, kind="pytest"))
    right = outcomes(idiom.suite, idiom.right)
    assert set(right.values()) == {"passed"}, right
    assert {base_name(test) for test in right} == set(expected or ())
    assert set(outcomes(idiom.suite, wrong).values()) != {"passed"}


@pytest.mark.parametrize("name", IDIOMS)
def test_native_mode_agrees(name: str) -> None:
    """The fall-back runs the same suites in one interpreter and comes to the same outcomes."""
    idiom = IDIOMS[name]
    right = outcomes(idiom.suite, idiom.right, mode="native")
    assert set(right.values()) == {"passed"}, right
    wrong = idiom.right.replace(idiom.old, idiom.new, 1)
    assert set(outcomes(idiom.suite, wrong, mode="native").values()) != {"passed"}
