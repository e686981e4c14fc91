"""One page visited for a person: what was seen of it, and the verdict that it would get."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from harness.errors import CannotJudge, Misuse
from harness.models import Language, Pair
from harness.pages.differences import Difference, differences, plain
from harness.pages.extract import page_of
from harness.pages.journey import Seen, examine_page, look_at
from harness.pages.lab import PageLab
from harness.pages.recorded import PageRecord, structure_of
from harness.pages.replay import Trace, steps_differ
from harness.pipeline import PAGE, Lab
from runners.pages.requests import Shelf
from sandboxes.base import SandboxUnavailable

DEPTHS = ("full", "render")
"""full: every probe, a score and a verdict; render: pictures, errors and requests alone."""
_LARGEST = 64 << 20


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What `pairproof render` came to: the first visit, and where something disagrees with it."""

    record: PageRecord
    html: str = ""
    """The page itself, as it was visited."""
    shelf: Shelf | None = None
    """What answered for public files."""
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


def pair_from(file: str) -> Pair:
    """A file's text, or that of stdin for `-`, as a pair: a page, or a response with one in it.

    Raises Misuse where it cannot be read.
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


def render(pair: Pair, lab: Lab, *, depth: str = "full", seed: int = 1, times: int = 1) -> Rendered:
    """Render a page, `times` over, and compare the visits. Raises as `render_page`."""
    first, *others = (render_page(pair, lab, depth=depth, seed=seed) for _ in range(times))
    differing = [found for other in others for found in visits_differ(first, other)]
    return Rendered(
        record=first, html=_text(pair), shelf=_pages(lab).shelf, differing=tuple(differing)
    )


def render_page(pair: Pair, lab: Lab, *, depth: str = "full", seed: int = 1) -> PageRecord:
    """Visit the page of a pair as `verify` does.

    Raises:
        Misuse: the pair holds no page, or there is no such depth.
        CannotJudge: no browser here, or it failed twice.
    """
    if depth not in DEPTHS:
        raise Misuse(f"no depth {depth!r}", hint=f"one of: {', '.join(DEPTHS)}")
    html, pages = _text(pair), _pages(lab)
    with _judging():
        conditions = pages.conditions()
        if depth == "render":
            seen = look_at(html, pages, conditions, depth=depth, seed=seed)
            return _record(pair, seen)
        found = examine_page(
            pair, pages, fingerprint=lab.fingerprint(pair), provenance=lab.provenance, seed=seed
        )
    return replace(_record(pair, found.seen), verdict=found.verdict)


def replay(pair: Pair, lab: Lab, trace: Trace) -> Rendered:
    """Take the steps of a trace on a page again, and say where they have another effect.

    Raises as `render_page`.
    """
    html, pages = _text(pair), _pages(lab)
    with _judging():
        conditions = pages.conditions()
        seen = look_at(html, pages, conditions, seed=trace.seed, trace=trace.actions)
    return Rendered(
        record=_record(pair, seen), html=html, shelf=pages.shelf,
        differing=steps_differ(trace, seen.visits[-1]),
    )  # fmt: skip


def visits_differ(one: PageRecord, other: PageRecord) -> tuple[Difference, ...]:
    """Where two records disagree in what two visits of a page must agree in."""
    return differences(
        {"visits": [structure_of(visit) for visit in one.visits]},
        {"visits": [structure_of(visit) for visit in other.visits]},
    )


def _text(pair: Pair) -> str:
    page = page_of(pair)
    if not page:
        hint = "a page begins with <!doctype html>, or stands in one fenced block"
        raise Misuse(f"{pair.id!r} holds no page: {page.reason}", hint=hint)
    return page.html


def _pages(lab: Lab) -> PageLab:
    if lab.pages is None:
        raise CannotJudge("this lab has no browsers", hint="harness.lab.open_lab gives it some")
    return lab.pages


@contextmanager
def _judging() -> Iterator[None]:
    try:
        yield
    except SandboxUnavailable as error:
        hint = error.hint or "pairproof doctor says whether a browser can be started"
        raise CannotJudge(str(error), hint=hint) from error


def _record(pair: Pair, seen: Seen) -> PageRecord:
    looks = seen.visits[-1].looks if seen.visits else ()
    return PageRecord(
        pair_id=pair.id,
        instruction=pair.instruction,
        visits=seen.visits,
        score=seen.score,
        looks={look.name: seen.pictures[look.picture].webp() for look in looks},
    )
