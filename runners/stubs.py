"""The code under test with wrong answers: a suite that accepts one of these proves nothing.

Each function gives Python source: the code itself, and a line that wraps its public functions and
classes when it is loaded. The wrapping is `runners/guest/stubbing.py`.
"""

from __future__ import annotations

import ast
import re

from runners.guest.parsing import parse

STUB_KINDS = ("none", "raise", "identity", "zero", "empty_str", "empty_list", "true", "false")


def public_names(code: str) -> tuple[str, ...]:
    """Names without an underscore that the code binds at module level to something callable-like.

    Code that does not parse has none.
    """
    try:
        tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    names: dict[str, None] = {}
    for node in _flat(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names[node.name] = None
        elif isinstance(node, ast.Assign):
            names |= {t.id: None for t in node.targets if isinstance(t, ast.Name)}
    return tuple(name for name in names if not name.startswith("_"))


def _flat(body: list[ast.stmt]) -> list[ast.stmt]:
    out: list[ast.stmt] = []
    for node in body:
        out.append(node)
        if isinstance(node, ast.If | ast.Try):
            for part in ("body", "orelse", "finalbody"):
                out += _flat(getattr(node, part, []))
    return out


def perturb_code(code: str, *, only: str = "", comparisons: bool = True) -> str:
    """The code with every answer changed in kind: 3 becomes 4, "a" becomes "a~", an error another.

    The probe that tells vacuous suites best: accepted by all suites that assert nothing about
    values, by none with one real value check (notes on oracles, 2.3). Without `comparisons` the
    code's classes still compare rightly; likewise below.
    """
    kind = "perturb_effect" if _is_procedure(code, only) else "perturb"
    return _with(code, kind, only, comparisons)


def stub_code(code: str, kind: str, *, only: str = "", comparisons: bool = True) -> str:
    """The code with every answer replaced. `kind` is one of STUB_KINDS; else ValueError."""
    if kind not in STUB_KINDS:
        raise ValueError(f"unknown stub {kind!r}: use one of {', '.join(STUB_KINDS)}")
    return _with(code, kind, only, comparisons)


def constant_first_code(code: str, *, only: str = "", comparisons: bool = True) -> str:
    """The code whose functions give, for ever, the first answer that each has ever given."""
    return _with(code, "first", only, comparisons)


def universal_code(code: str, *, only: str = "") -> str:
    """The code whose answers are objects that say yes to whatever they are asked."""
    return _with(code, "universal", only, True)


def _is_procedure(code: str, name: str) -> bool:
    """Whether `name` is a function of the module that never answers anything but None."""
    try:
        tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
    return bool(found) and not found[-1].decorator_list and not any(map(_answers, found[-1].body))


_OUTER = re.compile(
    r"\b(?:input|open|stdin|argv|os|environ|global|nonlocal|random|time|datetime|date|uuid|secrets|"
    r"subprocess|socket|Path|globals|next|pop|append|iter)\b"
)


def is_constant(code: str, name: str) -> bool:
    """Whether `name` is a function without parameters in code that reads and keeps nothing, or
    the code is nothing but data.

    One answer is all that it has: that a constant passes its tests says nothing about them.
    """
    try:
        tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if not any(isinstance(n, _CALLABLE) for n in tree.body):
        return all(isinstance(n, ast.Assign | ast.AnnAssign | ast.Expr) for n in tree.body)
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
    if not found or len(found) != len([n for n in tree.body if isinstance(n, _CALLABLE)]):
        return False
    given = found[-1].args
    bare = not (given.args or given.posonlyargs or given.kwonlyargs or given.vararg or given.kwarg)
    loop = any(isinstance(n, ast.For | ast.While | ast.comprehension) for n in ast.walk(found[-1]))
    return bare and loop and not found[-1].decorator_list and not _OUTER.search(code)


_CALLABLE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _answers(node: ast.AST) -> bool:
    """Whether a statement gives an answer of the function that it stands in."""
    if isinstance(node, ast.Return):
        value = node.value
        return value is not None and not (isinstance(value, ast.Constant) and value.value is None)
    if isinstance(node, ast.Yield | ast.YieldFrom):
        return True
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        return False
    return any(_answers(child) for child in ast.iter_child_nodes(node))


def doubting_code(code: str) -> str:
    """The code whose objects say "not equal" where they would call a changed object equal too."""
    names = list(public_names(code))
    return f"{code}\n\nimport doubting as _pp\n_pp.doubt(globals(), {names!r})\ndel _pp\n"


def _with(code: str, kind: str, only: str, comparisons: bool) -> str:
    """Wrap the function or class `only`, what is under test, or all public ones without it.

    Tests of `decode` may use the code's own `encode`: wrapped together, two wrong answers can
    cancel out.
    """
    public = public_names(code)
    names = [only] if only in public else list(public)
    call = f"_pp.wrap(globals(), {names!r}, {kind!r}, comparisons={comparisons})"
    return f"{code}\n\nimport stubbing as _pp\n{call}\ndel _pp\n"
