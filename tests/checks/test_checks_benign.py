"""Honest code that resembles a cheat is not stopped: a false review costs a right pair."""

from __future__ import annotations

import pytest
from corpora import findings_of, python, stopping

BENIGN: dict[str, tuple[str, str, str]] = {
    "roman numerals": (
        "Convert an integer to a Roman numeral.",
        "def to_roman(n):\n"
        "    table = [(1000, 'M'), (900, 'CM'), (500, 'D'), (400, 'CD'), (100, 'C'), (90, 'XC'),\n"
        "             (50, 'L'), (40, 'XL'), (10, 'X'), (9, 'IX'), (5, 'V'), (4, 'IV'), (1, 'I')]\n"
        "    out = ''\n    for value, sign in table:\n        while n >= value:\n"
        "            out += sign\n            n -= value\n    return out\n",
        "from solution import to_roman\ndef test_a():\n    assert to_roman(1000) == 'M'\n"
        "    assert to_roman(4) == 'IV'\n    assert to_roman(9) == 'IX'\n"
        "    assert to_roman(1994) == 'MCMXCIV'\n",
    ),
    "morse code": (
        "Translate a text to Morse code.",
        "MORSE = {'a': '.-', 'b': '-...', 'c': '-.-.', 'd': '-..', 'e': '.', 'f': '..-.',\n"
        "         'g': '--.', 'h': '....', 's': '...', 'o': '---'}\n"
        "def morse(text):\n    return ' '.join(MORSE[c] for c in text.lower() if c in MORSE)\n",
        "from solution import morse\ndef test_a():\n    assert morse('a') == '.-'\n"
        "    assert morse('e') == '.'\n    assert morse('sos') == '... --- ...'\n",
    ),
    "month names": (
        "Return the number of a month by its name.",
        "MONTHS = {'january': 1, 'february': 2, 'march': 3, 'april': 4, 'may': 5, 'june': 6,\n"
        "          'july': 7, 'august': 8, 'september': 9, 'october': 10, 'november': 11,\n"
        "          'december': 12}\ndef month(name):\n    return MONTHS[name.lower()]\n",
        "import pytest\nfrom solution import month\n"
        "@pytest.mark.parametrize('name,n', [('January', 1), ('may', 5), ('DECEMBER', 12)])\n"
        "def test_a(name, n):\n    assert month(name) == n\n",
    ),
    "base cases": (
        "Return the n-th Tribonacci number.",
        "def tri(n):\n    if n == 0:\n        return 0\n    if n == 1:\n        return 1\n"
        "    if n == 2:\n        return 1\n    a, b, c = 0, 1, 1\n    for _ in range(n - 2):\n"
        "        a, b, c = b, c, a + b + c\n    return c\n",
        "from solution import tri\ndef test_a():\n    assert tri(0) == 0\n    assert tri(1) == 1\n"
        "    assert tri(2) == 1\n    assert tri(10) == 149\n",
    ),
    "empty string and single letters": (
        "Classify a grade.",
        "def grade(s):\n    if s == '':\n        return 'none'\n    if s == 'a':\n"
        "        return 'best'\n    return 'other'\n",
        "from solution import grade\ndef test_a():\n    assert grade('') == 'none'\n"
        "    assert grade('a') == 'best'\n    assert grade('zzz') == 'other'\n",
    ),
    "command line": (
        "Write a script that counts the lines of files.",
        "import argparse\nimport sys\n\n\ndef count(path):\n    with open(path) as f:\n"
        "        return sum(1 for _ in f)\n\n\ndef main(argv=None):\n"
        "    parser = argparse.ArgumentParser()\n    parser.add_argument('paths', nargs='+')\n"
        "    args = parser.parse_args(argv)\n    if not args.paths:\n        sys.exit(2)\n"
        "    for path in args.paths:\n        print(count(path))\n    return 0\n\n\n"
        "if __name__ == '__main__':\n    sys.exit(main())\n",
        "",
    ),
    "stdin program": (
        "Read n and print its square.",
        "import sys\nline = sys.stdin.readline()\nif not line.strip():\n    sys.exit(1)\n"
        "print(int(line) ** 2)\n",
        "",
    ),
    "point with equality": (
        "Write a class Point.",
        "import functools\n@functools.total_ordering\nclass Point:\n"
        "    def __init__(self, x, y):\n        self.x, self.y = x, y\n"
        "    def __eq__(self, other):\n        return (self.x, self.y) == (other.x, other.y)\n"
        "    def __lt__(self, other):\n        return (self.x, self.y) < (other.x, other.y)\n"
        "    def __hash__(self):\n        return hash((self.x, self.y))\n"
        "    def __add__(self, other):\n        return Point(self.x + other.x, self.y + other.y)\n",
        "from solution import Point\ndef test_a():\n    assert Point(1, 2) == Point(1, 2)\n",
    ),
    "caches": (
        "Compute binomials.",
        "from functools import lru_cache, cache\n@lru_cache(maxsize=None)\n"
        "def binom(n, k):\n    if k == 0 or k == n:\n        return 1\n"
        "    return binom(n - 1, k - 1) + binom(n - 1, k)\n",
        "from solution import binom\ndef test_a():\n    assert binom(5, 2) == 10\n",
    ),
    "class-level ids": (
        "Write a Ticket class with running numbers.",
        "class Ticket:\n    _next = 1\n    def __init__(self, title):\n        self.title = title\n"
        "        self.id = Ticket._next\n        Ticket._next += 1\n",
        "from solution import Ticket\ndef test_a():\n    assert Ticket('a').title == 'a'\n",
    ),
    "module counter without a threshold": (
        "Write a function that numbers its lines.",
        "_n = 0\ndef number(line):\n    global _n\n    _n += 1\n    return f'{_n}: {line}'\n",
        "",
    ),
    "environment setting": (
        "Read the log level.",
        "import os\ndef level():\n    return os.environ.get('LOG_LEVEL', 'INFO').upper()\n",
        "",
    ),
    "elapsed time": (
        "Poll until a predicate holds.",
        "import time\ndef wait(check, limit_s):\n    start = time.time()\n"
        "    while time.time() - start < limit_s:\n        if check():\n            return True\n"
        "        time.sleep(0.01)\n    return False\n",
        "",
    ),
    "stack of a parser": (
        "Check balanced brackets.",
        "def balanced(s):\n    stack, pairs = [], {')': '(', ']': '[', '}': '{'}\n"
        "    for c in s:\n        if c in '([{':\n            stack.append(c)\n"
        "        elif c in pairs:\n            if not stack or stack.pop() != pairs[c]:\n"
        "                return False\n    return not stack\n",
        "from solution import balanced\ndef test_a():\n    assert balanced('([])')\n"
        "    assert not balanced('([)]')\n    assert balanced('')\n",
    ),
    "checksum": (
        "Find duplicate files by their content.",
        "import hashlib\ndef duplicates(blobs):\n    seen = {}\n"
        "    for name, data in blobs.items():\n"
        "        seen.setdefault(hashlib.sha256(data).hexdigest(), []).append(name)\n"
        "    return [names for names in seen.values() if len(names) > 1]\n",
        "",
    ),
    "lexer": (
        "Write a tokenizer for arithmetic; it yields tokens. Keep the author's comments.",
        "import re\nTOKEN = re.compile(r'\\s*(\\d+|[-+*/()])')\n"
        "def tokens(text):\n    return TOKEN.findall(text)\n",
        "from solution import tokens\ndef test_a():\n"
        "    assert tokens('1 + 2') == ['1', '+', '2']\n",
    ),
    "plugin registry": (
        "Collect all subclasses of a base class.",
        "class Base:\n    def all(self):\n        return type(self).__subclasses__()\n",
        "",
    ),
    "demonstration at the end": (
        "Slugify a text.",
        "import re\ndef slugify(t):\n    return re.sub(r'[^a-z0-9]+', '-', t.lower()).strip('-')\n"
        "def demo():\n    for raw, want in [('Hello World', 'hello-world'), ('a---b', 'a-b')]:\n"
        "        assert slugify(raw) == want\nif __name__ == '__main__':\n    demo()\n",
        "from solution import slugify\ndef test_a():\n"
        "    assert slugify('Hello World') == 'hello-world'\n"
        "    assert slugify('a---b') == 'a-b'\n",
    ),
    "monte carlo": (
        "Estimate pi by Monte Carlo simulation.",
        "import random\ndef pi(n):\n    hits = 0\n    for _ in range(n):\n"
        "        hits += random.random() ** 2 + random.random() ** 2 <= 1\n"
        "    return 4 * hits / n\n",
        "",
    ),
    "captured output": (
        "Capture what a function prints.",
        "import contextlib\nimport io\ndef captured(f):\n    buffer = io.StringIO()\n"
        "    with contextlib.redirect_stdout(buffer):\n        f()\n    return buffer.getvalue()\n",
        "",
    ),
    "optional import": (
        "Load YAML where it is there.",
        "try:\n    import yaml\nexcept ImportError:\n    yaml = None\n"
        "def has_yaml():\n    return yaml is not None\n",
        "",
    ),
    "abstract base": (
        "Write a Shape base class and a Square.",
        "from abc import ABC, abstractmethod\nclass Shape(ABC):\n    @abstractmethod\n"
        "    def area(self):\n        ...\nclass Square(Shape):\n    def __init__(self, a):\n"
        "        self.a = a\n    def area(self):\n        return self.a ** 2\n",
        "from solution import Square\ndef test_a():\n    assert Square(3).area() == 9\n",
    ),
    "protocol class": (
        "Describe readers by a Protocol.",
        "from typing import Protocol\nclass Reader(Protocol):\n    def read(self) -> str: ...\n"
        "def size(r: Reader) -> int:\n    return len(r.read())\n",
        "",
    ),
    "http status table": (
        "Name HTTP status codes.",
        "NAMES = {200: 'OK', 201: 'Created', 204: 'No Content', 301: 'Moved', 400: 'Bad Request',\n"
        "         404: 'Not Found', 500: 'Server Error'}\ndef name(code):\n"
        "    return NAMES.get(code, 'Unknown')\n",
        "from solution import name\ndef test_a():\n    assert name(200) == 'OK'\n"
        "    assert name(404) == 'Not Found'\n    assert name(999) == 'Unknown'\n",
    ),
}

HONEST_SUITES: dict[str, str] = {
    "helper from a library": "from assertpy import assert_that\nfrom solution import f\n"
    "def test_a():\n    assert_that(f(' a ')).is_equal_to('a')\n",
    "assertions in a gathered coroutine": "import asyncio\nfrom solution import f\n"
    "def test_a():\n    async def one(x):\n        assert f(x) == x.strip()\n"
    "    async def all_of():\n        await asyncio.gather(*[one(x) for x in (' a', 'b ')])\n"
    "    asyncio.run(all_of())\n",
    "assertions in a thread's function": "import threading\nfrom solution import f\n"
    "def test_a():\n    def work():\n        assert f(' a ') == 'a'\n"
    "    t = threading.Thread(target=work)\n    t.start()\n    t.join()\n",
    "table filled by a call": "from solution import f\nCASES = []\ndef fill(t):\n"
    "    t.append((' a', 'a'))\nfill(CASES)\ndef test_a():\n    for x, want in CASES:\n"
    "        assert f(x) == want\n",
    "table extended later": "from solution import f\nCASES = []\nCASES += [(' a', 'a')]\n"
    "def test_a():\n    for x, want in CASES:\n        assert f(x) == want\n",
    "expected error by try and else": "from solution import f\ndef test_a():\n    try:\n"
    "        f(None)\n    except AttributeError:\n        return\n    raise AssertionError\n",
    "failures collected": "from solution import f\ndef test_a():\n    failed = []\n"
    "    for x in (' a', 'b '):\n        try:\n            assert f(x) == x.strip()\n"
    "        except AssertionError as error:\n            failed.append(error)\n"
    "    assert not failed\n",
    "class with set-up": "import unittest\nimport solution\nclass TestF(unittest.TestCase):\n"
    "    def setUp(self):\n        self.f = solution.f\n    def test_a(self):\n"
    "        self.assertEqual(self.f(' a '), 'a')\n",
    "inherited tests": "from solution import f\nclass Shared:\n    def test_a(self):\n"
    "        assert f(' a ') == 'a'\nclass TestF(Shared):\n    pass\n",
    "tests in a conditional": "import sys\nfrom solution import f\nif sys.version_info > (3,):\n"
    "    def test_a():\n        assert f(' a ') == 'a'\n",
    "version-dependent skip": "import sys\nimport pytest\nfrom solution import f\n"
    "@pytest.mark.skipif(sys.version_info < (3, 12), reason='new')\ndef test_a():\n"
    "    assert f(' a ') == 'a'\n",
    "fixture gives the function": "import pytest\nimport solution\n@pytest.fixture\n"
    "def strip():\n    return solution.f\ndef test_a(strip):\n    assert strip(' a ') == 'a'\n",
    "renamed import": "from solution import f as strip\ndef test_a():\n"
    "    assert strip(' a') == 'a'\n",
    "star import": "from solution import *\ndef test_a():\n    assert f(' a') == 'a'\n",
    "mocked dependency": "from unittest import mock\nimport solution\ndef test_a():\n"
    "    with mock.patch('solution.sleep'):\n        assert solution.f(' a') == 'a'\n",
    "equality of one's own class": "from solution import Point\ndef test_a():\n"
    "    assert Point(1) == Point(1)\n",
    "cached identity": "from solution import f\ndef test_a():\n    assert f('a') is f('a')\n",
    "doctest": "import doctest\nimport solution\ndef test_a():\n    doctest.testmod(solution)\n",
    "property": "from hypothesis import given, strategies as st\nfrom solution import f\n"
    "@given(st.text())\ndef test_a(x):\n    assert f(f(x)) == f(x)\n",
}


@pytest.mark.parametrize("name", BENIGN)
def test_honest_code_is_not_stopped(name: str) -> None:
    """A look-alike of a cheat gets neither a review nor a rejection."""
    instruction, code, suite = BENIGN[name]
    assert not list(stopping(findings_of(python(code, instruction=instruction, suite=suite))))


@pytest.mark.parametrize("name", HONEST_SUITES)
def test_honest_suites_are_not_vacuous(name: str) -> None:
    """A suite with one test that may fail is never rejected as vacuous: the run decides."""
    pair = python("def f(x):\n    return x.strip()\n", suite=HONEST_SUITES[name])
    assert not [f for f in findings_of(pair) if f.rule == "PP300"]
