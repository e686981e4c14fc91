"""Sequences on an object: `s = Stack(); s.push(1); s.pop() == 1`, `push 1, pop → 1`."""

from __future__ import annotations

import re
from itertools import pairwise

from harness.sketch.calls import expression
from harness.sketch.context import EMPTY, Context, Draft, Reading
from harness.sketch.literals import parse_arguments
from harness.sketch.outcomes import error_in, raising, to_outcome
from harness.sketch.relations import clause, draft
from harness.sketch.scan import mask, split_top
from harness.sketch.spec import Expr
from harness.structure import Class

VARIABLE = "obj"
_LEAD = re.compile(
    r"(?:then|and|now|after|first|when|given)\s+(?:calling\s+|call\s+)?", re.IGNORECASE
)
_THEN = re.compile(r"\s+(?:and\s+then|then|and)\s+", re.IGNORECASE)
_CLAIM = re.compile(r"(?:assert|expect|verify|ensure|check)\b|not\s|!", re.IGNORECASE)
_RELATION = re.compile(
    r"\s*(?:→|⇒|➞|⟶|-->|->|=>|===|==)\s*(?![=>])"
    r"|\s+(?P<raises>(?:should\s+)?(?:raises?|throws?))\b\s*"
    r"|\s+(?:returns?|should\s+(?:return|be|equal|give)|gives|yields|is)\s+",
    re.IGNORECASE,
)
_ON_NEW = re.compile(
    r"(?:call(?:ing)?\s+)?(?P<method>\w+)(?:\(\))?\s+(?:on|from|of)\s+(?:an?\s+|the\s+)?(?:new|empty|fresh)\b"
    r"(?:\s+empty)?(?:\s+\w+)?",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"(?:(?:const|let|var|auto|final|[A-Z]\w*)\s+)?(?P<name>[^\W\d]\w*)\s*:?=(?!=)\s*(?P<value>.+)",
    re.DOTALL,
)
_WORD = re.compile(r"(?P<method>[^\W\d]\w*)(?:\s+(?P<args>[^\s(=].*))?", re.DOTALL)


def class_of(context: Context) -> Class | None:
    """The class that sequences are about: the entry, else the only one that has methods."""
    if context.entry.kind == "class":
        return context.entry.class_
    able = [c for c in context.structure.classes if c.methods]
    return able[0] if len(able) == 1 and context.entry.kind == "none" else None


def sequence(text: str, context: Context) -> list[Draft]:
    """The cases of a line that makes, changes and asks an object; none where a step is unclear."""
    class_ = class_of(context)
    if class_ is None:
        return []
    parts = split_top(text.rstrip(";"), ";")
    if len(parts) == 1:
        parts = split_top(parts[0], ",")
    if len(parts) == 1 and not _speaks_of(parts[0], class_):
        return []
    finer = [piece for part in parts for piece in _split_words(part)]
    return _walked(parts, context, class_) or (
        _walked(finer, context, class_) if finer != parts else []
    )


def _split_words(text: str) -> list[str]:
    """The steps of `push(3) and then pop() → 3`."""
    cuts = [(0, 0), *(m.span() for m in _THEN.finditer(mask(text))), (len(text), len(text))]
    pieces = [text[a[1] : b[0]].strip(" ,") for a, b in pairwise(cuts)]
    return [p for p in pieces if p]


def _walked(parts: list[str], context: Context, class_: Class) -> list[Draft]:
    walk = _Walk(context, class_)
    return walk.drafts if all(walk.step(part) for part in parts) else []


def _speaks_of(text: str, class_: Class) -> bool:
    if re.search(rf"\b{re.escape(class_.name)}\s*\(", text) or " on " in text:
        return True
    first = re.match(r"[^\W\d]\w*", text)
    return first is not None and class_.method(first.group()) is not None


class _Walk:
    """One object's life along a line."""

    def __init__(self, context: Context, class_: Class) -> None:
        self.context, self.class_ = context, class_
        self.scope = EMPTY
        self.variable = ""
        self.drafts: list[Draft] = []

    def step(self, text: str) -> bool:
        """Takes one step; False where it is not understood."""
        text = text.strip()
        if not text:
            return True
        if _CLAIM.match(text):
            return self._clause(text)
        text = _LEAD.sub("", text, count=1)
        made = _MADE.fullmatch(text)
        if made is not None and self._make(made.group("name"), made.group("value")):
            return True
        if not self.variable and self._make(VARIABLE, text):
            return True
        hidden = mask(text)
        relation = _RELATION.search(hidden)
        left = text[: relation.start()] if relation else text
        reading = self._on_new(left) or self._call(left)
        if reading is None:
            return self._clause(text) if relation or "(" in text else False
        if relation is None:
            if reading.call[0] != "call":
                return False
            self.scope = self.scope.with_do(reading.call)
            return True
        right = text[relation.end() :]
        if relation.group("raises"):
            outcome = error_in("raises " + right) if right.strip() else raising(None)
        else:
            outcome = to_outcome(right, self.context, reading.function)
        if outcome is None:
            return False
        fresh = reading.rule == "on-new"
        scope = EMPTY if fresh else self.scope
        self.drafts.append(draft(reading, outcome, scope, rule=reading.rule))
        if not fresh and outcome.raises is None:
            self.scope = self.scope.with_do(reading.call)
        return True

    def _make(self, name: str, text: str) -> bool:
        """`s = Stack(2)`, `new Account(10)`."""
        value = self.context.parse(text)
        if value is None or not self.context.closed(value, self.scope):
            return False
        head = value[2] if value[0] == "call" else ""
        owned = value[0] == "call" and value[1] == ["name", self.class_.name]
        if not (head == self.class_.name and value[1] is None) and not (
            (owned or (value[0] == "call" and value[1] is None))
            and head == self.class_.maker
            and head
        ):
            return False
        self.scope, self.variable = self.scope.with_new(name, value), name
        return True

    def _object(self) -> Expr | None:
        """The object, made without arguments where it was not made yet."""
        if not self.variable:
            if not self.class_.makes_without_arguments:
                return None
            maker: Expr = ["call", None, self.class_.name, [], {}]
            self.scope, self.variable = self.scope.with_new(VARIABLE, maker), VARIABLE
        return ["name", self.variable]

    def _on_new(self, text: str) -> Reading | None:
        """`pop on empty stack`."""
        found = _ON_NEW.fullmatch(text.strip())
        method = self.class_.method(found.group("method")) if found else None
        if method is None or not self.class_.makes_without_arguments or method.arity()[0] > 0:
            return None
        made: Expr = ["call", None, self.class_.name, [], {}]
        return Reading(["call", made, method.name, [], {}], "on-new", 1.0, method)

    def _call(self, text: str) -> Reading | None:
        """`push(1)`, `push 1`, `is_empty`, `s.push(1)`, `len(s)`."""
        text = text.strip()
        value = self.context.parse(text)
        if value is not None and value[0] == "call" and value[1] is None:
            method = self.class_.method(value[2])
            if method is not None:
                return self._method(method.name, value[3], value[4])
        found = _WORD.fullmatch(text)
        if found is not None and (method := self.class_.method(found.group("method"))) is not None:
            given = parse_arguments(found.group("args") or "", self.context.language)
            return self._method(method.name, *given) if given is not None else None
        reading = expression(text, self.context, self.scope)
        if reading is None or (not self.variable and not self._is_own(reading.call)):
            return None
        return Reading(reading.call, "sequence", 1.0, reading.function)

    def _is_own(self, call: Expr) -> bool:
        """Whether the expression makes its own object: `Stack().pop()`."""
        return self.context.uses(call, EMPTY)

    def _method(self, name: str, args: list[Expr], keywords: dict[str, Expr]) -> Reading | None:
        method = self.class_.method(name)
        if method is None:
            return None
        least, most = method.arity()
        if not least <= len(args) + len(keywords) <= max(most, least + len(keywords)):
            return None
        held = self._object()
        if held is None:
            return None
        call: Expr = ["call", held, name, list(args), dict(keywords)]
        if not self.context.closed(call, self.scope):
            return None
        return Reading(call, "sequence", 1.0, method)

    def _clause(self, text: str) -> bool:
        """Any other assertion about the objects made so far; what it calls has been called."""
        drafts = clause(text, self.context, self.scope)
        self.drafts.extend(drafts)
        self.scope = self.scope.after(drafts)
        return bool(drafts)
