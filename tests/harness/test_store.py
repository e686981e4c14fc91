"""The run folder: nothing lost, nothing twice, whatever happens to the writer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import Misuse
from harness.ledger import Ledger
from harness.models import Provenance, Quarantined, Verdict, VerdictStatus
from harness.store import Run, Store


def verdict(pair_id: str, status: VerdictStatus = VerdictStatus.ACCEPTED) -> Verdict:
    return Verdict(pair_id=pair_id, status=status, fingerprint=f"f-{pair_id}",
                   provenance=Provenance(harness="test"))  # fmt: skip


def test_the_last_verdict_of_a_pair_wins(tmp_path: Path) -> None:
    """Verdicts are only appended; readers see one a pair."""
    store = Store(tmp_path)
    store.append(verdict("a"))
    store.append(verdict("b"))
    store.append(verdict("a", VerdictStatus.REJECTED))
    assert store.counts()["rejected"] == 1 and store.counts()["accepted"] == 1
    store.close()
    assert [(v.pair_id, v.status.value) for v in Run(tmp_path).verdicts()] == [
        ("a", "rejected"),
        ("b", "accepted"),
    ]
    assert len((tmp_path / "verdicts.jsonl").read_text().splitlines()) == 3


@pytest.mark.parametrize("cut", [1, 5, 40, 120])
def test_a_torn_last_line_is_cut_and_never_joined(tmp_path: Path, cut: int) -> None:
    """A line that a kill left half is no verdict, and the next one starts on its own line."""
    store = Store(tmp_path)
    store.append(verdict("a"))
    store.append(verdict("b"))
    store.close()
    path = tmp_path / "verdicts.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    again = Store(tmp_path)
    assert again.torn == 1
    assert again.known("a", "f-a") == "accepted"
    assert again.known("a", "f-b") is None and again.known("b", "f-b") is None
    again.append(verdict("b"))
    again.close()
    assert [json.loads(line)["pair_id"] for line in path.read_text().splitlines()] == ["a", "b"]


def test_two_writers_cannot_share_a_run(tmp_path: Path) -> None:
    """The second one is told, and the first one goes on."""
    store = Store(tmp_path)
    with pytest.raises(Misuse, match="another pairproof"):
        Store(tmp_path)
    store.append(verdict("a"))
    store.close()
    Store(tmp_path).close()


def test_quarantined_rows_are_kept_once(tmp_path: Path) -> None:
    """Resuming does not list the same bad row again."""
    row = Quarantined(file="x.jsonl", line=3, reason="json", detail="no")
    for expected in (True, False):
        store = Store(tmp_path)
        assert store.quarantine(row) is expected
        store.close()
    assert list(Run(tmp_path).quarantined()) == [row]


def test_artifacts_are_found_by_hash_and_changes_are_noticed(tmp_path: Path) -> None:
    """The digest that a verdict names leads to exactly those bytes."""
    store = Store(tmp_path)
    reference = store.artifact(b"hello")
    assert store.artifact(b"hello") == reference
    store.close()
    (tmp_path / "verdicts.jsonl").touch()
    run = Run(tmp_path)
    assert run.artifact(reference) == b"hello"
    name = reference.removeprefix("sha256:")
    (tmp_path / "artifacts" / name[:2] / name[2:]).write_bytes(b"hullo")
    with pytest.raises(Misuse, match="changed"):
        run.artifact(reference)


def test_a_folder_without_verdicts_is_no_run(tmp_path: Path) -> None:
    """The error says what makes one."""
    with pytest.raises(Misuse, match="not a run folder") as caught:
        Run(tmp_path / "nothing")
    assert "verify" in caught.value.hint


def test_the_ledger_counts_each_pair_once() -> None:
    """The last verdict of a pair takes the earlier one's place, in status, fingerprint and count."""
    ledger = Ledger()
    ledger.add("a", "f1", "unscored")
    ledger.add("b", "f1", "rejected")
    ledger.add("a", "f2", "accepted")
    assert (ledger.status("a", "f1"), ledger.status("a", "f2")) == (None, "accepted")
    counts = {status: count for status, count in ledger.counts().items() if count}
    assert counts == {"accepted": 1, "rejected": 1}
