"""The escapes that a model wrote once too often, and those that it meant."""

from __future__ import annotations

import ast

import pytest

from harness.repair import repair_row
from harness.repair.escapes import unescape_once

ESCAPED = "import re\\n\\ndef f(t):\\n    return re.sub(r'[^a-z\\\\s]', '', t)"


def kinds(done):
    return [(repair.kind, repair.field) for repair in done.repairs]


def test_undoes_one_level_only():
    """One level of escapes is undone, so a doubled backslash is one backslash afterwards (S0)."""
    assert unescape_once(r"a\\s\n\"b\"\u00e9\d") == 'a\\s\n"b"é\\d'


def test_never_makes_half_a_character():
    """Escapes of a surrogate pair become its character; half of one leaves the text as it was."""
    assert unescape_once(r"\ud83d\ude00\n") == "😀\n"
    assert unescape_once(r"\ud83d\n") == r"\ud83d\n"


def test_python_that_parses_only_afterwards():
    """Python on one line with literal backslash-n is unescaped once, then parses (S0 example)."""
    done = repair_row({"code": ESCAPED, "sketch": r"f('a b')\nf('c') -> 'c'"}, language="python")
    assert kinds(done) == [("unescape_once", "code"), ("unescape_once", "sketch")]
    ast.parse(done.texts["code"])
    assert r"[^a-z\s]" in done.texts["code"]
    assert done.texts["sketch"].count("\n") == 1


@pytest.mark.parametrize(
    "code",
    [
        'print("a\\nb")',
        'def f():\n    return "a\\nb"',
        "def broken(:\\n    pass",
        "x = 1",
    ],
)
def test_python_that_is_left_alone(code):
    """Code that parses, has real line ends, or is no better afterwards is not touched."""
    done = repair_row({"code": code}, language="python")
    assert done.texts["code"] == code
    assert not kinds(done)


@pytest.mark.parametrize(
    ("language", "code", "repaired"),
    [
        ("html", "<!DOCTYPE html>\\n<html>\\n</html>", True),
        ("html", "<!DOCTYPE html><script>x = '<p>\\n</p>'</script>", False),
        ("javascript", "function f() {\\n  return 1;\\n}", True),
        ("rust", "fn f<'a>(x: &'a str) -> &'a str {\\n    x\\n}", True),
        ("javascript", "const f = (s) => s.split(/\\n/g).map((l) => l.trim())", False),
        ("javascript", 'console.log("a\\nb");', False),
        ("bash", "tr ';' '\\n'", False),
    ],
)
def test_other_languages_need_proof(language, code, repaired):
    """Without a parser only a bare backslash-n beside a brace or semicolon is a lost line end."""
    done = repair_row({"code": code}, language=language)
    assert bool(kinds(done)) is repaired
    assert ("\n" in done.texts["code"]) is repaired


def test_escaped_inside_of_a_fence():
    """Code that was fenced and then escaped loses both, in two recorded steps."""
    done = repair_row({"code": "```python\\r\\nx = 1\\r\\ny = 2\\r\\n```"}, language="python")
    assert done.texts["code"] == "x = 1\ny = 2"
    assert kinds(done) == [("unescape_once", "code"), ("fence", "code")]


def test_the_answer_is_proof_for_its_code():
    """An escaped fence in the response proves the same for code in a language without a parser."""
    done = repair_row(
        {"code": "add() -> int\\nmore", "response": "Text.\\n\\n```go\\nadd() -> int\\nmore\\n```"},
        language="go",
    )
    assert kinds(done) == [("unescape_once", "code"), ("unescape_once", "response")]
    assert done.texts["code"] == "add() -> int\nmore"


@pytest.mark.parametrize(
    ("sketch", "repaired"),
    [
        ("test_a: f(1) -> 2\\ntest_b: f(2) -> 3", True),
        ("- one\\n- two", True),
        ("test_split: 'a\\nb' -> ['a', 'b']", False),
        ("handles \\n and \\t in the text", False),
        ("it doesn't fail\\nf(1) -> 2", True),
        ("a\\nb\nc", False),
    ],
)
def test_sketch_by_itself(sketch, repaired):
    """A sketch is split where a bare backslash-n starts a line, never inside a quoted value."""
    done = repair_row({"sketch": sketch})
    assert (done.texts["sketch"] != sketch) is repaired
    assert bool(kinds(done)) is repaired
