"""Common ways to write tests: a suite, code that is right, and a replacement that makes it wrong."""

from __future__ import annotations

from typing import NamedTuple


class Idiom(NamedTuple):
    """`right` passes; with `old` replaced by `new` it must not."""

    suite: str
    right: str
    old: str
    new: str


ADD = "def add(a, b=0, *, c=0):\n    return a + b + c\n"
STACK = '''
class Empty(IndexError):
    """Nothing there."""
    def __init__(self, message, size=0):
        super().__init__(message)
        self.size = size
class Stack:
    """A stack."""
    limit = 3
    def __init__(self, items=()):
        self.items = list(items)
        self._log = []
    def push(self, item):
        self.items.append(item)
        return self
    def pop(self):
        if not self.items:
            raise Empty("empty stack", size=7)
        return self.items.pop()
    def peek(self):
        return self.items[-1]
    @property
    def top(self):
        return self.items[-1]
    @top.setter
    def top(self, value):
        self.items[-1] = value
    @staticmethod
    def make():
        return Stack([1])
    @classmethod
    def of(cls, *items):
        return cls(items)
    def __len__(self):
        return len(self.items)
    def __iter__(self):
        return iter(self.items)
    def __contains__(self, item):
        return item in self.items
    def __getitem__(self, index):
        return self.items[index]
    def __setitem__(self, index, value):
        self.items[index] = value
    def __eq__(self, other):
        return isinstance(other, Stack) and self.items == other.items
    def __add__(self, other):
        return Stack(self.items + other.items)
    def __repr__(self):
        return f"Stack({self.items})"
    def __str__(self):
        return "stack of " + str(len(self))
    def __enter__(self):
        return self
    def __exit__(self, kind, value, trace):
        self.items.clear()
        return kind is ValueError
    def __call__(self, n):
        return n + len(self)
class Child(Stack):
    def peek(self):
        return super().peek() + 100
'''
_P = "import pytest\n"
_S = "import solution\nfrom solution import *\n"

IDIOMS: dict[str, Idiom] = {
    "plain": Idiom(
        "from solution import add\ndef test(): assert add(1, 2) == 3", ADD, "a + b", "a - b"
    ),
    "module": Idiom(
        "import solution as s\ndef test(): assert s.add(1, 2) == 3", ADD, "a + b", "a * b"
    ),
    "other module name": Idiom(
        "from main import add\ndef test(): assert add(2, 2, c=1) == 5", ADD, "+ c", "- c"
    ),
    "your_module": Idiom(
        "from your_module import add as plus\ndef test(): assert plus(2) == 2", ADD, "b=0", "b=1"
    ),
    "dotted module": Idiom(
        "from src.calc.add import add\ndef test(): assert add(2) == 2", ADD, "b=0", "b=1"
    ),
    "relative import": Idiom(
        "from .solution import add\ndef test(): assert add(2) == 2", ADD, "b=0", "b=1"
    ),
    "standard name": Idiom(
        "from calendar import add\ndef test(): assert add(2) == 2", ADD, "b=0", "b=1"
    ),
    "no import": Idiom("def test(): assert add(2, 3) == 5", ADD, "a + b", "a"),
    "star import": Idiom(
        "from solution import *\ndef test(): assert add(2, 3) == 5", ADD, "a + b", "a"
    ),
    "several tests": Idiom(
        _S + "def test_a(): assert add(1, 1) == 2\ndef test_b(): assert add(2, 2) == 4",
        ADD,
        "a + b",
        "2",
    ),
    "keyword call": Idiom(_S + "def test(): assert add(a=1, b=2, c=3) == 6", ADD, "+ c", ""),
    "raises": Idiom(
        _P + _S + "def test():\n with pytest.raises(ValueError): f()",
        "def f():\n    raise ValueError('x')",
        "ValueError",
        "TypeError",
    ),
    "raises match": Idiom(
        _P
        + _S
        + "def test():\n with pytest.raises(ValueError, match='no x') as e: f()\n assert 'no x' in str(e.value)",
        "def f():\n    raise ValueError('no x')",
        "no x",
        "no y",
    ),
    "own exception": Idiom(
        _P
        + _S
        + "def test():\n with pytest.raises(solution.Empty) as e: Stack().pop()\n assert e.value.size == 7",
        STACK,
        "size=7",
        "size=8",
    ),
    "own exception by base": Idiom(
        _P + _S + "def test():\n with pytest.raises(IndexError): Stack().pop()",
        STACK,
        "Empty(IndexError)",
        "Empty(KeyError)",
    ),
    "try except": Idiom(
        _S
        + "def test():\n try: Stack().pop()\n except Empty as e: assert e.args == ('empty stack',)\n else: assert False",
        STACK,
        "super().__init__(message)",
        "super().__init__('other')",
    ),
    "exception built by the test": Idiom(
        _S
        + "def test():\n e = Empty('x', size=2)\n assert isinstance(e, IndexError) and e.size == 2 and str(e) == 'x'",
        STACK,
        "self.size = size",
        "self.size = 0",
    ),
    "exception cause": Idiom(
        _P
        + _S
        + "def test():\n with pytest.raises(ValueError) as e: f()\n assert isinstance(e.value.__cause__, KeyError)",
        "def f():\n    try:\n        {}['a']\n    except KeyError as error:\n        raise ValueError('x') from error",
        "from error",
        "from None",
    ),
    "json error": Idiom(
        _P + _S + "import json\ndef test():\n with pytest.raises(json.JSONDecodeError): f('{')",
        "import json\ndef f(t):\n    return json.loads(t)",
        "json.loads(t)",
        "t",
    ),
    "system exit": Idiom(
        _P
        + _S
        + "def test():\n with pytest.raises(SystemExit) as e: f()\n assert e.value.code == 2",
        "import sys\ndef f():\n    sys.exit(2)",
        "exit(2)",
        "exit(3)",
    ),
    "no exception": Idiom(
        _P + _S + "def test():\n with pytest.raises(ValueError): f(-1)\n assert f(1) == 1",
        "def f(x):\n    if x < 0:\n        raise ValueError\n    return x",
        "raise ValueError",
        "return 0",
    ),
    "parametrize": Idiom(
        _P
        + _S
        + "@pytest.mark.parametrize('a,b,out', [(1, 2, 3), (0, 0, 0)])\ndef test(a, b, out): assert add(a, b) == out",
        ADD,
        "a + b",
        "a | b | 4",
    ),
    "fixture": Idiom(
        _P
        + _S
        + "@pytest.fixture\ndef st(): return Stack([1, 2])\ndef test(st): assert st.pop() == 2 and len(st) == 1",
        STACK,
        "self.items.pop()",
        "self.items.pop(0)",
    ),
    "yield fixture": Idiom(
        _P
        + _S
        + "@pytest.fixture\ndef st():\n s = Stack([1])\n yield s\n s.pop()\ndef test(st): assert st.peek() == 1",
        STACK,
        "return self.items[-1]",
        "return 0",
    ),
    "autouse fixture": Idiom(
        _P
        + _S
        + "@pytest.fixture(autouse=True)\ndef clear(): solution.total = 0\ndef test_a(): assert bump() == 1\ndef test_b(): assert bump() == 1",
        "total = 0\ndef bump():\n    global total\n    total += 1\n    return total",
        "+= 1",
        "+= 2",
    ),
    "params fixture": Idiom(
        _P
        + _S
        + "@pytest.fixture(params=[1, 2])\ndef n(request): return request.param\ndef test(n): assert add(n, 1) == n + 1",
        ADD,
        "a + b",
        "2",
    ),
    "class": Idiom(
        _S
        + "class TestAdd:\n def test_one(self): assert add(1, 1) == 2\n def test_two(self): assert add(2, 1) == 3",
        ADD,
        "a + b",
        "2",
    ),
    "setup method": Idiom(
        _S
        + "class TestStack:\n def setup_method(self): self.s = Stack()\n def test_push(self):\n  self.s.push(4)\n  assert self.s.peek() == 4",
        STACK,
        "append(item)",
        "append(item + 1)",
    ),
    "unittest": Idiom(
        "import unittest\n"
        + _S
        + "class T(unittest.TestCase):\n def setUp(self): self.s = Stack([1])\n def test_it(self):\n  self.assertEqual(self.s.pop(), 1)\n  with self.assertRaises(Empty): self.s.pop()\nif __name__ == '__main__': unittest.main()",
        STACK,
        "raise Empty",
        "return Empty",
    ),
    "unittest regex": Idiom(
        "import unittest\n"
        + _S
        + "class T(unittest.TestCase):\n def test_it(self): self.assertRaisesRegex(Empty, 'empty', Stack().pop)",
        STACK,
        "empty stack",
        "none",
    ),
    "approx": Idiom(
        _P + _S + "def test(): assert f() == pytest.approx(0.3)",
        "def f():\n    return 0.1 + 0.2",
        "0.2",
        "0.21",
    ),
    "math isclose": Idiom(
        "import math\n" + _S + "def test(): assert math.isclose(f(), 0.3)",
        "def f():\n    return 0.1 + 0.2",
        "0.2",
        "0.21",
    ),
    "capsys": Idiom(
        _S + "def test(capsys):\n f()\n assert capsys.readouterr().out == 'hi\\n'",
        "def f():\n    print('hi')",
        "'hi'",
        "'ho'",
    ),
    "capsys err": Idiom(
        _S + "def test(capsys):\n f()\n assert capsys.readouterr().err == 'hi'",
        "import sys\ndef f():\n    sys.stderr.write('hi')",
        "'hi'",
        "'ho'",
    ),
    "redirect stdout": Idiom(
        "import io, contextlib\n"
        + _S
        + "def test():\n b = io.StringIO()\n with contextlib.redirect_stdout(b): f()\n assert b.getvalue() == 'hi\\n'",
        "def f():\n    print('hi')",
        "'hi'",
        "'ho'",
    ),
    "monkeypatch module": Idiom(
        _S + "def test(monkeypatch):\n monkeypatch.setattr(solution, 'rate', 3)\n assert f(2) == 6",
        "rate = 2\ndef f(x):\n    return x * rate",
        "x * rate",
        "x + rate",
    ),
    "monkeypatch function": Idiom(
        _S
        + "def test(monkeypatch):\n monkeypatch.setattr(solution, 'fetch', lambda u: u + '!')\n assert f('a') == 'A!'\ndef test_after(): assert f('a') == 'A'",
        "def fetch(u):\n    return u\ndef f(u):\n    return fetch(u).upper()",
        ".upper()",
        "",
    ),
    "monkeypatch by path": Idiom(
        _S
        + "def test(monkeypatch):\n monkeypatch.setattr('solution.fetch', lambda u: 'z')\n assert f('a') == 'Z'",
        "def fetch(u):\n    return u\ndef f(u):\n    return fetch(u).upper()",
        ".upper()",
        "",
    ),
    "monkeypatch delattr": Idiom(
        _P
        + _S
        + "def test(monkeypatch):\n monkeypatch.delattr(solution, 'rate')\n with pytest.raises(NameError): f(2)\ndef test_after(): assert f(2) == 4",
        "rate = 2\ndef f(x):\n    return x * rate",
        "x * rate",
        "x * 2",
    ),
    "monkeypatch method": Idiom(
        _S
        + "def test(monkeypatch):\n monkeypatch.setattr(Stack, 'peek', lambda self: len(self) + 40)\n assert Child([1]).peek() == 141\ndef test_after(): assert Child([1]).peek() == 101",
        STACK,
        "+ 100",
        "+ 1",
    ),
    "monkeypatch input": Idiom(
        _S
        + "def test(monkeypatch):\n monkeypatch.setattr('builtins.input', lambda prompt='': '5')\n assert f() == 6",
        "def f():\n    return int(input('n')) + 1",
        "+ 1",
        "+ 2",
    ),
    "monkeypatch time": Idiom(
        "import time\n"
        + _S
        + "def test(monkeypatch):\n monkeypatch.setattr(time, 'time', lambda: 100.0)\n assert f() == 101.0",
        "import time\ndef f():\n    return time.time() + 1",
        "+ 1",
        "+ 2",
    ),
    "monkeypatch env": Idiom(
        _S + "def test(monkeypatch):\n monkeypatch.setenv('RATE', '7')\n assert f() == 7",
        "import os\ndef f():\n    return int(os.environ.get('RATE', '1'))",
        "'RATE'",
        "'RATES'",
    ),
    "monkeypatch stdin": Idiom(
        "import io\n"
        + _S
        + "def test(monkeypatch):\n monkeypatch.setattr('sys.stdin', io.StringIO('1 2'))\n assert f() == 3",
        "import sys\ndef f():\n    return sum(map(int, sys.stdin.read().split()))",
        "sum(",
        "max(",
    ),
    "mock patch": Idiom(
        "from unittest.mock import patch\n"
        + _S
        + "def test():\n with patch('solution.fetch', return_value='q') as m:\n  assert f('a') == 'Q'\n m.assert_called_once_with('a')",
        "def fetch(u):\n    return u\ndef f(u):\n    return fetch(u).upper()",
        "return fetch(u)",
        "return fetch(u + u)",
    ),
    "mock patch nested": Idiom(
        "from unittest.mock import patch\n"
        + _S
        + "@patch('solution.time.sleep')\ndef test(sleep):\n assert f() == 1\n sleep.assert_called_with(9)",
        "import time\ndef f():\n    time.sleep(9)\n    return 1",
        "sleep(9)",
        "sleep(0)",
    ),
    "mock argument": Idiom(
        "from unittest.mock import Mock\n"
        + _S
        + "def test():\n m = Mock()\n m.send.return_value = 5\n assert f(m) == 6\n m.send.assert_called_once_with('x', n=1)",
        "def f(m):\n    return m.send('x', n=1) + 1",
        "n=1",
        "n=2",
    ),
    "mock callback": Idiom(
        "from unittest.mock import MagicMock, call\n"
        + _S
        + "def test():\n m = MagicMock(side_effect=[1, 2])\n assert f(m) == 3\n assert m.call_args_list == [call(0), call(1)]",
        "def f(m):\n    return m(0) + m(1)",
        "m(1)",
        "m(2)",
    ),
    "mock side effect": Idiom(
        "from unittest.mock import Mock\n"
        + _S
        + "def test():\n m = Mock(side_effect=[KeyError('a'), 4])\n assert f(m) == 4 and m.call_count == 2",
        "def f(m):\n    try:\n        return m()\n    except KeyError:\n        return m()",
        "return m()\n    except",
        "return 0\n    except",
    ),
    "isinstance": Idiom(
        _S
        + "def test():\n assert isinstance(Stack.make(), Stack) and not isinstance(Stack.make(), Child)\n assert type(Stack()) is Stack and issubclass(Child, Stack)",
        STACK,
        "class Child(Stack)",
        "class Child(list)",
    ),
    "class method": Idiom(
        _S + "def test(): assert Stack.of(1, 2).pop() == 2 and type(Child.of(1)) is Child",
        STACK,
        "cls(items)",
        "Stack(items)",
    ),
    "static method": Idiom(
        _S + "def test(): assert Stack.make().pop() == 1", STACK, "Stack([1])", "Stack([2])"
    ),
    "class attribute": Idiom(
        _S + "def test(): assert Stack.limit == 3 and Stack().limit == 3",
        STACK,
        "limit = 3",
        "limit = 4",
    ),
    "property": Idiom(
        _S + "def test():\n s = Stack([1])\n s.top = 5\n assert s.top == 5 and s.items == [5]",
        STACK,
        "self.items[-1] = value",
        "self.items.append(value)",
    ),
    "private state": Idiom(
        _S + "def test():\n s = Stack([3])\n assert s._log == [] and s.items[0] == 3",
        STACK,
        "self._log = []",
        "self._log = [1]",
    ),
    "attribute write": Idiom(
        _S + "def test():\n s = Stack()\n s.items = [4, 5]\n assert s.pop() == 5",
        STACK,
        "self.items.pop()",
        "self.items.pop(0)",
    ),
    "attribute mutated": Idiom(
        _S + "def test():\n s = Stack()\n s.items.append(9)\n assert s.pop() == 9 and len(s) == 0",
        STACK,
        "self.items.pop()",
        "self.items[-1]",
    ),
    "attribute watched": Idiom(
        _S + "def test():\n s = Stack()\n held = s.items\n s.push(2)\n assert held == [2]",
        STACK,
        "append(item)",
        "append(item + 1)",
    ),
    "module list cleared": Idiom(
        _S
        + "def test_a():\n solution.seen.clear()\n f(1)\n assert solution.seen == [1]\ndef test_b():\n solution.seen.clear()\n f(2)\n assert solution.seen == [2]",
        "seen = []\ndef f(x):\n    seen.append(x)",
        "append(x)",
        "append(1)",
    ),
    "operators": Idiom(
        _S + "def test(): assert (Stack([1]) + Stack([2])).items == [1, 2]",
        STACK,
        "self.items + other.items",
        "other.items + self.items",
    ),
    "in and index": Idiom(
        _S
        + "def test():\n s = Stack([1, 2])\n assert 2 in s and 5 not in s and s[0] == 1\n s[0] = 8\n assert s[0] == 8",
        STACK,
        "item in self.items",
        "True",
    ),
    "iteration": Idiom(
        _S + "def test(): assert list(Stack([1, 2])) == [1, 2] and [x for x in Stack([3])] == [3]",
        STACK,
        "iter(self.items)",
        "iter([])",
    ),
    "truth": Idiom(
        _S + "def test():\n assert not Stack()\n assert Stack([1])",
        STACK,
        "return len(self.items)",
        "return 1",
    ),
    "repr and str": Idiom(
        _S
        + "def test():\n assert repr(Stack([1])) == 'Stack([1])' and str(Stack()) == 'stack of 0' and f'{Stack()}' == 'stack of 0'",
        STACK,
        "stack of",
        "stack with",
    ),
    "object equality": Idiom(
        _S + "def test(): assert Stack([1]) == Stack([1]) and Stack([1]) != Stack([2])",
        STACK,
        "self.items == other.items",
        "True",
    ),
    "callable object": Idiom(
        _S + "def test(): assert Stack([1])(4) == 5", STACK, "n + len(self)", "n"
    ),
    "context manager": Idiom(
        _S
        + "def test():\n with Stack([1]) as s:\n  assert s.peek() == 1\n  raise ValueError\n assert len(s) == 0",
        STACK,
        "self.items.clear()",
        "pass",
    ),
    "chained calls": Idiom(
        _S + "def test(): assert Stack().push(1).push(2).items == [1, 2]",
        STACK,
        "return self\n",
        "return Stack()\n",
    ),
    "super": Idiom(_S + "def test(): assert Child([1]).peek() == 101", STACK, "+ 100", "+ 10"),
    "subclass in the test": Idiom(
        _S
        + "class Mine(Stack):\n def __init__(self):\n  super().__init__([5])\n  self.extra = 1\n def peek(self): return super().peek() * 2\ndef test():\n m = Mine()\n assert m.peek() == 10 and m.extra == 1 and twice(m) == 20 and isinstance(m, Stack)",
        STACK + "def twice(s):\n    return s.peek() * 2\n",
        "s.peek() * 2",
        "s.peek() * 3",
    ),
    "abstract base": Idiom(
        _P
        + _S
        + "class Sq(Shape):\n def area(self): return 4\ndef test():\n assert Sq().double() == 8\n with pytest.raises(TypeError): Shape()",
        "from abc import ABC, abstractmethod\nclass Shape(ABC):\n    @abstractmethod\n    def area(self): ...\n    def double(self):\n        return 2 * self.area()",
        "2 *",
        "3 *",
    ),
    "enum": Idiom(
        _S
        + "def test():\n assert f() is Color.RED and f() == Color.RED and Color.RED != Color.BLUE\n assert Color.RED.value == 1 and Color.RED.name == 'RED' and Color(2) is Color.BLUE and Color['RED'] is f()\n assert [c.name for c in Color] == ['RED', 'BLUE'] and len(Color) == 2 and {Color.RED: 1}[f()] == 1",
        "from enum import Enum\nclass Color(Enum):\n    RED = 1\n    BLUE = 2\ndef f():\n    return Color.RED",
        "return Color.RED",
        "return Color.BLUE",
    ),
    "int enum": Idiom(
        _S
        + "def test(): assert f() == 2 and f() is P.HIGH and P.LOW < P.HIGH and f().name == 'HIGH'",
        "from enum import IntEnum\nclass P(IntEnum):\n    LOW = 1\n    HIGH = 2\ndef f():\n    return P.HIGH",
        "return P.HIGH",
        "return P.LOW",
    ),
    "dataclass": Idiom(
        _S
        + "from dataclasses import asdict, is_dataclass\ndef test():\n assert Pt(1) == Pt(1, 0) and Pt(1) != Pt(2) and Pt(3).x == 3 and is_dataclass(Pt)\n assert asdict(Pt(1)) == {'x': 1, 'y': 0}",
        "from dataclasses import dataclass\n@dataclass\nclass Pt:\n    x: int\n    y: int = 0",
        "y: int = 0",
        "y: int = 1",
    ),
    "frozen dataclass": Idiom(
        _P
        + _S
        + "def test():\n with pytest.raises(AttributeError): Pt(1).x = 2\n assert len({Pt(1), Pt(1), Pt(2)}) == 2",
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Pt:\n    x: int",
        "(frozen=True)",
        "(unsafe_hash=True)",
    ),
    "ordered objects": Idiom(
        _S + "def test(): assert [p.x for p in sorted([Pt(2), Pt(1)])] == [1, 2] and Pt(1) < Pt(2)",
        "from dataclasses import dataclass\n@dataclass(order=True)\nclass Pt:\n    x: int",
        "(order=True)",
        "",
    ),
    "namedtuple": Idiom(
        _S
        + "def test():\n p = f()\n assert p == (1, 2) and p.x == 1 and p._asdict() == {'x': 1, 'y': 2} and isinstance(p, Pt) and p == Pt(1, 2)\n a, b = p\n assert b == 2",
        "from collections import namedtuple\nPt = namedtuple('Pt', 'x y')\ndef f():\n    return Pt(1, 2)",
        "Pt(1, 2)",
        "Pt(2, 1)",
    ),
    "counter": Idiom(
        _S
        + "from collections import Counter, OrderedDict, deque\ndef test(): assert f('aab') == Counter('aab') and f('a')['z'] == 0",
        "from collections import Counter\ndef f(t):\n    return Counter(t)",
        "Counter(t)",
        "Counter(t[:-1])",
    ),
    "generator": Idiom(
        _P
        + _S
        + "import types\ndef test():\n g = f(2)\n assert isinstance(g, types.GeneratorType) and next(g) == 0 and list(g) == [1]\n with pytest.raises(StopIteration): next(g)",
        "def f(n):\n    yield from range(n)",
        "range(n)",
        "range(n + 1)",
    ),
    "infinite generator": Idiom(
        "import itertools\n"
        + _S
        + "def test(): assert list(itertools.islice(f(), 3)) == [1, 2, 4]",
        "def f():\n    n = 1\n    while True:\n        yield n\n        n *= 2",
        "*= 2",
        "*= 3",
    ),
    "generator send": Idiom(
        _S + "def test():\n g = f()\n next(g)\n assert g.send(4) == 8\n g.close()",
        "def f():\n    x = yield\n    while True:\n        x = yield x * 2",
        "x * 2",
        "x * 3",
    ),
    "in place": Idiom(
        _S
        + "def test():\n xs = [[3], [1]]\n inner = xs[0]\n assert f(xs) is None and xs == [[1], [3]] or xs\n assert xs[0] == [1]",
        "def f(xs):\n    xs.sort()",
        "xs.sort()",
        "sorted(xs)",
    ),
    "nested in place": Idiom(
        _S
        + "def test():\n grid = [[0, 0], [0, 0]]\n row = grid[1]\n f(grid)\n assert row == [0, 7] and grid[1] is row",
        "def f(g):\n    g[1][1] = 7",
        "= 7",
        "= 8",
    ),
    "argument untouched": Idiom(
        _S
        + "def test():\n xs = [2, 1]\n assert f(xs) == [1, 2] and xs == [2, 1] and f(xs) is not xs",
        "def f(xs):\n    return sorted(xs)",
        "return sorted(xs)",
        "xs.sort()\n    return xs",
    ),
    "same object returned": Idiom(
        _S + "def test():\n xs = [1]\n assert f(xs) is xs",
        "def f(xs):\n    return xs",
        "return xs",
        "return list(xs)",
    ),
    "dict in place": Idiom(
        _S + "def test():\n d = {'a': 1}\n f(d)\n assert d == {'a': 1, 'b': [2]}",
        "def f(d):\n    d['b'] = [2]",
        "[2]",
        "[3]",
    ),
    "callback": Idiom(
        _S
        + "def test():\n seen = []\n assert f(lambda x: seen.append(x) or x * 2, [1, 2]) == [2, 4] and seen == [1, 2]",
        "def f(g, xs):\n    return [g(x) for x in xs]",
        "[g(x) for x in xs]",
        "[g(x + 1) for x in xs]",
    ),
    "callback raises": Idiom(
        _P
        + _S
        + "class Mine(Exception): pass\ndef test():\n def bad(): raise Mine('z')\n with pytest.raises(Mine, match='z'): f(bad)",
        "def f(g):\n    return g()",
        "return g()",
        "return None",
    ),
    "retry with the test's errors": Idiom(
        _S
        + "class Mine(Exception): pass\ndef test():\n n = []\n def bad():\n  n.append(1)\n  if len(n) < 3: raise Mine\n  return 'ok'\n assert f(bad, Mine) == 'ok' and len(n) == 3",
        "def f(g, kind):\n    while True:\n        try:\n            return g()\n        except kind:\n            pass",
        "except kind:\n            pass",
        "except kind:\n            return 'no'",
    ),
    "decorator": Idiom(
        _S
        + "def test():\n @deco\n def g(a):\n  'doc'\n  return a\n assert g(2) == 4 and g.__name__ == 'g' and g.__doc__ == 'doc'",
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(*a):\n        return f(*a) * 2\n    return w",
        "* 2",
        "* 3",
    ),
    "decorator with arguments": Idiom(
        _S
        + "def test():\n calls = []\n @times(3)\n def g(): calls.append(1)\n g()\n assert len(calls) == 3",
        "def times(n):\n    def deco(f):\n        def w(*a):\n            for _ in range(n):\n                f(*a)\n        return w\n    return deco",
        "range(n)",
        "range(n + 1)",
    ),
    "returned function": Idiom(
        _S + "def test():\n g = f(3)\n assert g(4) == 7 and callable(g)",
        "def f(n):\n    return lambda x: x + n",
        "x + n",
        "x - n",
    ),
    "partial": Idiom(
        "import functools\n"
        + _S
        + "def test(): assert functools.partial(add, 1)(2) == 3 and list(map(add, [1, 2], [3, 4])) == [4, 6]",
        ADD,
        "a + b",
        "a * b + 1",
    ),
    "sort key": Idiom(
        _S + "def test(): assert sorted([3, 1, 2], key=f) == [3, 2, 1]",
        "def f(x):\n    return -x",
        "-x",
        "x",
    ),
    "signature": Idiom(
        "import inspect\n"
        + _S
        + "def test():\n assert list(inspect.signature(add).parameters) == ['a', 'b', 'c'] and inspect.signature(add).parameters['b'].default == 0 and inspect.isfunction(add)",
        ADD,
        "b=0",
        "b=1",
    ),
    "doc and name": Idiom(
        _S
        + "def test(): assert add.__name__ == 'add' and add.__doc__ == 'Adds.' and Stack.__doc__ == 'A stack.'",
        "def add():\n    'Adds.'\n" + STACK,
        "Adds.",
        "Added.",
    ),
    "deepcopy": Idiom(
        "import copy\n"
        + _S
        + "def test():\n a = Stack([1])\n b = copy.deepcopy(a)\n b.push(2)\n assert a.items == [1] and b.items == [1, 2] and copy.copy(add) is add",
        STACK + ADD,
        "append(item)",
        "extend([item, item])",
    ),
    "path argument": Idiom(
        "from pathlib import Path\n"
        + _S
        + "def test(tmp_path):\n p = tmp_path / 'a.txt'\n p.write_text('hi')\n assert f(p) == 'HI'\n save(tmp_path / 'b', 'yo')\n assert (tmp_path / 'b').read_text() == 'yo' and name(Path('x/y.z')) == Path('y.z')",
        "from pathlib import Path\ndef f(p):\n    return p.read_text().upper()\ndef save(p, t):\n    p.write_text(t)\ndef name(p):\n    return Path(p.name)",
        ".upper()",
        "",
    ),
    "text stream": Idiom(
        "import io\n"
        + _S
        + "def test():\n out = io.StringIO()\n f(io.StringIO('a b'), out)\n assert out.getvalue() == 'b a'",
        "def f(i, o):\n    o.write(' '.join(reversed(i.read().split())))",
        "reversed",
        "list",
    ),
    "iterator argument": Idiom(
        _S
        + "def test(): assert f(x * x for x in range(3)) == [0, 1, 4] and f(iter('ab')) == ['a', 'b']",
        "def f(xs):\n    return list(xs)",
        "list(xs)",
        "list(xs)[1:]",
    ),
    "object argument": Idiom(
        _S
        + "class Dog:\n name = 'rex'\n def __init__(self): self.age = 3\n def speak(self, n): return 'wuf' * n\ndef test(): assert f(Dog()) == 'wufwuf3'",
        "def f(d):\n    return d.speak(2) + str(d.age)",
        "speak(2)",
        "speak(1)",
    ),
    "test's class": Idiom(
        _S
        + "class Item:\n def __init__(self, n): self.n = n\ndef test():\n x = f(Item)\n assert isinstance(x, Item) and x.n == 4",
        "def f(cls):\n    return cls(4)",
        "cls(4)",
        "cls(5)",
    ),
    "asyncio run": Idiom(
        "import asyncio\n" + _S + "def test(): assert asyncio.run(f(1)) == 2",
        "import asyncio\nasync def f(x):\n    await asyncio.sleep(0)\n    return x + 1",
        "x + 1",
        "x",
    ),
    "async test": Idiom(
        _P
        + _S
        + "import asyncio\n@pytest.mark.asyncio\nasync def test():\n assert await f(1) == 2\n assert await asyncio.gather(f(1), f(2)) == [2, 3]",
        "import asyncio\nasync def f(x):\n    await asyncio.sleep(0)\n    return x + 1",
        "x + 1",
        "x",
    ),
    "async callback": Idiom(
        "import asyncio\n"
        + _S
        + "def test():\n async def g(x):\n  await asyncio.sleep(0)\n  return x * 2\n assert asyncio.run(f(g)) == 9",
        "async def f(g):\n    return await g(4) + 1",
        "+ 1",
        "+ 2",
    ),
    "async error": Idiom(
        _P
        + "import asyncio\n"
        + _S
        + "def test():\n with pytest.raises(ValueError): asyncio.run(f())",
        "async def f():\n    raise ValueError",
        "ValueError",
        "KeyError",
    ),
    "async context": Idiom(
        "import asyncio\n"
        + _S
        + "def test():\n async def go():\n  async with C() as c:\n   return [x async for x in c.items()]\n assert asyncio.run(go()) == [1, 2]",
        "class C:\n    async def __aenter__(self):\n        return self\n    async def __aexit__(self, *a):\n        return False\n    async def items(self):\n        yield 1\n        yield 2",
        "yield 2",
        "yield 3",
    ),
    "coroutine function": Idiom(
        "import inspect\n" + _S + "def test(): assert inspect.iscoroutinefunction(f)",
        "async def f():\n    return 1",
        "async def",
        "def",
    ),
    "float edge": Idiom(
        "import math\n"
        + _S
        + "def test(): assert math.isnan(f()) and f() != f() and g() == math.inf",
        "def f():\n    return float('nan')\ndef g():\n    return float('inf')",
        "float('nan')",
        "0.0",
    ),
    "big numbers": Idiom(
        _S + "def test(): assert f(200) == 2 ** 200 and f(3) == 8 and type(f(3)) is int",
        "def f(n):\n    return 2 ** n",
        "2 ** n",
        "2.0 ** n",
    ),
    "types kept": Idiom(
        _S
        + "def test():\n assert f() == ((1, 2), {3}, b'x', 1 + 2j, None, {'k': [True]}) and isinstance(f()[0], tuple) and f()[5]['k'][0] is True",
        "def f():\n    return ((1, 2), {3}, b'x', 1 + 2j, None, {'k': [True]})",
        "(1, 2)",
        "[1, 2]",
    ),
    "decimal and dates": Idiom(
        "from decimal import Decimal\nfrom datetime import date, timedelta, datetime\n"
        + _S
        + "def test(): assert f(date(2024, 2, 28)) == date(2024, 2, 29) and g() == Decimal('1.10')",
        "from datetime import timedelta\nfrom decimal import Decimal\ndef f(d):\n    return d + timedelta(days=1)\ndef g():\n    return Decimal('1.10')",
        "days=1",
        "days=2",
    ),
    "dict views": Idiom(
        _S
        + "def test(): assert list(f().keys()) == ['a'] and sorted(f().items()) == [('a', 1)] and g() == {'a'}",
        "def f():\n    return {'a': 1}\ndef g():\n    return {'a': 1}.keys()",
        "return {'a': 1}\n",
        "return {'b': 1}\n",
    ),
    "warnings": Idiom(
        _P + _S + "def test():\n with pytest.warns(DeprecationWarning, match='old'): f()",
        "import warnings\ndef f():\n    warnings.warn('old', DeprecationWarning)",
        "DeprecationWarning)",
        "UserWarning)",
    ),
    "logging": Idiom(
        "import logging\n"
        + _S
        + "def test(caplog):\n with caplog.at_level(logging.INFO): f()\n assert 'went' in caplog.text",
        "import logging\ndef f():\n    logging.getLogger('x').info('it went')",
        "it went",
        "it was",
    ),
    "lru cache": Idiom(
        _S + "def test():\n f.cache_clear()\n f(1); f(1)\n assert f.cache_info().hits == 1",
        "from functools import lru_cache\n@lru_cache(maxsize=None)\ndef f(n):\n    return n",
        "@lru_cache(maxsize=None)",
        "@lru_cache(maxsize=0)",
    ),
    "cached recursion": Idiom(
        _S + "def test(): assert [fib(n) for n in range(6)] == [0, 1, 1, 2, 3, 5]",
        "def fib(n, memo={}):\n    if n < 2:\n        return n\n    if n not in memo:\n        memo[n] = fib(n - 1) + fib(n - 2)\n    return memo[n]",
        "fib(n - 2)",
        "fib(n - 2) + 1",
    ),
    "dunder all": Idiom(
        "from solution import *\ndef test(): assert pub() == 1",
        "__all__ = ['pub']\ndef pub():\n    return 1\ndef other():\n    return 2",
        "return 1",
        "return 3",
    ),
    "hasattr": Idiom(
        _S
        + "def test(): assert hasattr(solution, 'add') and not hasattr(solution, 'gone') and hasattr(Stack(), 'push') and 'add' in dir(solution)",
        STACK + ADD,
        "def push",
        "def pushed",
    ),
    "thread": Idiom(
        "import threading\n"
        + _S
        + "def test():\n out = []\n ts = [threading.Thread(target=lambda n=n: out.append(add(n, 1))) for n in range(3)]\n [t.start() for t in ts]\n [t.join() for t in ts]\n assert sorted(out) == [1, 2, 3]",
        ADD,
        "a + b",
        "a - b",
    ),
    "protocol": Idiom(
        _S + "def test(): assert isinstance(Duck(), Quacks) and not isinstance(Cat(), Quacks)",
        "from typing import Protocol, runtime_checkable\n@runtime_checkable\nclass Quacks(Protocol):\n    def quack(self): ...\nclass Duck:\n    def quack(self): return 1\nclass Cat: pass",
        "class Cat: pass",
        "class Cat(Duck): pass",
    ),
    "linked list": Idiom(
        _S
        + "def test():\n n = Node(1, Node(2))\n assert n.next.val == 2 and rev(n).val == 2 and rev(Node(1)).next is None",
        "class Node:\n    def __init__(self, val, next=None):\n        self.val = val\n        self.next = next\ndef rev(n):\n    p = None\n    while n:\n        n.next, p, n = p, n, n.next\n    return p",
        "return p",
        "return n",
    ),
    "tree helper": Idiom(
        _S
        + "def build(xs):\n root = None\n for x in xs: root = insert(root, x)\n return root\ndef test(): assert walk(build([2, 1, 3])) == [1, 2, 3]",
        "class T:\n    def __init__(self, v):\n        self.v, self.l, self.r = v, None, None\ndef insert(t, v):\n    if t is None:\n        return T(v)\n    if v < t.v:\n        t.l = insert(t.l, v)\n    else:\n        t.r = insert(t.r, v)\n    return t\ndef walk(t):\n    return walk(t.l) + [t.v] + walk(t.r) if t else []",
        "v < t.v",
        "v > t.v",
    ),
    "subtests": Idiom(
        "import unittest\n"
        + _S
        + "class T(unittest.TestCase):\n def test(self):\n  for n in range(3):\n   with self.subTest(n=n): self.assertEqual(add(n, 1), n + 1)",
        ADD,
        "a + b",
        "a * b",
    ),
    "generic class": Idiom(
        _S + "def test():\n b = Box[int](3)\n assert b.get() == 3",
        "from typing import Generic, TypeVar\nX = TypeVar('X')\nclass Box(Generic[X]):\n    def __init__(self, x):\n        self.x = x\n    def get(self):\n        return self.x",
        "return self.x",
        "return -self.x",
    ),
    "list subclass": Idiom(
        _S + "def test(): assert f() == [1, 2] and len(f()) == 2",
        "class L(list):\n    pass\ndef f():\n    return L([1, 2])",
        "[1, 2]",
        "[1]",
    ),
    "typed dict": Idiom(
        _S + "def test(): assert f() == {'a': 1}",
        "from typing import TypedDict\nclass D(TypedDict):\n    a: int\ndef f() -> D:\n    return D(a=1)",
        "a=1",
        "a=2",
    ),
    "regex match": Idiom(
        _S + "def test():\n m = f('ab12')\n assert m.group(1) == '12' and m.start() == 2",
        "import re\ndef f(t):\n    return re.search(r'(\\d+)', t)",
        "\\\\d",
        "\\\\w",
    ),
    "random seed": Idiom(
        "import random\n"
        + _S
        + "def test():\n assert f(random.Random(3)) == random.Random(3).randint(0, 9)",
        "def f(r):\n    return r.randint(0, 9)",
        "(0, 9)",
        "(100, 109)",
    ),
}
IDIOMS["regex match"] = IDIOMS["regex match"]._replace(old="\\d", new="\\w")
