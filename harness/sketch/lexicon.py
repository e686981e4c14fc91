"""Words with a value of their own in some language: constants, bounds, containers' makers."""

from __future__ import annotations

from typing import Any

from harness.sketch.spec import Expr

NULLS = frozenset({"None", "null", "nil", "undefined", "nullptr", "NULL"})
BOOLS = {"True": True, "true": True, "TRUE": True, "False": False, "false": False, "FALSE": False}
FLOATS = {"inf": "inf", "Infinity": "inf", "INFINITY": "inf", "NaN": "nan", "nan": "nan"}
NUMBERS = {
    "math.inf": "inf", "math.nan": "nan", "np.inf": "inf", "np.nan": "nan", "f64::NAN": "nan",
    "f64::INFINITY": "inf", "Double.NaN": "nan", "Double.POSITIVE_INFINITY": "inf",
    "Number.NaN": "nan", "math.pi": (3.141592653589793).hex(), "Math.PI": (3.141592653589793).hex(),
    "math.e": (2.718281828459045).hex(), "Math.E": (2.718281828459045).hex(),
}  # fmt: skip
BOUNDS = {
    "Integer.MAX_VALUE": 2**31 - 1, "Integer.MIN_VALUE": -(2**31), "Long.MAX_VALUE": 2**63 - 1,
    "Long.MIN_VALUE": -(2**63), "i32::MAX": 2**31 - 1, "i32::MIN": -(2**31), "i64::MAX": 2**63 - 1,
    "i64::MIN": -(2**63), "u8::MAX": 255, "u16::MAX": 65535, "u32::MAX": 2**32 - 1,
    "u64::MAX": 2**64 - 1, "INT_MAX": 2**31 - 1, "INT_MIN": -(2**31), "math.MaxInt64": 2**63 - 1,
    "math.MinInt64": -(2**63), "math.MaxInt32": 2**31 - 1, "math.MinInt32": -(2**31),
    "Number.MAX_SAFE_INTEGER": 2**53 - 1, "Number.MIN_SAFE_INTEGER": -(2**53) + 1,
    "sys.maxsize": 2**63 - 1,
}  # fmt: skip


def known_call(owner: Expr | None, name: str, args: list[Expr], keywords: dict[str, Any]) -> Expr:
    """A call; those of the languages' own containers and wrappers are their values."""
    path = f"{owner[1]}.{name}" if owner is not None and owner[0] == "name" else name
    if keywords:
        return ["call", owner, name, args, keywords]
    if path in ("List.of", "Arrays.asList", "Array.of", "ImmutableList.of", "asList"):
        return ["list", args]
    if path == "Set.of":
        return ["set", args]
    if path == "Map.of" and len(args) % 2 == 0:
        return ["map", [list(p) for p in zip(args[::2], args[1::2], strict=True)]]
    if path in ("String.from", "Box.new", "Rc.new", "Arc.new", "Optional.of") and len(args) == 1:
        return ["some", args[0]] if name == "of" else args[0]
    if path == "Optional.empty" and not args:
        return ["null"]
    if path in ("Vec.new", "String.new") and not args:
        return ["list", []] if path == "Vec.new" else ["str", ""]
    if owner is None and name == "Some" and len(args) == 1:
        return ["some", args[0]]
    if owner is None and name == "Ok" and len(args) <= 1:
        return ["ok", args[0] if args else ["tuple", []]]
    if owner is None and name == "Err" and len(args) <= 1:
        return ["err", args[0] if args else None]
    if path == "float" and len(args) == 1 and args[0][0] == "str":
        text = args[0][1].strip().lower().lstrip("+").replace("infinity", "inf")
        if text in ("inf", "-inf", "nan"):
            return ["float", text]
    return ["call", owner, name, args, keywords]
