"""The catalogue of attacks: a task, a cheating solution, and the tests that it fools."""

from __future__ import annotations

from harness.formats.base import Draft, Row, Unreadable, rest_of, text_of
from harness.formats.language import parse_language
from harness.models import Language, Pair, Place

_REQUIRED = {"id", "language", "category", "task", "solution", "tests", "expected_verdict"}
_READ = {"id", "language", "task", "solution", "tests", "response"}


class Attacks:
    """Rows shaped like the audit's catalogue."""

    name = "attacks"
    description = "Attack catalogue: task, solution, tests, category, expected_verdict"

    def score(self, row: Row) -> float:
        """All fields that make an attack."""
        return 1.0 if row.keys() >= _REQUIRED else 0.0

    def read(self, row: Row, place: Place) -> Pair:
        """The task as instruction and the solution as code. Python tests are the suite and prose is
        the sketch; tests in another language are kept in `metadata["test_source"]`."""
        notes: list[str] = []
        solution = text_of(row, "solution", notes)
        response = text_of(row, "response", notes)
        if not solution.strip() and not response.strip():
            raise Unreadable("no_code", "solution is missing or empty")
        language = parse_language(text_of(row, "language", notes)) or Language(name="unknown")
        draft = Draft(
            format=self.name,
            place=place,
            id=row.get("id"),
            language=language,
            instruction=text_of(row, "task", notes),
            response=response,
            code=solution,
            code_is_copy=bool(response),
            notes=notes,
            metadata=rest_of(row, _READ),
            names={"instruction": "task", "code": "solution", "sketch": "tests", "suite": "tests"},
        )
        draft.take_tests(text_of(row, "tests", notes))
        return draft.pair()


FORMAT = Attacks()
