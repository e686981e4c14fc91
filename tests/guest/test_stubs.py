"""The vacuity battery's code: right suites reject it, vacuous ones do not."""

from __future__ import annotations

import ast

import pytest

from runners.stubs import STUB_KINDS, constant_first_code, perturb_code, public_names, stub_code
from tests.guest.conftest import outcomes, rows
from tests.guest.idioms import IDIOMS

CODE = """
def slug(text): return text.strip().lower().replace(' ', '-')
"""
GOOD = "from solution import slug\ndef test_a(): assert slug('A b') == 'a-b'\ndef test_b(): assert slug(' C') == 'c'"
VACUOUS = {
    "no assert": "from solution import slug\ndef test(): slug('A b')",
    "not None": "from solution import slug\ndef test(): assert slug('A b') is not None",
    "type only": "from solution import slug\ndef test(): assert isinstance(slug('A b'), str)",
    "self compare": "from solution import slug\ndef test(): assert slug('A') == slug('A')",
}


def accepts(suite: str, code: str) -> bool:
    results = outcomes(suite, code)
    return bool(results) and set(results.values()) == {"passed"}


def test_good_suite_rejects_all() -> None:
    """One real value check rejects the perturbed answer, every stub and the constant."""
    assert accepts(GOOD, CODE)
    assert not accepts(GOOD, perturb_code(CODE))
    assert not accepts(GOOD, constant_first_code(CODE))
    assert [kind for kind in STUB_KINDS if accepts(GOOD, stub_code(CODE, kind))] == []


@pytest.mark.parametrize("name", VACUOUS)
def test_vacuous_suite_accepts_the_perturbed_answer(name: str) -> None:
    """What checks no value cannot tell a wrong answer from a right one."""
    assert accepts(VACUOUS[name], perturb_code(CODE))


# Suites that look at classes, types, names or signatures, and at no answer of a call.
_NO_ANSWER = {
    "class attribute", "signature", "doc and name", "coroutine function", "hasattr", "protocol",
    "lru cache", "attribute write",
    # A warning, a log line or an order is left as it is; an exception's own class is not wrapped.
    "warnings", "logging", "sort key", "exception built by the test", "private state",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(IDIOMS) - _NO_ANSWER))
def test_real_suites_reject_the_perturbed_answer(name: str) -> None:
    """Every idiom that checks a value, a state, an error or an output notices the change."""
    assert not accepts(IDIOMS[name].suite, perturb_code(IDIOMS[name].right))


def test_humaneval_suites_reject_the_battery() -> None:
    """Official suites, each twelfth one: none accepts a perturbed answer or a stub."""
    accepted = []
    for row in rows("humaneval.jsonl.gz")[::12]:
        code = row["prompt"] + row["canonical_solution"]
        variants = {"perturb": perturb_code(code)}
        variants |= {kind: stub_code(code, kind) for kind in STUB_KINDS}
        for kind, changed in variants.items():
            found = outcomes(row["test"], changed, kind="check", entry_point=row["entry_point"])
            if found == {"check": "passed"}:
                accepted.append((row["task_id"], kind))
    assert accepted == []


def test_recursion_is_changed_once() -> None:
    """Only the outermost answer is wrong: what the code asks of itself stays right."""
    code = "def fact(n): return 1 if n < 2 else n * fact(n - 1)"
    suite = "from solution import fact\ndef test(): assert fact(4) == 25"
    assert accepts(suite, perturb_code(code))


def test_wrapped_code_keeps_its_text_and_parses() -> None:
    """The code itself is a prefix: nothing of it is rewritten, future imports stay first."""
    code = "from __future__ import annotations\ndef f(x: int) -> int: return x\n"
    for text in (perturb_code(code), constant_first_code(code), stub_code(code, "none")):
        assert text.startswith(code)
        ast.parse(text)


def test_public_names() -> None:
    """Functions, classes and assigned names without an underscore; none of text that does not parse."""
    assert public_names("def a(): pass\nclass B: pass\n_c = 1\nd = lambda: 1\ndef _e(): pass") == (
        "a",
        "B",
        "d",
    )
    assert public_names("def (") == ()


def test_unknown_stub_is_refused() -> None:
    """The closed set of kinds is named in the error."""
    with pytest.raises(ValueError, match="empty_list"):
        stub_code(CODE, "other")
