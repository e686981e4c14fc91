"""Chooses what is under test: the one idea where a guess would be worse than none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from harness.structure.model import Class, Function, Param, Structure

_BACKTICKED = re.compile(r"`([^`\n]+)`")
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """What is under test, and by which rule it was chosen.

    `function` is set for kind function (its `owner` tells a method), `class_` for kind class.
    `reason` is named, backticks, only, last, program; or ambiguous, empty for kind none.
    `rivals` counts the others that fit as well: above 0 the choice is the last-defined one.
    """

    kind: Literal["function", "class", "program", "none"] = "none"
    name: str = ""
    function: Function | None = None
    class_: Class | None = None
    reason: str = "empty"
    rivals: int = 0

    @property
    def params(self) -> tuple[Param, ...]:
        """Parameters of the function, or of the class's constructor."""
        if self.function is not None:
            return self.function.params
        return self.class_.constructor if self.class_ is not None else ()


def _by_name(structure: Structure, name: str, reason: str) -> EntryPoint | None:
    """The function, class, or method of that name ("Solution.twoSum" too)."""
    owner, _, last = name.strip().rpartition(".")
    if not owner:
        function = structure.function(last)
        if function is not None:
            return EntryPoint("function", last, function, reason=reason)
        class_ = structure.class_(last)
        if class_ is not None:
            return EntryPoint("class", last, class_=class_, reason=reason)
    owners = [c for c in structure.classes if not owner or c.name == owner]
    found = [(c, m) for c in owners if (m := c.method(last)) is not None]
    if len(found) == 1:
        return EntryPoint("function", last, found[0][1], found[0][0], reason=reason)
    return None


def _in_backticks(structure: Structure, instruction: str) -> EntryPoint | None:
    """The first function or class that the instruction names in backticks."""
    for quoted in _BACKTICKED.findall(instruction):
        for word in _NAME.findall(quoted.split("(")[0]):
            found = _by_name(structure, word, "backticks")
            if found is not None and not (found.function and found.function.owner):
                return found
            if found is not None and len(structure.classes) == 1:
                return _of_class(structure.classes[0], "backticks", wanted=word)
    return None


def _of_class(class_: Class, reason: str, *, wanted: str = "") -> EntryPoint:
    """The class; or its one method where the class is no more than a home for it."""
    public = [m for m in class_.methods if m.public and m.name != "main"]
    held = not class_.constructor and (len(public) == 1 or all(m.static for m in public))
    if held and public and (wanted or len(public) == 1):
        chosen = next((m for m in public if m.name == wanted), public[-1])
        return EntryPoint("function", chosen.name, chosen, class_, reason)
    if wanted and class_.name == "Solution" and (method := class_.method(wanted)) is not None:
        return EntryPoint("function", wanted, method, class_, reason)
    if public and all(m.static for m in public):
        calls = frozenset().union(*(m.calls for m in public))
        free = [m for m in public if m.name not in calls] or public
        return EntryPoint("function", free[-1].name, free[-1], class_, "last", len(free) - 1)
    return EntryPoint("class", class_.name, class_=class_, reason=reason)


def entry_of(structure: Structure, instruction: str = "", named: str = "") -> EntryPoint:
    """The entry point: the named one, else the one in backticks in the instruction, else the only
    public function or class, else the last-defined public function that no other calls, else the
    program where it runs at top level; else none with the reason "ambiguous" or "empty"."""
    if named and (found := _by_name(structure, named, "named")) is not None:
        return found
    if (found := _in_backticks(structure, instruction)) is not None:
        return found
    functions = [f for f in structure.functions if f.public and f.name != "main"]
    classes = [c for c in structure.classes if c.public]
    program = structure.reads_stdin and (structure.runs_at_top or structure.has_main)
    if program and not classes and (structure.runs_at_top or not functions):
        return EntryPoint("program", reason="program")
    if len(functions) == 1 and not classes:
        return EntryPoint("function", functions[0].name, functions[0], reason="only")
    if len(classes) == 1 and not functions:
        return _of_class(classes[0], "only")
    if functions:
        calls = frozenset().union(*(f.calls - {f.name} for f in functions))
        free = [f for f in functions if f.name not in calls] or functions
        rivals = len(free) - 1 + len([c for c in classes if c.methods])
        return EntryPoint("function", free[-1].name, free[-1], reason="last", rivals=rivals)
    if (structure.runs_at_top and structure.prints) or structure.has_main:
        return EntryPoint("program", reason="program")
    if len(classes) > 1:
        bases = {b for c in classes for b in c.bases}
        uses = [c for c in classes if c.name not in bases and c.methods]
        if len(uses) == 1:
            return _of_class(uses[0], "last")
        return EntryPoint(reason="ambiguous")
    return EntryPoint(reason="ambiguous" if structure.functions or structure.classes else "empty")
