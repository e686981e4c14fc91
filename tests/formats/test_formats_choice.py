"""Every layout is told by its fields, and read into the same record."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.formats import Unreadable, available, choose
from harness.formats.suites import is_python_suite, suite_kind, without_check_call
from harness.models import Language, Pair, Place

PLACE = Place(file="d/some-rows.jsonl.gz", line=3)
HUMANEVAL = {
    "task_id": "HumanEval/0",
    "prompt": 'def f(x: int) -> int:\n    """Same.\n    >>> f(1)\n    1\n    """\n',
    "canonical_solution": "    return x\n",
    "test": "def check(candidate):\n    assert candidate(1) == 1\n",
    "entry_point": "f",
}
PACK = {
    **HUMANEVAL,
    "task_id": "Python/0",
    "buggy_solution": "    return x + 1\n",
    "bug_type": "excess logic",
    "instruction": "Write f.",
    "test": "def check(f):\n    assert f(1) == 1\n\ncheck(f)",
}
MBPP = {
    "task_id": 11,
    "text": "Write a function to double.",
    "code": "def helper(x):\n    return x\n\ndef double(x):\n    return 2 * helper(x)",
    "test_setup_code": "import math",
    "test_list": ["assert double(1) == 2", "assert double(2) == 4"],
    "challenge_test_list": [],
}
PAGE = {
    "variant_id": 0,
    "task_id": 0,
    "variant_type": "Color Scheme",
    "class": "Data Science",
    "sub_category": "3D Data Visualization",
    "original_task": "Plot",
    "variant_task": "Plot in the dark",
    "code": "<!DOCTYPE html>\n<html></html>",
}
RESPONSE = {
    "instruction": "Write f.",
    "style_constraints": "",
    "domain_hint": "",
    "response_text": "It is.\n\n```python\ndef f():\n    return 1\n```",
    "would_refuse": False,
    "refusal_reason": "",
    "disambiguation": "",
    "self_assessment": {
        "addresses_instruction": "high",
        "factual_risk": "low",
        "length_appropriate": True,
    },
    "decision_basis": "Fine.",
}
ATTACK = {
    "id": "ATK-1",
    "language": "python",
    "category": "vacuous-tests",
    "task": "slugify(text)",
    "solution": "def slugify(text):\n    return text\n",
    "tests": "from solution import slugify\ndef test_a():\n    slugify('a')\n",
    "expected_verdict": "reject",
    "flags": ["-O"],
}
PLAIN = {
    "id": "a",
    "language": "py",
    "instruction": "Write f.",
    "code": "def f():\n    return 1",
    "tests": "from solution import f\n\ndef test_f():\n    assert f() == 1\n",
    "entry_point": "f",
    "source": "mine",
}


def read(row, name=None):
    adapter = available()[name] if name else choose(row)
    assert adapter is not None
    return adapter.read(row, PLACE)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (HUMANEVAL, "humaneval"),
        ({**HUMANEVAL, "completion": "    return x\n"}, "humaneval"),
        (PACK, "humanevalpack"),
        ({**HUMANEVAL, "base_input": [[1]], "plus_input": [[2]], "atol": 0}, "humanevalplus"),
        (MBPP, "mbpp"),
        (PAGE, "frontcoder"),
        (RESPONSE, "response"),
        ({"input": {"instruction": "x"}, "output": RESPONSE}, "response"),
        (ATTACK, "attacks"),
        (PLAIN, "native"),
        (
            {"instruction": "i", "response": "```py\nx\n```", "code": "x", "test_sketch": "s"},
            "native",
        ),
        ({"instruction": "i", "input": "", "output": "```py\nx\n```"}, "native"),
        ({"question": "q", "response": "```py\nx\n```"}, "native"),
    ],
)
def test_chosen_by_fields(row, name):
    """The layout is chosen from the fields alone."""
    adapter = choose(row)
    assert adapter is not None
    assert adapter.name == name
    assert read(row).format == name


@pytest.mark.parametrize("row", [{}, {"a": 1}, {"instruction": "only"}, {"code": ""}])
def test_nothing_fits(row):
    """Fields of no layout choose no layout."""
    assert choose(row) is None


def test_humaneval():
    """HumanEval: prompt and solution are the code, the docstring the sketch, check the suite."""
    pair = read(HUMANEVAL)
    assert pair.id == "HumanEval/0"
    assert pair.code == HUMANEVAL["prompt"] + HUMANEVAL["canonical_solution"]
    assert pair.sketch == "Same.\n>>> f(1)\n1"
    assert pair.suite is not None
    assert (pair.suite.kind, pair.entry_point) == ("check", "f")


def test_humaneval_completion_that_repeats_the_prompt():
    """A completion that is a whole program is not put behind the prompt again."""
    whole = "def f(x):\n    return x\n"
    row = {key: value for key, value in HUMANEVAL.items() if key != "canonical_solution"}
    assert read({**row, "completion": whole}).code == whole


def test_humanevalpack():
    """The pack's check loses its last call, which its runner makes; the rest stays."""
    pair = read(PACK)
    assert pair.language == Language(name="python")
    assert pair.instruction == "Write f."
    assert pair.suite is not None
    assert pair.suite.kind == "check"
    assert pair.suite.source == "def check(f):\n    assert f(1) == 1\n"
    assert pair.metadata["bug_type"] == "excess logic"


def test_humanevalpack_buggy_only_when_named():
    """The buggy solutions are read under their own ids, and never chosen unasked."""
    pair = read(PACK, "humanevalpack-buggy")
    assert pair.id == "Python/0:buggy"
    assert pair.code.endswith("return x + 1\n")
    assert available()["humanevalpack-buggy"].score(PACK) == 0


def test_humanevalpack_in_another_language():
    """Rows in other languages keep their tests as metadata and have no suite."""
    pair = read({**PACK, "task_id": "CPP/0", "docstring": "Same."})
    assert pair.language.name == "cpp"
    assert pair.suite is None
    assert pair.metadata["test_source"] == PACK["test"]
    assert pair.sketch == "Same."


def test_humanevalpack_language_from_the_file():
    """Where the task_id names no language the file does."""
    adapter = available()["humanevalpack"]
    place = Place(file="x/humanevalpack-rust.jsonl.gz", line=1)
    assert adapter.read({**PACK, "task_id": "0"}, place).language.name == "rust"


def test_humanevalplus_without_test():
    """EvalPlus's own rows may have no test; inputs and tolerance are kept."""
    row = {key: value for key, value in HUMANEVAL.items() if key != "test"}
    pair = read({**row, "base_input": [[1]], "plus_input": [[2]], "atol": 1e-6, "contract": ""})
    assert pair.suite is None
    assert pair.metadata == {"base_input": [[1]], "plus_input": [[2]], "atol": 1e-6, "contract": ""}


def test_mbpp():
    """MBPP: assertions are a script after their setup, and name the entry point."""
    pair = read(MBPP)
    assert (pair.id, pair.entry_point) == ("Mbpp/11", "double")
    assert pair.suite is not None
    assert pair.suite.kind == "script"
    assert pair.suite.source == "import math\nassert double(1) == 2\nassert double(2) == 4"


def test_frontcoder():
    """S2-7: a page under its variant's task; anything but a whole document is noted."""
    pair = read(PAGE)
    assert (pair.id, pair.language.name, pair.instruction) == (
        "variant-0",
        "html",
        "Plot in the dark",
    )
    assert pair.metadata["original_task"] == "Plot"
    assert not pair.notes
    cut = read({**PAGE, "code": "<!DOCTYPE html>\n<html><body>"})
    assert cut.notes == ("S2-7: code is not a full HTML document",)
    wrapped = read({**PAGE, "code": "```html\n" + PAGE["code"] + "\n```"})
    assert wrapped.code == PAGE["code"]
    assert [repair.kind for repair in wrapped.repairs] == ["fence"]


def test_response():
    """S1-1, S1-2: an answer with a code block is a pair of the block's language."""
    pair = read(RESPONSE)
    assert pair.code == "def f():\n    return 1"
    assert pair.language.name == "python"
    assert pair.claims.would_refuse is False
    assert pair.metadata["self_assessment"]["factual_risk"] == "low"


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"refusal_reason": "harm"}, "S1-3: refusal_reason must be given if and only if"),
        ({"would_refuse": "no"}, "S1-2: would_refuse is not a boolean"),
        ({"self_assessment": None}, "S1-2: self_assessment is missing or not an object"),
        ({"self_assessment": {"factual_risk": "none"}}, "S1-2: factual_risk is not one of"),
    ],
)
def test_response_rules(change, note):
    """Broken rules of the response card become notes that name them (S1-2, S1-3)."""
    assert any(line.startswith(note) for line in read({**RESPONSE, **change}).notes)


def test_response_without_code():
    """Prose is no code pair; a refusal is kept for the refusal rates (S1-9)."""
    with pytest.raises(Unreadable) as caught:
        read({**RESPONSE, "response_text": "Just prose."})
    assert caught.value.reason == "no_code"
    refusal = {"response_text": "No.", "would_refuse": True, "refusal_reason": "harm"}
    assert read({**RESPONSE, **refusal}).claims.would_refuse is True


def test_attack():
    """An attack's Python tests are a suite; what else it says is metadata."""
    pair = read(ATTACK)
    assert pair.suite is not None
    assert pair.suite.kind == "pytest"
    assert (pair.code, pair.code_only) == (ATTACK["solution"], None)
    assert pair.metadata["expected_verdict"] == "reject"
    assert pair.metadata["flags"] == ["-O"]


def test_attack_with_a_response():
    """Where a response is given the solution is the pair's own copy of the code (S0-8)."""
    pair = read({**ATTACK, "response": "T.\n```python\ndef slugify(t): return t\n```"})
    assert pair.code_only == pair.code == ATTACK["solution"]


def test_attack_tests_that_are_no_python_suite():
    """Prose becomes the sketch; tests of another language are kept as metadata."""
    assert read({**ATTACK, "tests": "test_a: 'a' -> 'a'"}).sketch == "test_a: 'a' -> 'a'"
    other = read({**ATTACK, "language": "javascript", "tests": "require('assert')"})
    assert (other.sketch, other.suite) == ("", None)
    assert other.metadata["test_source"] == "require('assert')"


def test_native():
    """A plain row: aliases of names, tests as a suite, the rest as metadata."""
    pair = read(PLAIN)
    assert (pair.language.name, pair.entry_point, pair.metadata) == (
        "python",
        "f",
        {"source": "mine"},
    )
    assert pair.suite is not None
    assert pair.suite.kind == "pytest"
    assert pair.code_only is None


@pytest.mark.parametrize("key", ["unit_tests", "test_cases", "test_list"])
@pytest.mark.parametrize("pack", [list, json.dumps])
def test_native_lists_of_assertions(key, pack):
    """Assertions as a list, or as a list inside a string, are one script."""
    row = {
        "question": "q",
        "solution": "def f():\n    return 1",
        key: pack(["assert f() == 1"] * 2),
    }
    pair = read(row)
    assert pair.suite is not None
    assert (pair.suite.kind, pair.suite.source) == ("script", "assert f() == 1\nassert f() == 1")


def test_native_input_belongs_to_the_instruction():
    """Rows in the Alpaca style: their input is part of what was asked."""
    row = {"instruction": "Sort it.", "input": "[3, 1]", "output": "```python\nx = 1\n```"}
    assert read(row).instruction == "Sort it.\n\n[3, 1]"


def test_a_dumped_pair_reads_back():
    """A Pair that was written as JSON reads back equal but for its place."""
    pair = read({**PLAIN, "code": "\ufeffx = 1"})
    again = read(pair.model_dump(mode="json"))
    assert again.model_copy(update={"origin": pair.origin}) == pair
    assert again.repairs
    odd = read({**pair.model_dump(mode="json"), "id": "a\nb"})
    assert odd.id == "a\\nb"


def test_no_id():
    """A row without an id is named by its file and line, the same every time."""
    row = {key: value for key, value in PLAIN.items() if key != "id"}
    assert read(row).id == "some-rows-3"
    assert read({**row, "id": {"no": "id"}}).id == "some-rows-3"


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("a\nb", "a\\nb"),
        ("x\u2028y", "x\\u2028y"),
        (" a ", "a"),
        (17, "17"),
        ("\x1b[1m", "\\x1b[1m"),
    ],
)
def test_ids_are_one_line(given, safe):
    """An id is one line without control characters."""
    assert read({**PLAIN, "id": given}).id == safe


def test_language_is_inferred_last():
    """Without a language the fence's tag counts, then the code itself; a note says which."""
    row = {"instruction": "i", "response": "```rust\nfn main() {}\n```"}
    assert read(row).language.name == "rust"
    assert read({"instruction": "i", "code": "```go\nx\n```"}).language.name == "go"
    assert read({"instruction": "i", "code": "<!doctype html><p>"}).language.name == "html"
    assert read({"instruction": "i", "code": "def f(): pass"}).language.name == "python"
    assert read({"instruction": "i", "code": "?"}).language.name == "unknown"
    assert "inferred" in read({"instruction": "i", "code": "?"}).notes[-1]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("def test_a():\n    pass", "pytest"),
        ("class TestA:\n    pass", "pytest"),
        ("import unittest\nclass A(unittest.TestCase):\n    pass", "pytest"),
        ("async def test_a():\n    pass", "pytest"),
        ("def check(candidate):\n    assert candidate(1)", "check"),
        ("def check(candidate):\n    def test_one():\n        pass\n    test_one()", "check"),
        ("assert f(1) == 1", "script"),
        ("def helper():\n    pass\n\nassert f(1) == 1", "script"),
    ],
)
def test_kinds_of_suites(source, kind):
    """Kinds: test functions and classes, a check, or statements."""
    assert suite_kind(source) == kind


@pytest.mark.parametrize(
    ("text", "suite"),
    [
        ("def test_a():\n  broken(", True),
        ("assert f(1) == 1", True),
        ("f(1) == 1", False),
        ("test_a: 1 -> 2", False),
        ("", False),
        ("a page with a button", False),
    ],
)
def test_suite_or_sketch(text, suite):
    """A text is a suite if it tests something in Python; else it is prose."""
    assert is_python_suite(text) is suite


def test_only_the_last_call_of_the_check_goes():
    """A call of the check elsewhere, or with something else, stays."""
    source = "def check(f):\n    assert f\n\ncheck(g)"
    assert without_check_call(source, "f") == source
    assert without_check_call("check(", "f") == "check("


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
known_rows = st.sampled_from([HUMANEVAL, PACK, MBPP, PAGE, RESPONSE, ATTACK, PLAIN])


@settings(deadline=None)
@given(known_rows, st.data())
def test_any_values_in_known_fields(row, data):
    """Whatever stands in a layout's fields, every adapter gives a pair or says Unreadable."""
    broken = {
        key: data.draw(json_values) if data.draw(st.booleans()) else value
        for key, value in row.items()
    }
    for adapter in available().values():
        assert 0 <= adapter.score(broken) <= 1
        try:
            pair = adapter.read(broken, PLACE)
        except Unreadable as error:
            assert error.reason
            assert error.detail
        else:
            assert Pair.model_validate(pair.model_dump(mode="json"))
            assert pair.id == " ".join(pair.id.splitlines())
