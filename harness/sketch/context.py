"""What the readings of a line need to know of the code: names, arities, how a call is made."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from harness.sketch.literals import parse
from harness.sketch.spec import Case, Comparator, Expr, Origin, Raises
from harness.sketch.values import children, is_constant, names, settle_braces
from harness.structure import Class, EntryPoint, Function, Structure

_WORDS = (
    "len sorted list set frozenset tuple dict str int float bool bytes sum abs round min max "
    "isinstance any all repr type next iter range reversed enumerate zip map filter hash "
    "callable hasattr getattr divmod pow complex bytearray "
)
BUILTINS = frozenset(_WORDS.split())
"""What the guest's evaluator knows besides the code's own names."""
_NATIVE = {
    "javascript": frozenset({"Promise", "Number", "String", "Array", "Object", "JSON", "Math",
                             "Set", "Map", "Date", "BigInt", "RegExp", "Symbol",
                             "Error", "TypeError", "RangeError", "Uint8Array"}),
    "java": frozenset({"Math", "String", "Arrays", "List", "Map", "Set", "Integer", "Optional",
                       "ArrayList", "HashMap", "HashSet"}),
    "go": frozenset({"len", "strings", "math", "sort", "string"}),
    "rust": frozenset({"Vec", "String", "HashMap", "HashSet"}),
    "cpp": frozenset({"abs", "fabs"}),
}  # fmt: skip
_NATIVE["typescript"] = _NATIVE["javascript"]
_ALIASES = frozenset({"candidate"})
_DEFINITION = re.compile(
    r"(?<!\w)([^\W\d]\w{0,80}) ?\( ?[^\W\d]\w{0,80} ?(?:[-+] ?\d{1,9} ?)?\) ?=(?![=>])"
)


_EQUAL = Comparator()


@dataclass(frozen=True, slots=True)
class Reading:
    """A call that a text was read as."""

    call: Expr
    rule: str
    confidence: float = 1.0
    function: Function | None = None
    """The function at its head, where there is one: its types settle braces and pairs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is expected of a call."""

    expect: Expr | None = None
    comparator: Comparator = _EQUAL
    raises: Raises | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A case before it has an id: what a reading and an outcome make together."""

    call: Expr | None
    outcome: Outcome
    rule: str
    confidence: float = 1.0
    setup: tuple[Expr, ...] = ()
    stdin: str | None = None
    name: str = ""
    argv: tuple[str, ...] = ()

    def case(self, number: int, *, line: int, text: str, name: str) -> Case:
        """The case, numbered from 1."""
        return Case(
            id=f"c{number}",
            name=self.name or name or f"case_{number}",
            origin=Origin(line=line, text=text, rule=self.rule, confidence=self.confidence),
            setup=_needed(self.setup, self.call),
            call=self.call,
            stdin=self.stdin,
            argv=self.argv,
            expect=self.outcome.expect,
            comparator=self.outcome.comparator,
            raises=self.outcome.raises,
        )


def _needed(setup: tuple[Expr, ...], call: Expr | None) -> tuple[Expr, ...]:
    """The setup without constants that nothing uses: an expectation must not enter the sandbox."""
    used = names(call) if call is not None else set()
    native = call is not None and "code" in str(call)
    kept: list[Expr] = []
    for step in reversed(setup):
        if step[0] == "new" and is_constant(step[2]) and step[1] not in used and not native:
            continue
        used |= names(step[-1])
        native = native or "code" in str(step[-1])
        kept.append(step)
    return tuple(reversed(kept))


@dataclass(frozen=True, slots=True)
class Scope:
    """The variables that a test has made so far, and the steps that made them."""

    setup: tuple[Expr, ...] = ()
    variables: frozenset[str] = frozenset()

    def with_new(self, variable: str, value: Expr) -> Scope:
        """After `variable = value`."""
        return Scope((*self.setup, ["new", variable, value]), self.variables | {variable})

    def with_do(self, value: Expr) -> Scope:
        """After a call for its effect."""
        return replace(self, setup=(*self.setup, ["do", value]))

    def after(self, drafts: list[Draft]) -> Scope:
        """After assertions: what they called on the test's objects has been called."""
        scope, seen = self, list[Expr]()
        for draft in drafts:
            call = draft.call
            if call is None or draft.outcome.raises is not None or call in seen:
                continue
            if call[0] != "name" and names(call) & self.variables:
                scope, seen = scope.with_do(call), [*seen, call]
        return scope


EMPTY = Scope()


def _loose(name: str) -> str:
    return name.replace("_", "").lower()


@dataclass(frozen=True, slots=True)
class Context:
    """One sketch's view of the code."""

    language: str
    structure: Structure
    entry: EntryPoint
    functions: dict[str, Function] = field(default_factory=dict)
    """What can be called by its bare name; of a one-class home, its methods too."""
    classes: dict[str, Class] = field(default_factory=dict)
    loose: dict[str, str] = field(default_factory=dict)
    """Names without case and underscores, where they are told apart so."""
    known: frozenset[str] = frozenset()
    defines: bool = False
    """Whether the sketch writes `f(n) = ...` with a free name: then a single `=` defines."""
    printers: frozenset[str] = frozenset()
    """Functions that print and never answer: what a session shows of them is what they print."""

    @classmethod
    def of(cls, structure: Structure, entry: EntryPoint, sketch: str = "") -> Context:
        """The context for a code's structure, chosen entry point and sketch."""
        functions = {f.name: f for f in structure.functions if f.name != "main"}
        home = entry.class_ if entry.kind == "function" else None
        for class_ in structure.classes:
            for method in class_.methods:
                if method.static or class_ is home:
                    functions.setdefault(method.name, method)
        if entry.function is not None:
            functions[entry.function.name] = entry.function
        classes = {c.name: c for c in structure.classes}
        loose: dict[str, str] = {}
        for name in (*functions, *classes):
            key = _loose(name)
            loose[key] = "" if key in loose else name
        imported = (n for i in structure.imports for n in i.names or (i.module.split(".")[0],))
        known = BUILTINS | set(functions) | set(classes) | set(imported)
        known |= _NATIVE.get(structure.language, frozenset())
        defines = any(name in functions for name in _DEFINITION.findall(sketch))
        return cls(structure.language, structure, entry, functions, classes, loose, known, defines)

    def about(self, name: str) -> Context:
        """This context, or where the entry was a choice among several, that of the function that a
        test's name speaks of."""
        if not name or not self.entry.rivals:
            return self
        loose = _loose(name)
        told = [f for n, f in self.functions.items() if len(n) > 2 and _loose(n) in loose]
        if len(told) != 1 or told[0].owner:
            return self
        entry = EntryPoint("function", told[0].name, told[0], reason="named")
        return replace(self, entry=entry)

    def parse(self, text: str) -> Expr | None:
        """The expression that the whole text is, calls to the code resolved; or None."""
        value = parse(text, self.language)
        return value if value is None else self.resolve(value)

    def call(self, function: Function, args: list[Expr], keywords: dict[str, Expr]) -> Expr:
        """A call of `function`, on its class or on a new instance where it belongs to one."""
        receiver: Expr | None = None
        args = _settled(args, function)
        if function.owner:
            receiver = (
                ["name", function.owner]
                if function.static
                else ["call", None, function.owner, [], {}]
            )
        return ["call", receiver, function.name, args, keywords]

    def resolve(self, value: Expr) -> Expr:
        """Bare names of methods, other spellings and `candidate` become calls of the code."""
        if not names(value):
            return value
        if value[0] != "call":
            return _rebuilt(value, [self.resolve(c) for c in children(value)])
        _, receiver, name, args, keywords = value
        args = [self.resolve(a) for a in args]
        keywords = {k: self.resolve(v) for k, v in keywords.items()}
        if receiver is not None:
            static = self.functions.get(name)
            if static is not None and receiver == ["name", static.owner]:
                args = _settled(args, static)
            return ["call", self._receiver(receiver, name), name, args, keywords]
        name = self._spelling(name)
        function = self.functions.get(name)
        if function is not None:
            args = _settled(args, function)
        if function is not None and function.owner and self.structure.function(name) is None:
            return self.call(function, args, keywords)
        return ["call", None, name, args, keywords]

    def _spelling(self, name: str) -> str:
        if name in self.known:
            return name
        if name in _ALIASES and self.entry.kind == "function":
            return self.entry.name
        return self.loose.get(_loose(name)) or name

    def _receiver(self, receiver: Expr, method: str) -> Expr:
        """`s.twoSum(...)` where `s` was never made: a new instance of the home class."""
        owner = self.entry.class_
        if (
            receiver[0] == "name"
            and self.entry.kind == "function"
            and owner is not None
            and owner.method(method) is not None
            and receiver[1].lower() in ("s", "sol", "solution", "obj", owner.name.lower())
            and receiver[1] not in self.known
        ):
            return ["call", None, owner.name, [], {}]
        return self.resolve(receiver)

    def uses(self, value: Expr, scope: Scope) -> bool:
        """Whether the expression calls the code or looks at a variable of the test."""
        if value[0] == "name":
            return value[1] in scope.variables
        if value[0] == "call":
            name = value[2]
            if value[1] is None and (name in self.functions or name in self.classes):
                return True
            if value[1] is not None and value[1] == ["name", self.entry.name]:
                return True
            if value[1] is not None and value[1][0] == "name" and value[1][1] in self.classes:
                return True
        return any(self.uses(c, scope) for c in children(value))

    def closed(self, value: Expr, scope: Scope) -> bool:
        """Whether every name in it is one that the code, the test or the evaluator has."""
        return names(value) <= self.known | scope.variables

    def head(self, value: Expr) -> Function | None:
        """The code's function whose answer `value` is."""
        return self.functions.get(value[2]) if value[0] == "call" else None


def _settled(args: list[Expr], function: Function) -> list[Expr]:
    """Braces among the arguments, settled by the parameters' types."""
    types = [p.type for p in function.params if p.kind in ("plain", "positional")]
    return [settle_braces(a, t) for a, t in zip(args, types, strict=False)] + args[len(types) :]


def _rebuilt(value: Expr, inner: list[Expr]) -> Expr:
    """`value` with its children replaced, in the order in which `children` gives them."""
    tag = value[0]
    if tag in ("list", "tuple", "set", "braces"):
        return [tag, inner]
    if tag == "map":
        return [tag, [list(p) for p in zip(inner[::2], inner[1::2], strict=True)]]
    if tag in ("some", "ok", "err", "neg", "not"):
        return [tag, *inner] if inner else value
    if tag == "attr":
        return [tag, inner[0], value[2]]
    if tag == "index":
        return [tag, *inner]
    if tag == "bin":
        return [tag, value[1], *inner]
    return value
