"""The values-out driver: calls the code and sends back what it returned. It knows no expectation.

Report, one JSON object a line:

    {"load": true} | {"load": false, "error": ERROR}
    {"case": id, "value": VALUE, "calls": n, "changed": bool, "printed": text}
    {"case": id, "error": ERROR, ...}          the code raised
    {"case": id, "unknown": text}              the case cannot be expressed here
    {"effect": "socket.connect"}               an attempt to reach outside, once each
    {"end": number of cases}

ERROR is {"type": name, "mro": [qualified names], "message": text}. The process that writes this is
the one that runs the candidate: every line is a claim, and the host believes only right answers.
"""

from __future__ import annotations

import builtins
import io
import json
import os
import sys
import time
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runners.guest import codec
    from runners.guest import variation as varying
else:
    import codec
    import variation as varying

_dumps = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode
_write = os.write
_process_time = time.process_time
_monotonic = time.monotonic
_MESSAGE = 500
_PRINTED = 65_536
_REPEAT_CPU_S = 0.05
_REPEAT_TOTAL_CPU_S = 0.25
_REPEAT_TOTAL_WALL_S = 0.5
"""Code that sleeps uses no processor, but a hundred calls of it would run out of time."""

EFFECTS = frozenset({
    "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile",
    "pty.spawn", "webbrowser.open", "smtplib.connect", "ftplib.connect", "urllib.Request",
})  # fmt: skip


class Report:
    """The private descriptor, one JSON object a line."""

    __slots__ = ("fd", "seen")

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.seen: set[str] = set()

    def send(self, record: dict[str, Any]) -> None:
        """Write one record whole, however long."""
        data = memoryview(_dumps(record).encode() + b"\n")
        while data:
            data = data[_write(self.fd, data) :]

    def effect(self, event: str, _args: Any) -> None:
        """Audit hook: name an attempt to reach outside, the first time it is made."""
        if event in EFFECTS and event not in self.seen:
            self.seen.add(event)
            self.send({"effect": event})


def error_of(error: BaseException) -> dict[str, Any]:
    """An exception as plain data; its own __str__ may fail."""
    kind = type(error)
    try:
        message = str(error)[:_MESSAGE]
    except BaseException:
        message = "<its message cannot be read>"
    mro = [_name_of(c) for c in kind.__mro__[:12]]
    return {"type": kind.__name__, "mro": mro, "message": message}


def _name_of(cls: type) -> str:
    """Its qualified name; a class that only says that it is builtin is the code's own."""
    if cls.__module__ == "builtins" and getattr(builtins, cls.__name__, None) is not cls:
        return f"solution.{cls.__qualname__}"
    return f"{cls.__module__}.{cls.__qualname__}"


def load(code: str, name: str = "solution") -> types.ModuleType:
    """Execute the code under test as a module; raises whatever it raises."""
    module = types.ModuleType(name)
    module.__file__ = f"{name}.py"
    sys.modules[name] = module
    exec(compile(code, f"{name}.py", "exec", dont_inherit=True), module.__dict__)
    return module


def main(payload: dict[str, Any], report_fd: int, peer_fd: int) -> None:
    """Load the code, answer every case, end. `peer_fd` is not used."""
    report = Report(report_fd)
    varying.apply(payload.get("variation", {}))
    sys.addaudithook(report.effect)
    try:
        module = load(payload["code"])
    except BaseException as error:
        report.send({"load": False, "error": error_of(error)})
        return
    report.send({"load": True})
    repeat = int(payload.get("repeat", 1))
    cases = payload["cases"]
    deadline = _process_time() + _REPEAT_TOTAL_CPU_S
    until = _monotonic() + _REPEAT_TOTAL_WALL_S
    for case in cases:
        report.send(answer(case, module, repeat, deadline, until))
    report.send({"end": len(cases)})
    _flush()


def answer(case: dict[str, Any], module: types.ModuleType, repeat: int,
           deadline: float, until: float) -> dict[str, Any]:  # fmt: skip
    """Call one case; call it again up to `repeat` times while it is cheap and says the same."""
    first = _once(case, module)
    record = {"case": case["id"], **first}
    calls = 1
    # Asking for the time used is a system call: not where nothing hangs on it.
    stop = min(deadline, _process_time() + _REPEAT_CPU_S) if repeat > 1 else 0.0
    while calls < repeat and _process_time() < stop and _monotonic() < until:
        calls += 1
        if _once(case, module) != first:
            record["changed"] = True
            break
    record["calls"] = calls
    return record


def _once(case: dict[str, Any], module: types.ModuleType) -> dict[str, Any]:
    evaluator = codec.Evaluator(module.__dict__)
    kept, printed = sys.stdout, None
    answered: dict[str, Any]
    if case.get("capture"):
        sys.stdout = printed = io.StringIO()
    try:
        for step in case.get("setup", ()):
            if step[0] == "new":
                evaluator.variables[step[1]] = evaluator.value(step[2])
            else:
                evaluator.value(step[1])
        answered = {"value": codec.encode(codec.settle(evaluator.value(case["call"])))}
    except codec.Unknown as error:
        answered = {"unknown": str(error)}
    except BaseException as error:
        answered = {"error": error_of(error)}
    finally:
        sys.stdout = kept
    if printed is not None:
        answered["printed"] = printed.getvalue()[:_PRINTED]
    return answered


def program(payload: dict[str, Any], report_fd: int, peer_fd: int) -> None:
    """Run the code as a program: `__main__`, its own argv, stdin from descriptor 0."""
    report = Report(report_fd)
    varying.apply(payload.get("variation", {}))
    sys.addaudithook(report.effect)
    sys.stdin = open(  # noqa: SIM115 (it stays open as long as the process lives)
        0, encoding="utf-8", errors="surrogateescape", closefd=False
    )
    sys.argv = ["solution.py", *payload.get("argv", ())]
    status = 0
    try:
        load(payload["code"], "__main__")
    except SystemExit as error:
        status = _exit_status(error.code)
    except BaseException as error:
        report.send({"load": False, "error": error_of(error)})
        sys.excepthook(type(error), error, error.__traceback__)
        status = 1
    report.send({"end": 1})
    _flush()
    os._exit(status)


def _exit_status(code: Any) -> int:
    if code is None:
        return 0
    if type(code) is int:
        return code & 255
    sys.stderr.write(f"{code}\n")
    return 1


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            continue
