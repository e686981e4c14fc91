"""pairproof's own rows, and any row that names its parts plainly."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from harness.formats.base import (
    Draft,
    Row,
    Unreadable,
    first_text,
    given_id,
    rest_of,
    safe_id,
    text_of,
)
from harness.formats.language import parse_language
from harness.models import Claims, Pair, Place

_ID = ("id", "pair_id", "task_id", "uid", "_id")
_LANGUAGE = ("language", "lang", "programming_language")
_INSTRUCTION = ("instruction", "prompt", "question", "task", "problem", "input")
_RESPONSE = ("response", "answer", "completion", "output")
_CODE = ("code", "solution", "code_only", "canonical_solution")
_SKETCH = ("test_sketch", "sketch")
_SUITE = ("suite", "tests", "test", "test_code", "unit_tests", "test_cases", "test_list")
_ENTRY = ("entry_point", "function_name")


class Native:
    """Rows in pairproof's own words; a dumped Pair reads back as it was."""

    name = "native"
    description = "Plain rows: id, language, instruction, response, code, test_sketch, tests"

    def score(self, row: Row) -> float:
        """Weak on purpose: every layout with fields of its own goes first."""
        if _is_dump(row):
            return 0.99
        code = any(row.get(key) for key in (*_CODE, *_RESPONSE))
        return (0.3 if any(row.get(key) for key in _INSTRUCTION) else 0.1) if code else 0.0

    def read(self, row: Row, place: Place) -> Pair:
        """The pair; each part under the first of its names that holds text."""
        if _is_dump(row):
            return _from_dump(row, place)
        notes: list[str] = []
        code, code_key = first_text(row, _CODE, notes)
        response, response_key = first_text(row, _RESPONSE, notes)
        instruction, instruction_key = first_text(row, _INSTRUCTION, notes)
        sketch, sketch_key = first_text(row, _SKETCH, notes)
        suite, suite_key = _suite(row, notes)
        language, _ = first_text(row, _LANGUAGE, notes)
        entry, _ = first_text(row, _ENTRY, notes)
        used = {*_ID, *_LANGUAGE, *_ENTRY, "claims", instruction_key, response_key, code_key}
        used |= {sketch_key, suite_key}
        extra = row.get("input")
        if instruction_key == "instruction" and isinstance(extra, str) and extra.strip():
            instruction += "\n\n" + extra
            used.add("input")
        draft = Draft(
            format=self.name,
            place=place,
            id=given_id(row, _ID),
            language=parse_language(language),
            instruction=instruction,
            response=response,
            code=code,
            code_is_copy=bool(code and response),
            sketch=sketch,
            entry_point=entry,
            claims=_claims(row.get("claims"), notes),
            notes=notes,
            metadata=rest_of(row, used),
            names={
                "instruction": instruction_key,
                "response": response_key,
                "code": code_key,
                "sketch": sketch_key,
                "suite": suite_key,
            },
        )
        draft.take_tests(suite)
        return draft.pair()


def _suite(row: Row, notes: list[str]) -> tuple[str, str]:
    """(source, key): a string, a list of assertions, or {"source": ..., "kind": ...}."""
    for key in _SUITE:
        value = row.get(key)
        if isinstance(value, dict):
            value = value.get("source")
            if isinstance(value, str) and value:
                return value, key
        elif value and (text := text_of(row, key, notes)):
            return _unlisted(text), key
    return "", _SUITE[0]


def _unlisted(text: str) -> str:
    """A JSON list of strings inside a string as its lines; any other text as it is."""
    if not text.lstrip().startswith("["):
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return text


def _claims(value: Any, notes: list[str]) -> Claims:
    if value is None:
        return Claims()
    try:
        return Claims.model_validate(value)
    except ValidationError as error:
        notes.append(f"claims are not usable: {error.errors()[0]['msg']}")
        return Claims()


def _is_dump(row: Row) -> bool:
    return row.keys() == Pair.model_fields.keys() and isinstance(row.get("language"), dict)


def _from_dump(row: Row, place: Place) -> Pair:
    """A dumped Pair: repaired once already, so nothing is repaired again; only the place is new."""
    try:
        pair = Pair.model_validate(dict(row))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Unreadable("invalid", f"{where}: {first['msg']}") from error
    if not pair.code.strip() and not pair.response.strip():
        raise Unreadable("no_code", "the row has neither code nor a response")
    notes = list(pair.notes)
    name = safe_id(pair.id, place, notes)
    return pair.model_copy(update={"origin": place, "id": name, "notes": tuple(notes)})


FORMAT = Native()
