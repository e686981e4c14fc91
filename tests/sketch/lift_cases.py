"""Suites and code for the tests of lifting: what must lift with equal meaning, what must not."""

from __future__ import annotations

SORT = """\
def order(items):
    return sorted(items)
"""
HALF = """\
def half(n):
    if n < 0:
        raise ValueError('negative number')
    return n / 2
"""
STACK = """\
class Stack:
    def __init__(self, items=()):
        self.items = list(items)
    def push(self, item):
        self.items.append(item)
        return self
    def pop(self):
        return self.items.pop()
    def __len__(self):
        return len(self.items)
    def __contains__(self, item):
        return item in self.items
    def __bool__(self):
        return bool(self.items)
    def __getitem__(self, index):
        return self.items[index]
    def __setitem__(self, index, item):
        self.items[index] = item
"""
PARITY = """\
def even(n):
    return n % 2 == 0
"""
ASYNC = """\
async def later(n):
    return n + 1
"""
SORT_WRONG = [
    """\
def order(items):
    return items
""",
    """\
def order(items):
    items.sort()
    return items
""",
    """\
def order(items):
    return tuple(sorted(items))
""",
    """\
def order(items):
    return [float(i) for i in sorted(items)]
""",
    """\
def order(items):
    return sorted(items) or None
""",
    """\
def order(items):
    raise ValueError('no order')
""",
]
HALF_WRONG = [
    """\
def half(n):
    return n // 2
""",
    """\
def half(n):
    if n < 0:
        raise KeyError('negative number')
    return n / 2
""",
    """\
def half(n):
    if n < 0:
        raise ValueError('bad')
    return n / 2 + 1e-7
""",
    """\
def half(n):
    return abs(n) / 2 + 0.01
""",
    """\
def half(n):
    return n == 2
""",
    """\
def half(n):
    return None
""",
]
STACK_WRONG = [
    STACK.replace("return self.items.pop()", "return self.items[-1]"),
    STACK.replace("return self.items.pop()", "return self.items.pop(0)"),
    STACK.replace("return item in self.items", "return True"),
    STACK.replace("return len(self.items)", "return len(self.items) + 1"),
    STACK.replace("self.items = list(items)", "self.items = items if items else []"),
    STACK.replace("self.items.append(item)", "self.items.insert(0, item)"),
    STACK.replace("return bool(self.items)", "return False"),
]
PARITY_WRONG = [
    """\
def even(n):
    return 1 - n % 2
""",
    """\
def even(n):
    return n % 2 == 1
""",
    """\
def even(n):
    return None if n % 2 else True
""",
    """\
def even(n):
    return 'yes' if n % 2 == 0 else ''
""",
]
ASYNC_WRONG = [
    """\
async def later(n):
    return n
""",
]
SUITES: dict[str, tuple[str, list[str], str, int]] = {
    "equal": (
        SORT,
        SORT_WRONG,
        """\
def test_a():
    assert order([2, 1]) == [1, 2]
    assert [] == order([])
    assert order([1]) != [2]
""",
        3,
    ),
    "variables": (
        SORT,
        SORT_WRONG,
        """\
def test_a():
    given = [3, 1]
    got = order(given)
    assert got == [1, 3]
    assert given == [3, 1]
    assert len(got) == 2
    assert got[0] == 1
""",
        4,
    ),
    "alias": (
        SORT,
        SORT_WRONG,
        """\
def test_a():
    a = [3, 1]
    b = a
    order(a)
    assert order([2]) == [2]
    assert a == [3, 1]
""",
        2,
    ),
    "wrappers": (
        SORT,
        SORT_WRONG,
        """\
def test_a():
    assert sorted(order([2, 1])) == [1, 2]
    assert tuple(order([2, 1])) == (1, 2)
    assert set(order([2, 2])) == {2}
    assert list(order([2, 1])) == [1, 2]
    assert order((2, 1))[-1] == 2
    assert len(order([5])) == 1
""",
        6,
    ),
    "types": (
        SORT,
        SORT_WRONG,
        """\
def test_a():
    assert isinstance(order([2]), list)
    assert order([True]) == [1]
    assert 1 in order([1, 2])
    assert 3 not in order([1, 2])
    assert isinstance(order([1])[0], (int, str))
""",
        5,
    ),
    "loop": (
        SORT,
        SORT_WRONG,
        """\
TABLE = [([2, 1], [1, 2]), ([], []), ([3, 3], [3, 3])]
def test_a():
    for given, want in TABLE:
        assert order(given) == want, given
""",
        3,
    ),
    "loop_again": (
        SORT,
        SORT_WRONG,
        """\
def test_a():
    for given, size in [([2, 1], 2), ([5], 1)]:
        got = order(given)
        assert len(got) == size
        assert isinstance(got, list)
""",
        4,
    ),
    "parametrize": (
        SORT,
        SORT_WRONG,
        """\
import pytest
@pytest.mark.parametrize('given, want', [([2, 1], [1, 2]), pytest.param([], [], id='no')])
def test_a(given, want):
    assert order(given) == want
""",
        2,
    ),
    "stacked": (
        HALF,
        HALF_WRONG,
        """\
import pytest
@pytest.mark.parametrize('a', [2, 4])
@pytest.mark.parametrize('b', [1, 3])
def test_a(a, b):
    assert half(a * b) >= 1
    assert half(2) == 1
""",
        8,
    ),
    "near": (
        HALF,
        HALF_WRONG,
        """\
import math
import pytest
def test_a():
    assert abs(half(1) - 0.5) < 1e-6
    assert math.isclose(half(3), 1.5)
    assert half(3) == pytest.approx(1.5, abs=1e-3)
    assert pytest.approx(2.5) == half(5)
    assert 1e-9 > abs(2 - half(4))
""",
        5,
    ),
    "open_limit": (
        HALF,
        [
            *HALF_WRONG,
            """\
def half(n):
    return n // 2 + 1
""",
        ],
        """\
def test_a():
    assert abs(half(4) - 2) < 1
    assert 0 < half(6) <= 3
""",
        3,
    ),
    "approx_list": (
        """\
def halves(n):
    return [x / 2 for x in n]
""",
        [
            """\
def halves(n):
    return [x // 2 for x in n]
""",
            """\
def halves(n):
    return tuple(x / 2 for x in n)
""",
            """\
def halves(n):
    return [x / 2 for x in n[1:]]
""",
        ],
        """\
from pytest import approx
def test_a():
    assert halves([1, 3]) == approx([0.5, 1.5])
""",
        1,
    ),
    "raises": (
        HALF,
        HALF_WRONG,
        """\
import pytest
def test_a():
    with pytest.raises(ValueError):
        half(-1)
def test_b():
    with pytest.raises(ValueError, match='negative'):
        half(-1)
def test_c():
    with pytest.raises(ValueError) as info:
        half(-2)
    assert 'number' in str(info.value)
def test_d():
    pytest.raises(Exception, half, -3)
    assert half(2) == 1
""",
        5,
    ),
    "identity": (
        PARITY,
        PARITY_WRONG,
        """\
def test_a():
    assert even(2) is True
    assert even(3) is False
    assert even(2) is not None
""",
        3,
    ),
    "truth": (
        PARITY,
        PARITY_WRONG,
        """\
def test_a():
    assert even(2)
    assert not even(3)
    assert even(4) and not even(5)
""",
        4,
    ),
    "equal_bool": (
        PARITY,
        PARITY_WRONG,
        """\
def test_a():
    assert even(2) == True
    assert even(3) == 0
""",
        2,
    ),
    "stateful": (
        STACK,
        STACK_WRONG,
        """\
def test_a():
    s = Stack()
    s.push(1).push(2)
    assert len(s) == 2
    assert s.pop() == 2
    assert s.pop() == 1
    assert not s
def test_b():
    s = Stack([1, 2])
    s[0] = 5
    assert s[0] == 5
    assert 5 in s
    assert 9 not in s
    assert s
def test_c():
    assert len(Stack((1, 2))) == 2
    assert 1 not in Stack()
""",
        10,
    ),
    "shared_list": (
        STACK,
        STACK_WRONG,
        """\
def test_a():
    given = [1, 2]
    s = Stack(given)
    s.push(3)
    assert given == [1, 2]
    assert s.items == [1, 2, 3]
""",
        2,
    ),
    "raises_last": (
        STACK,
        [*STACK_WRONG, STACK.replace("return self.items.pop()", "return None")],
        """\
import pytest
def test_a():
    s = Stack()
    s.push(1)
    assert s.pop() == 1
    with pytest.raises(IndexError):
        s.pop()
""",
        2,
    ),
    "setup_method": (
        STACK,
        STACK_WRONG,
        """\
class TestStack:
    def setup_method(self):
        self.s = Stack([1])
    def test_a(self):
        self.s.push(4)
        assert self.s.pop() == 4
        assert len(self.s) == 1
""",
        2,
    ),
    "unittest": (
        STACK,
        STACK_WRONG,
        """\
import unittest
class T(unittest.TestCase):
    def setUp(self):
        self.s = Stack([3, 4])
    def test_a(self):
        self.assertEqual(self.s.pop(), 4)
        self.assertIn(3, self.s)
        self.assertTrue(self.s)
        self.assertEqual(len(self.s), 1, 'one is left')
    def test_b(self):
        with self.assertRaises(IndexError):
            Stack().pop()
""",
        5,
    ),
    "unittest_numbers": (
        HALF,
        HALF_WRONG,
        """\
import unittest
class T(unittest.TestCase):
    def test_a(self):
        self.assertAlmostEqual(half(1), 0.5, places=3)
        self.assertAlmostEqual(half(3), 1.5)
        self.assertAlmostEqual(half(3), 1.6, delta=0.2)
        self.assertGreater(half(4), 1.99)
        self.assertIsInstance(half(2), float)
        self.assertIsNotNone(half(2))
        self.assertRaises(ValueError, half, -1)
""",
        7,
    ),
    "unittest_lists": (
        SORT,
        SORT_WRONG,
        """\
from unittest import TestCase
class T(TestCase):
    def test_a(self):
        self.assertCountEqual(order([2, 1]), [2, 1])
        self.assertListEqual(order([2, 1]), [1, 2])
        for given, want in [([1], 1), ([2, 3], 2)]:
            with self.subTest(given=given):
                self.assertEqual(len(order(given)), want)
""",
        4,
    ),
    "folding": (
        HALF,
        HALF_WRONG,
        """\
def test_a():
    assert half(2 ** 31) == 2 ** 30
    assert half(-(-4)) == 1 + 1
    assert half(10 ** 3 // 7) == 142 / 2
    assert half(len('abcd')) == sum([1, 1])
""",
        4,
    ),
    "lambda": (
        """\
def apply(f, x):
    return f(x)
""",
        [
            """\
def apply(f, x):
    return x
"""
        ],
        """\
def test_a():
    assert apply(lambda n: n + 1, 2) == 3
    assert apply(len, 'ab') == 2
""",
        2,
    ),
    "module": (
        SORT,
        SORT_WRONG,
        """\
import solution
def test_a():
    assert solution.order([2, 1]) == [1, 2]
""",
        1,
    ),
    "asyncio": (
        ASYNC,
        ASYNC_WRONG,
        """\
import asyncio
def test_a():
    assert asyncio.run(later(1)) == 2
""",
        1,
    ),
    "displays": (
        STACK,
        STACK_WRONG,
        """\
def test_a():
    s = Stack([1, 2])
    assert [s.pop(), s.pop()] == [2, 1]
    assert (len(s), 1) == (0, 1)
""",
        2,
    ),
}
"""Name: right code, wrong codes, the suite after its import, how many cases it has."""
REFUSED = {
    "the function itself": """\
def test_a():
    assert order
    assert order([1]) == [1]
""",
    "raises too early": """\
import pytest
def test_a():
    pytest.raises(Exception, order - 3)
""",
    "import that fails": """\
from unittest import evenmock
def test_a():
    assert order([1]) == [1]
""",
    "bound too late": """\
def test_a():
    assert sorted(order([1])) == [1]
    sorted = 3
""",
    "no assertion": """\
def test_a():
    order([1])
""",
    "only a constant": """\
def test_a():
    assert True
""",
    "two constants": """\
def test_a():
    assert 1 == 1
""",
    "itself": """\
def test_a():
    assert order([1]) == order([1])
""",
    "or": """\
def test_a():
    assert order([1]) == [1] or True
""",
    "if": """\
def test_a():
    if order([1]):
        assert order([1]) == [1]
""",
    "while": """\
def test_a():
    while order([]):
        assert order([1]) == [1]
""",
    "empty loop": """\
def test_a():
    for a, b in []:
        assert order(a) == b
    assert order([1]) == [1]
""",
    "computed table": """\
def test_a():
    for n in range(3):
        assert order([n]) == [n]
""",
    "swallowed": """\
def test_a():
    try:
        assert order([1]) == [1]
    except AssertionError:
        pass
""",
    "nested function": """\
def test_a():
    def inner():
        assert order([1]) == [1]
    inner()
""",
    "never evaluated": """\
def test_a():
    lambda: order([1]) == [1]
""",
    "comparison dropped": """\
def test_a():
    order([1]) == [1]
""",
    "a tuple": """\
def test_a():
    assert (order([1]) == [1], 'said')
""",
    "reference": """\
def test_a():
    assert order([2, 1]) == sorted(given)
""",
    "expected by the code": """\
def test_a():
    x = order([2, 1])
    assert order([2, 1]) == x
""",
    "input as expectation": """\
def test_a():
    x = [1, 2]
    assert order(x) == x
""",
    "input is the table's": """\
T = [1, 2]
def test_a():
    assert order(T) == [1, 2]
def test_b():
    assert order(T) == [1, 2]
""",
    "rows that are one object": """\
def test_a():
    assert order([[0]] * 2) == [[0], [0]]
""",
    "duplicate": """\
def test_a():
    assert order([1]) == [1]
def test_a():
    pass
""",
    "helper": """\
def check_a():
    assert order([1]) == [1]
def test_b():
    assert order([]) == []
""",
    "fixture": """\
import pytest
@pytest.fixture
def given():
    return [1]
def test_a(given):
    assert order(given) == [1]
""",
    "monkeypatch": """\
def test_a(monkeypatch):
    assert order([1]) == [1]
""",
    "xfail": """\
import pytest
@pytest.mark.xfail
def test_a():
    assert order([1]) == [1]
""",
    "skip": """\
import pytest
@pytest.mark.skip
def test_a():
    assert order([1]) == [1]
""",
    "pytestmark": """\
import pytest
pytestmark = pytest.mark.skip
def test_a():
    assert order([1]) == [1]
""",
    "skipped row": """\
import pytest
@pytest.mark.parametrize('a', [pytest.param([1], marks=pytest.mark.skip)])
def test_a(a):
    assert order(a) == [1]
""",
    "no rows": """\
import pytest
@pytest.mark.parametrize('a', [])
def test_a(a):
    assert order(a) == [1]
""",
    "mock": """\
from unittest import mock
def test_a():
    assert order([1]) == [1]
""",
    "shadowed": """\
order = len
def test_a():
    assert order([1]) == 1
""",
    "bound in the test": """\
def test_a():
    order = 3
    assert order == 3
""",
    "random": """\
import random
def test_a():
    assert order([random.random()])
""",
    "raises too broadly": """\
import pytest
def test_a():
    with pytest.raises(Exception):
        assert order([1]) == [1]
        raise ValueError
""",
    "raises then goes on": """\
import pytest
def test_a():
    x = [2, 1]
    with pytest.raises(ValueError):
        order(x)
    assert x == [2, 1]
""",
    "pattern": """\
import pytest
def test_a():
    with pytest.raises(ValueError, match='a.*b'):
        order(3)
""",
    "ends in a call": """\
def test_a():
    assert order([1]) == [1]
    order([3])
""",
    "member of a table": """\
def test_a():
    assert order([1]) in ([1], [2])
""",
    "order denied": """\
def test_a():
    assert not order([1]) < [0]
""",
    "method on self": """\
class TestA:
    def setup_method(self):
        self.f = open
    def test_a(self):
        assert order(self.f) == []
""",
    "inherits": """\
class Base:
    pass
class TestA(Base):
    def test_a(self):
        assert order([1]) == [1]
""",
    "not collected": """\
import unittest
class T(unittest.TestCase):
    def basic(self):
        self.assertEqual(order([1]), [1])
""",
    "own constructor": """\
class TestA:
    def __init__(self):
        pass
    def test_a(self):
        assert order([1]) == [1]
""",
    "coroutine not awaited": """\
async def test_a():
    assert order([1]) == [1]
""",
    "early return": """\
def test_a():
    return
    assert order([1]) == [1]
""",
    "walrus": """\
def test_a():
    assert (x := order([1])) == [1]
""",
    "global": """\
def test_a():
    global order
    assert order([1]) == [1]
""",
    "too large": """\
def test_a():
    assert order([0]) == [0] * 10 ** 9
""",
    "huge power": """\
def test_a():
    assert order([1]) == [9 ** 9 ** 9]
""",
    "broken": """\
def test_a(:
""",
    "nul": "def test_a():\n    assert order([1]) == [1]\n\0",
    "deep": "x = " + "(" * 5000 + ")" * 5000,
    "empty": "",
    "unknown name": """\
def test_a():
    assert other([1]) == [1]
""",
    "capsys": """\
def test_a(capsys):
    order([1])
    assert capsys.readouterr().out == ''
""",
    "type identity": """\
def test_a():
    assert type(order([1])) is list
""",
    "default of a test": """\
def test_a(x=[1]):
    assert order(x) == [1]
""",
}
"""Reason: a suite that must not lift, after its import of `order`."""
