"""A lifted suite says what the native one says: both are run on right and on wrong code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from lift_cases import REFUSED, SORT, SUITES
from lift_support import failing

from harness.sketch.lift import lift_or_say, lift_suite
from harness.sketch.lift_fold import NotLifted


def _source(name: str, module: str) -> str:
    code, _, body, _ = SUITES[name]
    names = [w for w in ("order", "half", "Stack", "even", "later", "halves", "apply")
             if f"def {w}(" in code or f"class {w}:" in code]  # fmt: skip
    head = "" if "import solution" in body else f"from {module} import {', '.join(names)}\n"
    return head + body.replace("solution", module)


def test_lifted_and_native_suites_decide_alike(tmp_path: Path) -> None:
    """28 suites, each on right and on wrong code: pytest's word is the lifted cases' word."""
    lifted: dict[str, bool] = {}
    for name, (right, wrong, _, count) in SUITES.items():
        for number, code in enumerate([right, *wrong]):
            spec = lift_or_say(_source(name, "solution"), kind="pytest", entry_point="", code=right)
            assert len(spec.cases) == count, name
            lifted[f"{name}-{number}"] = not any(True for _ in _failing(spec, code))
            (tmp_path / f"solution_{name}_{number}.py").write_text(code)
            text = _source(name, f"solution_{name}_{number}")
            (tmp_path / f"test_{name}-{number}.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rA", "-p", "no:cacheprovider"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    failed = {line.split()[1].split("::")[0] for line in done.stdout.splitlines()
              if line.startswith(("FAILED ", "ERROR "))}  # fmt: skip
    native = {key: f"test_{key}.py" not in failed for key in lifted}
    assert done.returncode == 1, done.stdout[-2000:]
    assert lifted == native
    assert all(native[f"{name}-0"] for name in SUITES)
    assert sum(native.values()) < len(native) / 2


def _failing(spec: object, code: str) -> list[str]:
    from harness.sketch.spec import TestSpec

    assert isinstance(spec, TestSpec)
    try:
        return list(failing(spec, code))
    except Exception as error:
        return [repr(error)]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_plain_data_is_refused_whole(name: str) -> None:
    """One statement that cannot be said as data, and nothing of the suite is lifted."""
    source = "from solution import order\n" + REFUSED[name]
    assert lift_suite(source, kind="pytest", entry_point="order", code=SORT) is None


@pytest.mark.parametrize(
    "code",
    [
        "COUNT = 0\ndef order(x):\n    global COUNT\n    COUNT += 1\n    return sorted(x)\n",
        "SEEN = []\ndef order(x):\n    SEEN.append(x)\n    return sorted(x)\n",
        "SEEN = []\nALIAS = SEEN\ndef order(x):\n    ALIAS.append(x)\n    return sorted(x)\n",
        "def order(x, seen=[]):\n    return sorted(x)\n",
        "def order(x):\n    order.calls = 1\n    return sorted(x)\n",
        "class A:\n    held = {}\ndef order(x):\n    return sorted(x)\n",
        "import itertools\nI = itertools.count()\ndef order(x):\n    next(I)\n    return [x]\n",
        "def order(x):\n    globals()['y'] = 1\n    return sorted(x)\n",
        "def order(x:\n",
    ],
)  # fmt: skip
def test_code_that_keeps_state_is_not_lifted(code: str) -> None:
    """Cases run apart from each other, so what one call leaves for the next would be lost."""
    source = "from solution import order\ndef test_a():\n    assert order([1]) == [1]\n"
    assert lift_suite(source, kind="pytest", entry_point="order", code=code) is None


def test_module_tables_that_are_only_read_do_not_stand_in_the_way() -> None:
    """A constant table of the code is no state."""
    code = "NAMES = {1: 'a'}\ndef name(n):\n    return NAMES.get(n) or NAMES[1]\n"
    source = "def test_a():\n    assert name(1) == 'a'\n"
    assert lift_suite(source, kind="pytest", entry_point="name", code=code) is not None


def test_builtins_that_the_code_hides_are_not_used() -> None:
    """`sorted(f(x))` in a suite means Python's sorted, not the code's."""
    code = "def sorted(x):\n    return [1, 2]\ndef f(x):\n    return x\n"
    source = "from solution import f\ndef test_a():\n    assert sorted(f([3])) == [1, 2]\n"
    assert lift_suite(source, kind="pytest", entry_point="f", code=code) is None


def test_cases_can_be_traced_to_the_suite() -> None:
    """S0-14: id, name, line, text and reading of each case; expectations are tagged values."""
    source = "def test_a():\n    assert order([2, 1]) == [1, 2]\n    assert order([]) == []\n"
    spec = lift_or_say(source, kind="pytest", entry_point="order", code=SORT)
    first, second = spec.cases
    assert (first.id, first.name, second.id, second.name) == ("c1", "test_a[1]", "c2", "test_a[2]")
    assert (first.origin.source, first.origin.line, first.origin.rule) == ("suite", 2, "lift-eq")
    assert first.origin.text == "assert order([2, 1]) == [1, 2]"
    assert first.call == ["call", None, "order", [["list", [["int", "2"], ["int", "1"]]]], {}]
    assert first.expect == ["list", [["int", "1"], ["int", "2"]]]
    assert first.comparator.types == "python"
    assert spec.entry.name == "order"


def test_expectations_never_stand_in_what_is_sent() -> None:
    """The wanted text is in no call and no setup step: the code cannot find it inside."""
    wanted = "a very telling answer"
    source = (
        "from solution import f\ndef test_a():\n"
        f"    assert f(1) == {wanted!r}\n    assert {wanted!r} in f(2)\n"
        f"    want = {wanted!r}\n    got = f(3)\n    assert got == want\n    assert got != 'b'\n"
    )
    spec = lift_or_say(source, kind="pytest", entry_point="f", code="def f(n):\n    return ''\n")
    assert len(spec.cases) == 4
    for case in spec.cases:
        assert wanted not in str(case.call) + str(case.setup)


def test_lifting_is_deterministic() -> None:
    """Sets are written in one order, whatever the process's hash seed."""
    program = (
        "from harness.sketch.lift import lift_or_say as l\n"
        "s = \"def test_a():\\n    assert f({'a', 'b', 'c', 'd'}) == {'x', 'y', 'z'}\\n\"\n"
        "print(l(s, kind='pytest', entry_point='f', code='def f(x):\\n    return x\\n').digest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed}, cwd=Path(__file__).parents[2],
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(digests) == 1


def test_scripts_lift_top_to_bottom() -> None:
    """Bare assertions, and functions that the script itself calls."""
    bare = "assert order([2, 1]) == [1, 2]\nx = order([3])\nassert x == [3]\nprint('ok')\n"
    assert len(lift_or_say(bare, kind="script", entry_point="order", code=SORT).cases) == 2
    called = "def test_a():\n    assert order([]) == []\nif __name__ == '__main__':\n    test_a()\n"
    assert len(lift_or_say(called, kind="script", entry_point="order", code=SORT).cases) == 1
    uncalled = "def test_a():\n    assert order([]) == []\n"
    with pytest.raises(NotLifted, match="not called once"):
        lift_or_say(uncalled, kind="script", entry_point="order", code=SORT)
    leaves = "import sys\nsys.exit(0)\nassert order([]) == []\n"
    assert lift_suite(leaves, kind="script", entry_point="order", code=SORT) is None
