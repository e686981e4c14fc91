"""Checks of strangers come through the same door as our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.checks import checks_digest, load_checks
from harness.errors import Misuse

STRANGER = '''
from harness.checks import Example
from harness.models import Finding, Severity

class Stranger:
    """Says hello. Why: to be found. Example: any."""
    id = "{id}"
    version = 1
    examples = (Example(fires=True, code="x"), Example(fires=False))
    def run(self, subject):
        if subject.pair.code:
            yield Finding(rule=self.id, severity=Severity.INFO, message="hello")
'''


@pytest.fixture
def fresh_checks() -> Iterator[None]:
    """The set of checks is found anew in the test, and again after it."""
    load_checks.cache_clear()
    yield
    load_checks.cache_clear()


def install(folder: Path, module: str, check_id: str) -> None:
    """Lay out an installed package that brings one check by an entry point."""
    (folder / f"{module}.py").write_text(STRANGER.format(id=check_id))
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[pairproof.checks]\nstranger = {module}:Stranger\n")


@pytest.mark.usefixtures("fresh_checks")
def test_entry_points_bring_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package's check is found beside ours, and changes the digest."""
    ours, before = {check.id for check in load_checks()}, checks_digest()
    load_checks.cache_clear()
    install(tmp_path, "stranger_one", "PP499")
    monkeypatch.syspath_prepend(tmp_path)
    assert {check.id for check in load_checks()} == ours | {"PP499"}
    assert checks_digest() != before


@pytest.mark.usefixtures("fresh_checks")
def test_a_strangers_double_id_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that takes one of our ids stops the run, and both are named."""
    install(tmp_path, "stranger_two", "PP101")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Misuse, match=r"PP101.*ParseFailure.*stranger_two\.Stranger"):
        load_checks()


@pytest.mark.usefixtures("fresh_checks")
def test_a_package_that_cannot_be_loaded_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken package is an error that names its entry point, not a check that is missing."""
    install(tmp_path, "stranger_three", "PP498")
    (tmp_path / "stranger_three.py").write_text("raise RuntimeError('broken')\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Misuse, match=r"stranger_three:Stranger.*broken"):
        load_checks()
