"""HumanEval: prompt and canonical_solution joined, `check(candidate)` as the suite."""

from __future__ import annotations

import ast
import inspect

from harness.formats.base import Draft, Row, Unreadable, rest_of, text_of
from harness.models import Language, Pair, Place
from harness.repair.python import parse

_REQUIRED = {"prompt", "entry_point", "test"}
_SOLUTIONS = ("canonical_solution", "completion", "solution")


class HumanEval:
    """Rows of openai/human-eval, and of samples with a `completion` beside the problem's fields."""

    name = "humaneval"
    description = "HumanEval: prompt, canonical_solution (or completion), test, entry_point"

    def score(self, row: Row) -> float:
        """Its three fields and a solution; the packs' and EvalPlus's own fields belong to those."""
        return 0.8 if row.keys() >= _REQUIRED and any(key in row for key in _SOLUTIONS) else 0.0

    def read(self, row: Row, place: Place) -> Pair:
        """The problem with its solution; the entry function's docstring is the sketch."""
        notes: list[str] = []
        prompt = text_of(row, "prompt", notes)
        key = next((key for key in _SOLUTIONS if row.get(key)), _SOLUTIONS[0])
        solution = text_of(row, key, notes)
        if not solution.strip():
            raise Unreadable("no_code", f"{' or '.join(_SOLUTIONS)} is missing or empty")
        entry = text_of(row, "entry_point", notes)
        code = joined(prompt, solution, entry)
        return Draft(
            format=self.name,
            place=place,
            id=row.get("task_id"),
            language=Language(name="python"),
            instruction=prompt,
            code=code,
            sketch=docstring(code, entry),
            suite=text_of(row, "test", notes),
            entry_point=entry,
            notes=notes,
            metadata=rest_of(row, {"task_id", "prompt", "test", "entry_point", key}),
            names={"instruction": "prompt", "code": key, "sketch": "prompt", "suite": "test"},
        ).pair()


def joined(prompt: str, solution: str, entry_point: str) -> str:
    """prompt + solution, or the solution alone where it defines the entry point by itself."""
    if solution.startswith(("def ", "class ", "import ", "from ", "async ", "@")):
        tree = parse(solution)
        if tree and any(getattr(node, "name", "") == entry_point for node in tree.body):
            return solution
    return prompt + solution


def docstring(code: str, entry_point: str) -> str:
    """The first bare string in the last top-level definition of `entry_point`, "" without one.

    That is its docstring, which in HumanEval/115 stands behind an import.
    """
    tree = parse(code)
    found = [
        node
        for node in (tree.body if tree else [])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.name == entry_point
    ]
    for statement in found[-1].body if found else ():
        match statement:
            case ast.Expr(value=ast.Constant(value=str(text))):
                return inspect.cleandoc(text)
    return ""


FORMAT = HumanEval()
