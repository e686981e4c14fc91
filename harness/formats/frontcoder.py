"""FrontCoder's step 3: a page for a variant of a task (S2-7)."""

from __future__ import annotations

from harness.formats.base import Draft, Row, first_text, rest_of, text_of
from harness.models import Claims, Language, Pair, Place

_TASKS = ("variant_task", "original_task")
_READ = {*_TASKS, "variant_id", "code"}


class FrontCoder:
    """Rows of the generated pages, before and after deduplication and scoring."""

    name = "frontcoder"
    description = "FrontCoder: variant_task, variant_type and a full HTML document in code"

    def score(self, row: Row) -> float:
        """A variant's fields beside code."""
        own = {"variant_id", "variant_type", "variant_task", "original_task", "sub_category"}
        return 0.95 if "code" in row and len(row.keys() & own) >= 2 else 0.0

    def read(self, row: Row, place: Place) -> Pair:
        """The page under its variant's task; the task's lineage is kept as metadata."""
        notes: list[str] = []
        code = text_of(row, "code", notes)
        instruction, key = first_text(row, _TASKS, notes)
        metadata = rest_of(row, _READ)
        if row.get("original_task") and key == "variant_task":
            metadata["original_task"] = row["original_task"]
        pair = Draft(
            format=self.name,
            place=place,
            id=_variant_id(row),
            language=Language(name="html"),
            instruction=instruction,
            code=code,
            claims=Claims(topic=text_of(row, "sub_category", notes)),
            notes=notes,
            metadata=metadata,
            names={"instruction": key},
        ).pair()
        head, tail = pair.code.lstrip()[:100].lower(), pair.code.rstrip()[-20:].lower()
        if not (head.startswith("<!doctype html") and tail.endswith("</html>")):
            note = "S2-7: code is not a full HTML document"
            return pair.model_copy(update={"notes": (*pair.notes, note)})
        return pair


def _variant_id(row: Row) -> object:
    value = row.get("variant_id")
    return f"variant-{value}" if isinstance(value, int) and not isinstance(value, bool) else value


FORMAT = FrontCoder()
