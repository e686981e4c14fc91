"""The host's half of suites: rosters, plans, and reading what came back."""

from __future__ import annotations

import json

import pytest

from runners.base import Mode, Source, Suite, Variation
from runners.suites import count_roster, missing, plan_suite, read_suite, roster
from sandboxes.base import Limits, Outcome, Status

pytest_plugins = ("pytester",)

ROSTERS: dict[str, tuple[str, dict[str, int | None]]] = {
    "functions": ("def test_a(): pass\nasync def test_b(): pass\ndef helper(): pass", {"test_a": 1, "test_b": 1}),
    "none": ("def helper(): pass", {}),
    "nested function": ("def test_a():\n def test_b(): pass", {"test_a": 1}),
    "class": ("class TestA:\n def test_x(self): pass\n def other(self): pass\n class TestB:\n  def test_y(self): pass", {"TestA::test_x": 1, "TestA::TestB::test_y": 1}),
    "class with init": ("class TestA:\n def __init__(self): pass\n def test_x(self): pass", {}),
    "unittest": ("import unittest\nclass A(unittest.TestCase):\n def test_x(self): pass\nclass B(A):\n def test_y(self): pass", {"A::test_x": 1, "B::test_y": 1, "B::test_x": 1}),
    "inherited": ("class Base:\n def test_x(self): pass\nclass TestA(Base):\n def test_y(self): pass", {"TestA::test_y": 1, "TestA::test_x": 1}),
    "parametrize": ("import pytest\n@pytest.mark.parametrize('a', [1, 2, 3])\n@pytest.mark.parametrize('b', (1, 2))\ndef test_a(a, b): pass", {"test_a": 6}),
    "parametrize by name": ("import pytest\nCASES = [1, 2]\n@pytest.mark.parametrize('a', CASES)\ndef test_a(a): pass", {"test_a": 2}),
    "parametrize by call": ("import pytest\n@pytest.mark.parametrize('a', cases())\ndef test_a(a): pass", {"test_a": None}),
    "parametrize by range": ("import pytest\n@pytest.mark.parametrize('a', range(4))\ndef test_a(a): pass", {"test_a": 4}),
    "parametrized class": ("import pytest\n@pytest.mark.parametrize('a', [1, 2])\nclass TestA:\n def test_x(self, a): pass", {"TestA::test_x": 2}),
    "parametrized fixture": ("import pytest\n@pytest.fixture(params=[1, 2])\ndef n(request): return 1\n@pytest.fixture\ndef m(n): return n\ndef test_a(m): pass", {"test_a": 2}),
    "fixture named test": ("import pytest\n@pytest.fixture\ndef test_data(): return 1\ndef test_a(test_data): pass", {"test_a": 1}),
    "conditional": ("if True:\n def test_a(): pass\ntry:\n def test_b(): pass\nexcept Exception: pass", {"test_a": 1, "test_b": 1}),
    "main guard": ("def test_a(): pass\nif __name__ == '__main__':\n def test_b(): pass", {"test_a": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", ROSTERS)
def test_roster_is_counted_from_the_text(name: str) -> None:
    """Names and counts come from the parse, before anything runs (S0-14)."""
    source, expected = ROSTERS[name]
    counted = count_roster(Suite(source=source, kind="pytest"))
    assert counted is not None and counted.expected == expected
    assert roster(Suite(source=source, kind="pytest")) == tuple(expected)


@pytest.mark.parametrize("name", [n for n, (_, e) in ROSTERS.items() if None not in e.values()])
def test_roster_agrees_with_pytest(name: str, pytester: pytest.Pytester) -> None:
    """pytest itself collects as many tests under the same names."""
    source, expected = ROSTERS[name]
    items, _ = pytester.inline_genitems(pytester.makepyfile(test_it=source))
    found: dict[str, int] = {}
    for item in items:
        base = item.nodeid.split("::", 1)[1].split("[", 1)[0]
        found[base] = found.get(base, 0) + 1
    assert found == expected


def test_duplicates_are_named() -> None:
    """A test that a later one of the same name shadows is reported, for it never runs."""
    source = "def test_a(): assert 0\ndef test_a(): pass\nclass TestB:\n def test_x(self): pass\n def test_x(self): pass"
    counted = count_roster(Suite(source=source, kind="pytest"))
    assert counted is not None and counted.duplicates == ("test_a", "TestB::test_x")


def test_text_that_does_not_parse_has_no_roster() -> None:
    """Bad input is a value: None."""
    for source in ("def (", "x = 1\0", "(" * 5000):
        assert roster(Suite(source=source, kind="pytest")) is None


def test_check_and_script_are_one_test() -> None:
    """check(candidate) is one test; a script is one if anything in it can say no."""
    assert roster(Suite(source="def check(f): pass", kind="check")) == ("check",)
    assert roster(Suite(source="assert f(1) == 2", kind="script")) == ("script",)
    assert roster(Suite(source="print(f(1) == 2)", kind="script")) == ()


def _source(
    mode: Mode, suite: str = "def test_a(): assert f() == 1\ndef test_b(): assert f() == 1"
) -> Source:
    return Source(code="def f(): return 1", suite=Suite(source=suite, kind="pytest"), mode=mode)


def test_split_plan_gives_each_process_its_own_half() -> None:
    """The code's process gets no test and no report; the tests' process gets no code."""
    (job,) = plan_suite(_source(Mode.SPLIT), Variation(hash_seed=3, order_seed=7), Limits())
    tests, code = job.processes
    assert (tests.entry, code.entry) == ("split:run_tests", "split:serve_code")
    assert tests.reports and not code.reports
    assert "code" not in tests.payload and "suite" not in code.payload
    assert job.hash_seed == 3 and tests.payload["order_seed"] == 7
    assert job.profile == "bare"
    assert "test_a" not in json.dumps(dict(code.payload))


def test_native_plan_is_one_process() -> None:
    """The fall-back runs both in one; a suite that imports pytest asks for its profile."""
    (job,) = plan_suite(
        _source(Mode.NATIVE, "import pytest\ndef test_a(): pass"), Variation(), Limits()
    )
    assert [p.entry for p in job.processes] == ["native:run_tests"]
    assert job.profile == "pytest"


def _read(*lines: object, raw: bytes = b""):
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines) + raw
    return read_suite(_source(Mode.SPLIT), (Outcome(status=Status.OK, report=data),))


A, B = ({"test": n, "outcome": "passed", "detail": ""} for n in ("test_a", "test_b"))


def test_clean_report_is_read() -> None:
    """Load, one record for each name, a clean end."""
    evidence = _read({"load": True}, A, B, {"weak": True}, {"end": 2})
    assert evidence.loaded and evidence.complete and evidence.weak_oracle
    assert [t.outcome for t in evidence.tests] == ["passed", "passed"]
    assert evidence.violations == () and evidence.facts["missing"] == []


BROKEN: dict[str, tuple[object, ...]] = {
    "unknown name": ({"load": True}, A, {**B, "test": "test_z"}, {"end": 2}),
    "twice": ({"load": True}, A, A, B, {"end": 2}),
    "before the load": (A, B, {"load": True}, {"end": 2}),
    "loaded twice": ({"load": True}, {"load": True}, A, B, {"end": 2}),
    "after the end": ({"load": True}, A, {"end": 1}, B),
    "wrong count": ({"load": True}, A, B, {"end": 3}),
    "unknown outcome": ({"load": True}, {**A, "outcome": "ok"}, B, {"end": 2}),
    "unknown record": ({"load": True}, {"verdict": "accepted"}, A, B, {"end": 2}),
    "not an object": ({"load": True}, [1], A, B, {"end": 2}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_breach_is_a_violation(name: str) -> None:
    """A report that breaks the protocol is never complete."""
    evidence = _read(*BROKEN[name])
    assert evidence.violations and not evidence.complete


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe\n", b"{" * 100_000 + b"\n", b'{"test": "test_a"', b"null\n"]
)
def test_any_bytes_are_evidence(raw: bytes) -> None:
    """Reading never raises."""
    assert not _read(raw=raw).complete


def test_a_test_recorded_twice_does_not_pass() -> None:
    """The second record spoils the first."""
    evidence = _read({"load": True}, A, A, B, {"end": 2})
    assert [t.outcome for t in evidence.tests if t.name == "test_a"] == ["error"]


def test_missing_counts_parametrised_tests() -> None:
    """A parametrised test has passed only if every one of its cases has."""
    suite = Suite(source=ROSTERS["parametrize by name"][0], kind="pytest")
    counted = count_roster(suite)
    source = Source(code="", suite=suite, mode=Mode.SPLIT)
    lines = [{"load": True}, {"test": "test_a[1]", "outcome": "passed"}, {"end": 1}]
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    evidence = read_suite(source, (Outcome(status=Status.OK, report=data),))
    assert counted is not None and missing(counted, evidence.tests) == ("test_a",)
    assert evidence.facts["missing"] == ["test_a"]
