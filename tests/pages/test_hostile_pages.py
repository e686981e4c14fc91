"""Every hostile page, in every place: stopped, named, heard by nobody, and harmless to the next."""

from __future__ import annotations

import base64
import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_places import PLACES, opened
from browser_talk import line
from page_attempt import HostilePage, page
from page_catalogue import SLOW, hostile_pages, tables
from page_world import Keeper, Listeners, budget_of, counted, interfaces, part, renderers

from runners.pages.evidence import End
from sandboxes.base import SandboxUnavailable
from sandboxes.chromium import binary
from tests.waiting import comes

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "hostile-pages.md"
ORDINARY = page(
    "document.querySelector('b').textContent='fine '+(6*7)",
    body="<b></b><button onclick='0'>Press</button>",
).encode()


@pytest.fixture(scope="module")
def keeper(request: pytest.FixtureRequest) -> Iterator[Keeper]:
    """A browser for each place."""
    kept = Keeper(str(request.param))
    yield kept
    kept.close()


@pytest.fixture(scope="module")
def ordinary(keeper: Keeper) -> str:
    """How the ordinary page looks before any hostile one."""
    seen = keeper.visit(ORDINARY)
    assert seen.evidence.end is End.MEASURED, seen.evidence.detail
    return seen.evidence.looks[0].picture


@pytest.fixture(scope="module")
def outside() -> Iterator[Listeners]:
    """What listens on the host."""
    listeners = Listeners()
    yield listeners
    listeners.close()


def _params(pages: list[HostilePage]) -> list[object]:
    """Every page in the first place; in the others every fifth, or all where that is asked for."""
    found = []
    for number, place in enumerate(PLACES):
        for at, hostile in enumerate(pages):
            if number == 0 or at % 5 == 0 or os.environ.get("PAIRPROOF_ALL_PAGES"):
                marks = [pytest.mark.slow] if hostile.name in SLOW else []
                name = f"{place}-{hostile.name}"
                found.append(pytest.param(place, hostile, id=name, marks=marks))
    return found


@pytest.mark.parametrize(("keeper", "hostile"), _params(hostile_pages()), indirect=["keeper"])
def test_hostile_page(
    keeper: Keeper, ordinary: str, outside: Listeners, hostile: HostilePage
) -> None:
    """It ends as is due, what it tried is named, nothing is heard, and the next page is fine."""
    document = hostile.document(outside.address)
    if hostile.twin is not None:
        evidence = keeper.evidence(document, full=hostile.full)
    else:
        evidence = keeper.visit(document, full=hostile.full, budget=budget_of(hostile)).evidence
    told = f"{evidence.end.value}: {evidence.detail} {dict(evidence.attempts)}"
    assert evidence.end in hostile.ends, told
    if evidence.end is End.MEASURED:
        for names in hostile.named:
            assert counted(evidence, names) > 0, f"{names} was not counted: {told}"
    else:
        assert evidence.detail, "an end without words"
    after = keeper.visit(ORDINARY).evidence
    assert (after.end, after.errors) == (End.MEASURED, ()), after.detail
    assert after.looks[0].picture == ordinary, "the next page looks otherwise"
    assert outside.heard == [], told


@pytest.mark.parametrize(
    ("keeper", "hostile"),
    _params([p for p in hostile_pages() if p.twin is not None]),
    indirect=["keeper"],
)
def test_a_lie_is_not_in_the_evidence(
    keeper: Keeper, outside: Listeners, hostile: HostilePage
) -> None:
    """The evidence of a page that lies is that of the same page without the lie."""
    lying = keeper.evidence(hostile.document(outside.address), full=hostile.full)
    honest = keeper.evidence(hostile.untampered(outside.address), full=hostile.full)
    assert (lying.end, honest.end) == (End.MEASURED, End.MEASURED), lying.detail
    for name in hostile.same:
        assert part(lying, name) == part(honest, name), name


@pytest.mark.parametrize("where", PLACES)
def test_a_renderer_has_no_interface_but_loopback(where: str) -> None:
    """The kernel shows the processes that run pages no way out."""
    with contextlib.closing(opened(where)) as browser:
        line(browser).page()
        # A renderer takes its name after its fork.
        assert comes(lambda: renderers(browser.pid))
        found = renderers(browser.pid)
        assert all(interfaces(pid) <= {"lo"} for pid in found)


def test_an_ordinary_browser_is_heard(tmp_path: Path) -> None:
    """The same page in a browser without isolation reaches both listeners: silence means something."""
    attack = next(p for p in hostile_pages() if p.name == "out-fresh-realm")
    listeners = Listeners()
    document = base64.b64encode(attack.document(listeners.address)).decode()
    command = [
        _binary(), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
        f"data:text/html;base64,{document}", "--remote-debugging-port=0",
    ]  # fmt: skip
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as browser:
        heard = comes(lambda: set(listeners.heard) == {"TCP", "UDP"})
        browser.kill()
    listeners.close()
    assert heard


def _binary() -> str:
    try:
        return binary.find()
    except SandboxUnavailable as error:
        pytest.skip(f"{error}: {error.hint}")


def test_the_reference_lists_every_page() -> None:
    """The document's table is the catalogue's, and no two pages share a name."""
    assert tables() in REFERENCE.read_text(), "python tests/pages/hostile/page_catalogue.py"
    names = [p.name for p in hostile_pages()]
    assert len(names) == len(set(names)) >= 64
