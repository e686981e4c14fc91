"""A gallery's files: listings, a page for each page pair, pictures by content."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from harness.errors import Misuse, NothingToDo
from harness.models import Verdict, VerdictStatus
from harness.pages.gallery.views import Card, Listing, listing_page, pair_page
from harness.pages.recorded import PageRecord, record_of
from harness.reports.figures import is_page
from harness.store import Run

PER_PAGE = 48
"""Cards on one page of a listing."""
ALL = "index"


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """What was written."""

    folder: str
    pages: int
    unreadable: tuple[str, ...] = ()
    """Pairs whose artifacts are gone or were changed; their verdicts are shown alone."""


def write_gallery(run: Run, folder: Path) -> Gallery:
    """Write the gallery of a run. Pairs in other languages are left out.

    Raises:
        NothingToDo: the run holds no page.
        Misuse: the folder cannot be written.
    """
    listings = {listing.name: listing for listing in _listings(run)}
    if not listings:
        raise NothingToDo(f"{run.root} holds no page",
                          hint="pairs whose language is html are pages")  # fmt: skip
    writer = _Writer(run, folder, listings)
    try:
        for verdict in _pages(run):
            writer.add(verdict)
        writer.end()
    except OSError as error:
        raise Misuse(f"cannot write to {folder}: {error.strerror}") from error
    return Gallery(folder=str(folder), pages=listings[ALL].total,
                   unreadable=tuple(writer.unreadable))  # fmt: skip


def _pages(run: Run) -> Iterator[Verdict]:
    for verdict in run.verdicts():
        if is_page(verdict):
            yield verdict


def _names(verdict: Verdict) -> tuple[str, ...]:
    """The listings that a verdict stands in."""
    return (ALL, verdict.status.value, *(f"reason-{r.value}" for r in verdict.reasons))


def _listings(run: Run) -> Iterator[Listing]:
    counts = Counter(name for verdict in _pages(run) for name in _names(verdict))
    if not counts:
        return
    yield Listing(title="all", name=ALL, total=counts[ALL])
    for status in VerdictStatus:
        if counts[status.value]:
            yield Listing(title=status.value, name=status.value, total=counts[status.value])
    for name, total in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if name.startswith("reason-"):
            title = name.removeprefix("reason-").replace("_", " ")
            yield Listing(title=title, name=name, total=total, group="reason")


class _Writer:
    """Holds no more than one page of each listing."""

    def __init__(self, run: Run, folder: Path, listings: dict[str, Listing]) -> None:
        self.run, self.folder, self.listings = run, folder, listings
        self.unreadable: list[str] = []
        self._waiting: dict[str, list[Card]] = {name: [] for name in listings}
        self._written: Counter[str] = Counter()
        for name in ("pairs", "pictures"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def add(self, verdict: Verdict) -> None:
        try:
            record = record_of(self.run, verdict)
        except Misuse:
            self.unreadable.append(verdict.pair_id)
            record = PageRecord(pair_id=verdict.pair_id, verdict=verdict)
        pictures = {name: self._picture(data) for name, data in record.looks.items()}
        href = f"pairs/{file_name(verdict.pair_id)}"
        beside = {name: f"../{path}" for name, path in pictures.items()}
        page = pair_page(record, pictures=beside, back="../index.html")
        (self.folder / href).write_text(page, encoding="utf-8")
        card = Card(record=replace(record, looks={}), href=href, pictures=pictures)
        for name in _names(verdict):
            self._waiting[name].append(card)
            if len(self._waiting[name]) == PER_PAGE:
                self._flush(name)

    def end(self) -> None:
        for name, waiting in self._waiting.items():
            if waiting:
                self._flush(name)

    def _flush(self, name: str) -> None:
        listing = self.listings[name]
        self._written[name] += 1
        page = self._written[name]
        text = listing_page(
            listing, self._waiting[name], page=page, pages=-(-listing.total // PER_PAGE),
            others=tuple(self.listings.values()), run=self.run.root.name,
        )  # fmt: skip
        (self.folder / listing.file(page)).write_text(text, encoding="utf-8")
        self._waiting[name] = []

    def _picture(self, data: bytes) -> str:
        name = f"pictures/{hashlib.sha256(data).hexdigest()[:32]}.webp"
        path = self.folder / name
        if not path.exists():
            path.write_bytes(data)
        return name


def file_name(pair_id: str) -> str:
    """A file's name for an id: readable, within any file system's limits, one for each id."""
    plain = re.sub(r"[^a-z0-9]+", "-", pair_id.lower()).strip("-")[:48]
    return (
        f"{plain}-{hashlib.sha256(pair_id.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}.html"
    )
