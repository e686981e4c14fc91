"""Runs suites and lifted specs side by side: forks with limits, and a comparison of its own."""

from __future__ import annotations

import gzip
import json
import os
import resource
import select
import shutil
import signal
import tempfile
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.sketch.spec import Case, TestSpec
from runners.guest import codec

CPU_S = 2
_MOST_DESCRIPTORS = 1 << 16


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
    """What `work` says, in a child with a CPU limit; False when it raises, dies or takes too long.

    The child says True by one random word, so that code under test which writes to every
    descriptor that it finds says nothing.
    """
    word = os.urandom(16)
    reader, writer = os.pipe()
    scratch = tempfile.mkdtemp()  # what attacks write must not land in the project
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            os.chdir(scratch)
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
            null = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(null, descriptor)
            # What it writes to every descriptor must not reach whoever runs these tests.
            os.closerange(3, writer)
            os.closerange(writer + 1, _MOST_DESCRIPTORS)
            if work():
                os.write(writer, word)
        finally:
            os._exit(0)
    os.close(writer)
    said = bytearray()
    deadline = time.monotonic() + CPU_S * 10
    while (left := deadline - time.monotonic()) > 0 and select.select([reader], [], [], left)[0]:
        data = os.read(reader, 4096)
        if not data:
            break
        said += data
    os.close(reader)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    shutil.rmtree(scratch, ignore_errors=True)
    return bytes(said) == word


def native_check(code: str, test: str, entry: str) -> bool:
    """Whether HumanEval's own check passes."""

    def work() -> bool:
        scope: dict[str, Any] = {"__name__": "suite"}
        exec(compile(code + "\n" + test, "check.py", "exec"), scope)
        scope["check"](scope[entry])
        return True

    return in_fork(work)


def passes(spec: TestSpec, code: str) -> bool:
    """Whether every case of the spec holds for the code, values-out."""

    def work() -> bool:
        module = load(code)
        return all(holds(case, module) for case in spec.cases)

    return in_fork(work)


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
