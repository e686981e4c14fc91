"""MBPP: a sentence, a solution, and a list of assertions."""

from __future__ import annotations

import ast

from harness.formats.base import Draft, Row, first_text, rest_of, text_of
from harness.models import Language, Pair, Place
from harness.repair.python import parse

_READ = {
    "task_id",
    "text",
    "prompt",
    "code",
    "test_list",
    "test_setup_code",
    "test_imports",
    "test",
}


class Mbpp:
    """Rows of google-research mbpp (full and sanitized) and of EvalPlus's MBPP+."""

    name = "mbpp"
    description = "MBPP: text or prompt, code, test_list, test_setup_code or test_imports"

    def score(self, row: Row) -> float:
        """The list of assertions beside code and a task."""
        return (
            0.9 if row.keys() >= {"code", "test_list"} and row.keys() & {"text", "prompt"} else 0.0
        )

    def read(self, row: Row, place: Place) -> Pair:
        """The task with its code. MBPP+'s long `test` wins over `test_list`; the function that the
        first assertion calls is the entry point."""
        notes: list[str] = []
        code = text_of(row, "code", notes)
        instruction, key = first_text(row, ("text", "prompt"), notes)
        suite = text_of(row, "test", notes) or "\n".join(
            line
            for part in ("test_setup_code", "test_imports", "test_list")
            for line in _lines(row.get(part), part, notes)
        )
        return Draft(
            format=self.name,
            place=place,
            id=_task_id(row.get("task_id")),
            language=Language(name="python"),
            instruction=instruction,
            code=code,
            suite=suite,
            entry_point=called(code, suite),
            notes=notes,
            metadata=rest_of(row, _READ),
            names={"instruction": key, "suite": "test" if row.get("test") else "test_list"},
        ).pair()


def called(code: str, suite: str) -> str:
    """The first function or class of `code` that an assertion of `suite` calls; "" where none."""
    tree, tests = parse(code), parse(suite)
    if tree is None or tests is None:
        return ""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    defined = {node.name for node in tree.body if isinstance(node, kinds)}
    for node in ast.walk(tests):
        if not isinstance(node, ast.Assert):
            continue
        for inner in ast.walk(node):
            if (
                isinstance(inner, ast.Call)
                and isinstance(inner.func, ast.Name)
                and inner.func.id in defined
            ):
                return inner.func.id
    return ""


def _lines(value: object, key: str, notes: list[str]) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    notes.append(f"{key} is neither a string nor a list of strings")
    return []


def _task_id(value: object) -> object:
    return f"Mbpp/{value}" if isinstance(value, int) and not isinstance(value, bool) else value


FORMAT = Mbpp()
