"""One line of a sketch to its cases: the name before it taken off where the rest is what parses."""

from __future__ import annotations

import re
from typing import NamedTuple

from harness.sketch.asserts import assertion
from harness.sketch.calls import expression
from harness.sketch.context import EMPTY, Context, Draft, Outcome, Scope
from harness.sketch.outcomes import constant
from harness.sketch.printers import printed, prints, said
from harness.sketch.relations import clause
from harness.sketch.scan import NESTED, QUOTED, mask, split_top
from harness.sketch.spec import Comparator
from harness.sketch.stateful import sequence

_PREFIX = re.compile(r"\s*(?::(?!:)\s*|\s[—–-]\s+|—\s*)")
_TEST_NAME = re.compile(
    r"(?:test|it|should|case|example|scenario)?[\w/ .'’\-]*(?:\(\))?", re.IGNORECASE
)
_STDIN = re.compile(
    r"(?:std)?in(?:put)?\s*[:=]?\s*(?P<in>\x01+)\s*(?:→|⇒|->|=>|,|;|\|)?\s*(?:expected\s+)?"
    r"(?:std)?(?:out(?:put)?|prints?)\s*[:=]?\s*(?P<out>\x01+)\s*",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"(?:input|given|args?)s?\s*[:=]\s*(?P<in>.+?)[\s,;|]*"
    r"(?:→|->|=>)?\s*\b(?:expected|outputs?|expects?|results?|returns?)(?:\s+(?:output|result|value))?\s*[:=]\s*(?P<out>.+)",
    re.IGNORECASE,
)
_MOCKS = re.compile(
    r"\b(?:mock|patch|monkeypatch|spy|stub|fixture|tmp_path|capsys|fake)\w*\b", re.IGNORECASE
)
_PROPERTY = re.compile(
    r"(?:property|invariant|for\s+(?:all|any|every))\b|.*\b(?:idempotent|round[- ]?trip)\b",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"""\d|["'`\[{]|\b(?:true|false|none|null|nil|error|exception)\b""", re.IGNORECASE
)
_OPERATOR = re.compile(r"→|⇒|➞|->|=>|==|≈|\b(?:raises?|throws?)\b", re.IGNORECASE)
_CALLED = re.compile(r"([^\W\d]\w*)\(")
_MARKED = re.compile(r"test[\w\s:(]|test$|it\s+should|case\b|should\b", re.IGNORECASE)


class Read(NamedTuple):
    """What a line came to: its cases with the name that stood before them."""

    drafts: list[Draft]
    name: str


def prefixes(text: str) -> list[tuple[str, str]]:
    """(name, rest) for every place where a name may end, the shortest name first."""
    hidden = mask(text)
    out = []
    for found in _PREFIX.finditer(hidden):
        name = text[: found.start()].strip(" *`_")
        rest = text[found.end() :].strip()
        if name and rest and len(name) <= 200 and _TEST_NAME.fullmatch(name):
            out.append((name, rest))
        if len(out) == 3:
            break
    return out


def read_line(text: str, context: Context, scope: Scope = EMPTY) -> Read:
    """The cases of one line; none where it does not parse in full."""
    options = [("", text), *prefixes(text)]
    params = {p.name.lower() for p in context.entry.params}
    for name, rest in options:
        if name.lower() in params:
            continue
        drafts = _whole(rest, context.about(name), scope)
        if drafts:
            return Read(drafts, name)
    for name, rest in options:
        if name.lower() in params:
            continue
        drafts = _several(rest, context.about(name), scope)
        if drafts:
            return Read(drafts, name)
    return Read([], "")


def _whole(text: str, context: Context, scope: Scope) -> list[Draft]:
    """The readings of a text as one clause."""
    if context.structure.classes and not scope.setup and (steps := sequence(text, context)):
        return steps
    if context.structure.reads_stdin and (program := _program(text, context)):
        return program
    return _one(text, context, scope)


def _one(text: str, context: Context, scope: Scope) -> list[Draft]:
    """The readings that need no state."""
    if claims := assertion(text, context, scope):
        return claims
    if (shown := said(text, context)) is not None:
        reading, wanted = expression(shown[0], context, scope), constant(shown[1], context)
        if reading is None or wanted is None or wanted[0] != "str":
            return []
        if prints(reading.call, context):
            return [printed(reading.call, wanted[1] + "\n", "prints", scope)]
    if found := clause(text, context, scope):
        return found
    labels = _LABELS.fullmatch(text[1:-1] if mask(text).strip(NESTED) == "" else text)
    if labels is not None:
        return clause(f"{labels.group('in')} → {labels.group('out')}", context, scope)
    return []


def _several(text: str, context: Context, scope: Scope) -> list[Draft]:
    """Several clauses on one line, every one of which must parse."""
    hidden = mask(text)
    for separator in (";", " and ", ","):
        if separator not in hidden:
            continue
        parts = split_top(text, separator)
        found = [_one(part, context, scope) for part in parts]
        if len(parts) > 1 and all(found):
            return [draft for drafts in found for draft in drafts]
    return []


def _program(text: str, context: Context) -> list[Draft]:
    """`stdin "2\\n" -> stdout "4"`."""
    found = _STDIN.fullmatch(mask(text))
    if found is None:
        plain = _LABELS.fullmatch(text) if context.entry.kind == "program" else None
        if plain is None or "," in text or QUOTED in mask(text):
            return []
        return [stdio(plain.group("in").strip() + "\n", plain.group("out"), "stdio-inline")]
    given, wanted = (constant(text[slice(*found.span(g))], context) for g in ("in", "out"))
    if given is None or wanted is None or given[0] != "str" or wanted[0] != "str":
        return []
    return [stdio(given[1], wanted[1], "stdio-inline")]


def stdio(given: str, wanted: str, rule: str) -> Draft:
    """A run of the program: what it is given, and what it must write."""
    outcome = Outcome(["str", wanted], Comparator(op="stdout"))
    return Draft(None, outcome, rule, stdin=given)


def why_unresolved(text: str, context: Context) -> str:
    """The reason code of a line that gave no case: needs-mock, property, unparsed, ambiguous,
    no-call, no-value, or prose for a sentence that was no example to begin with."""
    if _MOCKS.search(text):
        return "needs-mock"
    calls = sum(name in context.functions for name in _CALLED.findall(text))
    if _PROPERTY.match(text) or (calls > 1 and _OPERATOR.search(text)):
        return "property"
    if calls:
        return "unparsed" if _VALUE.search(text) else "no-value"
    if _OPERATOR.search(text) and _VALUE.search(text):
        if context.entry.kind == "none":
            return "ambiguous" if context.entry.reason == "ambiguous" else "no-call"
        return "unparsed"
    return "no-value" if _MARKED.match(text) else "prose"
