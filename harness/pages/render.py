"""One page visited for a person: what was seen of it, and the verdict that it would get."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from harness.errors import CannotJudge, Misuse
from harness.models import Language, Pair
from harness.pages.differences import Difference, differences, plain
from harness.pages.extract import page_of
from harness.pages.journey import Seen, examine_page, look_at
from harness.pages.recorded import PageRecord, structure_of
from harness.pipeline import PAGE, Lab
from sandboxes.base import SandboxUnavailable

DEPTHS = ("full", "render")
"""full: every probe, a score and a verdict; render: pictures, errors and requests alone."""
_LARGEST = 64 << 20


def pair_from(file: str) -> Pair:
    """A file's text, or that of stdin for `-`, as a pair: a page, or a response with one in it.

    Raises Misuse: it cannot be read, or holds no page.
    """
    try:
        data = sys.stdin.buffer.read(_LARGEST) if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Misuse(
            f"cannot read {file}: {error.strerror}", hint="pairproof render FILE, or RUN PAIR"
        ) from error
    name = "stdin" if file == "-" else Path(file).stem
    text = data[:_LARGEST].decode("utf-8", "replace")
    return Pair(id=name, language=Language(name=PAGE), code=text)


def render_page(pair: Pair, lab: Lab, *, depth: str = "full", seed: int = 1) -> PageRecord:
    """Visit the page of a pair as `verify` does.

    Raises:
        Misuse: the pair holds no page, or there is no such depth.
        CannotJudge: no browser here, or it failed twice.
    """
    if depth not in DEPTHS:
        raise Misuse(f"no depth {depth!r}", hint=f"one of: {', '.join(DEPTHS)}")
    page = page_of(pair)
    if not page:
        hint = "a page begins with <!doctype html>, or stands in one fenced block"
        raise Misuse(f"{pair.id!r} holds no page: {page.reason}", hint=hint)
    if lab.pages is None:
        raise Misuse("this lab has no browsers")
    try:
        conditions = lab.pages.conditions()
        if depth == "render":
            seen = look_at(page.html, lab.pages, conditions, depth=depth, seed=seed)
            return _record(pair, seen)
        found = examine_page(
            pair, lab.pages, fingerprint=lab.fingerprint(pair), provenance=lab.provenance, seed=seed
        )
    except SandboxUnavailable as error:
        hint = error.hint or "pairproof doctor says whether a browser can be started"
        raise CannotJudge(str(error), hint=hint) from error
    return replace(_record(pair, found.seen), verdict=found.verdict)


def _record(pair: Pair, seen: Seen) -> PageRecord:
    looks = seen.visits[-1].looks if seen.visits else ()
    return PageRecord(
        pair_id=pair.id,
        instruction=pair.instruction,
        visits=seen.visits,
        score=seen.score,
        looks={look.name: seen.pictures[look.picture].webp() for look in looks},
    )


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What `pairproof render` came to: the first visit, and where later ones disagree with it."""

    record: PageRecord
    differing: tuple[Difference, ...] = ()

    def document(self, folder: str = "", files: Sequence[str] = ()) -> dict[str, Any]:
        """The answer for scripts."""
        record, visit = self.record, self.record.visit
        return {
            "pair_id": record.pair_id,
            "verdict": record.verdict.model_dump(mode="json") if record.verdict else None,
            "visit": plain(asdict(visit)) if visit is not None else None,
            "score": record.score.model_dump(mode="json") if record.score else None,
            "differing": [each.model_dump(mode="json") for each in self.differing],
            "folder": folder,
            "files": list(files),
        }


def render(pair: Pair, lab: Lab, *, depth: str = "full", seed: int = 1, times: int = 1) -> Rendered:
    """Render a page, `times` over, and compare the visits. Raises as `render_page`."""
    records = [render_page(pair, lab, depth=depth, seed=seed) for _ in range(times)]
    differing = [each for other in records[1:] for each in visits_differ(records[0], other)]
    return Rendered(record=records[0], differing=tuple(differing))


def visits_differ(one: PageRecord, other: PageRecord) -> tuple[Difference, ...]:
    """Where two records disagree in what two visits of a page must agree in."""
    return differences(
        {"visits": [structure_of(visit) for visit in one.visits]},
        {"visits": [structure_of(visit) for visit in other.visits]},
    )
