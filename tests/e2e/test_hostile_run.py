"""Hostile pairs among others, at several concurrencies: the same verdicts, nothing left behind."""

from __future__ import annotations

import pytest

from benchmarks import soak


@pytest.mark.slow
def test_verdicts_do_not_depend_on_concurrency_and_nothing_is_left() -> None:
    """Fork bombs, hogs, floods, loops, daemons and full disks change no verdict but their own.

    Held against a run without them, one pair at a time; no descriptor stays open.
    """
    result = soak.run(90, (1, 4))
    assert result["identical"], result["differing"]
    for row in result["rows"]:
        assert row["left_behind"] == {}
        assert row["changed_against_calm"] == 0
        assert row["descriptors_at_end"] <= row["descriptors_at_start"]
        assert row["counts"]["unscored"] == 0
    for kind, verdicts in result["hostile"].items():
        if kind == "right":
            assert list(verdicts) == ["accepted"]
        else:
            assert not any(v.startswith(("accepted", "unscored")) for v in verdicts), kind
