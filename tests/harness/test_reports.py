"""Every report: an empty run, hostile text, and the figures that it must show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import Misuse
from harness.models import (
    PageLine,
    Place,
    Policy,
    Provenance,
    Quarantined,
    Reason,
    Verdict,
    VerdictStatus,
)
from harness.reports import available, write_report
from harness.store import Manifest, Run, Store

HOSTILE = "<script>alert(1)</script>|**x**\n# Title\x1b[31m`rm -rf`\u202e[a](b)"


def make_run(root: Path, verdicts: list[Verdict]) -> Run:
    store = Store(root)
    store.write_manifest(
        Manifest(harness="test", policy=Policy(), facts={"enforced": {"network": HOSTILE}})
    )
    for verdict in verdicts:
        store.append(verdict)
    store.quarantine(Quarantined(file="f", line=1, reason="json"))
    store.close()
    return Run(root)


def rejected(pair_id: str) -> Verdict:
    return Verdict(
        pair_id=pair_id, status=VerdictStatus.REJECTED, reasons=(Reason.CASE_FAILED,),
        detail=HOSTILE, language=HOSTILE, origin=Place(), provenance=Provenance(harness="test"),
    )  # fmt: skip


@pytest.mark.parametrize("kind", sorted(available()))
def test_an_empty_run_is_reported(tmp_path: Path, kind: str) -> None:
    """No pair is no error."""
    assert "0" in write_report(kind, make_run(tmp_path, []))


def test_candidate_text_adds_no_markup_of_its_own(tmp_path: Path) -> None:
    """Ids, languages and details are escaped: no HTML, no heading, no terminal escape."""
    text = write_report("markdown", make_run(tmp_path, [rejected(f"a{HOSTILE}")]))
    assert "<script" not in text
    assert "\x1b" not in text and "\u202e" not in text
    assert not any(line.startswith("# Title") for line in text.splitlines())
    assert "**x**" not in text
    assert "case_failed" in text and "1 rejected" in text


def test_the_json_report_counts_what_is_there(tmp_path: Path) -> None:
    """Counts by status and reason, and the quarantine."""
    run = make_run(tmp_path, [rejected("a"), rejected("b")])
    document = json.loads(write_report("json", run))
    assert document["counts"]["rejected"] == document["pairs"] == 2
    assert document["reasons"] == {"rejected: case_failed": 2}
    assert document["quarantined"] == {"json": 1}


def a_page(pair_id: str, score: float, render: float | None) -> Verdict:
    page = PageLine(
        end="measured", errors=1, requests={"hit": 2, "external": 1}, actions=4, effective=3,
        score=score, dimensions={"3 Render": render, "6 Core requirement": None},
    )  # fmt: skip
    return Verdict(
        pair_id=pair_id, status=VerdictStatus.ACCEPTED, language="html", page=page,
        origin=Place(), provenance=Provenance(harness="test"),
    )  # fmt: skip


def test_pages_are_summed_up_apart(tmp_path: Path) -> None:
    """Ends, requests, actions and quartiles of the score and of each dimension that applied; a page
    that was not visited counts as one."""
    unseen = a_page("d", 0, None).model_copy(update={"page": None})
    pages = [a_page("a", 70, 4.0), a_page("b", 80, 6.0), a_page("c", 90, None), unseen]
    run = make_run(tmp_path, [*pages, rejected("python")])
    document = json.loads(write_report("json", run))["pages"]
    assert document["pages"] == 4
    assert document["ends"] == {"measured": 3, "not visited": 1}
    assert document["requests"] == {"hit": 6, "external": 3}
    assert document["actions"] == {"tried": 12, "effective": 9}
    assert document["score"] == {"n": 3, "q1": 75, "median": 80, "q3": 85}
    assert document["dimensions"]["3 Render"]["n"] == 2
    assert document["dimensions"]["6 Core requirement"]["median"] is None
    text = write_report("markdown", run)
    assert "9 of 12 actions had an effect" in text and "| 3 Render | 2 |" in text
    assert "pairproof gallery" in text
    assert "Pages" not in write_report("markdown", make_run(tmp_path / "b", [rejected("x")]))


def test_an_unknown_kind_names_the_known_ones(tmp_path: Path) -> None:
    """The error says what can be typed."""
    with pytest.raises(Misuse) as caught:
        write_report("pdf", make_run(tmp_path, []))
    assert "markdown" in caught.value.hint
