"""The response generator's card (S1), for answers that hold a code block."""

from __future__ import annotations

from typing import Any

from harness.formats.base import Draft, Row, Unreadable, given_id, rest_of, text_of
from harness.formats.embedded import extract_object
from harness.formats.language import parse_language
from harness.models import Claims, Pair, Place
from harness.repair.fences import blocks

_TEXTS = ("refusal_reason", "disambiguation")
_INPUT = ("style_constraints", "domain_hint")
_LEVELS = {"high", "medium", "low"}
_READ = {"id", "pair_id", "task_id", "language", "instruction", "input", "output"}
_READ |= {"response_text", "would_refuse", "decision_basis"}


class Response:
    """Rows of the response generator."""

    name = "response"
    description = "Response card: instruction, response_text, would_refuse, self_assessment"

    def score(self, row: Row) -> float:
        """Its one field that no other layout has, flat, nested or inside a raw answer."""
        output = row.get("output")
        if isinstance(output, str):
            return 0.7 if '"response_text"' in output else 0.0
        return 0.95 if "response_text" in (output if isinstance(output, dict) else row) else 0.0

    def read(self, row: Row, place: Place) -> Pair:
        """The pair with the answer's code block as its code. A row without code is Unreadable, as
        this project judges code; a refusal is kept, for the rates of S1-9 and S1-13."""
        notes: list[str] = []
        flat = _flat(row, notes)
        response = text_of(flat, "response_text", notes, "S1-2")
        refuses = _refuses(flat, notes)
        if not refuses and not blocks(response) and "\\n```" not in response:
            raise Unreadable("no_code", "response_text holds no code block")
        metadata = {key: flat[key] for key in (*_INPUT, *_TEXTS, "self_assessment") if key in flat}
        _assess(flat.get("self_assessment"), notes)
        reason = text_of(flat, "refusal_reason", notes, "S1-2").strip()
        if refuses is not None and bool(reason) != refuses:
            notes.append("S1-3: refusal_reason must be given if and only if would_refuse is true")
        unknown = rest_of(flat, _READ | set(metadata))
        return Draft(
            format=self.name,
            place=place,
            id=given_id(flat, ("id", "pair_id", "task_id")),
            language=parse_language(text_of(flat, "language", notes)),
            instruction=text_of(flat, "instruction", notes, "S1-1"),
            response=response,
            claims=Claims(
                would_refuse=refuses,
                decision_basis=text_of(flat, "decision_basis", notes, "S1-2"),
            ),
            notes=notes,
            metadata={**metadata, **unknown},
            names={"response": "response_text"},
        ).pair()


def _flat(row: Row, notes: list[str]) -> dict[str, Any]:
    output, inputs = row.get("output"), row.get("input")
    if isinstance(output, str):
        found = extract_object(output)
        if found is None:
            raise Unreadable("invalid", "S1-2: output holds no JSON object")
        notes.extend(f"S1-2: {note}" for note in found.notes)
        output = found.value
    flat = {key: value for key, value in row.items() if key not in {"input", "output"}}
    for part in (inputs, output):
        if isinstance(part, dict):
            flat.update(part)
    return flat


def _refuses(flat: Row, notes: list[str]) -> bool | None:
    value = flat.get("would_refuse")
    if isinstance(value, bool):
        return value
    notes.append(f"S1-2: would_refuse is {'missing' if value is None else 'not a boolean'}")
    return None


def _assess(value: Any, notes: list[str]) -> None:
    if not isinstance(value, dict):
        notes.append("S1-2: self_assessment is missing or not an object")
        return
    for key in ("addresses_instruction", "factual_risk"):
        if value.get(key) not in _LEVELS:
            notes.append(f"S1-2: {key} is not one of high, medium, low")
    if not isinstance(value.get("length_appropriate"), bool):
        notes.append("S1-2: length_appropriate is not a boolean")


FORMAT = Response()
