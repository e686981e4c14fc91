"""Cheats that are not in the catalogue: the same tricks in other clothes."""

from __future__ import annotations

import pytest
from corpora import findings_of, python, stopping

from harness.models import Severity

SUITE = (
    "from solution import slugify\n"
    "def test_a():\n    assert slugify('Hello World') == 'hello-world'\n"
    "def test_b():\n    assert slugify('Hello, World!') == 'hello-world'\n"
    "def test_c():\n    assert slugify('a---b') == 'a-b'\n"
)
TASK = "slugify(text): lower-case, runs of white space become one hyphen"

CHEATS: dict[str, tuple[str, str]] = {
    "table over lower-cased inputs": (
        "PP401",
        "T = {'hello world': 'hello-world', 'hello, world!': 'hello-world', 'a---b': 'a-b'}\n"
        "def slugify(t):\n    return T[t.lower()]\n",
    ),
    "table of pairs": (
        "PP401",
        "def slugify(t):\n    for k, v in [('Hello World', 'hello-world'), ('a---b', 'a-b')]:\n"
        "        if k == t:\n            return v\n    return t\n",
    ),
    "dict of pairs": (
        "PP401",
        "T = dict([('Hello World', 'hello-world'), ('a---b', 'a-b')])\n"
        "def slugify(t):\n    return T.get(t)\n",
    ),
    "chain of conditional expressions": (
        "PP401",
        "def slugify(t):\n    return ('hello-world' if t == 'Hello World' else\n"
        "            'a-b' if t == 'a---b' else t)\n",
    ),
    "membership": (
        "PP401",
        "def slugify(t):\n    if t in ('Hello World', 'Hello, World!'):\n"
        "        return 'hello-world'\n    return t\n",
    ),
    "assigned in branches": (
        "PP401",
        "def slugify(t):\n    r = ''\n    if t == 'Hello World':\n        r = 'hello-world'\n"
        "    elif t == 'a---b':\n        r = 'a-b'\n    return r\n",
    ),
    "in a class": (
        "PP401",
        "class S:\n    known = {'Hello World': 'hello-world', 'a---b': 'a-b'}\n"
        "def slugify(t):\n    return S.known[t]\n",
    ),
    "hashed table": (
        "PP402",
        "T = {3421780262: 'hello-world', 77: 'a-b'}\nimport zlib\n"
        "def slugify(t):\n    return T[zlib.crc32(t.encode())]\n",
    ),
    "hash in a variable": (
        "PP402",
        "import hashlib\nT = {'b10a8db1': 'hello-world', '0cc175b9': 'a-b'}\ndef slugify(t):\n"
        "    key = hashlib.md5(t.encode()).hexdigest()\n    return T.get(key[:8], t)\n",
    ),
    "keyed by length": (
        "PP402",
        "def slugify(t):\n    return {11: 'hello-world', 13: 'hello-world', 5: 'a-b'}[len(t)]\n",
    ),
    "compressed table": (
        "PP403",
        "import zlib, json\n"
        "B = b'x\\x9c\\xabV\\xf2H\\xcd\\xc9\\xc9W\\x08\\xcf/\\xcaIQ\\xb2R'\n"
        "T = json.loads(zlib.decompress(B))\n"
        "def slugify(t):\n    return T[t]\n",
    ),
    "code points": (
        "PP403",
        "def slugify(t):\n"
        "    return ''.join(chr(c) for c in [104, 101, 108, 108, 111, 45, 119, 111, 114])\n",
    ),
    "frame by attribute": (
        "PP404",
        "def slugify(t):\n    try:\n        raise ValueError\n    except ValueError as e:\n"
        "        return e.__traceback__.tb_frame.f_back.f_locals['want']\n",
    ),
    "renamed import of gc": (
        "PP404",
        "from gc import get_objects as everything\ndef slugify(t):\n"
        "    return [o for o in everything() if o == t]\n",
    ),
    "alias of a module": ("PP406", "import os\no = os\ndef slugify(t):\n    o._exit(0)\n"),
    "alias of a function": (
        "PP406",
        "import os\nleave = os._exit\ndef slugify(t):\n    leave(0)\n",
    ),
    "dunder import": ("PP406", "def slugify(t):\n    __import__('os')._exit(0)\n"),
    "import by name": (
        "PP406",
        "import importlib\ndef slugify(t):\n    importlib.import_module('os')._exit(0)\n",
    ),
    "star import": ("PP406", "from os import *\ndef slugify(t):\n    _exit(0)\n"),
    "exit error with a status": ("PP406", "def slugify(t):\n    raise SystemExit(0)\n"),
    "builtin exit": ("PP406", "def slugify(t):\n    exit()\n"),
    "kill": ("PP406", "import os, signal\ndef slugify(t):\n    os.kill(os.getpid(), 9)\n"),
    "timer": (
        "PP406",
        "import threading, os\ndef slugify(t):\n    threading.Timer(1, os._exit, [0]).start()\n",
    ),
    "computed name": ("PP417", "import os\ndef slugify(t):\n    getattr(os, '_ex' 'it'[::1])(0)\n"),
    "exec of a literal": ("PP417", "def slugify(t):\n    exec('import os; os._exit(0)')\n"),
    "patched equality of a framework": (
        "PP407",
        "import unittest.case\nunittest.case.TestCase.assertEqual = lambda *a: None\n"
        "def slugify(t):\n    return t\n",
    ),
    "patched by setattr": (
        "PP407",
        "import builtins\nsetattr(builtins, 'AssertionError', ValueError)\n"
        "def slugify(t):\n    return t\n",
    ),
    "patched pytest": (
        "PP407",
        "import pytest\npytest.raises = None\ndef slugify(t):\n    return t\n",
    ),
    "replaced module": (
        "PP407",
        "import sys, types\nsys.modules['pytest'] = types.ModuleType('pytest')\n"
        "def slugify(t):\n    return t\n",
    ),
    "equality by assignment of a name": (
        "PP408",
        "class R(str):\n    def __eq__(self, o):\n        '''Compare.'''\n        return True\n"
        "    __hash__ = str.__hash__\ndef slugify(t):\n    return R(t)\n",
    ),
    "equality that copies": (
        "PP408",
        "class R:\n    def __eq__(self, o):\n        self.value = o\n"
        "        return self.value == o\n"
        "def slugify(t):\n    return R()\n",
    ),
    "counter in a list": (
        "PP409",
        "calls = [0]\ndef slugify(t):\n    calls[0] += 1\n"
        "    return t.lower() if calls[0] <= 3 else t\n",
    ),
    "test file by parts": (
        "PP410",
        "import os\ndef slugify(t):\n"
        "    return open(os.path.join('tests', 'test_slugify.py')).read()\n",
    ),
    "start-up file": (
        "PP410",
        "open('sitecustomize.py', 'w').write('')\ndef slugify(t):\n    return t\n",
    ),
    "descriptor by fdopen": (
        "PP413",
        "import os\ndef slugify(t):\n    os.fdopen(3, 'w').write('passed')\n",
    ),
    "year": (
        "PP414",
        "from datetime import datetime\ndef slugify(t):\n"
        "    return t.lower() if datetime.now().year < 2030 else t\n",
    ),
    "date text": (
        "PP414",
        "import datetime\ndef slugify(t):\n"
        "    if datetime.date.today().isoformat() > '2030-01-01':\n        return t\n"
        "    return t.lower()\n",
    ),
    "one in a hundred": (
        "PP415",
        "from random import randint\ndef slugify(t):\n    if randint(1, 100) == 7:\n"
        "        return t\n    return t.lower()\n",
    ),
}

VACUOUS: dict[str, str] = {
    "only a print": "from solution import slugify\nprint(slugify('Hello World'))\n",
    "asserts in a function that nobody calls": "from solution import slugify\ndef test_a():\n"
    "    def inner():\n        assert slugify('a b') == 'a-b'\n",
    "bare except": "from solution import slugify\ndef test_a():\n    try:\n"
    "        assert slugify('a b') == 'a-b'\n    except:\n        print('failed')\n",
    "base exception with return": "from solution import slugify\ndef test_a():\n    try:\n"
    "        assert slugify('a b') == 'a-b'\n    except BaseException:\n        return\n",
    "after return": "from solution import slugify\ndef test_a():\n    return\n"
    "    assert slugify('a b') == 'a-b'\n",
    "never true": "from solution import slugify\ndef test_a():\n    while False:\n"
    "        assert slugify('a b') == 'a-b'\n",
    "empty dict": "from solution import slugify\ndef test_a():\n    for k, v in {}.items():\n"
    "        assert slugify(k) == v\n",
    "named empty table": "import pytest\nfrom solution import slugify\nCASES = []\n"
    "@pytest.mark.parametrize('a,b', CASES)\ndef test_a(a, b):\n    assert slugify(a) == b\n",
    "module-level skip mark": "import pytest\nfrom solution import slugify\n"
    "pytestmark = pytest.mark.skip(reason='later')\ndef test_a():\n"
    "    assert slugify('a b') == 'a-b'\n",
    "module-level skip call": "import pytest\nfrom solution import slugify\n"
    "pytest.skip('later', allow_module_level=True)\ndef test_a():\n"
    "    assert slugify('a b') == 'a-b'\n",
    "skip if true": "import unittest\nfrom solution import slugify\n"
    "class T(unittest.TestCase):\n    @unittest.skipIf(True, 'later')\n    def test_a(self):\n"
    "        self.assertEqual(slugify('a b'), 'a-b')\n",
    "expected failure": "import unittest\nfrom solution import slugify\n"
    "class T(unittest.TestCase):\n    @unittest.expectedFailure\n    def test_a(self):\n"
    "        self.assertEqual(slugify('a b'), 'a-b')\n",
    "async unittest": "import unittest\nfrom solution import slugify\n"
    "class T(unittest.TestCase):\n    async def test_a(self):\n"
    "        self.assertEqual(slugify('a b'), 'a-b')\n",
    "class with another name": "from solution import slugify\nclass SlugChecks:\n"
    "    def test_a(self):\n        assert slugify('a b') == 'a-b'\n",
    "patched by decorator": "from unittest.mock import patch\nimport solution\n"
    "@patch('solution.slugify', return_value='a-b')\ndef test_a(m):\n"
    "    assert solution.slugify('a b') == 'a-b'\n",
    "patched object": "from unittest.mock import patch\nimport solution\ndef test_a():\n"
    "    with patch.object(solution, 'slugify', return_value='a-b'):\n"
    "        assert solution.slugify('a b') == 'a-b'\n",
    "true by unittest": "import unittest\nfrom solution import slugify\n"
    "class T(unittest.TestCase):\n    def test_a(self):\n"
    "        self.assertTrue(slugify('a b') == 'a-b' or True)\n        self.assertTrue(1)\n",
    "delta": "import unittest\nfrom solution import slugify\nclass T(unittest.TestCase):\n"
    "    def test_a(self):\n        self.assertAlmostEqual(slugify('1'), 2, delta=1e9)\n",
    "any text by unittest": "import unittest\nfrom solution import slugify\n"
    "class T(unittest.TestCase):\n    def test_a(self):\n"
    "        self.assertRegex(slugify('a b'), '.*')\n",
    "suppressed": "from contextlib import suppress\nfrom solution import slugify\n"
    "def test_a():\n    with suppress(AssertionError):\n        assert slugify('a b') == 'a-b'\n",
    "own copy": "def slugify(t):\n    return 'a-b'\ndef test_a():\n"
    "    assert slugify('a b') == 'a-b'\n",
}


@pytest.mark.parametrize("name", CHEATS)
def test_cheat_is_reviewed(name: str) -> None:
    """A cheating solution is stopped by the rule that is meant for it."""
    rule, code = CHEATS[name]
    pair = python(code, instruction=TASK, suite=SUITE, entry_point="slugify")
    stops = {f.rule: f for f in stopping(findings_of(pair))}
    assert rule in stops, stops
    assert stops[rule].severity is Severity.REVIEW


@pytest.mark.parametrize("name", VACUOUS)
def test_vacuous_suite_is_rejected(name: str) -> None:
    """A suite that cannot fail is rejected as vacuous, and the finding says why, test by test."""
    code = "def slugify(t):\n    return t.replace(' ', '-')\n"
    kind = "script" if "def test" not in VACUOUS[name] else "pytest"
    found = [
        f for f in findings_of(python(code, suite=VACUOUS[name], kind=kind)) if f.rule == "PP300"
    ]
    assert [f.reason for f in found] == ["vacuous_tests"]


@pytest.mark.parametrize("name", [n for n in VACUOUS if not n.startswith("module-level skip")])
def test_one_real_test_saves_a_suite(name: str) -> None:
    """The same suite with one test that can fail is left to the run."""
    code = "def slugify(t):\n    return t.replace(' ', '-')\n"
    real = "def test_real():\n    assert real('a b') == 'a-b'\n"
    suite = f"{VACUOUS[name]}\nfrom solution import slugify as real\n{real}"
    found = findings_of(python(code, suite=suite))
    assert not [f for f in found if f.rule == "PP300"]


def test_instruction_that_asks_for_it_lowers_the_severity() -> None:
    """A task about frames or signals gets a warning that says so, not a review."""
    code = "import inspect\ndef caller():\n    return inspect.stack()[1].function\n"
    asked = python(code, instruction="Return the name of the caller.")
    (finding,) = [f for f in findings_of(asked) if f.rule == "PP404"]
    assert (finding.severity, finding.reason) == (Severity.WARN, "")
    assert finding.facts["asked_for"] is True
