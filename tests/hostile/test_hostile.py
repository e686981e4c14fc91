"""Every attempt of the catalogue on every tier: none succeeds, seen from outside."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hostile_attempt import Attempt, Scene, job_of, plain
from hostile_catalogue import attempts
from hostile_view import differences, look
from hostile_world import leftovers

from sandboxes.base import SandboxUnavailable, Status


@pytest.mark.parametrize("attempt", attempts(), ids=lambda a: a.name)
def test_attempt_fails(tier: Any, attempt: Attempt) -> None:
    """The host is as it was, the next job sees a fresh place, and the slot serves it."""
    attempt = attempt.on(tier.name)
    scene = Scene(attempt, tier.sandbox, tier.world)
    slot, pid = tier.slot, tier.pid
    try:
        scene.outcome = tier.sandbox.run(job_of(attempt, tier.world))
    except SandboxUnavailable as error:
        scene.lost = error
    message = _told(scene)
    seen: list[str] = []
    changes = tier.world.changes()
    left = [pid for pid in leftovers(tier.owner) if pid not in tier.others]
    if attempt.look:
        done = tier.sandbox.run(plain(attempt.look, tier.world))
        assert done.status is Status.OK, f"{done.detail} {done.stderr.text}"
        scene.found = json.loads(done.report)
    if tier.due():
        after = look(tier.sandbox, tier.world)
        tier.slot, tier.pid = after["slot"], after["pid"]
        seen = differences(tier.clean, after["view"])
    assert changes == [], message
    assert left == [], message
    assert seen == [], message
    ended = scene.outcome.status if scene.outcome else None
    spent = ended if ended in attempt.spends else None
    if attempt.keeps and tier.warm and spent is not Status.MEMORY:
        assert after["slot"] == slot and after["pid"] > pid, f"the slot was lost: {message}"
    if spent is Status.TIMEOUT:
        assert scene.done.report == b"", message
    elif spent:
        # The kernel chooses whom it kills: it need not be the first process, which then reports.
        assert not scene.done.report or set(scene.said["won"]) <= attempt.won, message
    elif attempt.reaches:
        assert scene.done.status is Status.OK, message
        assert scene.said["tried"], f"nothing was tried: {message}"
        assert set(scene.said["won"]) <= attempt.won, message
    else:
        assert scene.outcome is None or scene.outcome.status in attempt.ends, message
        assert scene.outcome is not None or not attempt.keeps, message
    if attempt.check:
        attempt.check(scene)


def _told(scene: Scene) -> str:
    if scene.outcome is None:
        return f"lost: {scene.lost}"
    done = scene.outcome
    said = ""
    with contextlib.suppress(ValueError):
        told = json.loads(done.report)
        said = f"won: {told.get('won')} notes: {str(told.get('notes'))[:1500]}"
    return (
        f"{said} {done.status} {done.detail} exit {done.exit_code} signal {done.signal} "
        f"{done.report[:60]!r} {done.stderr.text[-800:]}"
    )
