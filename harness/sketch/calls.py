"""The left side of a relation to a call: an expression, named values, a tuple, a list of values."""

from __future__ import annotations

import re

from harness.sketch.context import EMPTY, Context, Reading, Scope
from harness.sketch.native import native
from harness.sketch.scan import mask, split_top
from harness.sketch.spec import Expr
from harness.sketch.values import is_constant
from harness.structure import Function

_LEAD = re.compile(
    r"(?:when\s+called\s+with|called\s+with|calling|call(?:s)?|inputs?|given|when|with|for|args?"
    r"|arguments?|expr(?:ession)?|the\s+(?:result|value|output)\s+of|after|running|if|tests?(?:ing)?(?:\s+with|\s+for|\s+that)?)\s*[:=]?\s+(?=\S)",
    re.IGNORECASE,
)
_EMPTY_WORDS: dict[str, Expr] = {
    "string": ["str", ""], "str": ["str", ""], "text": ["str", ""], "input string": ["str", ""],
    "list": ["list", []], "array": ["list", []], "slice": ["list", []], "vector": ["list", []],
    "dict": ["map", []], "dictionary": ["map", []], "map": ["map", []], "object": ["map", []],
    "tuple": ["tuple", []], "set": ["set", []],
}  # fmt: skip
_EMPTY = re.compile(
    r"\(?\s*(?:an?\s+|the\s+)?empty\s+(" + "|".join(_EMPTY_WORDS) + r")\s*\)?", re.IGNORECASE
)
_NAMED = re.compile(
    r"\s*(?:and\s+)?`?([^\W\d]\w*)`?\s*(?:=(?!=)|:(?!:)|\s+is\s+)\s*(.+?)\s*", re.DOTALL
)
_GUESSED = 0.6
"""Confidence where the entry point itself is the last of several."""


def empty_words(text: str) -> Expr | None:
    """The value of "an empty list", "(empty string)"; None for anything else."""
    found = _EMPTY.fullmatch(text)
    return _EMPTY_WORDS[found.group(1).lower()] if found else None


def unticked(text: str) -> str:
    """`text` without the backticks that enclose the whole of it."""
    inner = text[1:-1]
    if len(text) > 2 and text[0] == text[-1] == "`" and "`" not in inner:
        return inner.strip()
    return text


def is_argument(value: Expr) -> bool:
    """Whether a value can stand as an argument: constants, and lambdas as native text."""
    return is_constant(value) or value[0] == "code"


def expression(text: str, context: Context, scope: Scope = EMPTY) -> Reading | None:
    """The text as an expression that calls the code, every name in it known."""
    if "(" not in text and not scope.variables:
        return None
    value = context.parse(text)
    if value is None:
        code = native(text, context, scope)
        return Reading(code, "native") if code is not None else None
    if not context.uses(value, scope) or not context.closed(value, scope):
        return None
    return Reading(value, "call", function=context.head(value))


def to_call(text: str, context: Context, scope: Scope = EMPTY) -> Reading | None:
    """The call that the text stands for, in the order of the readings; None where none fits."""
    text = unticked(text.strip().rstrip(":,").strip())
    if not text or len(text) > 20_000:
        return None
    for candidate in (text, _LEAD.sub("", text, count=1) if _LEAD.match(text) else ""):
        if not candidate:
            continue
        found = expression(candidate, context, scope) or bare_arguments(candidate, context)
        if found is not None:
            return found
    return None


def bare_arguments(text: str, context: Context) -> Reading | None:
    """The text as nothing but the entry point's arguments."""
    function = context.entry.function
    if function is None or context.entry.kind != "function":
        return None
    text = unticked(text)
    confidence = _GUESSED if context.entry.rivals else 1.0
    found = _named_arguments(text, function, context)
    if found is not None:
        return _made(found, "named", confidence, function, context)
    value = empty_words(text) or context.parse(text)
    if value is not None and is_argument(value):
        return _one_value(value, text, function, context, confidence)
    parts = split_top(text, ",")
    if len(parts) < 2:
        return None
    values = [empty_words(p) or context.parse(unticked(p)) for p in parts]
    least, most = function.arity()
    if least <= len(values) <= most:
        args = [v for v in values if v is not None and is_argument(v)]
        if len(args) == len(values):
            return _made(args, "comma-args", confidence, function, context)
    return None


def _named_arguments(text: str, function: Function, context: Context) -> list[Expr] | None:
    """`a=1, b=2` where every name is a parameter and nothing required is missing."""
    hidden = mask(text)
    if "=" not in hidden and ":" not in hidden and " is " not in hidden:
        return None
    given: dict[str, Expr] = {}
    by_name = {
        p.name.lower(): p.name for p in function.params if p.kind not in ("rest", "keywords")
    }
    joined = re.sub(r"\s+and\s+(?=\w+\s*=)", ", ", text) if " and " in hidden else text
    parts = split_top(joined.replace("\n", ", ") if "\n" in hidden else joined, ",")
    for part in parts:
        found = _NAMED.fullmatch(part)
        if found is None or found.group(1).lower() not in by_name:
            return None
        value = empty_words(found.group(2)) or context.parse(unticked(found.group(2)))
        name = by_name[found.group(1).lower()]
        if value is None or not is_argument(value) or name in given:
            return None
        given[name] = value
    if any(p.required and p.name not in given for p in function.params):
        return None
    ordered: list[Expr] = []
    gap = False
    for param in function.params:
        if param.name not in given:
            gap = True
        elif gap or param.kind == "keyword":
            ordered.append(["keyword", param.name, given[param.name]])
        else:
            ordered.append(given[param.name])
    return ordered


def _one_value(
    value: Expr, text: str, function: Function, context: Context, confidence: float
) -> Reading | None:
    """One literal: the arguments in a tuple, the only argument, or a list that must be spread."""
    least, most = function.arity()
    tag, count = value[0], len(value[1]) if value[0] in ("tuple", "list", "braces") else 0
    one = least <= 1 <= most and most > 0
    if tag == "tuple" and text.startswith("(") and least <= count <= most and count != 1:
        if one and re.search(r"tuple", function.params[0].type, re.IGNORECASE):
            return _made([value], "single", confidence, function, context)
        sure = confidence if not one else min(confidence, 0.8)
        return _made(list(value[1]), "tuple-args", sure, function, context)
    if one:
        return _made([value], "single", confidence, function, context)
    if tag in ("list", "braces") and least <= count <= most:
        return _made(list(value[1]), "spread", min(confidence, 0.9), function, context)
    return None


def _made(
    args: list[Expr], rule: str, confidence: float, function: Function, context: Context
) -> Reading:
    plain = [a for a in args if a[0] != "keyword"]
    keywords = {a[1]: a[2] for a in args if a[0] == "keyword"}
    call = context.call(function, plain, keywords)
    return Reading(call, rule, confidence, function)
