"""The code pair generator's card (S0): flat, nested, or its raw answer as a string."""

from __future__ import annotations

import re
from typing import Any

from harness.formats.base import Draft, Row, Unreadable, given_id, rest_of, text_of
from harness.formats.embedded import extract_object
from harness.formats.language import parse_language
from harness.models import Claims, Pair, Place

RISKS = (
    "uses_external_api",
    "non_deterministic",
    "language_idiom_questionable",
    "fabricated_specific",
)
"""The closed set of S0-4."""

_OUTPUT = (
    "instruction", "response", "code_only", "test_sketch", "estimated_loc", "self_flagged_risks",
    "training_usable", "decision_basis",
)  # fmt: skip
_MARKS = frozenset(_OUTPUT) - {"instruction", "response"}
_INPUT = {"language", "difficulty_target", "topic_seed", "difficulty", "topic"}
_IDS = ("id", "pair_id", "task_id")
_SUITE = "tests"
"""A native suite beside the sketch: not of the card, but what its users keep with it."""
_DIFFICULTY = re.compile(
    r"\b(easy|medium|hard)[- ](?:difficulty|level|task)"
    r"|\bdifficulty\W{1,3}(?:is )?(easy|medium|hard)\b",
    re.I,
)


class Card:
    """Rows of the code SFT pair generator."""

    name = "card"
    description = "Code pair card: instruction, response, code_only, test_sketch, estimated_loc ..."

    def score(self, row: Row) -> float:
        """By how many of the card's own fields the row (or its `output`) has."""
        output = row.get("output")
        if isinstance(output, str) and "input" in row:
            return 0.7 if sum(f'"{mark}"' in output for mark in _MARKS) >= 2 else 0.0
        fields = output if isinstance(output, dict) else row
        own = len(fields.keys() & _MARKS)
        if own >= 3:
            return 0.95
        return 0.6 if own == 2 and "code" not in fields else 0.0

    def read(self, row: Row, place: Place) -> Pair:
        """The pair with what it claims of itself; broken rules become notes that name them."""
        notes: list[str] = []
        inputs, output = _parts(row, notes)
        for key in _OUTPUT:
            if key not in output:
                notes.append(f"S0-2: {key} is missing")
        known = {*_OUTPUT, *_INPUT, *_IDS, _SUITE}
        unknown = rest_of(output, known)
        if unknown:
            notes.append(f"S0-2: unknown keys {', '.join(sorted(unknown))}")
        extra = rest_of(inputs, known | {"input", "output"}) if inputs is not output else {}
        code = text_of(output, "code_only", notes, "S0-2")
        response = text_of(output, "response", notes, "S0-2")
        sketch = text_of(output, "test_sketch", notes, "S0-2")
        for key, text in (("response", response), ("code_only", code), ("test_sketch", sketch)):
            if key in output and not text.strip():
                notes.append(f"S0-22: {key} is empty")
        both = {**output, **inputs}
        suite = text_of({**row, **both}, _SUITE, notes, "tests")
        return Draft(
            format=self.name,
            place=place,
            id=given_id({**both, **row}, _IDS),
            language=parse_language(text_of(both, "language", notes, "S0-1")),
            instruction=text_of(output, "instruction", notes, "S0-2"),
            response=response,
            code=code,
            code_is_copy="code_only" in output,
            sketch=sketch,
            suite=suite,
            claims=_claims(output, both, notes),
            notes=notes,
            metadata={**extra, **unknown},
            names={"code": "code_only", "sketch": "test_sketch", "suite": _SUITE},
        ).pair()


def _parts(row: Row, notes: list[str]) -> tuple[Row, Row]:
    """(what the card was asked, what it answered)."""
    output, inputs = row.get("output"), row.get("input")
    if isinstance(output, str):
        found = extract_object(output)
        if found is None:
            raise Unreadable("invalid", "S0-2: output holds no JSON object")
        notes.extend(f"S0-2: {note}" for note in found.notes)
        output = found.value
    if not isinstance(output, dict):
        return row, row
    beside = {key: value for key, value in row.items() if key not in {"input", "output"}}
    return ({**beside, **inputs} if isinstance(inputs, dict) else beside), output


def _claims(output: Row, both: Row, notes: list[str]) -> Claims:
    basis = text_of(output, "decision_basis", notes, "S0-2")
    return Claims(
        difficulty=_difficulty(both, basis, notes),
        estimated_loc=_integer(output, notes),
        risks=_risks(output.get("self_flagged_risks"), notes),
        training_usable=_boolean(output, notes),
        topic=text_of(both, "topic_seed" if "topic_seed" in both else "topic", notes, "S0-1"),
        decision_basis=basis,
    )


def _difficulty(both: Row, basis: str, notes: list[str]) -> str:
    for key in ("difficulty_target", "difficulty"):
        if key in both:
            value = text_of(both, key, notes, "S0-1").strip().lower()
            if value in {"easy", "medium", "hard"}:
                return value
            notes.append(f"S0-1: {key} is not one of easy, medium, hard")
    match = _DIFFICULTY.search(basis)
    if match:
        found = (match[1] or match[2]).lower()
        notes.append(f"difficulty {found!r} is read from decision_basis")
        return found
    return ""


def _integer(output: Row, notes: list[str]) -> int | None:
    value = output.get("estimated_loc")
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if "estimated_loc" in output:
        notes.append(f"S0-3: estimated_loc is {_kind(value)}, not an integer")
    return None


def _boolean(output: Row, notes: list[str]) -> bool | None:
    value = output.get("training_usable")
    if isinstance(value, bool):
        return value
    if "training_usable" in output:
        notes.append(f"S0-5: training_usable is {_kind(value)}, not a boolean")
    return None


def _risks(value: Any, notes: list[str]) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        notes.append(f"S0-4: self_flagged_risks is {_kind(value)}, not a list")
        value = [value] if isinstance(value, str) else []
    risks: list[str] = []
    for item in value:
        if item in risks:
            notes.append(f"S0-4: {item!r} is given twice")
        elif item in RISKS:
            risks.append(item)
        else:
            notes.append(f"S0-4: unknown risk {str(item)[:60]!r}")
    return tuple(risks)


def _kind(value: Any) -> str:
    names = {bool: "a boolean", str: "a string", float: "a float", int: "an integer"}
    names |= {list: "a list", dict: "an object", type(None): "null"}
    return names.get(type(value), type(value).__name__)


FORMAT = Card()
