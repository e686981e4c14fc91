"""Sixty sketches in sixty styles, each with a right solution and the number of cases that a careful
reader can run without guessing. Eight hold no value at all, and give none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """One sketch: its style, the code it is about, its text, and the cases due."""

    style: str
    code: str
    text: str
    cases: int
    language: str = "python"


SNAKE = '''
import re

def to_snake(name: str) -> str:
    """camelCase to snake_case."""
    first = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\\1_\\2", name.strip())
    return re.sub(r"([a-z0-9])([A-Z])", r"\\1_\\2", first).replace("-", "_").lower()
'''
FACT = """
def factorial(n: int) -> int:
    if n < 0:
        raise ValueError("negative input")
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result
"""
WINDOW = """
def windows(values, width):
    if width < 1:
        raise ValueError("width must be at least 1")
    return [values[i:i + width] for i in range(len(values) - width + 1)]
"""
NORM = """
import math

def rms(values):
    return math.sqrt(sum(v * v for v in values) / len(values))
"""
DISTINCT = """
def distinct(words):
    return sorted(set(words), key=len)

def shared(left, right):
    return {w for w in left if w in right}
"""
QUEUE = """
class Queue:
    def __init__(self):
        self._items = []

    def enqueue(self, item):
        self._items.append(item)

    def dequeue(self):
        if not self._items:
            raise LookupError("queue is empty")
        return self._items.pop(0)

    def front(self):
        return self._items[0]

    def is_empty(self):
        return not self._items

    def __len__(self):
        return len(self._items)
"""
RING = """
class Ring:
    def __init__(self, size):
        self.size, self.items = size, []

    def add(self, item):
        self.items = (self.items + [item])[-self.size:]

    def oldest(self):
        return self.items[0] if self.items else None
"""
TOTAL = """
def main():
    count = int(input())
    print(max([int(x) for x in input().split()][:count], default=0))

if __name__ == "__main__":
    main()
"""
RANGE = '''
def parse_range(text, sep="-"):
    """"a-b" to (a, b)."""
    if sep not in text:
        raise ValueError("no separator")
    low, high = text.split(sep, 1)
    return int(low), int(high)
'''
COUNT = """
def letters(text):
    out = {}
    for c in text.lower():
        if c.isalpha():
            out[c] = out.get(c, 0) + 1
    return out
"""
GAPS = """
def gaps(spans):
    spans = sorted(spans)
    return [[a[1], b[0]] for a, b in zip(spans, spans[1:]) if a[1] < b[0]]
"""
TWICE = """
def apply_twice(fn, value=0, limit=10):
    return min(fn(fn(value)), limit)
"""
LEAP = """
def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
"""
FIND = """
def first_index(items, wanted):
    for i, item in enumerate(items):
        if item == wanted:
            return i
    return -1
"""
LERP = """
function lerp(from, to, share) {
  if (share < 0 || share > 1) { throw new RangeError("share"); }
  return from + (to - from) * share;
}
module.exports = { lerp };
"""
INDEX_BY = "const indexBy = (rows, key) => Object.fromEntries(rows.map((r) => [r[key], r]));\n"
DELAY = """
async function withDelay(promise, ms) {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return promise;
}
"""
HEX = """
export function parseHex(text: string): [number, number, number] {
  if (!/^#[0-9a-f]{6}$/i.test(text)) { throw new Error("bad colour"); }
  return [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16)) as [number, number, number];
}
"""
SQRT = """
package main

import (
	"errors"
	"math"
)

func Sqrt(x float64) (float64, error) {
	if x < 0 {
		return 0, errors.New("negative")
	}
	return math.Sqrt(x), nil
}
"""
TITLE = """
package main

import "strings"

func Initials(name string) string {
	out := ""
	for _, part := range strings.Fields(name) {
		out += strings.ToUpper(part[:1])
	}
	return out
}
"""
PERCENT = """
pub fn parse_percent(s: &str) -> Result<u8, String> {
    let n: u32 = s.trim_end_matches('%').parse().map_err(|_| "no number".to_string())?;
    if n > 100 { Err("too large".to_string()) } else { Ok(n as u8) }
}
"""
LARGEST = """
pub fn largest(v: &[i32]) -> Option<i32> {
    v.iter().copied().max()
}
"""
ROTATE = """
import java.util.*;

public class Arrays2 {
    public static int[] rotate(int[] values, int by) {
        if (values.length == 0) throw new IllegalArgumentException("empty");
        int[] out = new int[values.length];
        for (int i = 0; i < out.length; i++) out[(i + by) % out.length] = values[i];
        return out;
    }
}
"""
METER = """
public class Meter {
    private int reading;
    public Meter(int start) { this.reading = start; }
    public void add(int n) { if (n < 0) throw new IllegalArgumentException(); reading += n; }
    public int getReading() { return reading; }
}
"""
JOIN = """
#include <string>
#include <vector>
std::vector<std::string> pieces(const std::string& s, char sep) {
    std::vector<std::string> out{""};
    for (char c : s) { if (c == sep) out.push_back(""); else out.back() += c; }
    return out;
}
"""

CORPUS: tuple[Sample, ...] = (
    Sample("unicode arrow", SNAKE, "test_plain: 'userName' → 'user_name'\ntest_acronym: 'HTTPServer' → 'http_server'\ntest_digits: 'item2Id' → 'item2_id'\ntest_dash: 'a-b' → 'a_b'\ntest_strip: ' aB ' → 'a_b'", 5),
    Sample("ascii arrow", SNAKE, '"fooBar" -> "foo_bar"\n"  x  " -> "x"\n"" -> ""', 3),
    Sample("call ==", SNAKE, "to_snake('aB') == 'a_b'\nto_snake('') == ''\nto_snake('A-B') == 'a_b'", 3),
    Sample("doctest", SNAKE, ">>> to_snake('fooBar')\n'foo_bar'\n>>> to_snake('X')\n'x'", 2),
    Sample("should and raises", FACT, "test_zero: factorial(0) should return 1\ntest_one: factorial(1) should be 1\ntest_five: factorial(5) should equal 120\ntest_negative: factorial(-2) should raise ValueError", 4),
    Sample("fat arrow", FACT, "factorial(0) => 1\nfactorial(3) => 6\nfactorial(20) => 2432902008176640000\nfactorial(-1) => ValueError", 4),
    Sample("markdown table", FACT, "| n | expected |\n|---|:--------:|\n| 0 | 1 |\n| 4 | 24 |\n| 6 | 720 |", 3),
    Sample("bullets with names", FACT, "- test_base\n- test_small\n- test_negative_is_refused\n- test_big_numbers", 0),
    Sample("given when then", FACT, "Given n = 5\nWhen factorial is called\nThen the result is 120\n\nGiven n = -3\nWhen factorial is called\nThen a ValueError is raised", 2),
    Sample("pseudo assert", FACT, "assert factorial(2) == 2\nassert factorial(6) == 720\nassert_raises(ValueError, factorial, -1)", 3),
    Sample("tuple of arguments", WINDOW, "test_pairs: ([1,2,3], 2) -> [[1,2],[2,3]]\ntest_whole: ([1,2], 2) -> [[1,2]]\ntest_short: ([], 1) -> []\ntest_bad: ([1], 0) -> raises ValueError", 4),
    Sample("named arguments", WINDOW, "values=[1,2,3], width=1 -> [[1],[2],[3]]\nvalues=[4], width=2 -> []", 2),
    Sample("pytest bodies", WINDOW, "def test_pairs():\n    assert windows([1,2,3], 2) == [[1,2],[2,3]]\n\ndef test_bad():\n    with pytest.raises(ValueError):\n        windows([1], 0)", 2),
    Sample("prose", WINDOW, "Check that neighbours overlap, that a width larger than the list yields nothing, and that a width below one is an error.", 0),
    Sample("approximate", NORM, "test_same: rms([3,3,3]) ≈ 3.0\ntest_zero: rms([0,0]) == 0\ntest_mixed: rms([1, 2, 3]) ~= 2.160 (within 0.001)\ntest_empty: rms([]) raises ZeroDivisionError", 4),
    Sample("approximate in words", NORM, "test_pair: [1, 1] → 1.0 (approximately)\ntest_third: [1, 2] → 1.5811 ± 1e-3", 2),
    Sample("any order", DISTINCT, "test_twice: distinct(['ab','c','ab']) -> ['ab', 'c'] (any order)\ntest_none: distinct([]) -> []\ntest_both: shared(['x','y'],['y','x','z']) contains 'x' and 'y'", 4),
    Sample("membership and length", DISTINCT, "len(distinct(['a','a','bb'])) == 2\n'q' in shared(['q'],['q'])\nnot distinct([])\nisinstance(distinct(['a']), list)", 4),
    Sample("sequence with semicolons", QUEUE, "test_fifo: q = Queue(); q.enqueue(1); q.enqueue(2); q.dequeue() == 1; q.dequeue() == 2\ntest_empty: Queue().dequeue() raises LookupError\ntest_len: q = Queue(); q.enqueue(5); len(q) == 1", 4),
    Sample("sequence in words", QUEUE, "test_order: enqueue 1, enqueue 2, dequeue → 1, dequeue → 2\ntest_new: is_empty on a new queue → True\ntest_none: dequeue on empty queue → LookupError", 4),
    Sample("sequence indented", QUEUE, "test_front:\n    q = Queue()\n    q.enqueue('a')\n    assert q.front() == 'a'\n    assert len(q) == 1", 2),
    Sample("sequence with a constructor", RING, "test_wrap: ring = Ring(2); add(1); add(2); oldest() -> 1; add(3); oldest() -> 2", 2),
    Sample("behaviours in prose", RING, "test_empty_ring_has_no_oldest\ntest_overwrites_when_full: fill beyond its size and look at the oldest\ntest_keeps_order", 0),
    Sample("stdin blocks", TOTAL, "Input:\n3\n4 9 2\nOutput:\n9\n\nInput:\n1\n-5\nOutput:\n-5", 2),
    Sample("stdin inline", TOTAL, 'stdin "2\\n5 7\\n" -> stdout "7"\nstdin "0\\n\\n" -> stdout "0"', 2),
    Sample("returns", RANGE, "parse_range('1-5') returns (1, 5)\nparse_range('2:9', sep=':') returns (2, 9)\nparse_range('77') throws ValueError", 3),
    Sample("labels on a line", RANGE, "1. Input: '1-2' Expected: (1, 2)\n2. Input: ' 3 - 4 ' Expected: (3, 4)\n3. Input: 'oops' Expected: ValueError", 3),
    Sample("numbered, partly prose", RANGE, "1. test_simple - parse_range('0-9') == (0, 9)\n2. test_more - parse_range('10-20') == (10,20)\n3. test_error - raises ValueError when there is no separator", 2),
    Sample("dicts", COUNT, "test_basic: 'aba' → {'a': 2, 'b': 1}\ntest_case: 'Zz' → {'z': 2}\ntest_empty: '' → {}", 3),
    Sample("unquoted strings", COUNT, "hello -> {h: 1, e: 1, l: 2, o: 1}\n(empty string) -> {}", 1),
    Sample("values in names", COUNT, "test_two_letters_each_once, test_repeated_letter_counts_2, test_empty_gives_empty_dict", 0),
    Sample("one list argument", GAPS, "test_gap: [[1,3],[5,6]] → [[3,5]]\ntest_touching: [[1,4],[4,5]] → []\ntest_empty: [] → []\ntest_single: [[1,2]] → []", 4),
    Sample("one value, two properties", GAPS, "gaps([[1,2],[4,6]]) == [[2,4]]\nproperty: every gap lies between two spans\nproperty: the order of the spans does not matter", 1),
    Sample("yaml-like", GAPS, "- name: one\n  input: [[1,2],[3,4]]\n  expected: [[2,3]]\n- name: none\n  input: [[1,5],[2,3]]\n  expected: []", 2),
    Sample("json", GAPS, '[{"input": [[[1,2],[3,4]]], "expected": [[2,3]]}, {"input": [[]], "expected": []}]', 2),
    Sample("mocks", TWICE, "test_calls: fn called exactly two times, last result returned\ntest_limit: fn returns a huge number → capped at the limit\ntest_error: failing fn → its exception comes through", 0),
    Sample("lambdas", TWICE, "apply_twice(lambda v: v + 3) == 6\napply_twice(lambda v: 1/v, value=0) raises ZeroDivisionError", 2),
    Sample("bool words", LEAP, "2024 -> true\n2023 -> false\n1900 -> False\n2000 -> True", 4),
    Sample("is, in prose", LEAP, "test_simple: 2024 is a leap year\ntest_not: 2023 is no leap year\ntest_century: should handle centuries (1900)", 0),
    Sample("bare asserts", LEAP, "assert is_leap(2024)\nassert not is_leap(2023)\nis_leap(2000) is True", 3),
    Sample("comments", LEAP, "is_leap(1996)  # True\nis_leap(1997)  # False", 2),
    Sample("js ===", LERP, "lerp(0, 10, 0.5) === 5\nlerp(0, 10, 0) === 0\nlerp(2, 4, 1) === 4\nlerp(0, 1, 2) throws RangeError", 4, "javascript"),
    Sample("jest", LERP, "test('half', () => { expect(lerp(0, 10, 0.5)).toBe(5); });\ntest('throws', () => { expect(() => lerp(0, 1, 2)).toThrow(RangeError); });", 2, "javascript"),
    Sample("bdd", LERP, "it should return the start at zero: lerp(3,9,0) → 3\nit should return the end at one: lerp(3,9,1) → 9", 2, "javascript"),
    Sample("js objects", INDEX_BY, "indexBy([{id:1,n:2},{id:3,n:4}], 'id') → {1: {id:1,n:2}, 3: {id:3,n:4}}\nindexBy([], 'x') → {}", 2, "javascript"),
    Sample("async prose", DELAY, "test resolves with the value after the delay\ntest rejects when the promise does", 0, "javascript"),
    Sample("async expressions", DELAY, "await withDelay(Promise.resolve(3), 1) → 3\nwithDelay(Promise.reject(new Error('no')), 1) rejects with Error", 2, "javascript"),
    Sample("ts arrow", HEX, "test_black: '#000000' → [0, 0, 0]\ntest_mixed: '#ff0010' → [255, 0, 16]\ntest_invalid: 'red' → throws Error", 3, "typescript"),
    Sample("go value and error", SQRT, "TestSqrt_OK: Sqrt(9) -> 3, nil\nTestSqrt_Negative: Sqrt(-1) -> error", 2, "go"),
    Sample("go table", TITLE, 'tests := []struct{in, want string}{\n  {"ada lovelace", "AL"},\n  {"", ""},\n  {"x", "X"},\n}', 3, "go"),
    Sample("go names", TITLE, 'TestInitials/two: "alan turing" -> "AT"\nTestInitials/empty: "" -> ""', 2, "go"),
    Sample("rust results", PERCENT, 'parse_percent("80%") => Ok(80)\nparse_percent("101") => Err\nparse_percent("x") => Err("no number")\nparse_percent("0") => Ok(0)', 4, "rust"),
    Sample("rust macros", LARGEST, "assert_eq!(largest(&[1, 9, 4]), Some(9));\nassert_eq!(largest(&[-3]), Some(-3));\nlargest(&[]) → None", 3, "rust"),
    Sample("java named", ROTATE, "testOne: values = [1,2,3], by = 1 → [3,1,2]\ntestEmpty: values = [], by = 1 → throws IllegalArgumentException", 2, "java"),
    Sample("junit", ROTATE, "assertArrayEquals(new int[]{2, 1}, Arrays2.rotate(new int[]{1, 2}, 1));\nassertThrows(IllegalArgumentException.class, () -> Arrays2.rotate(new int[]{}, 1));", 2, "java"),
    Sample("java sequence", METER, "testAdd: new Meter(10), add(5), getReading() == 15\ntestNegative: new Meter(10); add(-1) throws IllegalArgumentException", 2, "java"),
    Sample("c++ braces", JOIN, "pieces(\"a,b\", ',') -> {\"a\", \"b\"}\npieces(\"\", ',') -> {\"\"}\npieces(\"abc\", ';') == {\"abc\"}", 3, "cpp"),
    Sample("c++ asserts", JOIN, "assert(pieces(\"a b\", ' ').size() == 2);\nassert(pieces(\"x\", ',') == std::vector<std::string>{\"x\"});", 2, "cpp"),
    Sample("c++ names", JOIN, "TestEmpty - gives one empty piece\nTestTrailing - gives an empty piece at the end", 0, "cpp"),
    Sample("comma list", FIND, "found: [4,6,8], 6 → 1\nmissing: [4], 5 → -1\nempty: [], 1 → -1", 3),
)  # fmt: skip
