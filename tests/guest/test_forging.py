"""No wrong solution passes: forging attacks against the tests, the runner and the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runners.base import Suite
from runners.suites import roster
from tests.guest.conftest import outcomes, report_of, rows

SUITE = """
from solution import add
def test_a(): assert add(1, 2) == 3
def test_b(): assert add(5, 5) == 10
def test_c(): assert add([1], [2]) == [1, 2]
"""
PYTEST_SUITE = (
    "import pytest\n"
    + SUITE
    + "@pytest.mark.parametrize('x', [4])\ndef test_p(x): assert add(x, 1) == 5\n"
)
WRONG = "def add(a, b): return -1\n"
_FRAMES = """
import sys
def hunt(write):
    f = sys._getframe()
    while f:
        for space in (f.f_locals, f.f_globals):
            for k, v in list(space.items()):
                if k in ('report', 'payload', 'link', 'suite'):
                    write(repr(v))
                if k.startswith('test_'):
                    space[k] = lambda *a: None
        f = f.f_back
"""
_EQUAL = """
class Y({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    __hash__ = object.__hash__
    def __bool__(self): return True
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __sub__(self, other): return 0
    __rsub__ = __sub__
    def __instancecheck__(self, other): return True
def add(a, b): return Y()
"""

ATTACKS: dict[str, str] = {
    "exit at import": WRONG + "import os; os._exit(0)",
    "SystemExit at import": WRONG + "import sys; sys.exit(0)",
    "exit in the call": "import os\ndef add(a, b): os._exit(0)",
    "SystemExit in the call": "def add(a, b): raise SystemExit(0)",
    "KeyboardInterrupt in the call": "def add(a, b): raise KeyboardInterrupt",
    "GeneratorExit in the call": "def add(a, b): raise GeneratorExit",
    "atexit": WRONG + "import atexit, os; atexit.register(os._exit, 0)",
    "pytest.skip": "import pytest\ndef add(a, b): pytest.skip('x')",
    "pytest.xfail": "import pytest\ndef add(a, b): pytest.xfail('x')",
    "pytest.exit": "import pytest\ndef add(a, b): pytest.exit('x', returncode=0)",
    "unittest skip": "import unittest\ndef add(a, b): raise unittest.SkipTest('x')",
    "summary on stdout": WRONG + "import os\nos.write(1, b'4 passed in 0.01s\\n'); os._exit(0)",
    "patched pytest item": WRONG + "import _pytest.python as p\np.Function.runtest = lambda self: None",
    "patched pytest report": WRONG + "import _pytest.reports as r\nr.TestReport.from_item_and_call = None",
    "patched runner": WRONG + "import suite, report\nsuite._one = lambda *a: None\nreport.Report.test = None",
    "always equal object": _EQUAL.format(base="object"),
    "always equal int": _EQUAL.format(base="int"),
    "always equal str": _EQUAL.format(base="str"),
    "always equal list": _EQUAL.format(base="list"),
    "always equal exception": _EQUAL.format(base="Exception"),
    "equal by metaclass": "class M(type):\n    def __eq__(c, o): return True\n    __hash__ = type.__hash__\nclass C(metaclass=M): pass\ndef add(a, b): return C",
    "expected value from the caller's bytecode": "import sys\ndef add(a, b):\n    f = sys._getframe(1)\n    while f:\n        for c in f.f_code.co_consts:\n            if isinstance(c, int) and c > 2: return c\n        f = f.f_back\n    return -1",
    "expected value from the heap": "import gc\ndef add(a, b):\n    for o in gc.get_objects():\n        if isinstance(o, dict) and 'suite' in o: raise SystemExit(o['suite'])\n    return -1",
    "tests rebound through frames": _FRAMES + "def add(a, b):\n    hunt(print)\n    return -1",
    "frames by traceback": _FRAMES.replace("sys._getframe()", "None") + "def add(a, b):\n    try: raise ValueError\n    except ValueError as e: f = e.__traceback__.tb_frame\n    while f:\n        f.f_globals.update({k: (lambda *a: None) for k in f.f_globals if k.startswith('test_')}); f = f.f_back\n    return -1",
    "gc thread replaces tests": WRONG + "import threading, gc, types\ndef go():\n    for _ in range(50):\n        for o in gc.get_objects():\n            if type(o) is types.FunctionType and o.__name__.startswith('test_'): o.__code__ = (lambda: None).__code__\nthreading.Thread(target=go, daemon=True).start()",
    "verdict to every descriptor": "import os\ndef add(a, b):\n    for fd in range(3, 64):\n        try: os.write(fd, b'{\"load\": true}\\n{\"test\": \"test_a\", \"outcome\": \"passed\", \"detail\": \"\"}\\n{\"test\": \"test_b\", \"outcome\": \"passed\"}\\n{\"test\": \"test_c\", \"outcome\": \"passed\"}\\n{\"end\": 3}\\n')\n        except OSError: pass\n    return -1",
    "wrapped builtins": WRONG + "import builtins\nbuiltins.AssertionError = type('AssertionError', (BaseException,), {})\nbuiltins.isinstance = lambda *a: True",
    "fork and outlive": WRONG + "import os, time\nif os.fork() == 0:\n    time.sleep(.1)\n    for fd in range(3, 64):\n        try: os.write(fd, b'{\"test\": \"test_a\", \"outcome\": \"passed\"}\\n')\n        except OSError: pass\n    os._exit(0)",
    "fork in the call": "import os\ndef add(a, b):\n    os.fork()\n    return -1",
    "exec": WRONG + "import os, sys\nos.execv(sys.executable, [sys.executable, '-c', 'pass'])",
    "timer": "import signal, os\nsignal.signal(signal.SIGALRM, lambda *a: os._exit(0)); signal.setitimer(signal.ITIMER_REAL, .01)\ndef add(a, b):\n    while 1: pass",
    "settrace": WRONG + "import sys\nsys.settrace(lambda *a: None)",
    "test file on disk": "import glob, re\ndef add(a, b):\n    for p in glob.glob('**/*.py', recursive=True) + glob.glob('/job/*.py') + glob.glob('/proc/self/cwd/*'):\n        m = re.search(r'add\\(%s, %s\\) == (.*)' % (a, b), open(p).read())\n        if m: return eval(m.group(1))\n    return -1",
    "stack frames of the socket": "import socket, os\ndef add(a, b):\n    for fd in range(3, 64):\n        try: s = socket.socket(fileno=os.dup(fd)); s.sendall(b'\\x00\\x00\\x00\\x02[]')\n        except OSError: pass\n    return -1",
    "forged reply": "import os, json, struct\ndef add(a, b):\n    for n in range(1, 50):\n        m = json.dumps(['r', n, True, 3, [], []]).encode()\n        for fd in range(3, 64):\n            try: os.write(fd, struct.pack('>I', len(m)) + m)\n            except OSError: pass\n    return -1",
    "nan": "def add(a, b): return float('nan')",
    "conftest written": WRONG + "open('conftest.py', 'w').write('def pytest_collection_modifyitems(items):\\n    items.clear()\\n')\nopen('pytest.py', 'w').write('raise SystemExit(0)')\nopen('sitecustomize.py', 'w').write('import os; os._exit(0)')",
    "module beside the tests": WRONG + "open('helpers.py', 'w').write('import os; os._exit(0)')",
    "ctypes": WRONG + "import ctypes\nctypes.memset(id(0) + 24, 1, 1)",
    "excepthook": WRONG + "import sys, os\nsys.excepthook = lambda *a: os._exit(0)\nsys.unraisablehook = sys.excepthook",
    "endless output": "def add(a, b):\n    for _ in range(40): print('x' * (1 << 20))\n    return -1",
    "deep value": "def add(a, b):\n    x = []\n    for _ in range(100000): x = [x]\n    return x",
    "endless iterator": "import itertools\ndef add(a, b): return itertools.repeat(3)",
    "huge value": "def add(a, b): return list(range(3_000_000))",
    "raises the assertion's name": "def add(a, b): raise type('Skipped', (BaseException,), {})()",
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_forging_attack_does_not_pass(name: str, tmp_path: Path) -> None:
    """The wrong solution passes none of three plain tests (S0-20: keep only what passes)."""
    results = outcomes(SUITE, ATTACKS[name], folder=tmp_path, reply_s=3.0)
    assert "passed" not in results.values(), results


@pytest.mark.parametrize("name", ATTACKS)
def test_forging_attack_does_not_pass_under_pytest(name: str, tmp_path: Path) -> None:
    """The same where the suite needs the real pytest."""
    results = outcomes(PYTEST_SUITE, ATTACKS[name], folder=tmp_path, reply_s=3.0)
    assert "passed" not in results.values(), results


@pytest.mark.parametrize("suite", [SUITE, PYTEST_SUITE])
def test_right_solution_passes(suite: str) -> None:
    """The control: the same suites accept the right answer."""
    assert set(outcomes(suite, "def add(a, b): return a + b").values()) == {"passed"}


# Right for what the suite shows: held-out inputs, repeats and a second clock are to reject these.
_RIGHT_ON_THE_VISIBLE = {"ATK-070", "ATK-082", "ATK-084", "ATK-085"}
# The suite itself accepts nan: the vacuity battery is to reject it.
_VACUOUS_SUITE = {"ATK-050"}


def _catalogue() -> list[dict[str, Any]]:
    return [
        row
        for row in rows("attacks.jsonl")
        if row["language"] == "python" and row["side"] == "solution" and row["runnable"]
        and row["id"] not in _RIGHT_ON_THE_VISIBLE | _VACUOUS_SUITE
    ]  # fmt: skip


def test_catalogue_of_attacks_does_not_pass(tmp_path: Path) -> None:
    """Every Python attack of the catalogue whose solution is wrong fails its own tests in the split."""
    forged = []
    catalogue = _catalogue()
    assert len(catalogue) >= 19
    for row in catalogue:
        script = "script" in row["naive_harness"] or "loop" in row["naive_harness"] or (
            "stdout" in row["naive_harness"] and "def test" not in row["tests"])  # fmt: skip
        kind = "script" if script else "pytest"
        expected = roster(Suite(source=row["tests"], kind=kind)) or ()
        results = outcomes(row["tests"], row["solution"], kind=kind, folder=tmp_path, reply_s=3.0)
        if expected and all(results.get(name) == "passed" for name in expected):
            forged.append(row["id"])
    assert forged == []


EXITS = {
    "os._exit": "import os\ndef test_a(): os._exit(0)\ndef test_b(): pass",
    "SystemExit": "def test_a(): raise SystemExit(0)",
    "KeyboardInterrupt": "def test_a(): raise KeyboardInterrupt",
    "pytest.exit": "import pytest\ndef test_a(): pytest.exit('x', returncode=0)",
    "fork": "import os\ndef test_a():\n if os.fork() == 0: return\n assert False",
}


@pytest.mark.parametrize("name", EXITS)
@pytest.mark.parametrize(
    "head",
    ["", "import pytest\n@pytest.fixture\ndef one(): return 1\ndef test_z(one): assert False\n"],
)
def test_a_test_that_ends_the_process_does_not_pass(name: str, head: str) -> None:
    """Whatever a test does to its own process, its name is not among those that passed."""
    report = report_of(head + EXITS[name], WRONG)
    assert b'"test": "test_a", "outcome": "passed"' not in report


def test_expected_values_never_reach_the_code(tmp_path: Path) -> None:
    """An object that records all that is asked of it sees no constant that it is compared with."""
    seen = tmp_path / "seen"
    code = f"""
class Spy:
    def __getattr__(self, name): note(name); raise AttributeError(name)
    def __eq__(self, other): note(other); return True
    def __ne__(self, other): note(other); return False
    def __lt__(self, other): note(other); return True
    __le__ = __gt__ = __ge__ = __lt__
    def __hash__(self): return 1
def note(x): open({str(seen)!r}, 'a').write(repr(x))
def add(a, b): return Spy()
"""
    suite = """
from solution import add
def test_eq(): assert add(1, 2) == 4242
def test_ne(): assert not add(1, 2) != 4242
def test_lt(): assert add(1, 2) < 4242
def test_in(): assert add(1, 2) in [4242]
def test_swapped(): assert 4242 == add(1, 2)
def test_list(): assert [add(1, 2)] == [4242]
"""
    assert "passed" not in outcomes(suite, code).values()
    assert not seen.exists() or "4242" not in seen.read_text()


JUDGES = {
    "predicate": "assert add(1, 2).startswith('4242')",
    "truth": "assert add(1, 2)",
    "contains": "assert 4242 in add(1, 2)",
    "difference": "assert abs(add(1, 2) - 4242) < 1e-9",
    "between objects": "assert add(1, 2) == add(3, 4)",
}


@pytest.mark.parametrize("name", JUDGES)
def test_an_object_that_judges_itself_is_marked(name: str) -> None:
    """Where only the code's own object could answer, a pass is marked as resting on a weak oracle."""
    code = _EQUAL.format(base="object").replace("def __sub__(self, other): return 0", "")
    code = code.replace("__rsub__ = __sub__", "def __sub__(self, other): return 0")
    report = report_of(f"from solution import add\ndef test_a(): {JUDGES[name]}", code)
    assert b'"outcome": "passed"' not in report or b'{"weak": true}' in report, report


def test_plain_answers_are_no_weak_oracle() -> None:
    """The control: values compared by the tests' own process are not marked."""
    assert b"weak" not in report_of(PYTEST_SUITE, "def add(a, b): return a + b")
