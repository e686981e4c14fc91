"""The right side of a relation to what is expected: a value, an error, a tolerance, an order."""

from __future__ import annotations

import re

from harness.sketch.calls import empty_words, unticked
from harness.sketch.context import Context, Outcome
from harness.sketch.scan import mask, split_top
from harness.sketch.spec import Comparator, ComparatorOp, Expr, Raises
from harness.sketch.values import is_constant, settle_braces
from harness.structure import Function

DEFAULT_APPROX = 1e-6
"""Absolute tolerance of "approximately" without a figure."""
_NUMBER = r"(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)"
_ANY_ORDER = re.compile(
    r"[\s,]*[(\[]?\s*(?:in\s+)?(?:any\s+order|order\s+(?:does\s+not|doesn't|not)\s+(?:matter|important)"
    r"|unordered|order[- ]independent)\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"[\s,]*\(?\s*(?:±|\+/-|\+-|(?:to\s+)?within|tolerance|tol|eps(?:ilon)?|error\s*<=?)\s*[=:]?\s*(?:of\s+)?"
    + _NUMBER
    + r"\s*\)?\s*$",
    re.IGNORECASE,
)
_ROUGHLY = re.compile(
    r"[\s,]*\(?\s*(?:approx(?:imately)?\.?|roughly|about)\s*\)?\s*$", re.IGNORECASE
)
_ABOUT = re.compile(
    r"(?:approx(?:imately|\.)?|about|roughly|~|≈)\s*(?=[\d.\-+(\[{])", re.IGNORECASE
)
_APPROX_CALL = re.compile(r"(?:pytest\.)?approx\((.*)\)", re.DOTALL)
_ERROR_NAME = (
    r"(?:[^\W\d]\w*\.)*(?:[A-Z]\w*(?:Error|Exception|Panic|Fault|Interrupt|Iteration|Exit|Warning)"
    r"|Error|Exception|[a-z_]+_error|std::exception)"
)
_RAISES = re.compile(
    r"(?P<verb>(?:it\s+)?(?:should\s+|must\s+|will\s+)?(?:raises?|throws?|rejects?(?:\s+with)?|panics?(?:\s+with)?"
    r"|raised|thrown|errors?\s+with|error:|exception:)\s*:?\s*)?(?:an?\s+|the\s+)?`?(?:std::)?(?P<type>"
    + _ERROR_NAME
    + r")`?(?:\.class)?(?:\(\s*(?P<q1>[\"'])(?P<call>.*?)(?P=q1)\s*\)|\(\))?"
    r"(?:\s*(?:is|should\s+be|was|to\s+be)?\s*(?:raised|thrown))?"
    r"(?:\s*(?::|,|with(?:\s+(?:the|a))?(?:\s+message)?|saying|matching|message)\s*:?\s*"
    r"(?P<q2>[\"'])(?P<words>.*?)(?P=q2))?(?:\s+\((?P<note>[^()]*)\))?"
    r"(?P<cause>\s+(?:when|if|because|since|for)\b[^=<>→]*)?\s*\.?",
    re.DOTALL,
)
_ANY_ERROR = re.compile(
    r"(?:raises?|throws?|returns?|gives?|should|rejects?|panics?)?\s*(?:an?\s+|some\s+|any\s+)?"
    r"(?:non-nil\s+)?(?:error|exception|panic|Err|err)\s*(?:is\s+(?:raised|thrown))?\s*\.?",
)
_VERB = re.compile(
    r"(?:should\s+(?:be|return|equal)|returns?|expected|equals?|be|is|the\s+value|value)\s*:?\s+",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\s*(?:#|//|--)\s.*$", re.DOTALL)
_NOTE = re.compile(r"\s+\((?P<note>[^()]*)\)$")
_BECAUSE = re.compile(
    r"\s*[,;]?\s+(?:because|since|i\.e\.|e\.g\.|as\s+(?:the|it|there|all))\b.*$", re.DOTALL
)
_EQUAL = re.compile(r"(?<![=!<>])==?(?![=>])")
_DECIMALS = re.compile(r"\d\.(\d+)")
_SCALES = re.compile(r"\b(?:abs|rel|abs_tol|rel_tol)\s*=\s*" + _NUMBER)


def approx(
    expect: Expr, *, tolerance: float | None = None, relative: float | None = None
) -> Outcome:
    """Close to a value: within the stated tolerance, else the default."""
    stated = tolerance is not None or relative is not None
    absolute = tolerance if stated else DEFAULT_APPROX
    return Outcome(expect, Comparator(op="approx", abs=absolute, rel=relative))


def raising(name: str | None, match: str | None = None) -> Outcome:
    """An error of that type; of any type for None and for names that say no more than "error"."""
    last = (name or "").replace("::", ".").rpartition(".")[2]
    general = last in ("", "Error", "Exception", "exception")
    raises = Raises(type=last or None, match=match or None, any_error=general)
    return Outcome(None, Comparator(op="raises"), raises)


def error_in(text: str) -> Outcome | None:
    """The error that the text names, or "an error"; None where it is anything else."""
    text = text.strip().rstrip(";")
    found = _RAISES.fullmatch(text)
    if found is not None:
        return raising(found.group("type"), found.group("call") or found.group("words"))
    return raising(None) if _ANY_ERROR.fullmatch(text) else None


def constant(text: str, context: Context) -> Expr | None:
    """The constant that the whole text is: a literal, "empty list", or a chain of equal sums."""
    whole = text.strip()
    text = unticked(whole)
    value = empty_words(text) or context.parse(text)
    if value is not None and (held := _plain(value)) is not None:
        return held
    if text != whole and context.language in ("go", "javascript", "typescript"):
        value = context.parse(whole)
    if value is not None:
        return _plain(value)
    if "=" in text:
        hidden = mask(text)
        cuts = [m.span() for m in _EQUAL.finditer(hidden)]
        if cuts:
            edges = [0, *(e for cut in cuts for e in cut), len(text)]
            parts = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
            values = [constant(p, context) for p in parts if "=" not in mask(p)]
            if len(values) == len(parts) and all(v is not None and v == values[0] for v in values):
                return values[0]
    return None


def _plain(value: Expr) -> Expr | None:
    """The constant; containers that are written as calls become values."""
    if is_constant(value):
        return value
    if (
        value[0] == "call"
        and not value[4]
        and (value[1] is None or value[1] == ["name", "collections"])
    ):
        name, args = value[2], value[3]
        held = _plain(args[0]) if len(args) == 1 else None
        tags = {"set": "set", "frozenset": "set", "list": "list", "tuple": "tuple", "deque": "list"}
        if name in tags and not args:
            return [tags[name], []]
        if name in tags and held is not None and held[0] in ("list", "tuple", "set"):
            return [tags[name], held[1]] if name != "list" or held[0] != "set" else None
        if name in ("dict", "Counter", "OrderedDict") and not args:
            return ["map", []]
        if name in ("dict", "Counter", "OrderedDict") and held is not None and held[0] == "map":
            return held
        if name == "Decimal" and held is not None and held[0] in ("str", "int"):
            return ["decimal", held[1]]
    if value[0] in ("list", "tuple", "set", "braces"):
        inner = [_plain(e) for e in value[1]]
        if all(e is not None for e in inner):
            return [value[0], inner]
    return None


def to_outcome(text: str, context: Context, function: Function | None = None) -> Outcome | None:
    """What is expected, with its comparator; None where the text does not parse in full."""
    text = text.strip().rstrip(";").strip()
    if not text or len(text) > 20_000:
        return None
    op: ComparatorOp = "eq"
    tolerance = relative = None
    if found := _ANY_ORDER.search(text):
        op, text = "unordered", text[: found.start()]
    if found := _WITHIN.search(text):
        op, tolerance, text = "approx", float(found.group(1)), text[: found.start()]
    elif found := _ROUGHLY.search(text):
        op, text = "approx", text[: found.start()]
    elif found := _ABOUT.match(text):
        op, text = "approx", text[found.end() :]
    if found := _APPROX_CALL.fullmatch(text):
        parts = split_top(found.group(1), ",")
        scales = {k: float(v) for p in parts[1:] for k, v in _scale(p).items()}
        op, text = "approx", parts[0] if parts else ""
        tolerance, relative = scales.get("abs"), scales.get("rel")
        if tolerance is None and relative is None:
            tolerance, relative = 1e-12, 1e-6  # what pytest.approx does by itself
    if op == "eq" and (error := error_in(text) or _go_error(text, function, context)):
        return error
    value = _value(text, context)
    if value is None:
        return None
    if op == "approx" and tolerance is None and relative is None:
        tolerance = half_unit(text)
    value = _by_type(value, function, context)
    if op == "eq" and function is not None:
        special = _native_error(value, function, context)
        if special is not None:
            return special
        value = _first_of_pair(value, function, context)
    if op == "approx":
        return approx(value, tolerance=tolerance, relative=relative)
    return Outcome(value, Comparator(op=op))


def half_unit(text: str) -> float | None:
    """Half of the last digit's unit, for figures that look rounded: 3.14 may stand for 3.14159."""
    figures = _DECIMALS.findall(text)
    if "e" in text.lower() or not figures or min(map(len, figures)) < 2:
        return None
    return max(DEFAULT_APPROX, 0.5000001 * 10.0 ** -min(map(len, figures)))


def _scale(text: str) -> dict[str, str]:
    found = _SCALES.fullmatch(text)
    return {text[:3]: found.group(1)} if found else {}


def _value(text: str, context: Context) -> Expr | None:
    """The constant, with verbs before it and remarks after it dropped only where it needs that."""
    text = text.strip()
    value = constant(text, context)
    if value is not None:
        return value
    if found := _VERB.match(text):
        text = text[found.end() :]
    hidden = mask(text)
    trials = [text]
    for pattern in (_COMMENT, _BECAUSE):
        if cut := pattern.search(hidden):
            trials.append(text[: cut.start()])
    for trial in list(trials):
        trials.append(trial.rstrip(" .,;"))
        note = _NOTE.search(trial.rstrip(" ."))
        if note is not None and _is_remark(note.group("note")):
            trials.append(trial[: note.start()])
    for trial in trials:
        value = constant(trial, context)
        if value is not None:
            return value
        if context.language == "go":
            parts = split_top(trial, ",")
            values = [constant(p, context) for p in parts]
            if len(parts) > 1 and all(v is not None for v in values):
                return ["tuple", values]
    return None


def _is_remark(note: str) -> bool:
    """Whether text in parentheses is words about the value, not a part of it."""
    return bool(re.search(r"[^\W\d]{2}", note)) and not re.search(r"[±~≈]|within|tolerance", note)


def _by_type(value: Expr, function: Function | None, context: Context) -> Expr:
    returns = function.returns if function is not None else ""
    return settle_braces(value, returns)


def _native_error(value: Expr, function: Function, context: Context) -> Outcome | None:
    """Errors that are values: Rust's Err, and Go's second answer."""
    if context.language == "rust" and value[0] == "err":
        inner = value[1]
        text = inner[1] if inner is not None and inner[0] == "str" else None
        if inner is None or text is not None:
            raises = Raises(match=text, any_error=True)
            return Outcome(value, Comparator(op="raises"), raises)
    return None


def _go_error(text: str, function: Function | None, context: Context) -> Outcome | None:
    """`0, errors.New("division by zero")`: what is beside the error does not count."""
    if context.language != "go" or function is None or not _answers_error(function):
        return None
    last = (split_top(text, ",") or [""])[-1]
    made = re.fullmatch(r"(?:errors\.New|fmt\.Errorf)\(\"([^\"%]*)\"\)", last)
    if made is None and not re.fullmatch(r"(?:an?\s+)?(?:err|error|non-nil(?:\s+error)?)", last):
        return None
    match = made.group(1) if made is not None else None
    return Outcome(None, Comparator(op="raises"), Raises(match=match or None, any_error=True))


def _answers_error(function: Function) -> bool:
    return bool(re.search(r"\berror\s*\)?$", function.returns))


def _first_of_pair(value: Expr, function: Function, context: Context) -> Expr:
    """Go's `5, nil` is 5 without an error."""
    pair = context.language == "go" and value[0] == "tuple" and _answers_error(function)
    if pair and len(value[1]) == 2 and value[1][1] == ["null"]:
        first: Expr = value[1][0]
        return first
    return value
