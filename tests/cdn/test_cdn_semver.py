"""Versions and ranges, as npm reads them."""

from __future__ import annotations

import pytest

from harness.cdn.lock import Listed
from harness.cdn.semver import best, is_prerelease, nearest, version_key

VERSIONS = [
    "0.9.0",
    "1.2.2",
    "1.2.3",
    "1.9.1",
    "2.0.0-rc.1",
    "2.0.0-rc.11",
    "2.0.0",
    "2.1.0",
    "3.0.0-a",
]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("1.2.3", "1.2.3"),
        ("=1.2.3", "1.2.3"),
        ("v1.2.3", "1.2.3"),
        ("1", "1.9.1"),
        ("1.2", "1.2.3"),
        ("1.x", "1.9.1"),
        ("1.2.x", "1.2.3"),
        ("1.x.x", "1.9.1"),
        ("*", "2.1.0"),
        ("^1.2.2", "1.9.1"),
        ("~1.2.2", "1.2.3"),
        ("~1", "1.9.1"),
        ("^0.9", "0.9.0"),
        ("^0.0.1", None),
        (">=1.2.3 <2", "1.9.1"),
        (">= 1.2.3 < 2", "1.9.1"),
        (">1.2.2 <=1.9.1", "1.9.1"),
        (">2.1", None),
        ("<1", "0.9.0"),
        ("1.0.0 - 1.2.2", "1.2.2"),
        ("1.0.0 - 1.2", "1.2.3"),
        ("^3 || ^1.0", "1.9.1"),
        ("^2.0.0-rc.1", "2.1.0"),
        ("2.0.0-rc.1", "2.0.0-rc.1"),
        (">=2.0.0-rc.1 <2.0.0", "2.0.0-rc.11"),
        (">=3.0.0-a", "3.0.0-a"),
        ("3", None),
        ("nightly", None),
    ],
)
def test_a_range_takes_the_highest_that_fits(spec: str, expected: str | None) -> None:
    """The cases of npm's range grammar that URLs use, prereleases among them."""
    assert best(spec, VERSIONS) == expected


def test_prereleases_sort_before_their_release_and_by_number() -> None:
    """rc.11 follows rc.2, both stand before the release (semver 2.0.0, 11)."""
    given = ["2.0.0", "2.0.0-rc.11", "2.0.0-rc.2"]
    found = sorted(given, key=lambda v: version_key(v) or (0, 0, 0, 0, ()))
    assert found == given[::-1]
    assert is_prerelease("2.0.0-rc.2")
    assert not is_prerelease("2.0.0")
    assert version_key("2.0") is None


def test_a_tag_and_the_release_called_latest_come_first() -> None:
    """A range resolves to `latest` where that fits, even below a higher release, as npm does."""
    item = Listed(versions=("4.0.0", "4.1.0", "5.0.0"), tags={"latest": "4.0.0", "next": "5.0.0"})
    assert item.resolve("latest") == "4.0.0"
    assert item.resolve("next") == "5.0.0"
    assert item.resolve("4") == "4.0.0"
    assert item.resolve("5") == "5.0.0"
    assert item.resolve("") == "4.0.0"
    assert item.resolve("6") is None


@pytest.mark.parametrize(
    ("spec", "expected"),
    [("1.5.0", "1.9.1"), ("^1.99", "1.9.1"), ("4", None), ("0.9.9", "0.9.0"), ("0.8.0", None)],
)
def test_the_nearest_is_of_the_same_major(spec: str, expected: str | None) -> None:
    """What stands in has the same major, and under version 1 the same minor."""
    assert nearest(spec, VERSIONS) == expected
