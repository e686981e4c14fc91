"""The comparison, on the host: an answer against an expectation, by a comparator and a policy.

Two policies of types. "python" says exactly what == says of plain values, for suites that were
written in Python. "sketch" reads a sketch as its author meant it: a bool is never a number, 2 may
be 2.0, a list may be a tuple or an iterator's items, floats have a tolerance, a set has no order.
"""

from __future__ import annotations

import builtins
import math
from dataclasses import dataclass
from typing import Any

from harness.models import Policy
from harness.sketch.spec import Case, Comparator
from harness.values import Array, Braces, Lazy, Malformed, Opaque, Symbol, decode, hashable, show
from runners.base import Answer

_NOT_ANY_ERROR = frozenset({"NameError", "ImportError", "NotImplementedError", "SystemExit",
                            "KeyboardInterrupt", "SyntaxError", "UnboundLocalError"})  # fmt: skip
_MAX_UNORDERED = 2_000


@dataclass(frozen=True, slots=True)
class Match:
    """Whether an answer meets its expectation; `undecided` where it cannot be carried as data."""

    ok: bool
    why: str = ""
    undecided: bool = False


def check(case: Case, answer: Answer, policy: Policy) -> Match:
    """Hold an answer against its case. Total: whatever the sandbox sent is a Match."""
    if answer.unknown:
        return Match(False, answer.unknown, undecided=True)
    if case.raises is not None or case.comparator.op == "raises":
        return _raises(case, answer)
    if answer.error is not None:
        return Match(False, f"raised {answer.error['type']}: {answer.error['message']}")
    if case.comparator.op == "stdout":
        return _stdout(case, answer)
    if answer.value is None:
        return Match(False, "no value was sent")
    try:
        actual = decode(answer.value)
        expected = decode(case.expect) if case.expect is not None else None
    except (Malformed, RecursionError) as error:
        return Match(False, str(error))
    undecided = isinstance(actual, Opaque) and actual.large
    try:
        ok = _Comparison(case.comparator, policy).holds(expected, actual)
    except (RecursionError, TypeError, ValueError, OverflowError, ArithmeticError) as error:
        return Match(False, f"cannot be compared: {error}", undecided=undecided)
    if ok:
        return Match(True)
    return Match(False, f"got {show(answer.value)}", undecided=undecided)


def _raises(case: Case, answer: Answer) -> Match:
    wanted = case.raises
    if answer.error is None:
        return Match(False, f"raised nothing, got {show(answer.value)}")
    names = [str(name).rsplit(".", 1)[-1] for name in answer.error["mro"]]
    name = str(answer.error["type"])
    if wanted is None or wanted.any_error or wanted.type is None:
        if name in _NOT_ANY_ERROR or "Exception" not in names:
            return Match(False, f"raised {name}")
    elif not _is_error(wanted.type, answer.error["mro"]):
        return Match(False, f"raised {name}: {answer.error['message']}")
    if wanted is not None and wanted.match and wanted.match not in str(answer.error["message"]):
        return Match(False, f"message {answer.error['message']!r} lacks {wanted.match!r}")
    return Match(True)


def _is_error(wanted: str, mro: list[str]) -> bool:
    """Whether an exception is of a type by name; a builtin one is never another of that name."""
    name = wanted.rsplit(".", 1)[-1]
    builtin = getattr(builtins, name, None)
    if isinstance(builtin, type) and issubclass(builtin, BaseException):
        return f"builtins.{builtin.__name__}" in mro
    return any(str(part).rsplit(".", 1)[-1] == name for part in mro)


def _stdout(case: Case, answer: Answer) -> Match:
    expected = str(case.expect[1]) if case.expect else ""
    actual = answer.printed
    if case.comparator.trim == "trailing":
        expected, actual = _trimmed(expected), _trimmed(actual)
    return Match(expected == actual, "" if expected == actual else f"printed {show(actual)}")


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


class _Comparison:
    """One comparator under one policy."""

    def __init__(self, comparator: Comparator, policy: Policy) -> None:
        self.comparator = comparator
        self.policy = policy
        self.python = comparator.types == "python"
        approx = comparator.op == "approx"
        if self.python and not approx and comparator.abs is None and comparator.rel is None:
            self.abs = self.rel = 0.0
        elif comparator.abs is None and comparator.rel is None:
            self.abs = 1e-6 if approx else policy.float_abs
            self.rel = 1e-6 if approx else policy.float_rel
        else:
            self.abs = comparator.abs or 0.0
            self.rel = comparator.rel or 0.0

    def holds(self, expected: Any, actual: Any) -> bool:
        """Whether `actual` meets `expected` under the comparator's operation."""
        return bool(getattr(self, "_" + self.comparator.op)(expected, actual))

    def _eq(self, expected: Any, actual: Any) -> bool:
        return self.same(expected, actual)

    _approx = _eq

    def _ne(self, expected: Any, actual: Any) -> bool:
        return not isinstance(actual, Opaque) and not self.same(expected, actual)

    def _unordered(self, expected: Any, actual: Any) -> bool:
        left, right = _sequence(expected), _sequence(actual)
        if left is None or right is None or len(left) != len(right) > _MAX_UNORDERED:
            return False
        rest = list(right)
        for item in left:
            found = next((i for i, other in enumerate(rest) if self.same(item, other)), None)
            if found is None:
                return False
            del rest[found]
        return not rest

    def _contains(self, expected: Any, actual: Any) -> bool:
        if isinstance(actual, str):
            return isinstance(expected, str) and expected in actual
        if isinstance(actual, bytes):
            return isinstance(expected, bytes) and expected in actual
        items = list(actual) if isinstance(actual, dict) else _sequence(actual)
        return items is not None and any(self.same(expected, item) for item in items)

    def _notcontains(self, expected: Any, actual: Any) -> bool:
        sized = isinstance(actual, str | bytes | dict) or _sequence(actual) is not None
        return sized and not self._contains(expected, actual)

    def _len(self, expected: Any, actual: Any) -> bool:
        if isinstance(actual, str | bytes | dict):
            return bool(len(actual) == expected)
        items = _sequence(actual)
        return items is not None and len(items) == expected

    def _truthy(self, expected: Any, actual: Any) -> bool:
        return not isinstance(actual, Opaque | Lazy | Array) and bool(_plain(actual))

    def _falsy(self, expected: Any, actual: Any) -> bool:
        return not isinstance(actual, Opaque | Lazy | Array) and not _plain(actual)

    def _lt(self, expected: Any, actual: Any) -> bool:
        return _ordered(expected, actual) and actual < expected

    def _le(self, expected: Any, actual: Any) -> bool:
        return _ordered(expected, actual) and actual <= expected

    def _gt(self, expected: Any, actual: Any) -> bool:
        return _ordered(expected, actual) and actual > expected

    def _ge(self, expected: Any, actual: Any) -> bool:
        return _ordered(expected, actual) and actual >= expected

    def _regex(self, expected: Any, actual: Any) -> bool:
        # A sketch's pattern is a stranger's: matched as plain text, never run as a regex here.
        return isinstance(expected, str) and isinstance(actual, str) and expected in actual

    def _isinstance(self, expected: Any, actual: Any) -> bool:
        names = [expected] if isinstance(expected, str) else list(expected)
        return any(name in _type_names(actual) for name in names)

    def same(self, expected: Any, actual: Any) -> bool:
        """Equality of two decoded values under this policy."""
        if isinstance(expected, Opaque) or isinstance(actual, Opaque):
            return False
        if self.python:
            return self._same_python(expected, actual)
        return self._same_sketch(expected, actual)

    def _same_python(self, expected: Any, actual: Any) -> bool:
        if self.comparator.op == "approx" or self.abs or self.rel:
            if _is_number(expected) and _is_number(actual):
                return self._near(float(expected), float(actual))
            if type(expected) is type(actual) and isinstance(expected, list | tuple):
                return len(expected) == len(actual) and all(
                    self._same_python(e, a) for e, a in zip(expected, actual, strict=True)
                )
        if isinstance(actual, Lazy | Array):
            return False
        return bool(_sets(expected) == actual)

    def _same_sketch(self, expected: Any, actual: Any) -> bool:
        if isinstance(expected, bool) or isinstance(actual, bool):
            return expected is actual
        if _is_number(expected) and _is_number(actual):
            return self._same_number(expected, actual)
        if isinstance(expected, Braces):
            return self._same_braces(expected, actual)
        if isinstance(expected, list | tuple):
            return self._same_sequence(expected, actual)
        if isinstance(expected, dict):
            return self._same_map(expected, actual)
        if isinstance(expected, set):
            if not isinstance(actual, set) or len(expected) != len(actual):
                return False
            return bool(expected == actual) or self._unordered(list(expected), list(actual))
        if isinstance(actual, Symbol) and actual.kind in ("path", "enum"):
            return bool(expected == actual.text or expected == actual.inner)
        return type(expected) is type(actual) and bool(expected == actual)

    def _same_number(self, expected: Any, actual: Any) -> bool:
        if type(expected) is int and type(actual) is int:
            return expected == actual or (
                self.comparator.op == "approx" and self._near(float(expected), float(actual))
            )
        if type(expected) is not type(actual) and not self.policy.number_types:
            return False
        if isinstance(expected, complex) or isinstance(actual, complex):
            return bool(abs(expected - actual) <= max(self.abs, self.rel * abs(expected)))
        return self._near(float(expected), float(actual))

    def _near(self, expected: float, actual: float) -> bool:
        if math.isnan(expected) or math.isnan(actual):
            return math.isnan(expected) and math.isnan(actual) and not self.python
        return expected == actual or (
            math.isfinite(expected)
            and math.isfinite(actual)
            and abs(expected - actual) <= max(self.abs, self.rel * abs(expected))
        )

    def _same_sequence(self, expected: Any, actual: Any) -> bool:
        if not self.policy.list_is_tuple and type(expected) is not type(actual):
            return False
        items = _sequence(actual)
        if items is None or isinstance(actual, set) or len(items) != len(expected):
            return False
        return all(self._same_sketch(e, a) for e, a in zip(expected, items, strict=True))

    def _same_map(self, expected: dict[Any, Any], actual: Any) -> bool:
        if not expected and isinstance(actual, set):
            return not actual
        if isinstance(actual, Array):
            actual = actual.items
        if not isinstance(actual, dict) or len(expected) != len(actual):
            return False
        for key, value in expected.items():
            if key not in actual or any(type(k) is bool for k in (key,) if key in (0, 1)) != any(
                type(k) is bool for k in actual if k == key
            ):
                return False
            if not self.same(value, actual[key]):
                return False
        return True

    def _same_braces(self, expected: Braces, actual: Any) -> bool:
        if isinstance(actual, set):
            return self._same_sketch({hashable(v) for v in expected.items}, actual)
        if isinstance(actual, dict):
            return not expected.items and not actual
        return self._same_sequence(list(expected.items), actual)


def _sets(value: Any) -> Any:
    return {hashable(v) for v in value.items} if isinstance(value, Braces) else value


def _is_number(value: Any) -> bool:
    return type(value) in (int, float, complex) or (
        type(value).__name__ in ("Decimal", "Fraction") and not isinstance(value, Symbol)
    )


def _plain(value: Any) -> Any:
    return value.inner if isinstance(value, Symbol) and value.kind == "enum" else value


def _ordered(expected: Any, actual: Any) -> bool:
    if _is_number(expected) and _is_number(actual):
        return not isinstance(expected, complex) and not isinstance(actual, complex)
    return type(expected) is type(actual) and isinstance(expected, str | list | tuple)


def _sequence(value: Any) -> list[Any] | None:
    if isinstance(value, list | tuple | range):
        return list(value)
    if isinstance(value, set | frozenset):
        return list(value)
    if isinstance(value, Lazy):
        return list(value.items)
    if isinstance(value, Array) and isinstance(value.items, list):
        return value.items
    return None


def _type_names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ("NoneType", "None")
    if type(value) is bool:
        return ("bool", "int")
    if isinstance(value, Symbol):
        return (value.text.split(".", 1)[0],)
    return (type(value).__name__,)
