"""TestSpec: what a sketch says, as typed data free of any language.

Values and expressions are tagged lists, the same on both sides of the sandbox's wall:

    ["null"] ["bool", true] ["int", "123"] ["float", "0x1.8p+1"] ["str", "..."] ["char", "c"]
    ["bytes", "<hex>"] ["list", [e, ...]] ["tuple", [...]] ["set", [...]] ["map", [[k, v], ...]]
    ["some", e] ["ok", e] ["err", e | null]              Option and Result of Rust and Go
    ["braces", [e, ...]]                                 {1, 2}: a set or a list, the type decides
    ["code", "<native text>"]                            a lambda or another opaque argument
    ["name", id] ["attr", e, id] ["index", e, e] ["bin", op, e, e] ["neg", e] ["not", e]
    ["call", receiver | null, function, [e, ...], {name: e}]

Integers are decimal strings and floats are hex (or nan, inf, -inf), so nothing is lost on the way.
"""

from __future__ import annotations

from typing import Any, Literal

from harness.models import Record, digest

Expr = list[Any]

ComparatorOp = Literal[
    "eq", "ne", "approx", "unordered", "contains", "notcontains", "len", "truthy", "falsy",
    "lt", "le", "gt", "ge", "regex", "raises", "stdout", "isinstance",
]  # fmt: skip


class Origin(Record):
    """Where a case comes from: the trace from sketch line to result."""

    source: Literal["sketch", "suite", "llm", "heldout", "metamorphic", "differential"] = "sketch"
    line: int = 0
    """1-based line of the sketch or suite."""
    text: str = ""
    rule: str = ""
    """The reading that gave the case, "single-lit"."""
    confidence: float = 1.0


class Comparator(Record):
    """How an answer is held against the expectation, on the host."""

    op: ComparatorOp = "eq"
    abs: float | None = None
    rel: float | None = None
    trim: Literal["none", "trailing"] = "trailing"
    """For stdout: whether white space at line ends and at the end counts."""
    types: Literal["sketch", "python"] = "sketch"
    """sketch: the policy of `harness.compare`; python: exactly what == says of plain values."""


class Raises(Record):
    """An expected error."""

    type: str | None = None
    match: str | None = None
    """A substring of the message, only where the sketch gives one."""
    any_error: bool = False


class Case(Record):
    """One call (or one run of a program) with what is expected of it."""

    id: str
    name: str = ""
    origin: Origin = Origin()
    setup: tuple[Expr, ...] = ()
    """["new", variable, expr] and ["do", expr] steps before the call."""
    call: Expr | None = None
    stdin: str | None = None
    argv: tuple[str, ...] = ()
    expect: Expr | None = None
    comparator: Comparator = Comparator()
    raises: Raises | None = None


class Unresolved(Record):
    """A line of the sketch that was not understood, whole."""

    line: int
    text: str
    reason: str
    """no-value, no-call, ambiguous, property, needs-mock, unparsed ..."""


class Entry(Record):
    """What is under test."""

    kind: Literal["function", "class", "program", "none"] = "none"
    name: str = ""
    params: tuple[tuple[str, str, bool], ...] = ()
    """(name, type text, has a default)."""
    returns: str = ""
    is_async: bool = False


class TestSpec(Record):
    """The sketch as typed data."""

    __test__ = False  # not a pytest class

    spec_version: int = 1
    language: str = "python"
    entry: Entry = Entry()
    cases: tuple[Case, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()

    def digest(self) -> str:
        """Hash of the whole spec."""
        return digest(self.model_dump(mode="json"))
