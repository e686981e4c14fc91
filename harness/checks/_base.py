"""What a source check is given, and what it must be."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Protocol

from harness.checks._tree import TreeIndex
from harness.models import Claims, Finding, Language, Pair, Policy, Severity, SuiteText
from harness.sketch.spec import TestSpec
from runners.guest.parsing import parse

if TYPE_CHECKING:
    from harness.checks._cases import VisibleCases
    from harness.checks._suite import SuiteReport

MAX_SOURCE_BYTES = 1 << 20
"""Larger sources are not parsed on the host: the parser's memory is a multiple of the text."""

PYTHON_NAMES = frozenset({"python", "python3", "py"})


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What source checks look at. `tree` is the language's own parse of the code (Python), or None
    where it does not parse; `modules` are the top-level modules that the sandbox holds."""

    pair: Pair
    policy: Policy
    tree: ast.Module | None = None
    parse_error: str = ""
    suite_tree: ast.Module | None = None
    spec: TestSpec | None = None
    loc: Mapping[str, int] = field(default_factory=dict)
    modules: frozenset[str] = frozenset()

    @property
    def is_python(self) -> bool:
        """Whether the pair claims to be Python."""
        return self.pair.language.name.lower() in PYTHON_NAMES

    @cached_property
    def code_index(self) -> TreeIndex | None:
        """The code's tree walked once, shared by all checks; None where there is no tree."""
        return None if self.tree is None else TreeIndex(self.tree)

    @cached_property
    def suite_index(self) -> TreeIndex | None:
        """The suite's tree walked once; None where there is no tree."""
        return None if self.suite_tree is None else TreeIndex(self.suite_tree)

    @cached_property
    def suite_report(self) -> SuiteReport | None:
        """What each test of the suite asserts; None where there is no suite tree."""
        from harness.checks._suite import read_suite

        return read_suite(self)

    @cached_property
    def visible(self) -> VisibleCases:
        """The inputs and answers that the pair's sketch and suite show."""
        from harness.checks._cases import visible_cases

        return visible_cases(self)

    @cached_property
    def entry_name(self) -> str:
        """The function or class under test: as the row or the spec names it, else the only public
        one at the top level, else the only one that the suite imports, else empty."""
        if self.pair.entry_point:
            return self.pair.entry_point
        if self.spec is not None and self.spec.entry.name:
            return self.spec.entry.name
        if self.tree is None:
            return ""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        names = {n.name for n in self.tree.body if isinstance(n, kinds) and n.name[0] != "_"}
        names.discard("main")
        if len(names) > 1 and self.suite_index is not None:
            names &= {path.rsplit(".", 1)[-1] for path in self.suite_index.imports.values()}
        return names.pop() if len(names) == 1 else ""


@dataclass(frozen=True, kw_only=True)
class Example:
    """A pair in short, and whether the check must say something about it.

    `severity` narrows it: the strongest finding must have exactly this severity.
    """

    fires: bool
    code: str = ""
    suite: str = ""
    kind: str = "pytest"
    instruction: str = ""
    response: str = ""
    code_only: str | None = None
    sketch: str = ""
    language: str = "python"
    entry_point: str = ""
    claims: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    severity: Severity | None = None

    def pair(self) -> Pair:
        """The pair in full, under the id "example"."""
        suite = None
        if self.suite:
            suite = SuiteText.model_validate({"source": self.suite, "kind": self.kind})
        return Pair(
            id="example",
            language=Language(name=self.language),
            instruction=self.instruction,
            response=self.response,
            code=self.code,
            code_only=self.code_only,
            sketch=self.sketch,
            suite=suite,
            entry_point=self.entry_point,
            claims=Claims.model_validate(dict(self.claims)),
            notes=self.notes,
        )


class Check(Protocol):
    """One question about a pair that needs no execution.

    The docstring of the class says what it finds, why it matters, and gives an example.
    `examples` are the pairs that the contract suite holds the check to: at least one on which it
    fires and one on which it does not. A change of what it finds raises `version`.
    """

    id: ClassVar[str]
    version: ClassVar[int]
    examples: ClassVar[tuple[Example, ...]]

    def run(self, subject: Subject) -> Iterable[Finding]:
        """The findings, in the order of their lines. Pure; never raises on any input."""


def parse_python(source: str) -> tuple[ast.Module | None, str]:
    """The tree of `source` and "", or None and why it does not parse. Never raises or warns."""
    if len(source) > MAX_SOURCE_BYTES:
        return None, f"longer than {MAX_SOURCE_BYTES} characters"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return parse(source), ""
    except SyntaxError as error:
        place = f" (line {error.lineno})" if error.lineno else ""
        return None, f"{error.msg}{place}"
    except (ValueError, RecursionError, MemoryError, UnicodeError) as error:
        return None, f"{type(error).__name__}: {error}"


def count_lines(code: str, *, comment: str = "#") -> dict[str, int]:
    """Lines of `code` as total, nonblank, and code (neither blank nor only a comment)."""
    lines = [line.strip() for line in code.strip("\n").splitlines()]
    nonblank = [line for line in lines if line]
    kept = [line for line in nonblank if not line.startswith(comment)]
    return {"total": len(lines), "nonblank": len(nonblank), "code": len(kept)}


def subject_for(
    pair: Pair,
    *,
    policy: Policy,
    spec: TestSpec | None = None,
    loc: Mapping[str, int] | None = None,
    modules: frozenset[str] = frozenset(),
) -> Subject:
    """The subject of `pair`, its Python parsed safely: a parse that fails is `parse_error`, not an
    exception. Without `loc` the lines are counted here, by their first characters."""
    is_python = pair.language.name.lower() in PYTHON_NAMES
    tree, error = parse_python(pair.code) if is_python else (None, "")
    suite_tree = None
    if is_python and pair.suite is not None:
        suite_tree, _ = parse_python(pair.suite.source)
    if loc is None:
        loc = count_lines(pair.code, comment="#" if is_python else "//")
    return Subject(
        pair=pair,
        policy=policy,
        tree=tree,
        parse_error=error,
        suite_tree=suite_tree,
        spec=spec,
        loc=dict(loc),
        modules=modules,
    )
