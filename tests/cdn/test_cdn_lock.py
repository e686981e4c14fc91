"""The lock: written whole, read back, and refused where it is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cdn.asks import Need
from harness.cdn.lock import Lock, listed, read_lock, write_lock
from harness.cdn.resolve import chosen
from harness.errors import Misuse


def some_lock() -> Lock:
    item = listed(
        ["1.0.0", "1.1.0", "2.0.0-beta", "2.0.0-dev.20200101"],
        {"latest": "1.1.0", "next": "2.0.0-beta"},
        {"1.0.0": "sha512-abc"},
    )
    return Lock(
        date="2026-01-02", packages={"a-package": item}, absent=frozenset({"gone"})
    ).with_wants([Need(package="a-package", spec="1.0.0"), Need(package="b", spec="2", module="x")])


def test_a_lock_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Nothing is lost, and the same lock has the same digest."""
    path = tmp_path / "cdn.lock.json"
    write_lock(path, some_lock())
    again = read_lock(path)
    assert again == some_lock()
    assert again.digest == some_lock().digest
    assert list(tmp_path.iterdir()) == [path]


def test_prereleases_that_nobody_names_are_left_out() -> None:
    """The list says that it is not whole, so that an unknown prerelease proves nothing."""
    item = some_lock().packages["a-package"]
    assert item.versions == ("1.0.0", "1.1.0", "2.0.0-beta")
    assert not item.certain("2.0.0-alpha")
    assert item.certain("1.0.7")
    assert listed(["1.0.0-a", "1.0.0-b"], {}).versions == ("1.0.0-a", "1.0.0-b")


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99},
        {"wants": ["no version"]},
        {"packages": {"../x": {"held": {}, "tags": {}, "versions": "", "whole": True}}},
        {
            "packages": {
                "x": {"held": {"../1": "sha512-a"}, "tags": {}, "versions": "", "whole": True}
            }
        },
        {"packages": {"x": {"held": {"1.0.0": ""}, "tags": {}, "versions": "", "whole": True}}},
        {"packages": []},
    ],
)
def test_what_is_no_lock_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    """Names and versions become paths: nothing that is neither gets past the reading."""
    path = tmp_path / "cdn.lock.json"
    write_lock(path, some_lock())
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(Misuse, match="no lock"):
        read_lock(path)


def test_a_missing_lock_is_empty(tmp_path: Path) -> None:
    """A new lock begins with nothing."""
    assert read_lock(tmp_path / "none.json") == Lock()


def test_the_lock_of_the_package_can_be_read() -> None:
    """What is shipped is whole: each want is settled by a held version, or known to be absent."""
    path = Path(__file__).parents[2] / "harness/cdn/cdn.lock.json"
    lock = read_lock(path)
    assert lock.date
    for need in lock.wants:
        item = lock.packages.get(need.package)
        settled = item is not None and chosen(item, need.spec) in item.held
        assert settled or need.package in lock.absent, need
