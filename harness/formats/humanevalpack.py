"""HumanEvalPack: the same problems in six languages, with a right and a buggy solution each."""

from __future__ import annotations

from harness.formats.base import Draft, Row, Unreadable, text_of
from harness.formats.humaneval import docstring
from harness.formats.language import language_of_tag
from harness.formats.suites import without_check_call
from harness.models import Language, Pair, Place

_REQUIRED = {"task_id", "prompt", "canonical_solution", "buggy_solution", "test", "entry_point"}
_KEPT = ("bug_type", "failure_symptoms", "signature", "declaration", "example_test", "test_setup")
_BY_FILE = {"python": "python", "js": "javascript", "java": "java", "go": "go", "cpp": "cpp"}
_BY_FILE |= {"javascript": "javascript", "rust": "rust"}


class HumanEvalPack:
    """Rows of bigcode/humanevalpack with one of their two solutions."""

    def __init__(self, name: str, solution: str, description: str, score: float) -> None:
        self.name = name
        self.description = description
        self._solution = solution
        self._score = score

    def score(self, row: Row) -> float:
        """All fields of a pack; the buggy solutions are never chosen unasked."""
        return self._score if row.keys() >= _REQUIRED else 0.0

    def read(self, row: Row, place: Place) -> Pair:
        """The problem with its solution. Tests in other languages than Python are kept in
        `metadata["test_source"]`; a last call of the check is taken off, as its runner makes it."""
        notes: list[str] = []
        solution = text_of(row, self._solution, notes)
        if not solution.strip():
            raise Unreadable("no_code", f"{self._solution} is missing or empty")
        language = self._language(row, place, notes)
        entry = text_of(row, "entry_point", notes)
        code = text_of(row, "prompt", notes) + solution
        test = text_of(row, "test", notes)
        python = language.name == "python"
        metadata = {key: row[key] for key in _KEPT if row.get(key)}
        if not python:
            metadata["test_source"] = test
        task_id = row.get("task_id")
        buggy = self._solution == "buggy_solution"
        return Draft(
            format=self.name,
            place=place,
            id=f"{task_id}:buggy" if buggy and isinstance(task_id, str) else task_id,
            language=language,
            instruction=text_of(row, "instruction", notes) or text_of(row, "prompt", notes),
            code=code,
            sketch=(docstring(code, entry) if python else "") or text_of(row, "docstring", notes),
            suite=without_check_call(test, entry) if python else "",
            entry_point=entry,
            notes=notes,
            metadata=metadata,
            names={"code": self._solution, "sketch": "docstring", "suite": "test"},
        ).pair()

    def _language(self, row: Row, place: Place, notes: list[str]) -> Language:
        prefix = str(row.get("task_id", "")).partition("/")[0]
        found = language_of_tag(prefix)
        if found is None:
            stem = place.file.rpartition("/")[2].split(".")[0].rpartition("-")[2].lower()
            found = Language(name=_BY_FILE[stem]) if stem in _BY_FILE else None
        if found is None:
            notes.append("neither the task_id nor the file names a language; read as Python")
        return found or Language(name="python")


FORMATS = (
    HumanEvalPack(
        "humanevalpack",
        "canonical_solution",
        "HumanEvalPack: the right solutions; the language is read from the task_id",
        0.95,
    ),
    HumanEvalPack(
        "humanevalpack-buggy",
        "buggy_solution",
        "HumanEvalPack: the buggy solutions; only when named",
        0.0,
    ),
)
