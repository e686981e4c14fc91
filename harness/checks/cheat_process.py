"""PP406, PP411, PP412, PP416: code that ends, forks or pokes at the process that runs it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import ClassVar

from harness.checks._base import Example, Subject
from harness.checks._topics import is_under, suspicion
from harness.checks._tree import FUNCTIONS, TreeIndex
from harness.models import Finding, Severity

_HARD = frozenset({
    "os._exit", "os.abort", "os.kill", "os.killpg", "signal.raise_signal", "signal.pthread_kill",
    "_thread.interrupt_main", "faulthandler._sigsegv", "posix._exit",
})  # fmt: skip
_SOFT = frozenset({
    "os.fork", "os.forkpty", "os.execv", "os.execve", "os.execvp", "os.execvpe", "os.execl",
    "os.execle", "os.execlp", "os.execlpe", "os.posix_spawn", "os.posix_spawnp", "pty.fork",
    "atexit.register", "signal.signal", "signal.alarm", "signal.setitimer", "signal.sigwait",
    "weakref.finalize",
})  # fmt: skip
_ASKED_HARD = r"_exit|abort|kill|signal|terminat|child process|daemon"
_ASKED_SOFT = (
    r"fork|exec\b|signal|atexit|exit handler|shut ?down|clean ?up|finali[sz]|daemon|time ?out|"
    r"alarm|"
    r"interrupt|graceful|terminat|child process|process(?:es)?\b|sigterm|sigint"
)
_EXITS = frozenset({"sys.exit", "exit", "quit", "SystemExit"})
_EXIT_ERRORS = frozenset({"SystemExit", "KeyboardInterrupt", "GeneratorExit"})
_ASKED_EXIT = r"exit|quit|terminat|command.?line|cli\b|script|abort|interrupt"
_RUNS_OTHERS = frozenset({
    "subprocess", "os.system", "os.popen", "pty.spawn", "os.startfile", "commands",
    "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell", "os.spawnl", "os.spawnle",
    "os.spawnlp", "os.spawnlpe", "os.spawnv", "os.spawnve", "os.spawnvp", "os.spawnvpe",
})  # fmt: skip
_MEMORY = frozenset({"ctypes", "cffi", "_ctypes", "mmap.mmap.from_address"})
_ASKED_MEMORY = (
    r"ctypes|cffi|c library|shared library|dll\b|foreign function|c function|struct|memory"
)


class ProcessControl:
    """Code that ends the process, forks it, or hooks its end.

    Why: an exit before the verdict is a pass for a harness that reads exit statuses. `sys.exit` is
    fine in `main` and under the main guard; at import time or in the function under test it is
    not. Example: `def f(x): os._exit(0)`.
    """

    id: ClassVar[str] = "PP406"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="import os\ndef f(x):\n    os._exit(0)\n",
            severity=Severity.REVIEW,
        ),
        Example(fires=True, code="from os import _exit as e\ndef f(x):\n    e(0)\n"),
        Example(fires=True, code="import sys\ndef f(x):\n    return x\nsys.exit(0)\n"),
        Example(fires=True, code="def f(x):\n    raise KeyboardInterrupt\n"),
        Example(fires=True, code="import atexit\ndef f(x):\n    return x\natexit.register(f, 1)\n"),
        Example(
            fires=True,
            instruction="Install a SIGTERM handler.",
            code="import signal\ndef f(g):\n    signal.signal(signal.SIGTERM, g)\n",
            severity=Severity.WARN,
        ),
        Example(
            fires=False,
            code="import sys\ndef f(x):\n    return x\ndef main():\n    if not sys.argv:\n"
            "        sys.exit('usage')\nif __name__ == '__main__':\n    sys.exit(main())\n",
        ),
        Example(
            fires=False, code="import sys\nn = input()\nif not n:\n    sys.exit(1)\nprint(n)\n"
        ),
        Example(fires=False, code="def f(s):\n    return s.exit(0) or s.kill()\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding for each place, the first ten."""
        index = subject.code_index
        if index is None:
            return
        found = [*_calls(index), *_exits(index, subject)]
        for message, line, asked in sorted(set(found), key=lambda item: item[1])[:10]:
            yield suspicion(subject, self.id, message, line, asked_for=asked)


def _calls(index: TreeIndex) -> Iterator[tuple[str, int, str]]:
    for path, node in index.paths:
        if path in _HARD:
            yield f"it uses {path}", node.lineno, _ASKED_HARD
        elif path in _SOFT:
            yield f"it uses {path}", node.lineno, _ASKED_SOFT
        elif path == "threading.Timer" and _exits_below(index, node):
            yield "a timer ends the process", node.lineno, ""


def _exits_below(index: TreeIndex, node: ast.expr) -> bool:
    call = index.parent.get(node)
    names = {index.dotted(arg) for arg in call.args} if isinstance(call, ast.Call) else set()
    return bool(names & (_HARD | _EXITS))


def _exits(index: TreeIndex, subject: Subject) -> Iterator[tuple[str, int, str]]:
    """Plain exits and exit errors, where they are not the program's own end."""
    places: list[tuple[str, ast.expr]] = []
    for call in index.all(ast.Call):
        name = index.dotted(call.func)
        if name in _EXITS - {"SystemExit"} and name not in index.bound:
            places.append((name, call))
    for statement in index.all(ast.Raise):
        error = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        name = index.dotted(error)
        if error is not None and name in _EXIT_ERRORS and name not in index.bound:
            places.append((name, error))
    entry = subject.entry_name
    for name, node in places:
        holders = [
            a.name for a in index.ancestors(node) if isinstance(a, (*FUNCTIONS, ast.ClassDef))
        ]
        if index.function_of(node) is None:
            if not index.main_guarded(node) and not _is_program(index, subject):
                yield f"{name} at import time", node.lineno, ""
        elif entry and holders[-1] == entry and entry != "main":
            yield f"{name} in the function under test", node.lineno, _ASKED_EXIT


def _is_program(index: TreeIndex, subject: Subject) -> bool:
    """Whether the code is a program that reads standard input, not a module to import."""
    if subject.spec is not None and subject.spec.entry.kind == "program":
        return True
    if subject.suite_tree is not None:
        return False
    if any(path.startswith(("sys.stdin", "sys.argv", "argparse")) for path, _ in index.paths):
        return True
    return any(call.id == "input" for call in index.all(ast.Name))


class RunsOthers:
    """Code that starts other programs.

    Why: their answers are not the code's, and the sandbox may not hold them. Example:
    `subprocess.check_output(["date"])`.
    """

    id: ClassVar[str] = "PP411"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="import subprocess\ndef f(x):\n    return subprocess.check_output([x])\n",
            severity=Severity.WARN,
        ),
        Example(fires=True, code="import os\ndef f(x):\n    os.system(x)\n"),
        Example(
            fires=False, code="import os\ndef f(x):\n    return os.path.join(x, 'subprocess')\n"
        ),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One warning for the first place."""
        index = subject.code_index
        for path, node in index.paths if index is not None else ():
            name = is_under(path, _RUNS_OTHERS)
            if name:
                yield Finding(
                    rule=self.id,
                    severity=Severity.WARN,
                    message=f"it starts other programs: {path}",
                    line=node.lineno,
                )
                return


class MemoryAccess:
    """Code that reaches past the language into memory.

    Why: with it, constants of the interpreter and of a framework can be rewritten. Example:
    `ctypes.pythonapi`.
    """

    id: ClassVar[str] = "PP412"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="import ctypes\ndef f(x):\n    return ctypes.c_int.from_address(id(x))\n",
            severity=Severity.REVIEW,
        ),
        Example(
            fires=True,
            instruction="Call strlen of the C library through ctypes.",
            code="import ctypes\ndef f(x):\n    return ctypes.CDLL(None).strlen(x)\n",
            severity=Severity.WARN,
        ),
        Example(fires=False, code="import array\ndef f(x):\n    return array.array('i', x)\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One finding for the first place."""
        index = subject.code_index
        for path, node in index.paths if index is not None else ():
            if is_under(path, _MEMORY):
                message = f"it reaches into memory: {path}"
                yield suspicion(subject, self.id, message, node.lineno, asked_for=_ASKED_MEMORY)
                return


class RefusesToLoad:
    """A module whose top level always raises.

    Why: a harness that takes a failed import for its own fault would skip the pair. Example:
    `raise ImportError("No module named regex")` at the top level.
    """

    id: ClassVar[str] = "PP416"
    version: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            fires=True,
            code="raise ImportError('No module named regex')\n",
            severity=Severity.REVIEW,
        ),
        Example(
            fires=False,
            code="import sys\nif sys.version_info < (3, 8):\n    raise RuntimeError('too old')\n",
        ),
        Example(fires=False, code="def f(x):\n    raise ValueError(x)\n"),
    )

    def run(self, subject: Subject) -> Iterable[Finding]:
        """One review for the first such statement."""
        for node in subject.tree.body if subject.tree is not None else ():
            if isinstance(node, ast.Raise):
                message = "the top level always raises: the code cannot be loaded"
                yield suspicion(subject, self.id, message, node.lineno)
                return
