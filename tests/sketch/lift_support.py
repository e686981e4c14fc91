"""Runs suites and lifted specs side by side: forks with limits, and a comparison of its own."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import resource
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.sketch.spec import Case, TestSpec
from runners.guest import codec

CPU_S = 4


def shared_data(name: str) -> list[dict[str, Any]]:
    """Rows of a public corpus; skips, saying so, where the folder is absent."""
    root = Path(os.environ.get("PAIRPROOF_SHARED", Path(__file__).parents[3] / "shared"))
    path = root / "data" / name
    if not path.is_file():
        pytest.skip(f"{path} is absent: set PAIRPROOF_SHARED to the folder that holds data/{name}")
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return [json.loads(line) for line in text.splitlines()]


def load(code: str) -> types.ModuleType:
    """The code as a module named solution."""
    module = types.ModuleType("solution")
    exec(compile(code, "solution.py", "exec"), module.__dict__)
    return module


def in_fork(work: Callable[[], bool]) -> bool:
    """What `work` says, in a child with a CPU limit; False when it raises or dies."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def child() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        try:
            said = work()
        except BaseException:
            said = False
        sender.send(said)
        os._exit(0)

    process = context.Process(target=child)
    process.start()
    sender.close()
    said = bool(receiver.recv()) if receiver.poll(CPU_S * 10) and _readable(receiver) else False
    process.kill()
    process.join()
    return said


def _readable(receiver: Any) -> bool:
    try:
        return bool(receiver.poll(0)) and not receiver.closed
    except (EOFError, OSError):
        return False


def native_check(code: str, test: str, entry: str) -> bool:
    """Whether HumanEval's own check passes."""

    def work() -> bool:
        scope: dict[str, Any] = {"__name__": "suite"}
        exec(compile(code + "\n" + test, "check.py", "exec"), scope)
        scope["check"](scope[entry])
        return True

    try:
        return in_fork(work)
    except EOFError:
        return False


def native_pytest(code: str, suite: str, folder: Path) -> bool:
    """Whether real pytest passes the suite beside the code, with at least one test."""
    import subprocess
    import sys

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "solution.py").write_text(code)
    (folder / "test_solution.py").write_text(suite)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_solution.py"],
        cwd=folder,
        capture_output=True,
        timeout=120,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    assert done.returncode in (0, 1), done.stdout.decode() + done.stderr.decode()
    return done.returncode == 0


def passes(spec: TestSpec, code: str) -> bool:
    """Whether every case of the spec holds for the code, values-out."""

    def work() -> bool:
        module = load(code)
        return all(holds(case, module) for case in spec.cases)

    try:
        return in_fork(work)
    except EOFError:
        return False


def failing(spec: TestSpec, code: str) -> Iterator[str]:
    """Names of the cases that do not hold, in this process: for code that is known to end."""
    module = load(code)
    return (case.name for case in spec.cases if not holds(case, module))


def holds(case: Case, module: types.ModuleType) -> bool:
    """Run one case as the guest does, and compare with Python's own operators."""
    evaluator = codec.Evaluator(module.__dict__)
    for step in case.setup:
        if step[0] == "new":
            evaluator.variables[step[1]] = evaluator.value(step[2])
        else:
            evaluator.value(step[1])
    assert case.call is not None
    if case.raises is not None:
        try:
            evaluator.value(case.call)
        except Exception as error:
            named = case.raises.type in {k.__name__ for k in type(error).__mro__}
            return named and (case.raises.match or "") in str(error)
        return False
    tag = codec.encode(codec.settle(evaluator.value(case.call)))
    if tag[0] in ("opaque", "iter"):
        return False
    got = evaluator.value(tag)
    want = evaluator.value(case.expect) if case.expect is not None else None
    if case.comparator.types == "sketch" and case.comparator.op == "eq":
        return type(got) is type(want) and got == want
    return bool(_COMPARE[case.comparator.op](got, want, case))


def _near(got: Any, want: Any, case: Case) -> bool:
    if isinstance(want, list | tuple):
        return len(got) == len(want) and all(
            _near(g, w, case) for g, w in zip(got, want, strict=True)
        )
    if isinstance(want, dict):
        return got.keys() == want.keys() and all(_near(got[k], want[k], case) for k in want)
    limit = max(case.comparator.abs or 0.0, (case.comparator.rel or 0.0) * abs(want))
    return bool(abs(got - want) <= limit)


def _unordered(got: Any, want: Any, case: Case) -> bool:
    rest = list(got)
    for item in want:
        if item not in rest:
            return False
        rest.remove(item)
    return not rest


_KINDS = {k.__name__: k for k in (int, float, str, bool, list, tuple, dict, set, bytes)}
_COMPARE: dict[str, Callable[[Any, Any, Case], bool]] = {
    "eq": lambda got, want, case: got == want,
    "ne": lambda got, want, case: got != want,
    "lt": lambda got, want, case: got < want,
    "le": lambda got, want, case: got <= want,
    "gt": lambda got, want, case: got > want,
    "ge": lambda got, want, case: got >= want,
    "approx": _near,
    "unordered": _unordered,
    "contains": lambda got, want, case: want in got,
    "notcontains": lambda got, want, case: want not in got,
    "len": lambda got, want, case: len(got) == want,
    "truthy": lambda got, want, case: bool(got),
    "falsy": lambda got, want, case: not got,
    "isinstance": lambda got, want, case: isinstance(
        got, tuple(_KINDS[n] for n in ([want] if isinstance(want, str) else want))
    ),
}
