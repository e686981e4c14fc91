"""Input as a visitor gives it: trusted events, values, and no picker that stops the frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from runners.pages import inputs
from runners.pages.inputs import at, spot
from runners.pages.probes.explore import explore
from runners.pages.scene import Scene

OpenPage = Callable[[str], Scene]
LOG = "<script>window.log = []; for (const e of %s) addEventListener(e, (x) => log.push(`${e} ${x.target.id} ${x.isTrusted}`), true)</script>"


def logged(scene: Scene) -> str:
    return str(scene.tab.ask("log.splice(0).join('; ')"))


def test_a_click_is_a_visitor_s(open_page: OpenPage) -> None:
    """It is trusted, reaches what is far below, and twice in a row is a double click."""
    scene = open_page(
        f"<!doctype html><div style='height:3000px'></div><button id=b>b</button>{LOG % ['click', 'dblclick']}"
    )
    place = spot(scene.tab, at("#b"))
    assert place is not None and place.hit and not place.by_value
    inputs.click(scene.tab, place)
    assert logged(scene) == "click b true"
    inputs.click(scene.tab, place, times=2)
    assert logged(scene) == "click b true; click b true; dblclick b true"


def test_what_is_covered_or_absent_is_known(open_page: OpenPage) -> None:
    """An element under another is not hit; one without a box, or not there, has no spot."""
    scene = open_page(
        "<!doctype html><button id=a>a</button><div style='position:fixed;inset:0'></div><button id=n hidden>n</button>"
    )
    covered = spot(scene.tab, at("#a"))
    assert covered is not None and not covered.hit
    assert spot(scene.tab, at("#n")) is None
    assert spot(scene.tab, at("#nothing")) is None


def test_typing_replaces_what_was_there(open_page: OpenPage) -> None:
    """Letters, accents, lines and long texts arrive whole; a disabled field takes none."""
    scene = open_page(
        "<!doctype html><input id=i value=old><textarea id=t>old</textarea><p id=p contenteditable>old</p><input id=d disabled>"
    )
    tab = scene.tab
    for field, text in (("#i", "Grüße, 12€"), ("#t", "a\nb"), ("#i", "long " * 100)):
        assert inputs.type_text(tab, at(field), text)
        assert tab.measure(f"{at(field)}.value") == text
    assert inputs.type_text(tab, at("#p"), "new")
    assert tab.measure("document.querySelector('#p').textContent") == "new"
    assert not inputs.type_text(tab, at("#d"), "x")


def test_keys_and_combinations(open_page: OpenPage) -> None:
    """Named keys, letters and modifiers have the names that scripts look for."""
    scene = open_page(
        "<!doctype html><script>window.log = []; onkeydown = (e) => log.push([e.key, e.code, e.keyCode, e.ctrlKey, e.shiftKey].join())</script>"
    )
    for key in ("ArrowUp", "Space", "a", "7", "Control+s", "Shift+Tab"):
        inputs.press(scene.tab, key)
    assert logged(scene) == (
        "ArrowUp,ArrowUp,38,false,false;  ,Space,32,false,false; a,KeyA,65,false,false; "
        "7,Digit7,55,false,false; s,KeyS,83,true,false; Tab,Tab,9,false,true"
    )


def test_choosing(open_page: OpenPage) -> None:
    """By value, by text or by number, with the events that scripts wait for; else None."""
    scene = open_page(
        f"<!doctype html><select id=s><option value=x>Ex<option value=y>Why<option disabled>no</select><input id=r type=range><input id=d type=date>{LOG % ['input', 'change']}"
    )
    chosen = [inputs.choose(scene.tab, at("#s"), value) for value in ("y", "Ex", "#2", "no", "zzz")]
    assert chosen == ["y", "x", "y", None, None]
    assert logged(scene).count("change s") == 3
    assert inputs.choose(scene.tab, at("#r"), "77") == "77"
    assert inputs.choose(scene.tab, at("#d"), "2026-02-03") == "2026-02-03"


@pytest.mark.parametrize("opener", ["#s", "#c", "#d", "#l", "#b"])
def test_no_picker_stops_the_frames(open_page: OpenPage, opener: str) -> None:
    """Lists, colours and dates, clicked, by a label, by a script or by keys: the page lives on."""
    scene = open_page(f"""<!doctype html><select id=s><option>1<option>2</select><input type=color id=c><input type=date id=d>
    <label id=l for=c>colour</label><button id=b>b</button><script>b.onclick = () => c.click()</script>{LOG % ["click"]}""")
    tab = scene.tab
    place = spot(tab, at(opener))
    assert place is not None
    inputs.click(tab, place)
    assert logged(scene).startswith(f"click {opener[1:]} true")
    for key in ("Space", "Enter", "ArrowDown"):
        inputs.press(tab, key)
    before = tab.clock.now_ms
    tab.clock.look()
    tab.clock.advance(100)
    assert tab.clock.now_ms > before
    assert tab.measure("document.hasFocus()")


def test_dragging_and_the_wheel(open_page: OpenPage) -> None:
    """A drag presses, moves and lets go elsewhere; the wheel scrolls what lies under it."""
    scene = open_page(
        f"<!doctype html><div id=a>a</div><div id=z style='margin-top:100px'>z</div><div style='height:3000px'></div>{LOG % ['mousedown', 'mouseup', 'wheel']}"
    )
    tab = scene.tab
    begin, end = spot(tab, at("#a")), spot(tab, at("#z"))
    assert begin is not None and end is not None
    inputs.drag(tab, begin, end)
    assert logged(scene) == "mousedown a true; mouseup z true"
    inputs.wheel(tab, begin, 200)
    tab.clock.advance(200)
    assert "wheel" in logged(scene)
    assert tab.measure("scrollY") == 200


def test_every_move_of_a_drag_is_heard_alone(open_page: OpenPage) -> None:
    """Moves within a frame would be made into one, and one that waits for long is heard before
    what the last one set off is done: a page that is busy hears three all the same, and each
    after the timers of the one before."""
    scene = open_page(
        """<!doctype html><div id=a style="height:80px">a</div><script>window.log = [];
        const busy = () => { let n = 0; while (n < 5e7) n++; };
        const drawn = (canvas) => new Promise((done) => canvas.toBlob(done));
        a.onpointermove = (e) => { if (!e.buttons) return; const x = Math.round(e.clientX); log.push(`move ${x}`);
          for (let i = 0; i < 4; i++) drawn(document.createElement("canvas")).then(async (blob) => {
            await blob.arrayBuffer(); busy(); log.push(`drawn ${x}`); }); };</script>"""
    )
    begin = spot(scene.tab, at("#a"))
    assert begin is not None
    inputs.drag(scene.tab, begin, replace(begin, x=begin.x + 30))
    scene.tab.clock.advance(40)
    told = str(scene.tab.ask("log.join('; ')")).split("; ")
    moves = [round(begin.x + 10 * part) for part in (1, 2, 3)]
    assert told == [line for x in moves for line in (f"move {x}", *[f"drawn {x}"] * 4)]


def test_shadow_trees_are_acted_on_and_seen(open_page: OpenPage) -> None:
    """Open, closed and nested ones: a button is hit, a field takes letters, and what changes in the
    tree is counted."""
    for mode in ("open", "closed"):
        scene = open_page(
            f"""<!doctype html><h1>Shadows</h1><div id=a></div><script>
            const outer = a.attachShadow({{ mode: "{mode}" }}); outer.innerHTML = "<section></section>";
            const tree = outer.firstChild.attachShadow({{ mode: "{mode}" }});
            tree.innerHTML = "<input placeholder=Bread><button>Add</button><output></output>";
            const [field, button, shown] = tree.children;
            field.oninput = () => {{ window.heard = field.value; }};
            button.onclick = () => {{ shown.textContent += field.value + ";"; }};</script>"""
        )
        explore(scene)
        done = {action.kind: action for action in scene.evidence.actions}
        assert done["type"].value == "Bread" and scene.tab.ask("heard") == "Bread", mode
        assert done["click"].effect.text and not done["click"].covered, mode
        assert scene.tab.ask("shown.textContent") == "Bread;", mode


def test_the_next_number(open_page: OpenPage) -> None:
    """A field that holds a number gets the one after it, or the one before at its limit."""
    scene = open_page(
        "<!doctype html><input type=number id=a value=10><input type=number id=b value=5 max=5>"
        "<input type=number id=c><input type=number id=d value=0.5 step=any>"
        "<input type=number id=e value=1.5 step=0.5><input type=number id=f value=9 max=9 step=any>"
    )
    explore(scene)
    typed = {a.selector: a.value for a in scene.evidence.actions if a.kind == "type"}
    wanted = {"#a": "11", "#b": "4", "#c": "42", "#d": "1.5", "#e": "2", "#f": "42"}
    assert typed and typed.items() <= wanted.items()
    assert len(typed) >= 4


@pytest.mark.parametrize(
    ("code", "effect"),
    [
        ("sound.createOscillator().start()", "sounds"),
        ("const made = sound.createBufferSource(); made.start()", "sounds"),
        ("new Audio('data:audio/wav;base64,').play().catch(() => {})", "sounds"),
        ("speechSynthesis.speak(new SpeechSynthesisUtterance('hello'))", "sounds"),
        ("sheet.replaceSync('h1 { color: red }')", "draws"),
        ("document.styleSheets[0].insertRule('h1 { color: red }')", "draws"),
        ("document.querySelector('h1').animate({ opacity: [0, 1] }, 300)", "draws"),
        ("Notification.requestPermission()", "dialogs"),
        ("navigator.geolocation.getCurrentPosition(() => {})", "dialogs"),
        ("kept.transaction('all', 'readwrite').objectStore('all').put(1, 'key')", "storage"),
    ],
)
def test_effects_that_no_document_shows(open_page: OpenPage, code: str, effect: str) -> None:
    """A sound, a rule or an animation of a script's, a question of the browser's, a database."""
    scene = open_page(
        f"""<!doctype html><h1>Quiet</h1><button id=b>Do</button><button id=n>Nothing</button><style></style><script>
        const sheet = new CSSStyleSheet(); document.adoptedStyleSheets = [sheet];
        const sound = new AudioContext(); let kept; const asked = indexedDB.open("base");
        asked.onupgradeneeded = () => asked.result.createObjectStore("all");
        asked.onsuccess = () => {{ kept = asked.result; }};
        b.onclick = () => {{ {code}; }}; n.onclick = () => {{}};</script>"""
    )
    explore(scene)
    done = {a.selector: a.effect for a in scene.evidence.actions if a.kind == "click"}
    assert getattr(done["#b"], effect) and done["#b"].any
    assert not done["#n"].any
