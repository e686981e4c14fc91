"""Wrong answers, made on the host: what stubs and perturbed code would have answered.

For cases that call the code directly, a wrong answer needs no execution: it is compared like a
real one. `harness.vacuity` uses these, and the sandbox where a case is more than one call.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from harness.sketch.spec import Case
from runners.base import Answer

STUBS = ("none", "raise", "identity", "zero", "empty_str", "empty_list", "true", "false")

_STUB_VALUES: dict[str, list[Any]] = {
    "none": ["null"],
    "zero": ["int", "0"],
    "empty_str": ["str", ""],
    "empty_list": ["list", []],
    "true": ["bool", True],
    "false": ["bool", False],
}
_STUB_PRINTS = {"none": "", "zero": "0", "empty_str": "", "empty_list": "[]", "true": "True",
                "false": "False"}  # fmt: skip
STUB_ERROR = {"type": "StubError", "mro": ["stub.StubError", "builtins.Exception",
                                           "builtins.BaseException", "builtins.object"],
              "message": "stub"}  # fmt: skip


def is_direct(case: Case, functions: frozenset[str]) -> bool:
    """Whether the case is one call of one function of the code, or one run of the program."""
    if case.setup:
        return False
    if case.stdin is not None:
        return True
    call = case.call
    return (
        bool(call)
        and call is not None
        and call[0] == "call"
        and call[1] is None
        and (call[2] in functions)
    )


def stub_answer(case: Case, kind: str) -> Answer:
    """What a stub body of `kind` answers to a direct case."""
    if kind == "raise":
        return Answer(case_id=case.id, error=STUB_ERROR)
    if case.stdin is not None:
        printed = case.stdin if kind == "identity" else _STUB_PRINTS[kind]
        return Answer(case_id=case.id, value=["str", printed], printed=printed)
    if kind == "identity":
        args = case.call[3] if case.call else []
        return Answer(case_id=case.id, value=args[0] if args else ["null"])
    return Answer(case_id=case.id, value=_STUB_VALUES[kind])


def perturbed_answer(answer: Answer) -> Answer:
    """The same answer changed in kind: the type stays, the value does not; errors change type."""
    if answer.error is not None:
        return Answer(case_id=answer.case_id, error=STUB_ERROR)
    value = perturb(answer.value) if answer.value is not None else ["str", "~"]
    printed = perturb(["str", answer.printed])[1]
    return Answer(case_id=answer.case_id, value=value, printed=printed)


def constant_answers(cases: Sequence[Case], answers: dict[str, Answer]) -> list[Answer]:
    """The first case's answer, given to every case."""
    first = answers[cases[0].id]
    return [
        Answer(case_id=case.id, value=first.value, error=first.error, printed=first.printed)
        for case in cases
    ]


def perturb(value: list[Any]) -> list[Any]:
    """Another value of the same kind."""
    tag = value[0]
    if tag == "null":
        return ["str", "~"]
    if tag == "bool":
        return ["bool", not value[1]]
    if tag == "int":
        return ["int", str(int(value[1], 16 if "x" in value[1] else 10) + 1)]
    if tag == "float":
        return ["float", _next_float(value[1])]
    if tag in ("str", "char"):
        return [tag, f"~{value[1][::-1]}~"]
    if tag == "bytes":
        return ["bytes", "7e" + value[1] + "7e"]
    if tag in ("list", "tuple", "set", "iter"):
        return [tag, [*(perturb(item) for item in value[1]), ["str", "~"]]]
    if tag == "map":
        return ["map", [*([key, perturb(item)] for key, item in value[1]),
                        [["str", "~"], ["str", "~"]]]]  # fmt: skip
    if tag == "scalar":
        return ["scalar", value[1], perturb(value[2])]
    return ["opaque", "perturbed"]


def _next_float(text: str) -> str:
    number = float(text) if text in ("nan", "inf", "-inf") else float.fromhex(text)
    if not math.isfinite(number):
        return (0.0).hex()
    moved = number + 1.0
    return (moved if moved != number else number * 2).hex()
