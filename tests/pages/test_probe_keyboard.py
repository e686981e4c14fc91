"""The way of Tab on pages whose truth is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runners.pages.evidence import Keyboard
from runners.pages.probes.keyboard import MOST_STOPS, keyboard
from runners.pages.scene import Scene

OpenPage = Callable[[str], Scene]

FOUR = "<a href=#x>a</a><button id=b>b</button><input id=i><div tabindex=0 id=d>d</div>"
TRAP = "e.key === 'Tab' && e.preventDefault()"


def walked(open_page: OpenPage, body: str) -> Keyboard:
    scene = open_page(f"<!doctype html><body>{body}")
    keyboard(scene)
    return scene.evidence.keyboard


def test_every_kind_of_stop_is_reached_and_ringed(open_page: OpenPage) -> None:
    """The browser's own outline counts as visible focus, and stops come in document order."""
    found = walked(open_page, FOUR)
    assert (found.interactive, found.stops, found.ringed, found.trapped) == (4, 4, 4, False)
    assert found.path == ("body > a", "#b", "#i", "#d")


@pytest.mark.parametrize(
    ("style", "ringed"),
    [
        ("* { outline: none !important }", 0),
        ("* { outline: none !important } :focus { box-shadow: 0 0 0 3px red }", 4),
        ("* { outline: none !important } :focus { background: gold; transition: all .3s }", 4),
        ("* { outline: 2px solid transparent !important }", 0),
        ("* { outline: none !important } #b:focus { border-color: red }", 1),
    ],
)
def test_focus_is_seen_only_where_something_looks_different(
    open_page: OpenPage, style: str, ringed: int
) -> None:
    """Outlines taken away leave no ring; shadows, borders and backgrounds are rings too."""
    assert walked(open_page, f"<style>{style}</style>{FOUR}").ringed == ringed


def test_a_stop_that_swallows_tab_is_a_trap(open_page: OpenPage) -> None:
    """Neither Tab, Shift+Tab nor Escape leads out, and what follows is never reached."""
    found = walked(
        open_page,
        f"{FOUR}<textarea id=t></textarea><button>z</button><script>t.onkeydown = (e) => {TRAP}</script>",
    )
    assert found.trapped
    assert found.path[-1] == "#t"


def test_a_ring_of_two_is_a_trap(open_page: OpenPage) -> None:
    """Two stops that hand focus to each other keep it from the rest."""
    script = (
        "for (const [a, b] of [[b1, b2], [b2, b1]]) a.onkeydown = (e) => {"
        " if (e.key === 'Tab') { e.preventDefault(); b.focus(); } };"
    )
    found = walked(
        open_page,
        f"<button id=b1>1</button><button id=b2>2</button>{FOUR}<script>{script}</script>",
    )
    assert found.trapped and found.stops == 2


@pytest.mark.parametrize(
    "way", ["e.key === 'Escape' && (held = false)", "e.shiftKey && (held = false)"]
)
def test_a_way_out_is_no_trap(open_page: OpenPage, way: str) -> None:
    """An editor that uses Tab itself may be left by Escape or Shift+Tab."""
    script = f"let held = true; t.onkeydown = (e) => {{ {way}; held && {TRAP} }}"
    found = walked(open_page, f"<textarea id=t></textarea>{FOUR}<script>{script}</script>")
    assert not found.trapped


def test_autofocus_does_not_shorten_the_way(open_page: OpenPage) -> None:
    """The way begins at the top, though a field further down has the focus."""
    found = walked(
        open_page,
        "<a href=#x>a</a><button id=b>b</button><input id=i autofocus><button id=z>z</button>",
    )
    assert found.path == ("body > a", "#b", "#i", "#z")


def test_groups_are_one_stop(open_page: OpenPage) -> None:
    """Radio buttons of a name, and tabs of a list, are one stop each; a div with a handler is none."""
    found = walked(
        open_page,
        "<input type=radio name=r><input type=radio name=r><select id=s><option>1<option>2</select>"
        "<div role=tablist><b role=tab tabindex=0>1</b><b role=tab tabindex=-1>2</b></div><div onclick='0'>x</div>",
    )
    assert (found.interactive, found.stops, found.trapped) == (4, 3, False)


def test_a_modal_dialog_holds_focus_rightly(open_page: OpenPage) -> None:
    """What lies behind a modal dialog is neither counted nor missed."""
    found = walked(
        open_page,
        f"{FOUR}<dialog id=m><button id=x>x</button><button id=y>y</button></dialog><script>m.showModal()</script>",
    )
    assert (found.interactive, found.stops, found.trapped) == (2, 2, False)


def test_the_way_ends_after_some_stops(open_page: OpenPage) -> None:
    """Many controls are counted, but not all visited."""
    found = walked(open_page, "<button>x</button>" * 30)
    assert (found.interactive, found.stops, found.trapped) == (30, MOST_STOPS, False)


def test_nothing_to_reach(open_page: OpenPage) -> None:
    """A page without controls has no stops and no trap."""
    assert walked(open_page, "<p>text") == Keyboard()


@pytest.mark.parametrize("mode", ["open", "closed"])
def test_stops_in_a_shadow_tree(open_page: OpenPage, mode: str) -> None:
    """Those of an open one are stops of their own; a closed one is one, behind which the walk ends,
    and no trap."""
    found = walked(
        open_page,
        f"<button id=a>a</button><div id=h></div><button id=y>y</button><button id=z>z</button><script>"
        f"h.attachShadow({{mode: '{mode}'}}).innerHTML = '<input><button>b</button>'</script>",
    )
    opened = ("#a", "#h >>> input", "#h >>> button", "#y", "#z")
    assert found.path == (opened if mode == "open" else ("#a", "#h"))
    assert not found.trapped
