"""Runs a suite against a module of code that is near or far, and records each test once."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import random
import sys
import tempfile
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runners.guest.outline import Outline, outline
    from runners.guest.report import Report, shorten
    from runners.guest.wire import PeerLost
else:
    from outline import Outline, outline
    from report import Report, shorten
    from wire import PeerLost

FILENAME = "test_solution.py"


def _temporary() -> str:
    """The folder for temporary files; found out by writing, so once, and the module may forget."""
    found, tempfile.tempdir = tempfile.gettempdir(), None
    return found


_TEMPORARY = _temporary()


class World:
    """The code under test as a suite sees it."""

    def __init__(self, module: types.ModuleType, names: list[str]) -> None:
        self.module = module
        self.names = frozenset(names)

    def trouble(self) -> str:
        """Why no test can pass any more, or empty."""
        return ""

    @property
    def weak(self) -> bool:
        """Whether the code was asked to judge itself."""
        return False


def run_suite(payload: dict[str, Any], report: Report, world: World) -> None:
    """Run what the payload holds and write every record but the last."""
    kind = payload["kind"]
    source = payload["suite"]
    plan = outline(source, kind)
    if plan is None:
        report.suite_error(_syntax_error(source))
        return
    seal_paths()
    space: dict[str, Any] = {"__builtins__": __builtins__, "__file__": FILENAME}
    try:
        resolve_imports(plan, world)
        supply(plan, world, space)
        if plan.needs_pytest and kind == "pytest":
            from collect import run_pytest  # type: ignore[import-not-found,unused-ignore]

            run_pytest(plan, source, space, payload, report, world)
        else:
            _run_light(plan, source, space, payload, report, world)
    except PeerLost as error:
        for name in plan.tests:
            report.test(name, "error", str(error))


def _run_light(
    plan: Outline, source: str, space: dict[str, Any], payload: dict[str, Any], report: Report,
    world: World,
) -> None:  # fmt: skip
    kind = payload["kind"]
    module = types.ModuleType("__main__" if kind == "script" else "test_solution")
    module.__dict__.update(space)
    # Classes that a suite defines look their module up by its name.
    sys.modules["test_solution"] = module
    if kind == "check":
        _silence_calls(plan.tree, "check")
    code = compile(plan.tree, FILENAME, "exec", dont_inherit=True)

    def load() -> None:
        exec(code, module.__dict__)

    if kind == "script":
        if not plan.tests:
            return
        _one("script", load, source, report, world)
        return
    try:
        load()
    except PeerLost:
        raise
    except BaseException as error:
        report.suite_error(error)
        return
    if kind == "check":

        def check() -> None:
            module.__dict__["check"](getattr(world.module, payload["entry_point"]))

        _one("check", check, source, report, world)
        return
    names = list(plan.tests)
    reorder(names, int(payload.get("order_seed", 0)))
    for name in names:
        _one(name, _caller(module.__dict__.get(name)), source, report, world)


def reorder(items: list[Any], seed: int) -> None:
    """Put items in another order: 0 none, 1 backwards, else shuffled by that seed.

    Backwards turns every pair round, which a shuffle of three leaves as it is once in two.
    """
    if seed == 1:
        items.reverse()
    elif seed:
        random.Random(seed).shuffle(items)


def _caller(function: Any) -> Any:
    def call() -> None:
        result = function()
        if type(result) is types.CoroutineType:
            import asyncio

            asyncio.run(result)

    return call


def _one(name: str, action: Any, source: str, report: Report, world: World) -> None:
    """Run one test under guard and record it."""
    outcome, detail = "passed", ""
    try:
        action()
    except PeerLost as error:
        outcome, detail = "error", str(error)
    except Exception as error:
        outcome, detail = "failed", shorten(error, source, FILENAME)
    except BaseException as error:
        outcome = _OUTCOMES.get(type(error).__name__, "error")
        detail = shorten(error, source, FILENAME)
    trouble = world.trouble()
    if trouble:
        outcome, detail = "error", trouble
    report.test(name, outcome, detail)


# pytest's own control flow, where a light suite uses it: by name, for pytest may not be loaded.
_OUTCOMES = {"Skipped": "skipped", "Failed": "failed", "XFailed": "xfailed"}


# Modules that a suite uses under the code's alias for them: the tests' own copy judges.
_OWN_MODULES = frozenset(
    ("numpy", "numpy.testing", "pandas", "math", "collections", "datetime", "itertools",
     "statistics", "decimal", "re", "json", "random")
)  # fmt: skip


def resolve_imports(plan: Outline, world: World) -> None:
    """Let unknown module names of the suite stand for the code under test."""
    for node in ast.walk(plan.tree):
        if isinstance(node, ast.ImportFrom):
            if node.level:
                node.level = 0
                node.module = node.module or "solution"
                if all(alias.name not in world.names for alias in node.names):
                    _stand_in(f"{node.module}.{node.names[0].name}", world)
            name = node.module or "solution"
            top = name.split(".")[0]
            if top in sys.stdlib_module_names and _is_ours(name, node, world):
                node.module = "solution"
    _stand_in("solution", world)
    for name in plan.imports:
        top = name.split(".")[0]
        if top not in sys.stdlib_module_names and not _is_installed(top):
            _stand_in(name, world)


def _is_ours(name: str, node: ast.ImportFrom, world: World) -> bool:
    """Whether a standard module's name was meant for the code: it lacks what is imported."""
    wanted = {alias.name for alias in node.names}
    if not wanted & world.names:
        return False
    try:
        real = importlib.import_module(name)
    except ImportError:
        return True
    return any(not hasattr(real, part) for part in wanted)


def _stand_in(name: str, world: World) -> None:
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        sys.modules[".".join(parts[:end])] = world.module
    for part in parts[1:]:
        if part not in world.names:
            world.module.__dict__[part] = world.module


def _is_installed(name: str) -> bool:
    if os.path.exists(os.path.join(os.path.dirname(__file__), f"{name}.py")):
        return False  # a module of ours is not the suite's to import
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def supply(plan: Outline, world: World, space: dict[str, Any]) -> None:
    """Names that the suite reads but never binds: standard modules, else the code's."""
    for name in sorted(plan.free):
        if name in sys.stdlib_module_names:
            space[name] = importlib.import_module(name)
        elif name in world.names:
            value = getattr(world.module, name)
            if isinstance(value, types.ModuleType) and value.__name__ in _OWN_MODULES:
                value = importlib.import_module(value.__name__)
            space[name] = value


def seal_paths() -> None:
    """Take folders that the code can write to off the import path."""
    here, ours = os.getcwd(), os.path.dirname(os.path.abspath(__file__))
    shut = (here + os.sep, _TEMPORARY + os.sep)
    sys.path[:] = [
        p
        for p in sys.path
        if p == ours or (p != here and os.path.isabs(p) and not p.startswith(shut))
    ]


def _silence_calls(tree: ast.Module, name: str) -> None:
    """Drop calls of `name` at module level: the runner makes the one that counts."""
    tree.body = [
        node for node in tree.body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
                and isinstance(node.value.func, ast.Name) and node.value.func.id == name)
    ]  # fmt: skip


def _syntax_error(source: str) -> BaseException:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return error
    return SyntaxError("the suite does not parse")
