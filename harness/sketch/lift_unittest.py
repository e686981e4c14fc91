"""The assert methods of unittest.TestCase, in terms of the plain assertions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from harness.sketch.lift_claims import Claim, Reader
from harness.sketch.lift_fold import NotLifted
from harness.sketch.spec import ComparatorOp

_EQUAL = {"assertEqual", "assertEquals", "assertListEqual", "assertTupleEqual", "assertSetEqual",
          "assertDictEqual", "assertMultiLineEqual"}  # fmt: skip
_TYPED: dict[str, type] = {"assertListEqual": list, "assertTupleEqual": tuple,
                           "assertSetEqual": set, "assertDictEqual": dict,
                           "assertMultiLineEqual": str}  # fmt: skip
_ORDER: dict[str, ComparatorOp] = {"assertLess": "lt", "assertLessEqual": "le",
                                   "assertGreater": "gt", "assertGreaterEqual": "ge"}  # fmt: skip
_IS: dict[str, tuple[Any, bool]] = {"assertIsNone": (None, True), "assertIsNotNone": (None, False)}
_ARITY = {"assertTrue": 1, "assertFalse": 1, "assertIsNone": 1, "assertIsNotNone": 1}


def method_claims(reader: Reader, call: ast.Call, method: str) -> Iterator[Claim]:
    """The claims of `self.method(...)`. Raises NotLifted for a method that is not known here."""
    arity = _ARITY.get(method, 2)
    almost = method == "assertAlmostEqual"
    known = {"msg", "places", "delta"} if almost else {"msg"}
    if {k.arg for k in call.keywords} - known or len(call.args) < arity:
        raise NotLifted(f"{method} called in another way")
    if any(isinstance(arg, ast.Starred) for arg in call.args):
        raise NotLifted(f"{method} with unpacked arguments")
    # The message may stand third; assertAlmostEqual has places there instead.
    if len(call.args) > arity + 1 or (almost and len(call.args) > 3):
        raise NotLifted(f"{method} with more arguments")
    first, second = call.args[0], call.args[-1] if arity == 1 else call.args[1]
    if method == "assertTrue":
        yield from reader.claims(first)
    elif method == "assertFalse":
        yield from reader.claims(ast.UnaryOp(op=ast.Not(), operand=first))
    elif method in _EQUAL:
        wanted = _TYPED.get(method)
        if wanted is not None:
            value = reader.scope.fold(second if reader.constant(second) else first)
            if type(value) is not wanted:
                raise NotLifted(f"{method} of another type")
        yield reader.equal(first, second)
    elif method == "assertNotEqual":
        yield reader.equal(first, second, wanted=False)
    elif method in _IS:
        value, wanted_is = _IS[method]
        yield reader.same(first, ast.Constant(value=value), wanted=wanted_is)
    elif method in ("assertIs", "assertIsNot"):
        yield reader.same(first, second, wanted=method == "assertIs")
    elif method in ("assertIn", "assertNotIn"):
        yield reader.member(first, second, wanted=method == "assertIn")
    elif method == "assertIsInstance":
        yield reader.isinstance(first, second)
    elif method in _ORDER:
        yield reader.order(first, _ORDER[method], second)
    elif method == "assertCountEqual":
        yield reader.count_equal(first, second)
    elif almost:
        yield _almost(reader, call, first, second)
    else:
        raise NotLifted(method)


def _almost(reader: Reader, call: ast.Call, first: ast.expr, second: ast.expr) -> Claim:
    """round(first - second, places) == 0, or a difference of at most delta."""
    given = {k.arg: reader.scope.fold(k.value) for k in call.keywords if k.arg != "msg"}
    places = reader.scope.fold(call.args[2]) if len(call.args) == 3 else given.get("places")
    delta = given.get("delta")
    if delta is not None:
        if places is not None:
            raise NotLifted("both places and delta")
        return reader.within(first, second, delta)
    places = 7 if places is None else places
    if type(places) is not int or not 0 <= places <= 15:
        raise NotLifted("places")
    half: float = 0.5 * 10.0**-places
    if round(half, places) != 0:
        import math

        half = math.nextafter(half, 0.0)
    return reader.within(first, second, half)
