"""Versions and ranges as npm reads them (semver.org 2.0.0; npm's range grammar)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

Key = tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]
"""Sorts as versions do: a prerelease stands before its release."""

_VERSION = re.compile(
    r"[v=\s]*(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?\s*", re.ASCII
)
_PART = re.compile(
    r"(\^|~>?|>=|<=|>|<|=)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?"
    r"(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?",
    re.ASCII,
)
_BELOW: tuple[tuple[int, int, str], ...] = ()
"""The first of all prereleases of a version: `2.0.0-0` in npm's words."""

Bound = tuple[bool, Key]


@lru_cache(maxsize=65536)
def version_key(text: str) -> Key | None:
    """The sort key of an exact version; None where `text` is none."""
    match = _VERSION.fullmatch(text)
    if match is None:
        return None
    major, minor, patch, pre = match.groups()
    return _key(int(major), int(minor), int(patch), pre)


def _key(major: int, minor: int, patch: int, pre: str | None = None) -> Key:
    if not pre:
        return (major, minor, patch, 1, _BELOW)
    parts = tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pre.split("."))
    return (major, minor, patch, 0, parts)


def is_prerelease(text: str) -> bool:
    """Whether `text` is an exact version with a prerelease part."""
    key = version_key(text)
    return key is not None and key[3] == 0


def best(spec: str, versions: Iterable[str]) -> str | None:
    """The highest of `versions` that the range `spec` takes; None where none is, or no range.

    A prerelease is taken only where a comparator names one of the same three numbers, as npm does.
    """
    tests = _alternatives(spec)
    if tests is None:
        return None
    taken = [(key, v) for v in versions if (key := version_key(v)) and any(t(key) for t in tests)]
    return max(taken)[1] if taken else None


def nearest(spec: str, versions: Iterable[str]) -> str | None:
    """The highest release of the same major (under 1: the same minor) as the lowest that `spec`
    names, for want of what was asked; None where there is none."""
    match = _PART.search(spec)
    if match is None or not match.group(2).isdecimal():
        return None
    major, minor = int(match.group(2)), match.group(3)
    found: list[tuple[Key, str]] = []
    for version in versions:
        key = version_key(version)
        if key is None or key[3] == 0 or key[0] != major:
            continue
        if major == 0 and minor is not None and minor.isdecimal() and key[1] != int(minor):
            continue
        found.append((key, version))
    return max(found)[1] if found else None


@lru_cache(maxsize=4096)
def _alternatives(spec: str) -> tuple[Callable[[Key], bool], ...] | None:
    tests: list[Callable[[Key], bool]] = []
    for text in spec.split("||"):
        test = _conjunction(text.strip())
        if test is None:
            return None
        tests.append(test)
    return tuple(tests)


def _conjunction(text: str) -> Callable[[Key], bool] | None:
    hyphen = re.fullmatch(r"(\S+)\s+-\s+(\S+)", text)
    parts = [">=" + hyphen[1], "<=" + hyphen[2]] if hyphen else _split(text)
    if parts is None:
        return None
    lows: list[Bound] = []
    highs: list[Bound] = []
    named: set[tuple[int, int, int]] = set()
    for part in parts:
        bounds = _bounds(part)
        if bounds is None:
            return None
        low, high, pre = bounds
        lows += [low] if low else []
        highs += [high] if high else []
        named |= {pre} if pre else set()

    def test(key: Key) -> bool:
        if key[3] == 0 and key[:3] not in named:
            return False
        if any(key < low or (not closed and key == low) for closed, low in lows):
            return False
        return not any(key > high or (not closed and key == high) for closed, high in highs)

    return test


def _split(text: str) -> list[str] | None:
    if text in ("", "*", "latest"):
        return []
    found = [match.group(0) for match in _PART.finditer(text)]
    return found if "".join(found).replace(" ", "") == text.replace(" ", "") else None


def _bounds(
    part: str,
) -> tuple[Bound | None, Bound | None, tuple[int, int, int] | None] | None:
    match = _PART.fullmatch(part)
    if match is None:
        return None
    sign, *texts, pre = match.groups()
    numbers: list[int] = []
    for text in texts:
        if text is None or not text.isdecimal():
            break
        numbers.append(int(text))
    if not numbers:
        return None, None, None
    full = len(numbers) == 3
    filled = numbers + [0] * (3 - len(numbers))
    low = _key(filled[0], filled[1], filled[2], pre if full else None)
    first = low if full and pre else (*low[:3], 0, _BELOW) if not full else low
    named = (filled[0], filled[1], filled[2]) if full and pre else None
    after = _after(sign or "", numbers)
    closed_low: Bound = (True, first)
    match sign or "":
        case ">=":
            return closed_low, None, named
        case ">":
            return ((False, low) if full else (True, _after("", numbers)[1])), None, named
        case "<":
            return None, (False, first), named
        case "<=":
            return None, ((True, low) if full else after), named
        case "" | "=" if full:
            return (True, low), (True, low), named
        case _:
            return closed_low, after, named


def _after(sign: str, numbers: list[int]) -> Bound:
    if sign == "^":
        at = next((i for i, n in enumerate(numbers) if n), len(numbers) - 1)
    elif sign.startswith("~"):
        at = min(1, len(numbers) - 1)
    else:
        at = len(numbers) - 1
    raised = [*numbers[:at], numbers[at] + 1, 0, 0][:3]
    return False, (raised[0], raised[1], raised[2], 0, _BELOW)
