"""The templates, and what they are filled with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from harness.pages import words
from harness.pages.recorded import PageRecord
from harness.reports.terminal import visible
from harness.version import harness_version

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)
"""The content security policy of every page of a gallery."""

WIDTHS = (("mobile", 375, 812), ("tablet", 768, 1024), ("wide", 1440, 900))
"""The looks at three widths, with the sizes of their viewports."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One page in a listing. `pictures`: look to the address of its file, as the listing has it."""

    record: PageRecord
    href: str
    pictures: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One way of choosing pages: all, a status, a reason."""

    title: str
    name: str
    """Of its files, without number and ending."""
    total: int
    group: str = "status"

    def file(self, page: int) -> str:
        """The file of its page `page`, which counts from 1."""
        return f"{self.name}.html" if page == 1 else f"{self.name}-{page}.html"


def pair_page(record: PageRecord, *, pictures: Mapping[str, str], back: str = "") -> str:
    """The page of one page: everything that was measured of it. `back` leads to its gallery."""
    return (
        _environment().get_template("pair.html").render(record=record, pictures=pictures, back=back)
    )


def listing_page(
    listing: Listing, cards: Sequence[Card], *, page: int, pages: int, others: Sequence[Listing],
    run: str,
) -> str:  # fmt: skip
    """One page of a listing; `others` are the listings that it leads to."""
    return (
        _environment()
        .get_template("listing.html")
        .render(listing=listing, cards=cards, page=page, pages=pages, others=others, run=run)
    )


@cache
def _environment() -> Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__name__.rpartition(".")[0]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters.update(
        effect=words.effect_words, action=words.action_words, error=words.error_words,
        layout=words.layout_words, outcomes=words.by_outcome, short=_short, counted=_counted,
    )  # fmt: skip
    environment.globals.update(
        policy=POLICY, widths=WIDTHS, version=harness_version(), dead=words.dead,
        attempts=words.attempts,
    )  # fmt: skip
    return environment


def _shown(value: Any) -> Any:
    """Overrides of direction and control characters would rewrite what stands beside them."""
    return visible(value) if type(value) is str else value


def _short(text: str, width: int = 120) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
