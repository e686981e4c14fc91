"""The facts that are read from a source, free of any grammar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ParamKind = Literal["plain", "positional", "keyword", "rest", "keywords"]


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter. `default` is its source text, or None where it must be given.

    `kind`: plain, positional (before a `/`), keyword (after a `*`), rest (`*args`), keywords
    (`**kwargs`).
    """

    name: str
    type: str = ""
    default: str | None = None
    kind: ParamKind = "plain"

    @property
    def required(self) -> bool:
        """Whether a call must give it."""
        return self.default is None and self.kind not in ("rest", "keywords")


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method; `params` hold no receiver. Lines are 1-based."""

    name: str
    params: tuple[Param, ...] = ()
    returns: str = ""
    is_async: bool = False
    static: bool = False
    owner: str = ""
    """The class that it belongs to, empty for a free function."""
    line: int = 0
    end_line: int = 0
    public: bool = True
    calls: frozenset[str] = frozenset()
    """Last parts of the names that its body calls."""

    def arity(self) -> tuple[int, int]:
        """The least and the greatest number of positional arguments (99: any)."""
        given = [p for p in self.params if p.kind in ("plain", "positional")]
        least = sum(p.required for p in given)
        return least, 99 if any(p.kind == "rest" for p in self.params) else len(given)


@dataclass(frozen=True, slots=True)
class Class:
    """A class, struct or trait implementation with what can be called on it."""

    name: str
    constructor: tuple[Param, ...] = ()
    methods: tuple[Function, ...] = ()
    bases: tuple[str, ...] = ()
    line: int = 0
    public: bool = True
    maker: str = ""
    """The function that makes one, where the class itself cannot be called: "new", "NewStack"."""

    def method(self, name: str) -> Function | None:
        """The method of that name."""
        return next((m for m in self.methods if m.name == name), None)

    @property
    def makes_without_arguments(self) -> bool:
        """Whether an instance can be made with no argument."""
        return not any(p.required for p in self.constructor)


@dataclass(frozen=True, slots=True)
class Import:
    """One import: the module as written, and the names that are taken from it."""

    module: str
    names: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Loc:
    """Line counts. `code` leaves out blank lines, lines that are all comment, and docstrings.

    A docstring is a string that stands alone as the first statement of a module, class or function.
    """

    total: int = 0
    nonblank: int = 0
    code: int = 0

    def as_dict(self) -> dict[str, int]:
        """total, nonblank and code by name."""
        return {"total": self.total, "nonblank": self.nonblank, "code": self.code}


@dataclass(frozen=True, slots=True)
class Structure:
    """Everything that was read from one source. Free functions and classes in source order."""

    language: str = ""
    known: bool = False
    """False where no grammar is there for the language: then only the lines are counted."""
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    imports: tuple[Import, ...] = ()
    calls: frozenset[str] = frozenset()
    """Called names as written, "os.path.join"."""
    reads_stdin: bool = False
    prints: bool = False
    """Whether anything is written to standard output."""
    runs_at_top: bool = False
    """Whether statements other than definitions stand at top level (scripting languages)."""
    has_main: bool = False
    loc: Loc = Loc()
    error_ratio: float = 0.0
    """Share of the source's bytes inside ERROR nodes; 0 for a clean parse."""

    def function(self, name: str) -> Function | None:
        """The last free function of that name, as the language would bind it."""
        return next((f for f in reversed(self.functions) if f.name == name), None)

    def class_(self, name: str) -> Class | None:
        """The class of that name."""
        return next((c for c in self.classes if c.name == name), None)
