"""Each injected fault on a page that stands it, and on one that does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runners.pages.evidence import Action, Control, Effect, End, Fault, Owner, Phase
from runners.pages.inputs import at, click, spot
from runners.pages.patience import Budget
from runners.pages.probes.faults import MOST_ELEMENTS, faults
from runners.pages.probes.odd import double_click, empty_submit, odd_input
from runners.pages.probes.outage import fetch_fails, offline, storage_denied
from runners.pages.probes.stress import long_text, resize, right_to_left, zoom
from runners.pages.probes.witness import Witness
from runners.pages.protocol import Wire
from runners.pages.scene import Order, Scene
from runners.pages.visit import visit
from sandboxes.base import SandboxUnavailable
from sandboxes.chromium import open_browser

OpenPage = Callable[[str], Scene]
Inject = Callable[[Witness], Fault]
BUTTON = Control(selector="#b", kind="button", main=True)


def injected(
    open_page: OpenPage, inject: Inject, body: str, *, saves: int = 0, asks: int = 0
) -> Fault:
    """`inject` on a page whose #b was clicked once, with what that click did."""
    scene = open_page(f"<!doctype html><title>t</title><body>{body}")
    scene.add(controls=(BUTTON,) if "id=b" in body else ())
    if saves or asks:
        place = spot(scene.tab, at("#b"))
        assert place is not None
        click(scene.tab, place, ms=200)
        effect = Effect(storage=saves, requests=asks)
        scene.add(actions=(Action(step=1, kind="click", selector="#b", effect=effect),))
    scene.tab.enter(Phase.FAULTS)
    return inject(Witness(scene))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<p>n</p><script>localStorage.n</script>", (1, False)),
        ("<script>document.body.append(sessionStorage.n || 'text')</script>", (1, True)),
        ("<p>n</p><script>indexedDB.open('x')</script>", (1, False)),
        ("<p>n</p><script>try { localStorage.n } catch {}</script>", (0, False)),
    ],
)
def test_storage_denied_at_load(open_page: OpenPage, body: str, told: tuple[int, bool]) -> None:
    """An access that nobody guards is an error, and empties the page that needed its value."""
    found = injected(open_page, storage_denied, body)
    assert found.applies
    assert (found.errors, found.blank) == told


def test_storage_denied_while_saving(open_page: OpenPage) -> None:
    """The action that saved before is repeated without storage."""
    body = "<button id=b>save</button><script>b.onclick = () => { localStorage.n = 1 }</script>"
    found = injected(open_page, storage_denied, body, saves=1)
    assert found.errors == 1
    assert "SecurityError" in found.detail


def test_storage_comes_back(open_page: OpenPage) -> None:
    """A later load of the same page has its storage again."""
    from runners.pages.probes.fresh import reload

    scene = open_page(
        "<!doctype html><p id=p></p><script>localStorage.n = 'kept'; p.append(localStorage.n)</script>"
    )
    assert storage_denied(Witness(scene)).errors == 1
    assert reload(scene.tab)
    assert scene.tab.measure("document.body.innerText") == "kept"


FETCH = "b.onclick = async () => { %s const r = await fetch('https://api.example/x'); p.append(await r.text()); %s }"
GUARDED = FETCH % ("try {", "} catch { p.append('no connection') }")
BARE = FETCH % ("", "")


@pytest.mark.parametrize("inject", [fetch_fails, offline])
@pytest.mark.parametrize(("script", "told"), [(BARE, (1, False)), (GUARDED, (0, True))])
def test_a_failing_request(
    open_page: OpenPage, inject: Inject, script: str, told: tuple[int, bool]
) -> None:
    """A rejection that nobody handles is an error though the network is ours; a message is shown."""
    body = f"<button id=b>load</button><p id=p></p><script>{script}</script>"
    found = injected(open_page, inject, body, asks=1)
    assert (found.errors, found.shown) == told


def test_a_fault_says_nothing_about_a_url(open_page: OpenPage) -> None:
    """The list of requests is the same after requests were made to fail."""
    body = f"<button id=b>load</button><p id=p></p><script>{GUARDED}</script>"
    scene = open_page(f"<!doctype html><body>{body}")
    place = spot(scene.tab, at("#b"))
    assert place is not None
    click(scene.tab, place, ms=200)
    scene.add(actions=(Action(step=1, kind="click", selector="#b", effect=Effect(requests=1)),))
    before = scene.tab.gate.requests()
    fetch_fails(Witness(scene))
    assert scene.tab.gate.requests() == before
    assert [request.outcome for request in before] == ["external"]


def test_offline_is_told_to_the_page(open_page: OpenPage) -> None:
    """`navigator.onLine` and its event say so, and both come back."""
    body = "<p id=p></p><script>for (const e of ['online', 'offline']) addEventListener(e, () => p.append(e, navigator.onLine, ' '))</script>"
    scene = open_page(f"<!doctype html><body>{body}")
    assert offline(Witness(scene)).shown
    assert scene.tab.measure("document.body.innerText").split() == ["offlinefalse", "onlinetrue"]


SHOWS = (
    "<input id=i><button id=b>show</button><p id=p></p><script>b.onclick = () => { %s }</script>"
)


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("p.textContent = i.value", (False, 0)),
        ("p.innerHTML = i.value", (True, 0)),
        ("p.innerHTML = i.value.replace(/onerror/g, 'x')", (False, 0)),
        ("p.attachShadow({ mode: 'open' }).innerHTML = i.value", (True, 1)),
        ("p.textContent = JSON.parse(i.value)", (False, 2)),
    ],
)
def test_odd_input(open_page: OpenPage, act: str, told: tuple[bool, int]) -> None:
    """Markup that keeps its handler is injected; cleaned or shown as text it is not."""
    found = injected(open_page, odd_input, SHOWS % act)
    assert (found.injected, found.errors) == told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "<form onsubmit='event.preventDefault()'><input id=i required><button>go</button></form>",
            (0, True),
        ),
        (
            "<form onsubmit='event.preventDefault()'><input id=i><button>go</button></form>",
            (0, False),
        ),
        (SHOWS % "p.textContent = i.value || 'please fill in'", (0, True)),
        (SHOWS % "if (!i.value) throw new Error('empty')", (1, False)),
    ],
)
def test_empty_submit(open_page: OpenPage, body: str, told: tuple[int, bool]) -> None:
    """A constraint or a message answers nothing with something; an error is counted."""
    found = injected(open_page, empty_submit, body)
    assert (found.errors, found.shown) == told


def test_double_click(open_page: OpenPage) -> None:
    """What throws at the second click only is an error of the double click."""
    once = "<button id=b>x</button><script>b.addEventListener('click', () => b.remove(), { once: true })</script>"
    twice = "<button id=b>x</button><script>let n = 0; b.onclick = () => { if (n++) throw Error('twice') }</script>"
    assert injected(open_page, double_click, once).errors == 0
    assert injected(open_page, double_click, twice).errors == 1


def test_texts_that_grow(open_page: OpenPage) -> None:
    """What cannot break sticks out by as much as it grew; what wraps does not; all is undone."""
    line = "word " * 40
    stiff = f"<p style='white-space:nowrap;width:1200px'>{line}</p>"
    assert injected(open_page, long_text, stiff).overflow > 300
    assert injected(open_page, long_text, f"<p>{line}</p>").overflow == 0
    scene = open_page(f"<!doctype html><p>{line}</p>")
    before = scene.tab.measure("document.documentElement.outerHTML")
    long_text(Witness(scene))
    right_to_left(Witness(scene))
    assert scene.tab.measure("document.documentElement.outerHTML") == before


def test_the_other_direction(open_page: OpenPage) -> None:
    """A flow turns with the direction; a layout of fixed places does not."""
    flow = "<div style='display:flex'><i>one</i><i>two</i><i>three</i></div>"
    fixed = "".join(f"<i style='position:absolute;left:{n}px'>x</i>" for n in (10, 50, 90))
    assert injected(open_page, right_to_left, flow).shown
    assert not injected(open_page, right_to_left, fixed).shown


def test_small_windows(open_page: OpenPage) -> None:
    """A fixed width sticks out of half a window and of a phone by what is missing."""
    wide = "<style>body { margin: 0 }</style><div style='width:700px'>x</div>"
    assert injected(open_page, zoom, wide).overflow == 700 - 640
    assert injected(open_page, resize, wide).overflow == 700 - 375
    assert injected(open_page, zoom, "<p>text</p>").overflow == 0
    throws = "<p>x</p><script>onresize = () => { if (innerWidth < 500) absent() }</script>"
    assert injected(open_page, resize, throws).errors == 1


def test_no_ground_no_fault(open_page: OpenPage) -> None:
    """A page of plain text stands everything, and what does not apply says why."""
    scene = open_page("<!doctype html><title>t</title><p>Only text.</p>")
    faults(scene)
    found = {fault.name: fault for fault in scene.evidence.faults}
    assert [name for name, fault in found.items() if fault.applies] == [
        "resize", "zoom", "long_text", "right_to_left",
    ]  # fmt: skip
    assert all(fault.detail for fault in found.values() if not fault.applies)
    assert not any(fault.errors or fault.overflow or fault.blank for fault in found.values())
    assert all(error.owner is not Owner.PAGE for error in scene.tab.happenings.errors())


def test_a_document_without_a_root_ends_nothing(open_page: OpenPage) -> None:
    """Nothing can be measured of it: no fault is charged, and none of ours is raised."""
    scene = open_page("<!doctype html><p>x</p><script>document.documentElement.remove()</script>")
    faults(scene)
    assert len(scene.evidence.faults) == 10
    assert not any(fault.errors for fault in scene.evidence.faults)


def test_a_large_document_is_left_alone(open_page: OpenPage) -> None:
    """Beyond the bound every fault says why it was not tried."""
    scene = open_page(f"<!doctype html>{'<i>x</i>' * MOST_ELEMENTS}")
    faults(scene)
    assert {fault.applies for fault in scene.evidence.faults} == {False}


def test_a_hang_under_a_fault_is_no_end_of_the_visit() -> None:
    """A page that only 10,000 characters bring to a standstill was measured, with that fault."""
    try:
        browser = open_browser()
    except SandboxUnavailable as error:
        pytest.skip(f"no isolated browser: {error}; {error.hint}")
    page = "<!doctype html><title>t</title><input id=i><button id=b>go</button><script>b.onclick = () => { while (i.value.length > 9000); }</script>"
    order = Order(page=page.encode(), budget=Budget(answer_cpu_s=1.0))
    try:
        seen = visit(browser, Wire(browser), order)
    finally:
        browser.close()
    assert seen.evidence.end is End.MEASURED
    assert not seen.reusable
    last = seen.evidence.faults[-1]
    assert (last.name, last.errors) == ("odd_input", 1)
    assert last.detail.startswith("hang")
