"""The pair generator's card (S0), in every shape in which it arrives."""

from __future__ import annotations

import ast
import json

import pytest

from harness.formats import Unreadable, available, choose
from harness.models import Language, Place

PLACE = Place(file="data/cards.jsonl", line=7)
CODE = "def f(x):\n    return x"
CARD = {
    "instruction": "Write f.",
    "response": f"It returns x.\n\n```python\n{CODE}\n```",
    "code_only": CODE,
    "test_sketch": "f(1) -> 1",
    "estimated_loc": 2,
    "self_flagged_risks": [],
    "training_usable": True,
    "decision_basis": "Simple and clear.",
}
ASKED = {"language": "Python 3.11", "difficulty_target": "easy", "topic_seed": "identity"}


def read(row):
    adapter = choose(row)
    assert adapter is not None
    return adapter.read(row, PLACE)


def seed_example(seeds):
    text = (seeds / "000_8a5b2f383f608c9d.txt").read_text()
    start = text.index("{", text.index("Expected output"))
    return json.JSONDecoder().raw_decode(text, start)[0]


@pytest.mark.parametrize("asked", [{}, {**ASKED, "difficulty_target": "medium"}])
def test_the_source_s_own_example(seeds, asked):
    """S0's example as it stands: one kind of repair on three fields, and then it is Python."""
    pair = read({**asked, **seed_example(seeds)})
    assert pair.format == "card"
    assert [(r.kind, r.field) for r in pair.repairs] == [
        ("unescape_once", "code_only"),
        ("unescape_once", "response"),
        ("unescape_once", "test_sketch"),
    ]
    (slugify,) = [n for n in ast.parse(pair.code).body if isinstance(n, ast.FunctionDef)]
    assert slugify.name == "slugify"
    assert r"[^a-z0-9\s-]" in pair.code
    assert len(pair.sketch.split("\n")) == 5
    assert pair.claims.difficulty == "medium"
    assert pair.claims.estimated_loc == 8
    assert pair.language == Language(name="python", version="3.11" if asked else "")
    scope: dict = {}
    exec(pair.code, scope)
    assert scope["slugify"]("Café Münchner") == "cafe-munchner"


def test_flat_row():
    """A good flat row gives a pair with all claims and neither repair nor note (S0-1, S0-2)."""
    pair = read({"id": "a", **ASKED, **CARD})
    assert (pair.id, pair.language) == ("a", Language(name="python", version="3.11"))
    assert (pair.code, pair.code_only, pair.sketch) == (CODE, CODE, "f(1) -> 1")
    assert pair.claims.model_dump(exclude_defaults=True) == {
        "difficulty": "easy",
        "estimated_loc": 2,
        "training_usable": True,
        "topic": "identity",
        "decision_basis": "Simple and clear.",
    }
    assert not pair.repairs
    assert not pair.notes
    assert pair.origin == PLACE


def test_nested_row_is_the_same_pair():
    """{"input": ..., "output": ...} says the same as the flat row."""
    flat = read({"id": "a", **ASKED, **CARD})
    assert read({"id": "a", "input": ASKED, "output": CARD}) == flat


def test_answer_as_a_string_with_prose_around():
    """A raw answer is read, and what stood outside of its JSON is counted (S0-2)."""
    row = {"id": "a", "input": ASKED, "output": f"Sure!\n```json\n{json.dumps(CARD)}\n```\n"}
    pair = read(row)
    assert pair.code == CODE
    assert pair.notes == (
        "S0-2: text outside the JSON object: 13 characters before it and 3 after it",
    )


def test_answer_with_raw_line_ends_and_two_objects():
    """Raw line ends in a string, and a second object, are read past and named (S0-2)."""
    raw = json.dumps(CARD).replace("Write f.", "Write\nf.")
    pair = read({"input": ASKED, "output": raw + raw})
    assert pair.instruction == "Write\nf."
    assert any("more than one JSON object" in note for note in pair.notes)
    assert any("raw line ends" in note for note in pair.notes)


def test_answer_without_json():
    """An answer that holds no object is unreadable and says so (S0-2)."""
    with pytest.raises(Unreadable) as caught:
        available()["card"].read({"input": ASKED, "output": '"code_only": {'}, PLACE)
    assert caught.value.reason == "invalid"


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"estimated_loc": "8"}, "S0-3: estimated_loc is a string, not an integer"),
        ({"estimated_loc": True}, "S0-3: estimated_loc is a boolean, not an integer"),
        ({"estimated_loc": 8.0}, "S0-3: estimated_loc is a float, not an integer"),
        ({"self_flagged_risks": ["dangerous"]}, "S0-4: unknown risk 'dangerous'"),
        ({"self_flagged_risks": "x"}, "S0-4: self_flagged_risks is a string, not a list"),
        ({"self_flagged_risks": [{}]}, "S0-4: unknown risk '{}'"),
        ({"training_usable": "true"}, "S0-5: training_usable is a string, not a boolean"),
        ({"test_sketch": " "}, "S0-22: test_sketch is empty"),
        ({"code_only": 3}, "S0-2: code_only is of type int, not a string"),
        (
            {"difficulty_target": "insane"},
            "S0-1: difficulty_target is not one of easy, medium, hard",
        ),
        ({"mood": "good"}, "S0-2: unknown keys mood"),
    ],
)
def test_broken_rules_become_notes(change, note):
    """A row that breaks a rule stays a pair, with a note naming the rule (S0-1 to S0-5, S0-22)."""
    pair = read({**ASKED, **CARD, **change})
    assert note in pair.notes
    assert pair.code == CODE


def test_wrong_types_claim_nothing():
    """A value of a wrong type is no claim (S0-3, S0-5)."""
    pair = read({**ASKED, **CARD, "estimated_loc": "8", "training_usable": 1})
    assert (pair.claims.estimated_loc, pair.claims.training_usable) == (None, None)


def test_risks_are_a_set():
    """Known risks are kept once, in their order (S0-4)."""
    risks = ["non_deterministic", "uses_external_api", "non_deterministic"]
    pair = read({**ASKED, **CARD, "self_flagged_risks": risks})
    assert pair.claims.risks == ("non_deterministic", "uses_external_api")
    assert "S0-4: 'non_deterministic' is given twice" in pair.notes


def test_missing_parts():
    """Missing keys are named; the code comes from the response's block (S0-2, S0-22)."""
    row = {key: value for key, value in CARD.items() if key not in {"code_only", "estimated_loc"}}
    pair = read({**ASKED, **row})
    assert pair.code == CODE
    assert pair.code_only is None
    assert {"S0-2: code_only is missing", "S0-2: estimated_loc is missing"} <= set(pair.notes)


def test_a_sketch_as_a_list():
    """A list of lines is a sketch, with a note (S0-2)."""
    pair = read({**ASKED, **CARD, "test_sketch": ["f(1) -> 1", "f(2) -> 2"]})
    assert pair.sketch == "f(1) -> 1\nf(2) -> 2"
    assert any(note.startswith("S0-2: test_sketch is a list") for note in pair.notes)


def test_nothing_to_judge():
    """Neither code nor response: the row is unreadable, reason no_code."""
    with pytest.raises(Unreadable) as caught:
        read({**ASKED, **CARD, "code_only": "", "response": ""})
    assert caught.value.reason == "no_code"


def test_a_response_without_a_block_is_kept():
    """A response without a block is still a pair; the note names what is missing (S0-22)."""
    pair = read({**ASKED, **CARD, "code_only": "", "response": "I cannot."})
    assert pair.code == ""
    assert "S0-22: the response holds no code block" in pair.notes
