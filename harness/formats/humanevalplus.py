"""EvalPlus: HumanEval's fields with many more inputs and a contract."""

from __future__ import annotations

from harness.formats.base import Draft, Row, Unreadable, rest_of, text_of
from harness.formats.humaneval import docstring, joined
from harness.models import Language, Pair, Place

_OWN = ("base_input", "plus_input", "contract", "atol")
_READ = {"task_id", "prompt", "canonical_solution", "test", "entry_point"}


class HumanEvalPlus:
    """Rows of evalplus/humanevalplus and of EvalPlus's own JSONL, where `test` may be missing."""

    name = "humanevalplus"
    description = "EvalPlus: prompt, canonical_solution, base_input, plus_input, contract, atol"

    def score(self, row: Row) -> float:
        """HumanEval's solution fields and at least one of EvalPlus's own."""
        has = row.keys() >= {"prompt", "canonical_solution", "entry_point"}
        return 0.9 if has and any(key in row for key in _OWN) else 0.0

    def read(self, row: Row, place: Place) -> Pair:
        """The problem with its solution; inputs, contract and tolerance are kept as metadata."""
        notes: list[str] = []
        prompt = text_of(row, "prompt", notes)
        solution = text_of(row, "canonical_solution", notes)
        if not solution.strip():
            raise Unreadable("no_code", "canonical_solution is missing or empty")
        entry = text_of(row, "entry_point", notes)
        code = joined(prompt, solution, entry)
        suite = text_of(row, "test", notes)
        if not suite:
            notes.append("no test: base_input and plus_input are kept as metadata")
        return Draft(
            format=self.name,
            place=place,
            id=row.get("task_id"),
            language=Language(name="python"),
            instruction=prompt,
            code=code,
            sketch=docstring(code, entry),
            suite=suite,
            entry_point=entry,
            notes=notes,
            metadata=rest_of(row, _READ),
            names={
                "instruction": "prompt",
                "code": "canonical_solution",
                "sketch": "prompt",
                "suite": "test",
            },
        ).pair()


FORMAT = HumanEvalPlus()
