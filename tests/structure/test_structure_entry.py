"""What is under test: each rule of the choice, and where none is made."""

from __future__ import annotations

import pytest

from harness.structure import entry_of, read_structure

TWO = "def helper(a): return a\n\ndef other(b): return b\n\ndef last(c): return helper(c)\n"


def choose(
    code: str, instruction: str = "", named: str = "", language: str = "python"
) -> tuple[str, str, str]:
    found = entry_of(read_structure(code, language), instruction, named)
    return found.kind, found.name, found.reason


@pytest.mark.parametrize(
    ("code", "instruction", "named", "expected"),
    [
        (TWO, "", "other", ("function", "other", "named")),
        (TWO, "Write `other(b)`.", "", ("function", "other", "backticks")),
        (TWO, "Write `nothing` here", "", ("function", "last", "last")),
        (TWO, "", "missing", ("function", "last", "last")),
        ("def one(): pass\ndef _private(): pass", "", "", ("function", "one", "only")),
        ("class A:\n    def __init__(self, n): pass\n    def go(self): pass", "", "",
         ("class", "A", "only")),
        ("class Solution:\n    def two(self, a): pass", "", "", ("function", "two", "only")),
        ("class Solution:\n    def two(self, a): pass\n    def aid(self): pass", "Do `two`.", "",
         ("function", "two", "backticks")),
        ("class A:\n    def go(self): pass", "", "A.go", ("function", "go", "named")),
        ("class A(B):\n    def go(self): pass\n    def on(self): pass\nclass B:\n    def go(self): pass\n", "", "",
         ("class", "A", "last")),
        ("print(sum(map(int, input().split())))", "", "", ("program", "", "program")),
        ("def main():\n    print(input())\nmain()", "", "", ("program", "", "program")),
        ("print('hello')", "", "", ("program", "", "program")),
        ("x = 1", "", "", ("none", "", "empty")),
        ("", "", "", ("none", "", "empty")),
        ("class A:\n    def f(self): pass\n    def h(self): pass\n"
         "class B:\n    def g(self): pass\n    def h(self): pass", "", "", ("none", "", "ambiguous")),
    ],
)  # fmt: skip
def test_rules(code: str, instruction: str, named: str, expected: tuple[str, str, str]) -> None:
    """Named, backticks, the only one, the last that no other calls, the program, or none."""
    assert choose(code, instruction, named) == expected


def test_rivals_are_counted() -> None:
    """A choice among several says how many others there were."""
    assert entry_of(read_structure(TWO, "python")).rivals == 1
    assert entry_of(read_structure(TWO, "python"), "`last`").rivals == 0


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("go", "package main\nfunc aid() {}\nfunc Do(a int) int { return a }\nfunc main() {}", "Do"),
        ("rust", "fn aid() {}\npub fn run(a: i32) -> i32 { a }\nfn main() {}", "run"),
        ("java", "class S { static int f(int a) { return a; } public static void main(String[] a) {} }", "f"),
        ("cpp", "static int aid() { return 1; }\nint run(int a) { return aid(); }\nint main() {}", "run"),
        ("javascript", "function aid() {}\nfunction run(a) { return aid(); }\nmodule.exports = run;", "run"),
    ],
)  # fmt: skip
def test_other_languages(language: str, code: str, expected: str) -> None:
    """What is public, and not main, is the entry in every language."""
    assert choose(code, language=language)[:2] == ("function", expected)
