"""The catalogue of attacks: how many wrong pairs, of how many, come out as accepted."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from pathlib import Path

from harness.dataset import read_pairs
from harness.models import Pair, Record, VerdictStatus
from harness.pipeline import Lab, examine

CATALOGUE = "attacks.jsonl"


class AuditItem(Record):
    """What one attack came to."""

    id: str
    language: str
    category: str
    status: str
    reasons: tuple[str, ...]
    forged: bool
    """The pair was accepted although it is known to be wrong."""
    detail: str = ""


class AuditReport(Record):
    """The score. The only acceptable one is none forged."""

    total: int
    runnable: int
    """Attacks whose language this machine can run."""
    forged: int
    unreadable: int = 0
    items: tuple[AuditItem, ...]


def run_audit(lab: Lab, path: Path | None = None) -> AuditReport:
    """Judge every attack of `path`, or of the built-in catalogue, like any other pair.

    Raises:
        Misuse: the file cannot be read.
        SandboxUnavailable: our fault; nothing is concluded.
    """
    if path is None:
        with as_file(files("harness") / CATALOGUE) as builtin:
            return _audit(lab, builtin)
    return _audit(lab, path)


def _audit(lab: Lab, path: Path) -> AuditReport:
    pairs: list[Pair] = []
    unreadable = 0
    for row in read_pairs([path], format="attacks"):
        if isinstance(row, Pair):
            pairs.append(row)
        else:
            unreadable += 1
    with ThreadPoolExecutor(2) as pool:
        items = tuple(pool.map(lambda pair: _item(pair, lab), pairs))
    return AuditReport(
        total=len(items) + unreadable,
        runnable=sum(item.status != VerdictStatus.SKIPPED for item in items),
        forged=sum(item.forged for item in items),
        unreadable=unreadable,
        items=items,
    )


def _item(pair: Pair, lab: Lab) -> AuditItem:
    verdict = examine(pair, lab).verdict
    return AuditItem(
        id=pair.id,
        language=pair.language.name,
        category=str(pair.metadata.get("category", "")),
        status=verdict.status.value,
        reasons=tuple(reason.value for reason in verdict.reasons),
        forged=verdict.status is VerdictStatus.ACCEPTED,
        detail=verdict.detail,
    )


def by_category(report: AuditReport) -> list[tuple[str, int, int]]:
    """(category, attacks, forged), the category with most attacks first."""
    attacks = Counter(item.category for item in report.items)
    forged = Counter(item.category for item in report.items if item.forged)
    return [(name, number, forged[name]) for name, number in attacks.most_common()]
